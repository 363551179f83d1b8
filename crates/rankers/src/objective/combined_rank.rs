//! Combined regression and ranking: the log-loss of each row beside the lambdas of its list.
//!
//! `loss = sum over rows of -ln(probability of relevance that the score gives to what the row is)  *  b  +  LambdaRank`, with
//! `b = pointwise_weight`; first and second derivatives are `b (p - y)` and `b p (1 - p)` with `p = sigmoid(s)`, plus the lambdas and their
//! curvatures (see [`super::lambda_rank`]). Sculley, "Combined Regression and Ranking" (KDD 2010), with the pairs weighted by what they
//! change in NDCG@K.
//!
//! A list's lambdas know nothing of its level and little of the rows beyond the first K; the log-loss learns from every row, and keeps
//! scores near log-odds. Both derivatives are bounded by 1 a row or pair, so that neither drowns the other.
//!
//! What is reported, and what stops a fit early, is `1 - NDCG@K`, as for `LambdaRank`: that is what the combination is for.

use super::lambda_rank::LambdaRank;
use super::query_groups::QueryGroups;
use super::ranking_params::CheckedRankingParams;
use super::{MIN_HESSIAN, Objective, ObjectiveKind, sigmoid};
use crate::FitError;

/// [`CombinedRank`] of the rows that it was made for.
#[derive(Debug)]
pub struct CombinedRank<'a> {
    lambdas: LambdaRank<'a>,
    pointwise_weight: f64,
    /// By row.
    is_relevant: Vec<bool>,
}

impl<'a> CombinedRank<'a> {
    /// The objective of these rows.
    ///
    /// # Errors
    /// Where a label is not a number from -1e30 to 100, no group has a gain, or all rows are relevant or none is.
    pub fn new(
        params: &'a CheckedRankingParams,
        groups: QueryGroups<'a>,
        labels: &[f32],
    ) -> Result<Self, FitError> {
        let lambdas = LambdaRank::new(params, groups, labels)?;
        let is_relevant: Vec<bool> = labels.iter().map(|&label| params.is_relevant(label)).collect();
        if let Some(&first) = is_relevant.first()
            && is_relevant.iter().all(|&of| of == first)
        {
            return Err(FitError::OneClass { n_rows: labels.len(), value: f32::from(u8::from(first)) });
        }
        Ok(Self { lambdas, pointwise_weight: params.pointwise_weight, is_relevant })
    }
}

impl Objective for CombinedRank<'_> {
    fn kind(&self) -> ObjectiveKind {
        ObjectiveKind::CombinedRank
    }

    fn check_labels(&self, labels: &[f32]) -> Result<(), FitError> {
        super::check_grades(labels)
    }

    fn init_score(&self, _labels: &[f32]) -> f64 {
        let relevant = self.is_relevant.iter().filter(|&&relevant| relevant).count() as f64;
        (relevant / (self.is_relevant.len() as f64 - relevant)).ln()
    }

    fn gradients(
        &self,
        tree: usize,
        first_row: usize,
        scores: &[f64],
        labels: &[f32],
        out: &mut [[f32; 2]],
    ) -> f64 {
        let loss = self.lambdas.gradients(tree, first_row, scores, labels, out);
        let relevant = &self.is_relevant[first_row..first_row + scores.len()];
        for ((out, &score), &relevant) in out.iter_mut().zip(scores).zip(relevant) {
            let p = sigmoid(score);
            let [gradient, hessian] = out.map(f64::from);
            let gradient = gradient + self.pointwise_weight * (p - f64::from(u8::from(relevant)));
            let hessian = hessian + self.pointwise_weight * p * (1.0 - p);
            *out = [gradient as f32, hessian.max(MIN_HESSIAN) as f32];
        }
        loss
    }

    fn loss(&self, first_row: usize, scores: &[f64], labels: &[f32]) -> f64 {
        self.lambdas.loss(first_row, scores, labels)
    }

    fn n_terms(&self, n_rows: usize) -> f64 {
        self.lambdas.n_terms(n_rows)
    }

    fn block_ends(&self, n_rows: usize) -> Vec<usize> {
        self.lambdas.block_ends(n_rows)
    }
}
