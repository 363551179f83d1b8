//! The function that a logistic regression minimises, with its derivatives.
//!
//! Rows are read a tile at a time, standardised column by column, so that every inner loop runs over contiguous numbers; the Hessian, which is
//! nearly all of the work, is a matrix product of the tile with itself.

use nalgebra::{DMatrix, DVector};
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array2, ArrayView1, ArrayViewMut1, ShapeBuilder as _, s};
use rayon::prelude::*;

use super::scaling::Scaling;
use super::tile::{TILE_ROWS, Tile};
use crate::{FeatureMatrix, LabelledRows};

/// How many rows are summed by one task. Blocks are added in order, so that the number of threads changes no bit.
const BLOCK_ROWS: usize = 4096;

/// Columns of the Hessian that are multiplied at a time: what lies below the diagonal of such a strip is left out.
const STRIP: usize = 24;

/// `f(v) = mean log-loss + 0.5 * sum of penalty_j v_j^2`, over the weights of standardised features and, last, the intercept.
pub(super) struct Problem<'a> {
    features: &'a FeatureMatrix,
    labels: &'a [f32],
    scaling: &'a Scaling,
    penalty: Vec<f64>,
    /// The rows, one list a part; `None` for all rows in one part.
    parts: Option<Vec<Vec<usize>>>,
}

/// Value, gradient and Hessian at one point.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub value: f64,
    pub gradient: DVector<f64>,
    pub hessian: DMatrix<f64>,
}

/// Log-losses of some rows with their derivatives, summed, without the penalty.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    pub n_rows: usize,
    pub loss: f64,
    pub gradient: DVector<f64>,
    /// The upper triangle; what is below it has no meaning.
    pub hessian: DMatrix<f64>,
}

impl<'a> Problem<'a> {
    /// `penalty` has one entry a feature; the intercept is not penalised.
    pub fn new(rows: LabelledRows<'a>, scaling: &'a Scaling, penalty: Vec<f64>) -> Self {
        Self { features: rows.features, labels: rows.labels, scaling, penalty, parts: None }
    }

    /// The same function over these rows alone, which are summed part by part.
    pub fn over(self, parts: Vec<Vec<usize>>) -> Self {
        Self { parts: Some(parts), ..self }
    }

    /// Applies `block_sum(part, tiles of row numbers)` to each block of rows; the results with their part, in order.
    fn map_blocks<T: Send>(
        &self,
        block_sum: impl Fn(usize, &[usize], &mut Tile) -> T + Sync,
    ) -> Vec<(usize, T)> {
        let all;
        let parts = if let Some(parts) = &self.parts {
            parts
        } else {
            all = vec![(0..self.labels.len()).collect()];
            &all
        };
        let blocks: Vec<(usize, &[usize])> = parts
            .iter()
            .enumerate()
            .flat_map(|(part, rows)| rows.chunks(BLOCK_ROWS).map(move |block| (part, block)))
            .collect();
        blocks
            .into_par_iter()
            .map_init(
                || Tile::new(self.penalty.len() + 1),
                |tile, (part, rows)| (part, block_sum(part, rows, tile)),
            )
            .collect()
    }

    /// One entry a feature.
    pub fn penalty(&self) -> &[f64] {
        &self.penalty
    }

    fn n_rows(&self) -> usize {
        self.parts.as_ref().map_or(self.labels.len(), |parts| parts.iter().map(Vec::len).sum())
    }

    fn penalty_at(&self, weights: &DVector<f64>) -> f64 {
        self.penalty.iter().zip(weights.iter()).map(|(penalty, weight)| 0.5 * penalty * weight * weight).sum()
    }

    /// The function's value alone.
    pub fn value(&self, weights: &DVector<f64>) -> f64 {
        let weights = std::slice::from_ref(weights);
        let losses = self.map_blocks(|_, rows, tile| self.block_losses(rows, weights, tile)[0]);
        losses.iter().map(|(_, loss)| loss).sum::<f64>() / self.n_rows() as f64 + self.penalty_at(&weights[0])
    }

    /// The mean log-loss of each part at each of its own weights, `weights[part]`.
    pub fn part_losses(&self, weights: &[Vec<DVector<f64>>]) -> Vec<Vec<f64>> {
        let blocks =
            self.map_blocks(|part, rows, tile| (rows.len(), self.block_losses(rows, &weights[part], tile)));
        let mut sums: Vec<(usize, Vec<f64>)> =
            weights.iter().map(|weights| (0, vec![0.0; weights.len()])).collect();
        for (part, (n_rows, losses)) in blocks {
            sums[part].0 += n_rows;
            sums[part].1.iter_mut().zip(losses).for_each(|(sum, loss)| *sum += loss);
        }
        let mean = |(n_rows, sums): (usize, Vec<f64>)| sums.iter().map(|sum| sum / n_rows as f64).collect();
        sums.into_iter().map(mean).collect()
    }

