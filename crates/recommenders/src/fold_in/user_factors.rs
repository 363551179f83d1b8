//! The bias and the factors of a new user, those of the items being given.
//!
//! A descent that ran to the end would find, for a user with n ratings, the minimum of `sum over the rated items of (r - mu - b_i - b - p . q_i)² +
//! n * (bias_weight * b² + factors_weight * |p|²)`: the weights of the squares come with every rating (Zhou, Wilkinson, Schreiber and Pan,
//! "Large-scale parallel collaborative filtering for the Netflix prize", AAIM 2008: the weighted lambda). But the descent begins at 0 and
//! ends early, which holds back what few ratings tell, as a penalty of `1 / t` on `b² + |p|²` would, t being the sum of its step sizes (Ali, Kolter and
//! Tibshirani, "A continuous-time view of early stopping for least squares regression", AISTATS 2019). A new user gets the minimum with
//! both penalties, exactly, over b and p together. (Without the second, five ratings made the errors of SVD++ and of the hybrid larger than none
//! at all.)

use dataset::History;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::{KnownUser, NewUsers};
use crate::biased_factors::BiasedFactors;

/// What holds a user's numbers back.
#[derive(Debug, Clone, Copy)]
pub struct Penalties {
    /// The weight of the squared bias (L2) that comes with each rating.
    pub bias: f64,
    /// The weight of the squared factors (L2) that comes with each rating.
    pub factors: f64,
    /// The weight of both that each user has once, above 0: that of ending early.
    pub once: f64,
}

impl BiasedFactors {
    /// These with the users of `history` added, each in the optimum.
    pub fn fold_in(self, history: &History, penalties: Penalties) -> Result<Self, KnownUser> {
        self.fold_in_by(history, |model, rated| model.solve(rated, penalties))
    }

    /// These with the users of `history` added. `solve` gives the bias and the factors of who gave some items, as these count them, some ratings.
    pub fn fold_in_by(
        self,
        history: &History,
        solve: impl Fn(&Self, (&[u32], &[f32])) -> (f32, Vec<f32>) + Sync,
    ) -> Result<Self, KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let width = self.item_factors.width();
        let users = (0..new.len() as u32).into_par_iter();
        let solved: Vec<(f32, Vec<f32>)> = users.map(|user| solve(&self, new.ratings.row(user))).collect();
        let biases: Vec<f32> = solved.iter().map(|(bias, _)| *bias).collect();
        let factors: Vec<f32> = solved.into_iter().flat_map(|(_, factors)| factors).collect();
        Ok(Self {
            users: new.users(),
            user_biases: new.numbers(self.user_biases, &biases, 1),
            user_factors: self.user_factors.map_rows(|numbers| new.numbers(numbers, &factors, width)),
            ..self
        })
    }

    /// The bias and the factors of who gave these items these ratings.
    fn solve(&self, (items, values): (&[u32], &[f32]), penalties: Penalties) -> (f32, Vec<f32>) {
        let width = self.item_factors.width();
        let n = items.len() as f64;
        // The bias is the coefficient of a constant, behind the factors.
        let weights = (0..=width).map(|at| if at == width { penalties.bias } else { penalties.factors });
        let diagonal = weights.map(|weight| n * weight + penalties.once);
        let mut gram = DMatrix::from_diagonal(&DVector::from_iterator(width + 1, diagonal));
        let mut moments = DVector::zeros(width + 1);
        let mut row = vec![1.0; width + 1];
        for (&item, &value) in items.iter().zip(values) {
            let factors = self.item_factors.row(item);
            row.iter_mut().zip(factors).for_each(|(to, &number)| *to = f64::from(number));
            let target = f64::from(value) - self.mean - f64::from(self.item_biases[item as usize]);
            for (at, &number) in row.iter().enumerate() {
                moments[at] += number * target;
                // The lower triangle is all that the decomposition reads.
                for (earlier, &other) in row[..=at].iter().enumerate() {
                    gram[(at, earlier)] += number * other;
                }
            }
        }
        // The penalties make the matrix positive definite; should rounding undo that, the user adds nothing.
        let Some(cholesky) = gram.cholesky() else {
            return (0.0, vec![0.0; width]);
        };
        let solution = cholesky.solve(&moments);
        (solution[width] as f32, solution.iter().take(width).map(|&number| number as f32).collect())
    }
}

#[cfg(test)]
mod tests {
    use dataset::{IdIndex, Rating, Ratings};

    use super::*;
    use crate::factors::Factors;

    #[test]
    fn bias_and_factor_solve_the_penalised_normal_equations() {
        // One rating of 5 stars, mean 3, b_i = 0.5 and q = 2: the target is 1.5. The equations of (p, b) are
        // [4 + 0.25 + 0.5, 2; 2, 1 + 0.5 + 0.5] (p, b) = (3, 1.5), so that p = 3 / 5.5 and b = 1.125 / 5.5.
        let mut item_factors = Factors::zeros(1, 1);
        item_factors.row_mut(0)[0] = 2.0;
        let model = BiasedFactors {
            mean: 3.0,
            users: IdIndex::new([5]),
            items: IdIndex::new([10]),
            user_biases: vec![0.75],
            item_biases: vec![0.5],
            user_factors: Factors::zeros(1, 1),
            item_factors,
        };
        let rating = Rating { user_id: 4, item_id: 10, value: 5.0, timestamp: 0 };
        let history = History::new(&std::iter::once(rating).collect::<Ratings>());
        let penalties = Penalties { bias: 0.5, factors: 0.25, once: 0.5 };
        let folded = model.fold_in(&history, penalties).unwrap();
        assert_eq!(folded.users.ids(), [4, 5]);
        assert!((f64::from(folded.user_factors.row(0)[0]) - 3.0 / 5.5).abs() < 1e-6);
        assert!((f64::from(folded.user_biases[0]) - 1.125 / 5.5).abs() < 1e-6);
        assert_eq!((folded.user_factors.row(0)[1], folded.user_biases[1]), (0.0, 0.75));
    }
}
