//! What every fitted model can do.

use dataset::Candidate;
use rayon::prelude::*;

/// Scores candidates.
///
/// A score depends on the model and on its own candidate alone: neither on the other candidates of the batch nor on the
/// number of threads. So a batch may be cut anywhere; whole users in one batch are merely faster.
pub trait Scorer: Sync {
    /// Writes the score of `candidates[row]` into `out[row]`; always finite. Runs on the threads of the current rayon pool.
    ///
    /// # Panics
    /// Where `out` and `candidates` differ in length.
    fn score(&self, candidates: &[Candidate], out: &mut [f64]);

    /// Also writes into `support[row]` how much evidence stands behind the score of `candidates[row]`: at least 0, and 0 where
    /// the score is a fallback. What is counted is said by the model ([`crate::BaseModel::support_column`] names the models
    /// that count something); NaN in every row where it counts nothing.
    ///
    /// # Panics
    /// Where `scores`, `support` and `candidates` differ in length.
    fn score_with_support(&self, candidates: &[Candidate], scores: &mut [f64], support: &mut [f64]) {
        assert_eq!(candidates.len(), support.len(), "one slot a candidate");
        support.fill(f64::NAN);
        self.score(candidates, scores);
    }

    /// The scores of `candidates`, in their order.
    fn scores(&self, candidates: &[Candidate]) -> Vec<f64> {
        let mut out = vec![0.0; candidates.len()];
        self.score(candidates, &mut out);
        out
    }
}

/// Fewer candidates than this are not worth waking another thread for.
const MIN_BLOCK: usize = 1024;

/// Scores each candidate by itself, for models that gain nothing from seeing a batch.
pub(crate) fn score_each(candidates: &[Candidate], out: &mut [f64], score: impl Fn(Candidate) -> f64 + Sync) {
    assert_eq!(candidates.len(), out.len(), "one slot a candidate");
    let rows = out.par_iter_mut().zip(candidates).with_min_len(MIN_BLOCK);
    rows.for_each(|(slot, &candidate)| *slot = score(candidate));
}

/// The same for models that say how much evidence there is: `answer` gives a candidate's score and support.
pub(crate) fn support_each(
    candidates: &[Candidate],
    scores: &mut [f64],
    support: &mut [f64],
    answer: impl Fn(Candidate) -> (f64, f64) + Sync,
) {
    assert_eq!(candidates.len(), scores.len(), "one slot a candidate");
    assert_eq!(candidates.len(), support.len(), "one slot a candidate");
    let rows = scores.par_iter_mut().zip(support).zip(candidates).with_min_len(MIN_BLOCK);
    rows.for_each(|((score, support), &candidate)| (*score, *support) = answer(candidate));
}
