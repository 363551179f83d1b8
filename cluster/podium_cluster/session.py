"""The Spark session: its settings, and what the executors need of this package."""

import os
import re
import sys
import warnings
import zipfile
from pathlib import Path

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from podium_cluster.arguments import Options
from podium_cluster.errors import UsageError

PACKAGE = Path(__file__).parent

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.ui.showConsoleProgress": "false",
}


def start(options: Options, work: Path) -> SparkSession:
    """A session on the master that was asked for. `work` is a folder of the driver's."""
    is_submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if options.master is None and not is_submitted:
        raise UsageError("--master is missing, for example spark://host:7077 or local[2,4]; spark-submit gives its own")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    conf = SparkConf(loadDefaults=False).setAppName(f"podium {options.command}")
    if options.master is not None:
        conf.setMaster(options.master)
    settings = dict(SETTINGS)
    if options.master is not None and options.master.startswith("local"):
        settings["spark.ui.enabled"] = "false"
    for key, value in (settings | dict(options.conf)).items():
        conf.set(key, value)
    log = work / "spark.log"
    try:
        spark = _begin(conf, log if not (options.verbose or is_submitted) else None)
    except Exception as error:
        if options.verbose:
            raise
        raise UsageError(f"no Spark session on {options.master}: {_why(error, log)}") from None
    if is_submitted and not options.verbose:
        spark.sparkContext.setLogLevel("OFF")
    if PACKAGE.is_dir():  # otherwise spark-submit --py-files has brought it
        spark.sparkContext.addPyFile(str(_zipped(work)))
    return spark


def fit(spark: SparkSession, options: Options) -> None:
    """Settings that follow from the cores that are there."""
    n = options.partitions or 2 * spark.sparkContext.defaultParallelism
    # A file is cut alike whenever it is read: row numbers are counted block by block.
    spark.conf.set("spark.sql.files.minPartitionNum", n)
    if "spark.sql.shuffle.partitions" not in dict(options.conf):
        spark.conf.set("spark.sql.shuffle.partitions", n)


def _begin(conf: SparkConf, log: Path | None) -> SparkSession:
    """A session whose Java process writes what it has to say to `log`: failures come back here and are told in one
    line."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    if log is not None:
        with open(log, "wb") as stderr:
            gateway = launch_gateway(conf, popen_kwargs={"stderr": stderr, "stdout": stderr})
        SparkContext(conf=conf, gateway=gateway)
    return SparkSession.builder.config(conf=conf).getOrCreate()


def _zipped(work: Path) -> Path:
    """This package as a zip file that executors import."""
    path = work / f"{work.name}.zip"  # a name of its own: --py-files may have brought one
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(PACKAGE.glob("*")):
            if file.suffix == ".py":
                archive.write(file, f"podium_cluster/{file.name}")
    return path


def _why(error: Exception, log: Path) -> str:
    """The first line of the error, or what Java said last where the error says nothing of it."""
    said = log.read_text(errors="replace").splitlines() if log.exists() else []
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    errors = [line for line in said if "ERROR" in line or line.startswith(("Error", "Exception"))]
    return re.sub(r"^\S+ \S+ ERROR \w+: ", "", (errors or lines or [type(error).__name__])[0])
