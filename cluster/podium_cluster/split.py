"""Stage 1, `split`, on Spark: reads the raw ratings and says which part and fold each falls in.

Parts and folds come from the same keyed hash as on one machine (METHODOLOGY.md, "The split").
"""

import math
from typing import Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from podium_cluster import raw
from podium_cluster.catalogue import write_catalogue
from podium_cluster.errors import UsageError
from podium_cluster.manifests import FileRecord
from podium_cluster.run import Context, Run
from podium_cluster.stores import HadoopStore, LocalStore, Store, local_path, name_of
from podium_cluster.terminal import grouped

BITS = 60
BUCKET_BITS = 16
PARTS = ("base_train", "meta_train", "test")


def run(context: Context) -> None:
    """The whole stage."""
    stage = Run(context, "split")
    config = stage.config
    check(config)
    if context.options.data is None:
        raise UsageError("--data is missing: a folder with ratings.csv, movies.csv and tags.csv")
    data = RawFolder.find(context.options.data, context.spark)
    stage.dataset = context.options.dataset or name_of(context.options.data)
    stage.preset = context.options.preset or name_of(context.options.artifacts)
    stage.synthetic = data.store.exists("SYNTHETIC")

    stage.terminal.step("reading the ratings")
    ratings = raw.read(context.spark, data.store.url(data.ratings), data.store.shown(data.ratings), config)
    if ratings.n_good == 0:
        first = (
            f", {ratings.n_bad} malformed rows were skipped, the first: {ratings.bad_rows[0]}" if ratings.n_bad else ""
        )
        raise UsageError(
            f"{data.store.shown(data.ratings)}: no ratings in it{first}; check that this is the right file"
        )
    stage.terminal.step("parts and folds")
    kept = raw.last_of_each_pair(ratings.rows, context.partitions_for(ratings.n_good))
    drawn = draw(kept, config, context.options.seed)
    try:
        n_kept = stage.write_table("split/ratings.parquet", drawn)
    finally:
        context.spark.catalog.clearCache()
    stage.terminal.step("counting")
    sizes = _sizes(context.spark.read.parquet(stage.store.url("split/ratings.parquet")))
    empty = next((part for part in PARTS if not sizes[part]), None)
    if empty is not None:
        stage.store.remove("split/ratings.parquet")
        raise UsageError(f"no rating falls in {empty}: {n_kept} ratings are too few for this split")
    stage.terminal.step("the catalogue")
    written = write_catalogue(stage, data.store, data.movies, data.tags, sizes["items"])
    for path in data.files():
        stage.inputs.extend(_record(data.store, path))

    n_bad = ratings.n_bad + written["skipped_rows"]
    _warn(stage, ratings, n_kept, written)
    stage.counts |= {
        "users": sizes["users"], "items_rated": len(sizes["items"]), "items": written["items"], "ratings": n_kept,
        "tags": written["tags"], "duplicate_ratings": ratings.n_good - n_kept, "skipped_rows": n_bad,
    }  # fmt: skip
    stage.counts |= {part: sizes[part] for part in PARTS}
    stage.finish(
        f"{grouped(n_kept)} ratings of {grouped(sizes['users'])} users and {grouped(len(sizes['items']))} items",
        f"{grouped(sizes['base_train'])} base_train, {grouped(sizes['meta_train'])} meta_train and "
        f"{grouped(sizes['test'])} test rows",
    )


def check(config: dict[str, Any]) -> None:
    """Refuses what the cluster does not have, and values out of their range."""
    for key, there_is in (
        ("method", ("hash", "exact")),
        ("fold_by", ("hash",)),
        ("stacking", ("hold_out", "k_fold")),
    ):
        if config[key] not in there_is:
            raise UsageError(f'{key} = "{config[key]}" is not there on a cluster; there is {" and ".join(there_is)}')
    for key in ("test_fraction", "meta_fraction"):
        if not 0 < config[key] < 1:
            raise UsageError(f"{key} is {config[key]}, expected a number between 0 and 1")
    if not 2 <= config["folds"] <= 100:
        raise UsageError(f"folds is {config['folds']}, expected 2 to 100")
    if not config["min_rating"] < config["max_rating"]:
        raise UsageError(
            f"rating_range = {config['min_rating']} to {config['max_rating']}: "
            "expected two finite numbers, the smaller one first"
        )