    /// Summed over the rows, one for each of the weights.
    fn block_losses(&self, rows: &[usize], weights: &[DVector<f64>], tile: &mut Tile) -> Vec<f64> {
        let mut losses = vec![0.0; weights.len()];
        for rows in rows.chunks(TILE_ROWS) {
            tile.load(rows, self.features, self.scaling);
            for (loss, weights) in losses.iter_mut().zip(weights) {
                tile.score(rows.len(), weights);
                let log_odds = tile.log_odds.iter().zip(rows);
                let row_loss =
                    |(&z, &row): (&f64, &usize)| softplus(if self.labels[row] == 1.0 { -z } else { z });
                *loss += log_odds.map(row_loss).sum::<f64>();
            }
        }
        losses
    }

    /// Value, gradient and Hessian.
    pub fn expand(&self, weights: &DVector<f64>) -> Expansion {
        let mut sums = self.expand_parts(weights).into_iter();
        let Some(mut total) = sums.next() else { unreachable!("a problem has rows") };
        for part in sums {
            total.add(&part);
        }
        self.penalised(&total, weights, 1.0)
    }

    /// The sums of each part, in order.
    pub fn expand_parts(&self, weights: &DVector<f64>) -> Vec<Sums> {
        let dim = weights.len();
        let blocks = self.map_blocks(|_, rows, tile| self.block_sums(rows, weights, tile));
        let n_parts = self.parts.as_ref().map_or(1, Vec::len);
        let mut sums = vec![Sums::zero(dim); n_parts];
        for (part, block) in blocks {
            sums[part].add(&block);
        }
        sums
    }

    /// The expansion of the mean of `sums` plus `strength` times the penalty.
    pub fn penalised(&self, sums: &Sums, weights: &DVector<f64>, strength: f64) -> Expansion {
        let n_rows = sums.n_rows as f64;
        let mut gradient = &sums.gradient / n_rows;
        let mut hessian = &sums.hessian / n_rows;
        for (j, penalty) in self.penalty.iter().enumerate() {
            gradient[j] += strength * penalty * weights[j];
            hessian[(j, j)] += strength * penalty;
        }
        hessian.fill_lower_triangle_with_upper_triangle();
        Expansion { value: sums.loss / n_rows + strength * self.penalty_at(weights), gradient, hessian }
    }

    fn block_sums(&self, rows: &[usize], weights: &DVector<f64>, tile: &mut Tile) -> Sums {
        let dim = weights.len();
        let mut sums = Sums { n_rows: rows.len(), ..Sums::zero(dim) };
        let mut hessian = Array2::zeros((dim, dim).f());
        for rows in rows.chunks(TILE_ROWS) {
            let n = rows.len();
            tile.load(rows, self.features, self.scaling);
            tile.score(n, weights);
            tile.slopes.clear();
            tile.roots.clear();
            for (&log_odds, &row) in tile.log_odds.iter().zip(rows) {
                let positive = self.labels[row] == 1.0;
                let margin = if positive { log_odds } else { -log_odds };
                let p_wrong = 1.0 / (1.0 + margin.exp());
                sums.loss += softplus(-margin);
                tile.slopes.push(if positive { -p_wrong } else { p_wrong });
                tile.roots.push((p_wrong * (1.0 - p_wrong)).sqrt());
            }
            let values = tile.view(n, dim);
            let mut gradient = ArrayViewMut1::from(sums.gradient.as_mut_slice());
            general_mat_vec_mul(1.0, &values.t(), &ArrayView1::from(&tile.slopes), 1.0, &mut gradient);
            for column in tile.values.chunks_exact_mut(n) {
                column.iter_mut().zip(&tile.roots).for_each(|(value, root)| *value *= root);
            }
            let values = tile.view(n, dim);
            for start in (0..dim).step_by(STRIP) {
                let end = (start + STRIP).min(dim);
                let mut cells = hessian.slice_mut(s![..end, start..end]);
                general_mat_mul(
                    1.0,
                    &values.slice(s![.., ..end]).t(),
                    &values.slice(s![.., start..end]),
                    1.0,
                    &mut cells,
                );
            }
        }
        sums.hessian.iter_mut().zip(hessian.t()).for_each(|(cell, sum)| *cell = *sum);
        sums
    }
}

impl Sums {
    fn zero(dim: usize) -> Self {
        Self { n_rows: 0, loss: 0.0, gradient: DVector::zeros(dim), hessian: DMatrix::zeros(dim, dim) }
    }

    /// What is left without these rows, which are among them.
    pub fn without(&self, rows: &Self) -> Self {
        Self {
            n_rows: self.n_rows - rows.n_rows,
            loss: self.loss - rows.loss,
            gradient: &self.gradient - &rows.gradient,
            hessian: &self.hessian - &rows.hessian,
        }
    }

    /// Adds other rows.
    pub fn add(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        self.loss += other.loss;
        self.gradient += &other.gradient;
        self.hessian += &other.hessian;
    }
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
        let rows = LabelledRows::new(&features, &labels);
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
