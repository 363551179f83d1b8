//! Alternating least squares on explicit ratings.
//!
//! Mean and biases are closed forms (`item_side`). The factors minimise `sum over the ratings of (e_ui - p_u . q_i)² + lambda * (sum of n_u |p_u|² +
//! sum of n_i |q_i|²)`, e being what mean and biases leave of a rating, and n how many ratings a user or an item has: Zhou, Wilkinson, Schreiber and
//! Pan, "Large-scale parallel collaborative filtering for the Netflix prize", AAIM 2008 (the weighted lambda). Each alternation solves for the items,
//! the users being given, and then for the users; Spark's `MLlib` minimises the same loss in the same order (`regParam` is lambda), from
//! other first factors. The users come last, so that a user's factors are the exact minimum for the items' final ones, and a new user's
//! are found by the very same regression.
//!
//! An alternation costs O(ratings * factors² + (users + items) * factors³).

use dataset::{Csr, History};
use rayon::prelude::*;

use super::MfParams;
use super::item_side::{item_bias, residual, user_bias};
use super::ridge::Ridge;
use crate::biased_factors::BiasedFactors;
use crate::factors;

/// Sets the biases of a model whose mean and first user factors are given, then alternates; gives the RMSE after each alternation.
pub fn alternate(model: &mut BiasedFactors, history: &History, params: &MfParams) -> Vec<f64> {
    let (by_user, by_item) = (history.by_user(), history.by_item());
    set_biases(model, by_user, by_item);
    if history.n_ratings() == 0 {
        return Vec::new();
    }
    let mut alternation = || {
        solve_items(model, by_item, params);
        let squared_errors = solve_users(model, by_user, params);
        (squared_errors / history.n_ratings() as f64).sqrt()
    };
    (0..params.epochs).map(|_| alternation()).collect()
}

fn set_biases(model: &mut BiasedFactors, by_user: &Csr, by_item: &Csr) {
    let of_item = |item| {
        let (_, values) = by_item.row(item);
        item_bias(values.len() as u64, values.iter().map(|&value| f64::from(value)).sum(), model.mean)
    };
    model.item_biases = (0..by_item.n_rows() as u32).into_par_iter().map(of_item).collect();
    let of_user = |user| model.bias_of(by_user.row(user));
    model.user_biases = (0..by_user.n_rows() as u32).into_par_iter().map(of_user).collect();
}

fn solve_items(model: &mut BiasedFactors, by_item: &Csr, params: &MfParams) {
    let BiasedFactors { mean, user_biases, item_biases, user_factors, item_factors, .. } = model;
    let each = item_factors.rows_mut().enumerate();
    each.for_each_init(
        || Ridge::new(user_factors.width()),
        |ridge, (item, out)| {
            let (users, values) = by_item.row(item as u32);
            let observed = users.iter().zip(values).map(|(&user, &value)| {
                (user, residual(value, *mean, user_biases[user as usize], item_biases[item]))
            });
            ridge.solve(user_factors, observed, penalty(users.len(), params), out);
        },
    );
}

/// Gives the sum of the squared errors of what was solved.
fn solve_users(model: &mut BiasedFactors, by_user: &Csr, params: &MfParams) -> f64 {
    // Taken out, so that the rest of the model can be looked at while they change.
    let mut user_factors = std::mem::replace(&mut model.user_factors, factors::Factors::zeros(0, 0));
    let model_but_users = &*model;
    let each = user_factors.rows_mut().enumerate();
    let squared_errors: Vec<f64> = each
        .map_init(
            || Ridge::new(model_but_users.item_factors.width()),
            |ridge, (user, out)| {
                let rated = by_user.row(user as u32);
                let bias = model_but_users.user_biases[user];
                model_but_users.factors_of(ridge, rated, bias, params, out);
                model_but_users.squared_errors(rated, bias, out)
            },
        )
        .collect();
    model.user_factors = user_factors;
    squared_errors.iter().sum()
}

/// The weight of a row's squared factors: lambda with each of its ratings.
fn penalty(n_ratings: usize, params: &MfParams) -> f64 {
    n_ratings as f64 * f64::from(params.regularization)
}

impl BiasedFactors {
    /// The bias and the factors of who gave these items these ratings, the items being as they are in the model.
    pub fn least_squares(&self, rated: (&[u32], &[f32]), params: &MfParams) -> (f32, Vec<f32>) {
        let width = self.item_factors.width();
        let mut factors = vec![0.0; width];
        let bias = self.bias_of(rated);
        self.factors_of(&mut Ridge::new(width), rated, bias, params, &mut factors);
        (bias, factors)
    }

    fn bias_of(&self, (items, values): (&[u32], &[f32])) -> f32 {
        let item_biases = items.iter().map(|&item| self.item_biases[item as usize]);
        user_bias(values.iter().copied().zip(item_biases), self.mean)
    }

    fn factors_of(
        &self,
        ridge: &mut Ridge,
        rated: (&[u32], &[f32]),
        user_bias: f32,
        params: &MfParams,
        out: &mut [f32],
    ) {
        ridge.solve(
            &self.item_factors,
            self.left_over(rated, user_bias),
            penalty(rated.0.len(), params),
            out,
        );
    }

    /// Each item with what mean and biases leave of its rating.
    fn left_over(
        &self,
        (items, values): (&[u32], &[f32]),
        user_bias: f32,
    ) -> impl Iterator<Item = (u32, f32)> {
        items.iter().zip(values).map(move |(&item, &value)| {
            (item, residual(value, self.mean, user_bias, self.item_biases[item as usize]))
        })
    }

    fn squared_errors(&self, rated: (&[u32], &[f32]), user_bias: f32, factors: &[f32]) -> f64 {
        let errors = self.left_over(rated, user_bias).map(|(item, residual)| {
            f64::from(residual) - f64::from(factors::dot(factors, self.item_factors.row(item)))
        });
        errors.map(|error| error * error).sum()
    }
}

#[cfg(test)]
mod tests;
