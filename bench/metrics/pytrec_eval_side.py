"""pytrec_eval: `pytrec_eval_side.py FOLDER`. It has one thread."""

import json
import sys
import time

import numpy as np
import pytrec_eval

from columns import KS, read

AT_K = ["success", "P", "recall", "ndcg_cut", "map_cut"]
MEASURES = {f"{measure}.{','.join(map(str, KS))}" for measure in AT_K} | {"map", "recip_rank"}
NAMES = [f"{measure}_{k}" for measure in AT_K for k in KS] + ["map", "recip_rank"]


def main():
    users, items, relevant, scores = read(sys.argv[1])
    starts = np.flatnonzero(np.diff(users, prepend=-1))
    ends = np.append(starts[1:], len(users))
    qrels, run = {}, {}
    for start, end in zip(starts, ends):
        names = [str(item) for item in items[start:end].tolist()]
        user = str(users[start])
        run[user] = dict(zip(names, scores[start:end].tolist()))
        qrels[user] = {name: 1 for name, is_relevant in zip(names, relevant[start:end].tolist()) if is_relevant}
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, MEASURES)
    start = time.perf_counter()
    of_users = evaluator.evaluate(run)
    means = {name: sum(values[name] for values in of_users.values()) / len(of_users) for name in NAMES}
    seconds = time.perf_counter() - start
    quality = {"ndcg@10": means["ndcg_cut_10"], "map": means["map"]}
    print(json.dumps({"seconds": {"evaluate": seconds}, "quality": quality}))


if __name__ == "__main__":
    main()
