//! Neighbours by what the baseline leaves over: `CentredItemKNN` and `UserKNN`.
//!
//! Both predict the residuals of [`crate::damped_bias`], `e = r - (mu + b_u + b_i)`, from those of neighbours (Koren, "Factor in the
//! neighbors", TKDD 2010, section 2.2; user side: Herlocker et al., "An algorithmic framework for performing
//! collaborative filtering", SIGIR 1999). For items i and j, over the users v who rated both, n of them:
//! `sim(i, j) = n / (n + shrinkage) * sum of e_vi * e_vj / (|e_i| * |e_j|)`, the cosine of the residual columns (0 where
//! there is no rating) shrunk towards 0 where few tell. Between users it is the same with the sides exchanged.
//!
//! `score = mu + b_u + b_i + sum of sim * e / (sum of sim + damping)`, over the `k` most similar of the items that the user rated (of
//! the users who rated the item). `damping` is a neighbour without an opinion: with little similarity behind it, the score stays
//! near the baseline.
//!
//! All users together would cost the sum over the items of their squared number of ratings. So of an item with more than `max_raters`
//! ratings, `UserKNN` looks at those of the most active users only (of equally active, the smaller ids): they have most in common with others,
//! and are nearest most often. Such an item then counts in the similarities of these users alone. A fit and the scores of all users cost at
//! most `max_raters` times the number of ratings.
//!
//! * Only what is similar counts (`sim > 0`): letting the opposite count with opposite sign raised the error inside the
//!   training part on both sides. Ties at the `k`-th go as in [`crate::item_knn`].
//! * The candidate itself is no neighbour, should the rating be known.
//! * Where the user or the item is unknown, or nothing similar was rated, the score is the baseline's: a cold item gets
//!   `mu + b_u`, a cold user `mu + b_i`.
//! * The support of a score is the sum of the similarities behind it, 0 for a baseline score.

mod evidence;
mod params;

use dataset::{Candidate, Csr, History};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::damped_bias::DampedBiasParams;
use crate::fold_in::KnownUser;
use crate::neighbourhood::{
    Agreement, Agreements, Answer, Lacking, Questions, Sides, Similarity, Votes, squared_norms,
};
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, Scorer};
use params::Weighting;
pub use params::{CentredItemKnnParams, UserKnnParams};

/// The fitted item-based model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CentredItemKnn(CentredKnn);

/// The fitted user-based model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserKnn(CentredKnn);

impl CentredItemKnn {
    /// Fits the baseline to `history` and keeps its residuals; similarities are computed when they are asked for.
    pub fn fit(
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<CentredItemKnnParams>,
    ) -> Self {
        Self(CentredKnn::fit(Compared::Items, history, baseline, params.into()))
    }

    /// This model with the users of `history` added: what they rated is looked at, and tells nothing of which items are similar.
    pub(crate) fn fold_in(
        self,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        Ok(Self(self.0.fold_in(Compared::Items, history, baseline)?))
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        self.0.validate(Compared::Items, BaseModel::CentredItemKnn)
    }
}

impl UserKnn {
    /// Fits the baseline to `history` and keeps its residuals, of an item at most `max_raters` to be looked at; similarities are computed when
    /// they are asked for.
    pub fn fit(
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        params: &Checked<UserKnnParams>,
    ) -> Self {
        let mut model = CentredKnn::fit(Compared::Users, history, baseline, params.into());
        model.residuals.keep_most_active(params.max_raters);
        Self(model)
    }

    /// This model with the users of `history` added: they are compared with the fitted users, and are nobody's neighbours.
    pub(crate) fn fold_in(
        self,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        Ok(Self(self.0.fold_in(Compared::Users, history, baseline)?))
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        self.0.validate(Compared::Users, BaseModel::UserKnn)
    }
}

impl Scorer for CentredItemKnn {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(Compared::Items, candidates, out, None);
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(candidates.len(), support.len(), "one slot a candidate");
        self.0.score(Compared::Items, candidates, scores, Some(support));
    }
}

impl Scorer for UserKnn {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        self.0.score(Compared::Users, candidates, out, None);
    }

    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(candidates.len(), support.len(), "one slot a candidate");
        self.0.score(Compared::Users, candidates, scores, Some(support));
    }
}

/// Which side's rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    Items,
    Users,
}

/// What both models are made of; which side is compared is told at every call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct CentredKnn {
    weighting: Weighting,
    baseline: Baseline,
    /// The compared side is the target.
    residuals: Sides,
    /// 1 / length of each target's residuals; 0 where that length is 0, so that nothing is similar to it.
    inverse_norms: Vec<f64>,
}

