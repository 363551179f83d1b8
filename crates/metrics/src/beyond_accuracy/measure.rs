//! All of it at once, with intervals.

use super::popularity::lift_sums;
use super::{
    Catalogue, TopLists, catalogue_coverage, gini_index, intra_list_diversity, list_popularity, novelty,
    popularity_lift,
};
use crate::statistics::{Bootstrap, Interval, UserSample};

/// A value for each user's first k items.
type OfUsers = fn(&TopLists, usize, &Catalogue<'_>) -> Vec<Option<f64>>;

/// One number of one model's lists.
#[derive(Debug, Clone, PartialEq)]
pub struct BeyondAccuracy {
    /// `coverage`, `gini`, `novelty`, `diversity`, `popularity` or `popularity_lift`.
    pub metric: &'static str,
    /// How many items of each list.
    pub k: usize,
    /// The number: of all lists for `coverage` and `gini`, the mean over users else, and the ratio of means less 1 for
    /// `popularity_lift`. `None` where it is undefined.
    pub value: Option<f64>,
    /// Its interval; `None` for `coverage` and `gini`, and where fewer than two users count.
    pub interval: Option<Interval>,
    /// How many users count in it.
    pub n_users: usize,
    /// The users' own values, in the order of the lists; for `popularity_lift` list / profile - 1. Empty for `coverage` and
    /// `gini`.
    pub per_user: Vec<Option<f64>>,
}

/// Every number of `lists` at each of `ks`, in the order of `ks` within each metric. `profiles` is the popularity of each
/// user's training profile ([`super::profile_popularity`]).
///
/// Coverage and the Gini index have no interval: a resample that draws a user twice shows no new item, so that its coverage
/// is lower by construction, and the bootstrap would speak of fewer users than there are.
///
/// # Panics
/// Where there is not one profile a list, or a list holds an item that is not in the catalogue.
pub fn measure(
    lists: &TopLists,
    catalogue: &Catalogue<'_>,
    profiles: &[Option<f64>],
    ks: &[usize],
    bootstrap: &Bootstrap,
) -> Vec<BeyondAccuracy> {
    let n_lists = (0..lists.n_users()).filter(|&user| !lists.top(user, 1).is_empty()).count();
    let of_all = |metric, k, value| BeyondAccuracy {
        metric,
        k,
        value,
        interval: None,
        n_users: n_lists,
        per_user: Vec::new(),
    };
    let mut numbers: Vec<BeyondAccuracy> = Vec::new();
    numbers.extend(ks.iter().map(|&k| of_all("coverage", k, catalogue_coverage(lists, k, catalogue))));
    numbers.extend(ks.iter().map(|&k| of_all("gini", k, gini_index(lists, k, catalogue))));

    let mut sample = UserSample::new(lists.n_users());
    let first = numbers.len();
    let means: [(_, OfUsers); 3] =
        [("novelty", novelty), ("diversity", intra_list_diversity), ("popularity", list_popularity)];
    for (metric, of_users) in means {
        for &k in ks {
            let per_user = of_users(lists, k, catalogue);
            sample.push_mean(per_user.iter().copied());
            let n_users = per_user.iter().flatten().count();
            let total = per_user.iter().flatten().fold(0.0, |total, value| total + value);
            let value = (n_users > 0).then(|| total / n_users as f64);
            numbers.push(BeyondAccuracy { metric, k, value, interval: None, n_users, per_user });
        }
    }
    for &k in ks {
        let of_lists = list_popularity(lists, k, catalogue);
        let (totals, weights) = lift_sums(&of_lists, profiles);
        sample.push_ratio(totals, weights);
        let lift = |(list, profile): (&Option<f64>, &Option<f64>)| Some((*list)? / (*profile)? - 1.0);
        let per_user: Vec<Option<f64>> = of_lists.iter().zip(profiles).map(lift).collect();
        numbers.push(BeyondAccuracy {
            metric: "popularity_lift",
            k,
            value: popularity_lift(&of_lists, profiles),
            interval: None,
            n_users: per_user.iter().flatten().count(),
            per_user,
        });
    }
    for (number, interval) in numbers[first..].iter_mut().zip(bootstrap.intervals(&sample)) {
        let is_lift = number.metric == "popularity_lift";
        number.interval = interval.map(|interval| interval.map(|end| if is_lift { end - 1.0 } else { end }));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::super::testing::lists;
    use super::*;

    #[test]
    fn every_number_has_its_value_and_the_means_an_interval_around_it() {
        let catalogue = Catalogue::new(&[1, 2, 3, 0], &[4, 2, 1, 0], 4).unwrap();
        let lists = lists(&[&[0, 1], &[2, 0], &[1, 2], &[3], &[]]);
        let profiles = [Some(0.5), Some(0.25), Some(0.75), Some(0.5), Some(0.5)];
        let bootstrap = Bootstrap::new(999, 0.95, ChaCha8Rng::seed_from_u64(1)).unwrap();
        let numbers = measure(&lists, &catalogue, &profiles, &[1, 2], &bootstrap);
        let told: Vec<_> = numbers.iter().map(|number| (number.metric, number.k, number.n_users)).collect();
        let of = |metric, n_at_2| [(metric, 1, 4), (metric, 2, n_at_2)];
        let mut expected =
            [("coverage", 4), ("gini", 4), ("novelty", 4), ("diversity", 3), ("popularity", 4)]
                .map(|(metric, n)| of(metric, n))
                .concat();
        expected[6].2 = 0; // a single item has no diversity
        expected.extend(of("popularity_lift", 4));
        assert_eq!(told, expected);
        for number in &numbers {
            let Some(interval) = number.interval else {
                assert!(matches!(number.metric, "coverage" | "gini") || number.n_users == 0, "{number:?}");
                continue;
            };
            let value = number.value.unwrap();
            assert!(interval.low <= value && value <= interval.high, "{number:?}");
            assert!(interval.low < interval.high, "{number:?}");
        }
        // popularity at 1: 1, 1/4, 1/2, 0 of profiles .5, .25, .75, .5: 1.75 / 2 - 1
        let lift = numbers.iter().find(|number| number.metric == "popularity_lift").unwrap();
        assert!((lift.value.unwrap() + 0.125).abs() < 1e-14, "{lift:?}");
        assert_eq!(lift.per_user[0], Some(1.0));
    }
}
