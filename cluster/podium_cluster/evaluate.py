"""Stage 5, `evaluate`, on Spark: scores the test rows with every model, and measures.

Executors score and measure whole users; what is taken over all users is a sum. The page, the comparisons and the
segments are made on one machine: `gather` brings the run there.
"""

import json
from typing import Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from podium_cluster import build_features, frames, stacks, tables
from podium_cluster.errors import UsageError
from podium_cluster.operators import apply, batches_of, program
from podium_cluster.rounds import RoundFiles
from podium_cluster.run import Context, Run
from podium_cluster.stream import Call
from podium_cluster.terminal import grouped

SCORES, PER_USER, METRICS = "evaluate/scores.parquet", "evaluate/per_user.parquet", "evaluate/metrics.parquet"
PROTOCOL = "rated"
KEYS = ("user_id", "item_id", "timestamp", "fold", "rating", "label")
OF_ONE_MACHINE = [
    "comparisons.parquet",
    "metrics.json",
    "catalogue_scores.parquet",
    "cold_start.parquet",
    "shap.parquet",
    "report",
    "trec",
]
"""What an earlier run of one machine may have left and this one does not write."""
METRIC_COLUMNS = pa.schema(
    [
        pa.field("model", pa.string(), False),
        pa.field("protocol", pa.string(), False),
        pa.field("segment", pa.string(), False),
        pa.field("metric", pa.string(), False),
        pa.field("k", pa.int32(), True),
        pa.field("value", pa.float64(), False),
        pa.field("ci_low", pa.float64(), True),
        pa.field("ci_high", pa.float64(), True),
        pa.field("n_users", pa.int32(), False),
        pa.field("fingerprint", pa.string(), False),
    ]
)


def run(context: Context) -> None:
    """The whole stage."""
    stage = Run(context, "evaluate")
    check(stage.config)
    stage.require("split", "train-base", "build-features", "train-meta")
    files = stacks.for_scores(stage)
    n_test = sum(record.rows or 0 for record in stage.check(build_features.TEST))
    test = frames.by_user(stage, stage.spark.read.parquet(stage.store.url(build_features.TEST)), n_test)
    models = models_of(stage, files, test)
    stage.terminal.step("scoring")
    scores = apply(context, test, files.call("scores")).persist(StorageLevel.MEMORY_AND_DISK)
    stage.write_table(SCORES, scores)
    stage.terminal.step("measuring")
    measures = measures_of(stage)
    names = [model["model"] for model in models]
    per_user = apply(context, scores, Call("metrics", program(context), None, tuple(measures)))
    n_rows = stage.write_table(PER_USER, by_model(stage, per_user, names))
    means = means_of(stage, scores, models, measures)
    rows = metric_rows(intervals(means), names, fingerprint(stage))
    local = context.work / "metrics.parquet"
    batches = pa.Table.from_pylist(rows, METRIC_COLUMNS).to_batches()
    tables.write_batches(local, batches, stage.metadata(METRICS), METRIC_COLUMNS)
    stage.put(METRICS, local, len(rows))
    for path in OF_ONE_MACHINE:
        stage.remove_stale(f"evaluate/{path}")
    n_users = scores.select("user_id").distinct().count()
    n_measured = (
        stage.spark.read.parquet(stage.store.url(PER_USER)).select("user_id").distinct().count() if n_rows else 0
    )
    stage.counts |= {"models": len(models), "users_evaluated": n_measured, "users_left_out": n_users - n_measured}
    stage.finish(f"{grouped(n_test)} test rows", f"{len(models)} models' metrics of {grouped(n_measured)} users")
    if not context.options.quiet:
        _print(rows, names, stage.config["report_k"])


def check(config: dict[str, Any]) -> None:
    """Refuses what the cluster does not have."""
    if config["protocols"] != [PROTOCOL]:
        raise UsageError(f"protocols is {config['protocols']}; on a cluster there is {PROTOCOL} alone")


def models_of(stage: Run, files: RoundFiles, test: DataFrame) -> list[dict[str, str]]:
    """The models in the order of the tables: name, kind, and what their scores are."""
    features = ",".join(name for name in test.columns if name not in KEYS)
    return json.loads(stage.binaries.operate("models", *files.argument, "--features", features))


def measures_of(stage: Run) -> list[str]:
    """The flags that say what is measured."""
    relevant_from = stage.upstream["build-features"].config["relevant_from"]
    ks = ",".join(map(str, stage.config["ks"]))
    return ["--relevant-from", str(relevant_from), "--ks", ks, "--ties", stage.config["ties"]]


def by_model(stage: Run, per_user: DataFrame, names: list[str]) -> DataFrame:
    """The users' metrics by model, then user, as the table has them; the operator gives them by user."""
    model = F.array_position(F.array(*map(F.lit, names)), F.col("model")).cast("int") - 1
    placed = per_user.select(
        "*", F.spark_partition_id().alias("part"), F.monotonically_increasing_id().alias("at"), model.alias("place")
    ).persist(StorageLevel.MEMORY_AND_DISK)
    n_parts = (placed.agg(F.max("part")).first()[0] or 0) + 1
    ordered = placed.repartitionById(n_parts * len(names), F.col("place") * n_parts + F.col("part"))
    return ordered.sortWithinPartitions("at").select(per_user.columns)


def means_of(stage: Run, scores: DataFrame, models: list[dict[str, str]], measures: list[str]) -> list[dict[str, Any]]:
    """Every metric of every model over all users, and the errors over all rows: executors sum, the driver adds up."""
    flags = list(measures)
    for flag, scale in (("--stars", "stars"), ("--probabilities", "probability")):
        of_scale = [model["model"] for model in models if model["scale"] == scale]
        if of_scale:
            flags += [flag, ",".join(of_scale)]
    sums = apply(stage.context, scores, Call("metric-sums", program(stage.context), None, tuple(flags))).toArrow()
    return pa.ipc.open_stream(stage.binaries.operate("metric-means", batches=batches_of(sums))).read_all().to_pylist()


def intervals(means: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The place of the intervals over users, which are not there yet: a resampling by a hash of the user merges."""
    return [mean | {"ci_low": None, "ci_high": None} for mean in means]


def metric_rows(means: list[dict[str, Any]], names: list[str], digest: str) -> list[dict[str, Any]]:
    """The rows of metrics.parquet."""
    place = {name: at for at, name in enumerate(names)}
    common = {"protocol": PROTOCOL, "segment": "all", "fingerprint": digest}
    return [mean | common for mean in sorted(means, key=lambda mean: place[mean["model"]])]


def fingerprint(stage: Run) -> str:
    """What the numbers depend on besides the models: none yet, so that no program compares them with others."""
    return ""


def _print(rows: list[dict[str, Any]], models: list[str], k: int) -> None:
    """The comparison on stdout, the best model first."""
    shown = [("NDCG", "ndcg"), ("hit rate", "hit_rate"), ("precision", "precision"), ("recall", "recall")]
    values = {(row["model"], row["metric"]): row["value"] for row in rows if row["k"] == k}
    ranked = sorted(models, key=lambda model: -values.get((model, "ndcg"), -1.0))
    width = max(len(model) for model in models)
    print(f" {'model':<{width}}  " + "  ".join(f"{f'{title}@{k}':>12}" for title, _ in shown))
    for model in ranked:
        numbers = (values.get((model, metric)) for _, metric in shown)
        print(
            f" {model:<{width}}  " + "  ".join(f"{'' if number is None else f'{number:.4f}':>12}" for number in numbers)
        )
