"""ranx: `ranx_side.py FOLDER THREADS`."""

import json
import sys
import time
import warnings

import pandas
import ranx

from columns import KS, read

METRICS = [f"{metric}@{k}" for metric in ["hit_rate", "precision", "recall", "ndcg", "map"] for k in KS] + ["map", "mrr"]


def main():
    warnings.filterwarnings("ignore")
    threads = int(sys.argv[2])
    users, items, relevant, scores = read(sys.argv[1])
    ids = {"q_id": users, "doc_id": items}
    table = pandas.DataFrame({name: column.astype(str).astype(object) for name, column in ids.items()}, dtype=object)
    table["score"] = scores
    # Relevant rows alone: the least work for ranx, which drops the others for each metric.
    judged = table[relevant][["q_id", "doc_id"]].assign(score=1)
    qrels, run = ranx.Qrels.from_df(judged), ranx.Run.from_df(table)
    warm = ranx.Qrels({"1": {"1": 1}}), ranx.Run({"1": {"1": 1.0, "2": 0.5}})
    ranx.evaluate(*warm, METRICS, threads=threads)
    start = time.perf_counter()
    found = ranx.evaluate(qrels, run, METRICS, threads=threads)
    seconds = time.perf_counter() - start
    quality = {name: float(found[name]) for name in ["ndcg@10", "map"]}
    print(json.dumps({"seconds": {"evaluate": seconds}, "quality": quality}))


if __name__ == "__main__":
    main()
