"""Podium's contributions against LightGBM's, for every booster of a run and every test row, to 1e-9: of the rows as they are, and of
the same rows with holes, an eleventh of their values.

    python checks/shap/compare.py RUN OURS

RUN is the folder of a finished run, OURS that in which the example `contributions` wrote what Podium says. Of each booster:

  trees      the contributions of each feature, and the base, against predict(pred_contrib=True) of <key>.lightgbm.txt
  sum        base + contributions against the raw scores of Podium's booster
  lightgbm   the same sums against predict(raw_score=True) of the text, on rows without a missing value where there is a linear start
  start      of a linear start: coefficient * (x - mean) with the text's coefficients, 0 where x is missing

A booster that starts from a logistic regression is exported with that regression as one more tree, of a single leaf that is a linear model.
pred_contrib passes over such a tree without a word: its sums are not the raw scores. So the tree is taken out of the text before LightGBM
explains the rest, and what the start contributes is taken off Podium's contributions. (Where a value is missing, that leaf answers with its
constant, which has all features at their means; Podium puts the mean for the missing value alone.)

Exit code 1 where a value differs. --break adds 1e-6 to one of Podium's contributions: the comparison must then fail.
"""

import argparse
import re
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow.parquet

TOLERANCE = 1e-9
KEYS = {"user_id", "item_id", "timestamp", "fold", "rating", "label"}


def without_linear_tree(text):
    """The text without its linear tree, and that tree's lines by their key."""
    head, *trees = re.split(r"(?=^Tree=)", text, flags=re.MULTILINE)
    last, tail = trees[-1].split("end of trees", 1)
    fields = dict(line.split("=", 1) for line in last.splitlines() if "=" in line)
    if fields["is_linear"] != "1":
        sys.exit("the last tree of a booster with a linear start is no linear model")
    sizes = " ".join(str(len(tree.encode())) for tree in trees[:-1])
    head = re.sub(r"^tree_sizes=.*$", f"tree_sizes={sizes}", head, flags=re.MULTILINE)
    return head + "".join(trees[:-1]) + "end of trees" + tail, fields


class Comparison:
    def __init__(self):
        self.n_wrong = 0

    def equal(self, model, what, ours, theirs):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        if ours.shape != theirs.shape or ours.size == 0:
            print(f"{model:12} {what:9} {ours.shape} values, expected {theirs.shape}", file=sys.stderr)
            self.n_wrong += 1
            return
        difference = np.abs(ours - theirs)
        wrong = ~(difference <= TOLERANCE)
        print(f"{model:12} {what:9} {ours.size:10,} values  largest difference {difference.max():.1e}", flush=True)
        if wrong.any():
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            print(f"{model}, {what}: {wrong.sum()} differ, the first at {at}: {ours[at]}, expected {theirs[at]}", file=sys.stderr)
            self.n_wrong += 1


def compare(model, text, rows, ours, raw_scores, start, comparison):
    n_features = rows.shape[1]
    whole = lightgbm.Booster(model_str=text)
    comparison.equal(model, "sum", ours.sum(axis=1), raw_scores)
    if start is None:
        comparison.equal(model, "trees", ours, whole.predict(rows, pred_contrib=True))
        comparison.equal(model, "lightgbm", ours.sum(axis=1), whole.predict(rows, raw_score=True))
        return
    text, leaf = without_linear_tree(text)
    comparison.equal(model, "trees", ours - start, lightgbm.Booster(model_str=text).predict(rows, pred_contrib=True))
    complete = ~np.isnan(rows).any(axis=1)
    comparison.equal(model, "lightgbm", ours[complete].sum(axis=1), whole.predict(rows[complete], raw_score=True))
    slopes = np.array([float(number) for number in leaf["leaf_coeff"].split()])
    assert [int(number) for number in leaf["leaf_features"].split()] == list(range(n_features))
    # The means are not in the text, but what they add to the constant is: c * x less the contribution is c * mean, in every row.
    known = ~np.isnan(rows)
    at_means = np.where(known, slopes * rows - start[:, :-1], np.nan)
    first = np.array([column[~np.isnan(column)][0] if (~np.isnan(column)).any() else 0.0 for column in at_means.T])
    comparison.equal(model, "start", start[:, :-1], np.where(known, slopes * rows - first, 0.0))
    always_missing = ~known.any(axis=0)
    if not always_missing.any():
        comparison.equal(model, "constant", start[:1, -1], [float(leaf["leaf_const"]) + first.sum()])
    comparison.equal(model, "base", start[:, -1], np.full(len(rows), float(leaf["leaf_value"])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("ours", type=Path)
    parser.add_argument("--break", dest="broken", action="store_true")
    args = parser.parse_args()

    table = pyarrow.parquet.read_table(args.run / "build-features" / "test.parquet")
    names = [name for name in table.column_names if name not in KEYS]
    rows = np.column_stack([table[name].to_numpy().astype(np.float64) for name in names])
    holes = (7 * np.arange(len(rows))[:, None] + 3 * np.arange(len(names))) % 11 == 0
    rows = np.vstack([rows, np.where(holes, np.nan, rows)])
    print(f"twice {len(rows) // 2:,} test rows, {len(names)} features, {np.isnan(rows).sum():,} values missing")
    comparison = Comparison()
    found = sorted(args.ours.glob("*.contributions"))
    exported = {path.name.removesuffix(".lightgbm.txt") for path in (args.run / "train-meta").glob("*.lightgbm.txt")}
    if not found or exported != {path.stem for path in found}:
        sys.exit(f"boosters explained: {[path.stem for path in found]}, exported: {sorted(exported)}")
    for path in found:
        model = path.stem

        def read(what, shape):
            return np.fromfile(args.ours / f"{model}.{what}", dtype="<f8").reshape(shape)

        ours = read("contributions", (len(rows), -1))
        if args.broken and path == found[0]:
            ours[len(rows) // 2, 0] += 1e-6
        raw_scores = read("raw_scores", -1)
        start = read("start", ours.shape) if (args.ours / f"{model}.start").is_file() else None
        text = (args.run / "train-meta" / f"{model}.lightgbm.txt").read_text()
        compare(model, text, rows, ours, raw_scores, start, comparison)
    if comparison.n_wrong:
        sys.exit(f"{comparison.n_wrong} comparisons failed")
    print(f"every value is equal to {TOLERANCE:g}")


if __name__ == "__main__":
    main()
