//! How often each item comes to a user's mind.

use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use crate::Shape;
use crate::marginals::{Marginals, Popularity};
use crate::user::NOT_RELEASED;

/// A relative frequency for each item of the given years; `counts` are the ratings of each user.
pub(crate) fn weights(shape: &Shape, years: &[u16], counts: &[u32], rng: &mut ChaCha8Rng) -> Vec<f64> {
    match shape.marginals().popularity {
        Popularity::Zipf { exponent, offset } => {
            let n_items = years.len();
            let mut weights: Vec<f64> = (0..n_items)
                .map(|rank| (1.0 + rank as f64 + offset * n_items as f64).powf(-exponent))
                .collect();
            weights.shuffle(rng);
            weights
        }
        Popularity::Curve { most, median, floor, bottom } => {
            let mean = shape.n_ratings() as f64 / years.len() as f64;
            let curve = Curve::fit(years.len(), most, median, floor, bottom, mean);
            let open: Vec<f64> = years.iter().map(|&year| open_share(shape.marginals(), year)).collect();
            let targets = spread_targets(&curve, &open, counts.len() as f64, rng);
            frequencies(&targets, &open, counts)
        }
    }
}

/// The share of users who come after a film of `year` is out, and with it of those who can rate it at all.
fn open_share(marginals: &Marginals, year: u16) -> f64 {
    let starts = (f64::from(year) - 1970.0) * 365.2425 * 86_400.0;
    let (first, last) = (marginals.first_second as f64, marginals.last_second as f64);
    let after = ((last - starts) / (last - first)).clamp(0.0, 1.0);
    after + NOT_RELEASED * (1.0 - after)
}

/// [`Popularity::Curve`] with all its parameters.
struct Curve {
    n_items: usize,
    most: f64,
    floor: f64,
    bottom: f64,
    a: f64,
    b: f64,
}

impl Curve {
    /// Chooses `a` for the median and then `b` for the mean, which grows with `b`.
    fn fit(n_items: usize, most: f64, median: f64, floor: f64, bottom: f64, mean: f64) -> Self {
        let at = |b: f64| {
            let at_half = ((most - floor) / (median - floor)).ln() - bottom * std::f64::consts::LN_2;
            Self { n_items, most, floor, bottom, a: at_half * b.exp2(), b }
        };
        let b = bisect(0.01, 4.0, |b| {
            let curve = at(b);
            let sum: f64 = groups(n_items, 64).map(|(rank, n)| curve.count(rank) * n).sum();
            sum / n_items as f64 - mean
        });
        at(b)
    }

    /// The expected count of the item at `rank`, from 0.
    fn count(&self, rank: f64) -> f64 {
        let share = rank / self.n_items as f64;
        let rest = (1.0 - share - 0.5 / self.n_items as f64).max(0.0);
        self.floor + (self.most - self.floor) * (-self.a * share.powf(self.b)).exp() * rest.powf(self.bottom)
    }
}

/// The curve's counts in a random order, but so that no film is rated by more than most of those who can know it: those that
/// come too late for their rank change places with the next that does not.
fn spread_targets(curve: &Curve, open: &[f64], n_users: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    const MOST_OF_OPEN: f64 = 0.6;
    let mut of_rank: Vec<usize> = (0..open.len()).collect();
    of_rank.shuffle(rng);
    let mut targets = vec![0.0; open.len()];
    for rank in 0..open.len() {
        let count = curve.count(rank as f64);
        let fits = |item: usize| count <= MOST_OF_OPEN * open[item] * n_users;
        if !fits(of_rank[rank])
            && let Some(further) = of_rank[rank..].iter().position(|&item| fits(item))
        {
            of_rank.swap(rank, rank + further);
        }
        targets[of_rank[rank]] = count;
    }
    targets
}

