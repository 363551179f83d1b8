"""The catalogue and the tags: small files, read by the same reader as on one machine, on the driver."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from podium_cluster.run import Run
from podium_cluster.stores import Store


def write_catalogue(stage: Run, data: Store, movies: str | None, tags: str | None, rated: pa.Array) -> dict[str, int]:
    """Writes items.parquet and, where there are tags, tags.parquet; gives `items`, `tags` and `skipped_rows`."""
    folder = stage.context.work / "raw"
    folder.mkdir(exist_ok=True)
    prefix = folder / "out-"
    command = ["catalogue", "--out", str(prefix), "--dataset", stage.dataset, "--preset", stage.preset]
    if stage.synthetic:
        command.append("--synthetic")
    if stage.config["skip_bad_rows"]:
        command.append("--skip-bad-rows")
    for flag, key in (("--user-column", "user_column"), ("--item-column", "item_column")):
        if stage.config[key]:
            command += [flag, stage.config[key]]
    for flag, file in (("--movies", movies), ("--tags", tags)):
        if file is not None:
            command += [flag, str(_on_driver(data, file, folder))]
    ids = pa.record_batch([rated], schema=pa.schema([pa.field("item_id", pa.int64(), nullable=False)]))
    written = json.loads(stage.binaries.operate(*command, batches=[ids]))
    for name in ("items", "tags"):
        local, path = Path(f"{prefix}{name}.parquet"), f"split/{name}.parquet"
        if local.exists():
            stage.put(path, local, pq.read_metadata(local).num_rows)
        else:
            stage.remove_stale(path)
    return written


def _on_driver(data: Store, file: str, folder: Path) -> Path:
    """The file itself where the driver sees it, a copy of it where not: messages name the file."""
    path = getattr(data, "path", None)
    if path is not None:
        return path / file
    data.get(file, folder / file)
    return folder / file
