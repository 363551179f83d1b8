//! What is searched: the file `config/sweeps/<name>.toml`.
//!
//! Tables are stages, and in them stand the keys of the stage's configuration, each with a range in place of a value:
//! `{ int = [2, 10] }`, `{ log_int = [10, 1000] }`, `{ float = [0.0, 1.0] }`, `{ log = [0.01, 1.0] }` (ends included) or
//! `{ choice = ["a", "b"] }` of any values.

use serde_json::Value as Json;
use stage::{StageName, UsageError};
use toml::{Table, Value};

/// The whole of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// The model that is to rank better, by its name in all tables.
    pub model: String,
    /// By which metric of `per_user.parquet`.
    pub metric: String,
    /// Its cut; `None` for the preset's own.
    pub k: Option<u32>,
    /// On how many splits of the training ratings each trial is measured.
    pub splits: u32,
    /// How many trials are drawn at random before the search learns from them.
    pub startup: u32,
    /// In the order of the stages, then of the names.
    pub keys: Vec<Key>,
}

/// One key that is searched.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The stage.
    pub stage: StageName,
    /// The tables that lead to it, and its own name.
    pub path: Vec<String>,
    /// Its values.
    pub range: Range,
}

/// The values that a key may take.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// Whole numbers, both ends included; drawn evenly, or where `log` evenly by their logarithms.
    Int { low: i64, high: i64, log: bool },
    /// Numbers, likewise.
    Float { low: f64, high: f64, log: bool },
    /// One of these.
    Choice(Vec<Json>),
}

/// Keys that change what is measured instead of how well: by stage, and of `evaluate` all.
const MEASURE: [(StageName, &[&str]); 2] = [
    (
        StageName::Split,
        &[
            "method",
            "test_fraction",
            "skip_bad_rows",
            "min_rating",
            "max_rating",
            "user_column",
            "item_column",
            "rating_column",
            "timestamp_column",
        ],
    ),
    (StageName::BuildFeatures, &["relevant_from"]),
];

impl Key {
    /// `train-meta.gb.n_trees`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.stage.name(), self.path.join("."))
    }

    /// Its value in `config`, the configuration of its stage.
    pub fn value_in<'a>(&self, config: &'a Json) -> Option<&'a Json> {
        self.path.iter().try_fold(config, |table, key| table.get(key))
    }

    /// Puts `value` in its place in `config`.
    pub fn set(&self, config: &mut Json, value: Json) {
        let place = self.path.iter().try_fold(config, |table, key| table.get_mut(key));
        if let Some(place) = place {
            *place = value;
        }
    }
}

