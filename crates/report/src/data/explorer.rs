//! A sample of users in full: what they rated, what each model puts on top, where their relevant items landed.

use serde::{Deserialize, Serialize};

/// A sample of users under one protocol. Items are indices into [`titles`](Self::titles), models into [`models`](Self::models). 40 users
/// with 10 models take about 200 kB of the page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Explorer {
    /// Under which protocol.
    pub protocol: String,
    /// How many users there are to choose from, the ones not in the sample included.
    pub n_users_total: u64,
    /// How the sample was drawn, and of how many; a whole sentence. The page tells the numbers alone where it is empty.
    pub sampling: String,
    /// Which of a user's known ratings are shown, for example `the most recent first`.
    pub known_order: String,
    /// By which metric (its key, at the report's cut-off) a user's rankings are valued.
    pub metric: String,
    /// The models' names, the best first.
    pub models: Vec<String>,
    /// The items' titles.
    pub titles: Vec<String>,
    /// The users.
    pub users: Vec<ExplorerUser>,
}

/// One user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplorerUser {
    /// The user's id.
    pub user_id: i64,
    /// How many ratings of the user's the models knew.
    pub n_known: u64,
    /// Some of these, at most about 20.
    pub known: Vec<Rated>,
    /// How many items were ranked for the user.
    pub n_candidates: u64,
    /// The user's relevant test items, the best first.
    pub relevant: Vec<Rated>,
    /// One entry a model, in their order.
    pub landings: Vec<Landing>,
}

/// An item with the user's rating of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    /// Index of its title.
    pub item: u32,
    /// In stars.
    pub stars: f64,
}

/// What one model made of one user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Landing {
    /// The user's metric by this model.
    pub value: Option<f64>,
    /// Its first items, at most about 10.
    pub top: Vec<Ranked>,
    /// Where each relevant test item landed, in their order: its rank from 1; `None` where it was no candidate.
    pub ranks: Vec<Option<u32>>,
}

/// An item in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Which item.
    pub item_id: i64,
    /// Index of its title.
    pub item: u32,
    /// The model's score.
    pub score: f64,
    /// Whether the user's test rating makes it relevant.
    pub relevant: bool,
    /// The user's test rating, where there is one.
    pub stars: Option<f64>,
    /// Why the model has it there, where that is told.
    pub why: Option<String>,
}
