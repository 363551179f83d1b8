//! Fold-in: new users for a fitted model, without fitting it again.
//!
//! The item side of the model stays as it was fitted, to the bit: similarities, weights, factors, offsets and means of items, and the mean
//! rating. Only what is held a user is computed for the new users, from their own ratings (Berry, Dumais and O'Brien, "Using linear algebra
//! for intelligent information retrieval", SIAM Review 1995, section 4, where the word is from). So the scores of fitted users stay as they
//! were, and a new user's do not depend on who else is folded in.
//!
//! What a model holds a user is mostly a function of the user's ratings once the items are given. A fitted user's ratings folded in
//! under another id then score as that user does:
//!
//! * to the bit in the two models of biases, item-kNN, centred item-kNN, genres, ridge, EASE, text, embeddings, implicit EASE over items,
//!   implicit item-kNN, the matrix factorisation by alternating least squares, and popularity, which holds nothing a user;
//! * to the bit in user-kNN for items that the fitted user did not rate. For those that the user did rate, the new user has a neighbour
//!   more: the very same person. New users are nobody's neighbours;
//! * up to the rounding of the kept numbers (f32) in implicit EASE over users;
//! * up to what one more half round changes in implicit ALS: the fit ends with the items.
//!
//! The factorisations that are fitted by stochastic gradient descent end near the optimum of a user's loss, not in it. There a new user gets
//! the optimum itself: see `user_factors`.

mod new_users;
mod user_factors;

use dataset::History;

use crate::{BaseParams, FittedModel};
pub(crate) use new_users::NewUsers;
pub(crate) use user_factors::Penalties;

/// Somebody to be folded in is among the users that the model was fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user {user_id} is among the users that the model was fitted on: a new user needs an id of its own")]
pub struct KnownUser {
    /// Who.
    pub user_id: i64,
}

impl FittedModel {
    /// This model with the users of `history` added, all of them new. `history` holds their ratings alone, and `params` are those that the model
    /// was fitted with: dampings and penalties are not stored in it.
    ///
    /// Ratings of items that no fitted user rated are left out (the genre model and the hybrid factorisation know the whole catalogue); a user
    /// without any other stays unknown, and gets the fallback. Costs one pass over what the model holds a user, to move it, and at
    /// most one more copy of one part of the model at a time; in user-kNN and the item-kNNs that part is one side of the ratings.
    ///
    /// # Errors
    /// [`KnownUser`] where a user of `history` is not new.
    pub fn fold_in(self, history: &History, params: &BaseParams) -> Result<Self, KnownUser> {
        let baseline = &params.damped_bias;
        Ok(match self {
            Self::Bias(model) => Self::Bias(model.fold_in(history)?),
            Self::ItemKnn(model) => Self::ItemKnn(model.fold_in(history)?),
            Self::Mf(model) => Self::Mf(model.fold_in(history, &params.mf)?),
            Self::Genre(model) => Self::Genre(model.fold_in(history, params.genre)?),
            Self::DampedBias(model) => Self::DampedBias(model.fold_in(history, baseline)?),
            Self::CentredItemKnn(model) => Self::CentredItemKnn(model.fold_in(history, baseline)?),
            Self::UserKnn(model) => Self::UserKnn(model.fold_in(history, baseline)?),
            Self::Popularity(model) => Self::Popularity(model), // the same for everybody
            Self::Ridge(model) => Self::Ridge(model.fold_in(history, baseline, &params.ridge)?),
            Self::Svdpp(model) => Self::Svdpp(model.fold_in(history, &params.svdpp)?),
            Self::Ease(model) => Self::Ease(model.fold_in(history, baseline)?),
            Self::Text(model) => Self::Text(model.fold_in(history, baseline)?),
            Self::Embedding(model) => Self::Embedding(model.fold_in(history, baseline, &params.embedding)?),
            Self::Hybrid(model) => Self::Hybrid(model.fold_in(history, &params.hybrid)?),
            Self::ImplicitAls(model) => Self::ImplicitAls(model.fold_in(history, &params.ials)?),
            Self::ImplicitEase(model) => Self::ImplicitEase(model.fold_in(history, &params.implicit_ease)?),
            Self::ImplicitItemKnn(model) => {
                Self::ImplicitItemKnn(model.fold_in(history, &params.implicit_item_knn)?)
            }
        })
    }
}
