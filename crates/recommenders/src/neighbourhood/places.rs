//! Where the sums about each target stand.

use dataset::Csr;

/// The places of the targets in memory, those that are rated most often first: what is added to all the time stands together.
pub struct Places<'a> {
    by_other: &'a Csr,
    /// `None`: the targets' own order.
    most_rated_first: Option<MostRatedFirst>,
}

struct MostRatedFirst {
    /// The place of each target.
    of: Vec<u32>,
    /// The target at each place.
    targets: Vec<u32>,
    /// The places of the targets in the rows of `by_other`, row after row.
    columns: Vec<u32>,
}

impl<'a> Places<'a> {
    /// The targets' own order: costs nothing.
    pub fn unchanged(by_other: &'a Csr) -> Self {
        Self { by_other, most_rated_first: None }
    }

    /// Places for many rows to come; linear in the entries, 4 bytes each.
    pub fn most_rated_first(by_other: &'a Csr, n_targets: usize) -> Self {
        let rows = || (0..by_other.n_rows() as u32).map(|other| by_other.row(other).0);
        let mut n_ratings = vec![0u32; n_targets];
        for &target in rows().flatten() {
            n_ratings[target as usize] += 1;
        }
        let mut targets: Vec<u32> = (0..n_targets as u32).collect();
        targets.sort_by_key(|&target| std::cmp::Reverse(n_ratings[target as usize]));
        let mut of = vec![0; n_targets];
        for (place, &target) in (0..).zip(&targets) {
            of[target as usize] = place;
        }
        let mut columns = Vec::with_capacity(by_other.n_entries());
        rows().for_each(|row| columns.extend(row.iter().map(|&target| of[target as usize])));
        Self { by_other, most_rated_first: Some(MostRatedFirst { of, targets, columns }) }
    }

    /// The place of `target`.
    #[inline]
    pub fn of(&self, target: u32) -> u32 {
        self.most_rated_first.as_ref().map_or(target, |places| places.of[target as usize])
    }

    /// The target at `place`.
    #[inline]
    pub fn target(&self, place: u32) -> u32 {
        self.most_rated_first.as_ref().map_or(place, |places| places.targets[place as usize])
    }

    /// The places and values of what `other` rated, in the order of the targets.
    #[inline]
    pub fn row(&self, other: u32) -> (&[u32], &[f32]) {
        let (targets, values) = self.by_other.row(other);
        match &self.most_rated_first {
            None => (targets, values),
            Some(places) => (&places.columns[self.by_other.range(other)], values),
        }
    }
}