impl CentredKnn {
    fn fit(
        compared: Compared,
        history: &History,
        baseline: &Checked<DampedBiasParams>,
        weighting: Weighting,
    ) -> Self {
        let baseline = Baseline::fit(history, baseline);
        let by_user = Sides::new(baseline.residuals(history), history.items().len());
        let residuals = match compared {
            Compared::Items => by_user,
            Compared::Users => Sides { by_other: by_user.by_target, by_target: by_user.by_other },
        };
        let inverse_norms = inverse_norms(&residuals.by_target);
        Self { weighting, baseline, residuals, inverse_norms }
    }

    fn fold_in(
        self,
        compared: Compared,
        history: &History,
        params: &Checked<DampedBiasParams>,
    ) -> Result<Self, KnownUser> {
        let (baseline, new) = self.baseline.fold_in(history, params)?;
        let of_new = baseline.residuals_of(&new);
        let (residuals, inverse_norms) = match compared {
            Compared::Items => (self.residuals.with_others(&new, &of_new), self.inverse_norms),
            Compared::Users => {
                let norms = inverse_norms(&of_new);
                (self.residuals.with_targets(&new, &of_new), new.numbers(self.inverse_norms, &norms, 1))
            }
        };
        Ok(Self { weighting: self.weighting, baseline, residuals, inverse_norms })
    }

    fn validate(&self, compared: Compared, model: BaseModel) -> Result<(), InvalidModel> {
        let demand = Demands { model: model.name() };
        demand.that(self.weighting.is_sound(), "one of its parameters is out of range")?;
        self.baseline.validate(demand)?;
        let users = ("user", self.baseline.n_users());
        let items = ("item", self.baseline.n_items());
        match compared {
            Compared::Items => self.residuals.validate(demand, items, users, Lacking::FoldedIn)?,
            Compared::Users => self.residuals.validate(demand, users, items, Lacking::LeastActive)?,
        }
        demand.that(
            inverse_norms(&self.residuals.by_target) == self.inverse_norms,
            "its norms do not fit its residuals",
        )
    }

    /// Scores `candidates`, and says what stands behind each score where that is wanted.
    fn score(
        &self,
        compared: Compared,
        candidates: &[Candidate],
        scores: &mut [f64],
        support: Option<&mut [f64]>,
    ) {
        self.baseline.score(candidates, scores);
        let users = (&self.baseline.users, (|candidate| candidate.user_id) as fn(&Candidate) -> i64);
        let items = (&self.baseline.items, (|candidate| candidate.item_id) as fn(&Candidate) -> i64);
        let questions = match compared {
            Compared::Items => Questions::new(candidates, items, users),
            Compared::Users => Questions::new(candidates, users, items),
        };
        let k = self.weighting.k;
        let answer = |target, _, votes| self.residual(target, votes);
        let answers = match compared {
            Compared::Items => self.residuals.answer(k, questions, &Cosine::<8>(self), answer),
            Compared::Users => self.residuals.answer(k, questions, &Cosine::<1>(self), answer),
        };
        let rows = scores.par_iter_mut().zip(answers.by_candidate());
        rows.for_each(|(score, answer)| *score += answer.map_or(0.0, |answer| answer.score));
        if let Some(support) = support {
            let rows = support.par_iter_mut().zip(answers.by_candidate());
            rows.for_each(|(support, answer)| *support = answer.map_or(0.0, |answer| answer.support));
        }
    }

    /// The residual that the neighbours of `target` expect, and the sum of their similarities.
    fn residual(&self, target: u32, votes: Votes) -> Answer {
        // The target's own length is the same in all similarities: it comes in at the end.
        let own = self.inverse_norms[target as usize];
        let support = votes.weight * own;
        if support > 0.0 {
            Answer { score: votes.total * own / (support + self.weighting.damping), support }
        } else {
            Answer { score: 0.0, support: 0.0 }
        }
    }
}

/// The shrunk cosine of residuals without the length of the target in question, for blocks of `N` targets. Popular items have many raters in
/// common, which is what blocks gain from; users have few items in common.
struct Cosine<'a, const N: usize>(&'a CentredKnn);

impl<const N: usize> Similarity for Cosine<'_, N> {
    type Sums = Agreements<N>;

    fn norms(&self) -> &[f64] {
        &self.0.inverse_norms
    }

    #[inline]
    fn closeness(&self, co_rating: Agreement, inverse_norm: f64) -> f64 {
        let (product, n_common) = (f64::from(co_rating.product), f64::from(co_rating.n_common));
        product * n_common * inverse_norm / (n_common + self.0.weighting.shrinkage)
    }

    #[inline]
    fn weight(closeness: f64) -> f64 {
        closeness
    }
}

fn inverse_norms(by_target: &Csr) -> Vec<f64> {
    let squared = squared_norms(by_target).into_iter();
    squared.map(|squared| if squared > 0.0 { squared.sqrt().recip() } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests;
