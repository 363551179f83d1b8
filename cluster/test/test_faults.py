"""What breaks on the way changes nothing in the end, or ends in a clear error with nothing half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from podium_cluster.arguments import parse
from podium_cluster.command import _of_spark
from podium_cluster.operators import apply, program
from podium_cluster.run import Context
from podium_cluster.stream import Call
from test.local_cluster import LocalCluster
from test.support import BIN, DATA, ClusterTest, begin, cluster, config_of, manifest, session, stage

TABLES = ["meta_train.parquet", "test.parquet"]
PATIENCE = 180


class FaultsTest(ClusterTest):
    """A run up to train-base, and its features made without a fault."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.run_ = cls.folder / "run"
        cls.config = config_of(cls.folder / "config", factors=False)
        for name in ("split", "train-base"):
            data = ["--data", DATA, "--dataset", "d", "--preset", "p"] if name == "split" else []
            ended = stage(name, *data, "--config", cls.config / f"{name}.toml", "--artifacts", cls.run_, "--quiet")
            assert ended.code == 0, ended.stderr
        ended = cluster("build-features", "--config", cls.config, "--artifacts", cls.run_, "--quiet", "--partitions", 3)
        assert ended.code == 0, ended.stderr
        cls.bytes = cls.bytes_of(cls.run_)

    @classmethod
    def bytes_of(cls, run: Path) -> list[str]:
        return [sha256((run / "build-features" / table).read_bytes()).hexdigest() for table in TABLES]

    def held(self, name: str) -> tuple[Path, Path]:
        """A folder of binaries whose operator waits in the middle of a partition of features, and the folder of its
        signs."""
        place = self.folder / name
        binaries, signs = place / "bin", place / "signs"
        binaries.mkdir(parents=True)
        signs.mkdir()
        for path in BIN.iterdir():
            if path.is_file() and os.access(path, os.X_OK) and path.name != "operator":
                (binaries / path.name).symlink_to(path)
        source = (Path(__file__).parent / "slow_operator.py").read_text()
        call = f"sys.exit(main({str(BIN / 'operator')!r}, Path({str(signs)!r}), 'features'))\n"
        wrapper = binaries / "operator"
        wrapper.write_text(f"#!{sys.executable}\n{source}\n\n{call}")
        wrapper.chmod(0o755)
        return binaries, signs

    def begin_held(self, name: str, master: str) -> tuple[subprocess.Popen, Path, Path]:
        """Starts the feature stage and waits until an operator stands in the middle of its partition."""
        binaries, signs = self.held(name)
        run = self.copy_of_run(name)
        flags = ("--bin", binaries, "--config", self.config, "--artifacts", run, "--partitions", 3)
        process = begin("build-features", *flags, master=master)
        self.addCleanup(end, process)
        wait_for(lambda: signs_of(signs), process)
        return process, signs, run

    def copy_of_run(self, name: str) -> Path:
        run = self.folder / f"run-{name}"
        for part in ("split", "train-base"):
            (run / part).mkdir(parents=True)
            for path in (self.run_ / part).iterdir():
                os.link(path, run / part / path.name)
        return run

    def ends_the_same(self, process: subprocess.Popen, run: Path) -> None:
        said, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(self.bytes_of(run), self.bytes)
        self.no_scratch(run)

    def test_a_killed_worker(self) -> None:
        with LocalCluster() as own:
            process, signs, run = self.begin_held("worker", own.url)
            wait_for(lambda: len(signs_of(signs)) >= 2, process)  # a task on each worker
            before = len(signs_of(signs))
            own.kill_worker()
            (signs / "go").touch()
            self.ends_the_same(process, run)
            # Each of the two tables takes three partitions: more starts than that were second attempts.
            self.assertGreater(len(signs_of(signs)), 6)
            self.assertGreaterEqual(before, 2)

    def test_a_killed_operator(self) -> None:
        process, signs, run = self.begin_held("operator", "local[2,4]")
        os.kill(signs_of(signs)[0], signal.SIGKILL)
        (signs / "go").touch()
        self.ends_the_same(process, run)
        self.assertGreater(len(signs_of(signs)), 6)

    def test_an_interrupted_run(self) -> None:
        process, signs, run = self.begin_held("interrupted", "local[2,4]")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE)
        (signs / "go").touch()
        self.assertEqual(process.returncode, 130, said)
        self.nothing_of(run, "build-features")

    def test_malformed_partitions(self) -> None:
        def nothing_rated(rows: list[dict]) -> None:
            rows[5]["rating"] = None

        def twice(rows: list[dict]) -> None:
            rows[6] |= {"user_id": rows[5]["user_id"], "item_id": rows[5]["item_id"]}

        for name, spoil, told in (
            ("null", nothing_rated, "column `rating`"),
            ("twice", twice, "stand here a second time"),
        ):
            run = self.copy_of_run(name)
            shutil.rmtree(run / "train-base")
            self.spoil(run, spoil)
            ended = cluster("train-base", "--config", self.config, "--artifacts", run)
            self.assertEqual(ended.code, 3, ended.stderr)
            self.assertIn(told, ended.stderr)
            self.assertIn("row ", ended.stderr)
            self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
            self.nothing_of(run, "train-base")

    def test_rows_of_a_user_apart(self) -> None:
        context = self.context()
        rows = [(1, 10, 4.0), (2, 10, 3.0), (1, 20, 5.0)]
        frame = session().createDataFrame(rows, "user_id long, item_id long, rating float").coalesce(1)
        with self.assertRaises(Exception) as raised:
            apply(context, frame, Call("co-ratings", program(context), None)).collect()
        told = _of_spark(raised.exception)
        self.assertEqual(told.code, 3)
        self.assertIn("row 2 of the stream: user 1 and item 20 stand behind user 2 and item 10", str(told))

    def test_no_rows(self) -> None:
        context = self.context()
        frame = session().createDataFrame([], "user_id long, item_id long, rating float").repartition(2)
        sums = apply(context, frame, Call("co-ratings", program(context), None))
        self.assertEqual((sums.columns, sums.collect()), (["item_id", "n", "co_ratings"], []))

    def context(self) -> Context:
        arguments = ["split", "--artifacts", str(self.folder / "none"), "--config", str(self.config), "--bin", str(BIN)]
        work = self.folder / f"work-{time.monotonic_ns()}"
        work.mkdir()
        return Context.begin(parse(arguments), session(), work)

    def spoil(self, run: Path, change) -> None:
        """Changes rows of the ratings, and what the manifest says of the file."""
        path = run / "split" / "ratings.parquet"
        table = pq.read_table(path)
        rows = table.to_pylist()
        change(rows)
        schema = pa.schema([field.with_nullable(True) for field in table.schema], table.schema.metadata)
        path.unlink()  # the file is shared with the other runs
        pq.write_table(pa.Table.from_pylist(rows, schema), path, compression="zstd")
        value = manifest(run, "split")
        record = next(record for record in value["outputs"] if record["path"] == "split/ratings.parquet")
        record |= {"sha256": sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        (run / "split" / "manifest.json").unlink()
        (run / "split" / "manifest.json").write_text(json.dumps(value))

    def nothing_of(self, run: Path, name: str) -> None:
        left = sorted(path.name for path in (run / name).iterdir()) if (run / name).exists() else []
        self.assertEqual(left, [])
        self.no_scratch(run)


def signs_of(signs: Path) -> list[int]:
    """The ids of the operators that have stood in the middle of a partition."""
    return sorted(int(path.name.removeprefix("at-")) for path in signs.glob("at-*"))


def wait_for(condition, process: subprocess.Popen) -> None:
    """Waits until `condition` holds while a process runs."""
    end_ = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.stdout.read()}")
        if time.monotonic() > end_:
            raise AssertionError(f"nothing happened in {PATIENCE} s")
        time.sleep(0.1)


def end(process: subprocess.Popen) -> None:
    """Ends a process that a failed test left."""
    if process.poll() is None:
        process.terminate()
        process.wait()
    process.stdout.close()


if __name__ == "__main__":
    unittest.main()
