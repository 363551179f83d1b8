//! The lists of a block of users: candidates, base scores, features, the meta-model, the best.

use std::ops::Range;

use dataset::{Candidate, Items, UserId};
use rankers::{FeatureMatrix, MetaModel, Stack, among_all};
use rayon::prelude::*;
use recommenders::FittedModel;
use stacking::{BaseColumns, Top};

use crate::candidates::{Candidates, Pool};
use crate::{CheckedListConfig, ItemFacts, ListError, UserSide};

/// Rows whose features are in memory at a time on each thread.
const ROWS_A_BLOCK: usize = 1 << 13;

/// What makes lists and belongs to no user, prepared once.
pub struct Lister<'a> {
    config: &'a CheckedListConfig,
    pub(crate) items: &'a Items,
    stack: &'a Stack,
    negative_share: Option<f64>,
    facts: ItemFacts,
    pool: Pool,
}

/// What one user is recommended.
pub struct List {
    /// Whom.
    pub user_id: UserId,
    /// The recommended rows, best first.
    pub rows: Vec<Row>,
    /// The items that the meta-model has on top, and those on top after re-ranking, as if the test ratings were unknown; where the user has
    /// test ratings.
    pub measured: Option<[Vec<Candidate>; 2]>,
}

/// One recommendation.
pub struct Row {
    /// To whom, what, and as of when.
    pub candidate: Candidate,
    /// The meta-model's raw score.
    pub score: f64,
    /// The calibrated probability, where there is one.
    pub probability: Option<f64>,
    /// The base models' scores, and the evidence behind some of them.
    pub base: Vec<f64>,
    /// The features, in the order of the meta-model.
    pub features: Vec<f64>,
}

/// The lists of some users, and what the numbers of their rows are called.
pub struct Lists {
    /// One a user.
    pub of_users: Vec<List>,
    /// The names of [`Row::base`].
    pub base_names: Vec<String>,
    /// The names of [`Row::features`].
    pub feature_names: Vec<String>,
}

impl<'a> Lister<'a> {
    /// Prepares lists from the catalogue `items`, whose ratings give `facts`, in the order of a meta-model of `stack`. `negative_share` is, of the
    /// candidates that the meta-models were fitted on, the share of irrelevant ones that were kept; none where these were rated rows.
    pub fn new(
        config: &'a CheckedListConfig,
        items: &'a Items,
        facts: ItemFacts,
        stack: &'a Stack,
        negative_share: Option<f64>,
    ) -> Self {
        let pool = Pool::new(config, items, &facts);
        Self { config, items, stack, negative_share, facts, pool }
    }

    /// What is recommended.
    pub fn config(&self) -> &CheckedListConfig {
        self.config
    }

    /// The catalogue.
    pub fn items(&self) -> &Items {
        self.items
    }

    /// What is known of the items.
    pub fn facts(&self) -> &ItemFacts {
        &self.facts
    }

    /// How many users are worked on at a time: some eight million candidates, so that neighbourhood models look an item up once for many users.
    pub fn users_a_block(&self) -> usize {
        let setup = &self.config.candidates;
        let each = setup.proposers.len() * setup.per_proposer + self.config.popular;
        ((1 << 23) / each.max(1)).max(1)
    }

    /// The lists of `users`, who ascend and are of `side`; one who is not there is cold.
    ///
    /// # Errors
    /// Where the meta-model was fitted on other features.
    pub fn of(&self, side: &UserSide<'_>, users: &[UserId]) -> Result<Lists, ListError> {
        let (candidates, n_of_users) = Candidates::new(self.config, &self.pool, side).of(users);
        let models: Vec<&FittedModel> = side.models.iter().collect();
        let base = stacking::score_all(&models, &candidates);
        let mut ends = n_of_users.iter().scan(0, |end, n_of_user| {
            *end += n_of_user;
            Some(*end)
        });
        // Whole users, some thousand rows together.
        let mut blocks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let (mut first_user, mut first_row) = (0, 0);
        for user in 0..users.len() {
            let end = ends.next().unwrap_or(first_row);
            if end - first_row >= ROWS_A_BLOCK || user + 1 == users.len() {
                blocks.push((first_user..user + 1, first_row..end));
                (first_user, first_row) = (user + 1, end);
            }
        }
        let lists: Vec<(Vec<List>, Vec<String>)> = blocks
            .into_par_iter()
            .map(|(of_users, rows)| {
                self.block(side, &users[of_users], &candidates[rows.clone()], &base.slice(rows))
            })
            .collect::<Result<_, _>>()?;
        let feature_names = lists.first().map(|(_, names)| names.clone()).unwrap_or_default();
        let base_names = base.into_columns().into_iter().map(|(name, _)| name).collect();
        Ok(Lists {
            of_users: lists.into_iter().flat_map(|(lists, _)| lists).collect(),
            base_names,
            feature_names,
        })
    }

