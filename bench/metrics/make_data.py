"""Scored rows as four little-endian columns: `make_data.py FOLDER [ROWS USERS]`. A few long lists, many short; rows sorted by user and item."""

import sys
from pathlib import Path

import numpy as np


def distinct(scores, users, draw):
    """The scores as f32, those that repeat within a user drawn again: trec_eval reads f32, and breaks ties in its own way."""
    scores = scores.astype(np.float32)
    while True:
        order = np.lexsort((scores, users))
        same = (np.diff(scores[order]) == 0) & (np.diff(users[order]) == 0)
        again = order[1:][same]
        if len(again) == 0:
            return scores.astype(np.float64)
        scores[again] += draw.normal(0, 0.01, len(again)).astype(np.float32)


def main():
    folder = Path(sys.argv[1])
    n_rows, n_users = (int(word) for word in (sys.argv[2:] or ["5000000", "33333"]))
    draw = np.random.default_rng(42)
    # Every user has a row; the others fall with the square of the user's place, as activity does.
    users = np.concatenate([np.arange(n_users), (draw.random(n_rows - n_users) ** 2 * n_users).astype(np.int64)])
    users.sort()
    # Distinct items within each user, in ascending order.
    items = 3 * np.arange(n_rows, dtype=np.int64) + draw.integers(0, 3, n_rows)
    ratings = np.ceil(draw.random(n_rows) * 10) / 2
    scores = distinct(ratings + draw.normal(0, 2, n_rows), users, draw)
    columns = {"user_id.i64": users, "item_id.i64": items, "rating.f64": ratings, "score.f64": scores}
    for name, column in columns.items():
        column.tofile(folder / name)
    (folder / "done").write_text(f"{n_rows} rows, {n_users} users\n")


if __name__ == "__main__":
    main()
