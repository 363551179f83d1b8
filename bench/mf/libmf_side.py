"""LIBMF by its Python binding: python libmf_side.py <folder> [<keyword>=<number> ...]

Keywords are those of `libmf.MF`: k, nr_iters, lambda_p2, lambda_q2, eta, nr_threads, nr_bins. LIBMF has no biases, and fits what is left of the
ratings as they are, divided by their standard deviation.
"""

import sys
import time

import numpy
from libmf import mf

from ratings import read, report


def main() -> None:
    options = {key: float(value) if "." in value else int(value) for key, value in (word.split("=") for word in sys.argv[2:])}
    users, items, ratings = read(sys.argv[1], "train")
    train = numpy.column_stack([users, items, ratings]).astype(numpy.float32)
    users, items, ratings = read(sys.argv[1], "test")
    # The binding reads the pairs to fit on row by row and those to score column by column.
    test = numpy.asfortranarray(numpy.column_stack([users, items]), dtype=numpy.float32)
    model = mf.MF(quiet=True, **options)
    start = time.perf_counter()
    model.fit(train)
    fitted = time.perf_counter()
    scores = model.predict(test)
    done = time.perf_counter()
    sys.stdout.flush()
    report(fitted - start, done - fitted, scores, ratings)


if __name__ == "__main__":
    main()
