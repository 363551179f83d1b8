"""Base scores, features and metrics of a cluster are those of one machine, and each home goes on from the other."""

import json
import shutil
import unittest
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from podium_cluster import build_features, evaluate
from podium_cluster.errors import StageError
from test.support import DATA, ClusterTest, cluster, config_of, manifest, stage

STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate"]
FACTORS = {"score_mf", "score_mf_rank"}
"""Columns that follow from the factorisation: MLlib's and ours start from other random factors."""
METRICS = Path("evaluate", "metrics.parquet")
LISTS = Path("recommend", "recommendations.parquet")
TABLES = ["train-base/oof_scores.parquet", "build-features/meta_train.parquet", "build-features/test.parquet"]


class StagesTest(ClusterTest):
    """Runs of both homes on the same split."""

    def names(self, name: str) -> list[object]:
        return ["--data", DATA, "--dataset", "d", "--preset", "p"] if name == "split" else []

    def on_cluster(self, config: Path, run: Path, *stages: str, flags: tuple[object, ...] = ()) -> None:
        for name in stages:
            paths = ("--config", config, "--artifacts", run)
            self.ends_well(cluster(name, *self.names(name), *paths, *flags, "--quiet"))
        self.no_scratch(run)

    def on_one_machine(self, config: Path, run: Path, *stages: str) -> None:
        for name in stages:
            flags = ("--config", config / f"{name}.toml", "--artifacts", run, "--quiet")
            self.ends_well(stage(name, *self.names(name), *flags))

    def same_tables(self, one: Path, other: Path, but: set[str] = frozenset()) -> None:
        for table in TABLES:
            self.near(one / table, other / table, but)
        for name in ("train-base", "build-features"):
            a, b = manifest(one, name), manifest(other, name)
            for key in ("stage", "version", "dataset", "synthetic", "preset", "seed", "config", "counts"):
                self.assertEqual(a[key], b[key], f"{key} of {name}")
            paths = [[Path(record["path"]).name for record in value["outputs"]] for value in (a, b)]
            self.assertEqual(sorted(paths[0]), sorted(paths[1]))

    def test_hold_out_with_factors(self) -> None:
        config, ours, theirs = config_of(self.folder / "config"), self.folder / "ours", self.folder / "theirs"
        self.on_cluster(config, ours, *STAGES[:3])
        self.on_one_machine(config, theirs, *STAGES[:3])
        self.same_tables(theirs, ours, FACTORS)
        # The factorisation starts elsewhere and ends alike: as strong, and of the same mind about most pairs.
        parts = [factor_part(theirs, run) for run in (theirs, ours)]
        self.assertLess(abs(np.std(parts[1]) / np.std(parts[0]) - 1), 0.1)
        self.assertGreater(np.corrcoef(parts[0], parts[1])[0, 1], 0.4)
        # Going on locally from a cluster's features, and from its models.
        self.on_one_machine(config, ours, "train-meta", "evaluate")
        again = self.folder / "again"
        shutil.copytree(ours, again)
        self.on_one_machine(config, again, "build-features")
        self.near(ours / TABLES[2], again / TABLES[2])
        self.metrics_are_those_of_one_machine(config, theirs)

    def test_k_fold_in_parts(self) -> None:
        changes = {"split": {"stacking": "k_fold", "folds": 2}, "build-features": {"groups": build_features.GROUPS}}
        config, theirs = config_of(self.folder / "config-k", factors=False, **changes), self.folder / "theirs-k"
        parts, ours = self.folder / "parts", self.folder / "gathered"
        for name in STAGES[:3]:
            flags = (
                "--config",
                config,
                "--artifacts",
                parts.as_uri(),
                "--tables",
                "parts",
                "--quiet",
                "--partitions",
                3,
            )
            self.ends_well(cluster(name, *self.names(name), *flags))
        self.ends_well(cluster("gather", "--from", parts.as_uri(), "--to", ours, "--quiet"))
        self.on_one_machine(config, theirs, *STAGES[:3])
        self.same_tables(theirs, ours)
        self.same_rows(theirs / "split" / "ratings.parquet", ours / "split" / "ratings.parquet")
        self.on_one_machine(config, ours, "train-meta", "evaluate")
        few = self.folder / "few"
        self.ends_well(cluster("gather", "--from", parts.as_uri(), "--to", few, "--max-users", 100, "--quiet"))
        users = set(pq.read_table(few / "build-features" / "meta_train.parquet")["user_id"].to_pylist())
        self.assertTrue(0 < len(users) <= 100)
        self.on_one_machine(config, few, "train-meta")

    def test_going_on_from_one_machine(self) -> None:
        config = config_of(self.folder / "config-on", factors=False)
        local, mixed = self.folder / "local", self.folder / "mixed"
        self.on_one_machine(config, local, *STAGES[:3])
        for upto in (1, 2):
            shutil.rmtree(mixed, ignore_errors=True)
            for name in STAGES[:upto]:
                shutil.copytree(local / name, mixed / name)
            self.on_cluster(config, mixed, *STAGES[upto:3])
            self.same_tables(local, mixed)

    def test_a_changed_input_is_refused(self) -> None:
        config = config_of(self.folder / "config-changed", factors=False)
        run = self.folder / "changed"
        self.on_one_machine(config, run, "split", "train-base")
        path = run / "train-base" / "oof_scores.parquet"
        path.write_bytes(path.read_bytes() + b"x")
        ended = cluster("build-features", "--config", config, "--artifacts", run)
        self.assertEqual(ended.code, 3, ended.stderr)
        self.assertIn("oof_scores.parquet is corrupt: its bytes are not those that its manifest lists", ended.stderr)
        path.unlink()
        self.assertIn("is missing", cluster("build-features", "--config", config, "--artifacts", run).stderr)
        file = run / "split" / "manifest.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"version": "0.0.1"}))
        ended = cluster("train-base", "--config", config, "--artifacts", run)
        self.assertEqual(ended.code, 3, ended.stderr)
        self.assertIn("holds the manifest of split 0.0.1", ended.stderr)

    def test_what_is_not_there_is_refused(self) -> None:
        run = self.folder / "refused"
        self.on_one_machine(config_of(self.folder / "config-split"), run, "split", "train-base")
        for name, key, value, told in (
            (
                "train-base",
                "models",
                ["bias", "svdpp"],
                "svdpp needs all ratings in one place; on a cluster there are bias",
            ),
            ("train-base", "mf", {"method": "sgd"}, "on a cluster there is als"),
            ("build-features", "groups", ["base_scores", "item_trend"], "there are base_scores"),
            ("build-features", "earlier_only", True, "earlier_only = true is not there"),
        ):
            config = config_of(self.folder / f"config-{key}", **{name: {key: value}})
            ended = cluster(name, "--config", config, "--artifacts", run)
            self.assertEqual(ended.code, 2, ended.stderr)
            self.assertIn(told, ended.stderr)

    def metrics_are_those_of_one_machine(self, config: Path, theirs: Path) -> None:
        """Given the same features and meta-models: scores, users' metrics and means are the same."""
        self.on_one_machine(config, theirs, "train-meta", "evaluate")
        ours, whole = self.folder / "measured", self.folder / "whole"
        for run in (ours, whole):
            shutil.copytree(theirs, run)
        self.on_cluster(config, whole, "evaluate")  # compares its own means with one machine's
        self.same_rows(theirs / METRICS, whole / METRICS)
        self.on_cluster(config, ours, "evaluate", flags=("--statistics-users", 150))
        for table in ("scores", "per_user"):
            self.near(theirs / "evaluate" / f"{table}.parquet", ours / "evaluate" / f"{table}.parquet")
        rows = [pq.read_table(run / METRICS).to_pylist() for run in (theirs, ours)]
        known = {evaluate.key_of(row): row for row in rows[0] if row["segment"] == "all"}
        means = {evaluate.key_of(row) for row in pq.read_table(theirs / "evaluate" / "per_user.parquet").to_pylist()}
        means |= {key for key in known if key[1] in ("rmse", "mae", "log_loss")}
        self.assertGreater(len(means), 100)
        of_all = {evaluate.key_of(row): row for row in rows[1] if row["segment"] == "all"}
        for key in means:
            self.assertAlmostEqual(of_all[key]["value"], known[key]["value"], delta=1e-9, msg=str(key))
            self.assertEqual(of_all[key]["n_users"], known[key]["n_users"], key)
        value = manifest(ours, "evaluate")
        self.assertEqual((value["counts"]["statistics_users"], value["engine"]["name"]), (150, "spark"))
        self.assertTrue((ours / "evaluate" / "report" / "index.html").exists())
        for record in value["outputs"]:
            found = sha256((ours / record["path"]).read_bytes()).hexdigest()
            self.assertEqual(found, record["sha256"], record["path"])

    def test_lists(self) -> None:
        for stacking in ("hold_out", "k_fold"):
            lists = {"min_ratings": 3, "reasons": True}
            config = config_of(
                self.folder / f"config-{stacking}", split={"stacking": stacking, "folds": 2}, recommend=lists
            )
            theirs, ours = self.folder / f"lists-{stacking}", self.folder / f"lists-{stacking}-cluster"
            self.on_one_machine(config, theirs, *STAGES[:4])
            shutil.copytree(theirs, ours)
            self.on_one_machine(config, theirs, "recommend")
            self.on_cluster(config, ours, "recommend")
            self.near(theirs / LISTS, ours / LISTS)
            self.assertGreater(pq.read_metadata(ours / LISTS).num_rows, 5000)

    def test_another_mean_is_told(self) -> None:
        row = {"model": "M", "metric": "ndcg", "k": 10, "segment": "all", "value": 0.5, "n_users": 7}
        evaluate.agree([row], [row | {"value": 0.5 + 1e-10}])
        for other in ({"value": 0.5 + 1e-8}, {"n_users": 8}, {"k": 5}, {"segment": "few"}, {"value": float("nan")}):
            with self.assertRaisesRegex(StageError, "ndcg of M is 0.5 of 7 users on the cluster"):
                evaluate.agree([row], [row | other])


