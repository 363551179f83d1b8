//! A convex blend of meta-models: one weight a model, none below 0, together 1.
//!
//! The weights minimise the mean log-loss of the blended probability on rows that no blended model was fitted on (held-out rows or out-of-fold
//! predictions; on training rows the model that overfits most would win). Log-loss, not NDCG itself, because it is convex in the weights: one
//! optimum, found with a certificate, the same on every run. It also asks for the right thing: ordering by the true probability of relevance is
//! the best order for DCG (Cossock and Zhang, 2008, "Statistical analysis of Bayes optimal subset ranking"), and log-loss is proper. Models on
//! other scales (predicted ratings, ranking scores) are first brought to probabilities by their [`crate::calibration`].
//!
//! With `q[i][m]` the probability that model `m` gives to the label that row `i` has, the loss is `-mean ln(sum_m w[m] q[i][m])`: the likelihood of
//! mixture proportions. It is minimised as by Kim, Carbonetto, Stephens and Anitescu, 2020 ("A fast algorithm for maximum likelihood estimation of
//! mixture proportions using sequential quadratic programming"): with `sum_m w[m]` added to the loss, `w >= 0` is the only constraint left
//! and the optimum sums to 1 by itself; each step minimises the second-order expansion under it. EM needs hundreds of passes over the rows where
//! models resemble each other, this needs some ten.

mod mixture;

use serde::{Deserialize, Serialize};

use mixture::{Mixture, minimise_quadratic};

use crate::objective::check_two_classes;
use crate::{FitError, ModelError};

/// Probabilities are kept this far from 0 and 1 before they are blended, so that one row cannot decide.
const MIN_PROBABILITY: f64 = 1e-9;

/// The fit has converged when the mean log-loss is at most this much above the optimum.
const TOLERANCE: f64 = 1e-9;

/// Quadratic steps at most.
const MAX_STEPS: usize = 100;

/// A model's probabilities of label 1 on the fitting rows.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The model's name.
    pub name: &'a str,
    /// One probability a row, in [0, 1].
    pub probabilities: &'a [f64],
}

/// A fitted blend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blend {
    names: Vec<String>,
    weights: Vec<f64>,
    log_loss: f64,
    member_log_loss: Vec<f64>,
    gap: f64,
}

impl Blend {
    /// Fits the weights on rows that no member was fitted on; labels are 0 or 1.
    ///
    /// # Errors
    /// Where there is no member or row, two members have one name, lengths differ, a probability is outside [0, 1], a label is neither 0 nor 1,
    /// or all labels are equal.
    pub fn fit(members: &[Member<'_>], labels: &[f32]) -> Result<Self, FitError> {
        check_members(members, labels)?;
        let mixture = Mixture { members, labels };
        let n = members.len();
        let mut weights = vec![1.0 / n as f64; n];
        let mut here = mixture.expand(&weights);
        for _ in 0..MAX_STEPS {
            if here.gap() <= TOLERANCE {
                break;
            }
            let target = minimise_quadratic(&weights, &here);
            let Some((next, expansion)) = mixture.line_search(&weights, &target, &here) else { break };
            (weights, here) = (next, expansion);
        }
        let member_log_loss: Vec<f64> = (0..n).map(|alone| mixture.loss(&vertex(n, alone))).collect();
        // The gap bounds what is left to gain; where rounding leaves a single model ahead all the same, that model is the blend.
        let best =
            (0..n).fold(0, |best, m| if member_log_loss[m] < member_log_loss[best] { m } else { best });
        if member_log_loss[best] < here.loss {
            weights = vertex(n, best);
            here = mixture.expand(&weights);
        }
        Ok(Self {
            names: members.iter().map(|member| member.name.to_owned()).collect(),
            log_loss: here.loss,
            gap: here.gap(),
            member_log_loss,
            weights,
        })
    }

    /// The members' names, in the order of the weights.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// One weight a member, none below 0; they sum to 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The blend's mean log-loss on the fitting rows: at most that of each member.
    pub fn log_loss(&self) -> f64 {
        self.log_loss
    }

    /// Each member's mean log-loss on the fitting rows.
    pub fn member_log_loss(&self) -> &[f64] {
        &self.member_log_loss
    }

    /// How far, at most, [`Blend::log_loss`] is above that of the best weights: the duality gap. Converged where at most 1e-9.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// The blended probability, row by row. `members` come in the order of [`Blend::names`].
    ///
    /// # Errors
    /// Where the members are others than the blend's or have different numbers of rows, or the blend is inconsistent.
    pub fn predict(&self, members: &[Member<'_>]) -> Result<Vec<f64>, ModelError> {
        self.validate()?;
        let names: Vec<String> = members.iter().map(|member| member.name.to_owned()).collect();
        ModelError::check_names(&self.names, &names)?;
        let n_rows = members.first().map_or(0, |member| member.probabilities.len());
        for member in members {
            let found = member.probabilities.len();
            ModelError::unless(found == n_rows, || {
                format!("member {:?} has {found} rows, the first has {n_rows}", member.name)
            })?;
        }
        Ok((0..n_rows)
            .map(|row| {
                let terms = members.iter().zip(&self.weights);
                terms.map(|(member, weight)| weight * kept(member.probabilities[row])).sum::<f64>()
            })
            .collect())
    }

    /// Whether this is a convex blend: what must be asked of one that came from a file.
    ///
    /// # Errors
    /// [`ModelError::Inconsistent`] that says what is wrong.
    pub fn validate(&self) -> Result<(), ModelError> {
        let (n, n_weights) = (self.names.len(), self.weights.len());
        ModelError::unless(n > 0 && n_weights == n && self.member_log_loss.len() == n, || {
            format!("blend of {n} members with {n_weights} weights")
        })?;
        let convex = self.weights.iter().all(|&weight| weight >= 0.0)
            && (self.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9;
        ModelError::unless(convex, || "blend whose weights are no shares of 1".to_owned())
    }
}

/// All weight on one member.
fn vertex(n: usize, alone: usize) -> Vec<f64> {
    (0..n).map(|m| f64::from(u8::from(m == alone))).collect()
}

fn kept(probability: f64) -> f64 {
    probability.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY)
}

fn check_members(members: &[Member<'_>], labels: &[f32]) -> Result<(), FitError> {
    if members.is_empty() {
        return Err(FitError::NoMembers);
    }
    if labels.is_empty() {
        return Err(FitError::NoRows);
    }
    for (index, member) in members.iter().enumerate() {
        let (name, expected) = (|| member.name.to_owned(), labels.len());
        if members[..index].iter().any(|other| other.name == member.name) {
            return Err(FitError::DuplicateMember { name: name() });
        }
        let found = member.probabilities.len();
        if found != expected {
            return Err(FitError::MemberRows { name: name(), found, expected });
        }
        if let Some(row) = member.probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            return Err(FitError::Probability { name: name(), row, value: member.probabilities[row] });
        }
    }
    check_two_classes(labels)
}

#[cfg(test)]
mod tests;
