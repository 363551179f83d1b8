"""The booster against LightGBM: seconds of a fit and quality reached, both in one run.

    cargo build --release -p rankers --example gbdt_fit
    python bench/gbdt/compare.py FILE.parquet --binary target/release/examples/gbdt_fit

FILE.parquet is a table with feature columns and `label`, or with `rating`, from which the label is made (>= 4). Where it has a column `split`,
its `meta_train` rows are fitted on and its `test` rows measured on; else pass the test rows with --test FILE. Needs pandas, pyarrow, lightgbm,
scikit-learn.

The fits alternate (ours, LightGBM's, ours, ...), because a machine's speed drifts. Ours are processes of two fits each: the first one is cold. LightGBM's
time is the construction of its Dataset and the training; its first fit counts as cold.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import lightgbm
import pandas
from sklearn.metrics import log_loss, roc_auc_score

KEYS = {"row", "user_id", "item_id", "userId", "movieId", "rating", "timestamp", "at", "split", "part", "fold", "label"}


def read(path, features):
    table = pandas.read_parquet(path)
    if "label" not in table:
        table["label"] = (table["rating"] >= 4).astype(int)
    if features is None:
        features = [name for name in table.columns if name not in KEYS and not name.endswith("_proba")]
    return table, features


def spread(seconds):
    return f"median {statistics.median(seconds):.4f}  min {min(seconds):.4f}  max {max(seconds):.4f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--binary", type=Path, required=True, help="the example gbdt_fit, release build")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--n-trees", type=int, default=200)
    parser.add_argument("--max-depth", type=int, default=3)
    parser.add_argument("--max-leaves", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=0.05)
    parser.add_argument("--min-leaf-rows", type=int, default=1)
    parser.add_argument("--subsample", type=float, default=1.0)
    parser.add_argument("--criterion", choices=["friedman_mse", "newton"], default="friedman_mse", help="ours; LightGBM has newton")
    parser.add_argument("--squared-error", action="store_true")
    args = parser.parse_args()

    train, features = read(args.train, None)
    if args.test:
        test, _ = read(args.test, features)
    elif "split" in train:
        train, test = train[train["split"] == "meta_train"], train[train["split"] == "test"]
    else:
        parser.error("no column `split` in the table; expected one, or --test FILE")

    lightgbm_params = {
        "objective": "regression" if args.squared_error else "binary",
        "learning_rate": args.learning_rate,
        "num_leaves": args.max_leaves,
        "max_depth": args.max_depth,
        "min_data_in_leaf": args.min_leaf_rows,
        "min_sum_hessian_in_leaf": 0.0,
        "bagging_fraction": args.subsample,
        "bagging_freq": int(args.subsample < 1),
        "num_threads": args.threads,
        "seed": 42,
        "verbose": -1,
    }
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, table in [("train", train), ("test", test)]:
            files[name] = Path(folder) / f"{name}.csv"
            table[[*features, "label"]].to_csv(files[name], index=False, float_format="%.17g")
        command = [args.binary, files["train"], "--test", files["test"], "--runs", "2"]
        command += ["--threads", args.threads, "--n-trees", args.n_trees, "--max-depth", args.max_depth]
        command += ["--max-leaves", args.max_leaves, "--learning-rate", args.learning_rate]
        command += ["--min-leaf-rows", args.min_leaf_rows, "--subsample", args.subsample]
        command += ["--friedman-mse"] if args.criterion == "friedman_mse" else []
        command += ["--squared-error"] if args.squared_error else []
        ours = {"cold": [], "warm": []}
        theirs = []
        x, y = train[features].to_numpy(), train["label"].to_numpy()
        for _ in range(args.runs):
            done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
            result = json.loads(done.stdout)
            ours["cold"].append(result["seconds"][0])
            ours["warm"] += result["seconds"][1:]
            start = time.perf_counter()
            data = lightgbm.Dataset(x, y, free_raw_data=False)
            booster = lightgbm.train(lightgbm_params, data, args.n_trees)
            theirs.append(time.perf_counter() - start)

    scores = booster.predict(test[features].to_numpy())
    label = test["label"].to_numpy()
    print(f"{len(train):,} x {len(features)} rows, {args.n_trees} trees, {args.max_leaves} leaves, depth {args.max_depth}, {args.threads} threads")
    print(f"podium, cold    {spread(ours['cold'])}")
    print(f"podium, warm    {spread(ours['warm'])}")
    print(f"LightGBM, cold  {theirs[0]:.4f}")
    warm = theirs[1:] or theirs
    print(f"LightGBM, warm  {spread(warm)}")
    for name, pick in [("median", statistics.median), ("min", min)]:
        print(f"podium / LightGBM, {name}: cold {pick(ours['cold']) / pick(warm):.3f}, warm {pick(ours['warm']) / pick(warm):.3f}")
    if not args.squared_error:
        print(f"podium    test AUC {result['test_auc'][-1]:.5f}  log-loss {result['test_loss'][-1]:.5f}")
        print(f"LightGBM  test AUC {roc_auc_score(label, scores):.5f}  log-loss {log_loss(label, scores):.5f}")
    else:
        print(f"podium    test RMSE {(2 * result['test_loss'][-1]) ** 0.5:.5f}")
        print(f"LightGBM  test RMSE {((scores - label) ** 2).mean() ** 0.5:.5f}")


if __name__ == "__main__":
    main()