def factor_part(split: Path, run: Path) -> np.ndarray:
    """What the factors add to mean and damped biases in the scores of the test rows (METHODOLOGY, `method = "als"`)."""
    rows = pq.read_table(split / "split" / "ratings.parquet").to_pylist()
    known = [(row["user_id"], row["item_id"], row["rating"]) for row in rows if row["part"] == "base_train"]
    mean = sum(rating for _, _, rating in known) / len(known)
    of_items = damped(((item, rating - mean) for _, item, rating in known), 3)
    of_users = damped(((user, rating - mean - of_items[item]) for user, item, rating in known), 5)
    test = pq.read_table(
        run / "build-features" / "test.parquet", columns=["user_id", "item_id", "score_mf"]
    ).to_pylist()
    biases = (mean + of_items.get(row["item_id"], 0) + of_users.get(row["user_id"], 0) for row in test)
    return np.array([row["score_mf"] - bias for row, bias in zip(test, biases, strict=True)])


def damped(pairs: Iterable[tuple[int, float]], damping: int) -> dict[int, float]:
    """For each id the sum of its numbers over their count and the damping."""
    sums: dict[int, tuple[float, int]] = {}
    for key, number in pairs:
        total, n = sums.get(key, (0.0, 0))
        sums[key] = (total + number, n + 1)
    return {key: total / (n + damping) for key, (total, n) in sums.items()}


if __name__ == "__main__":
    unittest.main()
