#!/usr/bin/env python3
"""Runs the release binaries of a preset on a data set, up to the report, one after the other, as whole processes in an empty artifacts folder.

    pipeline.py --data DIR --bin target/release [--preset notebook] [--scratch DIR] [--threads 2] [--cold]
                [--assignments FILE] [--max-memory 4GiB] [--per-million] [--quality gbstack_ndcg@10 ...] [--recommend]

Prints one JSON object: wall seconds and peak memory (MiB) of each stage and of all five up to the report, and what was asked for: seconds per million
ratings, qualities, the lists of all users (`recommend`, not among "all"). With --cold the system's file cache is emptied first (Linux, as root). Needs nothing but Python's standard library.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate"]
ROOT = Path(__file__).resolve().parents[2]


def run_stage(command):
    """Runs one process; returns its wall seconds and its peak resident memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"pipeline: {command[0]} failed with exit code {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def ratings_of(artifacts):
    """How many ratings the split stage wrote."""
    outputs = json.loads((artifacts / "split" / "manifest.json").read_text())["outputs"]
    return next(output["rows"] for output in outputs if output["path"].endswith("ratings.parquet"))


def qualities(artifacts, wanted):
    """From metrics.json the wanted `<model>_<metric>[@<k>]`, in lower case, of the rated test items of all users."""
    found = {}
    for row in json.loads((artifacts / "evaluate" / "metrics.json").read_text())["metrics"]:
        if row["protocol"] == "rated" and row["segment"] == "all":
            name = f"{row['model']}_{row['metric']}".lower() + (f"@{row['k']}" if row["k"] else "")
            found[name] = row["value"]
    return {name: found[name] for name in wanted}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--preset", default="notebook")
    parser.add_argument("--scratch", type=Path, help="where the artifacts folder is made, and removed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--assignments", type=Path)
    parser.add_argument("--max-memory")
    parser.add_argument("--per-million", action="store_true")
    parser.add_argument("--quality", nargs="+", default=[])
    parser.add_argument("--recommend", action="store_true")
    args = parser.parse_args()

    if args.cold:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
    seconds, megabytes = {}, {}
    with tempfile.TemporaryDirectory(prefix="artifacts-", dir=args.scratch) as folder:
        artifacts = Path(folder)
        for stage in STAGES + ["recommend"] * args.recommend:
            config = ROOT / "config" / args.preset / f"{stage}.toml"
            command = [args.bin / stage, "--quiet", "--config", config, "--artifacts", artifacts, "--threads", args.threads]
            if stage == "split":
                command += ["--data", args.data, "--dataset", args.data.name, "--preset", args.preset]
                command += ["--assignments", args.assignments] if args.assignments else []
            command += ["--max-memory", args.max_memory] if args.max_memory else []
            seconds[stage], megabytes[stage] = run_stage(command)
            print(f"pipeline: {stage} {seconds[stage]:.2f} s, {megabytes[stage]:.0f} MiB", file=sys.stderr, flush=True)
        seconds["all"], megabytes["all"] = sum(seconds[stage] for stage in STAGES), max(megabytes.values())
        if args.per_million:
            seconds["per_million"] = seconds["all"] / (ratings_of(artifacts) / 1e6)
        quality = qualities(artifacts, args.quality)
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "quality": quality}))


if __name__ == "__main__":
    main()
