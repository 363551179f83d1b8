#!/usr/bin/env python3
"""Runs the stages on Spark, in one session, in an empty artifacts folder: on local[2], or on a master with two workers of one core each.

    spark.py --data DIR --bin target/release --on local|workers [--scratch DIR] [--memory 6g] [--shuffle] [--keep NAME | --of NAME --stage STAGE]

Prints one JSON object: the wall seconds of each stage as its manifest has them, those of the whole process with its start ("process"), the peak
resident memory (MiB) of the largest operator and of the largest Java process, the size of the models that executors are sent, and with --shuffle
the bytes that each stage shuffled a rating. With --keep the run stays in the scratch folder, and with --of another side runs one stage of it again. Needs the packages of environments/cluster.txt and Java 17.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["split", "train-base", "build-features", "train-meta", "evaluate"]
sys.path.insert(0, str(ROOT / "cluster"))


class Watch(threading.Thread):
    """Looks at the processes of the operator and of Java now and then."""

    def __init__(self):
        super().__init__(daemon=True)
        self.megabytes = {"operator": 0.0, "java": 0.0}

    def run(self):
        while True:
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    name = Path(process.joinpath("cmdline").read_bytes().split(b"\0")[0].decode()).name
                    kind = "java" if name == "java" else "operator" if name.endswith("-operator") else None
                    if kind:
                        peak = process.joinpath("status").read_text().split("VmHWM:")[1].split()[0]
                        self.megabytes[kind] = max(self.megabytes[kind], int(peak) / 1024)
            time.sleep(0.2)


def shuffled(log, ends):
    """The bytes that each stage of ours wrote to shuffles, by when Spark's tasks ended."""
    sums = dict.fromkeys(ends, 0)
    for file in log.rglob("*"):
        for line in file.read_text().splitlines() if file.is_file() else []:
            if '"SparkListenerTaskEnd"' in line:
                task = json.loads(line)
                written = task.get("Task Metrics", {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                at = task["Task Info"]["Finish Time"] / 1000
                stage = next((stage for stage, end in ends.items() if at <= end), list(ends)[-1])
                sums[stage] += written
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--on", choices=["local", "workers"], required=True)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--memory", default="4g", help="of the driver, and of each worker")
    parser.add_argument("--shuffle", action="store_true")
    parser.add_argument("--keep", metavar="NAME")
    parser.add_argument("--of", metavar="NAME")
    parser.add_argument("--stage", choices=STAGES)
    args = parser.parse_args()

    from test.local_cluster import LocalCluster

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="artifacts-", dir=args.scratch)))
        on_workers = args.on == "workers"
        master = stack.enter_context(LocalCluster(2, args.memory)).url if on_workers else "local[2,4]"
        kept = args.keep or args.of
        run, log, work = args.scratch / kept if kept else folder / "run", folder / "log", folder / "work"
        if args.keep:
            shutil.rmtree(run, ignore_errors=True)
        log.mkdir()
        work.mkdir()
        stages = [args.stage] if args.stage else STAGES
        command = [sys.executable, "-m", "podium_cluster", args.stage or "all", "--quiet", "--master", master, "--data", args.data]
        command += ["--artifacts", run, "--config", ROOT / "config/cluster", "--bin", args.bin.resolve(), "--work", work]
        command += ["--conf", f"spark.driver.memory={args.memory}", "--conf", "spark.driver.maxResultSize=0"]
        command += ["--conf", f"spark.executor.memory={args.memory}"] if on_workers else []
        command += ["--conf", "spark.eventLog.enabled=true", "--conf", f"spark.eventLog.dir={log}"] if args.shuffle else []
        command += ["--conf", "spark.eventLog.compress=false"] if args.shuffle else []
        watch = Watch()
        watch.start()
        started = time.perf_counter()
        environment = os.environ | {"PYTHONPATH": str(ROOT / "cluster"), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([str(part) for part in command], check=True, env=environment, stdout=subprocess.DEVNULL)
        seconds = {"process": time.perf_counter() - started}
        manifests = {stage: json.loads((run / stage / "manifest.json").read_text()) for stage in ("split", "train-base", *stages)}
        seconds |= {stage: manifests[stage]["timings"]["wall_seconds"] for stage in stages}
        seconds["all"] = sum(seconds[stage] for stage in stages)
        models = [output for output in manifests["train-base"]["outputs"] if output["path"].endswith(".bin")]
        quality = {"models_megabytes": sum(model["bytes"] for model in models) / (1 << 20)}
        if args.shuffle:
            ends = {stage: (run / stage / "manifest.json").stat().st_mtime for stage in stages}
            n_ratings = manifests["split"]["counts"]["ratings"]
            quality |= {f"{stage}_shuffled_bytes_a_rating": n / n_ratings for stage, n in shuffled(log, ends).items()}
        if args.of:
            shutil.rmtree(run)
        quality |= {f"{kind}_megabytes": peak for kind, peak in watch.megabytes.items()}
        megabytes = {"all": max(watch.megabytes.values())}
        print(json.dumps({"seconds": seconds, "megabytes": megabytes, "quality": quality}))


if __name__ == "__main__":
    main()
