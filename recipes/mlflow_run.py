"""MLflow: the run as a run of MLflow, with its configuration as parameters, its metrics, its report and its manifests."""
import json
import os
import sys
from pathlib import Path

import pyarrow.parquet as pq

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
import mlflow  # noqa: E402

run = Path(sys.argv[1] if len(sys.argv) > 1 else "artifacts/ml-latest-small/default")
# Files in ./mlruns, or the tracking server that is set. (MLflow's files must not lie below a folder called `artifacts`.)
store = os.environ.get("MLFLOW_TRACKING_URI") or Path("mlruns").resolve().as_uri()


def leaves(prefix, value):
    if isinstance(value, dict):
        return {name: leaf for key, inner in value.items() for name, leaf in leaves(f"{prefix}.{key}", inner).items()}
    return {prefix: value}


manifests = {path.parent.name: json.loads(path.read_text()) for path in sorted(run.glob("*/manifest.json"))}
params = {name: leaf for stage, manifest in manifests.items() for name, leaf in leaves(stage, manifest["config"]).items()}
metrics = {
    "/".join(filter(None, [row["protocol"], row["model"], row["metric"], row["k"] and f"at_{row['k']}"])): row["value"]
    for row in pq.read_table(run / "evaluate/metrics.parquet").to_pylist()
    if row["segment"] == "all" and row["value"] is not None
}
last = manifests["evaluate"]
mlflow.set_tracking_uri(store)
mlflow.set_experiment(last["dataset"])
with mlflow.start_run(run_name=last["preset"], tags={"podium.version": last["version"], "seed": str(last["seed"])}) as started:
    mlflow.log_params(params)
    mlflow.log_metrics(metrics)
    mlflow.log_artifacts(run / "evaluate/report", "report")
    for stage in manifests:
        mlflow.log_artifact(run / stage / "manifest.json", stage)

stored = mlflow.get_run(started.info.run_id).data
assert len(stored.params) == len(params) and stored.metrics == metrics, (len(stored.params), len(stored.metrics))
print(f"{store}: run {started.info.run_id}, {len(params)} parameters, {len(metrics)} metrics")