    fn block(
        &self,
        side: &UserSide<'_>,
        users: &[UserId],
        candidates: &[Candidate],
        base: &BaseColumns,
    ) -> Result<(Vec<List>, Vec<String>), ListError> {
        let table = side.features.compute(candidates, base)?;
        let matrix = FeatureMatrix::from_columns(table.names.into_iter().zip(table.columns).collect())?;
        let predicted = self.stack.predict_one(self.config.model, &matrix)?;
        let base = base.clone().into_columns();
        let row = |at: usize| Row {
            candidate: candidates[at],
            score: predicted.raw[at],
            probability: predicted
                .probabilities
                .as_ref()
                .filter(|_| self.config.model != MetaModel::GbRating)
                .map(|probabilities| match self.negative_share {
                    Some(share) => among_all(probabilities[at], share),
                    None => probabilities[at],
                }),
            base: base.iter().map(|(_, values)| values[at]).collect(),
            features: matrix.columns().map(|column| column[at]).collect(),
        };
        let mut top = Top::default();
        let mut lists = Vec::with_capacity(users.len());
        let mut start = 0;
        for &user_id in users {
            let n = candidates[start..].iter().take_while(|candidate| candidate.user_id == user_id).count();
            let (held, _) = side.held.of(user_id);
            let is_held = |at: usize| held.binary_search(&candidates[at].item_id).is_ok();
            // What the user rated in the test part is left out only now: its presence may not move what else is on top.
            top.clear(self.config.depth + held.len());
            for (at, &score) in (start..start + n).zip(&predicted.raw[start..]) {
                top.push(score, at as u32);
            }
            let best: Vec<usize> = top.sorted().iter().map(|&(_, at)| at as usize).collect();
            let shown: Vec<usize> =
                best.iter().copied().filter(|&at| self.config.include_rated || !is_held(at)).collect();
            let shown = self.reranked(&shown, candidates, &predicted.raw);
            let measured = (!held.is_empty()).then(|| {
                let plain: Vec<usize> = best.iter().copied().take(self.config.n).collect();
                let reranked = self.reranked(&best, candidates, &predicted.raw);
                [plain, reranked].map(|rows| rows.into_iter().map(|at| candidates[at]).collect())
            });
            lists.push(List { user_id, rows: shown.into_iter().map(row).collect(), measured });
            start += n;
        }
        Ok((lists, matrix.names().to_vec()))
    }

    /// The list of the best rows `best`.
    fn reranked(&self, best: &[usize], candidates: &[Candidate], raw: &[f64]) -> Vec<usize> {
        let best = &best[..best.len().min(self.config.depth)];
        if !self.config.reranking.changes() {
            return best.to_vec();
        }
        let scores: Vec<f64> = best.iter().map(|&at| raw[at]).collect();
        let places: Vec<Option<usize>> =
            best.iter().map(|&at| self.facts.place(candidates[at].item_id)).collect();
        let popularity: Vec<f64> = places.iter().map(|&place| self.facts.popularity(place)).collect();
        let alike = |a: usize, b: usize| self.facts.likeness(places[a], places[b]);
        let order = self.config.reranking.order(&scores, &popularity, alike, self.config.n);
        order.into_iter().map(|at| best[at]).collect()
    }
}
