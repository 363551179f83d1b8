//! All of it at once, with intervals.

use rayon::prelude::*;

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

/// Every number of each model's lists at each of `ks`, in the order of `ks` within each metric. `profiles` is the popularity of
/// each user's training profile ([`super::profile_popularity`]).
///
/// Coverage and the Gini index have no interval: a resample that draws a user twice shows no new item, so that its coverage
/// is lower by construction, and the bootstrap would speak of fewer users than there are.
///
/// # Panics
/// Where models have lists of different numbers of users, there is not one profile a list, or a list holds an item that is not in
/// the catalogue.
pub fn measure(
    models: &[TopLists],
    catalogue: &Catalogue<'_>,
    profiles: &[Option<f64>],
    ks: &[usize],
    bootstrap: &Bootstrap,
) -> Vec<Vec<BeyondAccuracy>> {
    let mut sample = UserSample::new(models.first().map_or(0, TopLists::n_users));
    let of_models: Vec<(Vec<BeyondAccuracy>, UserNumbers)> =
        models.par_iter().map(|lists| of_lists(lists, catalogue, profiles, ks)).collect();
    let mut all = Vec::new();
    for (numbers, of_users) in of_models {
        for values in of_users.means {
            sample.push_mean(values);
        }
        for (totals, weights) in of_users.ratios {
            sample.push_ratio(totals, weights);
        }
        all.push(numbers);
    }
    // One set of draws for all models and numbers.
    let mut intervals = bootstrap.intervals(&sample).into_iter();
    for number in all.iter_mut().flatten().filter(|number| !matches!(number.metric, "coverage" | "gini")) {
        let is_lift = number.metric == "popularity_lift";
        let interval = intervals.next().flatten();
        number.interval = interval.map(|interval| interval.map(|end| if is_lift { end - 1.0 } else { end }));
    }
    all
}

/// What the users contribute to the numbers that have an interval, in the order of the numbers: means, then ratios.
struct UserNumbers {
    means: Vec<Vec<Option<f64>>>,
    ratios: Vec<(Vec<f64>, Vec<f64>)>,
}

/// The numbers of one model, without intervals.
fn of_lists(
    lists: &TopLists,
    catalogue: &Catalogue<'_>,
    profiles: &[Option<f64>],
    ks: &[usize],
) -> (Vec<BeyondAccuracy>, UserNumbers) {
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

    let mut of_users = UserNumbers { means: Vec::new(), ratios: Vec::new() };
    let means: [(_, OfUsers); 3] =
        [("novelty", novelty), ("diversity", intra_list_diversity), ("popularity", list_popularity)];
    for (metric, values_of) in means {
        for &k in ks {
            let per_user = values_of(lists, k, catalogue);
            let n_users = per_user.iter().flatten().count();
            let total = per_user.iter().flatten().fold(0.0, |total, value| total + value);
            let value = (n_users > 0).then(|| total / n_users as f64);
            of_users.means.push(per_user.clone());
            numbers.push(BeyondAccuracy { metric, k, value, interval: None, n_users, per_user });
        }
    }
    for &k in ks {
        let of_lists = list_popularity(lists, k, catalogue);
        of_users.ratios.push(lift_sums(&of_lists, profiles));
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
    (numbers, of_users)
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
        let numbers = measure(&[lists], &catalogue, &profiles, &[1, 2], &bootstrap).concat();
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
