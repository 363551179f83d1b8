"""Reads a CSV file of ratings with DuckDB into a table in memory: duckdb_side.py FILE THREADS."""

import json
import sys
import time

import duckdb

file, threads = sys.argv[1:]
connection = duckdb.connect(config={"threads": int(threads)})

start = time.perf_counter()
connection.execute("CREATE TABLE ratings AS SELECT * FROM read_csv(?)", [file])
seconds = time.perf_counter() - start

n, stars = connection.execute("SELECT count(*), sum(rating) FROM ratings").fetchone()
print(json.dumps({"seconds": {"read": seconds}, "quality": {"ratings": n, "stars": stars}}))
