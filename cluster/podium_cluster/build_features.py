"""Stage 3, `build-features`, on Spark: base scores and statistics to feature tables."""

from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from podium_cluster import frames, rounds, train_base
from podium_cluster.errors import InputError, UsageError
from podium_cluster.operators import apply
from podium_cluster.rounds import Plan, Round, RoundFiles
from podium_cluster.run import Context, Run
from podium_cluster.terminal import grouped

GROUPS = [
    "base_scores", "user_statistics", "item_statistics", "damped_statistics", "spread", "relevant_share",
    "genre_affinity", "taste", "item_facts", "genre_flags", "user_tenure", "time", "mood", "similar_mood", "session",
    "support", "disagreement",
]  # fmt: skip
"""The feature groups whose item side is counts and sums: all but item_trend, which looks at an item's whole time."""
META_TRAIN, TEST = "build-features/meta_train.parquet", "build-features/test.parquet"
_KEYS = ("user_id", "item_id", "timestamp", "fold", "rating", "label")


def run(context: Context) -> None:
    """The whole stage."""
    stage = Run(context, "build-features")
    check(stage.config)
    stage.require("split", "train-base")
    base = stage.upstream["train-base"].config
    train_base.check(base)
    ratings = frames.ratings(stage)
    stage.check("split/items.parquet")
    plan = rounds.plan(stage.upstream["split"].config["stacking"], ratings)
    final = final_files(stage, plan, ratings, base, stage.config)

    stage.terminal.step("features of the training rows")
    n_meta, n_relevant = _training(stage, plan, ratings, base, final)
    stage.terminal.step("features of the test rows")
    test = apply(context, frames.of_round(ratings, plan.last.known, plan.last.asked), final.call("features"))
    counted = Observation()
    n_test = stage.write_table(TEST, test.observe(counted, F.count_if(F.col("label") == 1).alias("relevant")))
    stage.remove_stale("build-features/catalogue.parquet")
    n_features = len(test.columns) - len(_KEYS)
    stage.counts |= {
        "features": n_features, "relevant_meta_train": n_relevant, "relevant_test": counted.get["relevant"],
    }  # fmt: skip
    stage.finish(
        f"{len(base['models'])} models and {grouped(frames.n_read(stage))} ratings",
        f"{n_features} features of {grouped(n_meta)} + {grouped(n_test)} rows",
    )


def check(config: dict[str, Any]) -> None:
    """Refuses what the cluster does not have."""
    for group in config["groups"]:
        if group not in GROUPS:
            raise UsageError(
                f"the feature group {group} needs all ratings of an item in one place; "
                f"on a cluster there are {', '.join(GROUPS)}"
            )
    if config["earlier_only"]:
        raise UsageError("earlier_only = true is not there on a cluster; there is false")
    if config["statistics_from"] != "known":
        raise UsageError(f'statistics_from = "{config["statistics_from"]}" is not there on a cluster; there is known')


def final_files(
    stage: Run, plan: Plan, ratings: DataFrame, base: dict[str, Any], features: dict[str, Any]
) -> RoundFiles:
    """The files of the final round: those that train-base left in this session, or made of the model files."""
    paths = [f"train-base/{model}.bin" for model in base["models"]]
    for path in paths:
        stage.check(path)
    fitted = stage.context.shared.setdefault("fitted", {})
    if plan.last.name in fitted:
        return fitted[plan.last.name]
    stage.terminal.step("counts, final")
    files, _ = train_base.begin_round(stage, plan.last, ratings, base, features)
    for path in paths:
        stage.store.get(path, files.path(path.rpartition("/")[2]))
    # Models that one machine fitted hold its users; here each user comes with the own ratings.
    stage.binaries.operate("forget-users", *files.argument)
    fitted[plan.last.name] = files
    return files


def _training(stage: Run, plan: Plan, ratings: DataFrame, base: dict[str, Any], final: RoundFiles) -> tuple[int, int]:
    """Writes the rows that the meta-models are fitted on: gives their number and how many are relevant."""
    scores = stage.read_table(train_base.SCORES)
    names = [name for name in scores.columns if name not in ("user_id", "item_id", "rating")]
    n_rows = sum(record.rows or 0 for record in stage.check(frames.RATINGS))
    stage.inputs = _without_repeats(stage.inputs)
    joined = ratings.join(scores.drop("rating"), ["user_id", "item_id"], "left")
    together = frames.by_user(stage, joined, n_rows).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        _check_scores(stage, plan, together, scores, names)
        pieces = []
        for round_ in plan.out_of_fold:
            files = final if round_.name == plan.last.name else _round_files(stage, round_, ratings, base)
            rows = frames.of_round(together, round_.known, round_.asked, *names)
            pieces.append(apply(stage.context, rows, files.call("features")))
        features = pieces[0] if len(pieces) == 1 else frames.merged(stage, "meta-train", pieces)
        counted = Observation()
        relevant = F.count_if(F.col("label") == 1).alias("relevant")
        n_meta = stage.write_table(META_TRAIN, features.observe(counted, relevant))
        return n_meta, counted.get["relevant"]
    finally:
        together.unpersist()


def _round_files(stage: Run, round_: Round, ratings: DataFrame, base: dict[str, Any]) -> RoundFiles:
    """The files of a fold's round: its base scores stand beside the rows, so that no model is needed."""
    kept = stage.context.shared.get("fitted", {}).get(round_.name)
    if kept is not None:
        return kept
    stage.terminal.step(f"counts, {round_.name}")
    return train_base.begin_round(stage, round_, ratings, base, stage.config)[0]


def _check_scores(stage: Run, plan: Plan, together: DataFrame, scores: DataFrame, names: list[str]) -> None:
    """That the out-of-fold scores are those of the rows that the split asks for."""
    asked = plan.out_of_fold[0].asked
    for round_ in plan.out_of_fold[1:]:
        asked = asked | round_.asked
    has_scores = F.col(names[0]).isNotNull()
    missing, n_asked = together.filter(asked).agg(F.count_if(~has_scores), F.count(F.lit(1))).first()
    if missing or scores.count() != n_asked:
        raise InputError(
            f"{stage.store.shown(train_base.SCORES)} is corrupt: its rows are not those that the split asks for; "
            "run `make train-base`, or train-base on the cluster"
        )


def _without_repeats(records: list) -> list:
    return list({record.path: record for record in records}.values())
