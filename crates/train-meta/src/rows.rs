//! The training rows, and their validation folds.

use std::collections::BTreeSet;

use artifacts::tables::FeatureRows;
use rankers::{FeatureMatrix, LabelledRows};
use stage::UsageError;

use crate::config::RankingLists;

/// Features and targets of some rows, those of a list one after the other.
pub struct Rows {
    pub features: FeatureMatrix,
    pub user_ids: Vec<i64>,
    pub folds: Vec<i8>,
    /// 1 where the item is relevant, else 0.
    pub labels: Vec<f32>,
    /// The ratings; 0, below every rating that is relevant, where nobody gave one.
    pub stars: Vec<f32>,
    /// Where each list that a ranking objective orders ends, exclusively; empty where none does.
    pub list_ends: Vec<usize>,
    lists: Option<RankingLists>,
}

/// A fold, and the rows that the models which predict it are fitted on.
pub struct ValidationFold {
    /// For random streams: `validation-4`.
    pub name: String,
    pub train: Rows,
    pub held_out: Rows,
    /// Which of all rows are held out.
    pub positions: Vec<usize>,
    /// And which are not.
    pub others: Vec<usize>,
}

impl Rows {
    /// The rows of the table, which come in ascending order of (user, item); by (user, fold, item) where lists are of one fold.
    ///
    /// # Errors
    /// Where the columns make no matrix.
    pub fn new(mut table: FeatureRows, lists: Option<RankingLists>) -> anyhow::Result<Self> {
        let mut folds: Vec<i8> = table.folds.into_iter().map(|fold| fold.unwrap_or(0)).collect();
        if lists == Some(RankingLists::UserFold) {
            let mut order: Vec<usize> = (0..folds.len()).collect();
            order.sort_by_key(|&row| (table.user_ids[row], folds[row])); // stable: items stay in order
            // Column by column: no second copy of the whole table.
            table.columns.iter_mut().for_each(|column| in_order(column, &order));
            in_order(&mut table.user_ids, &order);
            in_order(&mut folds, &order);
            in_order(&mut table.labels, &order);
            in_order(&mut table.ratings, &order);
        }
        Ok(Self {
            list_ends: list_ends(lists, &table.user_ids, &folds),
            lists,
            features: FeatureMatrix::from_columns(table.names.into_iter().zip(table.columns).collect())?,
            user_ids: table.user_ids,
            folds,
            labels: table.labels.into_iter().map(f32::from).collect(),
            stars: table.ratings.into_iter().map(|stars| if stars.is_nan() { 0.0 } else { stars }).collect(),
        })
    }

    /// The rows as classifiers take them.
    pub fn relevance(&self) -> LabelledRows<'_> {
        LabelledRows::new(&self.features, &self.labels)
    }

    /// The rows as regressions take them, and, with their lists, ranking objectives.
    pub fn ratings(&self) -> LabelledRows<'_> {
        LabelledRows { features: &self.features, labels: &self.stars, group_ends: &self.list_ends }
    }

    /// The last `n` folds, one after the other: each with the rows of all other folds. By time, the last folds are the latest.
    ///
    /// # Errors
    /// Where there are not more folds than that.
    pub fn validation_folds(&self, n: usize) -> Result<Vec<ValidationFold>, UsageError> {
        let folds: BTreeSet<i8> = self.folds.iter().copied().collect();
        if n > 0 && n >= folds.len() {
            let problem = format!(
                "validation_folds is {n}, but the training rows have {} folds: expected fewer",
                folds.len()
            );
            return Err(UsageError(problem));
        }
        Ok(folds.iter().rev().take(n).map(|&fold| self.without(fold)).collect())
    }

    fn without(&self, fold: i8) -> ValidationFold {
        let (positions, others): (Vec<usize>, Vec<usize>) =
            (0..self.folds.len()).partition(|&row| self.folds[row] == fold);
        ValidationFold {
            name: format!("validation-{fold}"),
            train: self.select(&others),
            held_out: self.select(&positions),
            positions,
            others,
        }
    }

    fn select(&self, rows: &[usize]) -> Self {
        let user_ids: Vec<i64> = rows.iter().map(|&row| self.user_ids[row]).collect();
        let folds: Vec<i8> = rows.iter().map(|&row| self.folds[row]).collect();
        Self {
            list_ends: list_ends(self.lists, &user_ids, &folds),
            lists: self.lists,
            features: self.features.select(rows),
            user_ids,
            folds,
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            stars: rows.iter().map(|&row| self.stars[row]).collect(),
        }
    }
}

/// Brings a column into another order.
fn in_order<T: Copy>(column: &mut Vec<T>, order: &[usize]) {
    *column = order.iter().map(|&row| column[row]).collect();
}

/// Where the lists of these rows end; empty where nothing is ranked.
fn list_ends(lists: Option<RankingLists>, user_ids: &[i64], folds: &[i8]) -> Vec<usize> {
    let Some(lists) = lists else { return Vec::new() };
    let list_of = |row: usize| match lists {
        RankingLists::User => (user_ids[row], 0),
        RankingLists::UserFold => (user_ids[row], folds[row]),
    };
    let n_rows = user_ids.len();
    (1..=n_rows).filter(|&end| end == n_rows || list_of(end) != list_of(end - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> FeatureRows {
        FeatureRows {
            user_ids: vec![1, 1, 2, 2],
            item_ids: vec![1, 2, 1, 2],
            timestamps: vec![0; 4],
            folds: vec![Some(0), Some(2), Some(1), Some(2)],
            ratings: vec![1.0, 2.0, 3.0, 4.0],
            labels: vec![0, 0, 0, 1],
            names: vec!["x".to_owned()],
            columns: vec![vec![10.0, 20.0, 30.0, 40.0]],
        }
    }

    fn rows() -> Rows {
        Rows::new(table(), None).unwrap()
    }

    #[test]
    fn lists_are_of_users_or_of_their_folds() {
        let of = |lists| {
            let folds = vec![Some(2), Some(0), Some(1), Some(1)];
            let rows = Rows::new(FeatureRows { folds, ..table() }, lists).unwrap();
            (rows.stars.clone(), rows.list_ends.clone())
        };
        assert_eq!(of(None), (vec![1.0, 2.0, 3.0, 4.0], vec![]));
        assert_eq!(of(Some(RankingLists::User)), (vec![1.0, 2.0, 3.0, 4.0], vec![2, 4]));
        assert_eq!(of(Some(RankingLists::UserFold)), (vec![2.0, 1.0, 3.0, 4.0], vec![1, 2, 4]));
    }

    #[test]
    fn the_last_folds_are_held_out() {
        let folds = rows().validation_folds(2).unwrap();
        let of = |fold: &ValidationFold| {
            (fold.name.clone(), fold.train.stars.clone(), fold.held_out.features.column(0).to_vec())
        };
        assert_eq!(of(&folds[0]), ("validation-2".to_owned(), vec![1.0, 3.0], vec![20.0, 40.0]));
        assert_eq!(of(&folds[1]), ("validation-1".to_owned(), vec![1.0, 2.0, 4.0], vec![30.0]));
        assert_eq!((&folds[0].positions, &folds[1].positions), (&vec![1, 3], &vec![2]));
    }

    #[test]
    fn some_fold_must_be_left_to_fit_on() {
        let error = rows().validation_folds(3).err().unwrap();
        assert_eq!(error.0, "validation_folds is 3, but the training rows have 3 folds: expected fewer");
        assert!(rows().validation_folds(0).unwrap().is_empty());
    }
}
