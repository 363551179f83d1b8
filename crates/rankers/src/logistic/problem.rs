//! The function that a logistic regression minimises, with its derivatives.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::scaling::Scaling;
use crate::{FeatureMatrix, LabelledRows};

/// How many rows are summed at a time. Blocks are added in order, so that the number of threads changes no bit.
const BLOCK_ROWS: usize = 4096;

/// `f(v) = mean log-loss + 0.5 * sum of penalty_j v_j^2`, over the weights of standardised features and, last, the intercept.
pub(super) struct Problem<'a> {
    features: &'a FeatureMatrix,
    labels: &'a [f32],
    scaling: &'a Scaling,
    penalty: Vec<f64>,
}

/// Value, gradient and Hessian at one point.
pub(super) struct Expansion {
    pub value: f64,
    pub gradient: DVector<f64>,
    pub hessian: DMatrix<f64>,
}

impl<'a> Problem<'a> {
    /// `penalty` has one entry a feature; the intercept is not penalised.
    pub fn new(rows: LabelledRows<'a>, scaling: &'a Scaling, penalty: Vec<f64>) -> Self {
        Self { features: rows.features, labels: rows.labels, scaling, penalty }
    }

    /// Applies `block_sum(rows, labels)` to each block of standardised rows; the results in row order.
    fn map_blocks<T: Send>(&self, block_sum: impl Fn(&[f64], &[f32]) -> T + Sync) -> Vec<T> {
        let n_rows = self.labels.len();
        (0..n_rows.div_ceil(BLOCK_ROWS))
            .into_par_iter()
            .map_init(Vec::new, |rows, block| {
                let range = block * BLOCK_ROWS..((block + 1) * BLOCK_ROWS).min(n_rows);
                self.features.copy_rows(range.clone(), rows);
                self.scaling.apply(rows);
                block_sum(rows, &self.labels[range])
            })
            .collect()
    }

    fn penalty_at(&self, weights: &DVector<f64>) -> f64 {
        self.penalty.iter().zip(weights.iter()).map(|(penalty, weight)| 0.5 * penalty * weight * weight).sum()
    }

    /// The function's value alone.
    pub fn value(&self, weights: &DVector<f64>) -> f64 {
        let losses = self.map_blocks(|rows, labels| {
            let row_loss = |(row, &label): (&[f64], &f32)| softplus(-margin(row, label, weights));
            rows.chunks_exact(self.penalty.len()).zip(labels).map(row_loss).sum::<f64>()
        });
        losses.iter().sum::<f64>() / self.labels.len() as f64 + self.penalty_at(weights)
    }

    /// Value, gradient and Hessian.
    pub fn expand(&self, weights: &DVector<f64>) -> Expansion {
        let n_features = self.penalty.len();
        let dim = n_features + 1;
        let blocks = self.map_blocks(|rows, labels| {
            let mut loss = 0.0;
            let mut gradient = vec![0.0; dim];
            // The lower triangle, row after row.
            let mut hessian = vec![0.0; dim * (dim + 1) / 2];
            for (row, &label) in rows.chunks_exact(n_features).zip(labels) {
                let margin = margin(row, label, weights);
                loss += softplus(-margin);
                let p_wrong = 1.0 / (1.0 + margin.exp());
                let slope = if label == 1.0 { -p_wrong } else { p_wrong };
                let curvature = p_wrong * (1.0 - p_wrong);
                let mut at = 0;
                for (i, &x) in row.iter().chain([&1.0]).enumerate() {
                    gradient[i] += slope * x;
                    let scaled = curvature * x;
                    for (cell, &y) in hessian[at..=at + i].iter_mut().zip(row.iter().chain([&1.0])) {
                        *cell += scaled * y;
                    }
                    at += i + 1;
                }
            }
            (loss, gradient, hessian)
        });
        let mut value = 0.0;
        let mut gradient = DVector::zeros(dim);
        let mut hessian = DMatrix::zeros(dim, dim);
        for (loss, block_gradient, block_hessian) in blocks {
            value += loss;
            gradient += DVector::from_vec(block_gradient);
            let mut cells = block_hessian.into_iter();
            for i in 0..dim {
                for (j, cell) in (0..=i).zip(&mut cells) {
                    hessian[(i, j)] += cell;
                }
            }
        }
        let n_rows = self.labels.len() as f64;
        value = value / n_rows + self.penalty_at(weights);
        gradient /= n_rows;
        hessian /= n_rows;
        for (j, penalty) in self.penalty.iter().enumerate() {
            gradient[j] += penalty * weights[j];
            hessian[(j, j)] += penalty;
        }
        hessian.fill_upper_triangle_with_lower_triangle();
        Expansion { value, gradient, hessian }
    }
}

/// The log-odds of the label that the row has.
fn margin(row: &[f64], label: f32, weights: &DVector<f64>) -> f64 {
    let mut log_odds = weights[row.len()];
    for (x, weight) in row.iter().zip(weights.iter()) {
        log_odds += x * weight;
    }
    if label == 1.0 { log_odds } else { -log_odds }
}

/// ln(1 + exp(x)), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_agree_with_finite_differences() {
        let columns = vec![
            ("a".to_owned(), (0..50).map(|row| f64::from(row * 7 % 11)).collect()),
            ("b".to_owned(), (0..50).map(|row| f64::from(row * 5 % 13) / 10.0).collect()),
        ];
        let features = FeatureMatrix::from_columns(columns).unwrap();
        let labels: Vec<f32> = (0..50).map(|row| f32::from(row * 7 % 11 > 4 + row % 3)).collect();
        let scaling = Scaling::of(&features);
        let rows = LabelledRows { features: &features, labels: &labels };
        let problem = Problem::new(rows, &scaling, vec![0.1, 0.3]);
        let at = DVector::from_vec(vec![0.4, -0.2, 0.1]);
        let expansion = problem.expand(&at);
        assert!((expansion.value - problem.value(&at)).abs() < 1e-14);
        let step = 1e-5;
        for i in 0..3 {
            let mut ahead = at.clone();
            ahead[i] += step;
            let mut behind = at.clone();
            behind[i] -= step;
            let slope = (problem.value(&ahead) - problem.value(&behind)) / (2.0 * step);
            assert!((slope - expansion.gradient[i]).abs() < 1e-9);
            let slopes = (problem.expand(&ahead).gradient - problem.expand(&behind).gradient) / (2.0 * step);
            assert!((slopes - expansion.hessian.column(i)).amax() < 1e-9);
        }
    }
}
