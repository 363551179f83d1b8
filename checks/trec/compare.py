"""Podium's ranking metrics against trec_eval (by way of pytrec_eval) and ranx: every user's value and every mean, to 1e-9.

    python checks/trec/compare.py RUN --binary target/release/examples/evaluate_csv

RUN is the folder of a run whose evaluate stage wrote TREC files (`trec = true`). Four comparisons:

  files      the qrels and runs that the stage wrote, read by trec_eval, against per_user.parquet and metrics.parquet
  scores     the order made here from scores.parquet (descending score, then ascending item_id), so that the files are no
             part of the proof
  generated  lists with ties, users without a relevant item, single items and items that are not retrieved, evaluated by the
             metrics crate (evaluate_csv), with ties by the smaller item
  trec_ties  the same lists, with the scores as they are: trec_eval's own order of ties against evaluate_csv's `trec_eval`

Users without a relevant item are left out by Podium and counted as 0 by trec_eval and ranx: they are checked to have no value,
and their number is printed. Other tools see the order as descending whole numbers (see crates/evaluate/src/trec.rs), but for
trec_ties. Exit code 1 where a value differs or is missing.

--break METRIC adds 1e-6 to one of Podium's values of that metric: the comparison must then fail.
"""

import argparse
import csv
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas
import pytrec_eval
import ranx

TOLERANCE = 1e-9
RELEVANT_FROM = 4.0
# Podium's name: trec_eval's, ranx's. ranx's precision divides by k, as trec_eval's.
AT_K = {
    "hit_rate": ("success", "hit_rate"),
    "precision_trec": ("P", "precision"),
    "recall": ("recall", "recall"),
    "ndcg": ("ndcg_cut", "ndcg"),
    "map_cut": ("map_cut", "map"),
}
WHOLE = {"map": ("map", "map"), "mrr": ("recip_rank", "mrr")}
# Gains as whole numbers, which is what ranx takes: exact to 1e-13 of a gain of 1.
GAIN_UNIT = 10**13


def judgements(rows):
    """user -> item -> 0 or 1, and user -> item -> 2^rating - 1."""
    binary, gains = {}, {}
    for user, item, rating in zip(rows["user_id"], rows["item_id"], rows["rating"]):
        binary.setdefault(str(user), {})[str(item)] = int(rating >= RELEVANT_FROM)
        gains.setdefault(str(user), {})[str(item)] = 2.0 ** float(rating) - 1
    return binary, gains


def ordered(rows, column):
    """user -> item -> a whole number that falls with the rank; rows without a score are not retrieved."""
    retrieved = rows[rows[column].notna()].sort_values(["user_id", column, "item_id"], ascending=[True, False, True], kind="stable")
    run = {}
    for user, group in retrieved.groupby("user_id", sort=True):
        n = len(group)
        run[str(user)] = {str(item): float(n - rank) for rank, item in enumerate(group["item_id"])}
    return run


def by_trec_eval(binary, gains, run, ks):
    """(user, metric, k) -> value. A user with nothing retrieved is missing from trec_eval's answer: 0, as its -c counts it."""
    cuts = ",".join(map(str, ks))
    measures = {f"{theirs}.{cuts}" for theirs, _ in AT_K.values()} | {theirs for theirs, _ in WHOLE.values()}
    answer = pytrec_eval.RelevanceEvaluator(binary, measures).evaluate(run)
    whole_gains = all(gain == int(gain) for of_user in gains.values() for gain in of_user.values())
    graded = {}
    if whole_gains:
        as_int = {user: {item: int(gain) for item, gain in of_user.items()} for user, of_user in gains.items()}
        graded = pytrec_eval.RelevanceEvaluator(as_int, {f"ndcg_cut.{cuts}"}).evaluate(run)
    values = {}
    for user in binary:
        found = answer.get(user, {})
        for k in ks:
            for metric, (theirs, _) in AT_K.items():
                values[user, metric, k] = found.get(f"{theirs}_{k}", 0.0)
            if whole_gains:
                values[user, "ndcg_graded", k] = graded.get(user, {}).get(f"ndcg_cut_{k}", 0.0)
        for metric, (theirs, _) in WHOLE.items():
            values[user, metric, None] = found.get(theirs, 0.0)
    return values


