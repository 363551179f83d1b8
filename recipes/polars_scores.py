"""Polars: what would GBStack have put on top for a user, and what did the user think of it?"""
import sys

import polars as pl

run = sys.argv[1] if len(sys.argv) > 1 else "artifacts/ml-latest-small/default"
scores = pl.scan_parquet(f"{run}/evaluate/scores.parquet")
items = pl.scan_parquet(f"{run}/split/items.parquet")
schema = scores.collect_schema()
assert dict(list(schema.items())[:3]) == {"user_id": pl.Int64, "item_id": pl.Int64, "rating": pl.Float32}, schema
assert set(list(schema.values())[3:]) == {pl.Float64}, schema

busiest = scores.group_by("user_id").len().sort("len", "user_id", descending=[True, False]).first().select("user_id")
top = (
    scores.join(busiest, on="user_id")
    .sort("GBStack", "item_id", descending=[True, False])
    .head(10)
    .join(items, on="item_id", how="left", maintain_order="left")
    .select("user_id", "title", "year", "GBStack", "rating")
)
print(top.collect())
