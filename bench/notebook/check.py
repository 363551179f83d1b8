#!/usr/bin/env python3
"""Does reference.py compute what the original computed? Needs pandas and pyarrow.

    reference.py DATA --scores scores.csv > printed.json
    check.py notebook-42.parquet notebook-42.json scores.csv printed.json

The first two hold what the original computed on ml-latest-small: each row's split, features and probabilities; the metrics.
Prints the largest differences; exit code 1 where one is too large.
"""

import json
import sys
from pathlib import Path

import pandas as pd

FEATURES = ["score_bias", "score_itemknn", "score_mf", "score_genre",
            "user_n_ratings", "user_mean_rating", "item_n_ratings", "item_mean_rating"]
METRICS = {"hit_rate": "hit_rate", "precision_at_k": "precision", "recall_at_k": "recall"}


def main():
    columns, figures, scores, printed = map(Path, sys.argv[1:])
    original, figures = pd.read_parquet(columns), json.loads(figures.read_text())
    ours, quality = pd.read_csv(scores), json.loads(printed.read_text().splitlines()[-1])["quality"]
    both = original.merge(ours, on=["userId", "movieId"], suffixes=("", "_ours"), validate="one_to_one")
    good = True

    def check(what, value, at_most):
        nonlocal good
        good &= bool(value <= at_most)
        print(f"{what:32} {value:.3g} (at most {at_most:g})")

    check("rows in another part", (both["split"] != both["split_ours"]).sum() + len(original) - len(both), 0)
    scored = both[both["split"] != "base_train"]
    for name in FEATURES:
        # The similarities of kNN are float32: what is left is their rounding.
        check(name, (scored[name] - scored[f"{name}_ours"]).abs().max(), 5e-6 if name == "score_itemknn" else 1e-6)
    test = scored[scored["split"] == "test"]
    for name in ["logit_proba", "gb_proba"]:
        check(f"{name}, mean difference", (test[name] - test[f"{name}_ours"]).abs().mean(), 1e-3)
    for line in figures["metrics_at_10"]:
        model = line["model"]
        for theirs, name in METRICS.items():
            check(f"{model} {name}", abs(line[theirs] - quality[f"{model.lower()}_{name}@10"]), 0.001)
        ndcg = figures["trec_eval_test"][model]["ndcg_cut_10"]
        check(f"{model} ndcg", abs(ndcg - quality[f"{model.lower()}_ndcg@10"]), 0.001)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
