"""`recommend` on Spark: the best items of the whole catalogue for every user."""

from pyspark.sql import functions as F

from podium_cluster import frames, rounds, stacks
from podium_cluster.errors import UsageError
from podium_cluster.operators import apply
from podium_cluster.run import Context, Run
from podium_cluster.terminal import grouped

LISTS = "recommend/recommendations.parquet"
KNOWN, TEST, RATED = 1, 0, 2
"""What a rating is to the lists: known to the models; a test rating, left out of the finished list; a training rating
that no model knows."""


def run(context: Context) -> None:
    """The whole stage."""
    stage = Run(context, "recommend")
    if stage.config["contributions"]:
        raise UsageError("contributions = true is not there on a cluster; there is false")
    stage.require("split", "train-base", "build-features", "train-meta")
    ratings = frames.ratings(stage)
    stage.check("split/items.parquet")
    plan = rounds.plan(stage.upstream["split"].config["stacking"], ratings)
    files = stacks.for_lists(stage, plan, ratings)
    known = F.when(plan.last.known, KNOWN).when(plan.last.asked, TEST).otherwise(RATED).cast("byte")
    rows = ratings.select("user_id", "item_id", "rating", "timestamp", known.alias("known"), "fold")
    stage.terminal.step("lists")
    n_rows = stage.write_table(LISTS, apply(context, rows, files.call("recommend")))
    stage.remove_stale("recommend/contributions.parquet")
    n_users = context.spark.read.parquet(stage.store.url(LISTS)).select("user_id").distinct().count()
    stage.counts |= {"users": n_users, "recommendations": n_rows}
    stage.finish(
        f"{grouped(frames.n_read(stage))} ratings", f"{grouped(n_rows)} recommendations to {grouped(n_users)} users"
    )
