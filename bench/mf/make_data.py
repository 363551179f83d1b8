"""Writes the ratings of a MovieLens folder as plain arrays, nine tenths to fit on and one tenth held out.

    python make_data.py <folder with ratings.csv> <output folder>

A rating is held out by a hash of its user and item. Users and items are numbered from 0; held-out ratings whose user or item is never fitted
on are left out, since the libraries disagree on what to say of these. Each of `train` and `test` is three little-endian files in the order of
ratings.csv: `<part>.users` and `<part>.items` (int32), `<part>.ratings` (float32).
"""

import pathlib
import sys

import numpy


def held_out(users: numpy.ndarray, items: numpy.ndarray) -> numpy.ndarray:
    """One pair in ten, by the finaliser of splitmix64."""
    mixed = (users.astype(numpy.uint64) << numpy.uint64(32)) ^ items.astype(numpy.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> numpy.uint64(shift))) * numpy.uint64(factor)
    mixed ^= mixed >> numpy.uint64(31)
    return mixed % numpy.uint64(10) == 0


def main() -> None:
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    columns = numpy.loadtxt(source / "ratings.csv", delimiter=",", skiprows=1, usecols=(0, 1, 2))
    users, items = columns[:, 0].astype(numpy.int64), columns[:, 1].astype(numpy.int64)
    ratings = columns[:, 2].astype("<f4")
    test = held_out(users, items)
    user_ids, item_ids = numpy.unique(users[~test]), numpy.unique(items[~test])
    known = numpy.isin(users, user_ids) & numpy.isin(items, item_ids)
    for part, rows in (("train", ~test), ("test", test & known)):
        numpy.searchsorted(user_ids, users[rows]).astype("<i4").tofile(target / f"{part}.users")
        numpy.searchsorted(item_ids, items[rows]).astype("<i4").tofile(target / f"{part}.items")
        ratings[rows].tofile(target / f"{part}.ratings")
        print(part, int(rows.sum()), "ratings", file=sys.stderr)


if __name__ == "__main__":
    main()
