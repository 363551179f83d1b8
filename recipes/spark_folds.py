"""PySpark: are the folds of meta_train alike in rows, users and share of relevant labels? Cut by hash, they should be."""
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

run = sys.argv[1] if len(sys.argv) > 1 else "artifacts/ml-latest-small/default"
settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "2", "spark.log.level": "ERROR"}
spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
rows = spark.read.parquet(f"{run}/build-features/meta_train.parquet")

keys = {"user_id": "bigint", "item_id": "bigint", "timestamp": "bigint", "fold": "tinyint",
        "rating": "float", "label": "tinyint"}
types = dict(rows.dtypes)
features = [name for name in types if name not in keys]
assert {name: types.get(name) for name in keys} == keys and {types[name] for name in features} == {"double"}, types

rows.groupBy("fold").agg(
    F.count("*").alias("rows"),
    F.countDistinct("user_id").alias("users"),
    F.round(F.avg("label"), 3).alias("relevant"),
    F.round(F.corr("item_mean_rating", "label"), 3).alias("corr_of_item_mean_rating"),
).orderBy("fold").show()
