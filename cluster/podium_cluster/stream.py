"""The operator inside a Spark task: Arrow batches on its stdin, Arrow batches from its stdout.

A thread feeds the input while the task takes the output; the pipes are the backpressure. Whatever goes wrong, the
task fails with the operator's own message and Spark tries it again.
"""

import contextlib
import ctypes
import json
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MARK = "podium-operator-failed"
_MARKED = re.compile(MARK + r" (\{.*?\}) " + MARK)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Call:
    """A command of the operator: its arguments, and under which names Spark has the program and its files."""

    command: str
    program: str
    prefix: str | None
    arguments: tuple[str, ...] = ()


class OperatorFailed(Exception):
    """Carries the operator's message through Spark's layers of stack traces."""

    def __init__(self, command: str, code: int, stderr: str) -> None:
        told = {"command": command, "code": code, "stderr": stderr[-4000:]}
        super().__init__(f"{MARK} {json.dumps(told)} {MARK}")


def failure_in(text: str) -> dict[str, Any] | None:
    """What an `OperatorFailed` somewhere in `text` tells."""
    found = _MARKED.search(text)
    return json.loads(found.group(1)) if found else None


def operate(call: Call) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for mapInArrow that runs `call` on a partition."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        first = next(batches, None)
        if first is None:
            return
        with tempfile.TemporaryFile() as messages:
            process = subprocess.Popen(
                _command(call),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                preexec_fn=_die_with_parent,
            )
            feeder = Feeder(process, first, batches)
            feeder.start()
            try:
                yield from pa.ipc.open_stream(process.stdout)
                is_whole = True
            except (pa.ArrowInvalid, OSError):
                is_whole = False  # cut off: the exit code says why
            except BaseException:
                process.kill()
                process.wait()
                raise
            feeder.join()
            code = process.wait()
            if feeder.error is not None:
                raise feeder.error
            if code != 0 or not is_whole:
                messages.seek(0)
                raise OperatorFailed(call.command, code, messages.read().decode(errors="replace"))

    return run


class Feeder(threading.Thread):
    """Writes the input to the operator's stdin."""

    def __init__(self, process: subprocess.Popen, first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> None:
        super().__init__(daemon=True)
        self._process, self._first, self._rest = process, first, rest
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with pa.ipc.new_stream(self._process.stdin, self._first.schema) as writer:
                writer.write_batch(self._first)
                for batch in self._rest:
                    writer.write_batch(batch)
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # the operator has ended: its exit code says why
        except BaseException as error:
            # The rows before this one did not come: the operator must not take what it has for the whole.
            self.error = error
            self._process.kill()


def _command(call: Call) -> list[str]:
    from pyspark import SparkFiles

    command = [SparkFiles.get(call.program), call.command, *call.arguments]
    return command if call.prefix is None else [*command, "--round", SparkFiles.get(call.prefix)]


def _die_with_parent() -> None:
    """The kernel kills the operator where the task's process is killed (Linux; elsewhere the closed pipes end it)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
