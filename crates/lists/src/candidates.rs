//! Which items are looked at for a user: what the proposers have on top, what most people rated, and on request what the user rated.

use dataset::{Candidate, History, ItemId, Items, UserId};
use rayon::prelude::*;
use recommenders::FittedModel;
use stacking::Proposals;

use crate::{CheckedListConfig, ItemFacts, UserSide};

/// The items that can be candidates.
pub struct Pool {
    /// Ascending.
    catalogue: Vec<ItemId>,
    /// By descending number of ratings, ties to the smaller id.
    popular: Vec<ItemId>,
}

impl Pool {
    /// The items of the catalogue that `config` does not leave out.
    pub fn new(config: &CheckedListConfig, items: &Items, facts: &ItemFacts) -> Self {
        let n_ratings = |item_id| facts.n_ratings(facts.place(item_id));
        let mut counted: Vec<(usize, ItemId)> =
            items.all().iter().map(|item| (n_ratings(item.item_id), item.item_id)).collect();
        counted.retain(|&(n, _)| n >= config.min_ratings);
        let catalogue = counted.iter().map(|&(_, item_id)| item_id).collect();
        counted.sort_unstable_by_key(|&(n, item_id)| (std::cmp::Reverse(n), item_id));
        Self { catalogue, popular: counted.into_iter().map(|(_, item_id)| item_id).collect() }
    }
}

/// What gives candidates to some users.
pub struct Candidates<'a> {
    proposals: Proposals<'a>,
    history: &'a History,
    pool: &'a Pool,
    n_popular: usize,
    /// How many of the most rated items a user without ratings gets at least.
    n_of_cold: usize,
    include_rated: bool,
}

impl<'a> Candidates<'a> {
    /// Prepares the candidates of the users of `side`.
    pub fn new(config: &CheckedListConfig, pool: &'a Pool, side: &UserSide<'a>) -> Self {
        let models: Vec<&FittedModel> = side.models.iter().collect();
        let catalogue = pool.catalogue.clone();
        let proposals = Proposals::new(&config.candidates, 0, side.as_of, &models, side.rated, catalogue);
        Self {
            proposals: proposals.with_last_of_all(side.last_of_all),
            history: side.rated,
            pool,
            n_popular: config.popular,
            n_of_cold: config.candidates.per_proposer,
            include_rated: config.include_rated,
        }
    }

    /// The candidates of `users`, which ascend: each user's in ascending order of the item; and how many each user has.
    pub fn of(&self, users: &[UserId]) -> (Vec<Candidate>, Vec<usize>) {
        let proposed = self.proposals.of(users).candidates;
        let starts = |user_id: UserId| proposed.partition_point(|candidate| candidate.user_id < user_id);
        let of_users: Vec<Vec<ItemId>> = users
            .par_iter()
            .map(|&user_id| {
                let rated = self.rated(user_id);
                let is_cold = rated.is_empty();
                let start = starts(user_id);
                let own = proposed[start..].iter().take_while(|candidate| candidate.user_id == user_id);
                // Of a cold user, most models know nothing: what they have on top are the smallest ids.
                let own = own.filter(|_| !is_cold).map(|candidate| candidate.item_id);
                let mut items: Vec<ItemId> = own.collect();
                let is_new = |item_id: &&ItemId| rated.binary_search(item_id).is_err();
                let n_popular = if is_cold { self.n_popular.max(self.n_of_cold) } else { self.n_popular };
                items.extend(self.pool.popular.iter().filter(is_new).take(n_popular));
                if self.include_rated {
                    items.extend(&rated);
                }
                items.sort_unstable();
                items.dedup();
                items
            })
            .collect();
        drop(proposed);
        let mut candidates = Vec::with_capacity(of_users.iter().map(Vec::len).sum());
        for (items, &user_id) in of_users.iter().zip(users) {
            let at = self.proposals.time_of(user_id);
            candidates.extend(items.iter().map(|&item_id| Candidate { user_id, item_id, at }));
        }
        (candidates, of_users.iter().map(Vec::len).collect())
    }

    /// What the user rated, ascending.
    fn rated(&self, user_id: UserId) -> Vec<ItemId> {
        let user = self.history.users().index_of(user_id);
        let items = user.map_or(&[][..], |user| self.history.by_user().row(user).0);
        items.iter().map(|&item| self.history.items().id_at(item)).collect()
    }
}
