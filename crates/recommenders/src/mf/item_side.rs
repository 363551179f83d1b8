//! What the fit by alternating least squares is made of, for who has the items' side from elsewhere: a cluster counts the items' ratings and runs the
//! alternations, and gets the same biases, residuals and model as one machine.

use dataset::{IdIndex, ItemId};

use super::MfModel;
use crate::biased_factors::BiasedFactors;
use crate::factors::Factors;
use crate::validate::Demands;
use crate::{BaseModel, InvalidModel};

/// How many ratings of the mean an item's ratings are mixed with.
///
/// This and [`USER_DAMPING`] are the dampings of the baseline that the features are made of (`features`): residuals are then the
/// same wherever they are taken, and both sides follow from counts and sums in one pass each, which merge in any order.
pub const ITEM_DAMPING: f64 = 3.0;
/// How many ratings of the mean and the items' biases a user's ratings are mixed with.
pub const USER_DAMPING: f64 = 5.0;

/// The bias of an item with `n_ratings` ratings of the sum `sum`, the mean of all ratings being `mean`; in stars:
/// `(sum - n_ratings * mean) / (n_ratings +` [`ITEM_DAMPING`]`)`.
#[must_use]
pub fn item_bias(n_ratings: u64, sum: f64, mean: f64) -> f32 {
    let n = n_ratings as f64;
    ((sum - n * mean) / (n + ITEM_DAMPING)) as f32
}

/// The bias of a user with these `(rating, bias of its item)`, in stars: `sum of (rating - mean - item bias) / (n +` [`USER_DAMPING`]`)`. Summed in
/// the order given, which is that of ascending item ids wherever a model is made.
#[must_use]
pub fn user_bias(rated: impl Iterator<Item = (f32, f32)>, mean: f64) -> f32 {
    let (mut n, mut sum) = (0.0, 0.0);
    for (rating, item_bias) in rated {
        n += 1.0;
        sum += f64::from(rating) - mean - f64::from(item_bias);
    }
    (sum / (n + USER_DAMPING)) as f32
}

/// What mean and biases leave of a rating, in stars.
#[must_use]
pub fn residual(rating: f32, mean: f64, user_bias: f32, item_bias: f32) -> f32 {
    (f64::from(rating) - mean - f64::from(item_bias) - f64::from(user_bias)) as f32
}

/// What mean and biases leave of each of a user's `(rating, bias of its item)`, in ascending order of the item ids; in stars. The user's own bias is
/// taken from these ratings. This is what the factors are fitted to.
#[must_use]
pub fn residuals(rated: &[(f32, f32)], mean: f64) -> Vec<f32> {
    let user_bias = user_bias(rated.iter().copied(), mean);
    rated.iter().map(|&(rating, item_bias)| residual(rating, mean, user_bias, item_bias)).collect()
}

impl MfModel {
    /// A model of items alone, which knows no user: users are added by [`crate::FittedModel::fold_in`].
    ///
    /// `mean` is the mean rating in stars; `items` the ids in strictly ascending order; `item_biases` one number an item, in stars; `item_factors`
    /// `n_factors` numbers an item (1 to 1024), item after item.
    ///
    /// # Errors
    /// [`InvalidModel`] where the ids do not ascend, a length does not fit, or a number is not finite or beyond all reason.
    pub fn from_item_side(
        mean: f64,
        items: &[ItemId],
        item_biases: Vec<f32>,
        item_factors: &[f32],
        n_factors: usize,
    ) -> Result<Self, InvalidModel> {
        let demand = Demands { model: BaseModel::Mf.name() };
        demand.that((1..=1024).contains(&n_factors), format!("it has {n_factors} factors, not 1 to 1024"))?;
        let ascending = items.windows(2).all(|pair| pair[0] < pair[1]);
        demand.that(ascending, "its item ids do not ascend")?;
        demand.numbers("item factors", item_factors, items.len().checked_mul(n_factors))?;
        let mut padded = Factors::zeros(items.len(), n_factors);
        for (row, factors) in (0u32..).zip(item_factors.chunks_exact(n_factors)) {
            padded.row_mut(row)[..n_factors].copy_from_slice(factors);
        }
        let model = Self(BiasedFactors {
            mean,
            users: IdIndex::new([]),
            items: IdIndex::new(items.iter().copied()),
            user_biases: Vec::new(),
            item_biases,
            user_factors: Factors::zeros(0, n_factors),
            item_factors: padded,
        });
        model.validate().map(|()| model)
    }
}

#[cfg(test)]
mod tests {
    use dataset::Candidate;

    use super::*;
    use crate::Scorer as _;

    #[test]
    fn biases_and_residuals_by_hand() {
        // (14 - 3 * 4) / (3 + 3); ((5 - 4 - .5) + (2 - 4 + 1)) / (2 + 5) = -.5 / 7.
        assert_eq!(item_bias(3, 14.0, 4.0), 2.0 / 6.0);
        assert_eq!(item_bias(0, 0.0, 4.0), 0.0);
        let rated = [(5.0, 0.5), (2.0, -1.0)];
        assert_eq!(user_bias(rated.into_iter(), 4.0), -0.5 / 7.0);
        let left = residuals(&rated, 4.0);
        assert!((left[0] - (0.5 + 0.5 / 7.0)).abs() < 1e-6 && (left[1] - (-1.0 + 0.5 / 7.0)).abs() < 1e-6);
        assert_eq!(user_bias(std::iter::empty(), 4.0), 0.0);
    }

    #[test]
    fn a_model_of_items_alone_is_checked() {
        let make = |items: &[i64], biases: &[f32], factors: &[f32], n_factors| {
            let model = MfModel::from_item_side(3.5, items, biases.to_vec(), factors, n_factors);
            model.map_err(|error| error.problem)
        };
        let model = make(&[4, 9], &[0.5, -0.5], &[1.0, 2.0, 3.0, 4.0], 2).unwrap();
        assert_eq!(model.scores(&[Candidate { user_id: 1, item_id: 4, at: 0 }]), [3.5]);
        assert_eq!(model.0.item_factors.row(1)[..3], [3.0, 4.0, 0.0]);
        assert!(make(&[], &[], &[], 2).is_ok());
        let problem = |items: &[i64], biases: &[f32], factors: &[f32], n_factors| {
            make(items, biases, factors, n_factors).unwrap_err()
        };
        assert_eq!(problem(&[9, 4], &[0.5, 0.5], &[1.0; 4], 2), "its item ids do not ascend");
        assert_eq!(problem(&[4, 4], &[0.5, 0.5], &[1.0; 4], 2), "its item ids do not ascend");
        assert_eq!(problem(&[4, 9], &[0.5], &[1.0; 4], 2), "the number of its item biases is wrong");
        assert_eq!(problem(&[4, 9], &[0.5; 2], &[1.0; 5], 2), "the number of its item factors is wrong");
        assert_eq!(problem(&[4, 9], &[0.5; 2], &[1.0; 4], 0), "it has 0 factors, not 1 to 1024");
        assert_eq!(problem(&[4], &[f32::NAN], &[1.0; 2], 2), "one of its item biases is NaN");
        assert_eq!(problem(&[4], &[0.0], &[1.0, f32::INFINITY], 2), "one of its item factors is inf");
    }
}
