"""The whole pipeline on a generated set (make cluster-test SCALE=10m): features and metrics of both homes."""

import os
import shutil
import unittest
from pathlib import Path

from test.support import ROOT, SCALE, ClusterTest, cluster, stage

CONFIG = ROOT / "config" / "cluster"
STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate"]
FACTORS = {"score_mf"}
TABLES = ["train-base/oof_scores.parquet", "build-features/meta_train.parquet", "build-features/test.parquet"]


@unittest.skipUnless("WHOLE" in os.environ or SCALE != "1m", "SCALE=10m runs it")
class ScaleTest(ClusterTest):
    """The preset `cluster`."""

    def test_the_whole_pipeline(self) -> None:
        data = self.folder / f"synthetic-ml-{SCALE}"
        self.ends_well(stage("synth", "--scale", SCALE, "--out", data, "--seed", 42, "--quiet"))
        theirs, ours = self.folder / "theirs", self.folder / "ours"
        names = ("--data", data, "--dataset", "d", "--preset", "p")
        for name in STAGES:
            flags = ("--config", CONFIG / f"{name}.toml", "--artifacts", theirs, "--quiet")
            self.ends_well(stage(name, *(names if name == "split" else ()), *flags))
        for name in STAGES[:3]:
            flags = ("--config", CONFIG, "--artifacts", ours, "--quiet")
            self.ends_well(cluster(name, *(names if name == "split" else ()), *flags))
        self.same_rows(theirs / "split" / "ratings.parquet", ours / "split" / "ratings.parquet")
        for table in TABLES:
            self.near(theirs / table, ours / table, FACTORS)
        # Given one machine's features and meta-models: the stage itself compares its means with one machine's.
        measured = self.folder / "measured"
        measured.mkdir()
        for name in STAGES[:4]:
            (measured / name).symlink_to(theirs / name)
        self.ends_well(cluster("evaluate", "--config", CONFIG, "--artifacts", measured, "--quiet"))
        metrics = Path("evaluate", "metrics.parquet")
        self.same_rows(theirs / metrics, measured / metrics)
        shutil.rmtree(ours)


if __name__ == "__main__":
    unittest.main()
