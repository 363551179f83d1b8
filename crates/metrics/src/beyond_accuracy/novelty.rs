//! Novelty at K: how little known is what a user is shown?

use super::{Catalogue, TopLists};

/// Each user's mean self-information of the first `k` items: -log2 of the share of users who rated the item in training.
/// An item that nobody rated counts as if one user had.
///
/// In bits. Range: [0, log2(users)]; 1 bit more is half as well known. `None` for an empty list. Reference: Zhou et al.,
/// "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS 2010.
///
/// # Panics
/// Where a list holds an item that is not in the catalogue.
pub fn novelty(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Vec<Option<f64>> {
    lists.tops(k).map(|items| mean(items, |item| catalogue.self_information(item))).collect()
}

/// The mean over a list; `None` for an empty one.
pub(super) fn mean(items: &[u32], of: impl Fn(u32) -> f64) -> Option<f64> {
    let total = items.iter().fold(0.0, |total, &item| total + of(item));
    (!items.is_empty()).then(|| total / items.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, lists};
    use super::*;

    #[test]
    fn bits_by_hand() {
        let catalogue = Catalogue::new(&[0; 4], &[8, 2, 1, 0], 8).unwrap();
        // 0, 2, 3 and, as if rated once, 3 bits
        let found = novelty(&lists(&[&[0, 1], &[2, 3], &[]]), 2, &catalogue);
        assert_close(&found, &[Some(1.0), Some(3.0), None]);
        assert_close(&novelty(&lists(&[&[0, 1]]), 1, &catalogue), &[Some(0.0)]);
    }
}
