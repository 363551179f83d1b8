//! `build-features/meta_train.parquet` and `test.parquet`, and the base scores that lead to them: keys, rating, label, and one
//! column a feature. Read by `train-meta` and `evaluate`.

use super::Stored;
use crate::Table;

/// The keys and targets; whatever else stands in the table is a feature.
const KEYS: [&str; 6] = ["user_id", "item_id", "timestamp", "fold", "rating", "label"];

/// Rows with features, in ascending order of (user, item).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureRows {
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// When, in seconds since 1970.
    pub timestamps: Vec<i64>,
    /// The fold of a training row; none for test rows.
    pub folds: Vec<Option<i8>>,
    /// The rating, in stars.
    pub ratings: Vec<f32>,
    /// 1 where the rating reaches the threshold of relevance, else 0.
    pub labels: Vec<i8>,
    /// The features' names, in column order.
    pub names: Vec<String>,
    /// The features, column by column; NaN where one is missing.
    pub columns: Vec<Vec<f64>>,
}

impl Stored for FeatureRows {
    const SCHEMA: &'static str = "build-features.rows/1";

    fn into_table(self) -> Table {
        let keys = Table::new()
            .with("user_id", self.user_ids)
            .with("item_id", self.item_ids)
            .with("timestamp", self.timestamps)
            .with("fold", self.folds)
            .with("rating", self.ratings)
            .with("label", self.labels);
        self.names.into_iter().zip(self.columns).fold(keys, |table, (name, column)| table.with(name, column))
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let names: Vec<String> = table
            .columns()
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| !KEYS.contains(&name.as_str()))
            .collect();
        let columns = names.iter().map(|name| table.take(name)).collect::<Result<_, _>>()?;
        let labels: Vec<i8> = table.take("label")?;
        if let Some(label) = labels.iter().find(|label| !matches!(label, 0 | 1)) {
            return Err(format!("column `label` holds {label}, expected 0 or 1"));
        }
        Ok(Self {
            user_ids: table.take("user_id")?,
            item_ids: table.take("item_id")?,
            timestamps: table.take("timestamp")?,
            folds: table.take("fold")?,
            ratings: table.take("rating")?,
            labels,
            names,
            columns,
        })
    }
}

/// The scores of some models for some (user, item) pairs, in ascending order of the pair.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreRows {
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// The rating, in stars.
    pub ratings: Vec<f32>,
    /// The columns' names.
    pub names: Vec<String>,
    /// The scores, column by column.
    pub columns: Vec<Vec<f64>>,
}

impl Stored for ScoreRows {
    const SCHEMA: &'static str = "scores/1";

    fn into_table(self) -> Table {
        let keys = Table::new()
            .with("user_id", self.user_ids)
            .with("item_id", self.item_ids)
            .with("rating", self.ratings);
        self.names.into_iter().zip(self.columns).fold(keys, |table, (name, column)| table.with(name, column))
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let user_ids = table.take("user_id")?;
        let item_ids = table.take("item_id")?;
        let ratings = table.take("rating")?;
        let names: Vec<String> = table.columns().iter().map(|(name, _)| name.clone()).collect();
        let columns = names.iter().map(|name| table.take::<f64>(name)).collect::<Result<_, _>>()?;
        Ok(Self { user_ids, item_ids, ratings, names, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;

    #[test]
    fn a_label_other_than_0_or_1_is_refused() {
        let rows = FeatureRows {
            user_ids: vec![1],
            item_ids: vec![2],
            timestamps: vec![3],
            folds: vec![None],
            ratings: vec![4.0],
            labels: vec![2],
            ..FeatureRows::default()
        };
        let problem = FeatureRows::from_table(rows.into_table()).unwrap_err();
        assert_eq!(problem, "column `label` holds 2, expected 0 or 1");
    }

    #[test]
    fn a_feature_of_another_type_is_refused() {
        let table =
            FeatureRows::default().into_table().with("score_bias", Column::from(Vec::<String>::new()));
        let problem = FeatureRows::from_table(table).unwrap_err();
        assert_eq!(problem, "column `score_bias` holds text, expected double");
    }
}
