"""Makes rows.csv and expected.csv with trec_eval itself, by way of its Python binding.

    python -m venv venv && venv/bin/pip install pytrec_eval-terrier==0.5.11 && venv/bin/python make.py

rows.csv: generated users, with three score columns
  distinct  no two scores of a user are equal, also as f32: no tie rule matters
  tied      few distinct scores: ties everywhere
  close     some scores differ by 1e-10 only: ties for trec_eval, which reads f32
expected.csv: what trec_eval says of each user. `distinct`, `tied` and `close` are its own order; `tied_by_item` is
`tied` with the ties broken by the smaller item id beforehand.
"""
import csv
import pathlib
import random
import struct

import pytrec_eval

HERE = pathlib.Path(__file__).parent
KS = [1, 3, 10, 50]
random.seed(20240607)


def f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def user_rows(user, n, grade_of):
    items = random.sample(range(1, 12_000), n)
    distinct = []
    while len(distinct) < n:
        score = round(random.gauss(0, 2), 6)
        if f32(score) not in {f32(other) for other in distinct}:
            distinct.append(score)
    tied = [random.choice([-1.5, 0.0, 0.25, 3.0]) for _ in range(n)]
    close = [random.choice([-1.5, 0.0, 3.0]) + 1e-10 * random.randrange(3) for _ in range(n)]
    return [
        {"user_id": user, "item_id": item, "grade": grade_of(), "distinct": d, "tied": t, "close": c}
        for item, d, t, c in zip(items, distinct, tied, close)
    ]


any_grade = lambda: random.randint(1, 5)
rows = []
for user, n in [(1, 12), (2, 7), (3, 30), (5, 120), (8, 3), (13, 10), (14, 11), (15, 60)]:
    rows += user_rows(user, n, any_grade)
rows += user_rows(21, 8, lambda: random.randint(1, 3))  # nothing relevant
rows += user_rows(34, 1, lambda: 5)  # a single item, relevant
rows += user_rows(55, 1, lambda: 2)  # a single item, not relevant
rows += user_rows(89, 14, lambda: 4)  # everything relevant
rows += user_rows(144, 40, lambda: 5 if random.random() < 0.05 else 1)  # rarely relevant
users = sorted({row["user_id"] for row in rows})

NAMES = {"P": "precision_trec", "recall": "recall", "ndcg_cut": "ndcg", "map_cut": "map_cut", "success": "hit_rate"}
WHOLE = {"map": "map", "recip_rank": "mrr"}
binary = {str(u): {} for u in users}
gains = {str(u): {} for u in users}
for row in rows:
    binary[str(row["user_id"])][str(row["item_id"])] = int(row["grade"] >= 4)
    gains[str(row["user_id"])][str(row["item_id"])] = 2 ** row["grade"] - 1


def run_of(score):
    run = {str(u): {} for u in users}
    for row in rows:
        run[str(row["user_id"])][str(row["item_id"])] = score(row)
    return run


order = sorted(rows, key=lambda row: (row["user_id"], -row["tied"], row["item_id"]))
by_item = {(row["user_id"], row["item_id"]): float(-place) for place, row in enumerate(order)}
runs = {name: run_of(lambda row, name=name: row[name]) for name in ["distinct", "tied", "close"]}
runs["tied_by_item"] = run_of(lambda row: by_item[row["user_id"], row["item_id"]])

cuts = ",".join(map(str, KS))
expected = []
for name, run in runs.items():
    measures = {f"{measure}.{cuts}" for measure in NAMES} | set(WHOLE)
    of_binary = pytrec_eval.RelevanceEvaluator(binary, measures).evaluate(run)
    of_gains = pytrec_eval.RelevanceEvaluator(gains, {f"ndcg_cut.{cuts}"}).evaluate(run)
    for user in users:
        found = of_binary[str(user)]
        for k in KS:
            for measure, metric in NAMES.items():
                expected.append((name, user, metric, k, found[f"{measure}_{k}"]))
            expected.append((name, user, "ndcg_graded", k, of_gains[str(user)][f"ndcg_cut_{k}"]))
        for measure, metric in WHOLE.items():
            expected.append((name, user, metric, "", found[measure]))

with open(HERE / "rows.csv", "w", newline="") as file:
    out = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
with open(HERE / "expected.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["scores", "user_id", "metric", "k", "value"])
    out.writerows(expected)
