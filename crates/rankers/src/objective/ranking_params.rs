//! What a ranking objective can be told.

use std::ops::Deref;

use metrics::dcg::Gain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ParamError;

/// What a label is worth at the top of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grades {
    /// 1 where the label is at least `relevant_from`, else 0: the gains of `ndcg`.
    #[default]
    Binary,
    /// The label itself, whose gain is 2^label - 1: the gains of `ndcg_graded`.
    Label,
}

/// Parameters of the ranking objectives as a caller writes them; [`RankingParams::check`] makes them usable. Labels are stars, or any
/// other grades of relevance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RankingParams {
    /// `lambda_rank`, `combined_rank`, `xe_ndcg`: what a label is worth.
    pub grades: Grades,
    /// The least label that is relevant, a finite number. It comes with the labels, so that it is no key of a configuration.
    #[serde(skip, default = "four")]
    pub relevant_from: f64,
    /// `lambda_rank`, `combined_rank`: the K of NDCG@K, from 1 on.
    pub truncation: usize,
    /// `lambda_rank`, `combined_rank`: the steepness of the pairwise sigmoid, above 0 and at most 100.
    pub sigmoid: f64,
    /// `lambda_rank`, `combined_rank`: whether lambdas are damped by the distance of scores and scaled query by query, as `LightGBM` does.
    pub normalise: bool,
    /// `combined_rank`: the weight of a row's log-loss beside the lambdas, from 0 (`lambda_rank`) to 1000.
    pub pointwise_weight: f64,
    /// `rank_xent`: the width of the soft threshold at `relevant_from` in units of the label, from 0 (a hard one) to 1000.
    pub tau: f64,
    /// `rank_xent`: the share of the listwise loss, from 0 (pointwise alone) to 1.
    pub listwise_weight: f64,
}

impl Default for RankingParams {
    fn default() -> Self {
        Self {
            grades: Grades::Binary,
            relevant_from: four(),
            truncation: 10,
            sigmoid: 1.0,
            normalise: true,
            pointwise_weight: 1.0,
            tau: 0.5,
            listwise_weight: 0.2,
        }
    }
}

/// What is left out gets the usual threshold.
fn four() -> f64 {
    4.0
}

/// Parameters within their ranges.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckedRankingParams(RankingParams);

impl RankingParams {
    /// The same parameters, known to be in range.
    ///
    /// # Errors
    /// [`ParamError`] for the first one that is not.
    pub fn check(self) -> Result<CheckedRankingParams, ParamError> {
        let within = |key, value: f64, holds: bool, allowed| ParamError::unless(holds, key, value, allowed);
        within("relevant_from", self.relevant_from, self.relevant_from.is_finite(), "a finite number")?;
        ParamError::unless(self.truncation >= 1, "truncation", self.truncation, "at least 1")?;
        let positive = self.sigmoid > 0.0 && self.sigmoid <= 100.0;
        within("sigmoid", self.sigmoid, positive, "a number above 0 and at most 100")?;
        within("tau", self.tau, (0.0..=1000.0).contains(&self.tau), "a number from 0 to 1000")?;
        let holds = (0.0..=1000.0).contains(&self.pointwise_weight);
        within("pointwise_weight", self.pointwise_weight, holds, "a number from 0 to 1000")?;
        let is_share = (0.0..=1.0).contains(&self.listwise_weight);
        within("listwise_weight", self.listwise_weight, is_share, "a number from 0 to 1")?;
        Ok(CheckedRankingParams(self))
    }
}

impl Deref for CheckedRankingParams {
    type Target = RankingParams;

    fn deref(&self) -> &RankingParams {
        &self.0
    }
}

impl RankingParams {
    /// Whether a row with this label is relevant.
    pub(super) fn is_relevant(&self, label: f32) -> bool {
        f64::from(label) >= self.relevant_from
    }

    /// The grade of a label: 2^grade - 1 is its gain.
    pub(super) fn grade(&self, label: f32) -> f64 {
        match self.grades {
            Grades::Binary => f64::from(u8::from(self.is_relevant(label))),
            Grades::Label => f64::from(label).max(0.0),
        }
    }

    /// The gain of a label in DCG.
    pub(super) fn gain(&self, label: f32) -> f64 {
        Gain::Exponential.of(self.grade(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_parameter_is_named_with_its_range() {
        let message = |params: RankingParams| params.check().unwrap_err().to_string();
        let default = RankingParams::default;
        assert_eq!(
            message(RankingParams { truncation: 0, ..default() }),
            "truncation = 0: expected at least 1"
        );
        assert_eq!(
            message(RankingParams { listwise_weight: 1.5, ..default() }),
            "listwise_weight = 1.5: expected a number from 0 to 1"
        );
        assert_eq!(
            message(RankingParams { tau: f64::NAN, ..default() }),
            "tau = NaN: expected a number from 0 to 1000"
        );
        assert!(default().check().is_ok());
    }

    #[test]
    fn gains_are_binary_or_graded() {
        let gains = |grades| {
            let params = RankingParams { grades, ..RankingParams::default() };
            [-1.0, 3.0, 4.0, 5.0].map(|label| params.gain(label))
        };
        assert_eq!(gains(Grades::Binary), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(gains(Grades::Label), [0.0, 7.0, 15.0, 31.0]);
    }
}
