"""A Spark master and two workers on 127.0.0.1, gone when the tests are."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import pyspark

SPARK = Path(pyspark.__file__).parent
DEADLINE = 120


class LocalCluster:
    """A standalone cluster; a context manager that stops whatever it started, on failure too."""

    def __init__(self, n_workers: int = 2, memory: str = "3g") -> None:
        self.n_workers, self.memory = n_workers, memory
        self.folder = tempfile.TemporaryDirectory(prefix="podium-spark-", ignore_cleanup_errors=True)
        self.processes: list[subprocess.Popen] = []
        self.workers: list[subprocess.Popen] = []
        self.url = ""

    def __enter__(self) -> "LocalCluster":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self) -> None:
        port, self.ui = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self._launch(
            "master", "org.apache.spark.deploy.master.Master", "--port", str(port), "--webui-port", str(self.ui)
        )
        self._wait(0)
        for _ in range(self.n_workers):
            self.add_worker()

    def add_worker(self) -> None:
        """Starts one more worker of one core and waits until the master knows it."""
        n_alive = self._alive()
        place = f"worker-{len(self.processes)}"
        self.workers.append(
            self._launch(
                place, "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", self.memory,
                "--webui-port", "0", "--work-dir", f"{self.folder.name}/{place}", self.url,
            )
        )  # fmt: skip
        self._wait(n_alive + 1)

    def kill_worker(self) -> None:
        """Kills a worker and its executors with -9, as a machine dies."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        """Stops every process; nothing where it has been done."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes, self.workers = [], []
        self.folder.cleanup()

    def _launch(self, name: str, main: str, *arguments: str) -> subprocess.Popen:
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1"}
        # A master that lost a worker forgets it soon; the tests kill some.
        environment["SPARK_MASTER_OPTS"] = "-Dspark.worker.timeout=20"
        command = [str(SPARK / "bin" / "spark-class"), main, "--host", "127.0.0.1", *arguments]
        with open(f"{self.folder.name}/{name}.log", "wb") as log:
            # A group of its own: executors are in it, and Ctrl-C reaches the tests alone, which stop everything.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        self.processes.append(process)
        return process

    def _alive(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ui}/json/", timeout=5) as answer:
            state = json.load(answer)
        return sum(worker["state"] == "ALIVE" for worker in state["workers"])

    def _wait(self, n_workers: int) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            dead = next((process for process in self.processes if process.poll() is not None), None)
            if dead is not None and dead in (self.processes[0], *self.workers):
                raise RuntimeError(f"a process of Spark ended with {dead.returncode}: see {self.folder.name}")
            try:
                if self._alive() >= n_workers:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError(f"{n_workers} workers did not register in {DEADLINE} s")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
