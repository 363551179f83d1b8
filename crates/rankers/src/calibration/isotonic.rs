//! Isotonic regression: the best increasing curve from score to probability.

use serde::{Deserialize, Serialize};

use super::{MAX_SCORE, check_scored_rows};
use crate::{FitError, ModelError};

/// Neighbouring rows that share one probability.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Block {
    n_rows: f64,
    /// Sum of the scores.
    scores: f64,
    lowest: f64,
    highest: f64,
    n_positives: f64,
}

/// An increasing curve through the pooled blocks.
///
/// The blocks are those of the pool-adjacent-violators algorithm (Ayer et al., 1955; for calibration Zadrozny and Elkan, 2002), rows of equal
/// score pooled first; their shares of label 1 are the increasing sequence of the smallest log-loss and Brier score on the fitting rows.
///
/// Between the mean scores of two blocks the curve is linear, and flat outside the first and last mean. The step function of the blocks
/// themselves would make ties of all rows of a block (on MovieLens, 100 blocks for 80,000 rows), which costs a ranking its order; the line keeps
/// the order and generalises better where the true curve has no steps. Probabilities stay within [1 / (n + 2), 1 - 1 / (n + 2)] for n fitting rows,
/// the most that so many rows can support (Laplace's rule of succession), so that no row can cost an infinite log-loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Mean score of each block, ascending.
    scores: Vec<f64>,
    /// Probability of each block, ascending.
    probabilities: Vec<f64>,
}

impl Isotonic {
    /// Fits the curve on out-of-fold or held-out raw scores and their labels, 0 or 1.
    ///
    /// # Errors
    /// Where there are no rows, the lengths differ, a score is NaN or beyond [`super::MAX_SCORE`], a label is neither 0 nor 1, or all labels are equal.
    pub fn fit(scores: &[f64], labels: &[f32]) -> Result<Self, FitError> {
        check_scored_rows(scores, labels)?;
        let floor = 1.0 / (scores.len() as f64 + 2.0);
        let mut curve = Self { scores: Vec::new(), probabilities: Vec::new() };
        for block in pool_adjacent_violators(scores, labels) {
            curve.scores.push(block.mean_score());
            curve.probabilities.push(block.share().clamp(floor, 1.0 - floor));
        }
        Ok(curve)
    }

    /// The probability of label 1 at a raw score, strictly between 0 and 1. NaN for NaN.
    pub fn apply(&self, score: f64) -> f64 {
        if score.is_nan() {
            return score;
        }
        let above = self.scores.partition_point(|&knot| knot <= score);
        if above == 0 {
            return self.probabilities[0];
        }
        let (x0, y0) = (self.scores[above - 1], self.probabilities[above - 1]);
        let (Some(x1), Some(y1)) = (self.scores.get(above), self.probabilities.get(above)) else {
            return y0;
        };
        let share = (score - x0) / (x1 - x0);
        // Rounding must not lift a probability over the next knot's.
        (y0 + share * (y1 - y0)).clamp(y0, *y1)
    }

    /// The curve's knots: (mean score, probability) of each block, both ascending.
    pub fn knots(&self) -> impl ExactSizeIterator<Item = (f64, f64)> {
        self.scores.iter().copied().zip(self.probabilities.iter().copied())
    }

    /// Whether the knots make an increasing curve of probabilities.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self) -> Result<(), ModelError> {
        let n = self.scores.len();
        ModelError::unless(n > 0 && self.probabilities.len() == n, || {
            format!("isotonic calibrator with {n} scores and {} probabilities", self.probabilities.len())
        })?;
        let scores_ascend =
            self.scores.iter().all(|x| x.abs() <= MAX_SCORE) && self.scores.is_sorted_by(|a, b| a < b);
        let probabilities_ascend = self.probabilities.iter().all(|&p| p > 0.0 && p < 1.0)
            && self.probabilities.is_sorted_by(|a, b| a <= b);
        ModelError::unless(scores_ascend && probabilities_ascend, || {
            "isotonic calibrator whose knots do not ascend or are no probabilities".to_owned()
        })
    }
}

impl Block {
    fn share(&self) -> f64 {
        self.n_positives / self.n_rows
    }

    /// Between the block's own scores also where the sum was rounded, so that the means of the blocks ascend.
    fn mean_score(&self) -> f64 {
        (self.scores / self.n_rows).clamp(self.lowest, self.highest)
    }

    /// Takes in the block before this one.
    fn take_in(&mut self, before: Self) {
        self.n_rows += before.n_rows;
        self.scores += before.scores;
        self.lowest = before.lowest;
        self.n_positives += before.n_positives;
    }
}

