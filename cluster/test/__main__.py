"""Starts the cluster, runs the tests on it, stops it: `python -m test [TEST ...]` in the folder cluster/."""

import os
import signal
import sys
import unittest

from test.local_cluster import LocalCluster


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """The exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    with LocalCluster() as cluster:
        os.environ["PODIUM_MASTER"] = cluster.url
        names = sys.argv[1:]
        loader = unittest.defaultTestLoader
        tests = (
            loader.loadTestsFromNames([f"test.{name}" for name in names])
            if names
            else loader.discover("test", top_level_dir=".")
        )
        result = unittest.TextTestRunner(verbosity=2, failfast="FAILFAST" in os.environ).run(tests)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
