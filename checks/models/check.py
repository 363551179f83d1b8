"""Compares exported meta-models in LightGBM, XGBoost and onnxruntime with Podium's own raw scores, and imports LightGBM models.

A difference is |theirs - ours| / max(1, |ours|), the largest over all test rows. Where a booster starts from a logistic regression, XGBoost
has the trees alone: its log-odds, computed here from what the file says of them, are added to the trees' sum, or handed in as base_margin.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pyarrow.parquet as parquet
import xgboost

EXACT, SINGLE = 1e-12, 1e-6
# Every model also predicts the test rows with each so many-th value taken away: missing values must go the same way.
MISSING_EVERY = 7
KEYS = {"user_id", "item_id", "timestamp", "fold", "rating", "label"}
BOOSTERS = ["gb", "gb_rating", "lambdamart", "xe_ndcg", "rank_xent", "rank"]
# Whose raw scores are log-odds of relevance.
LOG_LOSS = ["logistic", "gb"]


class Check:
    def __init__(self, run, binaries, config, scratch):
        self.run, self.binaries, self.config, self.scratch = run, binaries, config, scratch
        self.failures = []
        manifest = json.loads((run / "train-meta" / "manifest.json").read_text())
        models = manifest["config"]["models"]
        self.has_folds = manifest["config"]["validation_folds"] > 0
        # Those that the preset has a table for; where candidates come from the whole catalogue, there is no rating to predict.
        tables = tomllib.loads((config / "train-meta.toml").read_text())
        self.boosters = [key for key in BOOSTERS if key in tables and (key != "gb_rating" or key in models)]
        self.names, self.test = features(run / "build-features" / "test.parquet")
        self.gaps = self.test.copy()
        self.gaps[np.add.outer(*map(np.arange, self.test.shape)) % MISSING_EVERY == 0] = np.nan
        self.train_names, self.train = features(run / "build-features" / "meta_train.parquet")
        self.targets = parquet.read_table(run / "build-features" / "meta_train.parquet", columns=["label", "rating", "user_id"])

    def copy(self, name):
        """A copy of what train-meta and evaluate read."""
        folder = self.scratch / name
        for stage in ["split", "train-base", "build-features"]:
            shutil.copytree(self.run / stage, folder / stage)
        return folder

    def call(self, binary, folder, *flags):
        command = [self.binaries / binary, "--config", self.config / f"{binary}.toml", "--artifacts", folder, "--quiet", *flags]
        return subprocess.run([str(word) for word in command], capture_output=True, text=True)

    def stage(self, binary, folder, *flags):
        done = self.call(binary, folder, *flags)
        if done.returncode != 0:
            sys.exit(f"{binary} {' '.join(map(str, flags))} ended with {done.returncode}:\n{done.stderr}")
        return done.stderr

    def raw_scores(self, folder, *flags):
        """model -> its raw scores of the test rows, by Podium."""
        command = [str(self.binaries / "examples" / "raw_scores"), "--artifacts", str(folder), *flags]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rows = list(csv.reader(done.stdout.splitlines()))
        columns = zip(*rows[1:])
        return {name: np.array(column, dtype=float) for name, column in zip(rows[0], columns) if name not in KEYS}

    def compare(self, what, tool, output, theirs, ours, allowed):
        theirs = np.asarray(theirs, dtype=float).reshape(-1)
        if theirs.shape != ours.shape:
            self.failures.append(f"{what}, {tool}: {theirs.size} predictions of {ours.size} rows")
            return
        differences = np.abs(theirs - ours) / np.maximum(1.0, np.abs(ours))
        largest = float(differences.max())
        verdict = "" if largest <= allowed else "  TOO LARGE"
        print(f"{what:34} {tool:12} {output:12} {ours.size:7,} rows  largest difference {largest:.1e}  allowed {allowed:.0e}{verdict}", flush=True)
        if not largest <= allowed:
            worst = int(differences.argmax())
            n = int((~(differences <= allowed)).sum())
            self.failures.append(f"{what}, {tool}, {output}: {n} rows differ, row {worst} most: {theirs[worst]!r}, expected {ours[worst]!r}")

    def exports(self, name, start, *flags):
        """Every export of a run whose boosters begin at `start`."""
        folder = self.copy(name)
        models = ["logistic", *self.boosters]
        self.stage("train-meta", folder, "--models", ",".join(models), "--linear-start", start, "--export", "lightgbm,xgboost,onnx", *flags)
        ours = self.raw_scores(folder)
        self.in_others(name, folder / "train-meta", models, self.test, ours)
        ours_of_gaps = self.raw_scores(folder, "--missing-every", str(MISSING_EVERY))
        self.in_others(f"{name}, gaps", folder / "train-meta", models, self.gaps, ours_of_gaps)
        return folder, ours

    def in_others(self, name, folder, models, rows, ours):
        """Each model's exports on these rows."""
        for key in models:
            what = f"{key} ({name})"
            probability = 1 / (1 + np.exp(-ours[key])) if key in LOG_LOSS else None
            self.onnx(what, folder / f"{key}.onnx", rows, ours[key], probability)
            if key != "logistic":
                # LightGBM takes a linear leaf's constant for rows with a missing value: the mean of every feature, not of the missing ones.
                if not (name.startswith("linear") and np.isnan(rows).any()):
                    self.lightgbm(what, folder / f"{key}.lightgbm.txt", rows, ours[key])
                self.xgboost(what, folder / f"{key}.xgboost.json", rows, ours[key], probability)

    def lightgbm(self, what, path, rows, ours):
        booster = lightgbm.Booster(model_file=path)
        self.compare(what, "LightGBM", "raw score", booster.predict(rows, raw_score=True), ours, EXACT)

    def xgboost(self, what, path, rows, ours, probability):
        booster = xgboost.Booster(model_file=path)
        matrix = xgboost.DMatrix(rows, feature_names=self.names)
        raw = booster.predict(matrix, output_margin=True).astype(float)
        if (start := booster.attr("podium_start")) is not None:
            margin = log_odds(json.loads(start), rows)
            raw += margin
            # A matrix of its own: XGBoost remembers what it predicted of the other.
            matrix = xgboost.DMatrix(rows, feature_names=self.names, base_margin=margin)
        # A probability changes by a quarter of its log-odds' change at most.
        self.compare(what, "XGBoost", "raw score", raw, ours, SINGLE if probability is None else 4 * SINGLE)
        if probability is not None:
            self.compare(what, "XGBoost", "probability", booster.predict(matrix), probability, SINGLE)

    def onnx(self, what, path, rows, ours, probability):
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        names = json.loads(session.get_modelmeta().custom_metadata_map["feature_names"])
        if names != self.names:
            self.failures.append(f"{what}, onnxruntime: features {names}, expected {self.names}")
        found = dict(zip([output.name for output in session.get_outputs()], session.run(None, {"features": rows})))
        self.compare(what, "onnxruntime", "raw score", found["raw_score"], ours, SINGLE)
        if probability is not None:
            self.compare(what, "onnxruntime", "probability", found["probability"], probability, SINGLE)

    def imports(self, exported, scores_of_exported):
        """Models of LightGBM, and our own text, in place of ours."""
        order = np.random.default_rng(20261126).permutation(len(self.train_names))
        names = [self.train_names[at] for at in order]
        labels, stars = (self.targets[name].to_numpy().astype(float) for name in ["label", "rating"])
        elsewhere = {"gb": {"objective": "binary"}}
        if "gb_rating" in self.boosters:
            elsewhere["gb_rating"] = {"objective": "regression"}
        flags, expected = [], {}
        for key, params in elsewhere.items():
            rows = lightgbm.Dataset(self.train[:, order], stars if key == "gb_rating" else labels, feature_name=names)
            params |= {"num_leaves": 15, "learning_rate": 0.1, "num_threads": 1, "deterministic": True, "verbose": -1}
            booster = lightgbm.train(params, rows, num_boost_round=50)
            path = self.scratch / f"{key}.txt"
            booster.save_model(path)
            flags += ["--import", f"{key}={path}"]
            expected[key] = booster.predict(self.test[:, order], raw_score=True)
        folder = self.copy("imported")
        models = ",".join(["logistic", *elsewhere, *({"rank"} & set(self.boosters)), *(["blend"] if self.has_folds else [])])
        warnings = self.stage("train-meta", folder, "--models", models, *flags)
        if self.has_folds and "warning" not in warnings:
            self.failures.append("imported: train-meta does not warn that the calibration may be optimistic")
        self.stage("evaluate", folder)
        ours = self.raw_scores(folder)
        for key, theirs in expected.items():
            self.compare(f"{key} (imported)", "LightGBM", "raw score", theirs, ours[key], EXACT)
            again = lightgbm.Booster(model_file=folder / "train-meta" / f"{key}.lightgbm.txt")
            self.compare(f"{key} (imported, exported)", "LightGBM", "raw score", again.predict(self.test, raw_score=True), ours[key], EXACT)
        columns = parquet.read_schema(folder / "evaluate" / "scores.parquet").names
        if missing := {"GBStack", *(["BlendStack"] if self.has_folds else [])} - set(columns):
            self.failures.append(f"imported: scores.parquet has no {sorted(missing)}")

        back = self.copy("back")
        flags = [word for key in self.boosters for word in ["--import", f"{key}={exported / 'train-meta' / key}.lightgbm.txt"]]
        self.stage("train-meta", back, "--models", ",".join(self.boosters), *flags)
        ours = self.raw_scores(back)
        for key in self.boosters:
            self.compare(f"{key} (our text, imported)", "Podium", "raw score", ours[key], scores_of_exported[key], EXACT)

        self.refused(folder, "gb.txt", lambda text: text.replace(f"feature_names={names[0]} ", "feature_names=someone_elses "), "someone_elses")
        self.refused(folder, "gb.txt", lambda text: text.replace("objective=binary", "objective=poisson"), "poisson")
        self.refused(folder, "gb.txt", lambda text: text[: len(text) // 3], "line")

    def refused(self, folder, file, spoil, word):
        path = self.scratch / "spoilt.txt"
        before = (self.scratch / file).read_text()
        path.write_text(spoil(before))
        done = self.call("train-meta", folder, "--models", "gb", "--import", f"gb={path}")
        if path.read_text() == before or done.returncode != 2 or word not in done.stderr:
            self.failures.append(f"a model with {word} ended with {done.returncode}, expected 2 and that word: {done.stderr}")
        else:
            print(f"refused: {done.stderr.strip()}", flush=True)


def features(path):
    table = parquet.read_table(path)
    names = [name for name in table.column_names if name not in KEYS]
    return names, np.column_stack([table[name].to_numpy().astype(float) for name in names])


def log_odds(start, rows):
    """Of the logistic regression that a booster starts from."""
    known = np.where(np.isnan(rows), start["imputed"], rows)
    return start["intercept"] + known @ np.array(start["coefficients"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--binaries", type=Path, required=True, help="the folder of the release build")
    parser.add_argument("--config", type=Path, required=True, help="the folder of the preset's configuration")
    parser.add_argument("--scratch", type=Path, required=True, help="an empty folder")
    args = parser.parse_args()
    check = Check(args.run, args.binaries, args.config, args.scratch)
    # Deep trees, and such as are configured.
    deep = ["--gb-growth", "leaf_wise", "--gb-max-depth", "30", "--gb-max-leaves", "100", "--gb-min-leaf-rows", "20"]
    check.exports("constant start", "", *deep)
    exported, scores = check.exports("linear start", ",".join(check.boosters))
    check.imports(exported, scores)
    if check.failures:
        sys.exit("checks/models: " + "\n".join(check.failures))
    print("every model travels")


if __name__ == "__main__":
    main()
