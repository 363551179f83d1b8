"""Rounds of out-of-fold stacking: what each may know, which rows it is asked for, and its files.

The plan is that of one machine (crates/stacking/src/plan.rs). A round's files hold what belongs to the items; they
lie on the driver's disk and are handed to every executor once.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from podium_cluster.errors import UsageError
from podium_cluster.operators import program
from podium_cluster.run import Context
from podium_cluster.stream import Call

RELEVANT_FROM = 4.0
DESCRIPTION = "round.json"
STATISTICS = pa.schema(
    [
        pa.field("item_id", pa.int64(), False),
        pa.field("n_ratings", pa.int64(), False),
        pa.field("n_relevant", pa.int64(), False),
        pa.field("sum", pa.float64(), False),
        pa.field("sum_of_squares", pa.float64(), False),
    ]
)


@dataclass(frozen=True)
class Round:
    """One fit of all base models."""

    name: str
    fold: int | None
    scale: float
    known: Column
    asked: Column


@dataclass(frozen=True)
class Plan:
    """All rounds: those whose scores the meta-models are fitted on, and the one whose models score the test rows."""

    out_of_fold: list[Round]
    last: Round


def plan(stacking: str, ratings: DataFrame) -> Plan:
    """The rounds of a split."""
    part, fold = F.col("part"), F.col("fold")
    if stacking == "hold_out":
        known = part == "base_train"
        return Plan(
            [Round("final", None, 1.0, known, part == "meta_train")], Round("final", None, 1.0, known, part == "test")
        )
    if stacking != "k_fold":
        raise UsageError(f'stacking = "{stacking}" is not there on a cluster; there is hold_out and k_fold')
    training = part != "test"
    n_folds = (ratings.agg(F.max("fold")).first()[0] or 0) + 1
    if n_folds < 2:
        raise UsageError(f"{n_folds} folds in the split, expected at least 2")
    folds = [
        Round(f"fold-{at}", at, n_folds / (n_folds - 1), training & (fold != at), training & (fold == at))
        for at in range(n_folds)
    ]
    return Plan(folds, Round("final", None, 1.0, training, part == "test"))


class RoundFiles:
    """The files of a round on the driver, under a prefix that no other round of any session has."""

    def __init__(self, context: Context, name: str) -> None:
        self.context = context
        self.name = name
        self.prefix = f"{context.run_id}-{len(context.shared.setdefault('prefixes', []))}-{name}-"
        context.shared["prefixes"].append(self.prefix)
        self._sent: set[str] = set()

    def path(self, file: str) -> Path:
        """Where the round's file is."""
        return self.context.work / f"{self.prefix}{file}"

    @property
    def argument(self) -> tuple[str, str]:
        """The flag for the driver's commands of the operator."""
        return "--round", f"{self.context.work}/{self.prefix}"

    def describe(self, scale: float, base: dict[str, Any], features: dict[str, Any] | None) -> None:
        """Writes the round's description."""
        value = {"scale": scale, "base": base, "features": features, "seed": self.context.options.seed}
        self.path(DESCRIPTION).write_text(json.dumps(value))

    def take_from(self, other: "RoundFiles", names: list[str]) -> None:
        """Has files of another round among this one's: without a copy where the file system can."""
        for name in names:
            try:
                os.link(other.path(name), self.path(name))
            except OSError:
                shutil.copyfile(other.path(name), self.path(name))

    def write_statistics(
        self, known: DataFrame, relevant_from: float, file: str = "item_statistics.parquet"
    ) -> pa.Table:
        """Counts the items of some ratings and writes what came of it."""
        stars = F.col("rating").cast("double")
        counted = known.groupBy("item_id").agg(
            F.count(F.lit(1)).alias("n_ratings"),
            F.count_if(stars >= relevant_from).alias("n_relevant"),
            F.sum(stars).alias("sum"),
            F.sum(stars * stars).alias("sum_of_squares"),
        )
        table = counted.toArrow().sort_by("item_id").cast(STATISTICS)
        metadata = {"podium.schema": "round.item_statistics/1"}
        pq.write_table(table.replace_schema_metadata(metadata), self.path(file))
        return table

    def n_known(self) -> int:
        """How many ratings the round knows."""
        table = pq.read_table(self.path("item_statistics.parquet"), columns=["n_ratings"])
        return pc.sum(table["n_ratings"]).as_py() or 0

    def call(self, command: str, *arguments: str) -> Call:
        """A command of the operator with this round's files, which are sent to the executors where they are not
        there yet."""
        for file in sorted(self.context.work.glob(f"{self.prefix}*")):
            if file.name not in self._sent:
                self._sent.add(file.name)
                self.context.spark.sparkContext.addFile(str(file))
        return Call(command, program(self.context), self.prefix, arguments)
