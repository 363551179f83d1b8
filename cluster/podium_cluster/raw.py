"""Raw ratings of MovieLens' shape, read by Spark: each with the 0-based row that it has in the file.

A file is cut into blocks that executors read side by side. How many rows each block has is counted first, so that
every row then knows how many stand before it. Malformed rows are told by their line, as crate `raw` tells them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from podium_cluster.errors import StageError, UsageError

USER, ITEM, RATING, TIMESTAMP = ("userId", "user_id"), ("movieId", "item_id"), ("rating",), ("timestamp",)
LISTED_BAD_ROWS = 1000
ID = "a whole number from 0 to 9223372036854775807"
SECONDS = "whole seconds since 1970"


@dataclass(frozen=True)
class Columns:
    """The columns of the file, and where those of a rating are."""

    names: list[str]
    user: int
    item: int
    rating: int
    timestamp: int | None

    @classmethod
    def of(cls, names: list[str], shown: str, config: dict[str, Any]) -> "Columns":
        """Finds the columns by their names."""

        def find(key: str, standard: Sequence[str]) -> int | None:
            accepted = [config[key]] if config[key] else list(standard)
            return next((names.index(name) for name in accepted if name in names), None)

        def require(key: str, standard: Sequence[str]) -> int:
            at = find(key, standard)
            if at is None:
                raise UsageError(
                    f"{shown}: no column {config[key] or ' or '.join(standard)}; "
                    f"its columns are {', '.join(names[:12])}; "
                    "if they have other names, name the user, item and rating columns"
                )
            return at

        named = [bool(config[f"{key}_column"]) for key in ("user", "item", "rating")]
        if any(named) and not all(named):
            raise UsageError("user_column, item_column and rating_column are named together or not at all")
        if not any(named):
            timestamp = find("timestamp_column", TIMESTAMP)
        elif config["timestamp_column"]:
            timestamp = require("timestamp_column", ())
        else:
            timestamp = None
        places = [require("user_column", USER), require("item_column", ITEM), require("rating_column", RATING)]
        return cls(names, *places, timestamp)


@dataclass(frozen=True)
class Ratings:
    """The well-formed ratings: row, user_id, item_id, rating, timestamp; and what was found on the way."""

    rows: DataFrame
    n_rows: int
    n_good: int
    bad_rows: list[str]
    """The first malformed rows, in words."""
    n_bad: int


def read(spark: SparkSession, url: str, shown: str, config: dict[str, Any]) -> Ratings:
    """Reads the ratings file, or the folder of ratings files, at `url`; `shown` is its name for messages."""
    lines = spark.read.option("lineSep", "\n").text(url)
    lines = lines.select(
        F.rtrim("value", F.lit("\r")).alias("line"),
        F.col("_metadata.file_path").alias("file"),
        F.col("_metadata.file_block_start").alias("block"),
    )
    columns = _columns(lines, shown, config)
    records = lines.filter(F.length("line") > 0).withColumn("at", F.monotonically_increasing_id())
    parsed = records.select("file", "block", "at", "line", *_parse(columns, config))
    blocks = parsed.groupBy("file", "block").agg(
        F.min("at").alias("first"), F.count(F.lit(1)).alias("n"), F.count("fault").alias("n_faults")
    )
    places, n_rows, n_faults = _places(blocks.orderBy("file", "block").collect())
    # The headers are no numbers: each file's was counted as a fault.
    n_bad = n_faults - len({row[0] for row in places})
    joined = parsed.join(
        F.broadcast(spark.createDataFrame(places, "file string, block long, base long, header long")),
        ["file", "block"],
        "left",
    ).filter(F.col("header").isNull() | (F.col("at") != F.col("header")))
    bad_rows = []
    if n_bad:
        bad_rows = _told(lines, joined, places, columns, shown, config)
        if not config["skip_bad_rows"]:
            raise StageError(f"{bad_rows[0]}; --skip-bad-rows would skip such rows and list them")
    # A block that was not counted, because the file has changed since, has no base.
    moved = F.raise_error(F.lit(f"{shown} has changed while it was read"))
    row = F.coalesce(F.col("base") + F.col("at"), moved.cast("long"))
    rows = joined.filter(F.col("fault").isNull()).select(row.alias("row"), "user_id", "item_id", "rating", "timestamp")
    return Ratings(rows, n_rows, n_rows - n_bad, bad_rows, n_bad)


def last_of_each_pair(ratings: DataFrame, n_partitions: int) -> DataFrame:
    """The ratings in ascending order of (user, item), of several of one user and item the latest, of equal times the
    last in the file."""
    by_user = ratings.repartitionByRange(n_partitions, "user_id")
    in_order = Window.partitionBy("user_id").orderBy("item_id", "timestamp", "row")
    following = F.lead("item_id").over(in_order)
    kept = by_user.withColumn("following", following)
    return kept.filter(F.col("following").isNull() | (F.col("following") != F.col("item_id"))).drop("following")


def _columns(lines: DataFrame, shown: str, config: dict[str, Any]) -> Columns:
    head = lines.filter((F.col("block") == 0) & (F.length("line") > 0)).select("line").first()
    if head is None:
        raise UsageError(f"{shown}: no ratings in it; check that this is the right file")
    names = [name.strip() for name in unquoted(head[0]).removeprefix("\ufeff").split(",")]
    return Columns.of(names, shown, config)


def unquoted(line: str) -> str:
    """The line without the quotation marks around whole fields."""
    return line if '"' not in line else ",".join(field.strip('"') for field in line.split(","))


def _parse(columns: Columns, config: dict[str, Any]) -> list[Column]:
    """The parts of a rating, and `fault`: the place of the first column that is none, or -1 for a wrong number of
    fields."""
    line = F.when(F.col("line").contains('"'), F.regexp_replace("line", '"([^",]*)"', "$1")).otherwise(F.col("line"))
    fields = F.split(line, ",")

    def field(at: int) -> Column:
        return F.get(fields, F.lit(at))

    def whole(at: int) -> Column:
        return field(at).try_cast("long")

    def id_of(at: int) -> Column:
        return F.when(~field(at).contains("-") & ~field(at).contains("+"), whole(at))

    low, high = (F.lit(config[key]).cast("float").cast("double") for key in ("min_rating", "max_rating"))
    is_decimal = field(columns.rating).rlike(r"^[ \t\f]*[-+0-9.eE]+[ \t\f]*$")
    value = F.when(is_decimal, field(columns.rating).try_cast("float"))
    rating = F.when(value.cast("double").between(low, high), value + F.lit(0.0).cast("float"))
    timestamp = F.lit(0).cast("long") if columns.timestamp is None else whole(columns.timestamp)
    user, item = id_of(columns.user), id_of(columns.item)
    fault = F.when(F.size(fields) != len(columns.names), -1)
    for place, part in ((columns.user, user), (columns.item, item), (columns.rating, rating)):
        fault = fault.when(part.isNull(), place)
    if columns.timestamp is not None:
        fault = fault.when(timestamp.isNull(), columns.timestamp)
    return [
        user.alias("user_id"), item.alias("item_id"), rating.alias("rating"), timestamp.alias("timestamp"),
        fault.alias("fault"),
    ]  # fmt: skip


def _places(blocks: list[Any]) -> tuple[list[tuple[str, int, int, int]], int, int]:
    """For each block what is added to `at` to get the row, and the `at` of the header that begins it, -1 where none
    does.

    Also the numbers of rows and of faults in all.
    """
    places, n_rows, n_faults, file = [], 0, 0, None
    for block in blocks:
        header = block["first"] if block["file"] != file else -1
        is_first = header >= 0
        places.append((block["file"], block["block"], n_rows - block["first"] - int(is_first), header))
        n_rows += block["n"] - int(is_first)
        n_faults += block["n_faults"]
        file = block["file"]
    return places, n_rows, n_faults


def _told(
    lines: DataFrame,
    joined: DataFrame,
    places: list[tuple[str, int, int, int]],
    columns: Columns,
    shown: str,
    config: dict[str, Any],
) -> list[str]:
    """The first malformed rows in words."""
    row = F.col("base") + F.col("at")
    faults = joined.filter(F.col("fault").isNotNull()).select("file", row.alias("row"), "line", "fault")
    first = faults.orderBy("row").limit(LISTED_BAD_ROWS).collect()
    # Blank lines are no rows and are lines: where there are none, a row's line follows from its number.
    first_rows, n_before = {}, 0
    for file, _, base, header in places:
        first_rows.setdefault(file, base + header + 1)
    blank = {file: [] for file in first_rows}
    numbered = lines.withColumn("at", F.monotonically_increasing_id())
    blanks = numbered.filter(F.length("line") == 0).select("file", "block", "at").limit(1_000_000).collect()
    if blanks:
        counted = numbered.groupBy("file", "block").agg(F.min("at").alias("first"), F.count(F.lit(1)).alias("n"))
        starts = {}
        for block in counted.orderBy("file", "block").collect():
            n_before = starts.get((block["file"], "end"), 0)
            starts[block["file"], block["block"]] = n_before - block["first"]
            starts[block["file"], "end"] = n_before + block["n"]
        for block in blanks:
            blank[block["file"]].append(starts[block["file"], block["block"]] + block["at"] + 1)
    told = []
    for fault in first:
        line = fault["row"] - first_rows[fault["file"]] + 2  # the header is line 1
        for at in sorted(blank[fault["file"]]):
            line += int(at <= line)
        name = shown if len(first_rows) == 1 else fault["file"]
        told.append(f"{name}, line {line}, {_problem(fault['line'], fault['fault'], columns, config)}")
    return told


def _problem(line: str, fault: int, columns: Columns, config: dict[str, Any]) -> str:
    fields = unquoted(line).split(",")
    names = columns.names
    if fault < 0:
        column = names[min(len(fields), len(names) - 1)]
        plural = "" if len(fields) == 1 else "s"
        return f"column {column}: found {len(fields)} field{plural}, expected {len(names)}"
    expected = ID
    if fault == columns.rating:
        expected = f"a rating from {config['min_rating']:g} to {config['max_rating']:g}"
    elif fault == columns.timestamp:
        expected = SECONDS
    return f"column {names[fault]}: found {quoted(fields[fault])}, expected {expected}"


def quoted(field: str) -> str:
    """A field in quotation marks, cut where it is long."""
    data = field.encode()
    escaped = data[:40].decode("latin-1").encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{escaped}{"..." if len(data) > 40 else ""}"'
