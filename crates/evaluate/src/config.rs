//! The hyper-parameters of `evaluate`.

use dataset::rng;
use metrics::statistics::Bootstrap;
use metrics::{Plan, TieOrder, Ties};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// What becomes of items of equal score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieRule {
    /// The smaller item id stands first.
    SmallerItem,
    /// Each metric is its mean over all orders of tied items.
    Expected,
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
    /// The cuts of the ranking metrics.
    pub ks: Vec<u32>,
    /// The cut of the comparison on the page and in the terminal; one of `ks`.
    pub report_k: u32,
    /// What becomes of items of equal score.
    pub ties: TieRule,
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
            ks: vec![5, 10, 20],
            report_k: 10,
            ties: TieRule::SmallerItem,
            trec: false,
            resamples: 1000,
            level: 0.95,
        }
    }
}

/// The same, checked.
pub struct Checked {
    pub plan: Plan,
    pub report_k: u32,
    pub trec: bool,
    pub bootstrap: Bootstrap,
}

impl Config {
    /// # Errors
    /// [`UsageError`] where a cut is 0 or twice there, `report_k` is none of them, or the bootstrap is out of its ranges.
    pub fn check(&self, seed: u64) -> Result<Checked, UsageError> {
        let ks: Vec<usize> = self.ks.iter().map(|&k| k as usize).collect();
        let plan = Plan::all(&ks).map_err(|error| UsageError(format!("ks: {error}")))?.with_ties(self.ties);
        if !self.ks.contains(&self.report_k) {
            return Err(UsageError(format!(
                "report_k is {}, expected one of ks: {:?}",
                self.report_k, self.ks
            )));
        }
        if let Some(k) = self.ks.iter().find(|&&k| i32::try_from(k).is_err()) {
            return Err(UsageError(format!("ks holds {k}, expected at most {}", i32::MAX)));
        }
        let bootstrap = Bootstrap::new(self.resamples, self.level, rng::stream(seed, "evaluate/bootstrap"))
            .map_err(|error| UsageError(error.to_string()))?;
        Ok(Checked { plan, report_k: self.report_k, trec: self.trec, bootstrap })
    }
}
