//! The features of many rows, column by column.

use ndarray::{ArrayView2, ShapeBuilder as _};

use crate::{FitError, MatrixError};

/// `n_rows` x `n_features` numbers, stored column after column; NaN stands for a missing value.
///
/// Names are unique and values finite or NaN: the constructor sees to it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMatrix {
    names: Vec<String>,
    values: Vec<f64>,
    n_rows: usize,
}

impl FeatureMatrix {
    /// The matrix of these `(name, values)` columns, in this order. No column at all makes a matrix without rows.
    ///
    /// # Errors
    /// Where two names are equal, a column has another length than the first, or a value is infinite.
    pub fn from_columns(columns: Vec<(String, Vec<f64>)>) -> Result<Self, MatrixError> {
        let n_rows = columns.first().map_or(0, |(_, column)| column.len());
        let mut matrix = Self {
            names: Vec::with_capacity(columns.len()),
            values: Vec::with_capacity(columns.len() * n_rows),
            n_rows,
        };
        for (name, column) in columns {
            if column.len() != n_rows {
                return Err(MatrixError::UnequalLengths { name, found: column.len(), expected: n_rows });
            }
            if matrix.names.contains(&name) {
                return Err(MatrixError::DuplicateName { name });
            }
            if let Some(row) = column.iter().position(|value| value.is_infinite()) {
                return Err(MatrixError::Infinite { name, row });
            }
            matrix.names.push(name);
            matrix.values.extend_from_slice(&column);
        }
        Ok(matrix)
    }

    /// The names, in column order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// How many features there are.
    pub fn n_features(&self) -> usize {
        self.names.len()
    }

    /// The values of one feature, row by row.
    ///
    /// # Panics
    /// Where `feature` is not below [`FeatureMatrix::n_features`].
    pub fn column(&self, feature: usize) -> &[f64] {
        assert!(feature < self.names.len(), "feature {feature} of {}", self.names.len());
        &self.values[feature * self.n_rows..(feature + 1) * self.n_rows]
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        (0..self.n_features()).map(|feature| self.column(feature))
    }

    /// The rows at `rows`, in that order.
    ///
    /// # Panics
    /// Where one is not below [`FeatureMatrix::n_rows`].
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let values = self.columns().flat_map(|column| rows.iter().map(|&row| column[row])).collect();
        Self { names: self.names.clone(), values, n_rows: rows.len() }
    }

    /// The numbers as a two-dimensional view, rows first.
    pub fn view(&self) -> ArrayView2<'_, f64> {
        let shape = (self.n_rows, self.n_features()).f();
        ArrayView2::from_shape(shape, &self.values)
            .unwrap_or_else(|_| unreachable!("the constructor keeps shapes"))
    }

    /// The rows in `range`, copied row after row (`n_features` numbers each) over what `out` held.
    pub(crate) fn copy_rows(&self, range: std::ops::Range<usize>, out: &mut Vec<f64>) {
        let n_features = self.n_features();
        out.clear();
        out.resize(range.len() * n_features, 0.0);
        for (feature, column) in self.columns().enumerate() {
            for (row, &value) in out.chunks_exact_mut(n_features).zip(&column[range.clone()]) {
                row[feature] = value;
            }
        }
    }
}

/// Rows with what they should be predicted as.
#[derive(Debug, Clone, Copy)]
pub struct LabelledRows<'a> {
    /// The features.
    pub features: &'a FeatureMatrix,
    /// One label a row.
    pub labels: &'a [f32],
    /// Where each query group ends, exclusively, as [`crate::objective::QueryGroups`] says; empty for pointwise objectives, which do not
    /// look at it.
    pub group_ends: &'a [usize],
}

impl<'a> LabelledRows<'a> {
    /// Rows that belong to no query.
    pub fn new(features: &'a FeatureMatrix, labels: &'a [f32]) -> Self {
        Self { features, labels, group_ends: &[] }
    }

    /// Whether there are rows and features, and as many labels as rows.
    pub(crate) fn check(&self) -> Result<(), FitError> {
        let n_rows = self.features.n_rows();
        if self.features.n_features() == 0 {
            return Err(FitError::NoFeatures);
        }
        if self.labels.len() != n_rows {
            return Err(FitError::LabelCount { found: self.labels.len(), expected: n_rows });
        }
        if n_rows == 0 { Err(FitError::NoRows) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, values: &[f64]) -> (String, Vec<f64>) {
        (name.to_owned(), values.to_vec())
    }

    #[test]
    fn columns_and_rows_are_the_same_numbers() {
        let matrix = FeatureMatrix::from_columns(vec![
            column("a", &[1.0, 2.0, 3.0]),
            column("b", &[4.0, f64::NAN, 6.0]),
        ])
        .unwrap();
        assert_eq!((matrix.n_rows(), matrix.n_features()), (3, 2));
        assert_eq!(matrix.view()[(2, 1)], 6.0);
        let mut rows = vec![9.0; 7];
        matrix.copy_rows(1..3, &mut rows);
        assert_eq!((rows[0], rows[2], rows[3]), (2.0, 3.0, 6.0));
        assert!(rows[1].is_nan() && rows.len() == 4);
        let selected = matrix.select(&[2, 0]);
        assert_eq!((selected.column(0), selected.column(1)), ([3.0, 1.0].as_slice(), [6.0, 4.0].as_slice()));
    }

    #[test]
    fn bad_columns_are_named() {
        let error = |columns| FeatureMatrix::from_columns(columns).unwrap_err().to_string();
        assert_eq!(
            error(vec![column("a", &[1.0]), column("b", &[1.0, 2.0])]),
            "feature \"b\" has 2 rows, expected 1 as in the first feature"
        );
        assert_eq!(
            error(vec![column("a", &[1.0]), column("a", &[2.0])]),
            "feature \"a\" appears twice; every feature needs its own name"
        );
        assert_eq!(
            error(vec![column("a", &[1.0, f64::NEG_INFINITY])]),
            "feature \"a\" is infinite in row 1 (0-based); expected a finite number, or NaN for missing"
        );
    }
}
