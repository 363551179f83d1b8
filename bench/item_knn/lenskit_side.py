"""LensKit's ItemKNNScorer on explicit ratings: fit, then the scores of the rows held out, a user at a time.

The users' histories and the items asked are made into LensKit's lists before the clock starts.

    lenskit_side.py SCRATCH [--k K] [--threads N] [--scores FILE]
"""

import argparse
import json
import os
import pathlib
import sys
import time


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("scratch", type=pathlib.Path)
    arguments.add_argument("--k", type=int, default=20)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--scores", type=pathlib.Path)
    args = arguments.parse_args()
    for name in ("LK_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(args.threads)

    import numpy as np
    import pandas as pd
    from lenskit.data import ItemList, RecQuery, from_interactions_df
    from lenskit.knn import ItemKNNScorer
    from lenskit.parallel import initialize
    from lenskit.training import TrainingOptions

    initialize(processes=1, threads=args.threads, backend_threads=args.threads, child_threads=1)
    read = lambda name, kind: np.fromfile(args.scratch / name, kind)
    users, items, ratings = read("user.i32", "<i4"), read("item.i32", "<i4"), read("rating.f32", "<f4")
    parts = read("asked.u8", "u1")
    asked, known = parts == 1, parts == 0
    data = from_interactions_df(pd.DataFrame({"user_id": users[known], "item_id": items[known], "rating": ratings[known]}))

    rows = np.flatnonzero(asked)
    rows = rows[np.argsort(users[rows], kind="stable")]
    known_rows = np.flatnonzero(known)
    known_rows = known_rows[np.argsort(users[known_rows], kind="stable")]
    starts = lambda of: np.searchsorted(users[of], np.arange(users.max() + 2))
    asked_at, known_at = starts(rows), starts(known_rows)
    questions = []
    for user in np.unique(users[rows]):
        of_user = known_rows[known_at[user] : known_at[user + 1]]
        wanted = rows[asked_at[user] : asked_at[user + 1]]
        history = ItemList(item_ids=items[of_user], rating=ratings[of_user])
        questions.append((RecQuery(user_id=user, history_items=history), ItemList(item_ids=items[wanted]), wanted))

    scorer = ItemKNNScorer(max_nbrs=args.k, feedback="explicit")
    start = time.perf_counter()
    scorer.train(data, TrainingOptions())
    fit = time.perf_counter() - start
    found = np.full(len(users), np.nan)
    start = time.perf_counter()
    for query, wanted_items, wanted in questions:
        found[wanted] = scorer(query=query, items=wanted_items).scores()
    score = time.perf_counter() - start

    # What it does not score gets the mean, as its fallback would.
    covered = float(np.isfinite(found[rows]).mean())
    found = np.where(np.isfinite(found), found, ratings[known].mean())
    rmse = float(np.sqrt(np.mean((found[rows] - ratings[rows]) ** 2)))
    if args.scores:
        found[asked].astype("<f4").tofile(args.scores)
    seconds = {"fit": fit, "score": score, "fit and score": fit + score}
    print(json.dumps({"seconds": seconds, "quality": {"rmse": rmse, "covered": covered}}))


if __name__ == "__main__":
    sys.exit(main())
