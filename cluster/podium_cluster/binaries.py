"""Podium's binaries on the driver: the effective configuration, the version, the operator's commands of the driver."""

import contextlib
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from podium_cluster.errors import FAILED, INPUT, USAGE, InputError, StageError, UsageError


class Binaries:
    """The folder of the binaries."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        """The program called `name`."""
        path = self.folder / name
        if not path.is_file():
            raise UsageError(f"--bin {self.folder}: no program {name} in it; `make build` builds it")
        return path.absolute()

    def version(self) -> str:
        """Podium's version, as the stages put it into their manifests."""
        return self._output("split", "--version").split()[-1]

    def config(self, stage: str, folder: str) -> dict[str, Any]:
        """The effective configuration of `stage` with its file in `folder`: as the stage itself reads it."""
        file = Path(folder) / f"{stage}.toml"
        if not file.is_file():
            raise UsageError(f"{file}: no such file; --config takes a folder with one file a stage")
        data = ["--data", folder] if stage == "split" else []  # a flag that it does not do without
        return json.loads(self._output(stage, "--print-config", "--config", str(file), *data))

    def run_stage(self, stage: str, *arguments: str) -> None:
        """Runs a stage of one machine; what it prints goes to the terminal."""
        code = subprocess.run([self.path(stage), *arguments], check=False).returncode
        if code != 0:
            kind = {USAGE: UsageError, INPUT: InputError}.get(code, StageError)
            raise kind(f"{stage} of one machine ended with exit code {code}")

    def operate(self, *arguments: str, batches: Iterable[pa.RecordBatch] | None = None) -> bytes:
        """Runs a command of the operator on the driver, `batches` on its stdin, and gives its stdout."""
        command = [str(self.path("operator")), *arguments]
        stdin = subprocess.DEVNULL if batches is None else subprocess.PIPE
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            if batches is not None:
                _feed(process.stdin, batches)
            stdout, stderr = process.communicate()
        except BaseException:
            # What made the rows has failed, which is what is told: not that the pipe broke then.
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()
            raise
        if process.returncode != 0:
            raise told(arguments[0], process.returncode, stderr.decode(errors="replace"))
        return stdout

    def _output(self, name: str, *arguments: str) -> str:
        result = subprocess.run([self.path(name), *arguments], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            message = result.stderr.strip().removeprefix(f"{name}: error: ") or f"exit code {result.returncode}"
            raise UsageError(f"{name}: {message}") if result.returncode == USAGE else StageError(f"{name}: {message}")
        return result.stdout


def _feed(stdin: BinaryIO, batches: Iterable[pa.RecordBatch]) -> None:
    """Writes `batches` as an Arrow stream; a program that has ended says why by its exit code."""
    writer = None
    try:
        for batch in batches:
            writer = writer or pa.ipc.new_stream(stdin, batch.schema)
            writer.write_batch(batch)
        if writer is not None:
            writer.close()
        stdin.flush()
    except BrokenPipeError:
        pass


def told(command: str, code: int, stderr: str) -> StageError:
    """The error that the operator's exit code and messages stand for."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    errors = [line.partition("error: ")[2] for line in lines if line.startswith(("operator: error: ", "error: "))]
    message = (errors or lines or [ended(code)])[-1]
    kind = {FAILED: StageError, USAGE: UsageError, INPUT: InputError}.get(code, StageError)
    return kind(f"operator {command}: {message}")


def ended(code: int) -> str:
    """How a process ended, in words."""
    return f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
