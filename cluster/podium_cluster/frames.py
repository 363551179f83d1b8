"""The ratings of the split as Spark has them in memory: a user's rows together, in order."""

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from podium_cluster.run import Run

RATINGS = "split/ratings.parquet"
COLUMNS = ["user_id", "item_id", "rating", "timestamp", "part", "fold"]


def ratings(run: Run) -> DataFrame:
    """The ratings, by user: checked, and kept for the stages behind."""
    records = run.check(RATINGS)
    key = ("ratings", tuple(record.sha256 for record in records))
    shared = run.context.shared
    if key not in shared:
        rows = run.spark.read.parquet(run.store.url(RATINGS)).select(COLUMNS)
        shared[key] = by_user(run, rows, sum(record.rows or 0 for record in records)).persist(
            StorageLevel.MEMORY_AND_DISK
        )
    return shared[key]


def by_user(run: Run, rows: DataFrame, n_rows: int) -> DataFrame:
    """`rows` in order of (user, item), no user's rows in two partitions."""
    n_partitions = run.context.partitions_for(n_rows)
    return rows.repartitionByRange(n_partitions, "user_id").sortWithinPartitions("user_id", "item_id")


def n_read(run: Run) -> int:
    """How many ratings the stage has read."""
    return sum(record.rows or 0 for record in run.inputs if record.path.startswith(RATINGS))


def of_round(rows: DataFrame, known: Column, asked: Column, *beside: str) -> DataFrame:
    """The rows that a round knows or is asked for, as the operator takes them; `beside` stands on the asked ones
    alone."""
    wanted = rows.filter(known | asked)
    columns = [F.when(asked, F.col(name)).alias(name) for name in beside]
    is_known = F.when(known, 1).otherwise(0).cast("byte").alias("known")
    return wanted.select("user_id", "item_id", "rating", "timestamp", is_known, "fold", *columns)


def known_of(rows: DataFrame, known: Column) -> DataFrame:
    """The ratings that a round knows."""
    return rows.filter(known).select("user_id", "item_id", "rating")


def merged(run: Run, name: str, pieces: list[DataFrame]) -> DataFrame:
    """The rows of several frames in order of (user, item); each frame is computed once."""
    paths = []
    for at, piece in enumerate(pieces):
        path = f"{run.context.scratch}/{name}-{at}"
        piece.write.mode("overwrite").parquet(run.store.url(path))
        paths.append(run.store.url(path))
    rows = run.spark.read.schema(pieces[0].schema).parquet(*paths)
    return by_user(run, rows, rows.count())
