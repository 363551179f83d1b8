//! The log-loss of a mixture by its weights, and how a step lowers it.

use rayon::prelude::*;

use super::{Member, kept};

/// How many rows are summed at a time. Blocks are added in order, so that the number of threads changes no bit.
const BLOCK_ROWS: usize = 8192;

/// The mean log-loss of a weighted mixture, and what an optimiser asks of it.
pub(super) struct Mixture<'a> {
    pub members: &'a [Member<'a>],
    pub labels: &'a [f32],
}

/// The loss with its derivatives by the weights.
pub(super) struct Expansion {
    pub loss: f64,
    /// `mean q[m] / mixture`: minus the loss's gradient. Weighted by the weights it sums to 1.
    pull: Vec<f64>,
    /// `mean q[m] q[k] / mixture^2`, row after row.
    hessian: Vec<f64>,
}

impl Expansion {
    /// The loss is convex, so it is at most this much above the optimum (and 0 there).
    pub fn gap(&self) -> f64 {
        self.pull.iter().copied().fold(1.0, f64::max) - 1.0
    }
}

impl Mixture<'_> {
    /// Calls `add(sums, q / mixture, mixture)` for each row; sums of blocks are added in order.
    fn sum(&self, weights: &[f64], n_sums: usize, add: impl Fn(&mut [f64], &[f64], f64) + Sync) -> Vec<f64> {
        let n_rows = self.labels.len();
        let blocks: Vec<Vec<f64>> = (0..n_rows.div_ceil(BLOCK_ROWS))
            .into_par_iter()
            .map(|block| {
                let mut sums = vec![0.0; n_sums];
                let mut ratios = vec![0.0; self.members.len()];
                for row in block * BLOCK_ROWS..((block + 1) * BLOCK_ROWS).min(n_rows) {
                    for (q, member) in ratios.iter_mut().zip(self.members) {
                        let p = kept(member.probabilities[row]);
                        *q = if self.labels[row] == 1.0 { p } else { 1.0 - p };
                    }
                    let mixture: f64 = ratios.iter().zip(weights).map(|(q, weight)| q * weight).sum();
                    for q in &mut ratios {
                        *q /= mixture;
                    }
                    add(&mut sums, &ratios, mixture);
                }
                sums
            })
            .collect();
        let mut total = vec![0.0; n_sums];
        for block in blocks {
            total.iter_mut().zip(block).for_each(|(total, sum)| *total += sum);
        }
        for sum in &mut total {
            *sum /= n_rows as f64;
        }
        total
    }

    pub fn loss(&self, weights: &[f64]) -> f64 {
        self.sum(weights, 1, |sums, _, mixture| sums[0] -= mixture.ln())[0]
    }

    pub fn expand(&self, weights: &[f64]) -> Expansion {
        let n = weights.len();
        let sums = self.sum(weights, 1 + n + n * n, |sums, ratios, mixture| {
            sums[0] -= mixture.ln();
            let (pull, hessian) = sums[1..].split_at_mut(n);
            for ((sum, cells), &a) in pull.iter_mut().zip(hessian.chunks_exact_mut(n)).zip(ratios) {
                *sum += a;
                cells.iter_mut().zip(ratios).for_each(|(cell, b)| *cell += a * b);
            }
        });
        Expansion { loss: sums[0], pull: sums[1..=n].to_vec(), hessian: sums[n + 1..].to_vec() }
    }

    /// The first of the full way to `target`, its half, its quarter, ... that lowers the loss enough (Armijo's rule).
    pub fn line_search(
        &self,
        from: &[f64],
        target: &[f64],
        here: &Expansion,
    ) -> Option<(Vec<f64>, Expansion)> {
        let slope: f64 =
            from.iter().zip(target).zip(&here.pull).map(|((from, to), pull)| (from - to) * pull).sum();
        let mut length = 1.0;
        for _ in 0..30 {
            let next: Vec<f64> =
                from.iter().zip(target).map(|(from, to)| from + length * (to - from)).collect();
            let expansion = self.expand(&next);
            let enough = expansion.loss < here.loss + 1e-4 * length * slope.min(0.0);
            // Next to the optimum the decrease is below what f64 can see of the loss; the gap still tells.
            if enough || (slope.abs() < 1e-12 * here.loss && expansion.gap() < here.gap()) {
                return Some((next, expansion));
            }
            length /= 2.0;
        }
        None
    }
}

/// Weights that minimise the second-order expansion of `loss + sum of weights` under `weights >= 0`, brought to sum 1: coordinate after
/// coordinate, each to its exact minimum, until they rest.
pub(super) fn minimise_quadratic(weights: &[f64], here: &Expansion) -> Vec<f64> {
    let n = weights.len();
    let mut at = weights.to_vec();
    for _ in 0..10_000 {
        let mut largest_move = 0.0f64;
        for m in 0..n {
            let row = &here.hessian[m * n..(m + 1) * n];
            let bend: f64 = row.iter().zip(&at).zip(weights).map(|((h, at), from)| h * (at - from)).sum();
            let next = (at[m] - (1.0 - here.pull[m] + bend) / row[m]).max(0.0);
            largest_move = largest_move.max((next - at[m]).abs());
            at[m] = next;
        }
        if largest_move < 1e-12 {
            break;
        }
    }
    let sum: f64 = at.iter().sum();
    if sum > 0.0 { at.iter().map(|weight| weight / sum).collect() } else { weights.to_vec() }
}
