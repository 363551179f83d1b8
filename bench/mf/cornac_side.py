"""Cornac's MF: python cornac_side.py <folder> [<keyword>=<number> ...]

Keywords are those of `cornac.models.MF`: k, max_iter, learning_rate, lambda_reg, num_threads.
"""

import sys
import time

import numpy
from cornac.data import Dataset
from cornac.models import MF

from ratings import read, report


def main() -> None:
    options = {key: float(value) if "." in value else int(value) for key, value in (word.split("=") for word in sys.argv[2:])}
    users, items, ratings = read(sys.argv[1], "train")
    numbered = [dict(zip(range(side.max() + 1), range(side.max() + 1))) for side in (users, items)]
    train = Dataset(
        num_users=len(numbered[0]),
        num_items=len(numbered[1]),
        uid_map=numbered[0],
        iid_map=numbered[1],
        uir_tuple=(users.astype(numpy.int64), items.astype(numpy.int64), ratings),
    )
    users, items, ratings = read(sys.argv[1], "test")
    model = MF(use_bias=True, early_stop=False, **options)
    start = time.perf_counter()
    model.fit(train)
    fitted = time.perf_counter()
    # Cornac scores single pairs or whole users; this is its formula for all pairs at once.
    scores = model.global_mean + model.u_biases[users] + model.i_biases[items]
    for rows in numpy.array_split(numpy.arange(len(users)), 20):
        scores[rows] += numpy.einsum("rk,rk->r", model.u_factors[users[rows]], model.i_factors[items[rows]])
    done = time.perf_counter()
    report(fitted - start, done - fitted, scores, ratings)


if __name__ == "__main__":
    main()
