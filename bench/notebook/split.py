#!/usr/bin/env python3
"""split.py DATA FILE: writes the reference's split as the assignments that Podium's `split` stage reads, so that both sides rank the same rows."""

import sys
from pathlib import Path

import pandas as pd
from reference import parts

data, file = Path(sys.argv[1]), Path(sys.argv[2])
names = zip(["base_train", "meta_train", "test"], parts(pd.read_csv(data / "ratings.csv"))[1:])
pd.concat([pd.DataFrame({"row": rows.index, "split": name}) for name, rows in names]).to_csv(file, index=False)
