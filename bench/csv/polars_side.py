"""Reads a CSV file of ratings with Polars: polars_side.py FILE THREADS."""

import json
import os
import sys
import time

file, threads = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads  # read when the library is loaded

import polars as pl  # noqa: E402

start = time.perf_counter()
ratings = pl.read_csv(file)
seconds = time.perf_counter() - start

assert pl.thread_pool_size() == int(threads)
quality = {"ratings": ratings.height, "stars": ratings["rating"].sum()}
print(json.dumps({"seconds": {"read": seconds}, "quality": quality}))
