"""Generated rows for the boosters: features of several shapes, and a label that depends on some of them, two at a time.

    python make_data.py FOLDER N_TRAIN N_TEST N_FEATURES [--group-size N]

Writes `{train,test}.{features,labels}.f32`, raw little-endian f32, features row after row, and `shape.json`. With --group-size, rows belong
to groups of that size, one after the other, and labels are grades 0 to 4; else labels are 0 or 1. The same arguments give the same bytes.
"""

import argparse
import json
from pathlib import Path

import numpy as np


def features_of(rng, n_rows, n_features):
    """Uniform, normal, long-tailed and counted columns in turn."""
    x = np.empty((n_rows, n_features), dtype=np.float32)
    for at in range(n_features):
        draw = [
            lambda: rng.random(n_rows, dtype=np.float32),
            lambda: rng.standard_normal(n_rows, dtype=np.float32),
            lambda: rng.standard_exponential(n_rows, dtype=np.float32),
            lambda: rng.poisson(20.0, n_rows).astype(np.float32),
        ][at % 4]
        x[:, at] = draw()
    return x


def signal_of(x):
    """A sum of terms of one and of two features."""
    n = x.shape[1]
    signal = 1.2 * np.sin(4.0 * x[:, 0]) + 0.8 * x[:, 1] * (x[:, 0] > 0.5) - 0.5 * np.log1p(x[:, 2]) + 0.05 * (x[:, 3] - 20.0)
    for at in range(4, n):
        signal += 0.3 / (at - 2) * (x[:, at] - x[:, at].mean()) * np.where(x[:, at - 3] > x[:, at - 3].mean(), 1.0, -0.5)
    return signal - signal.mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("n_train", type=int)
    parser.add_argument("n_test", type=int)
    parser.add_argument("n_features", type=int)
    parser.add_argument("--group-size", type=int, default=0)
    args = parser.parse_args()

    rng = np.random.default_rng(42)
    args.folder.mkdir(parents=True, exist_ok=True)
    x = features_of(rng, args.n_train + args.n_test, args.n_features)
    signal = signal_of(x)
    if args.group_size:
        # Grades as in a search: most rows are 0. The group has a level of its own, which no feature knows.
        noise = rng.logistic(size=len(x)) + np.repeat(rng.standard_normal(len(x) // args.group_size), args.group_size)
        y = np.searchsorted([0.5, 1.7, 2.9, 4.1], signal + noise).astype(np.float32)
    else:
        y = (signal + rng.logistic(size=len(x)) > 0.0).astype(np.float32)
    for name, part in [("train", slice(0, args.n_train)), ("test", slice(args.n_train, None))]:
        x[part].astype("<f4").tofile(args.folder / f"{name}.features.f32")
        y[part].astype("<f4").tofile(args.folder / f"{name}.labels.f32")
    shape = {"n_train": args.n_train, "n_test": args.n_test, "n_features": args.n_features, "group_size": args.group_size}
    (args.folder / "shape.json").write_text(json.dumps(shape))


if __name__ == "__main__":
    main()
