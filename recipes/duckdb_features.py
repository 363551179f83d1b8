"""DuckDB: does a feature say more about the labels of meta_train than about those of test? If much more, it leaks."""
import sys

import duckdb

run = sys.argv[1] if len(sys.argv) > 1 else "artifacts/ml-latest-small/default"
rows = duckdb.sql(f"""
    select 'meta_train' as part, * from '{run}/build-features/meta_train.parquet'
    union all select 'test', * from '{run}/build-features/test.parquet'""")

keys = {"user_id": "BIGINT", "item_id": "BIGINT", "timestamp": "BIGINT", "fold": "TINYINT",
        "rating": "FLOAT", "label": "TINYINT"}
types = dict(zip(rows.columns[1:], map(str, rows.types[1:])))
features = [name for name in types if name not in keys]
assert {name: types.get(name) for name in keys} == keys and {types[name] for name in features} == {"DOUBLE"}, types

duckdb.sql(f"""
    select feature, meta_train: round(corr(value, label) filter (part = 'meta_train'), 3),
        test: round(corr(value, label) filter (part = 'test'), 3), gap: round(meta_train - test, 3)
    from (unpivot rows on {", ".join(features)} into name feature value value)
    group by feature order by gap desc""").show()
