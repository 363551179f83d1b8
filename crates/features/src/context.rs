//! What features may be taken from.

use dataset::{History, Items};

/// What the groups may know. It holds no held-out rating.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The ratings that may be known.
    pub history: &'a History,
    /// The catalogue: years and genres.
    pub items: &'a Items,
    /// How many training ratings there are in all. The history of one of K folds has about (K - 1) / K of them, and so every count
    /// taken from it is smaller by that factor than the count that the meta-model meets later, in a test row. Count
    /// features are multiplied by [`Context::count_scale`], which makes up for it on average.
    pub n_training: usize,
    /// The temporal protocol: of each candidate only ratings strictly before its `at` may be used.
    pub earlier_only: bool,
    /// From this rating on, in stars, an item is relevant.
    pub relevant_from: f64,
}

impl Context<'_> {
    /// What counts are multiplied by: `n_training` over the ratings of the history; exactly 1 where the history holds all training
    /// ratings (or none).
    ///
    /// It is 1 under the temporal protocol too: the number of ratings in the history counts later ones, and needs no
    /// correction there, as the history may hold all training ratings for every row: a row's own rating is not before itself.
    pub fn count_scale(&self) -> f64 {
        let n_known = self.history.n_ratings();
        if self.earlier_only || n_known == 0 || n_known == self.n_training {
            1.0
        } else {
            self.n_training as f64 / n_known as f64
        }
    }
}
