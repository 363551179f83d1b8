//! The configuration that a manifest holds, as the file that a stage takes.

use serde_json::Value as Json;
use stage::{StageName, UsageError};

/// The keys of `split` that name the columns of a ratings file.
const COLUMN_KEYS: [&str; 4] = ["user_column", "item_column", "rating_column", "timestamp_column"];

/// The configuration file of `stage`.
///
/// # Errors
/// [`UsageError`] where a value cannot be said in TOML.
pub fn to_toml(stage: StageName, config: Json) -> Result<String, UsageError> {
    toml::to_string(&without_nulls(config))
        .map_err(|error| UsageError(format!("the configuration of {}: {error}", stage.name())))
}

/// Makes the configuration of `split` name the columns as [`crate::training::write`] does: by MovieLens' own names.
pub fn name_columns_as_movielens(split: &mut Json) {
    if let Json::Object(keys) = split {
        keys.extend(COLUMN_KEYS.map(|key| (key.to_owned(), Json::String(String::new()))));
    }
}

/// A key without a value is left out: TOML has no null.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(keys) => {
            let kept = keys.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_but_null_comes_back_to_the_last_bit() {
        let config = json!({"mf": {"factors": 30, "patience": null}, "models": ["bias"], "rate": 0.1 + 0.2, "tiny": 5e-324});
        let text = to_toml(StageName::TrainBase, config.clone()).unwrap();
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["mf"].as_table().unwrap().keys().collect::<Vec<_>>(), ["factors"]);
        for key in ["rate", "tiny"] {
            assert_eq!(table[key].as_float(), config[key].as_f64(), "{text}");
        }
    }

    #[test]
    fn the_columns_are_movielens_own() {
        let mut split = json!({"folds": 5, "user_column": "listener", "test_fraction": 0.2});
        name_columns_as_movielens(&mut split);
        assert_eq!((&split["user_column"], &split["test_fraction"]), (&json!(""), &json!(0.2)));
    }
}
