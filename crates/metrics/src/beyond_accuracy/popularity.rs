//! Popularity bias at K: are the items that a user is shown more popular than those that the user chose?

use rayon::prelude::*;

use super::novelty::mean;
use super::{Catalogue, TopLists};
use crate::Groups;

/// Each user's mean popularity of the first `k` items: the share of users who rated the item in training.
///
/// Range: [0, 1]. `None` for an empty list. Its mean over users is the average recommendation popularity, ARP, as a share.
/// Reference: Yin et al., "Challenging the long tail recommendation", VLDB 2012.
///
/// # Panics
/// Where a list holds an item that is not in the catalogue.
pub fn list_popularity(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Vec<Option<f64>> {
    lists.tops(k).map(|items| mean(items, |item| catalogue.popularity(item))).collect()
}

/// The mean popularity of the items that each of `user_ids` rated in training: `training` groups the training ratings by
/// user, `items` is the position in the catalogue of each.
///
/// Range: (0, 1]. `None` for a user without a training rating.
///
/// # Panics
/// Where there is not one item a training rating, or one is not in the catalogue.
pub fn profile_popularity(
    user_ids: &[i64],
    training: &Groups,
    items: &[u32],
    catalogue: &Catalogue<'_>,
) -> Vec<Option<f64>> {
    assert_eq!(items.len(), training.n_rows(), "items and training ratings");
    let of_user = |user_id: &i64| {
        let user = training.user_ids().binary_search(user_id).ok()?;
        mean(&items[training.rows(user)], |item| catalogue.popularity(item))
    };
    user_ids.par_iter().with_min_len(64).map(of_user).collect()
}

/// By how much the lists are more popular than the profiles: mean of `of_lists` / mean of `of_profiles` - 1, over the users
/// who have both. 0: as popular as what the users chose; .5: half more.
///
/// Range: [-1, inf). `None` where no user has both. It is Δ GAP, the relative difference of group average popularity, of
/// all users as one group. As a ratio of sums over users it has an interval through
/// [`crate::statistics::UserSample::push_ratio`]. Reference: Abdollahpouri et al., "The unfairness of popularity bias in
/// recommendation", RMSE workshop at `RecSys` 2019.
///
/// # Panics
/// Where the slices have different lengths.
pub fn popularity_lift(of_lists: &[Option<f64>], of_profiles: &[Option<f64>]) -> Option<f64> {
    let (totals, weights) = lift_sums(of_lists, of_profiles);
    let (total, weight) = (totals.iter().sum::<f64>(), weights.iter().sum::<f64>());
    (weight > 0.0).then(|| total / weight - 1.0)
}

/// The sums whose ratio is the lift + 1: for each user the popularity of list and profile, 0 where one is missing.
pub(super) fn lift_sums(of_lists: &[Option<f64>], of_profiles: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    assert_eq!(of_lists.len(), of_profiles.len(), "lists and profiles");
    of_lists.iter().zip(of_profiles).map(|(list, profile)| list.zip(*profile).unwrap_or((0.0, 0.0))).unzip()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, lists};
    use super::*;

    #[test]
    fn lists_profiles_and_lift_by_hand() {
        let catalogue = Catalogue::new(&[0; 3], &[4, 2, 0], 4).unwrap(); // popularity 1, 1/2, 0
        let of_lists = list_popularity(&lists(&[&[0, 1], &[0], &[2], &[]]), 2, &catalogue);
        assert_close(&of_lists, &[Some(0.75), Some(1.0), Some(0.0), None]);
        let training = Groups::from_sorted(&[7, 7, 9, 11]).unwrap();
        let of_profiles = profile_popularity(&[7, 8, 9, 11], &training, &[0, 1, 1, 0], &catalogue);
        assert_close(&of_profiles, &[Some(0.75), None, Some(0.5), Some(1.0)]);
        // users 7 and 9 have both: (.75 + 0) / (.75 + .5) - 1 = -.4
        assert_close(&[popularity_lift(&of_lists, &of_profiles)], &[Some(-0.4)]);
        assert_eq!(popularity_lift(&of_lists[1..2], &of_profiles[1..2]), None);
    }
}
