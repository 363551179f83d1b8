"""Reading what make_data.py wrote, and the line that every side prints."""

import json
import pathlib
import typing

import numpy


def read(folder: str, part: str) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Users, items and ratings of `train` or `test`."""
    path = pathlib.Path(folder)
    users, items = (numpy.fromfile(path / f"{part}.{column}", dtype="<i4") for column in ("users", "items"))
    return users, items, numpy.fromfile(path / f"{part}.ratings", dtype="<f4")


def report(fit: float, predict: float, scores: typing.Any, ratings: numpy.ndarray) -> None:
    """Prints the seconds and the RMSE of the held-out ratings."""
    errors = numpy.asarray(scores, dtype=numpy.float64) - ratings
    rmse = float(numpy.sqrt(numpy.mean(errors**2)))
    print(json.dumps({"seconds": {"fit": fit, "predict": predict}, "quality": {"rmse": rmse}}))
