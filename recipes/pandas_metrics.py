"""pandas: which model ranks best, and how many users does it serve better than the plain average does?"""
import sys

import pandas as pd

run = sys.argv[1] if len(sys.argv) > 1 else "artifacts/ml-latest-small/default"
metrics = pd.read_parquet(f"{run}/evaluate/metrics.parquet")
per_user = pd.read_parquet(f"{run}/evaluate/per_user.parquet")
assert list(metrics) == "model protocol segment metric k value ci_low ci_high n_users fingerprint".split(), list(metrics)
assert list(per_user) == "model user_id metric k value protocol".split(), list(per_user)
assert per_user.dtypes[["user_id", "value"]].tolist() == ["int64", "float64"], per_user.dtypes

at_10 = metrics.query("protocol == 'rated' and segment == 'all' and k == 10")
table = at_10.pivot(index="model", columns="metric", values="value").sort_values("ndcg", ascending=False)
print(table[["ndcg", "hit_rate", "precision", "recall"]].round(4).to_string())

ndcg = per_user.query("protocol == 'rated' and metric == 'ndcg' and k == 10").pivot(index="user_id", columns="model", values="value")
gain = ndcg["GBStack"] - ndcg["SimpleAverage4"]
print(f"GBStack serves {(gain > 0).sum()} of {len(gain)} users better than SimpleAverage4 and {(gain < 0).sum()} worse")
