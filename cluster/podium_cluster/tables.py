"""The run's tables: their schemas, and how a DataFrame becomes one Parquet file or a folder of parts.

A DataFrame that is written has its rows in order: within each partition, and from partition to partition.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from podium_cluster.errors import StageError
from podium_cluster.manifests import FileRecord
from podium_cluster.stores import LocalStore

if TYPE_CHECKING:
    from podium_cluster.run import Context, Run

ROW_GROUP_ROWS = 1 << 17
"""As the stages of one machine have it."""

SCHEMAS = {
    "split/ratings.parquet": "split.ratings/1",
    "train-base/oof_scores.parquet": "scores/1",
    "train-base/learning_curves.parquet": "learning_curves/1",
    "build-features/meta_train.parquet": "build-features.rows/1",
    "build-features/test.parquet": "build-features.rows/1",
    "evaluate/scores.parquet": "scores/1",
    "evaluate/per_user.parquet": "evaluate.per_user/2",
    "evaluate/metrics.parquet": "evaluate.metrics/2",
    "recommend/recommendations.parquet": "recommend.recommendations/1",
}

_NULLABLE = {
    "split.ratings/1": {"fold"},
    "build-features.rows/1": {"fold"},
    "evaluate.per_user/2": {"k"},
    "evaluate.metrics/2": {"k", "ci_low", "ci_high"},
    "recommend.recommendations/1": {"probability"},
}

_ALL_DIFFERENT = {"row", "timestamp"}
"""Columns of which a dictionary would be made and thrown away."""


def write(run: "Run", path: str, rows: DataFrame) -> list[FileRecord]:
    """Writes `rows` as the table at `path` of the run's folder."""
    if isinstance(run.store, LocalStore):
        return [_write_one(run, run.store, path, rows)]
    return _write_parts(run, path, rows)


def _write_one(run: "Run", store: LocalStore, path: str, rows: DataFrame) -> FileRecord:
    parts = to_scratch(run.context, path, rows)
    temporary = store.temporary(path)
    try:
        n_rows = write_file(temporary, parts_of(parts), run.metadata(path), arrow_schema(path, rows))
        store.finish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
        store.remove(f"{run.context.scratch}/{path}")
    return FileRecord(path, *store.sha256(path), n_rows)


def _write_parts(run: "Run", path: str, rows: DataFrame) -> list[FileRecord]:
    unfinished = f"{run.context.scratch}/{path}"
    url = run.store.url(unfinished)
    rows.write.mode("overwrite").parquet(url)
    # Executors hash what they wrote: nothing comes to the driver.
    bytes_of = run.spark.read.format("binaryFile").load(url).select("path", "length", F.sha2("content", 256))
    hashed = {row[0].rpartition("/")[2]: (row[2], row[1]) for row in bytes_of.collect()}
    counted = run.spark.read.parquet(url).groupBy("_metadata.file_name").count().collect()
    n_rows = {row[0]: row[1] for row in counted}
    run.store.remove(path)
    run.store.rename(unfinished, path)
    return [FileRecord(f"{path}/{name}", *hashed[name], n_rows.get(name, 0)) for name in sorted(hashed)]


def to_scratch(context: "Context", path: str, rows: DataFrame) -> Path:
    """Lets Spark write `rows` to the run's scratch folder, which the driver sees; gives the folder of the parts."""
    store = context.store
    assert isinstance(store, LocalStore)
    counted = Observation()
    target = f"{context.scratch}/{path}"
    rows.observe(counted, F.count(F.lit(1)).alias("n")).write.mode("overwrite").parquet(store.url(target))
    folder = store.path / target
    n_found = sum(pq.read_metadata(part).num_rows for part in parts_of(folder))
    if n_found != counted.get["n"]:
        raise StageError(
            f"Spark wrote {counted.get['n']} rows below {store.path} and the driver sees {n_found} of them: "
            "driver and executors do not share that folder; give --artifacts a place that they share, or --tables parts"
        )
    return folder


def parts_of(folder: Path) -> list[Path]:
    """The files of a table that Spark wrote, in the order of its partitions."""
    return sorted(folder.glob("part-*.parquet"))


def batches_of(parts: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    """The rows of some files, in order, some at a time."""
    for part in parts:
        with pq.ParquetFile(part) as file:
            yield from file.iter_batches(batch_size=ROW_GROUP_ROWS)


def to_driver(context: "Context", name: str, rows: DataFrame) -> Iterator[pa.RecordBatch]:
    """The rows of a table too large to be collected, in the order of its partitions, no more than a part at a time."""
    if isinstance(context.store, LocalStore):
        try:
            yield from batches_of(parts_of(to_scratch(context, name, rows)))
        finally:
            context.store.remove(f"{context.scratch}/{name}")
        return
    target = f"{context.scratch}/{name}"
    try:
        rows.write.mode("overwrite").parquet(context.store.url(target))
        for part, _ in context.store.list(target):
            table = context.spark.read.parquet(context.store.url(f"{target}/{part}")).toArrow()
            yield from table.to_batches(max_chunksize=ROW_GROUP_ROWS)
    finally:
        context.store.remove(target)


def arrow_schema(path: str, rows: DataFrame) -> pa.Schema:
    """The columns of `rows` as the table at `path` has them: nullable where the stages of one machine have it so."""
    return as_stored(path, plain_schema(rows))


def as_stored(path: str, columns: pa.Schema) -> pa.Schema:
    """`columns` with the nullability that the table at `path` has."""
    nullable = _NULLABLE.get(SCHEMAS[path], set())
    return pa.schema([pa.field(field.name, field.type, field.name in nullable) for field in columns])


def plain_schema(rows: DataFrame) -> pa.Schema:
    """The columns of `rows`."""
    return to_arrow_schema(rows.schema)


def write_file(target: Path, parts: Iterable[Path], metadata: dict[str, str], schema: pa.Schema) -> int:
    """Writes the rows of some Parquet files, in order, as one; the bytes do not depend on how they were cut."""
    return write_batches(target, batches_of(parts), metadata, schema)


def write_batches(target: Path, batches: Iterable[pa.RecordBatch], metadata: dict[str, str], schema: pa.Schema) -> int:
    """The same of batches. Gives the number of rows."""
    with_dictionary = [field.name for field in schema if field.name not in _ALL_DIFFERENT]
    n_rows, pending, n_pending = 0, [], 0
    with pq.ParquetWriter(
        target,
        schema.with_metadata(metadata),
        compression="zstd",
        use_dictionary=with_dictionary,
        write_page_index=True,
    ) as writer:

        def write_group(n: int) -> None:
            nonlocal pending, n_pending
            table = pa.Table.from_batches(pending, schema=schema).combine_chunks()
            writer.write_table(table.slice(0, n).combine_chunks(), row_group_size=ROW_GROUP_ROWS)
            pending, n_pending = table.slice(n).to_batches(), n_pending - n

        for batch in batches:
            pending.append(_fitted(batch, schema))
            n_pending += batch.num_rows
            n_rows += batch.num_rows
            while n_pending >= ROW_GROUP_ROWS:
                write_group(ROW_GROUP_ROWS)
        if n_pending:
            write_group(n_pending)
    return n_rows


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = []
    for field in schema:
        column = batch.column(field.name)
        if column.null_count and not field.nullable:
            raise StageError(f"column `{field.name}` has {column.null_count} rows without a value")
        arrays.append(column if column.type == field.type else column.cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
