//! Catalogue coverage at K: how much of the catalogue is shown to anyone?

use super::{Catalogue, TopLists};

/// The share of the catalogue's items that stand in at least one user's first `k`.
///
/// Range: [0, 1]; at most users × `k` / items. `None` for an empty catalogue. Reference: Ge, Delgado-Battenfeld and
/// Jannach, "Beyond accuracy", `RecSys` 2010.
///
/// # Panics
/// Where a list holds an item that is not in the catalogue.
pub fn catalogue_coverage(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Option<f64> {
    let shown = exposure(lists, k, catalogue).iter().filter(|&&n| n > 0).count();
    (!catalogue.is_empty()).then(|| shown as f64 / catalogue.len() as f64)
}

/// How many users have each item of the catalogue in their first `k`.
pub(super) fn exposure(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Vec<u64> {
    let mut n_shown = vec![0; catalogue.len()];
    for &item in lists.tops(k).flatten() {
        n_shown[item as usize] += 1;
    }
    n_shown
}

#[cfg(test)]
mod tests {
    use super::super::testing::lists;
    use super::*;

    #[test]
    fn three_of_four_items() {
        let catalogue = Catalogue::new(&[0; 4], &[0; 4], 1).unwrap();
        let lists = lists(&[&[0, 1], &[0, 3], &[]]);
        assert_eq!(catalogue_coverage(&lists, 2, &catalogue), Some(0.75));
        assert_eq!(catalogue_coverage(&lists, 1, &catalogue), Some(0.25)); // item 0 alone is first
        let nothing = Catalogue::new(&[], &[], 0).unwrap();
        assert_eq!(catalogue_coverage(&TopLists::new(2), 2, &nothing), None);
    }
}
