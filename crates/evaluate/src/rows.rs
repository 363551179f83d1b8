//! The rows that a protocol ranks.

use artifacts::tables::{CatalogueRows, FeatureRows};

use crate::protocol::Protocol;

/// The rows of one protocol, in ascending order of (user, item).
pub struct Rows {
    /// Which.
    pub protocol: Protocol,
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// The test rating, in stars; NaN where the user has not rated the item.
    pub stars: Vec<f32>,
    /// Whether the test rating says that the user likes the item.
    pub relevant: Vec<bool>,
    /// What the graded metrics count: the stars, or 0.
    pub grades: Vec<f64>,
    /// Which models may rank the row.
    pub ranked_by: Vec<RankedBy>,
    /// The rows with features, one after the other: those that are [`RankedBy`] by anybody.
    pub features: FeatureRows,
}

/// Who has an item among its candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankedBy {
    /// Everybody ranks it.
    All,
    /// It is on top of some base model's ranking, but no candidate: base models alone rank it.
    BaseModels,
    /// Nobody: it is here because the user rated it, so that what was missed counts.
    Nobody,
}

impl Rows {
    /// The user's test items.
    pub fn rated(protocol: Protocol, test: FeatureRows) -> Self {
        Self {
            protocol,
            user_ids: test.user_ids.clone(),
            item_ids: test.item_ids.clone(),
            relevant: test.labels.iter().map(|&label| label == 1).collect(),
            grades: test.ratings.iter().map(|&stars| f64::from(stars)).collect(),
            stars: test.ratings.clone(),
            ranked_by: vec![RankedBy::All; test.user_ids.len()],
            features: test,
        }
    }

    /// The candidates from the catalogue, and the test items that are none.
    pub fn catalogue(protocol: Protocol, candidates: CatalogueRows, test: &FeatureRows) -> Self {
        let CatalogueRows { rows: features, proposed } = candidates;
        let mut rows = Self {
            protocol,
            user_ids: Vec::new(),
            item_ids: Vec::new(),
            stars: Vec::new(),
            relevant: Vec::new(),
            grades: Vec::new(),
            ranked_by: Vec::new(),
            features,
        };
        let key =
            |table: &FeatureRows, row: usize| Some((*table.user_ids.get(row)?, *table.item_ids.get(row)?));
        let (mut candidate, mut rated) = (0, 0);
        loop {
            let (next_candidate, next_rated) = (key(&rows.features, candidate), key(test, rated));
            let (Some(key), is_candidate) = (match (next_candidate, next_rated) {
                (Some(one), Some(other)) => (Some(one.min(other)), one <= other),
                (one, other) => (one.or(other), one.is_some()),
            }) else {
                break;
            };
            let is_rated = next_rated == Some(key);
            rows.user_ids.push(key.0);
            rows.item_ids.push(key.1);
            rows.stars.push(if is_rated { test.ratings[rated] } else { f32::NAN });
            rows.relevant.push(is_rated && test.labels[rated] == 1);
            rows.grades.push(if is_rated { f64::from(test.ratings[rated]) } else { 0.0 });
            rows.ranked_by.push(match is_candidate.then(|| proposed[candidate]) {
                Some(true) => RankedBy::All,
                Some(false) => RankedBy::BaseModels,
                None => RankedBy::Nobody,
            });
            candidate += usize::from(is_candidate);
            rated += usize::from(is_rated);
        }
        rows
    }

    /// `scores`, one a row with features, as one a row: NaN where the model does not rank the row.
    pub fn spread(&self, scores: &[f64], by_base_model: bool) -> Vec<f64> {
        let mut scores = scores.iter();
        let score = |retrieved: &RankedBy| match retrieved {
            RankedBy::Nobody => f64::NAN,
            RankedBy::All => scores.next().copied().unwrap_or(f64::NAN),
            RankedBy::BaseModels => scores.next().copied().filter(|_| by_base_model).unwrap_or(f64::NAN),
        };
        self.ranked_by.iter().map(score).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(i64, i64, f32)]) -> FeatureRows {
        FeatureRows {
            user_ids: rows.iter().map(|row| row.0).collect(),
            item_ids: rows.iter().map(|row| row.1).collect(),
            ratings: rows.iter().map(|row| row.2).collect(),
            labels: rows.iter().map(|row| i8::from(row.2 >= 4.0)).collect(),
            ..FeatureRows::default()
        }
    }

    #[test]
    fn what_was_missed_stands_among_the_candidates() {
        let test = table(&[(1, 20, 5.0), (1, 40, 2.0), (2, 10, 4.0)]);
        let candidates = CatalogueRows {
            rows: table(&[(1, 10, f32::NAN), (1, 20, 5.0), (1, 30, f32::NAN), (3, 10, f32::NAN)]),
            proposed: vec![true, true, false, true],
        };
        let rows = Rows::catalogue(Protocol::FullCatalogue, candidates, &test);
        let keys: Vec<_> = rows.user_ids.iter().copied().zip(rows.item_ids.iter().copied()).collect();
        assert_eq!(keys, [(1, 10), (1, 20), (1, 30), (1, 40), (2, 10), (3, 10)]);
        assert_eq!(rows.relevant, [false, true, false, false, true, false]);
        assert_eq!(rows.grades, [0.0, 5.0, 0.0, 2.0, 4.0, 0.0]);
        assert!(rows.stars[0].is_nan() && rows.stars[3] == 2.0);
        let scores = [0.1, 0.2, 0.3, 0.4];
        let defined = |scores: Vec<f64>| {
            scores.into_iter().map(|score| (!score.is_nan()).then_some(score)).collect::<Vec<_>>()
        };
        assert_eq!(
            defined(rows.spread(&scores, true)),
            [Some(0.1), Some(0.2), Some(0.3), None, None, Some(0.4)]
        );
        assert_eq!(defined(rows.spread(&scores, false)), [Some(0.1), Some(0.2), None, None, None, Some(0.4)]);
    }
}
