//! Discounted cumulative gain: the one place where gains and discounts are defined. The NDCG metrics and the
//! learning-to-rank objectives call the same functions.
//!
//! What an objective needs of a group at the cut `k`, for each new vector of scores:
//! * the rows by rank: [`crate::RankOrder`], with the tie rule of every number this project reports;
//! * the gain of a grade, [`Gain::of`], and the discount of a rank, [`discount`] or a table of them, [`Discounts`];
//! * the scale: [`ideal_dcg`] of the group's gains, once a group ([`Discounts::sum`] of the relevant rows where gains are
//!   binary), so that swapping the rows at ranks i and j changes NDCG@k by
//!   (gain i - gain j) × (discount i - discount j) / ideal, with discount 0 from rank `k` on ([`Discounts::within`]).
//!
//! DCG = sum over ranks of gain × discount (Järvelin and Kekäläinen, 2002; with the base-2 discount of Burges et al.,
//! 2005, which `trec_eval` uses too). Ranks count from 0 everywhere in this crate.

/// The highest grade that has a gain: 2^100 still leaves room for long sums in f64.
pub const MAX_GRADE: f64 = 100.0;

/// How a graded relevance becomes a gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gain {
    /// 2^grade - 1 (Burges et al., 2005), the usual gain of `LambdaMART`: 31 for 5 stars, 15 for 4, 1 for 1.
    #[default]
    Exponential,
    /// The grade itself (Järvelin and Kekäläinen, 2002), as `trec_eval` takes it.
    Linear,
}

impl Gain {
    /// The gain of `grade`; grades of 0 and below gain 0.
    pub fn of(self, grade: f64) -> f64 {
        let grade = grade.max(0.0);
        match self {
            Self::Exponential => grade.exp2() - 1.0,
            Self::Linear => grade,
        }
    }
}

/// The discount at `rank` (0-based): 1 / log2(rank + 2), which is 1, .631, .5, ...
pub fn discount(rank: usize) -> f64 {
    (rank as f64 + 2.0).log2().recip()
}

/// The discounts of the first ranks and their running sums, computed once.
#[derive(Debug, Clone, PartialEq)]
pub struct Discounts {
    at: Vec<f64>,
    /// `sums[n]` is the sum of the first `n` discounts.
    sums: Vec<f64>,
}

impl Discounts {
    /// The table for lists of up to `max_len` rows.
    pub fn new(max_len: usize) -> Self {
        let mut table = Self { at: Vec::new(), sums: vec![0.0] };
        table.extend_to(max_len);
        table
    }

    /// Grows the table where it is shorter than `max_len`.
    pub fn extend_to(&mut self, max_len: usize) {
        for rank in self.at.len()..max_len {
            let next = discount(rank);
            self.at.push(next);
            self.sums.push(self.sums[rank] + next);
        }
    }

    /// The discount at each rank, best first.
    pub fn as_slice(&self) -> &[f64] {
        &self.at
    }

    /// The discount at `rank` in a DCG cut at `k`: 0 from rank `k` on.
    ///
    /// # Panics
    /// Where `rank` is below `k` and not below the length of the table.
    pub fn within(&self, k: usize, rank: usize) -> f64 {
        if rank < k { self.at[rank] } else { 0.0 }
    }

    /// The sum of the first `n` discounts: the ideal DCG of `n` relevant rows with binary gains.
    ///
    /// # Panics
    /// Where `n` is above the length of the table.
    pub fn sum(&self, n: usize) -> f64 {
        self.sums[n]
    }
}

/// DCG of the first `k` gains, which stand in the order of the ranking; shorter lists end earlier.
///
/// # Panics
/// Where the table of discounts is shorter than the smaller of `k` and the list.
pub fn dcg(gains: &[f64], k: usize, discounts: &Discounts) -> f64 {
    let k = k.min(gains.len());
    let terms = gains[..k].iter().zip(&discounts.as_slice()[..k]).map(|(gain, discount)| gain * discount);
    // An empty `sum` would be -0.
    terms.fold(0.0, |total, term| total + term)
}

/// The largest DCG that an order of `gains` can reach in its first `k` rows: that of the descending order. 0 where no row
/// has a gain, so that there is nothing to divide by.
///
/// # Panics
/// Where the table of discounts is shorter than the smaller of `k` and the list.
pub fn ideal_dcg(gains: &[f64], k: usize, discounts: &Discounts) -> f64 {
    let mut ideal = gains.to_vec();
    sort_ideal(&mut ideal);
    dcg(&ideal, k, discounts)
}

/// Puts gains in the order of the largest DCG.
pub(crate) fn sort_ideal(gains: &mut [f64]) {
    gains.sort_unstable_by(|a, b| b.total_cmp(a));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_by_hand() {
        assert_eq!(Gain::Exponential.of(3.0), 7.0); // 2^3 - 1
        assert_eq!(Gain::Exponential.of(0.0), 0.0);
        assert_eq!(Gain::Linear.of(3.5), 3.5);
        assert_eq!(Gain::Linear.of(-1.0), 0.0);
        assert_eq!(Gain::Exponential.of(-1.0), 0.0);
    }

    #[test]
    fn discounts_by_hand() {
        assert_eq!(discount(0), 1.0); // 1 / log2(2)
        assert_eq!(discount(2), 0.5); // 1 / log2(4)
        let table = Discounts::new(3);
        assert_eq!(table.as_slice(), [discount(0), discount(1), discount(2)]);
        assert_eq!(table.sum(0), 0.0);
        assert_eq!(table.sum(3), 1.0 + discount(1) + 0.5);
    }

    #[test]
    fn a_grown_table_is_the_table_made_at_once() {
        let mut grown = Discounts::new(2);
        grown.extend_to(40);
        grown.extend_to(7);
        assert_eq!(grown, Discounts::new(40));
    }

    #[test]
    fn dcg_by_hand() {
        let table = Discounts::new(3);
        // 7 * 1 + 0 * .631 + 3 * .5 = 8.5; the first two alone: 7
        assert_eq!(dcg(&[7.0, 0.0, 3.0], 10, &table), 8.5);
        assert_eq!(dcg(&[7.0, 0.0, 3.0], 2, &table), 7.0);
        assert!(dcg(&[], 2, &table).is_sign_positive());
    }

    #[test]
    fn ideal_dcg_by_hand() {
        let table = Discounts::new(4);
        // 7 * 1 + 3 * .631; cut at 3: + 1 * .5
        assert_eq!(ideal_dcg(&[0.0, 3.0, 1.0, 7.0], 2, &table), 7.0 + 3.0 * discount(1));
        assert_eq!(ideal_dcg(&[0.0, 3.0, 1.0, 7.0], 3, &table), 7.0 + 3.0 * discount(1) + 0.5);
        assert_eq!(ideal_dcg(&[1.0, 0.0, 1.0], 10, &table), table.sum(2)); // binary: the sum of the first discounts
        assert_eq!(ideal_dcg(&[0.0; 3], 10, &table), 0.0);
    }

    #[test]
    fn a_swap_changes_dcg_by_gains_times_discounts() {
        let (gains, swapped) = ([0.0, 3.0, 1.0, 7.0], [0.0, 7.0, 1.0, 3.0]);
        let table = Discounts::new(4);
        for k in 1..=5 {
            let change = dcg(&swapped, k, &table) - dcg(&gains, k, &table);
            let expected = (3.0 - 7.0) * (table.within(k, 3) - table.within(k, 1));
            assert!((change - expected).abs() < 1e-15, "{k}: {change} {expected}");
        }
    }
}
