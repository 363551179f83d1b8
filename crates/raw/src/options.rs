//! How raw data is to be read.

use crate::Error;

/// The ratings that are accepted unless told otherwise: wide enough for 5-star and 10-point scales.
pub const DEFAULT_RATING_RANGE: (f32, f32) = (0.0, 10.0);

/// The names of a ratings file's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Who rated.
    pub user: String,
    /// What was rated.
    pub item: String,
    /// The rating.
    pub rating: String,
    /// When, in seconds since 1970; where no column is named every timestamp is 0.
    pub timestamp: Option<String>,
}

/// Checked options of [`crate::read`].
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    columns: Option<Columns>,
    rating_range: (f32, f32),
    skip_bad_rows: bool,
}

impl Options {
    /// `columns`: the names in the ratings file; without them `userId` or `user_id`, `movieId` or `item_id`, `rating` and, where it
    /// is there, `timestamp`. Files without a header (`::` and tab) have their columns in a fixed order.
    /// `rating_range`: the smallest and the largest rating accepted, both inclusive.
    /// `skip_bad_rows`: count and list malformed rows instead of stopping at the first.
    ///
    /// # Errors
    /// [`Error::Option`] where the range is empty or not finite, or a column's name is empty or used twice.
    pub fn new(
        columns: Option<Columns>,
        rating_range: (f32, f32),
        skip_bad_rows: bool,
    ) -> Result<Self, Error> {
        let (low, high) = rating_range;
        if !(low.is_finite() && high.is_finite() && low < high) {
            return Err(Error::Option {
                key: "rating_range",
                value: format!("{low} to {high}"),
                expected: "two finite numbers, the smaller one first",
            });
        }
        if let Some(columns) = &columns {
            let mut names = vec![&columns.user, &columns.item, &columns.rating];
            names.extend(&columns.timestamp);
            let n_names = names.len();
            names.sort_unstable();
            names.dedup();
            if names.len() < n_names || names.iter().any(|name| name.is_empty()) {
                return Err(Error::Option {
                    key: "columns",
                    value: format!("{columns:?}"),
                    expected: "different, non-empty names",
                });
            }
        }
        Ok(Self { columns, rating_range, skip_bad_rows })
    }

    /// The named columns of the ratings file.
    pub fn columns(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }

    /// The smallest and the largest rating accepted.
    pub fn rating_range(&self) -> (f32, f32) {
        self.rating_range
    }

    /// Whether malformed rows are skipped.
    pub fn skip_bad_rows(&self) -> bool {
        self.skip_bad_rows
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { columns: None, rating_range: DEFAULT_RATING_RANGE, skip_bad_rows: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_must_be_finite_and_not_empty() {
        for range in [(5.0, 5.0), (5.0, 1.0), (f32::NAN, 5.0), (0.0, f32::INFINITY)] {
            let error = Options::new(None, range, false).unwrap_err();
            assert!(error.is_usage() && error.to_string().starts_with("rating_range = "), "{error}");
        }
        assert!(Options::new(None, (-1.0, 1.0), true).is_ok());
    }

    #[test]
    fn column_names_must_differ() {
        let named = |user: &str, item: &str| Columns {
            user: user.to_owned(),
            item: item.to_owned(),
            rating: "stars".to_owned(),
            timestamp: None,
        };
        assert!(Options::new(Some(named("u", "i")), DEFAULT_RATING_RANGE, false).is_ok());
        for columns in [named("u", "u"), named("", "i"), named("u", "stars")] {
            assert!(Options::new(Some(columns), DEFAULT_RATING_RANGE, false).is_err());
        }
    }
}