/// The blocks in the order of their scores; shares of label 1 strictly ascend.
fn pool_adjacent_violators(scores: &[f64], labels: &[f32]) -> Vec<Block> {
    let mut rows: Vec<(f64, f32)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    // Sorted by label as well, so that the order of the rows changes no bit.
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut blocks: Vec<Block> = Vec::new();
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut last = Block {
            n_rows: tied.len() as f64,
            scores: tied[0].0 * tied.len() as f64,
            lowest: tied[0].0,
            highest: tied[0].0,
            n_positives: tied.iter().map(|row| f64::from(row.1)).sum(),
        };
        // Counts are whole numbers, so that products compare shares exactly.
        while let Some(before) = blocks.pop_if(|b| b.n_positives * last.n_rows >= last.n_positives * b.n_rows)
        {
            last.take_in(before);
        }
        blocks.push(last);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(scores: &[f64], labels: &[f32]) -> Vec<(f64, f64)> {
        pool_adjacent_violators(scores, labels).iter().map(|b| (b.mean_score(), b.share())).collect()
    }

    #[test]
    fn violators_are_pooled_by_hand() {
        // 1: 0 | 2: 1, 3: 0 violate: 1/2 at 2.5 | 4: 1, 5: 1 are equal and pool: 1 at 4.5
        let found = shares(&[1.0, 2.0, 3.0, 4.0, 5.0], &[0.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(found, [(1.0, 0.0), (2.5, 0.5), (4.5, 1.0)]);
        // 1: 1, 2: 1, 3: 0 pool to 2/3; 4: 0 pulls them to 2/4 at 2.5
        assert_eq!(shares(&[4.0, 3.0, 2.0, 1.0], &[0.0, 0.0, 1.0, 1.0]), [(2.5, 0.5)]);
        // ties first: 1: {1, 0, 0} is 1/3, 2: {1} is 1
        assert_eq!(shares(&[1.0, 2.0, 1.0, 1.0], &[1.0, 1.0, 0.0, 0.0]), [(1.0, 1.0 / 3.0), (2.0, 1.0)]);
        // minus zero is zero
        assert_eq!(shares(&[0.0, -0.0], &[0.0, 1.0]), [(0.0, 0.5)]);
    }

    #[test]
    fn lines_between_the_means_of_blocks() {
        let fitted = Isotonic::fit(&[1.0, 2.0, 3.0, 4.0, 5.0], &[0.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
        // 5 rows: probabilities within [1/7, 6/7]; knots (1, 1/7), (2.5, 1/2), (4.5, 6/7).
        for (score, expected) in [
            (-9.0, 1.0 / 7.0),
            (1.0, 1.0 / 7.0),
            (1.75, f64::midpoint(1.0 / 7.0, 0.5)), // half way
            (2.5, 0.5),
            (3.0, 0.5 + (6.0 / 7.0 - 0.5) / 4.0), // a quarter of the way
            (99.0, 6.0 / 7.0),
        ] {
            assert!((fitted.apply(score) - expected).abs() < 1e-15, "{score}: {}", fitted.apply(score));
        }
    }

    #[test]
    fn broken_curves_are_told() {
        for (scores, probabilities) in [
            (vec![], vec![]),
            (vec![1.0], vec![0.5, 0.6]),
            (vec![1.0, 1.0], vec![0.5, 0.6]),
            (vec![1.0, 2.0], vec![0.6, 0.5]),
            (vec![1.0], vec![f64::NAN]),
            (vec![f64::INFINITY], vec![0.5]),
        ] {
            assert!(Isotonic { scores, probabilities }.validate().is_err());
        }
    }

    /// Rows of few distinct scores, so that there are ties; the first two labels are 0 and 1.
    fn scored_rows() -> impl Strategy<Value = (Vec<f64>, Vec<f32>)> {
        prop::collection::vec((-20i32..20, any::<bool>()), 2..80).prop_map(|rows| {
            let labels =
                rows.iter().enumerate().map(|(i, row)| if i < 2 { i as f32 } else { f32::from(row.1) });
            (rows.iter().map(|row| f64::from(row.0) / 4.0).collect(), labels.collect())
        })
    }

    proptest! {
        #[test]
        fn the_curve_never_falls((scores, labels) in scored_rows()) {
            let fitted = Isotonic::fit(&scores, &labels).unwrap();
            prop_assert!(fitted.validate().is_ok());
            let curve: Vec<f64> = (-600..600).map(|x| fitted.apply(f64::from(x) / 100.0)).collect();
            prop_assert!(curve.is_sorted() && curve.iter().all(|&p| p > 0.0 && p < 1.0));
        }

        /// The blocks' shares are the best increasing sequence: no increasing map of the scores has less log-loss or Brier score.
        #[test]
        fn no_increasing_map_beats_the_blocks((scores, labels) in scored_rows(), slope in 0.01f64..4.0, shift in -3.0f64..3.0) {
            let blocks = pool_adjacent_violators(&scores, &labels);
            let mut n_seen = 0.0;
            let mut ascending = scores.clone();
            ascending.sort_by(f64::total_cmp);
            // The largest score of each block says which block a row is in.
            let ends: Vec<f64> = blocks.iter().map(|b| { n_seen += b.n_rows; ascending[n_seen as usize - 1] }).collect();
            let pooled = |score: f64| blocks[ends.partition_point(|&end| end < score)].share();
            let map = |score: f64| crate::objective::sigmoid(slope * score + shift);
            let total = |p: &dyn Fn(f64) -> f64, loss: fn(f64) -> f64| scores.iter().zip(&labels)
                .map(|(&score, &label)| loss(if label == 1.0 { p(score) } else { 1.0 - p(score) })).sum::<f64>();
            for loss in [|p: f64| -p.ln(), |p: f64| (1.0 - p).powi(2)] {
                prop_assert!(total(&pooled, loss) <= total(&map, loss) + 1e-9);
            }
        }

        #[test]
        fn the_order_of_rows_changes_no_bit((scores, labels) in scored_rows()) {
            let backwards = |rows: Vec<f64>| rows.into_iter().rev().collect::<Vec<_>>();
            let other = Isotonic::fit(&backwards(scores.clone()), &labels.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(Isotonic::fit(&scores, &labels).unwrap(), other.unwrap());
        }
    }
}
