//! The scores of a user's regression, taken apart by what was observed.
//!
//! A ridge regression on vectors `v_i` with weights `c_i` and targets `p_i` predicts at the vector `v_j`, with `A = sum of c_i v_i v_i' + penalties`,
//! `v_j' A^-1 sum of c_i p_i v_i`: a sum over the observations, in which i has the part `c_i p_i * v_j' A^-1 v_i` (Hu, Koren and Volinsky, "Collaborative
//! filtering for implicit feedback datasets", ICDM 2008, section 5).

use dataset::ItemId;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// One user's regression, solved.
pub struct Regression<'a> {
    inverse: Cholesky<f64, Dyn>,
    observed: Vec<Observed<'a>>,
}

/// One rated item.
#[derive(Clone, Copy)]
pub struct Observed<'a> {
    pub item_id: ItemId,
    pub vector: &'a [f32],
    /// `c_i`.
    pub weight: f64,
    /// `c_i p_i`.
    pub moment: f64,
}

impl<'a> Regression<'a> {
    /// Adds what was `observed` to the matrix of `penalties`; `None` where rounding leaves a matrix that is not positive definite.
    pub fn new(penalties: DMatrix<f64>, observed: Vec<Observed<'a>>) -> Option<Self> {
        let mut gram = penalties;
        for one in &observed {
            for (row, &number) in one.vector.iter().enumerate() {
                // The lower triangle is all that the decomposition reads.
                for (column, &other) in one.vector[..=row].iter().enumerate() {
                    gram[(row, column)] += one.weight * f64::from(number) * f64::from(other);
                }
            }
        }
        Some(Self { inverse: gram.cholesky()?, observed })
    }

    /// What each observation adds to the prediction at `vector`.
    pub fn parts(&self, vector: &[f32]) -> impl Iterator<Item = (ItemId, f64)> {
        let vector = DVector::from_iterator(vector.len(), vector.iter().map(|&number| f64::from(number)));
        let direction = self.inverse.solve(&vector);
        self.observed.iter().map(move |one| {
            let dot: f64 = one
                .vector
                .iter()
                .zip(direction.iter())
                .map(|(&number, along)| f64::from(number) * along)
                .sum();
            (one.item_id, one.moment * dot)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_the_prediction() {
        // v = (1, 0) and (1, 1) with targets 1 and 2 of weight 1; penalty 1: A = [3, 1; 1, 2], A^-1 = [2, -1; -1, 3] / 5, solution (4, 3) / 5.
        // At (0, 1): v_j' A^-1 = (-1, 3) / 5, so the parts are 1 * -1 / 5 and 2 * 2 / 5, and their sum 3 / 5.
        let observed = |item_id, vector, target| Observed { item_id, vector, weight: 1.0, moment: target };
        let observed = vec![observed(10, &[1.0, 0.0][..], 1.0), observed(20, &[1.0, 1.0][..], 2.0)];
        let regression = Regression::new(DMatrix::identity(2, 2), observed).unwrap();
        let parts: Vec<(i64, f64)> = regression.parts(&[0.0, 1.0]).collect();
        assert!((parts[0].1 + 0.2).abs() < 1e-12 && (parts[1].1 - 0.8).abs() < 1e-12, "{parts:?}");
        assert_eq!((parts[0].0, parts[1].0), (10, 20));
    }
}
