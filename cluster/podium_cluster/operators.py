"""The operator on rows that Spark has: its program on every executor, and its columns before it runs."""

import os
import shutil
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from podium_cluster.stream import Call, operate

if TYPE_CHECKING:
    from podium_cluster.run import Context


def program(context: "Context") -> str:
    """The name under which executors have the operator, which is sent to them once."""
    name = f"{context.run_id}-operator"
    if name not in context.shared:
        source, copy = context.binaries.path("operator"), context.work / name
        try:
            os.link(source, copy)
        except OSError:
            shutil.copy2(source, copy)
        context.spark.sparkContext.addFile(str(copy))
        context.shared[name] = True
    return name


def apply(context: "Context", rows: DataFrame, call: Call) -> DataFrame:
    """What the operator makes of each partition of `rows`, partitions and their order kept."""
    schema = from_arrow_schema(columns_of(context, rows, call))
    return rows.mapInArrow(operate(call), schema)


def columns_of(context: "Context", rows: DataFrame, call: Call) -> pa.Schema:
    """The columns that the operator writes: those that it writes of no rows."""
    nothing = to_arrow_schema(rows.schema).empty_table()
    arguments = [call.command, *call.arguments]
    if call.prefix is not None:
        arguments += ["--round", f"{context.work}/{call.prefix}"]
    written = context.binaries.operate(*arguments, batches=batches_of(nothing))
    return pa.ipc.open_stream(written).schema


def batches_of(table: pa.Table) -> list[pa.RecordBatch]:
    """The rows of a table, at least one batch: an empty one tells the columns."""
    return table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
