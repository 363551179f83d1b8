"""Stands in for the operator: the same program, held in the middle of a partition until a test lets it go on.

Written into a folder of binaries by `test_faults`, with the paths of the program and of the folder of signs before it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path


def main(program: str, signs: Path, command: str) -> int:
    """Hands half of the input on, leaves a sign with this process's id, waits for `go`, hands on the rest."""
    if sys.argv[1] != command or "--round" not in sys.argv or Path(sys.argv[0]).parent == signs.parent / "bin":
        os.execv(program, [program, *sys.argv[1:]])  # the driver's own calls, and other commands
    data = sys.stdin.buffer.read()
    with subprocess.Popen([program, *sys.argv[1:]], stdin=subprocess.PIPE) as process:
        process.stdin.write(data[: len(data) // 2])
        process.stdin.flush()
        (signs / f"at-{os.getpid()}").touch()
        for _ in range(1200):
            if (signs / "go").exists():
                break
            time.sleep(0.1)
        process.stdin.write(data[len(data) // 2 :])
        process.stdin.close()
        return process.wait()
