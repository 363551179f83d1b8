"""The command line."""

import argparse
from dataclasses import dataclass

from podium_cluster.manifests import STAGES

CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, "
    "3 an input artifact is missing, corrupt or of another version."
)


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    command: str
    master: str | None
    data: str | None
    artifacts: str
    config: str
    seed: int
    bin: str
    partitions: int | None
    tables: str | None
    dataset: str | None
    preset: str | None
    work: str | None
    conf: tuple[tuple[str, str], ...]
    quiet: bool
    verbose: bool
    source: str | None = None
    target: str | None = None
    max_users: int | None = None
    statistics_users: int = 200_000


def parse(argv: list[str]) -> Options:
    """The options in `argv`; exits with code 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="podium_cluster", description="Podium's stages on a Spark cluster", epilog=CODES
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, about in [
        ("all", "every stage but recommend, one after the other in one session"),
        *((stage, f"the stage {stage}") for stage in STAGES),
    ]:
        _stage_flags(commands.add_parser(name, help=about, description=about, epilog=CODES))
    about = "makes a one-machine run's folder of a run whose tables are parts"
    gather = commands.add_parser("gather", help=about, description=about, epilog=CODES)
    gather.add_argument("--from", dest="source", required=True, metavar="URL", help="the run's folder with parts")
    gather.add_argument("--to", dest="target", required=True, metavar="DIR", help="the folder to make")
    gather.add_argument(
        "--max-users", type=_positive, metavar="N", help="only so many users, drawn by a hash of seed and user"
    )
    _common_flags(gather)
    values = vars(parser.parse_args(argv))
    defaults = {"data": None, "artifacts": "", "config": "", "tables": None, "dataset": None, "preset": None}
    return Options(**(defaults | values | {"conf": tuple(values["conf"])}))


def _stage_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--data",
        metavar="DIR",
        help="split: a folder with ratings.csv, movies.csv and tags.csv; any URL that Spark reads",
    )
    add("--artifacts", required=True, metavar="DIR", help="the folder of this run; any URL that Spark reads and writes")
    add("--config", required=True, metavar="DIR", help="a folder of configuration files, for example config/cluster")
    add(
        "--dataset",
        metavar="NAME",
        help="split: the data set's name in all artifacts; without it the name of its folder",
    )
    add(
        "--preset",
        metavar="NAME",
        help="split: the preset's name in all artifacts; without it the name of the run's folder",
    )
    add(
        "--tables",
        choices=["one", "parts"],
        help="one: each table one Parquet file, as the stages of one machine write it; parts: a folder of files "
        "(without the flag: one where the driver sees the run's folder)",
    )
    add(
        "--statistics-users",
        type=_positive,
        default=200_000,
        metavar="N",
        help="evaluate: users that intervals, comparisons and the page are made of at most, on the driver (200000)",
    )
    _common_flags(parser)


def _common_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--master",
        metavar="URL",
        help="the Spark master: spark://host:7077, local[2,4], yarn, k8s://...; spark-submit gives its own",
    )
    add("--bin", required=True, metavar="DIR", help="the folder of Podium's binaries, for example target/release")
    add("--seed", type=_seed, default=42, metavar="N", help="the seed of all random draws (42)")
    add("--partitions", type=_positive, metavar="N", help="partitions of the ratings (by their number and the cores)")
    add("--work", metavar="DIR", help="where the driver keeps a round's models (the system's temporary folder)")
    add("--conf", type=_setting, action="append", default=[], metavar="KEY=VALUE", help="a setting of Spark")
    add("--quiet", action="store_true", help="print nothing but warnings and errors")
    add("--verbose", action="store_true", help="Spark's own messages too, and stack traces")


def _positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000_000:
        raise argparse.ArgumentTypeError("expected a whole number from 1 to 1000000000")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 1 << 64:
        raise argparse.ArgumentTypeError("expected a whole number from 0 to 18446744073709551615")
    return int(text)


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError("expected KEY=VALUE")
    return key, value
