"""One run of one stage: what it reads is checked, what it writes is recorded, and the manifest ends it."""

import os
import resource
import socket
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from podium_cluster import manifests, tables
from podium_cluster.arguments import Options
from podium_cluster.binaries import Binaries
from podium_cluster.errors import InputError
from podium_cluster.manifests import FileRecord, Manifest
from podium_cluster.stores import UNFINISHED, HadoopStore, LocalStore, Store, local_path
from podium_cluster.terminal import Terminal

SCRATCH = ".scratch-"


@dataclass
class Context:
    """What the stages of one session share."""

    options: Options
    spark: SparkSession
    binaries: Binaries
    work: Path
    """A folder of the driver's, gone when the session ends."""
    store: Store
    scratch: str
    """A folder in the run's, for tables on their way; gone when the session ends."""
    run_id: str
    shared: dict[str, Any] = field(default_factory=dict)
    """What a stage leaves to the next in memory, such as a round's files."""

    @classmethod
    def begin(cls, options: Options, spark: SparkSession, work: Path) -> "Context":
        """The context of a session on the run's folder."""
        is_local = local_path(options.artifacts) is not None
        as_one = options.tables == "one" or (options.tables is None and is_local)
        store = LocalStore(options.artifacts) if as_one else HadoopStore(options.artifacts, spark)
        _sweep(store)
        run_id = uuid.uuid4().hex[:8]
        scratch = f"{SCRATCH}{socket.gethostname()}-{os.getpid()}-{run_id}"
        return cls(options, spark, Binaries(options.bin), work, store, scratch, run_id)

    @property
    def partitions(self) -> int:
        """Partitions that were asked for, or two a core that is there now."""
        return self.options.partitions or 2 * self.spark.sparkContext.defaultParallelism

    def partitions_for(self, n_ratings: int) -> int:
        """Partitions of so many ratings: small enough for a task's memory, enough for all cores."""
        return self.options.partitions or max(
            2 * self.spark.sparkContext.defaultParallelism, -(-n_ratings // 2_000_000)
        )

    def end(self) -> None:
        """Removes what is on its way still."""
        self.spark.catalog.clearCache()
        self.store.remove(self.scratch)


def _sweep(store: Store) -> None:
    """Removes the scratch folders that killed sessions of this machine left."""
    if not isinstance(store, LocalStore) or not store.path.is_dir():
        return
    for folder in store.path.glob(f"{SCRATCH}*"):
        host, _, rest = folder.name.removeprefix(SCRATCH).rpartition("-")[0].rpartition("-")
        if host == socket.gethostname() and rest.isdigit() and not Path(f"/proc/{rest}").exists():
            store.remove(folder.name)


class Run:
    """A running stage."""

    def __init__(self, context: Context, stage: str) -> None:
        self.context = context
        self.stage = stage
        self.options = context.options
        self.spark = context.spark
        self.store = context.store
        self.binaries = context.binaries
        self.version = self.binaries.version()
        self.terminal = Terminal(stage, context.options.quiet, context.options.verbose)
        self.config = self.binaries.config(stage, context.options.config)
        self.upstream: dict[str, Manifest] = {}
        self.inputs: list[FileRecord] = []
        self.outputs: list[FileRecord] = []
        self.counts: dict[str, Any] = {}
        self.dataset, self.preset, self.synthetic = "", "", False
        self._started = time.monotonic()
        self._task_seconds = self._all_task_seconds()
        self._opened = False

    def require(self, *stages: str) -> None:
        """Reads the manifests of earlier stages, in running order, and checks that each was made from what stands
        there now."""
        for stage in stages:
            manifest = manifests.read(self.store, stage, self.version)
            for earlier in self.upstream.values():
                manifest.check_made_from(earlier)
            if not self.upstream:
                self.dataset, self.preset, self.synthetic = manifest.dataset, manifest.preset, manifest.synthetic
            self.upstream[stage] = manifest

    def has(self, path: str) -> bool:
        """Whether the stage that writes `path` has written it."""
        return self.upstream[path.split("/")[0]].has(path)

    def check(self, path: str) -> list[FileRecord]:
        """That a file, or the parts of a table, are those that the manifest of their stage lists; records them as
        read."""
        stage = path.split("/")[0]
        manifest = self.upstream[stage]
        whole = manifest.output(path)
        records = [whole] if whole is not None else manifest.parts(path)
        shown, remedy = self.store.shown(path), f"run `make {stage}`, or {stage} on the cluster"
        if not records:
            raise InputError(f"{shown} is corrupt: the manifest of {stage} does not list it; {remedy}")
        if not self.store.exists(path):
            raise InputError(f"{shown} is missing; {remedy}")
        if whole is None and [(f"{path}/{name}", size) for name, size in self.store.list(path)] != [
            (record.path, record.bytes) for record in records
        ]:
            raise InputError(f"{shown} is corrupt: its parts are not those that its manifest lists; {remedy}")
        # Hashing what lies on an object store would read all of it twice: there the names and sizes decide.
        if local_path(self.store.root) is not None:
            for record in records:
                if self.store.sha256(record.path)[0] != record.sha256:
                    raise InputError(
                        f"{self.store.shown(record.path)} is corrupt: "
                        f"its bytes are not those that its manifest lists; {remedy}"
                    )
        self.inputs.extend(records)
        return records

    def read_table(self, path: str) -> DataFrame:
        """A table of an earlier stage."""
        self.check(path)
        return self.spark.read.parquet(self.store.url(path))

    def fetch(self, path: str, local: Path) -> Path:
        """A file of an earlier stage on the driver's own disk."""
        self.check(path)
        self.store.get(path, local)
        return local

    def write_table(self, path: str, rows: DataFrame) -> int:
        """Writes a table whose partitions are in order, and says how many rows it has."""
        self.open()
        records = tables.write(self, path, rows)
        self.outputs.extend(records)
        return sum(record.rows or 0 for record in records)

    def put(self, path: str, local: Path, rows: int | None = None) -> None:
        """Copies a file of the driver to its place in the run's folder."""
        self.open()
        self.store.put(path, local)
        self.outputs.append(FileRecord(path, *self.store.sha256(path), rows))

    def adopt(self, record: FileRecord, local: Path) -> None:
        """Copies a file that a program of the driver wrote to its place, as it was recorded."""
        self.open()
        self.store.put(record.path, local)
        self.outputs.append(record)

    def remove_stale(self, path: str) -> None:
        """Removes what an earlier run may have left and this one does not write."""
        self.open()
        self.store.remove(path)

    def metadata(self, path: str) -> dict[str, str]:
        """What a table's file says of itself."""
        return {
            "podium.schema": tables.SCHEMAS[path],
            "podium.version": self.version,
            "podium.stage": self.stage,
            "podium.dataset": self.dataset,
            "podium.preset": self.preset,
            "podium.synthetic": "true" if self.synthetic else "false",
        }

    def open(self) -> None:
        """Before the first write: the old manifest goes, and what a killed run left unfinished."""
        if self._opened:
            return
        self._opened = True
        self.store.remove(manifests.path_of(self.stage))
        for name, _ in self.store.list(self.stage):
            if name.startswith(UNFINISHED):
                self.store.remove(f"{self.stage}/{name}")

    def finish(self, read: str, wrote: str) -> None:
        """Writes the manifest, and says what was done."""
        self.open()
        timings = self._timings()
        engine = {"name": "spark", "version": self.spark.version, "master": self.spark.sparkContext.master}
        manifest = Manifest(
            self.stage, self.version, self.dataset, self.synthetic, self.preset, self.options.seed, self.config,
            self.inputs, self.outputs, self.counts, timings, engine=engine,
        )  # fmt: skip
        self.store.write(manifests.path_of(self.stage), manifest.to_bytes())
        self.terminal.say(
            f"read {read}; wrote {wrote} in {timings['wall_seconds']:.2f} s on {self.spark.sparkContext.master}"
        )

    def _timings(self) -> dict[str, Any]:
        """`cpu_seconds` is the time of all tasks and of the driver's Python; the memory is that of the driver's
        Python."""
        own = resource.getrusage(resource.RUSAGE_SELF)
        unit = 1 if sys.platform == "darwin" else 1024
        return {
            "wall_seconds": time.monotonic() - self._started,
            "cpu_seconds": self._all_task_seconds() - self._task_seconds,
            "peak_memory_bytes": own.ru_maxrss * unit,
            "threads": self.spark.sparkContext.defaultParallelism,
        }

    def _all_task_seconds(self) -> float:
        executors = self.spark.sparkContext._jsc.sc().statusStore().executorList(False)
        milliseconds = [executors.apply(at).totalDuration() for at in range(executors.size())]
        own = resource.getrusage(resource.RUSAGE_SELF)
        return sum(milliseconds) / 1000 + own.ru_utime + own.ru_stime
