"""What `evaluate` and `recommend` have in common: the final round's files with the meta-models beside them."""

import json
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from podium_cluster import build_features, rounds
from podium_cluster.rounds import Plan, RoundFiles
from podium_cluster.run import Run

TRAINING = "training_statistics.parquet"


def for_scores(stage: Run) -> RoundFiles:
    """What scoring rows with features takes: the meta-models, and how the features were made."""
    files = RoundFiles(stage.context, stage.stage)
    _describe(stage, files, {})
    _fetch_models(stage, files)
    return files


def for_lists(stage: Run, plan: Plan, ratings: DataFrame) -> RoundFiles:
    """What making lists takes: besides, the final round's base models and counts, and the counts of all training
    ratings."""
    base, features = stage.upstream["train-base"].config, stage.upstream["build-features"].config
    final = build_features.final_files(stage, plan, ratings, base, features)
    files = RoundFiles(stage.context, stage.stage)
    files.take_from(final, ["items.parquet", "item_statistics.parquet", *(f"{model}.bin" for model in base["models"])])
    training = ratings.filter(F.col("part") != "test")
    last_time = training.agg(F.max("timestamp")).first()[0]
    if stage.upstream["split"].config["stacking"] == "hold_out":
        files.write_statistics(training, features["relevant_from"], TRAINING)
    _describe(stage, files, {"lists": stage.config, "last_time": last_time})
    _fetch_models(stage, files)
    return files


def _describe(stage: Run, files: RoundFiles, more: dict[str, Any]) -> None:
    upstream = stage.upstream
    value = {
        "scale": 1.0,
        "base": upstream["train-base"].config,
        "features": upstream["build-features"].config,
        "meta_models": upstream["train-meta"].config["models"],
        "seed": stage.options.seed,
    }
    files.path(rounds.DESCRIPTION).write_text(json.dumps(value | more))


def _fetch_models(stage: Run, files: RoundFiles) -> None:
    for record in stage.upstream["train-meta"].outputs:
        name = record.path.rpartition("/")[2]
        if name.endswith(".bin"):
            stage.fetch(record.path, files.path(name))