impl Space {
    /// Understands the text of a file.
    ///
    /// # Errors
    /// [`UsageError`], which names the key at fault and what was expected.
    pub fn parse(text: &str) -> Result<Self, UsageError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| UsageError(error.to_string()))?;
        let mut space = Self {
            model: String::new(),
            metric: "ndcg".to_owned(),
            k: None,
            splits: 2,
            startup: 10,
            keys: Vec::new(),
        };
        for (name, value) in &table {
            match (name.as_str(), value) {
                ("model", Value::String(model)) => space.model.clone_from(model),
                ("metric", Value::String(metric)) => space.metric.clone_from(metric),
                ("k", value) => space.k = Some(whole("k", value, 0, 1 << 16)?),
                ("splits", value) => space.splits = whole("splits", value, 1, 100)?,
                ("startup", value) => space.startup = whole("startup", value, 1, 10_000)?,
                (name, Value::Table(keys)) if stage_called(name).is_some() => {
                    if let Some(stage) = stage_called(name) {
                        collect(stage, &mut Vec::new(), keys, &mut space.keys)?;
                    }
                }
                (name, _) => {
                    return Err(UsageError(format!(
                        "{name}: expected model, metric, k, splits, startup or the table of a stage: {}",
                        StageName::TO_VERDICT.map(StageName::name).join(", ")
                    )));
                }
            }
        }
        if space.model.is_empty() {
            return Err(UsageError(
                "model is missing: whose metric is to rise, for example \"GBStack\"".to_owned(),
            ));
        }
        if space.keys.is_empty() {
            return Err(UsageError(
                "nothing is searched: a key looks like n_trees = { int = [10, 100] } in [train-meta.gb]"
                    .to_owned(),
            ));
        }
        space.keys.sort_by_key(|key| key.stage); // stable: names stay in order
        Ok(space)
    }

    /// That every key is one of its stage's, that its values are of the right type, and that none changes what is measured.
    ///
    /// # Errors
    /// [`UsageError`] for the first that is not.
    pub fn check(&self, config_of: impl Fn(StageName) -> Json) -> Result<(), UsageError> {
        for key in &self.keys {
            let name = key.name();
            let of_measure = MEASURE
                .iter()
                .any(|(stage, keys)| *stage == key.stage && keys.contains(&key.path[0].as_str()));
            if of_measure || key.stage == StageName::Evaluate {
                return Err(UsageError(format!(
                    "{name} changes what is measured, so that trials could not be compared"
                )));
            }
            let config = config_of(key.stage);
            let Some(value) = key.value_in(&config) else {
                return Err(UsageError(format!("{name}: the configuration of the run has no such key")));
            };
            let fits = match (&key.range, value) {
                (_, Json::Null) => true, // an optional key: its stage tells
                (Range::Int { .. }, value) => value.is_i64() || value.is_u64(),
                (Range::Float { .. }, value) => value.is_f64(),
                (Range::Choice(values), value) => {
                    values.iter().all(|one| std::mem::discriminant(one) == std::mem::discriminant(value))
                }
            };
            if !fits {
                return Err(UsageError(format!(
                    "{name} is {value} in the run, which the range is not made for"
                )));
            }
        }
        Ok(())
    }
}

fn stage_called(name: &str) -> Option<StageName> {
    StageName::TO_VERDICT.into_iter().find(|stage| stage.name() == name)
}

fn whole(key: &str, value: &Value, least: i64, most: i64) -> Result<u32, UsageError> {
    let number = value.as_integer().filter(|number| (least..=most).contains(number));
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| {
        UsageError(format!("{key} is {value}, expected a whole number from {least} to {most}"))
    })
}

fn collect(
    stage: StageName,
    path: &mut Vec<String>,
    table: &Table,
    keys: &mut Vec<Key>,
) -> Result<(), UsageError> {
    for (name, value) in table {
        path.push(name.clone());
        let key = || format!("{}.{}", stage.name(), path.join("."));
        let Value::Table(inner) = value else {
            return Err(UsageError(format!(
                "{} is {value}, expected a range, for example {{ int = [2, 10] }}",
                key()
            )));
        };
        match range(inner) {
            Some(Ok(range)) => keys.push(Key { stage, path: path.clone(), range }),
            Some(Err(problem)) => return Err(UsageError(format!("{}: {problem}", key()))),
            None => collect(stage, path, inner, keys)?,
        }
        path.pop();
    }
    Ok(())
}

/// The range that `table` is; `None` where it is a table of keys.
fn range(table: &Table) -> Option<Result<Range, String>> {
    let (name, Value::Array(values)) = table.iter().next()? else { return None };
    if table.len() != 1 {
        return None;
    }
    Some(match name.as_str() {
        "int" | "log_int" => ints(values, name == "log_int"),
        "float" | "log" => floats(values, name == "log"),
        "choice" => choices(values),
        _ => Err(format!("{name} is no range; there are int, log_int, float, log and choice")),
    })
}

fn ints(values: &[Value], log: bool) -> Result<Range, String> {
    let ends: Option<Vec<i64>> = values.iter().map(Value::as_integer).collect();
    match ends.as_deref() {
        // Far below what an f64 holds exactly.
        Some(&[low, high]) if low < high && (!log || low > 0) && low > -(1 << 50) && high < 1 << 50 => {
            Ok(Range::Int { low, high, log })
        }
        _ => Err(format!("expected two ascending whole numbers{}", if log { " above 0" } else { "" })),
    }
}

