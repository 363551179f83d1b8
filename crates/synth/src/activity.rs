//! How many ratings each user gives.

use dataset::rng;
use rand_distr::{Distribution as _, StandardNormal};

use crate::Shape;
use crate::marginals::FEWEST;

/// The number of ratings of each user; the sum is exactly the shape's, none is above the number of items.
pub(crate) fn ratings_of_users(shape: &Shape) -> Vec<u32> {
    let n_users = shape.n_users() as usize;
    let activity = shape.marginals().activity;
    let base =
        u64::from(FEWEST).min(shape.n_ratings() / n_users as u64).min(u64::from(shape.n_items())) as u32;
    let mut counts = vec![base; n_users];
    let mut rest = shape.n_ratings() - u64::from(base) * n_users as u64;

    let mut stream = rng::stream(shape.seed(), "synth/activity");
    let weights: Vec<f64> = (0..n_users)
        .map(|_| {
            let z: f64 = StandardNormal.sample(&mut stream);
            (activity.spread * z - activity.bend * z * z).exp()
        })
        .collect();
    // Nobody is above the cap; where the most is given, one user reaches it.
    let mut cap = shape.n_items();
    if let Some(most) =
        activity.most.filter(|&most| most < cap && u64::from(most) * n_users as u64 >= shape.n_ratings())
    {
        cap = most;
        if let Some(top) = (0..n_users).max_by(|&a, &b| weights[a].total_cmp(&weights[b])) {
            let taken = u64::from(cap - base).min(rest);
            counts[top] += taken as u32;
            rest -= taken;
        }
    }
    // Each round shares out the rest in proportion to the weights of those below the cap; it either places all of it or
    // brings somebody to the cap.
    while rest > 0 {
        let open = |count: u32| count < cap;
        let total: f64 = counts.iter().zip(&weights).filter(|(c, _)| open(**c)).map(|(_, w)| w).sum();
        let last_open = counts.iter().rposition(|&count| open(count)).unwrap_or(0);
        let (to_place, mut weight_so_far, mut shared_out) = (rest, 0.0, 0u64);
        for (user, count) in counts.iter_mut().enumerate().filter(|(_, count)| open(**count)) {
            weight_so_far += weights[user];
            let until_here = (to_place as f64 * (weight_so_far / total)).round() as u64;
            let until_here = if user == last_open { to_place } else { until_here.min(to_place) };
            let share = until_here - shared_out;
            shared_out = until_here;
            let taken = share.min(u64::from(cap - *count));
            *count += taken as u32;
            rest -= taken;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_sum_is_exact_and_nobody_rates_more_than_there_is(
            n_users in 1u32..60, n_items in 1u32..60, share in 0.0f64..=1.0, seed in any::<u64>()
        ) {
            let most = u64::from(n_users) * u64::from(n_items);
            let n_ratings = (u64::from(n_users) as f64 + share * (most - u64::from(n_users)) as f64) as u64;
            let counts = ratings_of_users(&Shape::new(n_users, n_items, n_ratings, seed).unwrap());
            prop_assert_eq!(counts.iter().map(|&count| u64::from(count)).sum::<u64>(), n_ratings);
            let fewest = 20.min(n_ratings / u64::from(n_users)).min(u64::from(n_items)) as u32;
            prop_assert!(counts.iter().all(|&count| (fewest..=n_items).contains(&count)));
        }
    }

    #[test]
    fn activity_has_a_long_tail() {
        let mut counts = ratings_of_users(&Shape::new(610, 9742, 100_836, 42).unwrap());
        counts.sort_unstable();
        // ml-latest-small: minimum 20, median 70.5, mean 165.3, maximum 2,698
        assert_eq!(counts[0].min(22), counts[0]);
        assert!((50..95).contains(&counts[305]), "median {}", counts[305]);
        assert!((1000..6000).contains(&counts[609]), "maximum {}", counts[609]);
    }
}
