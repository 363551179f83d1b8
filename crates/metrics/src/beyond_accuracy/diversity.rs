//! Intra-list diversity at K: how unlike each other are the items that a user is shown?

use super::{Catalogue, TopLists};

/// Each user's mean, over all pairs of the first `k` items, of 1 - the cosine of their multi-hot genre vectors, which is
/// 1 - shared genres / sqrt(genres of the one × genres of the other).
///
/// Of an item without a genre nothing is known: it is in no pair. Range: [0, 1]; 0 where all items have the same genres,
/// 1 where no two share one. `None` where fewer than two items of the list have a genre. References: Smyth and `McClave`,
/// "Similarity vs. diversity", ICCBR 2001; Ziegler et al., "Improving recommendation lists through topic
/// diversification", WWW 2005.
///
/// # Panics
/// Where a list holds an item that is not in the catalogue.
pub fn intra_list_diversity(lists: &TopLists, k: usize, catalogue: &Catalogue<'_>) -> Vec<Option<f64>> {
    let mut known = Vec::new();
    let of_list = |items: &[u32]| {
        known.clear();
        known.extend(items.iter().map(|&item| catalogue.genres(item)).filter(|&genres| genres != 0));
        let n_pairs = known.len() * known.len().saturating_sub(1) / 2;
        let mut total = 0.0;
        for (at, a) in known.iter().enumerate() {
            total = known[..at].iter().fold(total, |total, b| total + distance(*a, *b));
        }
        (n_pairs > 0).then(|| total / n_pairs as f64)
    };
    lists.tops(k).map(of_list).collect()
}

/// 1 - cosine of two sets that are not empty.
fn distance(a: u64, b: u64) -> f64 {
    let n = |set: u64| f64::from(set.count_ones());
    // The root of equal numbers is exact: equal sets have the distance 0.
    1.0 - n(a & b) / (n(a) * n(b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, lists};
    use super::*;

    #[test]
    fn pairs_by_hand() {
        let catalogue = Catalogue::new(&[0b11, 0b11, 0b100, 0b1, 0], &[0; 5], 1).unwrap();
        // equal: 0; disjoint: 1; one of two genres: 1 - 1 / sqrt(2); three pairs: (0 + 1 + 1) / 3
        let found = intra_list_diversity(
            &lists(&[&[0, 1], &[0, 2], &[0, 3], &[0, 1, 2], &[0, 4], &[0, 4, 2], &[2], &[]]),
            3,
            &catalogue,
        );
        let root = 1.0 - 0.5f64.sqrt();
        let expected = [Some(0.0), Some(1.0), Some(root), Some(2.0 / 3.0), None, Some(1.0), None, None];
        assert_close(&found, &expected);
        assert_close(&intra_list_diversity(&lists(&[&[0, 1, 2]]), 2, &catalogue), &[Some(0.0)]);
    }
}
