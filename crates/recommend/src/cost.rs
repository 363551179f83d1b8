//! What re-ranking costs in NDCG, and what it gives: on the users with test ratings, whose lists are made as if these were unknown.

use dataset::{Candidate, rng};
use lists::{Held, ItemFacts, List};
use metrics::dcg::Discounts;
use metrics::statistics::{Bootstrap, Interval, UserSample};

/// How often the users are drawn again for the interval.
const RESAMPLES: usize = 1000;

/// The numbers of each user so far.
pub struct Cost {
    n: usize,
    relevant_from: f64,
    discounts: Discounts,
    /// NDCG before and after.
    ndcg: [Vec<f64>; 2],
    /// Mean likeness of two items of a list, over the lists of more than one, before and after: sum and number.
    likeness: [(f64, usize); 2],
    /// Mean number of ratings of a listed item, before and after: sum and number.
    n_ratings: [(f64, usize); 2],
}

/// Over all users.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The mean NDCG before and after re-ranking.
    pub ndcg: [f64; 2],
    /// That of the difference, where there are users enough.
    pub interval: Option<Interval>,
    /// Over how many users.
    pub n_users: usize,
    /// The mean cosine of the genres of two items of a list.
    pub likeness: [f64; 2],
    /// The mean number of ratings of a listed item.
    pub n_ratings: [f64; 2],
}

impl Cost {
    /// Of lists of `n` items, where an item is relevant from `relevant_from` stars on.
    pub fn new(n: usize, relevant_from: f64) -> Self {
        let none = || [Vec::new(), Vec::new()];
        let zero = [(0.0, 0); 2];
        Self { n, relevant_from, discounts: Discounts::new(n), ndcg: none(), likeness: zero, n_ratings: zero }
    }

    /// Notes a user's lists; users without a relevant test rating say nothing.
    pub fn add(&mut self, list: &List, held: &Held, facts: &ItemFacts) {
        let Some(both) = &list.measured else { return };
        let (items, stars) = held.of(list.user_id);
        let is_relevant = |candidate: &Candidate| {
            items.binary_search(&candidate.item_id).is_ok_and(|at| f64::from(stars[at]) >= self.relevant_from)
        };
        let n_relevant = stars.iter().filter(|&&stars| f64::from(stars) >= self.relevant_from).count();
        if n_relevant == 0 {
            return;
        }
        let ideal = self.discounts.sum(n_relevant.min(self.n));
        for (at, list) in both.iter().enumerate() {
            let discounts = self.discounts.as_slice();
            let gained =
                list.iter().take(self.n).zip(discounts).filter(|(candidate, _)| is_relevant(candidate));
            self.ndcg[at].push(gained.fold(0.0, |sum, (_, discount)| sum + discount) / ideal);
            let places: Vec<Option<usize>> =
                list.iter().take(self.n).map(|candidate| facts.place(candidate.item_id)).collect();
            for (rank, &a) in places.iter().enumerate() {
                self.n_ratings[at].0 += facts.n_ratings(a) as f64;
                self.n_ratings[at].1 += 1;
                for &b in &places[..rank] {
                    self.likeness[at].0 += facts.likeness(a, b);
                    self.likeness[at].1 += 1;
                }
            }
        }
    }

    /// The means and the interval of the difference; none where no user counted.
    pub fn summary(&self, seed: u64) -> Option<Summary> {
        let n_users = self.ndcg[0].len();
        if n_users == 0 {
            return None;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / n_users as f64;
        let share = |(sum, n): (f64, usize)| if n == 0 { 0.0 } else { sum / n as f64 };
        let mut sample = UserSample::new(n_users);
        sample.push_mean(self.ndcg[1].iter().zip(&self.ndcg[0]).map(|(after, before)| Some(after - before)));
        let bootstrap = Bootstrap::new(RESAMPLES, 0.95, rng::stream(seed, "recommend/cost")).ok();
        let interval =
            bootstrap.and_then(|bootstrap| bootstrap.intervals(&sample).into_iter().next().flatten());
        Some(Summary {
            ndcg: [mean(&self.ndcg[0]), mean(&self.ndcg[1])],
            interval,
            n_users,
            likeness: self.likeness.map(share),
            n_ratings: self.n_ratings.map(share),
        })
    }
}
