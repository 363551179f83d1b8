"""implicit's CosineRecommender on the positive ratings: fit, then the ten best unrated items of some users.

    implicit_side.py SCRATCH [--k K] [--users N] [--min-rating R] [--threads N]
"""

import argparse
import json
import pathlib
import sys
import time


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("scratch", type=pathlib.Path)
    arguments.add_argument("--k", type=int, default=100, help="neighbours beside the item itself, which implicit counts too")
    arguments.add_argument("--users", type=int, default=10_000)
    arguments.add_argument("--min-rating", type=float, default=4.0)
    arguments.add_argument("--threads", type=int, default=2)
    args = arguments.parse_args()

    import numpy as np
    from implicit.nearest_neighbours import CosineRecommender
    from scipy import sparse

    read = lambda name, kind: np.fromfile(args.scratch / name, kind)
    users, items, ratings = read("user.i32", "<i4"), read("item.i32", "<i4"), read("rating.f32", "<f4")
    asked = read("asked.u8", "u1") != 0
    user_ids, user_of = np.unique(users, return_inverse=True)
    item_ids, item_of = np.unique(items, return_inverse=True)
    shape = (len(user_ids), len(item_ids))
    matrix = lambda rows: sparse.csr_matrix((np.ones(rows.sum(), "f8"), (user_of[rows], item_of[rows])), shape)
    positive = matrix(~asked & (ratings >= args.min_rating))
    known = matrix(~asked)
    relevant = matrix(asked & (ratings >= 4.0))

    model = CosineRecommender(K=args.k + 1, num_threads=args.threads)
    start = time.perf_counter()
    model.fit(positive, show_progress=False)
    fit = time.perf_counter() - start
    chosen = np.flatnonzero(np.diff(known.indptr) > 0)[: args.users]
    start = time.perf_counter()
    lists = []
    for user in chosen:
        # All that the user rated is left out, not only what was liked.
        rated = known.indices[known.indptr[user] : known.indptr[user + 1]]
        best, _ = model.recommend(user, positive[user], N=10, filter_already_liked_items=False, filter_items=rated)
        lists.append(best[:10])  # there are more than were asked for
    score = time.perf_counter() - start

    ndcg, recall = [], []
    discount = 1.0 / np.log2(np.arange(10) + 2.0)
    for user, best in zip(chosen, lists):
        wanted = relevant.indices[relevant.indptr[user] : relevant.indptr[user + 1]]
        if len(wanted) == 0:
            continue
        hits = np.isin(best, wanted)
        possible = min(len(wanted), 10)
        ndcg.append(discount[: len(best)][hits].sum() / discount[:possible].sum())
        recall.append(hits.sum() / possible)
    seconds = {"fit": fit, "score": score, "fit and score": fit + score}
    print(json.dumps({"seconds": seconds, "quality": {"ndcg@10": float(np.mean(ndcg)), "recall@10": float(np.mean(recall))}}))


if __name__ == "__main__":
    sys.exit(main())
