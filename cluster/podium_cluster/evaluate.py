"""Stage 5, `evaluate`, on Spark: scores the test rows with every model, and measures.

Executors score and measure whole users, and sum over all of them. What takes draws of users (intervals, comparisons) or
looks at single rows (segments, the page) is made by `evaluate` of one machine on the driver: of all users where the
driver sees the run and they are few enough, of some drawn by a hash otherwise.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from podium_cluster import build_features, frames, gather, manifests, stacks, tables
from podium_cluster.errors import StageError, UsageError
from podium_cluster.operators import apply, batches_of, program
from podium_cluster.rounds import RoundFiles
from podium_cluster.run import Context, Run
from podium_cluster.stores import LocalStore
from podium_cluster.stream import Call
from podium_cluster.terminal import grouped

SCORES, PER_USER, METRICS = "evaluate/scores.parquet", "evaluate/per_user.parquet", "evaluate/metrics.parquet"
PROTOCOL = "rated"
ALL = "all"
"""The segment of all users and items."""
TOLERANCE = 1e-9
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
    means = means_of(stage, scores, models, measures_of(stage))
    n_users = scores.select("user_id").distinct().count()
    if isinstance(stage.store, LocalStore) and n_users <= context.options.statistics_users:
        on_one_machine(stage, stage.store, means)
    else:
        on_some_users(stage, scores, [model["model"] for model in models], means, (n_test, n_users))


def on_one_machine(stage: Run, store: LocalStore, means: list[dict[str, Any]]) -> None:
    """Lets one machine write the stage's folder, and compares its means with those that the executors' sums give."""
    stage.terminal.step("statistics")
    of_one_machine(stage, store.path)
    try:
        agree(means, pq.read_table(store.path / METRICS).to_pylist())
    except StageError:
        store.remove(manifests.path_of("evaluate"))
        raise


def on_some_users(
    stage: Run, scores: DataFrame, names: list[str], means: list[dict[str, Any]], sizes: tuple[int, int]
) -> None:
    """Writes the users' metrics and the means of all users, and beside them what one machine says of some users."""
    context, (n_test, n_users) = stage.context, sizes
    n_drawn = min(n_users, context.options.statistics_users)
    stage.terminal.step(f"statistics of {grouped(n_drawn)} users")
    sample = LocalStore(str(context.work / "statistics"))
    stages = list(stage.upstream)
    gather.gather(stage.store, sample, stages, stage.options.seed, n_drawn, stage.version, (build_features.TEST,))
    of_one_machine(stage, sample.path)
    said = manifests.read(sample, "evaluate", stage.version)

    stage.terminal.step("measuring")
    stage.write_table(SCORES, scores)
    per_user = apply(context, scores, Call("metrics", program(context), None, tuple(measures_of(stage))))
    stage.write_table(PER_USER, by_model(stage, per_user, names))
    rows = of_all_users(pq.read_table(sample.path / METRICS).to_pylist(), means)
    local = context.work / "metrics.parquet"
    batches = pa.Table.from_pylist(rows, METRIC_COLUMNS).to_batches()
    tables.write_batches(local, batches, stage.metadata(METRICS), METRIC_COLUMNS)
    stage.put(METRICS, local, len(rows))
    for path in OF_ONE_MACHINE:
        stage.remove_stale(f"evaluate/{path}")
    for record in said.outputs:
        if record.path not in (SCORES, PER_USER, METRICS):
            stage.adopt(record, sample.path / record.path)
    shutil.rmtree(sample.path)
    n_measured = max((mean["n_users"] for mean in means if mean["metric"] == "ndcg"), default=0)
    stage.counts |= {"models": len(names), "users_evaluated": n_measured, "users_left_out": n_users - n_measured}
    stage.counts |= {"statistics_users": n_drawn}
    stage.finish(
        f"{grouped(n_test)} test rows",
        f"{len(names)} models' metrics of {grouped(n_measured)} users, intervals and the page of {grouped(n_drawn)}",
    )


def of_one_machine(stage: Run, folder: Path) -> None:
    """Runs `evaluate` of one machine on the driver."""
    options = stage.options
    quiet = ["--quiet"] if options.quiet else []
    config = str(Path(options.config) / "evaluate.toml")
    flags = ["--config", config, "--artifacts", str(folder), "--seed", str(options.seed)]
    stage.binaries.run_stage("evaluate", *flags, *quiet)


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


def agree(means: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """That the means of the executors' sums are those of one machine: an error where they are not."""
    of_one_machine = {key_of(row): row for row in rows if row["segment"] == ALL}
    for mean in means:
        row = of_one_machine.get(key_of(mean))
        if row is None or row["n_users"] != mean["n_users"] or not abs(row["value"] - mean["value"]) <= TOLERANCE:
            found = "nothing" if row is None else f"{row['value']} of {row['n_users']} users"
            raise StageError(
                f"{mean['metric']} of {mean['model']} is {mean['value']} of {mean['n_users']} users on the cluster and "
                f"{found} on one machine; expected the same. This is a fault of Podium: please report it"
            )


def of_all_users(rows: list[dict[str, Any]], means: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of metrics.parquet: those of some users, with the values of all users where there are such."""
    of_all = {key_of(mean): {"value": mean["value"], "n_users": mean["n_users"]} for mean in means}
    return [row | (of_all.get(key_of(row), {}) if row["segment"] == ALL else {}) for row in rows]


def key_of(row: dict[str, Any]) -> tuple[str, str, int | None]:
    """Which number it is."""
    return row["model"], row["metric"], row["k"]
