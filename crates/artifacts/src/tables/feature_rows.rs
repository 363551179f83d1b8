//! `build-features/meta_train.parquet`, `test.parquet` and `catalogue.parquet`, and the base scores that lead to them: keys, rating,
//! label, and one column a feature. Read by `train-meta` and `evaluate`.

use super::stars::{stars_column, take_stars};
use super::{Stored, extend, from_pieces};
use crate::Table;
use crate::table::TableFile;

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
    /// The rating, in stars; NaN, and null in the file, where nobody gave one.
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
            .with("rating", stars_column(self.ratings))
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
            ratings: take_stars(&mut table, "rating")?,
            labels,
            names,
            columns,
        })
    }

    fn from_file(file: &TableFile) -> Result<Self, String> {
        from_pieces(file, |whole: &mut Self, piece, n| {
            extend(&mut whole.user_ids, piece.user_ids, n)?;
            extend(&mut whole.item_ids, piece.item_ids, n)?;
            extend(&mut whole.timestamps, piece.timestamps, n)?;
            extend(&mut whole.folds, piece.folds, n)?;
            extend(&mut whole.ratings, piece.ratings, n)?;
            extend(&mut whole.labels, piece.labels, n)?;
            extend_all(&mut whole.columns, piece.columns, n)
        })
    }
}

fn extend_all(columns: &mut [Vec<f64>], more: Vec<Vec<f64>>, n_rows: usize) -> Result<(), String> {
    columns.iter_mut().zip(more).try_for_each(|(column, more)| extend(column, more, n_rows))
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
        let (names, columns) = take_scores(table)?;
        Ok(Self { user_ids, item_ids, ratings, names, columns })
    }

    fn from_file(file: &TableFile) -> Result<Self, String> {
        from_pieces(file, |whole: &mut Self, piece, n| {
            extend(&mut whole.user_ids, piece.user_ids, n)?;
            extend(&mut whole.item_ids, piece.item_ids, n)?;
            extend(&mut whole.ratings, piece.ratings, n)?;
            extend_all(&mut whole.columns, piece.columns, n)
        })
    }
}

/// The scores of candidates from the catalogue, in ascending order of (user, item); null in the file where a model does not rank the row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CatalogueScoreRows {
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// The test rating, in stars; NaN, and null in the file, where there is none.
    pub ratings: Vec<f32>,
    /// The models' names.
    pub names: Vec<String>,
    /// The scores, column by column; NaN where the model does not rank the row.
    pub columns: Vec<Vec<f64>>,
}

impl Stored for CatalogueScoreRows {
    const SCHEMA: &'static str = "catalogue_scores/1";

    fn into_table(self) -> Table {
        let keys = Table::new()
            .with("user_id", self.user_ids)
            .with("item_id", self.item_ids)
            .with("rating", stars_column(self.ratings));
        let scores = |column: Vec<f64>| -> Vec<Option<f64>> {
            column.into_iter().map(|score| (!score.is_nan()).then_some(score)).collect()
        };
        self.names
            .into_iter()
            .zip(self.columns)
            .fold(keys, |table, (name, column)| table.with(name, scores(column)))
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let user_ids = table.take("user_id")?;
        let item_ids = table.take("item_id")?;
        let ratings = take_stars(&mut table, "rating")?;
        let names: Vec<String> = table.columns().iter().map(|(name, _)| name.clone()).collect();
        let scores =
            |scores: Vec<Option<f64>>| scores.into_iter().map(|score| score.unwrap_or(f64::NAN)).collect();
        let columns = names.iter().map(|name| table.take(name).map(scores)).collect::<Result<_, _>>()?;
        Ok(Self { user_ids, item_ids, ratings, names, columns })
    }
}

/// The candidates of the catalogue: [`FeatureRows`] that say whether some proposer has the item on top.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CatalogueRows {
    /// Keys, label, features.
    pub rows: FeatureRows,
    /// Whether the meta-models rank the row; if not, it is there for the base models' own rankings.
    pub proposed: Vec<bool>,
}

impl Stored for CatalogueRows {
    const SCHEMA: &'static str = "build-features.catalogue/1";

    fn into_table(self) -> Table {
        let proposed: Vec<i8> = self.proposed.into_iter().map(i8::from).collect();
        self.rows.into_table().with(PROPOSED, proposed)
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let proposed: Vec<i8> = table.take(PROPOSED)?;
        let proposed = proposed.into_iter().map(|proposed| proposed != 0).collect();
        Ok(Self { rows: FeatureRows::from_table(table)?, proposed })
    }
}

/// The column of [`CatalogueRows`] that is no feature.
const PROPOSED: &str = "proposed";

/// The base scores of candidates of the catalogue, each from models that did not see the fold; in ascending order of (user, item,
/// fold).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CandidateScoreRows {
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// As of when, in seconds since 1970: the user's last rating that the models saw, or right after all that they saw.
    pub timestamps: Vec<i64>,
    /// The fold that the models did not see. An item may be a user's candidate in several folds.
    pub folds: Vec<i8>,
    /// The held-out rating, in stars; NaN, and null in the file, where there is none.
    pub ratings: Vec<f32>,
    /// The columns' names.
    pub names: Vec<String>,
    /// The scores, column by column.
    pub columns: Vec<Vec<f64>>,
}

impl Stored for CandidateScoreRows {
    const SCHEMA: &'static str = "train-base.candidates/1";

    fn into_table(self) -> Table {
        let keys = Table::new()
            .with("user_id", self.user_ids)
            .with("item_id", self.item_ids)
            .with("timestamp", self.timestamps)
            .with("fold", self.folds)
            .with("rating", stars_column(self.ratings));
        self.names.into_iter().zip(self.columns).fold(keys, |table, (name, column)| table.with(name, column))
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let user_ids = table.take("user_id")?;
        let item_ids = table.take("item_id")?;
        let timestamps = table.take("timestamp")?;
        let folds = table.take("fold")?;
        let ratings = take_stars(&mut table, "rating")?;
        let (names, columns) = take_scores(table)?;
        Ok(Self { user_ids, item_ids, timestamps, folds, ratings, names, columns })
    }
}

/// What is left of a table once its keys are taken: names, and columns of scores.
pub(super) fn take_scores(mut table: Table) -> Result<(Vec<String>, Vec<Vec<f64>>), String> {
    let names: Vec<String> = table.columns().iter().map(|(name, _)| name.clone()).collect();
    let columns = names.iter().map(|name| table.take(name)).collect::<Result<_, _>>()?;
    Ok((names, columns))
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
