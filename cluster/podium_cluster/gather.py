"""`gather`: a one-machine run's folder of a run whose tables are parts, whole or of some users."""

import dataclasses
import hashlib
import heapq
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from podium_cluster import manifests, tables
from podium_cluster.arguments import Options
from podium_cluster.binaries import Binaries
from podium_cluster.errors import InputError
from podium_cluster.manifests import FileRecord, Manifest
from podium_cluster.stores import HadoopStore, LocalStore, Store
from podium_cluster.terminal import Terminal, grouped

_WITH_USERS = ("build-features/meta_train.parquet", "split/ratings.parquet")
"""Tables that users are drawn of, the first that is there; where a stage is to measure, those of the test rows."""
TEST = "build-features/test.parquet"


def run(options: Options, spark: SparkSession) -> None:
    """The whole command."""
    source, target = HadoopStore(options.source, spark), LocalStore(options.target)
    version = Binaries(options.bin).version()
    there = [stage for stage in manifests.STAGES if source.exists(manifests.path_of(stage))]
    if not there:
        raise InputError(f"{options.source}: no stage has finished there; give the folder of a run")
    n_files = gather(source, target, there, options.seed, options.max_users, version)
    Terminal("gather", options.quiet).say(
        f"read {', '.join(there)} of {options.source}; wrote {grouped(n_files)} files below {options.target}"
    )


def gather(
    source: Store,
    target: LocalStore,
    stages: list[str],
    seed: int,
    max_users: int | None,
    version: str,
    drawn_of: tuple[str, ...] = _WITH_USERS,
) -> int:
    """Copies `stages`, their tables as one file each, those of at most `max_users` users of the first table of
    `drawn_of` that is there. Gives the number of files."""
    read = {stage: manifests.read(source, stage, version) for stage in stages}
    users = None if max_users is None else _some_users(source, read, seed, max_users, drawn_of)
    made: dict[str, FileRecord] = {}
    for stage, manifest in read.items():
        target.remove(manifests.path_of(stage))
        outputs = []
        for path, parts in _files(manifest).items():
            record = _gather_file(source, target, manifest, path, parts, users)
            made[path] = record
            outputs.append(record)
        target.write(manifests.path_of(stage), _of_one_machine(manifest, outputs, made).to_bytes())
    return len(made)


def _files(manifest: Manifest) -> dict[str, list[FileRecord]]:
    """The stage's files; those of a table that is parts under the table's path."""
    files: dict[str, list[FileRecord]] = {}
    for record in manifest.outputs:
        files.setdefault(_whole(record.path), []).append(record)
    return files


def _whole(path: str) -> str:
    """The path of the table that a part is of, or the path itself."""
    table, is_part, _ = path.partition(".parquet/")
    return f"{table}.parquet" if is_part else path


def _gather_file(
    source: Store, target: LocalStore, manifest: Manifest, path: str, parts: list[FileRecord], users: pa.Array | None
) -> FileRecord:
    local = target.temporary(path)
    try:
        rows = None
        if path.endswith(".parquet") and path in tables.SCHEMAS:
            rows = _write_table(source, local, manifest, path, parts, users)
        else:
            source.get(path, local)
        target.finish(local, path)
    finally:
        local.unlink(missing_ok=True)
    if rows is None:
        return parts[0]
    return FileRecord(path, *target.sha256(path), rows)


def _write_table(
    source: Store, local: Path, manifest: Manifest, path: str, parts: list[FileRecord], users: pa.Array | None
) -> int:
    metadata = {
        "podium.schema": tables.SCHEMAS[path], "podium.version": manifest.version, "podium.stage": manifest.stage,
        "podium.dataset": manifest.dataset, "podium.preset": manifest.preset,
        "podium.synthetic": "true" if manifest.synthetic else "false",
    }  # fmt: skip
    part = local.with_suffix(".part")
    try:
        source.get(parts[0].path, part)
        schema = tables.as_stored(path, pq.read_schema(part))
        return tables.write_batches(local, _rows(source, parts, part, users), metadata, schema)
    finally:
        part.unlink(missing_ok=True)


def _rows(source: Store, parts: list[FileRecord], local: Path, users: pa.Array | None) -> Iterator[pa.RecordBatch]:
    for record in parts:
        source.get(record.path, local)
        for batch in tables.batches_of([local]):
            if users is None or "user_id" not in batch.schema.names:
                yield batch
            else:
                yield batch.filter(pc.is_in(batch.column("user_id"), users))


def _some_users(
    source: Store, read: dict[str, Manifest], seed: int, max_users: int, drawn_of: tuple[str, ...]
) -> pa.Array:
    """The users of the smallest hashes of seed and user."""
    path = next((path for path in drawn_of if path.split("/")[0] in read), None)
    if path is None:
        raise InputError(f"--max-users: neither {' nor '.join(drawn_of)} is there to draw users of")
    users: set[int] = set()
    parts = _files(read[path.split("/")[0]])[path]
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "part.parquet"
        for record in parts:
            source.get(record.path, local)
            with pq.ParquetFile(local) as file:
                for batch in file.iter_batches(columns=["user_id"]):
                    users.update(pc.unique(batch.column(0)).to_pylist())

    def drawn(user: int) -> bytes:
        return hashlib.sha256(f"podium/gather/{seed}/{user}".encode()).digest()

    return pa.array(sorted(heapq.nsmallest(max_users, users, key=drawn)), pa.int64())


def _of_one_machine(manifest: Manifest, outputs: list[FileRecord], made: dict[str, FileRecord]) -> Manifest:
    """The manifest with the files as they are now, so that later stages find what theirs lists."""
    inputs: dict[str, FileRecord] = {}
    for record in manifest.inputs:
        path = _whole(record.path)
        inputs[path] = made.get(path, record)
    return dataclasses.replace(manifest, inputs=list(inputs.values()), outputs=outputs)
