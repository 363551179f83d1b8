"""What the tests share: where things are, how both homes are run, and how tables are compared."""

import atexit
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from podium_cluster.arguments import parse
from podium_cluster.command import main
from podium_cluster.session import start

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("PODIUM_BIN", ROOT / "target" / "release")).resolve()
DATA = Path(os.environ.get("PODIUM_DATA", ROOT / "data" / "ml-latest-small")).resolve()
SCALE = os.environ.get("SCALE", "1m")
MASTER = os.environ.get("PODIUM_MASTER", "local[2,4]")
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it said."""

    code: int
    stderr: str


def environment() -> dict[str, str]:
    """That of the programs under test."""
    paths = str(ROOT / "cluster")
    return os.environ | {"PYTHONPATH": paths, "SPARK_LOCAL_IP": "127.0.0.1"}


def begin(command: str, *arguments: object, master: str | None = None) -> subprocess.Popen:
    """Starts the package on a master."""
    line = [sys.executable, "-m", "podium_cluster", command, "--master", master or MASTER, "--bin", BIN, *arguments]
    return subprocess.Popen(
        [str(word) for word in line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
    )


@cache
def session():
    """The session of all tests that need none of their own."""
    folder = Path(tempfile.mkdtemp(prefix="podium-cluster-session-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    arguments = ["split", "--artifacts", "", "--config", "", "--master", MASTER, "--bin", str(BIN)]
    memory = [] if SCALE == "1m" else ["--conf", "spark.executor.memory=2g", "--conf", "spark.driver.memory=2g"]
    spark = start(parse([*arguments, *memory]), folder)
    atexit.register(spark.stop)
    return spark


def cluster(command: str, *arguments: object) -> Ended:
    """Runs the package in the tests' session."""
    spark = session()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = main([command, "--bin", str(BIN), *map(str, arguments)], spark)
    return Ended(code, said.getvalue())


def stage(name: str, *arguments: object) -> Ended:
    """Runs a stage of one machine."""
    line = [str(word) for word in (BIN / name, *arguments)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    return Ended(ended.returncode, ended.stderr)


def manifest(folder: Path, name: str) -> dict:
    """The manifest of a stage."""
    return json.loads((folder / name / "manifest.json").read_text())


class ClusterTest(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory(prefix="podium-cluster-test-")
        cls.addClassCleanup(cls._folder.cleanup)
        cls.folder = Path(cls._folder.name)

    def ends_well(self, ended: Ended) -> None:
        """That a program ended with code 0."""
        self.assertEqual(ended.code, 0, ended.stderr)

    def same_rows(self, one: Path, other: Path) -> None:
        """That two tables are equal: columns, types, nullability, rows, order and metadata."""
        a, b = pq.ParquetFile(one), pq.ParquetFile(other)
        self.assertEqual(a.schema_arrow.remove_metadata(), b.schema_arrow.remove_metadata())
        self.assertEqual(podium(a), podium(b))
        self.assertTrue(a.read().equals(b.read()), f"{one} and {other} differ")

    def near(self, one: Path, other: Path, but: set[str] = frozenset()) -> None:
        """That two tables have the same columns and rows, numbers within the tolerance but for the columns `but`."""
        a, b = pq.read_table(one), pq.read_table(other)
        self.assertEqual(a.schema.remove_metadata(), b.schema.remove_metadata())
        self.assertEqual(a.num_rows, b.num_rows)
        for name in a.column_names:
            if name in but:
                continue
            self.assertLessEqual(furthest(a[name], b[name]), TOLERANCE, f"column {name} of {one}")

    def no_scratch(self, folder: Path) -> None:
        """That nothing unfinished is left in a run's folder."""
        left = [path for path in folder.rglob("*") if path.name.startswith((".scratch-", ".unfinished-"))]
        self.assertEqual(left, [])


def podium(file: pq.ParquetFile) -> dict[bytes, bytes]:
    """What a table says of itself."""
    return {key: value for key, value in file.metadata.metadata.items() if key.startswith(b"podium.")}


def furthest(a: pa.ChunkedArray, b: pa.ChunkedArray) -> float:
    """The largest difference between two columns; infinite where one has a value and the other none."""
    if not (pa.types.is_floating(a.type) or pa.types.is_integer(a.type)):
        return 0.0 if a.equals(b) else float("inf")
    if not a.is_null().equals(b.is_null()):
        return float("inf")
    x, y = (column.cast(pa.float64()).fill_null(0.0).to_numpy() for column in (a, b))
    if not np.array_equal(np.isnan(x), np.isnan(y)):
        return float("inf")
    return float(np.nanmax(np.abs(x - y), initial=0.0))


def config_of(folder: Path, factors: bool = True, **changes: dict[str, object]) -> Path:
    """The preset `cluster` in a folder of its own: with `changes` a stage, and without matrix factorisation where it
    is not asked for."""
    shutil.copytree(ROOT / "config" / "cluster", folder)
    if not factors:
        models = ["bias", "itemknn", "genre", "popularity"]
        changes = {"train-base": {"models": models}, "recommend": {"proposers": ["bias"]}} | changes
    for name, values in changes.items():
        path = folder / f"{name}.toml"
        config = tomllib.loads(path.read_text())
        for key, value in values.items():
            config[key] = config[key] | value if isinstance(value, dict) else value
        path.write_text(toml(config))
    return folder


def toml(config: dict[str, object], table: str = "") -> str:
    """A configuration as TOML."""
    plain = {key: value for key, value in config.items() if not isinstance(value, dict)}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in plain.items())
    for key, value in config.items():
        if isinstance(value, dict):
            name = f"{table}{key}"
            text += f"[{name}]\n{toml(value, f'{name}.')}"
    return text
