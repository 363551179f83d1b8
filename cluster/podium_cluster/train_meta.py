"""Stage 4, `train-meta`: fits the meta-models on the driver, with the program of one machine.

They need thousands of users, not all: `max_rows` in train-meta.toml bounds the rows that it takes, those of whole
users drawn by chance.
"""

from pathlib import Path

from podium_cluster import gather, manifests
from podium_cluster.run import Context, Run
from podium_cluster.stores import LocalStore

MAX_USERS = 100_000
"""Users whose rows are brought to the driver where it does not see the run's folder."""


def run(context: Context) -> None:
    """The whole stage."""
    store, options = context.store, context.options
    if isinstance(store, LocalStore):
        _fit(context, store.path)
        return
    stage = Run(context, "train-meta")
    stage.require("build-features")
    folder = context.work / "sample"
    gather.gather(store, LocalStore(str(folder)), ["build-features"], options.seed, MAX_USERS, stage.version)
    _fit(context, folder)
    store.remove(manifests.path_of("train-meta"))
    local = LocalStore(str(folder))
    names = [name for name, _ in local.list("train-meta") if name != "manifest.json"]
    for name in names:
        store.put(f"train-meta/{name}", folder / "train-meta" / name)
    store.write(manifests.path_of("train-meta"), local.read(manifests.path_of("train-meta")))


def _fit(context: Context, folder: Path) -> None:
    options = context.options
    quiet = ["--quiet"] if options.quiet else []
    config = str(Path(options.config) / "train-meta.toml")
    context.binaries.run_stage(
        "train-meta", "--config", config, "--artifacts", str(folder), "--seed", str(options.seed), *quiet
    )
