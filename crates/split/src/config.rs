//! The hyper-parameters of `split`.

use dataset::split::Fractions;
use raw::{Columns, Options};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// How a rating's part is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the rating's own hash: the shares hold in expectation, and new ratings do not move old ones.
    Hash,
    /// Exact counts: the ratings of the smallest hashes.
    Exact,
    /// By one moment for all users: the latest ratings are the test part.
    Temporal,
    /// Each user's last rating is the test part.
    LeaveLastOut,
}

/// How a training rating's fold is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoldBy {
    /// By the rating's own hash.
    Hash,
    /// By time: the earliest ratings in fold 0.
    Time,
    /// By the user's hash: all of a user's ratings in one fold, so that the base models know nothing of the user.
    User,
}

/// How the training ratings are parted into what base models see and what they score for the meta-models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Base models see `base_train` and score `meta_train`.
    HoldOut,
    /// For each fold, base models see the other folds and score this one.
    KFold,
    /// For each fold, base models see the folds before; with `fold_by = "time"`, nothing later.
    Forward,
}

/// The keys of `split.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How a rating's part is drawn: by its own hash, exact counts, by time, or each user's last rating for the test part.
    pub method: Method,
    /// The test part's share of all ratings, in (0, 1).
    pub test_fraction: f64,
    /// The share of the training ratings that `meta_train` gets, in (0, 1).
    pub meta_fraction: f64,
    /// How many folds the training ratings get, 2 to 100.
    pub folds: u8,
    /// How a training rating's fold is drawn: by its own hash, by time, the earliest ratings in fold 0, or by its user.
    pub fold_by: FoldBy,
    /// How base models make the scores that meta-models are fitted on: `hold_out`, `k_fold`, or `forward` (folds before only).
    pub stacking: Stacking,
    /// Count and list malformed rows instead of stopping at the first.
    pub skip_bad_rows: bool,
    /// The smallest rating accepted, in stars.
    pub min_rating: f64,
    /// The largest rating accepted, in stars.
    pub max_rating: f64,
    /// The ratings file's column of users; empty for the names that MovieLens uses.
    pub user_column: String,
    /// The ratings file's column of items; empty for the names that MovieLens uses.
    pub item_column: String,
    /// The ratings file's column of ratings; empty for the name that MovieLens uses.
    pub rating_column: String,
    /// The ratings file's column of timestamps; empty for none, where the other columns are named.
    pub timestamp_column: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            method: Method::Hash,
            test_fraction: 0.2,
            meta_fraction: 0.2,
            folds: 5,
            fold_by: FoldBy::Hash,
            stacking: Stacking::KFold,
            skip_bad_rows: false,
            min_rating: 0.0,
            max_rating: 10.0,
            user_column: String::new(),
            item_column: String::new(),
            rating_column: String::new(),
            timestamp_column: String::new(),
        }
    }
}

/// The same, every value in its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    pub method: Method,
    pub fractions: Fractions,
    pub folds: u8,
    pub fold_by: FoldBy,
    pub options: Options,
}

impl Config {
    /// # Errors
    /// [`UsageError`] for the first value out of its range.
    pub fn check(&self) -> Result<Checked, UsageError> {
        for (key, value) in [("test_fraction", self.test_fraction), ("meta_fraction", self.meta_fraction)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(UsageError(format!("{key} is {value}, expected a number between 0 and 1")));
            }
        }
        if !(2..=100).contains(&self.folds) {
            return Err(UsageError(format!("folds is {}, expected 2 to 100", self.folds)));
        }
        let range = (self.min_rating as f32, self.max_rating as f32);
        let options = Options::new(self.columns()?, range, self.skip_bad_rows)
            .map_err(|error| UsageError(error.to_string()))?;
        let fractions = Fractions { test: self.test_fraction, meta: self.meta_fraction };
        Ok(Checked { method: self.method, fractions, folds: self.folds, fold_by: self.fold_by, options })
    }

    fn columns(&self) -> Result<Option<Columns>, UsageError> {
        let named = |name: &String| (!name.is_empty()).then(|| name.clone());
        let timestamp = named(&self.timestamp_column);
        match (named(&self.user_column), named(&self.item_column), named(&self.rating_column)) {
            (None, None, None) if timestamp.is_none() => Ok(None),
            (Some(user), Some(item), Some(rating)) => Ok(Some(Columns { user, item, rating, timestamp })),
            _ => Err(UsageError(
                "user_column, item_column and rating_column are named together or not at all".to_owned(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_named() {
        let message = |config: Config| config.check().unwrap_err().to_string();
        let defaults = Config::default;
        assert!(defaults().check().is_ok());
        assert_eq!(
            message(Config { test_fraction: 1.0, ..defaults() }),
            "test_fraction is 1, expected a number between 0 and 1"
        );
        assert_eq!(message(Config { folds: 1, ..defaults() }), "folds is 1, expected 2 to 100");
        assert_eq!(
            message(Config { user_column: "u".to_owned(), ..defaults() }),
            "user_column, item_column and rating_column are named together or not at all"
        );
    }
}
