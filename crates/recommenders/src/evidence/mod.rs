//! Evidence: what carried one score, down to the items, genres or people behind it, for a sentence that says why.
//!
//! A score is taken apart into a base, parts, and a rest: `score = base + sum of the parts + rest`. What base and parts are is the model's:
//!
//! | models | base | parts |
//! |---|---|---|
//! | `bias`, `damped_bias` | the mean rating | the user's and the item's offset |
//! | `itemknn` | the user's mean rating | of each neighbour its share of the weighted mean, `w (r - base) / sum of w` |
//! | `centred_itemknn` | the baseline | of each neighbour `w e / (sum of w + damping)` |
//! | `userknn` | the baseline | one: what the like-minded moved |
//! | `ease` | the baseline | of each rated item `gain * x B` |
//! | `content` | the baseline | of each rated item `cos * e / (shrinkage + sum of cos)` |
//! | `embedding` | the baseline | of each rated item its term of the regression, see `linear` |
//! | `ridge` | the baseline | of each genre and other feature, coefficient times value |
//! | `mf`, `svdpp`, `hybrid` | the mean and both biases | one: `p . q` |
//! | `genre` | 0 | of each genre its term of the cosine |
//! | `ials` | 0 | of each rated item its term of the regression (Hu, Koren and Volinsky, ICDM 2008, section 5) |
//! | `implicit_ease`, `implicit_itemknn` | 0 | of each rated item its weight |
//! | `popularity` | 0 | one: the logarithm of the count |
//!
//! The rest is what the parts beyond the limit sum to, and what rounding leaves: below 1e-9 where scores are sums in f64, about 1e-6 where
//! they are sums in f32 (`ease`, `content`, `embedding`, `ials`). In `ials` the rest of a fitted user is also what half a round moved: the parts are
//! those of the items' last factors. Scores that are a fallback have no parts.

mod linear;
mod parts;

use dataset::{Candidate, History, ItemId};

use crate::{BaseParams, FittedModel};
pub(crate) use linear::{Observed, Regression};
pub(crate) use parts::Asked;

/// What carried one score.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The score, the same bits as [`crate::Scorer::score`] gives.
    pub score: f64,
    /// The score before what is said by `because`, in the score's unit.
    pub base: f64,
    /// What moved it from there.
    pub because: Because,
    /// What `base` and the parts in `because` do not sum to.
    pub rest: f64,
}

/// The parts of a score. Shares are in the unit of the score, signed.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// Items that the user rated, of largest share (in absolute value) first.
    Items(Vec<ItemShare>),
    /// Users who rated the item and agree with this user.
    Users(LikeMinded),
    /// What the item is, of largest share (in absolute value) first.
    Traits(Vec<TraitShare>),
    /// Latent factors.
    Factors {
        /// By how much they moved the score.
        moved: f64,
    },
    /// How generous the user and how liked the item is; 0 for an unknown one.
    Offsets {
        /// The user's offset, in stars.
        user: f64,
        /// The item's offset, in stars.
        item: f64,
    },
    /// How many rated the item.
    Popularity {
        /// The count.
        raters: u32,
    },
    /// Nothing: the score is a fallback, or the user's ratings were not given.
    Nothing,
}

/// What a rated item added to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemShare {
    /// Which item.
    pub item_id: ItemId,
    /// The user's rating of it, in stars, where the given history has it.
    pub rating: Option<f32>,
    /// What it added.
    pub share: f64,
}

/// Users who rated an item and agree with the user in question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikeMinded {
    /// How many.
    pub n: u32,
    /// How far above the baseline they rated the item, in stars: the mean weighted by similarity.
    pub mean_deviation: f64,
    /// By how much that moved the score, in stars: less, as the mean is damped.
    pub moved: f64,
}

/// What a trait of the item added to a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraitShare {
    /// Which trait.
    pub of: Trait,
    /// What it added.
    pub share: f64,
}

/// A trait of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The genre of this index in [`dataset::Items::genre_names`] of the catalogue that the model was fitted on.
    Genre(usize),
    /// When it came out.
    Year,
    /// How liked it is.
    Mean,
    /// How many rated it.
    Popularity,
    /// None: the same for all items.
    Constant,
}

impl Because {
    /// What the parts sum to.
    pub fn sum(&self) -> f64 {
        match self {
            Self::Items(items) => items.iter().map(|item| item.share).sum(),
            Self::Users(users) => users.moved,
            Self::Traits(traits) => traits.iter().map(|one| one.share).sum(),
            Self::Factors { moved } => *moved,
            Self::Offsets { user, item } => user + item,
            Self::Popularity { raters } => f64::from(*raters).ln_1p(),
            Self::Nothing => 0.0,
        }
    }
}

impl FittedModel {
    /// What carried the scores of `candidates`, in their order, with at most `limit` parts each; one candidate's evidence does not depend on the
    /// others.
    ///
    /// `known` holds the ratings of the candidates' users that the model was fitted on or that were folded in, and `params` what it was fitted with.
    /// Text, embeddings and implicit ALS keep no list of what a user rated and find it there.
    ///
    /// Costs little more than the scores but in the models of neighbours, where it costs a row of similarities an item (`itemknn`,
    /// `centred_itemknn`: the summed activity of the item's raters) or a user (`userknn`), once however many of the candidates share it; in
    /// `embedding` and `ials` a decomposition of one small matrix a user; in `implicit_ease` over users, users times the raters of the item.
    pub fn evidence(
        &self,
        candidates: &[Candidate],
        known: &History,
        params: &BaseParams,
        limit: usize,
    ) -> Vec<Evidence> {
        let asked = Asked { candidates, known, limit };
        match self {
            Self::Bias(model) => model.evidence(&asked),
            Self::ItemKnn(model) => model.evidence(&asked),
            Self::Mf(model) => model.evidence(&asked),
            Self::Genre(model) => model.evidence(&asked),
            Self::DampedBias(model) => model.evidence(&asked),
            Self::CentredItemKnn(model) => model.evidence(&asked),
            Self::UserKnn(model) => model.evidence(&asked),
            Self::Popularity(model) => model.evidence(&asked),
            Self::Ridge(model) => model.evidence(&asked),
            Self::Svdpp(model) => model.evidence(&asked),
            Self::Ease(model) => model.evidence(&asked),
            Self::Text(model) => model.evidence(&asked),
            Self::Embedding(model) => model.evidence(&asked, &params.embedding),
            Self::Hybrid(model) => model.evidence(&asked),
            Self::ImplicitAls(model) => model.evidence(&asked, &params.ials),
            Self::ImplicitEase(model) => model.evidence(&asked, &params.implicit_ease),
            Self::ImplicitItemKnn(model) => model.evidence(&asked),
        }
    }
}
