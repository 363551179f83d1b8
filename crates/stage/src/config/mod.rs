//! The configuration of a stage: defaults, then the TOML file, then the flags.
//!
//! The flags are made from the configuration struct itself (its JSON schema), so that every key is also a flag: the key
//! `neighbors` of the table `[itemknn]` is `--itemknn-neighbors`.

mod flags;
mod keys;

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::UsageError;
pub(crate) use flags::add_flags;

/// The configuration in force: what `file` says (the defaults hold for keys that it leaves out), overridden by the flags.
///
/// # Errors
/// [`UsageError`] where the file cannot be read, has an unknown key or a value of another type (with line and column), or
/// where a flag's value does not fit.
pub(crate) fn load<C: Serialize + DeserializeOwned + Default + schemars::JsonSchema>(
    file: Option<&Path>,
    matches: &clap::ArgMatches,
) -> Result<C, UsageError> {
    let mut config = match file {
        None => C::default(),
        Some(path) => read::<C>(path)?,
    };
    for key in keys::of::<C>() {
        let Some(text) = matches.get_one::<String>(&key.flag()) else { continue };
        let refuse = |problem: String| UsageError(format!("--{} {text}: {problem}", key.flag()));
        let value = key.parse(text).map_err(refuse)?;
        let mut table = Table::try_from(&config).map_err(|error| refuse(error.to_string()))?;
        set(&mut table, &key.path, value);
        config = table.try_into().map_err(|error: toml::de::Error| refuse(error.message().to_owned()))?;
    }
    Ok(config)
}

/// Prints `config` as JSON on stdout.
///
/// # Errors
/// Where stdout cannot be written to.
pub(crate) fn print<C: Serialize>(config: &C) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, config)?;
    writeln!(stdout)?;
    Ok(())
}

fn read<C: DeserializeOwned>(path: &Path) -> Result<C, UsageError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError(format!("cannot read the configuration {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| UsageError(format!("{}: {error}", path.display())))
}

fn set(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;

    /// How a tree grows.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Growth {
        LeafWise,
        DepthWise,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, default)]
    #[expect(clippy::struct_field_names, reason = "the key of the booster")]
    struct Trees {
        /// How many.
        n_trees: u32,
        /// The shrinkage.
        rate: f64,
        growth: Growth,
        patience: Option<u32>,
    }
    impl Default for Trees {
        fn default() -> Self {
            Self { n_trees: 200, rate: 0.05, growth: Growth::DepthWise, patience: None }
        }
    }

    #[derive(Debug, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, default)]
    struct Config {
        skip_bad_rows: bool,
        ks: Vec<u32>,
        gb: Trees,
        name: String,
    }

    fn load_with(toml: &str, flags: &[&str]) -> Result<Config, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(toml.as_bytes()).unwrap();
        let command = add_flags::<Config>(clap::Command::new("test"));
        let matches =
            command.try_get_matches_from(["test"].iter().chain(flags)).map_err(|error| error.to_string())?;
        load(Some(file.path()), &matches)
            .map_err(|error| error.0.replace(&file.path().display().to_string(), "x.toml"))
    }

    #[test]
    fn the_flag_wins_over_the_file_and_the_file_over_the_default() {
        let flags = ["--gb-rate", "0.1", "--skip-bad-rows", "--ks", "5,10", "--gb-growth", "leaf_wise"];
        let config = load_with("name = 'x'\n[gb]\nn_trees = 50\nrate = 0.2\n", &flags).unwrap();
        let gb = Trees { n_trees: 50, rate: 0.1, growth: Growth::LeafWise, patience: None };
        assert_eq!(config, Config { skip_bad_rows: true, ks: vec![5, 10], gb, name: "x".to_owned() });
    }

    #[test]
    fn an_optional_key_is_a_flag_too() {
        let config = load_with("", &["--gb-patience", "20"]).unwrap();
        assert_eq!(config.gb.patience, Some(20));
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let message = load_with("[gb]\nn_tree = 50\n", &[]).unwrap_err();
        assert!(message.contains("x.toml: TOML parse error at line 2, column 1"), "{message}");
        assert!(message.contains("unknown field `n_tree`, expected one of `n_trees`"), "{message}");
    }

    #[test]
    fn a_value_that_does_not_fit_is_an_error() {
        let message = |flags: &[&str]| load_with("", flags).unwrap_err();
        assert_eq!(message(&["--gb-n-trees", "many"]), "--gb-n-trees many: expected a whole number");
        assert!(message(&["--gb-n-trees=-3"]).starts_with("--gb-n-trees -3: "));
        assert_eq!(message(&["--gb-rate", "fast"]), "--gb-rate fast: expected a number");
        assert!(
            message(&["--gb-growth", "up"]).contains("leaf_wise, depth_wise"),
            "{}",
            message(&["--gb-growth", "up"])
        );
    }
}
