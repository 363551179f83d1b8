"""What is said on stderr: one line a stage, warnings, and a line of progress where someone looks on."""

import sys
import time


def grouped(number: int) -> str:
    """`100,836`."""
    return f"{number:,}"


class Terminal:
    """The lines of one stage."""

    def __init__(self, stage: str, quiet: bool, verbose: bool = False) -> None:
        self.stage = stage
        self.quiet = quiet
        self.verbose = verbose
        self._started = time.monotonic()
        self._is_tty = sys.stderr.isatty() and not quiet

    def say(self, message: str) -> None:
        """A line that --quiet leaves out."""
        if not self.quiet:
            self._write(f"{self.stage}: {message}\n")

    def warn(self, message: str) -> None:
        """A warning, shown even with --quiet."""
        self._write(f"{self.stage}: warning: {message}\n")

    def step(self, what: str) -> None:
        """What is being done now: on a terminal, where the next step takes its place, and with --verbose."""
        if self._is_tty or self.verbose:
            end = "\n" if self.verbose else ""
            self._write(f"{self.stage}: {time.monotonic() - self._started:.1f} s, {what}{end}")

    def _write(self, text: str) -> None:
        clear = "\r\x1b[K" if self._is_tty else ""
        sys.stderr.write(clear + text)
        sys.stderr.flush()
