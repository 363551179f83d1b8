"""The program for spark-submit: `spark-submit --py-files podium_cluster.zip main.py all ...`."""

import sys

from podium_cluster.command import main

sys.exit(main(sys.argv[1:]))