/// Relative frequencies with which the items reach `targets`.
///
/// A user with `n` ratings picks each item at most once: item `i` with probability `1 - exp(-t w_i a)` for a time `t` such that the
/// probabilities sum to `n`, and an appeal `a` that differs between users. So users with many ratings have used up the popular
/// items, and popular items need more weight than in proportion.
fn frequencies(targets: &[f64], open: &[f64], counts: &[u32]) -> Vec<f64> {
    const ROUNDS: usize = 6;
    let n_users = counts.len() as f64;
    let mut by_count = counts.to_vec();
    by_count.sort_unstable_by(|a, b| b.cmp(a));
    let mut by_target: Vec<usize> = (0..targets.len()).collect();
    by_target.sort_by(|&a, &b| targets[b].total_cmp(&targets[a]));
    let item_groups: Vec<(usize, f64)> =
        groups(targets.len(), 32).map(|(rank, n)| (by_target[rank as usize], n)).collect();
    // (time, number of users), the times as if nothing were used up to begin with.
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let mut users: Vec<(f64, f64)> = groups(counts.len(), 8)
        .map(|(rank, n)| (f64::from(by_count[rank as usize]) * n_users / total, n))
        .collect();
    let sizes: Vec<f64> =
        groups(counts.len(), 8).map(|(rank, _)| f64::from(by_count[rank as usize])).collect();
    for _ in 0..ROUNDS {
        let reach = Reach::of(&users);
        let weights: Vec<(f64, f64)> = item_groups
            .iter()
            .map(|&(item, n)| (reach.weight(targets[item] / (open[item] * n_users)), n * open[item]))
            .collect();
        for ((time, _), &size) in users.iter_mut().zip(&sizes) {
            let log_time = bisect(-20.0, 25.0, |log_time| {
                let picked: f64 =
                    weights.iter().map(|&(weight, n)| n * picked_share(log_time.exp() * weight)).sum();
                picked - size
            });
            *time = log_time.exp();
        }
    }
    let reach = Reach::of(&users);
    targets.iter().zip(open).map(|(&target, &open)| reach.weight(target / (open * n_users))).collect()
}

/// The share of users who pick an item by the time `weight` times theirs: over the appeals, a logistic function of a standard
/// normal affinity, by Gauss-Hermite quadrature with three points.
fn picked_share(weight: f64) -> f64 {
    const APPEALS: [(f64, f64); 3] = [(0.150_326, 1.0 / 6.0), (0.5, 2.0 / 3.0), (0.849_674, 1.0 / 6.0)];
    APPEALS.iter().map(|(appeal, share)| share * -(-weight * appeal).exp_m1()).sum()
}

/// The share of users that an item of some weight reaches, tabulated over logarithms of weights.
struct Reach {
    shares: Vec<f64>,
}

impl Reach {
    const LOWEST: f64 = -30.0;
    const STEP: f64 = 0.1;
    const N_STEPS: usize = 500;

    fn of(users: &[(f64, f64)]) -> Self {
        let n_users: f64 = users.iter().map(|(_, n)| n).sum();
        let share = |weight: f64| {
            users.iter().map(|&(time, n)| n * picked_share(time * weight)).sum::<f64>() / n_users
        };
        let shares =
            (0..Self::N_STEPS).map(|step| share((Self::LOWEST + Self::STEP * step as f64).exp())).collect();
        Self { shares }
    }

    /// The weight that reaches `share` of the users.
    fn weight(&self, share: f64) -> f64 {
        let above = self.shares.partition_point(|&reached| reached < share).clamp(1, Self::N_STEPS - 1);
        let (low, high) = (self.shares[above - 1], self.shares[above]);
        let within = if high > low { ((share - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        (Self::LOWEST + Self::STEP * ((above - 1) as f64 + within)).exp()
    }
}

/// Groups of neighbouring ranks below `n`, each about the `1 / per`th of the ranks before it: the middle rank and the size.
fn groups(n: usize, per: usize) -> impl Iterator<Item = (f64, f64)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let size = (next / per).max(1).min(n - next);
        let middle = next + (size - 1) / 2;
        next += size;
        (size > 0).then_some((middle as f64, size as f64))
    })
}

/// Where the growing function `f` crosses zero between `low` and `high`.
fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..45 {
        let middle = 0.5 * (low + high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_has_the_median_and_the_mean_that_it_is_fitted_to() {
        for (n, most, median, floor, bottom, mean) in
            [(3883, 3428.0, 118.0, 1.0, 1.5, 257.6), (62_423, 81_491.0, 5.5, 1.5, 0.0, 400.5)]
        {
            let curve = Curve::fit(n, most, median, floor, bottom, mean);
            let counts: Vec<f64> = (0..n).map(|rank| curve.count(rank as f64)).collect();
            assert!((counts.iter().sum::<f64>() / n as f64 / mean - 1.0).abs() < 0.01);
            assert!((counts[n / 2] / median - 1.0).abs() < 0.01 && (counts[0] / most - 1.0).abs() < 0.01);
            assert!(counts.is_sorted_by(|a, b| a >= b));
        }
    }

    #[test]
    fn groups_cover_all_ranks() {
        for n in [0, 1, 7, 1000, 62_423] {
            assert_eq!(groups(n, 8).map(|(_, size)| size).sum::<f64>(), n as f64);
        }
    }
}
