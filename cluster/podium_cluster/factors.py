"""Matrix factorisation: the operator takes biases off the ratings, Spark MLlib's ALS fits the rest, the item factors
become mf.bin.

MLlib weighs lambda by the number of ratings, as `method = "als"` does on one machine; it adds up in another order
and starts from other random factors, so that the two agree in quality and not in digits.
"""

import hashlib

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from podium_cluster import tables
from podium_cluster.operators import apply
from podium_cluster.rounds import RoundFiles
from podium_cluster.run import Run

LARGEST = (1 << 31) - 1
"""MLlib's ids are 32-bit integers."""
CHECKPOINT_EVERY = 5


def fit(run: Run, known: DataFrame, files: RoundFiles, config: dict) -> None:
    """Writes the round's mf.bin. `known` has a user's rows together."""
    context = run.context
    context.spark.sparkContext.setCheckpointDir(context.store.url(f"{context.scratch}/checkpoints"))
    residuals = apply(context, known, files.call("residuals")).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        users, items = small_ids(residuals, "user_id"), small_ids(residuals, "item_id")
        rows = residuals
        for name, ids in (("user_id", users), ("item_id", items)):
            rows = rows.withColumn(f"small_{name}", F.col(name).cast("int")) if ids is None else rows.join(ids, name)
        als = ALS(
            rank=config["factors"],
            maxIter=config["epochs"],
            regParam=config["regularization"],
            seed=seed_of(run.options.seed, files.name),
            userCol="small_user_id",
            itemCol="small_item_id",
            ratingCol="residual",
            checkpointInterval=CHECKPOINT_EVERY,
            intermediateStorageLevel="MEMORY_AND_DISK",
            finalStorageLevel="MEMORY_AND_DISK",
        )
        fitted = als.fit(rows.select("small_user_id", "small_item_id", "residual")).itemFactors
        if items is None:
            factors = fitted.select(F.col("id").cast("long").alias("item_id"), "features")
        else:
            factors = fitted.join(items, F.col("id") == F.col("small_item_id")).select("item_id", "features")
        in_order = factors.select("item_id", F.col("features").alias("factors")).orderBy("item_id")
        columns = pa.schema([("item_id", pa.int64()), ("factors", pa.list_(pa.float32()))])
        batches = (batch.cast(columns) for batch in tables.to_driver(context, f"factors-{files.name}", in_order))
        run.binaries.operate("mf", *files.argument, batches=batches)
    finally:
        residuals.unpersist()


def small_ids(rows: DataFrame, name: str) -> DataFrame | None:
    """For each id a 32-bit number `small_<name>`, where the ids themselves are none."""
    if rows.agg(F.max(name)).first()[0] <= LARGEST:
        return None
    # Numbered partition by partition: one window over all ids would be one task.
    ids = rows.select(name).distinct().withColumn("part", F.hash(name) & 1023)
    counted = sorted((row[0], row[1]) for row in ids.groupBy("part").count().collect())
    starts, n = [], 0
    for part, count in counted:
        starts.append((part, n))
        n += count
    begins = F.broadcast(rows.sparkSession.createDataFrame(starts, "part int, start long"))
    number = F.row_number().over(Window.partitionBy("part").orderBy(name)) - 1 + F.col("start")
    return ids.join(begins, "part").select(name, number.cast("int").alias(f"small_{name}"))


def seed_of(seed: int, round_name: str) -> int:
    """The seed of a round's ALS, of its own for each round: a signed number of 64 bits."""
    digest = hashlib.sha256(f"{seed}/train-base/mf/{round_name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
