#!/usr/bin/env python3
"""Times the five release binaries of a preset, one after the other, as whole processes.

    make build && bench/pipeline/measure.py --data DIR [--preset notebook] [--runs 9] [--cold]

Needs nothing but Python's standard library. Each run starts in an empty artifacts folder. Prints the wall time and the peak
memory of each stage and of all five together: median, minimum and maximum. With --cold the system's file cache is emptied
before each run (Linux, as root).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate"]
ROOT = Path(__file__).resolve().parents[2]


def run_stage(command):
    """Runs one process; returns its wall seconds and its peak resident memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed with exit code {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss * 1024 / 1e6


def run_all(args, binaries):
    folder = tempfile.mkdtemp(prefix="podium-bench-")
    try:
        if args.cold:
            os.sync()
            Path("/proc/sys/vm/drop_caches").write_text("3\n")
        results = []
        for stage in STAGES:
            config = ROOT / "config" / args.preset / f"{stage}.toml"
            command = [binaries / stage, "--quiet", "--config", config, "--artifacts", folder, "--threads", str(args.threads)]
            if stage == "split":
                command += ["--data", args.data, "--dataset", "bench", "--preset", args.preset]
            results.append(run_stage([str(part) for part in command]))
        return results
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--preset", default="notebook")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--binaries", type=Path, default=ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release")
    args = parser.parse_args()

    if not args.cold:
        run_all(args, args.binaries)  # warm the file cache
    runs = [run_all(args, args.binaries) for _ in range(args.runs)]

    print(f"{args.preset}, {args.runs} {'cold' if args.cold else 'warm'} runs, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'stage':<16}{'median s':>10}{'min s':>10}{'max s':>10}{'peak MB':>10}")
    for at, stage in enumerate(STAGES):
        show(stage, [run[at][0] for run in runs], max(run[at][1] for run in runs))
    show("together", [sum(wall for wall, _ in run) for run in runs], max(peak for run in runs for _, peak in run))


def show(name, seconds, peak):
    print(f"{name:<16}{statistics.median(seconds):>10.3f}{min(seconds):>10.3f}{max(seconds):>10.3f}{peak:>10.0f}")


if __name__ == "__main__":
    main()
