"""The item-kNN: executors sum the products of pairs of items over their users, others merge them item by item, the
driver takes neighbours."""

import bisect

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from podium_cluster import tables
from podium_cluster.operators import apply, program
from podium_cluster.rounds import RoundFiles
from podium_cluster.run import Run
from podium_cluster.stream import Call


def fit(run: Run, known: DataFrame, files: RoundFiles, statistics: pa.Table) -> None:
    """Writes the round's itemknn.bin. `known` has a user's rows together."""
    context = run.context
    name = program(context)
    sums = apply(context, known, Call("co-ratings", name, None))
    n_known = sum(statistics["n_ratings"].to_pylist())
    bounds = cuts(statistics, context.partitions_for(n_known))
    in_order = sums.repartitionById(len(bounds) + 1, _partition_of(bounds)).sortWithinPartitions("item_id")
    merged = apply(context, in_order, Call("merge-co-ratings", name, None))
    rows = tables.to_driver(context, f"co-ratings-{files.name}", merged)
    columns = tables.plain_schema(merged)
    first = pa.RecordBatch.from_pylist([], schema=columns)
    run.binaries.operate("item-knn", *files.argument, batches=_with_first(first, rows))


def cuts(statistics: pa.Table, n_partitions: int) -> list[int]:
    """Items at which ascending item ids are cut, so that each part has about as many ratings.

    An item's pairs grow with its ratings; that they are not the same for all is evened out by several partitions a
    core.
    """
    ids, counts = statistics["item_id"].to_pylist(), statistics["n_ratings"].to_pylist()
    sums = []
    for count in counts:
        sums.append((sums[-1] if sums else 0) + count)
    places = (
        {bisect.bisect_right(sums, sums[-1] * at // n_partitions) for at in range(1, n_partitions)} if sums else set()
    )
    return [ids[place] for place in sorted(places) if 0 < place < len(ids)]


def _partition_of(bounds: list[int]):
    """The place of an item among the parts: how many bounds are not above it."""
    if not bounds:
        return F.lit(0)
    ends = F.array(*(F.lit(bound).cast("long") for bound in bounds))
    return F.size(F.filter(ends, lambda end: end <= F.col("item_id")))


def _with_first(first: pa.RecordBatch, rest):
    """An empty batch before the others: the operator learns the columns even of nothing."""
    yield first
    for batch in rest:
        yield batch.cast(first.schema) if batch.schema != first.schema else batch
