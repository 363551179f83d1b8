//! The log-loss of a two-class label: -ln p where the label is 1 and -ln(1 - p) where it is 0, with p = sigmoid(score).

use fearless_simd::{Level, Simd, dispatch};

use super::exp::exp;
use super::{MIN_HESSIAN, Objective, ObjectiveKind};
use crate::FitError;

/// Binomial deviance over the log-odds; labels are 0 or 1. Derivatives: p - label and p (1 - p).
#[derive(Debug, Clone, Copy, Default)]
pub struct BinaryLogLoss;

/// The loss of a row is at most -ln of this (41 nats).
const MIN_PROBABILITY: f64 = 1e-18;

/// Log-odds are cut off here, where the odds are still finite.
const MAX_LOG_ODDS: f64 = 690.0;

/// How many probabilities are multiplied before one logarithm is taken: [`MIN_PROBABILITY`] to this power is above the
/// smallest f64.
const ROWS_PER_LN: usize = 16;

/// 1 / (1 + exp(-x)), in (0, 1), without overflow for any finite `x`.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Objective for BinaryLogLoss {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::BinaryLogLoss
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        check_two_classes(labels)
    }

    fn init_score(&self, labels: &[f32]) -> f64 {
        let n_positive = labels.iter().filter(|&&label| label == 1.0).count() as f64;
        (n_positive / (labels.len() as f64 - n_positive)).ln()
    }

    fn gradients(
        &self,
        _tree: usize,
        _first_row: usize,
        scores: &[f64],
        labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        dispatch!(Level::new(), simd => derive(simd, scores, labels, out))
    }

    fn loss(&self, _first_row: usize, scores: &[f64], labels: &[f32]) -> f64 {
        let q = |(&score, &label): (&f64, &f32)| {
            sigmoid(f64::from(2.0 * label - 1.0) * score).max(MIN_PROBABILITY)
        };
        scores.iter().zip(labels).map(|row| -q(row).ln()).sum()
    }
}

/// [`BinaryLogLoss::gradients`], compiled for each set of vector instructions, which differ in how many rows they take at once.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the CPU's vector instructions"
)]
fn derive<S: Simd>(_: S, scores: &[f64], labels: &[f32], out: &mut [[f32; 2]]) -> f64 {
    let mut loss = 0.0;
    let (whole_scores, last_scores) = scores.as_chunks();
    let (whole_labels, last_labels) = labels.as_chunks();
    let (whole_out, last_out) = out.as_chunks_mut();
    for ((scores, labels), out) in whole_scores.iter().zip(whole_labels).zip(whole_out) {
        let q = derive_rows(scores, labels, out);
        // The sum of logarithms is the logarithm of the product.
        loss -= q.iter().product::<f64>().ln();
    }
    if !last_scores.is_empty() {
        let (mut scores, mut labels) = ([0.0; ROWS_PER_LN], [0.0; ROWS_PER_LN]);
        scores[..last_scores.len()].copy_from_slice(last_scores);
        labels[..last_labels.len()].copy_from_slice(last_labels);
        let mut derivatives = [[0.0; 2]; ROWS_PER_LN];
        let q = derive_rows(&scores, &labels, &mut derivatives);
        last_out.copy_from_slice(&derivatives[..last_out.len()]);
        loss -= q[..last_scores.len()].iter().product::<f64>().ln();
    }
    loss
}

/// Derivatives of some rows; returns the probability of the label that each row has, at least [`MIN_PROBABILITY`].
#[inline(always)]
#[expect(clippy::inline_always, reason = "inlined, it is compiled for the vector instructions of its caller")]
fn derive_rows(
    scores: &[f64; ROWS_PER_LN],
    labels: &[f32; ROWS_PER_LN],
    out: &mut [[f32; 2]; ROWS_PER_LN],
) -> [f64; ROWS_PER_LN] {
    let mut probabilities = [0.0; ROWS_PER_LN];
    for (((&score, &label), out), probability) in scores.iter().zip(labels).zip(out).zip(&mut probabilities) {
        let sign = f64::from(2.0 * label - 1.0);
        let odds_against = exp((-sign * score).min(MAX_LOG_ODDS));
        let q = 1.0 / (1.0 + odds_against);
        let not_q = odds_against * q;
        *probability = q.max(MIN_PROBABILITY);
        *out = [(-sign * not_q) as f32, (q * not_q).max(MIN_HESSIAN) as f32];
    }
    probabilities
}

/// Whether every label is 0 or 1, and both are there.
pub(crate) fn check_two_classes(labels: &[f32]) -> Result<(), FitError> {
    if let Some(row) = labels.iter().position(|&label| label != 0.0 && label != 1.0) {
        return Err(FitError::Label { row, value: labels[row], expected: "0 or 1" });
    }
    match labels.first() {
        Some(&value) if labels.iter().all(|&label| label == value) => {
            Err(FitError::OneClass { n_rows: labels.len(), value })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_the_log_odds() {
        assert_eq!(BinaryLogLoss.init_score(&[1.0, 1.0, 1.0, 0.0]), 3.0f64.ln());
    }

    #[test]
    fn stays_finite_where_the_score_is_absurd() {
        let mut out = [[0.0f32; 2]; 40];
        let loss = BinaryLogLoss.gradients(0, 0, &[1e4; 40], &[0.0; 40], &mut out);
        assert!((loss - 40.0 * -MIN_PROBABILITY.ln()).abs() < 1e-6, "{loss}");
        assert!(out.iter().all(|&[g, h]| g == 1.0 && h > 0.0));
    }

    #[test]
    fn labels_are_two_classes() {
        let message = |labels: &[f32]| BinaryLogLoss.check_labels(labels).unwrap_err().to_string();
        assert_eq!(message(&[0.0, 4.5]), "label 4.5 in row 1 (0-based): expected 0 or 1");
        assert_eq!(message(&[1.0, 1.0]), "all 2 labels are 1: both classes, 0 and 1, are needed");
    }
}
