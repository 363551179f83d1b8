//! The candidates whose features are asked for.

use dataset::Candidate;

use crate::Column;

/// Candidates, and what the base models say of them.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    candidates: &'a [Candidate],
    base_scores: &'a [Column],
    in_stars: &'a [bool],
    supports: &'a [Column],
}

/// Columns that do not fit the candidates or each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// A column has not one value a candidate.
    #[error("column {column} has {found} values, expected one for each of the {expected} candidates")]
    Length {
        /// The column's name.
        column: String,
        /// How many values it has.
        found: usize,
        /// How many candidates there are.
        expected: usize,
    },
    /// Not every base score says whether it is in stars.
    #[error("{found} base scores say whether they are in stars, expected each of the {expected}")]
    Scales {
        /// How many say it.
        found: usize,
        /// How many base scores there are.
        expected: usize,
    },
}

impl<'a> Batch<'a> {
    /// A batch without base models.
    pub fn new(candidates: &'a [Candidate]) -> Self {
        Self { candidates, base_scores: &[], in_stars: &[], supports: &[] }
    }

    /// The same candidates with their base scores, one column a base model; `in_stars[m]` says whether the scores of model `m` are
    /// predicted ratings, in stars, and not on a scale of their own.
    ///
    /// # Errors
    /// [`BatchError`] where a column has not one value a candidate, or where `in_stars` has not one entry a column.
    pub fn with_base_scores(
        self,
        base_scores: &'a [Column],
        in_stars: &'a [bool],
    ) -> Result<Self, BatchError> {
        if in_stars.len() != base_scores.len() {
            return Err(BatchError::Scales { found: in_stars.len(), expected: base_scores.len() });
        }
        self.check(base_scores)?;
        Ok(Self { base_scores, in_stars, ..self })
    }

    /// The same candidates with the support behind the base scores: how many neighbours or ratings stand behind a score.
    ///
    /// # Errors
    /// [`BatchError::Length`] where a column has not one value a candidate.
    pub fn with_supports(self, supports: &'a [Column]) -> Result<Self, BatchError> {
        self.check(supports)?;
        Ok(Self { supports, ..self })
    }

    fn check(&self, columns: &[Column]) -> Result<(), BatchError> {
        let expected = self.candidates.len();
        match columns.iter().find(|column| column.values.len() != expected) {
            Some(Column { name, values }) => {
                Err(BatchError::Length { column: name.clone(), found: values.len(), expected })
            }
            None => Ok(()),
        }
    }

    /// The candidates.
    pub fn candidates(&self) -> &'a [Candidate] {
        self.candidates
    }

    /// The scores, each column in the order of the candidates.
    pub fn base_scores(&self) -> &'a [Column] {
        self.base_scores
    }

    /// Those of the scores that are in stars.
    pub fn scores_in_stars(&self) -> impl Iterator<Item = &'a [f64]> + Clone {
        let columns = self.base_scores.iter().zip(self.in_stars);
        columns.filter(|(_, in_stars)| **in_stars).map(|(column, _)| column.values.as_slice())
    }

    /// The supports, each column in the order of the candidates.
    pub fn supports(&self) -> &'a [Column] {
        self.supports
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, values: Vec<f64>) -> Column {
        Column { name: name.to_owned(), values }
    }

    #[test]
    fn a_short_column_is_named() {
        let candidates = [Candidate { user_id: 1, item_id: 2, at: 0 }; 2];
        let scores = [column("score_bias", vec![1.0])];
        let message = "column score_bias has 1 values, expected one for each of the 2 candidates";
        let batch = Batch::new(&candidates);
        assert_eq!(batch.with_base_scores(&scores, &[true]).unwrap_err().to_string(), message);
        assert_eq!(batch.with_supports(&scores).unwrap_err().to_string(), message);
        assert!(Batch::new(&candidates[..1]).with_base_scores(&scores, &[true]).is_ok());
    }

    #[test]
    fn every_score_says_its_scale() {
        let candidates = [Candidate { user_id: 1, item_id: 2, at: 0 }];
        let scores = [column("score_bias", vec![3.5]), column("score_genre", vec![0.1])];
        let batch = Batch::new(&candidates);
        assert_eq!(
            batch.with_base_scores(&scores, &[true]).unwrap_err().to_string(),
            "1 base scores say whether they are in stars, expected each of the 2"
        );
        let batch = batch.with_base_scores(&scores, &[true, false]).unwrap();
        assert_eq!(batch.scores_in_stars().collect::<Vec<_>>(), [[3.5]]);
    }
}
