"""Surprise's SVD, which has one thread: python surprise_side.py <folder> [<keyword>=<number> ...]

Keywords are those of `surprise.SVD`: n_factors, n_epochs, lr_all, reg_all.
"""

import collections
import sys
import time

import numpy
from surprise import SVD
from surprise.trainset import Trainset

from ratings import read, report


def main() -> None:
    options = {key: float(value) if "." in value else int(value) for key, value in (word.split("=") for word in sys.argv[2:])}
    users, items, ratings = read(sys.argv[1], "train")
    by_user, by_item = collections.defaultdict(list), collections.defaultdict(list)
    for user, item, rating in zip(users.tolist(), items.tolist(), ratings.tolist()):
        by_user[user].append((item, rating))
        by_item[item].append((user, rating))
    numbered = [{number: number for number in range(side.max() + 1)} for side in (users, items)]
    train = Trainset(
        by_user, by_item, len(numbered[0]), len(numbered[1]), len(ratings), (0.5, 5.0), numbered[0], numbered[1]
    )
    users, items, ratings = read(sys.argv[1], "test")
    model = SVD(random_state=42, **options)
    start = time.perf_counter()
    model.fit(train)
    fitted = time.perf_counter()
    # Surprise scores pair by pair in Python; this is its formula for all pairs at once.
    scores = train.global_mean + model.bu[users] + model.bi[items]
    for rows in numpy.array_split(numpy.arange(len(users)), 20):
        scores[rows] += numpy.einsum("rk,rk->r", model.pu[users[rows]], model.qi[items[rows]])
    done = time.perf_counter()
    report(fitted - start, done - fitted, scores, ratings)


if __name__ == "__main__":
    main()
