"""What the peers' sides share: reading the rows, measuring, printing the result."""

import json
import sys
import time
from pathlib import Path

import numpy as np


def read(folder):
    """The shape, then features and labels of the training and of the test rows."""
    folder = Path(folder)
    shape = json.loads((folder / "shape.json").read_text())

    def part(name):
        x = np.fromfile(folder / f"{name}.features.f32", dtype="<f4").reshape(-1, shape["n_features"])
        return x, np.fromfile(folder / f"{name}.labels.f32", dtype="<f4")

    return shape, part("train"), part("test")


def settings():
    """FOLDER SETTINGS THREADS from the command line: the rows' folder, the settings of the fit, the number of threads."""
    folder, file, threads = sys.argv[1:]
    return folder, json.loads(Path(file).read_text()), int(threads)


def log_loss(probabilities, labels):
    q = np.where(labels == 1.0, probabilities, 1.0 - probabilities).astype(np.float64)
    return float(-np.log(np.maximum(q, 1e-18)).mean())


def ndcg_at_10(scores, labels, group_size):
    """Gains 2^grade - 1; of equal scores, the row that comes first ranks first; the mean over groups that have a gain."""
    gains = np.exp2(labels.astype(np.float64).reshape(-1, group_size)) - 1.0
    discounts = 1.0 / np.log2(np.arange(2, 12))
    order = np.argsort(-scores.reshape(-1, group_size), axis=1, kind="stable")[:, :10]
    ideal = -np.sort(-gains, axis=1)[:, :10] @ discounts
    dcg = np.take_along_axis(gains, order, axis=1) @ discounts
    return float((dcg[ideal > 0] / ideal[ideal > 0]).mean())


def quality(shape, scores, labels):
    if shape["group_size"]:
        return {"ndcg_at_10": ndcg_at_10(scores, labels, shape["group_size"])}
    return {"log_loss": log_loss(scores, labels)}


def timed(work):
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def report(seconds, quality):
    print(json.dumps({"seconds": seconds, "quality": quality}))
