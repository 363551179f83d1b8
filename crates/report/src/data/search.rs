//! A search of hyper-parameters: what its picture is drawn from.

/// A finished search.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// Its name.
    pub name: String,
    /// The model that was to rank better.
    pub model: String,
    /// By which metric: its key in the tables.
    pub metric: String,
    /// Its cut, where it has one.
    pub k: Option<u32>,
    /// On how many splits each trial was measured.
    pub splits: u32,
    /// The metric of each trial, the preset as it is first; `None` where it could not be run.
    pub values: Vec<Option<f64>>,
    /// The best trial.
    pub best: usize,
    /// The keys that were searched.
    pub axes: Vec<SearchAxis>,
}

/// One key.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAxis {
    /// Its name.
    pub key: String,
    /// Whether it was searched by its logarithm.
    pub is_log: bool,
    /// The names of its choices, whose values are 0, 1, ...; empty for a number.
    pub names: Vec<String>,
    /// Its value in each trial; `None` where it has none.
    pub values: Vec<Option<f64>>,
}
