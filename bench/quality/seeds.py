"""How good, over several seeds? Runs a preset once a seed (each seed with its own split, unless one is given) and prints, for every model,
mean and standard deviation of its metrics, and for every comparison of a stack the worst lower end of its interval.

    python3 bench/quality/seeds.py --preset default --seeds 1 2 3 4 5
    python3 bench/quality/seeds.py --preset notebook --assignments path/to/split.parquet
"""
import argparse
import json
import statistics
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

METRICS = [("ndcg", 10), ("precision", 10), ("recall", 10), ("rmse", None), ("log_loss", None), ("calibration_error", None)]


def run(args, seed, artifacts):
    command = ["make", "all", "QUIET=1", f"PRESET={args.preset}", f"SEED={seed}", f"ARTIFACTS={artifacts}"]
    command += [f"{name}={value}" for name, value in
                (("ASSIGNMENTS", args.assignments), ("CONFIG", args.config), ("DATA_DIR", args.data)) if value]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads((artifacts / "evaluate/metrics.json").read_text())


def spread(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.4f} ({deviation:.4f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4, 5])
    parser.add_argument("--assignments", help="a split for all seeds; without it each seed draws its own")
    parser.add_argument("--config", help="a folder of configuration files in place of the preset's")
    parser.add_argument("--data", help="raw data in place of make's own choice")
    args = parser.parse_args()

    values, duels = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        for seed in args.seeds:
            result = run(args, seed, Path(scratch) / str(seed))
            for row in result["metrics"]:
                if row["segment"] == "all" and row["protocol"] == "rated":
                    values[row["model"], row["metric"], row["k"]].append(row["value"])
            for row in result["comparisons"]:
                duels[row["model"], row["rival"]].append((row["difference"], row["ci_low"], row["p_holm"]))

    models = sorted({model for model, _, _ in values}, key=lambda model: -statistics.mean(values[model, "ndcg", 10]))
    print("| model | " + " | ".join(f"{metric}@{k}" if k else metric for metric, k in METRICS) + " |")
    print("|---" * (len(METRICS) + 1) + "|")
    for model in models:
        cells = [spread(of) if (of := values.get((model, metric, k))) else "" for metric, k in METRICS]
        print(f"| {model} | " + " | ".join(cells) + " |")
    print(f"\nMean and standard deviation over seeds {', '.join(map(str, args.seeds))}.\n")
    print("| stack | rival | mean difference of NDCG@10 | lowest lower end | largest p (Holm) |")
    print("|---|---|---|---|---|")
    for (model, rival), of in duels.items():
        mean, low, p = statistics.mean(d for d, _, _ in of), min(low for _, low, _ in of), max(p for _, _, p in of)
        print(f"| {model} | {rival} | {mean:.4f} | {low:.4f} | {p:.4f} |")


if __name__ == "__main__":
    main()
