"""An evaluation against ranx: seconds and memory, both in one run.

    cargo build --release -p metrics --example evaluate_speed
    python bench/metrics/compare.py --binary target/release/examples/evaluate_speed

1,000,000 scored rows of 20,000 users (generated; few long lists, many short), one model. Ours: all ten metrics at the cuts 5, 10
and 20, and 1,000 bootstrap draws of each of them, in a process that reads the rows first; the reading is not counted, and the
whole process is stated beside. ranx: `evaluate` of the metrics that both have (hit rate, precision, recall, NDCG and MAP at
the cuts, MAP, MRR; no intervals); building Qrels and Run and compiling (a warm-up) are not counted. The runs alternate,
because a machine's speed drifts. The means must agree to 1e-9. Needs numpy, pandas, ranx (checks/trec/requirements.txt).
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas
import ranx

KS = [5, 10, 20]
SHARED = {"hit_rate": "hit_rate", "precision_trec": "precision", "recall": "recall", "ndcg": "ndcg", "map_cut": "map"}


def generate(n_rows, n_users):
    draw = np.random.default_rng(42)
    # Every user has a row; the others fall with the square of the user's place, as activity does.
    users = np.concatenate([np.arange(n_users), (draw.random(n_rows - n_users) ** 2 * n_users).astype(np.int64)])
    users.sort()
    # Distinct items within each user, in ascending order.
    items = 3 * np.arange(n_rows, dtype=np.int64) + draw.integers(0, 3, n_rows)
    ratings = np.ceil(draw.random(n_rows) * 10) / 2
    scores = ratings + draw.normal(0, 2, n_rows)
    return {"user_id.i64": users, "item_id.i64": items, "rating.f64": ratings, "score.f64": scores}


def spread(seconds):
    return f"median {statistics.median(seconds):.3f}  min {min(seconds):.3f}  max {max(seconds):.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True, help="the example evaluate_speed, release build")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")

    columns = generate(args.rows, args.users)
    ids = {"q_id": "user_id.i64", "doc_id": "item_id.i64"}
    table = pandas.DataFrame({name: columns[file].astype(str).astype(object) for name, file in ids.items()}, dtype=object)
    table["relevance"] = (columns["rating.f64"] >= 4).astype(int)
    table["score"] = columns["score.f64"]
    # Users without a relevant row are left out by ours, and counted as 0 by ranx.
    counted = table.groupby("q_id")["relevance"].transform("max") > 0
    table = table[counted]
    # Relevant rows alone: the least work for ranx, which drops the others for each metric.
    relevant = table[table["relevance"] == 1][["q_id", "doc_id", "relevance"]].rename(columns={"relevance": "score"})
    qrels = ranx.Qrels.from_df(relevant)
    run = ranx.Run.from_df(table[["q_id", "doc_id", "score"]])
    names = [f"{theirs}@{k}" for theirs in SHARED.values() for k in KS] + ["map", "mrr"]
    ranx.evaluate(qrels, run, names, threads=args.threads)

    ours = {"evaluation": [], "bootstrap": [], "together": [], "process": []}
    theirs = []
    with tempfile.TemporaryDirectory() as folder:
        for name, column in columns.items():
            column.tofile(Path(folder) / name)
        for _ in range(args.runs):
            start = time.perf_counter()
            done = subprocess.run([args.binary, folder, "1", str(args.threads)], check=True, capture_output=True, text=True)
            ours["process"].append(time.perf_counter() - start)
            result = json.loads(done.stdout)
            ours["evaluation"] += result["evaluation"]
            ours["bootstrap"] += result["bootstrap"]
            ours["together"].append(result["evaluation"][0] + result["bootstrap"][0])
            start = time.perf_counter()
            found = ranx.evaluate(qrels, run, names, threads=args.threads)
            theirs.append(time.perf_counter() - start)

    for metric, name in SHARED.items():
        for k in KS:
            mean = result["means"][f"{metric}@{k}"][0]
            assert abs(mean - found[f"{name}@{k}"]) < 1e-9, (metric, k, mean, found[f"{name}@{k}"])
    for metric in ["map", "mrr"]:
        assert abs(result["means"][metric][0] - found[metric]) < 1e-9, metric
    print(f"{args.rows:,} rows, {args.users:,} users, {args.threads} threads, {args.runs} runs; {len(result['means'])} numbers of ours, {len(names)} of ranx; means agree to 1e-9")
    for name in ["evaluation", "bootstrap", "together", "process"]:
        print(f"podium, {name:10}  {spread(ours[name])}")
    print(f"ranx, evaluate      {spread(theirs)}")
    for name in ["evaluation", "together", "process"]:
        print(f"podium {name} / ranx, median: {statistics.median(ours[name]) / statistics.median(theirs):.3f}")
    print(f"peak memory: podium {result['peak_kib'] / 1024:.0f} MiB, ranx's process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