fn floats(values: &[Value], log: bool) -> Result<Range, String> {
    let number = |value: &Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    let ends: Option<Vec<f64>> = values.iter().map(number).collect();
    match ends.as_deref() {
        Some(&[low, high]) if low < high && (high - low).is_finite() && (!log || low > 0.0) => {
            Ok(Range::Float { low, high, log })
        }
        _ => Err(format!("expected two ascending numbers{}", if log { " above 0" } else { "" })),
    }
}

fn choices(values: &[Value]) -> Result<Range, String> {
    let values: Result<Vec<Json>, _> = values.iter().map(serde_json::to_value).collect();
    match values {
        Ok(values)
            if values.len() >= 2 && (1..values.len()).all(|at| !values[..at].contains(&values[at])) =>
        {
            Ok(Range::Choice(values))
        }
        _ => Err("expected two or more different values".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = r#"
        model = "GBStack"
        splits = 3
        [train-meta.gb]
        n_trees = { log_int = [10, 100] }
        growth = { choice = ["leaf_wise", "depth_wise"] }
        [train-meta]
        max_rows = { int = [0, 5] }
        [train-base.mf]
        learning_rate = { log = [0.001, 1] }
    "#;

    fn message(text: &str) -> String {
        Space::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn stages_stand_in_running_order() {
        let space = Space::parse(TEXT).unwrap();
        let names: Vec<String> = space.keys.iter().map(Key::name).collect();
        let expected = [
            "train-base.mf.learning_rate",
            "train-meta.gb.growth",
            "train-meta.gb.n_trees",
            "train-meta.max_rows",
        ];
        assert_eq!(names, expected);
        assert_eq!(space.keys[0].range, Range::Float { low: 0.001, high: 1.0, log: true });
        assert_eq!((space.splits, space.startup, space.metric.as_str()), (3, 10, "ndcg"));
    }

    #[test]
    fn what_is_no_range_is_named() {
        let of = |key: &str| message(&format!("model = \"GBStack\"\n[train-meta.gb]\n{key}\n"));
        assert!(of("n_trees = 5").starts_with("train-meta.gb.n_trees is 5, expected a range"));
        assert!(of("n_trees = { int = [5] }").contains("two ascending whole numbers"));
        assert!(of("n_trees = { log_int = [0, 5] }").contains("above 0"));
        assert!(of("n_trees = { odd = [0, 5] }").contains("odd is no range; there are int"));
        assert!(of("growth = { choice = [\"a\", \"a\"] }").contains("two or more different values"));
        assert!(message("model = \"x\"\n").contains("nothing is searched"));
        assert!(message("[train-meta]\nk = { int = [1, 2] }").contains("model is missing"));
        assert!(
            message("model = \"x\"\nsplits = 0")
                .contains("splits is 0, expected a whole number from 1 to 100")
        );
        assert!(message("modle = \"x\"").starts_with("modle: expected model, metric"));
    }

    #[test]
    fn a_key_has_to_be_one_of_the_run() {
        let config_of = |stage| match stage {
            StageName::TrainMeta => json!({"gb": {"n_trees": 40, "growth": "leaf_wise"}, "max_rows": 3}),
            _ => json!({"mf": {"learning_rate": 0.1}, "test_fraction": 0.2}),
        };
        assert!(Space::parse(TEXT).unwrap().check(config_of).is_ok());
        let of = |key: &str| {
            let space = Space::parse(&format!("model = \"GBStack\"\n{key}\n")).unwrap();
            space.check(config_of).unwrap_err().to_string()
        };
        assert!(of("[train-meta.gb]\nn_tree = { int = [1, 2] }").contains("no such key"));
        assert!(of("[train-meta.gb]\nn_trees = { float = [1, 2] }").contains("n_trees is 40 in the run"));
        assert!(of("[split]\ntest_fraction = { float = [0.1, 0.2] }").contains("changes what is measured"));
        assert!(of("[evaluate]\nlevel = { float = [0.8, 0.9] }").contains("changes what is measured"));
    }
}
