//! The Gini index at K: how unevenly are the users' places shared among the items?

use super::coverage::exposure;
use super::{Catalogue, TopLists};

/// The Gini index of how often each item of the catalogue, also one that is never shown, stands in a user's first `k`.
///
/// Σ (2 j - n - 1) `p_j` / (n - 1) over the n items in ascending order of their share `p_j` of all places, j from 1.
/// Range: [0, 1]; 0 where all items are shown equally often, 1 where one item has every place. Lower is more even. `None`
/// for fewer than two items or no place at all. Reference: Shani and Gunawardana, "Evaluating recommendation systems",
/// Recommender Systems Handbook, 2011.
///
/// # Panics
/// Where a list holds an item that is not in the catalogue.
pub fn gini_index(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Option<f64> {
    let mut n_shown = exposure(lists, k, catalogue);
    n_shown.sort_unstable();
    let (n, n_places) = (n_shown.len() as i128, n_shown.iter().sum::<u64>());
    if n < 2 || n_places == 0 {
        return None;
    }
    // Whole numbers, so that a large catalogue loses nothing to rounding.
    let total: i128 = (1..).zip(&n_shown).map(|(j, &shown)| (2 * j - n - 1) * i128::from(shown)).sum();
    Some(total as f64 / ((n - 1) as f64 * n_places as f64))
}

#[cfg(test)]
mod tests {
    use super::super::testing::lists;
    use super::*;

    #[test]
    fn four_items() {
        let catalogue = Catalogue::new(&[0; 4], &[0; 4], 1).unwrap();
        let gini = |of: &[&[u32]]| gini_index(&lists(of), 2, &catalogue);
        assert_eq!(gini(&[&[0, 1], &[2, 3]]), Some(0.0));
        assert_eq!(gini(&[&[2], &[2]]), Some(1.0));
        // shown 0, 1, 1, 2 times: (-3 × 0 - 1 × 1 + 1 × 1 + 3 × 2) / (3 × 4)
        assert_eq!(gini(&[&[0, 1], &[0, 3]]), Some(0.5));
        assert_eq!(gini(&[&[], &[]]), None);
        let one = Catalogue::new(&[0], &[0], 1).unwrap();
        assert_eq!(gini_index(&lists(&[&[0]]), 2, &one), None);
    }
}
