//! The result of an evaluation: a value for each user, model and metric, and their means.

use std::ops::Range;

use super::Column;

/// Values of every (user, model, metric), users without a relevant row left out.
#[derive(Debug, Clone)]
pub struct PerUser {
    pub(super) models: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) user_ids: Vec<i64>,
    pub(super) n_left_out: usize,
    /// By user, then model, then column; NaN where the metric is undefined for the user.
    pub(super) values: Vec<f64>,
}

/// One row of the per-user table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerUserValue<'a> {
    /// The model's name.
    pub model: &'a str,
    /// Whose ranking.
    pub user_id: i64,
    /// The metric's name.
    pub metric: &'static str,
    /// Its cut, where it has one.
    pub k: Option<usize>,
    /// The value.
    pub value: f64,
}

/// The mean of one metric of one model over users.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The model's name.
    pub model: String,
    /// The metric's name.
    pub metric: &'static str,
    /// Its cut, where it has one.
    pub k: Option<usize>,
    /// The mean over the users who count; `None` where there is none.
    pub mean: Option<f64>,
    /// How many users count.
    pub n_users: usize,
    /// How many users of the test rows do not: those without a relevant row, and those for whom the metric is
    /// undefined (AUC where every row is relevant).
    pub n_left_out: usize,
}

impl PerUser {
    /// The models' names, in the order given.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// What was measured.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The index of the model of this name.
    pub fn model_index(&self, name: &str) -> Option<usize> {
        self.models.iter().position(|model| model == name)
    }

    /// The index of the column of this metric and cut.
    pub fn column_index(&self, metric: &str, k: Option<usize>) -> Option<usize> {
        self.columns.iter().position(|column| column.metric.name == metric && column.k == k)
    }

    /// The users with at least one relevant row, ascending.
    pub fn user_ids(&self) -> &[i64] {
        &self.user_ids
    }

    /// How many users have no relevant row and are left out of everything here.
    pub fn n_left_out(&self) -> usize {
        self.n_left_out
    }

    /// The values of one model and column, one for each of [`PerUser::user_ids`]: what paired tests compare.
    ///
    /// # Panics
    /// Where `model` or `column` is not an index into [`PerUser::models`] or [`PerUser::columns`].
    pub fn values(&self, model: usize, column: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        let (n_models, n_columns) = (self.models.len(), self.columns.len());
        assert!(model < n_models && column < n_columns, "model {model}, column {column}");
        (0..self.user_ids.len()).map(move |user| {
            let value = self.values[(user * n_models + model) * n_columns + column];
            (!value.is_nan()).then_some(value)
        })
    }

    /// How many values are defined: how many rows the per-user table has.
    pub fn n_defined(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }

    /// The per-user table: by model, then user, then metric, without the undefined values.
    pub fn rows(&self) -> impl Iterator<Item = PerUserValue<'_>> {
        (0..self.models.len()).flat_map(move |model| self.rows_of(model, 0..self.user_ids.len()))
    }

    /// The rows of one model and some of [`PerUser::user_ids`].
    ///
    /// # Panics
    /// Where `model` is not an index into [`PerUser::models`], or `users` no range of indices of users.
    pub fn rows_of(&self, model: usize, users: Range<usize>) -> impl Iterator<Item = PerUserValue<'_>> {
        let (n_models, n_columns) = (self.models.len(), self.columns.len());
        let name = self.models[model].as_str();
        let first = users.start;
        self.user_ids[users].iter().enumerate().flat_map(move |(user, &user_id)| {
            let from = ((first + user) * n_models + model) * n_columns;
            let values = &self.values[from..from + n_columns];
            let defined = self.columns.iter().zip(values).filter(|(_, value)| !value.is_nan());
            defined.map(move |(column, &value)| PerUserValue {
                model: name,
                user_id,
                metric: column.metric.name,
                k: column.k,
                value,
            })
        })
    }

    /// The means, by model, then metric; each summed in f64 in ascending order of the user.
    pub fn summaries(&self) -> Vec<Summary> {
        let n_all = self.user_ids.len() + self.n_left_out;
        let mut summaries = Vec::with_capacity(self.models.len() * self.columns.len());
        for (m, model) in self.models.iter().enumerate() {
            for (c, column) in self.columns.iter().enumerate() {
                let (mut total, mut n_users) = (0.0, 0);
                for value in self.values(m, c).flatten() {
                    total += value;
                    n_users += 1;
                }
                summaries.push(Summary {
                    model: model.clone(),
                    metric: column.metric.name,
                    k: column.k,
                    mean: (n_users > 0).then(|| total / n_users as f64),
                    n_users,
                    n_left_out: n_all - n_users,
                });
            }
        }
        summaries
    }
}
