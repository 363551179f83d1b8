//! What becomes of equal scores.

use super::TieOrder;

/// What a metric makes of rows of equal score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// They stand in this order, the same for every model.
    Broken(TieOrder),
    /// Every order of equal f64 scores is as likely as any other, and a metric is its mean over all of them: no number
    /// hangs on the numbering of the items. In closed form, at about the cost of one order (`McSherry` and Najork, 2008).
    Expected,
}

impl Ties {
    /// The order in which tied rows stand where they need one.
    pub(crate) fn order(self) -> TieOrder {
        match self {
            Self::Broken(order) => order,
            Self::Expected => TieOrder::default(),
        }
    }
}

impl Default for Ties {
    fn default() -> Self {
        Self::Broken(TieOrder::default())
    }
}

impl From<TieOrder> for Ties {
    fn from(order: TieOrder) -> Self {
        Self::Broken(order)
    }
}

/// Rows of equal score, at consecutive ranks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TieGroup {
    /// The first of their ranks.
    pub first: usize,
    /// How many rows; at least 1.
    pub len: usize,
    /// How many of them are relevant.
    pub n_relevant: usize,
    /// The sum of their graded gains.
    pub gain: f64,
}

impl TieGroup {
    /// How many of the group's ranks are among the first `k` of the list.
    pub fn n_within(&self, k: usize) -> usize {
        k.saturating_sub(self.first).min(self.len)
    }

    /// The same as a share of the group: the chance of each of its rows to stand among the first `k`.
    pub fn share_within(&self, k: usize) -> f64 {
        self.n_within(k) as f64 / self.len as f64
    }
}
