"""From the command line to an exit code: the session, the stages one after the other, and how a failure is told."""

import importlib
import re
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from podium_cluster.arguments import Options, parse
from podium_cluster.errors import StageError
from podium_cluster.manifests import STAGES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

INTERRUPTED = 130
MODULES = {stage: stage.replace("-", "_") for stage in STAGES}
ALL = [stage for stage in STAGES if stage != "recommend"]


def main(argv: list[str], spark: "SparkSession | None" = None) -> int:
    """Runs what `argv` asks for and gives the exit code; `spark` is a session that is there already and goes on."""
    options = parse(argv)
    # A kill that can be caught ends as Ctrl-C does: scratch goes, and so does the session.
    if spark is None:
        signal.signal(signal.SIGTERM, _interrupt)
    current = [options.command]
    try:
        _work(options, current, spark)
    except StageError as error:
        return _tell(current[0], str(error), error.code, options)
    except KeyboardInterrupt:
        return _tell(current[0], "interrupted", INTERRUPTED, options)
    except Exception as error:
        told = _of_spark(error)
        return _tell(current[0], str(told), told.code, options)
    return 0


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _work(options: Options, current: list[str], given: "SparkSession | None") -> None:
    from podium_cluster import gather, session
    from podium_cluster.run import Context

    if options.work is not None:
        Path(options.work).mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="podium-cluster-", dir=options.work))
    try:
        spark = given or session.start(options, work)
        try:
            session.fit(spark, options)
            if options.command == "gather":
                gather.run(options, spark)
                return
            context = Context.begin(options, spark, work)
            try:
                for stage in ALL if options.command == "all" else [options.command]:
                    current[0] = stage
                    importlib.import_module(f"podium_cluster.{MODULES[stage]}").run(context)
            finally:
                context.end()
        finally:
            if given is None:
                spark.stop()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _tell(name: str, message: str, code: int, options: Options) -> int:
    if options.verbose:
        traceback.print_exc()
    sys.stderr.write(f"{name}: error: {message}\n")
    return code


def _of_spark(error: Exception) -> StageError:
    """The one line that tells most of what came out of Spark."""
    from podium_cluster import binaries, stream

    text = str(error)
    failed = stream.failure_in(text)
    if failed is not None:
        return binaries.told(failed["command"], failed["code"], failed["stderr"])
    told = re.search(r"\[USER_RAISED_EXCEPTION\] (.*?)(?: SQLSTATE|\n|$)", text)
    if told:
        return StageError(told.group(1))
    causes = re.findall(r"^Caused by: (?:[\w.$]+: )?(.+)$", text, re.MULTILINE)
    lines = [line.strip() for line in (causes[-1:] or text.splitlines()) if line.strip()]
    line = lines[0] if lines else type(error).__name__
    return StageError(f"{line} (--verbose shows where)")