def by_ranx(binary, gains, run, ks):
    run = {user: run.get(user, {}) for user in binary}
    # ranx cannot hold an empty list: an item that nobody has stands for it.
    run = {user: of_user or {"none": 1.0} for user, of_user in run.items()}
    names = {f"{theirs}@{k}": (metric, k) for metric, (_, theirs) in AT_K.items() for k in ks}
    names |= {theirs: (metric, None) for metric, (_, theirs) in WHOLE.items()}
    values = ranx_values(binary, run, names)
    unit_gains = {user: {item: round(gain * GAIN_UNIT) for item, gain in of_user.items()} for user, of_user in gains.items()}
    return values | ranx_values(unit_gains, run, {f"ndcg@{k}": ("ndcg_graded", k) for k in ks})


def ranx_values(qrels, run, names):
    qrels, run = ranx.Qrels(qrels), ranx.Run(run, name="run")
    ranx.evaluate(qrels, run, list(names), return_mean=False)
    return {(user, *column): value for name, column in names.items() for user, value in run.scores[name].items()}


def podium_values(table):
    """model -> (user, metric, k) -> value, of a per-user table."""
    values = {}
    for model, user, metric, k, value in zip(table["model"], table["user_id"], table["metric"], table["k"], table["value"]):
        values.setdefault(model, {})[str(user), metric, None if pandas.isna(k) else int(k)] = value
    return values


class Comparison:
    def __init__(self):
        self.failures = []

    def fail(self, message):
        self.failures.append(message)

    def compare(self, what, model, ours, theirs, binary, means):
        """Each value of `theirs` with ours; returns how many and the largest difference."""
        n_values, largest = 0, 0.0
        sums = {}
        for (user, metric, k), value in theirs.items():
            found = ours.get((user, metric, k))
            if not any(binary[user].values()):
                if found is not None:
                    self.fail(f"{what}, {model}: user {user} has nothing relevant but {metric} at {k} of {found}")
                continue
            n_values += 1
            if found is None:
                self.fail(f"{what}, {model}: user {user} has no {metric} at {k}, expected {value}")
                continue
            sums.setdefault((metric, k), []).append(value)
            largest = max(largest, abs(found - value))
            if not abs(found - value) <= TOLERANCE:
                self.fail(f"{what}, {model}: user {user}, {metric} at {k}: {found}, expected {value}")
        for column, values in sums.items():
            if means is None:
                continue
            mean, found = float(np.mean(values)), means.get(column)
            n_values += 1
            if found is None or not abs(found[0] - mean) <= TOLERANCE or found[1] != len(values):
                self.fail(f"{what}, {model}: mean of {column}: {found} (value, users), expected {mean}, {len(values)}")
        if n_values == 0:
            self.fail(f"{what}, {model}: nothing was compared")
        return n_values, largest

    def models(self, what, runs, ours, means, binary, gains, ks, tools):
        for tool, values_of in tools.items():
            n_values, largest = 0, 0.0
            for model, run in runs.items():
                found = self.compare(f"{what}, {tool}", model, ours.get(model, {}), values_of(binary, gains, run, ks), binary, means.get(model))
                n_values, largest = n_values + found[0], max(largest, found[1])
            counted = sum(any(of_user.values()) for of_user in binary.values())
            print(
                f"{what:10} {tool:10} {len(runs):3} models  {n_values:8,} values  largest difference {largest:.1e}  "
                f"{counted} users counted, {len(binary) - counted} without a relevant item left out",
                flush=True,
            )


def read_trec(folder):
    """The qrels and the runs of a protocol's folder."""
    def lines(path):
        return (line.split() for line in path.read_text().splitlines())

    qrels, runs = {}, {}
    for user, _, item, relevance in lines(folder / "qrels"):
        qrels.setdefault(user, {})[item] = int(relevance)
    for path in sorted(folder.glob("*.run")):
        run = runs.setdefault(path.stem, {})
        for user, _, item, _, score, _ in lines(path):
            run.setdefault(user, {})[item] = float(score)
    return qrels, runs


def generated():
    """Lists of all kinds; grades are whole, so that trec_eval can take the gains."""
    draw = random.Random(20261125)
    rows = []

    def user(user_id, n, grade):
        items = draw.sample(range(1, 2_000), n)
        for item in items:
            coarse = float(draw.randrange(4))
            rows.append(
                {
                    "user_id": user_id,
                    "item_id": item,
                    "rating": grade(),
                    "distinct": draw.gauss(0, 2),
                    "tied": coarse,
                    "constant": 0.5,
                    "close": coarse + 1e-10 * draw.randrange(3),
                    "extreme": draw.choice([0.0, -0.0, 1e300, -1e300, float("inf"), float("-inf"), 5e-324]),
                    "missing": draw.choice([float("nan"), coarse, draw.gauss(0, 1)]),
                    "nothing": float("nan"),
                }
            )

    for user_id in range(1, 201):
        user(user_id, draw.randrange(1, 40), lambda: draw.randrange(1, 6))
    for user_id in range(201, 211):
        user(user_id, draw.randrange(1, 9), lambda: draw.randrange(1, 4))  # nothing relevant
    user(211, 1, lambda: 5)  # a single item, relevant
    user(212, 1, lambda: 1)
    user(213, 30, lambda: 4)  # everything relevant
    user(214, 500, lambda: 5 if draw.random() < 0.02 else 1)  # seldom relevant
    table = pandas.DataFrame(rows)
    return table, [name for name in table if name not in ("user_id", "item_id", "rating")]


