"""`python -m podium_cluster`."""

import sys

from podium_cluster.command import main

sys.exit(main(sys.argv[1:]))
