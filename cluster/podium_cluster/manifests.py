"""The manifest that ends every stage's folder: read, checked and written as the Rust stages do."""

import json
from dataclasses import dataclass, field
from typing import Any

from podium_cluster.errors import InputError
from podium_cluster.stores import Store

STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate", "recommend"]


@dataclass
class FileRecord:
    """A file that a stage read or wrote: its path below the run's folder, or a raw file's name."""

    path: str
    sha256: str
    bytes: int
    rows: int | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """Keys that this package does not know."""

    @classmethod
    def of_json(cls, record: dict[str, Any]) -> "FileRecord":
        more = {key: value for key, value in record.items() if key not in ("path", "sha256", "bytes", "rows")}
        return cls(record["path"], record["sha256"], record["bytes"], record.get("rows"), more)

    def to_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {"path": self.path, "sha256": self.sha256, "bytes": self.bytes}
        return (record if self.rows is None else record | {"rows": self.rows}) | self.more


@dataclass
class Manifest:
    """What was run, on what, and what came of it; keys that this package does not know are kept in `rest`."""

    stage: str
    version: str
    dataset: str
    synthetic: bool
    preset: str
    seed: int
    config: dict[str, Any]
    inputs: list[FileRecord]
    outputs: list[FileRecord]
    counts: dict[str, Any]
    timings: dict[str, Any]
    built_for: str = ""
    engine: dict[str, Any] | None = None
    rest: dict[str, Any] = field(default_factory=dict)

    def output(self, path: str) -> FileRecord | None:
        """The record of the output at `path` below the run's folder."""
        return next((record for record in self.outputs if record.path == path), None)

    def parts(self, path: str) -> list[FileRecord]:
        """The records of a table that was written as parts: `path` is its folder."""
        return [record for record in self.outputs if record.path.startswith(f"{path}/")]

    def has(self, path: str) -> bool:
        """Whether the stage wrote this file, or this table as parts."""
        return self.output(path) is not None or bool(self.parts(path))

    def check_made_from(self, earlier: "Manifest") -> None:
        """That what this stage read of `earlier` is what stands there now."""
        for used in self.inputs:
            now = earlier.output(used.path)
            if now is not None and now.sha256 != used.sha256:
                raise InputError(
                    f"{self.stage} was made from another {used.path} than the one that stands now; "
                    f"run `make {self.stage}`"
                )

    def to_bytes(self) -> bytes:
        value: dict[str, Any] = {"stage": self.stage, "version": self.version}
        if self.built_for:
            value["built_for"] = self.built_for
        value |= {"dataset": self.dataset, "synthetic": self.synthetic, "preset": self.preset, "seed": self.seed}
        value["config"] = self.config
        value["inputs"] = [record.to_json() for record in self.inputs]
        value["outputs"] = [record.to_json() for record in self.outputs]
        value |= {"counts": self.counts, "timings": self.timings}
        if self.engine:
            value["engine"] = self.engine
        return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def path_of(stage: str) -> str:
    """The place of a stage's manifest below the run's folder."""
    return f"{stage}/manifest.json"


def read(store: Store, stage: str, version: str) -> Manifest:
    """The manifest of `stage`, which is of this version."""
    shown = store.shown(path_of(stage))
    try:
        value = json.loads(store.read(path_of(stage)))
        records = {key: [FileRecord.of_json(record) for record in value.pop(key)] for key in ("inputs", "outputs")}
        known = {key: value.pop(key) for key in list(value) if key in Manifest.__dataclass_fields__}
        manifest = Manifest(**known, **records, rest=value)
    except FileNotFoundError:
        raise InputError(f"{shown} is missing; run `make {stage}`, or {stage} on the cluster") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{shown} is corrupt: {error}; run `make {stage}`, or {stage} on the cluster") from None
    if (manifest.stage, manifest.version) != (stage, version):
        raise InputError(
            f"{shown} holds the manifest of {manifest.stage} {manifest.version}, expected that of {stage} {version}; "
            f"run `make {stage}`, or {stage} on the cluster"
        )
    return manifest
