"""Stage 2, `train-base`, on Spark: fits the base recommenders and scores the rows that they did not see."""

from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame

from podium_cluster import factors, frames, item_knn, rounds, tables
from podium_cluster.errors import UsageError
from podium_cluster.operators import apply
from podium_cluster.rounds import RELEVANT_FROM, Round, RoundFiles
from podium_cluster.run import Context, Run
from podium_cluster.terminal import grouped

MODELS = ["bias", "itemknn", "mf", "genre", "popularity"]
"""The base models whose item side can be had without all ratings in one place; their file stems."""
SCORES = "train-base/oof_scores.parquet"
CURVES = "train-base/learning_curves.parquet"
CURVE_COLUMNS = pa.schema(
    [
        pa.field("model", pa.string(), False),
        pa.field("rows", pa.string(), False),
        pa.field("metric", pa.string(), False),
        pa.field("iteration", pa.int32(), False),
        pa.field("value", pa.float64(), False),
    ]
)


def run(context: Context) -> None:
    """The whole stage."""
    stage = Run(context, "train-base")
    check(stage.config)
    stage.require("split")
    ratings = frames.ratings(stage)
    plan = rounds.plan(stage.upstream["split"].config["stacking"], ratings)
    features = features_config(context)
    fitted: dict[str, RoundFiles] = {}
    scores: list[DataFrame] = []
    for round_ in plan.out_of_fold:
        fitted[round_.name] = fit(stage, round_, ratings, features)
        rows = frames.of_round(ratings, round_.known, round_.asked)
        scores.append(apply(context, rows, fitted[round_.name].call("base-scores")))
    stage.terminal.step("base scores")
    if len(scores) == 1:
        n_scored = stage.write_table(SCORES, scores[0])
    else:
        n_scored = stage.write_table(SCORES, frames.merged(stage, "oof-scores", scores))
    stage.remove_stale("train-base/oof_candidates.parquet")
    if plan.last.name not in fitted:
        fitted[plan.last.name] = fit(stage, plan.last, ratings, features)
    files = fitted[plan.last.name]
    for model in MODELS:
        if model in stage.config["models"]:
            stage.put(f"train-base/{model}.bin", files.path(f"{model}.bin"))
        else:
            stage.remove_stale(f"train-base/{model}.bin")
    _write_no_curves(stage)
    context.shared["fitted"] = fitted
    n_known = files.n_known()
    stage.counts |= {"fitted_on": n_known, "scored": n_scored, "rounds": len(plan.out_of_fold)}
    stage.finish(
        f"{grouped(n_known)} ratings to fit on",
        f"{len(stage.config['models'])} models and the out-of-fold scores of {grouped(n_scored)} rows",
    )


def check(config: dict[str, Any]) -> None:
    """Refuses what the cluster does not have."""
    those = ", ".join(MODELS)
    for model in config["models"]:
        if model not in MODELS:
            raise UsageError(f"the base model {model} needs all ratings in one place; on a cluster there are {those}")
    method = config["mf"].get("method", "sgd")
    if "mf" in config["models"] and method != "als":
        raise UsageError(f'mf.method = "{method}" needs all ratings in one place; on a cluster there is als')
    if config["candidates"]["from"] != "rated":
        raise UsageError('candidates.from = "catalogue" is not there on a cluster; there is rated')


def features_config(context: Context) -> dict[str, Any] | None:
    """The configuration of build-features that the rounds' files are made for."""
    return context.binaries.config("build-features", context.options.config)


def relevant_from(features: dict[str, Any] | None) -> float:
    """From which rating on an item is relevant."""
    return RELEVANT_FROM if features is None else features["relevant_from"]


def begin_round(
    stage: Run, round_: Round, ratings: DataFrame, base: dict, features: dict | None
) -> tuple[RoundFiles, pa.Table]:
    """A round's files but for the models: its description, the catalogue and what is counted of the items."""
    files = RoundFiles(stage.context, round_.name)
    files.describe(round_.scale, base, features)
    stage.store.get("split/items.parquet", files.path("items.parquet"))
    known = frames.known_of(ratings, round_.known)
    return files, files.write_statistics(known, relevant_from(features))


def fit(stage: Run, round_: Round, ratings: DataFrame, features: dict[str, Any] | None) -> RoundFiles:
    """Fits every base model of a round."""
    if not any(record.path.startswith("split/items.parquet") for record in stage.inputs):
        stage.check("split/items.parquet")
    stage.terminal.step(f"counts, {round_.name}")
    files, statistics = begin_round(stage, round_, ratings, stage.config, features)
    known = frames.known_of(ratings, round_.known)
    models = stage.config["models"]
    stage.binaries.operate("item-models", *files.argument)
    if "itemknn" in models:
        stage.terminal.step(f"itemknn, {round_.name}")
        item_knn.fit(stage, known, files, statistics)
    if "mf" in models:
        stage.terminal.step(f"mf, {round_.name}")
        factors.fit(stage, known, files, stage.config["mf"])
    return files


def _write_no_curves(stage: Run) -> None:
    """The table of learning curves without a row: Spark's ALS tells none."""
    local = stage.context.work / "learning_curves.parquet"
    tables.write_batches(local, [], stage.metadata(CURVES), CURVE_COLUMNS)
    stage.put(CURVES, local, 0)
