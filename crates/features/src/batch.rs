//! The candidates whose features are asked for.

use dataset::Candidate;

use crate::Column;

/// Candidates and the base models' scores of them.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    candidates: &'a [Candidate],
    base_scores: &'a [Column],
}

/// Base scores that do not fit the candidates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column} has {found} values, expected one for each of the {expected} candidates")]
pub struct BatchError {
    /// The column's name.
    pub column: String,
    /// How many values it has.
    pub found: usize,
    /// How many candidates there are.
    pub expected: usize,
}

impl<'a> Batch<'a> {
    /// Puts candidates and their base scores together, one column a base model.
    ///
    /// # Errors
    /// [`BatchError`] where a column has not one value a candidate.
    pub fn new(candidates: &'a [Candidate], base_scores: &'a [Column]) -> Result<Self, BatchError> {
        let expected = candidates.len();
        match base_scores.iter().find(|column| column.values.len() != expected) {
            Some(Column { name, values }) => {
                Err(BatchError { column: name.clone(), found: values.len(), expected })
            }
            None => Ok(Self { candidates, base_scores }),
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_column_is_named() {
        let candidates = [Candidate { user_id: 1, item_id: 2, at: 0 }; 2];
        let scores = [Column { name: "score_bias".to_owned(), values: vec![1.0] }];
        assert_eq!(
            Batch::new(&candidates, &scores).unwrap_err().to_string(),
            "column score_bias has 1 values, expected one for each of the 2 candidates"
        );
        assert!(Batch::new(&candidates[..1], &scores).is_ok());
    }
}
