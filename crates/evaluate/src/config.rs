//! The hyper-parameters of `evaluate`.

use dataset::rng;
use metrics::statistics::Bootstrap;
use metrics::{Metric, Plan, TieOrder, Ties};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

use crate::measure::Segmentation;
use crate::protocol::Protocol;

/// A sample of more rows tells no more, and would take memory that no forecast knows of.
const MAX_SHAP_ROWS: usize = 20_000;

/// What becomes of items of equal score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieRule {
    /// The smaller item id stands first.
    SmallerItem,
    /// Each metric is its mean over all orders of tied items.
    Expected,
}

impl TieRule {
    /// The name in fingerprints: the key's value.
    const fn name(self) -> &'static str {
        match self {
            Self::SmallerItem => "smaller_item",
            Self::Expected => "expected",
        }
    }
}

impl From<TieRule> for Ties {
    fn from(rule: TieRule) -> Self {
        match rule {
            TieRule::SmallerItem => Self::Broken(TieOrder::SmallerItem),
            TieRule::Expected => Self::Expected,
        }
    }
}

/// The keys of `evaluate.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What a user's ranking holds and how the test part was made; the first is the page's.
    pub protocols: Vec<Protocol>,
    /// The cuts of the ranking metrics.
    pub ks: Vec<u32>,
    /// The cut of the comparison on the page and in the terminal; one of `ks`.
    pub report_k: u32,
    /// What becomes of items of equal score.
    pub ties: TieRule,
    /// The parts of users and items that are measured too.
    pub segments: Vec<Segmentation>,
    /// The numbers of known ratings of the cold-start curves, under the first protocol; empty for no curves. Each takes a fit of all base models.
    pub cold_start: Vec<u32>,
    /// The share of the users whose ratings are cut for these curves, in (0, 1].
    pub cold_start_users: f64,
    /// Test rows whose scores are explained, drawn by chance, feature by feature; 0 to 20000, 0 for none.
    pub shap_rows: usize,
    /// Whether the page's explorer says why the first booster puts an item on top.
    pub reasons: bool,
    /// Whether the rankings are written in TREC's formats too.
    pub trec: bool,
    /// How often the users are drawn again for intervals and comparisons, 100 to 100000.
    pub resamples: usize,
    /// The level of the intervals, 0.5 to 0.999.
    pub level: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            protocols: vec![Protocol::Rated],
            ks: vec![5, 10, 20],
            report_k: 10,
            ties: TieRule::SmallerItem,
            segments: vec![Segmentation::UserActivity, Segmentation::ItemPopularity, Segmentation::Genre],
            cold_start: Vec::new(),
            cold_start_users: 0.25,
            shap_rows: 2000,
            reasons: true,
            trec: false,
            resamples: 1000,
            level: 0.95,
        }
    }
}

/// The same, checked.
pub struct Checked {
    pub protocols: Vec<Protocol>,
    pub ks: Vec<u32>,
    pub rated_plan: Plan,
    /// The metrics that need no more of a ranking than its top.
    pub catalogue_plan: Plan,
    pub report_k: u32,
    pub ties_name: &'static str,
    pub segments: Vec<Segmentation>,
    pub cold_start: Vec<u32>,
    pub cold_start_users: f64,
    pub shap_rows: usize,
    pub reasons: bool,
    pub trec: bool,
    pub bootstrap: Bootstrap,
}

impl Config {
    /// # Errors
    /// [`UsageError`] where a cut is 0 or twice there, `report_k` is none of them, or the bootstrap is out of its ranges.
    pub fn check(&self, seed: u64) -> Result<Checked, UsageError> {
        let ks: Vec<usize> = self.ks.iter().map(|&k| k as usize).collect();
        let wrong_ks = |error| UsageError(format!("ks: {error}"));
        let rated_plan = Plan::all(&ks).map_err(wrong_ks)?.with_ties(self.ties);
        let of_the_top: Vec<Metric> = Metric::ALL.iter().copied().filter(Metric::needs_k).collect();
        let catalogue_plan = Plan::new(&of_the_top, &ks).map_err(wrong_ks)?.with_ties(self.ties);
        if self.protocols.is_empty() {
            return Err(UsageError(
                "protocols is empty, expected at least one, for example \"rated\"".to_owned(),
            ));
        }
        if let Some(at) =
            (1..self.protocols.len()).find(|&at| self.protocols[..at].contains(&self.protocols[at]))
        {
            return Err(UsageError(format!("protocols holds {} twice", self.protocols[at].name())));
        }
        if !self.ks.contains(&self.report_k) {
            return Err(UsageError(format!(
                "report_k is {}, expected one of ks: {:?}",
                self.report_k, self.ks
            )));
        }
        if let Some(k) = self.ks.iter().find(|&&k| i32::try_from(k).is_err()) {
            return Err(UsageError(format!("ks holds {k}, expected at most {}", i32::MAX)));
        }
        let mut cold_start = self.cold_start.clone();
        cold_start.sort_unstable();
        cold_start.dedup();
        if !(self.cold_start_users > 0.0 && self.cold_start_users <= 1.0) {
            return Err(UsageError(format!(
                "cold_start_users is {}, expected a number above 0, at most 1",
                self.cold_start_users
            )));
        }
        if let Some(n) = cold_start.iter().find(|&&n| i32::try_from(n).is_err()) {
            return Err(UsageError(format!("cold_start holds {n}, expected at most {}", i32::MAX)));
        }
        if self.shap_rows > MAX_SHAP_ROWS {
            return Err(UsageError(format!(
                "shap_rows is {}, expected 0 to {MAX_SHAP_ROWS}",
                self.shap_rows
            )));
        }
        let bootstrap = Bootstrap::new(self.resamples, self.level, rng::stream(seed, "evaluate/bootstrap"))
            .map_err(|error| UsageError(error.to_string()))?;
        Ok(Checked {
            protocols: self.protocols.clone(),
            ks: self.ks.clone(),
            rated_plan,
            catalogue_plan,
            report_k: self.report_k,
            ties_name: self.ties.name(),
            segments: self.segments.clone(),
            cold_start,
            cold_start_users: self.cold_start_users,
            shap_rows: self.shap_rows,
            reasons: self.reasons,
            trec: self.trec,
            bootstrap,
        })
    }
}
