//! Re-ranking of a user's best items: a list of good items is not yet a good list.
//!
//! The list is chosen greedily. With the relevance `r` of each item brought to [0, 1] over the user's candidates, the next item is the one with
//! the largest
//!
//! `(1 - diversity) * (r - popularity * p) - diversity * s`
//!
//! where `s` is its largest similarity to an item chosen before (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering
//! documents and producing summaries", SIGIR 1998) and `p` in [0, 1] how popular it is (a penalty on popularity as in Abdollahpouri, Burke and
//! Mobasher, "Managing popularity bias in recommender systems with personalized re-ranking", FLAIRS 2019, without their groups). Both weights are in
//! [0, 1]; with both 0 the order stays.

use crate::ParamError;

/// How strongly a list is pulled away from relevance alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reranking {
    diversity: f64,
    popularity: f64,
}

impl Reranking {
    /// `diversity`: the weight of being unlike what stands above; `popularity`: that of being little known; both in [0, 1].
    ///
    /// # Errors
    /// [`ParamError`] where a weight is outside.
    pub fn new(diversity: f64, popularity: f64) -> Result<Self, ParamError> {
        for (key, weight) in [("rerank.diversity", diversity), ("rerank.popularity", popularity)] {
            ParamError::unless((0.0..=1.0).contains(&weight), key, weight, "a number from 0 to 1")?;
        }
        Ok(Self { diversity, popularity })
    }

    /// Whether the order may change at all.
    pub fn changes(&self) -> bool {
        self.diversity > 0.0 || self.popularity > 0.0
    }

    /// The places of the first `n` items of the new list. `scores` come best first; `popularity` of each item is in [0, 1], and so is the
    /// `similarity` of the items at two places. Ties go to the better score. Costs `n` times the number of items.
    pub fn order(
        &self,
        scores: &[f64],
        popularity: &[f64],
        similarity: impl Fn(usize, usize) -> f64,
        n: usize,
    ) -> Vec<usize> {
        let (best, worst) = (scores.first().copied().unwrap_or(0.0), scores.last().copied().unwrap_or(0.0));
        let range = best - worst;
        let relevance = |score: f64| if range > 0.0 { (score - worst) / range } else { 1.0 };
        let worth: Vec<f64> = (scores.iter().zip(popularity))
            .map(|(&score, popular)| relevance(score) - self.popularity * popular)
            .collect();
        let mut likeness = vec![0.0f64; scores.len()];
        let mut left: Vec<usize> = (0..scores.len()).collect();
        let mut chosen = Vec::with_capacity(n.min(scores.len()));
        while chosen.len() < n && !left.is_empty() {
            let value = |at: usize| (1.0 - self.diversity) * worth[at] - self.diversity * likeness[at];
            let best = (1..left.len())
                .fold(0, |best, at| if value(left[at]) > value(left[best]) { at } else { best });
            let next = left.remove(best);
            chosen.push(next);
            for &at in &left {
                likeness[at] = likeness[at].max(similarity(next, at));
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 4] = [4.0, 3.5, 3.0, 0.0];

    fn order(diversity: f64, popularity: f64, popular: [f64; 4], n: usize) -> Vec<usize> {
        // The first two are alike, the others unlike all.
        let similarity = |a: usize, b: usize| if a.max(b) <= 1 { 1.0 } else { 0.0 };
        Reranking::new(diversity, popularity).unwrap().order(&SCORES, &popular, similarity, n)
    }

    #[test]
    fn without_weights_the_order_stays() {
        assert_eq!(order(0.0, 0.0, [1.0; 4], 10), [0, 1, 2, 3]);
        assert_eq!(order(0.0, 0.0, [1.0; 4], 2), [0, 1]);
        assert!(!Reranking::new(0.0, 0.0).unwrap().changes());
    }

    #[test]
    fn what_is_like_the_chosen_waits() {
        // After item 0: item 1 has .5 * .875 - .5 * 1 < 0, item 2 .5 * .75, item 3 0; then item 3 (0) is before item 1 (-.0625).
        assert_eq!(order(0.5, 0.0, [0.0; 4], 4), [0, 2, 3, 1]);
    }

    #[test]
    fn what_is_popular_waits() {
        // 1 - .5, .875, .75, 0
        assert_eq!(order(0.0, 0.5, [1.0, 0.0, 0.0, 0.0], 4), [1, 2, 0, 3]);
    }

    #[test]
    fn weights_outside_their_range_are_refused() {
        assert_eq!(
            Reranking::new(1.5, 0.0).unwrap_err().to_string(),
            "rerank.diversity = 1.5: expected a number from 0 to 1"
        );
        assert!(Reranking::new(0.0, f64::NAN).is_err());
    }
}
