"""The split on Spark is that of one machine, row for row."""

import gzip
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import pyspark

from test.support import BIN, DATA, ROOT, SCALE, ClusterTest, cluster, manifest, stage

DEFAULT = ROOT / "config" / "default"
ODD = (
    "\ufefftimestamp,userId,note,rating,movieId\r\n"
    '"100",7,x,"3.5",31\r\n'
    "200,7,x,4,10\r\n"
    "\r\n"
    "50,3,,5.0,10\n"
    " 300 ,7,again, 2.5 ,31\n"
    "300,7,of one time,1e0,31\n"
    "\n"
    "90,7,earlier,5,31\n"
    "-5,99999999999,big,.5,9999999999\n"
)
MALFORMED = (
    "userId,movieId,rating,timestamp\n1,1,4.0,5\n\n1,2,4.0\n1,3,11,5\nx,4,3,5\n"
    "1,-5,3,5\n1,6,3,1.5\n1,7,NaN,5\n1,8,1f,5\n"
)


def odd_data(folder: Path) -> Path:
    """Ratings as other tools write them: a byte order mark, quotation marks, empty lines, other columns, repeated
    pairs."""
    folder.mkdir()
    rows = "".join(
        f"{1000 + user * item},{user},,{(user * item) % 9 / 2 + 0.5},{item}\n"
        for user in range(1, 12)
        for item in range(40, 60)
    )
    (folder / "ratings.csv").write_text(ODD + rows, newline="")
    (folder / "movies.csv").write_text(
        'movieId,title,genres\n10,"A, B (1999)",Action|Sci-Fi\n31,C,(no genres listed)\n'
    )
    return folder


class SplitTest(ClusterTest):
    """Tables and manifests of both."""

    def same_split(self, data: Path, config: Path, name: str, *flags: object) -> None:
        ours, theirs = self.folder / f"{name}-cluster", self.folder / f"{name}-local"
        names = ("--data", data, "--dataset", "d", "--preset", "p")
        self.ends_well(stage("split", *names, "--config", config / "split.toml", "--artifacts", theirs, "--quiet"))
        self.ends_well(cluster("split", *names, "--config", config, "--artifacts", ours, *flags))
        for table in ("ratings", "items", "tags"):
            paths = [folder / "split" / f"{table}.parquet" for folder in (theirs, ours)]
            self.assertEqual(paths[0].exists(), paths[1].exists(), table)
            if paths[0].exists():
                self.same_rows(*paths)
        one, other = (manifest(folder, "split") for folder in (theirs, ours))
        for key in ("stage", "version", "dataset", "synthetic", "preset", "seed", "config", "inputs", "counts"):
            self.assertEqual(one[key], other[key], key)
        self.assertEqual(other["engine"]["name"], "spark")
        self.no_scratch(ours)

    def test_by_hash(self) -> None:
        self.same_split(DATA, DEFAULT, "hash")

    def test_exact_counts(self) -> None:
        # Few buckets: the last of them has many rows, and some of these are taken.
        with mock.patch("podium_cluster.split.BUCKET_BITS", 3):
            self.same_split(DATA, ROOT / "config" / "notebook", "exact", "--partitions", 3)

    def test_generated(self) -> None:
        data = self.folder / f"synthetic-ml-{SCALE}"
        self.ends_well(stage("synth", "--scale", SCALE, "--out", data, "--seed", 42, "--quiet"))
        self.same_split(data, DEFAULT, "generated")

    def test_odd_files(self) -> None:
        data = odd_data(self.folder / "odd")
        for method in ("hash", "exact"):
            self.same_split(data, self.config(f'method = "{method}"\nmeta_fraction = 0.3\n', method), f"odd-{method}")
        packed = self.folder / "packed"
        packed.mkdir()
        (packed / "ratings.csv.gz").write_bytes(gzip.compress((data / "ratings.csv").read_bytes()))
        self.same_split(packed, self.config("", "packed"), "packed")

    def test_malformed_rows(self) -> None:
        data = self.folder / "malformed"
        data.mkdir()
        rows = "".join(f"{user},{item},3.0,7\n" for user in range(1, 9) for item in range(50, 60))
        (data / "ratings.csv").write_text(MALFORMED + rows)
        ours = cluster("split", "--data", data, "--config", DEFAULT, "--artifacts", self.folder / "bad")
        theirs = stage(
            "split", "--data", data, "--config", DEFAULT / "split.toml", "--artifacts", self.folder / "bad-local"
        )
        self.assertEqual((ours.code, ours.stderr), (theirs.code, theirs.stderr))
        self.assertFalse((self.folder / "bad" / "split" / "manifest.json").exists())
        self.no_scratch(self.folder / "bad")
        skipping = self.config("skip_bad_rows = true\n", "skip")
        self.same_split(data, skipping, "skipped")

    def test_submitted(self) -> None:
        """Through spark-submit, with the package as a zip file."""
        package = self.folder / "podium_cluster.zip"
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-c", package, "podium_cluster"], cwd=ROOT / "cluster", check=True
        )
        theirs = self.folder / "submit-local"
        names = ("--data", DATA, "--dataset", "d", "--preset", "p")
        self.ends_well(stage("split", *names, "--config", DEFAULT / "split.toml", "--artifacts", theirs, "--quiet"))
        away = self.folder / "main.py"  # not beside the package, so that it comes from the zip file
        shutil.copyfile(ROOT / "cluster" / "main.py", away)
        submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
        for name, program in (("beside", ROOT / "cluster" / "main.py"), ("away", away)):
            ours = self.folder / f"submitted-{name}"
            line = [submit, "--master", "local[2,4]", "--py-files", package, program, "split", *names]
            line += ["--config", DEFAULT, "--artifacts", ours, "--bin", BIN]
            said = subprocess.run(
                [str(word) for word in line], capture_output=True, text=True, env=clean_environment(), check=False
            )
            self.assertEqual(said.returncode, 0, said.stdout[-2000:])
            self.same_rows(theirs / "split" / "ratings.parquet", ours / "split" / "ratings.parquet")

    def test_what_is_not_there_is_refused(self) -> None:
        for key, value in (("method", "temporal"), ("stacking", "forward"), ("fold_by", "user")):
            config = self.config(f'{key} = "{value}"\n', f"refused-{key}")
            ended = cluster("split", "--data", DATA, "--config", config, "--artifacts", self.folder / "refused")
            self.assertEqual(ended.code, 2, ended.stderr)
            self.assertIn(f'{key} = "{value}" is not there on a cluster', ended.stderr)
        self.assertFalse((self.folder / "refused" / "split").exists())

    def config(self, text: str, name: str) -> Path:
        folder = self.folder / f"config-{name}"
        folder.mkdir()
        (folder / "split.toml").write_text(text)
        return folder


def clean_environment() -> dict[str, str]:
    """Without the way to the package."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYSPARK_GATEWAY_PORT")}
    return environment | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}


if __name__ == "__main__":
    unittest.main()
