//! The default data set has the shape of ml-latest-small, and its ratings can be learned from.

use std::collections::BTreeMap;

use raw::RawData;
use synth::Scale;

use crate::generate;

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    values.sum::<f64>() / n
}

fn sd(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let mean = mean(values.clone());
    let n = values.clone().count() as f64;
    (values.map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// The ratings of each key, keys ascending.
fn grouped(keys: &[i64], values: &[f32]) -> BTreeMap<i64, Vec<f64>> {
    let mut groups: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (&key, &value) in keys.iter().zip(values) {
        groups.entry(key).or_default().push(f64::from(value));
    }
    groups
}

/// The same size as ml-latest-small, seed 42; the figures in comments are ml-latest-small's.
fn default_data() -> RawData {
    let folder = tempfile::tempdir().unwrap();
    generate(&folder.path().join("data"), 610, 9742, 100_836, 42)
}

#[test]
fn stars_spread_and_tails_are_those_of_the_real_data() {
    let data = default_data();
    let values = data.ratings.values.iter().map(|&value| f64::from(value));
    let (mean, spread) = (mean(values.clone()), sd(values));
    assert!((3.4..3.6).contains(&mean), "mean {mean}"); // 3.50
    assert!((0.98..1.10).contains(&spread), "standard deviation {spread}"); // 1.04

    let users = grouped(&data.ratings.user_ids, &data.ratings.values);
    let mut activity: Vec<usize> = users.values().map(Vec::len).collect();
    activity.sort_unstable();
    assert!(activity[0] >= 20 && (50..100).contains(&activity[305]), "median {}", activity[305]); // 70.5
    let items = grouped(&data.ratings.item_ids, &data.ratings.values);
    let mut popularity: Vec<usize> = items.values().map(Vec::len).collect();
    popularity.sort_unstable_by(|a, b| b.cmp(a));
    assert!((200..500).contains(&popularity[0]), "most popular {}", popularity[0]); // 329
    assert!(popularity[popularity.len() / 2] <= 6, "median {}", popularity[popularity.len() / 2]); // 3
    assert!(items.len() > 7000, "{} rated items", items.len()); // 9724

    let no_genres = data.items.all().iter().filter(|item| item.genres.is_empty()).count();
    assert!((10..100).contains(&no_genres), "{no_genres} without genres"); // 34
    assert!(data.items.all().iter().all(|item| item.year.is_some_and(|year| (1900..=2018).contains(&year))));
    let commas = data.items.all().iter().filter(|item| item.title.contains(',')).count();
    assert!((1500..2700).contains(&commas), "{commas} titles with commas"); // 2079
    assert!(data.items.all().iter().any(|item| item.title.contains('"')));
    assert!((1000..8000).contains(&data.tags.len()), "{} tags", data.tags.len()); // 3683
}

#[test]
fn ratings_come_in_sessions() {
    let data = default_data();
    let (mut short, mut long, mut same) = (0, 0, 0);
    let users = data.ratings.user_ids.chunk_by(|a, b| a == b).map(<[i64]>::len);
    let mut start = 0;
    for n in users {
        let mut times = data.ratings.timestamps[start..start + n].to_vec();
        start += n;
        times.sort_unstable();
        for gap in times.windows(2).map(|pair| pair[1] - pair[0]) {
            same += i32::from(gap == 0);
            short += i32::from((1..3600).contains(&gap));
            long += i32::from(gap >= 3600);
        }
        // 1996-03-29 to 2018-09-24
        assert!(times[0] >= 828_057_600 && times[n - 1] < 1_537_833_600);
    }
    let n_gaps = f64::from(short + long + same);
    let (same, long) = (f64::from(same) / n_gaps, f64::from(long) / n_gaps);
    assert!((0.12..0.20).contains(&same), "{same} in the same second"); // .157
    assert!((0.04..0.08).contains(&long), "{long} in another session"); // .063
}

/// User and item means explain ratings, and what is left of a user's ratings goes along with the genres.
#[test]
fn tastes_are_tied_to_genres() {
    let data = default_data();
    let of_users = grouped(&data.ratings.user_ids, &data.ratings.values);
    let of_items = grouped(&data.ratings.item_ids, &data.ratings.values);
    let centre = |group: &Vec<f64>| mean(group.iter().copied());
    let user_means: BTreeMap<i64, f64> = of_users.iter().map(|(&id, group)| (id, centre(group))).collect();
    let item_means: BTreeMap<i64, f64> = of_items.iter().map(|(&id, group)| (id, centre(group))).collect();
    assert!((0.35..0.55).contains(&sd(user_means.values().copied()))); // .48

    // Residuals of each (user, genre), from the even and from the odd ratings: halves that share no noise.
    let mut halves: [BTreeMap<(i64, usize), Vec<f64>>; 2] = Default::default();
    for (row, rating) in data.ratings.iter().enumerate() {
        let residual =
            f64::from(rating.value) - user_means[&rating.user_id] - item_means[&rating.item_id] + 3.5;
        for genre in data.items.get(rating.item_id).unwrap().genres.iter() {
            halves[row % 2].entry((rating.user_id, genre)).or_default().push(residual);
        }
    }
    let pairs: Vec<(f64, f64)> = halves[0]
        .iter()
        .filter_map(|(key, even)| Some((even, halves[1].get(key)?)))
        .filter(|(even, odd)| even.len() >= 10 && odd.len() >= 10)
        .map(|(even, odd)| (centre(even), centre(odd)))
        .collect();
    let (even_mean, odd_mean) = (mean(pairs.iter().map(|p| p.0)), mean(pairs.iter().map(|p| p.1)));
    let covariance = mean(pairs.iter().map(|p| (p.0 - even_mean) * (p.1 - odd_mean)));
    let correlation = covariance / (sd(pairs.iter().map(|p| p.0)) * sd(pairs.iter().map(|p| p.1)));
    // Without tastes the halves would be uncorrelated: a standard error of about 1 / sqrt(n).
    assert!(pairs.len() > 1000 && correlation > 0.3, "correlation {correlation} over {} pairs", pairs.len());
}

/// A published size; the figures in comments are ML-1M's.
#[test]
fn a_scale_has_the_tails_and_stars_of_the_published_set() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("data");
    synth::generate(&"1m".parse::<Scale>().unwrap().shape(3).unwrap(), &out).unwrap();
    let data = raw::read(&out, &raw::Options::default()).unwrap();
    assert_eq!(data.ratings.len(), 1_000_209);
    let values = data.ratings.values.iter().map(|&value| f64::from(value));
    assert!(values.clone().all(|value| value.fract() == 0.0));
    let (mean, spread) = (mean(values.clone()), sd(values));
    assert!((3.5..3.66).contains(&mean), "mean {mean}"); // 3.58
    assert!((1.06..1.17).contains(&spread), "standard deviation {spread}"); // 1.12

    let mut popularity: Vec<usize> =
        grouped(&data.ratings.item_ids, &data.ratings.values).values().map(Vec::len).collect();
    popularity.sort_unstable_by(|a, b| b.cmp(a));
    let n = popularity.len();
    assert!((3650..3850).contains(&n), "{n} rated items"); // 3,706
    assert!((3100..3800).contains(&popularity[0]), "most popular {}", popularity[0]); // 3,428
    assert!((105..140).contains(&popularity[n / 2]), "median {}", popularity[n / 2]); // 123
    // Gini coefficient .634
    let ranked: f64 = popularity
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &count)| (2.0 * i as f64 + 1.0 - n as f64) * count as f64)
        .sum();
    let gini = ranked / (n as f64 * 1_000_209.0);
    assert!((0.58..0.68).contains(&gini), "Gini coefficient {gini}");
    // From users with a few ratings by rejection to the most active one from all items.
    let mut activity: Vec<usize> = data.ratings.user_ids.chunk_by(|a, b| a == b).map(<[i64]>::len).collect();
    activity.sort_unstable();
    assert_eq!((activity[0], activity[activity.len() - 1]), (20, 2314));
}
