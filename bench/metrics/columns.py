"""The columns of make_data.py, without the users who have no relevant row: Podium leaves them out, the peers would count them as 0."""

from pathlib import Path

import numpy as np

KS = [5, 10, 20]


def read(folder):
    """Users, items, whether each row is relevant, scores."""
    folder = Path(folder)
    users, items = (np.fromfile(folder / name, "<i8") for name in ["user_id.i64", "item_id.i64"])
    ratings, scores = (np.fromfile(folder / name, "<f8") for name in ["rating.f64", "score.f64"])
    relevant = ratings >= 4
    counted = np.bincount(users, weights=relevant)[users] > 0
    return users[counted], items[counted], relevant[counted], scores[counted]