def evaluate_csv(binary, path, ks, ties):
    command = [binary, path, ",".join(map(str, ks)), ties, "per_user"]
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    per_user = pandas.read_csv(io.StringIO(done.stdout))
    done = subprocess.run([str(part) for part in command[:-1]], check=True, capture_output=True, text=True)
    means = {}
    for row in csv.DictReader(io.StringIO(done.stdout)):
        if row["n_users"] and row["mean"]:
            column = (row["metric"], int(row["k"]) if row["k"] else None)
            means.setdefault(row["model"], {})[column] = (float(row["mean"]), int(row["n_users"]))
    return podium_values(per_user), means


def spoil(values, metric):
    """Makes one of Podium's values wrong."""
    for of_model in values.values():
        for column in of_model:
            if column[1] == metric:
                of_model[column] += 1e-6
                return
    sys.exit(f"--break {metric}: there is no such value")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--binary", type=Path, required=True, help="the example evaluate_csv, release build")
    parser.add_argument("--protocol", default="rated")
    parser.add_argument("--break", dest="broken", metavar="METRIC")
    args = parser.parse_args()
    tools = {"trec_eval": by_trec_eval, "ranx": by_ranx}
    comparison = Comparison()

    folder = args.run / "evaluate"
    rows = pandas.read_parquet(folder / "scores.parquet")
    per_user = pandas.read_parquet(folder / "per_user.parquet")
    metrics = pandas.read_parquet(folder / "metrics.parquet")
    metrics = metrics[(metrics["protocol"] == args.protocol) & (metrics["segment"] == "all")]
    for column, only in [("protocol", args.protocol), ("segment", "all")]:
        if column in per_user:
            per_user = per_user[per_user[column] == only]
    ks = sorted({int(k) for k in metrics["k"].dropna()})
    models = [name for name in rows if name not in ("user_id", "item_id", "rating")]
    ours = podium_values(per_user)
    if args.broken:
        spoil(ours, args.broken)
    means = {}
    for model, metric, k, value, n in zip(*(metrics[name] for name in ["model", "metric", "k", "value", "n_users"])):
        means.setdefault(model, {})[metric, None if pandas.isna(k) else int(k)] = (value, n)
    binary, gains = judgements(rows)
    qrels, runs = read_trec(folder / "trec" / args.protocol)
    if qrels != binary:
        comparison.fail("files: qrels are not the relevance of scores.parquet")
    if missing := set(models) ^ set(runs):
        comparison.fail(f"files: models of scores.parquet and runs differ by {sorted(missing)}")
    comparison.models("files", runs, ours, means, qrels, gains, ks, {"trec_eval": by_trec_eval})
    comparison.models("scores", {model: ordered(rows, model) for model in models}, ours, means, binary, gains, ks, tools)

    table, models = generated()
    binary, gains = judgements(table)
    ks = [1, 3, 10, 50]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rows.csv"
        table.to_csv(path, index=False, na_rep="NaN", float_format="%.17g")
        ours, means = evaluate_csv(args.binary, path, ks, "smaller_item")
        comparison.models("generated", {model: ordered(table, model) for model in models}, ours, means, binary, gains, ks, tools)
        ours, means = evaluate_csv(args.binary, path, ks, "trec_eval")
        raw = {}
        for model in models:
            retrieved = table[table[model].notna()]
            run = raw.setdefault(model, {})
            for user, item, score in zip(retrieved["user_id"], retrieved["item_id"], retrieved[model]):
                run.setdefault(str(user), {})[str(item)] = score
        comparison.models("trec_ties", raw, ours, means, binary, gains, ks, {"trec_eval": by_trec_eval})

    if comparison.failures:
        print(f"{len(comparison.failures)} values differ:", file=sys.stderr)
        print("\n".join(comparison.failures[:20]), file=sys.stderr)
        sys.exit(1)
    print(f"every value is equal to {TOLERANCE:g}")


if __name__ == "__main__":
    main()