def draw(kept: DataFrame, config: dict[str, Any], seed: int) -> DataFrame:
    """The ratings with part and fold, as ratings.parquet has them."""
    text = F.concat(
        F.lit(f"podium/split/{seed}/"), F.col("user_id").cast("string"), F.lit("/"), F.col("item_id").cast("string")
    )
    digest = kept.withColumn("digest", F.sha2(text.cast("binary"), 256))
    hashed = digest.select(
        *kept.columns, *(_number(first).alias(name) for first, name in ((1, "test"), (16, "meta"), (31, "drawn")))
    )
    if config["method"] == "hash":
        is_test = _unit(F.col("test")) < config["test_fraction"]
        is_meta = _unit(F.col("meta")) < config["meta_fraction"]
    else:
        hashed = hashed.persist(StorageLevel.MEMORY_AND_DISK)
        n_ratings = hashed.count()
        n_test = min(math.ceil(n_ratings * config["test_fraction"]), n_ratings)
        is_test = _smallest(hashed, "test", n_test)
        training = hashed.filter(~is_test)
        n_meta = min(math.ceil((n_ratings - n_test) * config["meta_fraction"]), n_ratings - n_test)
        is_meta = _smallest(training, "meta", n_meta)
    part = F.when(is_test, "test").when(is_meta, "meta_train").otherwise("base_train")
    fold = F.when(~is_test, (F.col("drawn") % config["folds"]).cast("byte"))
    return hashed.select("row", "user_id", "item_id", "rating", "timestamp", part.alias("part"), fold.alias("fold"))


def _number(first: int) -> Column:
    """15 hex digits of the digest as a number."""
    return F.conv(F.substring("digest", first, 15), 16, 10).cast("long")


def _unit(hash_: Column) -> Column:
    return hash_.cast("double") / F.lit(float(1 << BITS))


def _smallest(hashed: DataFrame, name: str, n: int) -> Column:
    """Whether a row is among the `n` of the smallest hash `name`; of equal hashes the smaller (user, item) is the
    smaller.

    The hashes are counted by their first bits; the rows of the one bucket in which the n-th stands are put into
    order on the driver.
    """
    bucket = F.shiftright(F.col(name), BITS - BUCKET_BITS)
    counts = sorted((row[0], row[1]) for row in hashed.groupBy(bucket).count().collect())
    left, at = n, None
    for value, count in counts:
        if count > left:
            at = value
            break
        left -= count
    if at is None:
        return F.lit(True)
    if left == 0:
        return bucket < at
    rows = hashed.filter(bucket == at).select(name, "user_id", "item_id").collect()
    last = sorted(tuple(row) for row in rows)[left - 1]
    key = F.struct(name, "user_id", "item_id")
    bound = F.struct(*(F.lit(value).cast("long") for value in last))
    return key <= bound


def _sizes(ratings: DataFrame) -> dict[str, Any]:
    """Users, the ids of the items, and rows a part."""
    parts = {row[0]: row[1] for row in ratings.groupBy("part").count().collect()}
    n_users = ratings.select("user_id").distinct().count()
    items = ratings.select("item_id").distinct().toArrow().column(0)
    ids = pa.chunked_array(items).combine_chunks() if items.num_chunks else pa.array([], pa.int64())
    return {part: parts.get(part, 0) for part in PARTS} | {"users": n_users, "items": ids.sort()}


class RawFolder:
    """Where the raw files are."""

    def __init__(self, store: Store, ratings: str, movies: str | None, tags: str | None) -> None:
        self.store, self.ratings, self.movies, self.tags = store, ratings, movies, tags

    @classmethod
    def find(cls, location: str, spark: SparkSession) -> "RawFolder":
        """The files in the folder at `location`, or the ratings file there."""
        path = local_path(location)
        if path is not None and path.is_file():
            return cls(LocalStore(str(path.parent)), path.name, None, None)
        store = LocalStore(location) if path is not None else HadoopStore(location, spark)

        def file(name: str) -> str | None:
            return next((found for found in (name, f"{name}.gz") if store.exists(found)), None)

        ratings = file("ratings.csv")
        if ratings is None:
            raise UsageError(
                f"{location}: no ratings.csv or ratings.csv.gz in it; the cluster reads MovieLens' CSV files"
            )
        return cls(store, ratings, file("movies.csv"), file("tags.csv"))

    def files(self) -> list[str]:
        """Every file, the ratings first."""
        return [path for path in (self.ratings, self.movies, self.tags) if path is not None]


def _record(store: Store, path: str) -> list[FileRecord]:
    """The raw file, or the files of a folder of ratings, with their hashes."""
    parts = [f"{path}/{name}" for name, _ in store.list(path) if name[0] not in "._"] if path == "ratings.csv" else []
    return [FileRecord(name, *store.sha256(name)) for name in (parts or [path])]


def _warn(stage: Run, ratings: raw.Ratings, n_kept: int, written: dict[str, int]) -> None:
    n_duplicates = ratings.n_good - n_kept
    if n_duplicates:
        stage.terminal.warn(f"{n_duplicates} ratings of a user and item rated before: the latest timestamp stays")
    n_bad = ratings.n_bad + written["skipped_rows"]
    if n_bad:
        stage.terminal.warn(f"{n_bad} malformed rows skipped:")
        for told in ratings.bad_rows:
            stage.terminal.warn(f"  {told}")
        if n_bad > len(ratings.bad_rows):
            stage.terminal.warn(f"  and {n_bad - len(ratings.bad_rows)} more")
