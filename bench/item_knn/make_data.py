"""Writes a folder's ratings.csv as plain columns that every side reads fast: user.i32, item.i32, rating.f32, and asked.u8, not 0 where a hash
takes the row out of the history (a tenth of the rows): 1 where it is to be scored, 2 where its user is not among one in `--of-users`.

    make_data.py FOLDER SCRATCH [--of-users N]
"""

import argparse
import pathlib

import numpy as np
from pyarrow import csv


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("scratch", type=pathlib.Path)
    arguments.add_argument("--of-users", type=int, default=1)
    args = arguments.parse_args()
    table = csv.read_csv(
        args.folder / "ratings.csv", convert_options=csv.ConvertOptions(include_columns=["userId", "movieId", "rating"])
    )
    users, items, ratings = (table.column(name).to_numpy() for name in ("userId", "movieId", "rating"))
    # A mixing step of splitmix64 over the pair: the same rows on every machine.
    mixed = (users.astype(np.uint64) << np.uint64(32)) ^ items.astype(np.uint64)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    args.scratch.mkdir(parents=True, exist_ok=True)
    users.astype("<i4").tofile(args.scratch / "user.i32")
    items.astype("<i4").tofile(args.scratch / "item.i32")
    ratings.astype("<f4").tofile(args.scratch / "rating.f32")
    held_out = mixed % np.uint64(10) == 0
    scored = (users * 0x9E3779B1 >> 7) % args.of_users == 0
    np.where(held_out, np.where(scored, 1, 2), 0).astype("u1").tofile(args.scratch / "asked.u8")


if __name__ == "__main__":
    main()
