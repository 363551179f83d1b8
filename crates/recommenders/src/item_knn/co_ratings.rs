//! What is known of pairs of items: the sums of the products of their ratings, without the ratings themselves.
//!
//! They are what of an item-kNN belongs to the items. Sums over some users and over others add up, so that they can be taken a part of the users at
//! a time: [`CodedRow::of_users`] takes them, [`CodedRow::merged`] adds them up, [`ItemKnnModel::from_co_ratings`] makes a model of them. Such a model
//! has no users; they are folded in with what they rated. For ratings in half stars the sums are exact, and the scores are those of
//! a model that was fitted on all ratings.

use dataset::{Csr, History, IdIndex, ItemId, ItemStatistics, Lookup};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::coded::{self, BrokenRow, Decoder};
use super::{Compared, Cosine, ItemKnnModel, ItemKnnParams};
use crate::fold_in::NewUsers;
use crate::neighbourhood::{
    Answer, Answers, Block, Lanes as _, Nearest, Places, Products, Questions, Sides, Similarity as _,
    TieBreak, Voter, Votes, votes,
};
use crate::{Checked, InvalidModel};

/// Items whose rows are taken at a time.
const ITEMS_AT_A_TIME: usize = 1024;

/// An item's sums with every other item that one of the users rated beside it, keyed by the items' ids.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedRow {
    /// Which item.
    pub item_id: ItemId,
    /// The sums, coded as `coded.rs` tells.
    pub bytes: Vec<u8>,
}

impl CodedRow {
    /// The rows of all items that the users of `history` rated, ascending; handed on some at a time.
    ///
    /// Costs the sum over the users of their squared number of ratings.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn of_users<E>(history: &History, take: impl FnMut(Vec<Self>) -> Result<(), E>) -> Result<(), E> {
        let sides = Sides { by_other: history.by_user().clone(), by_target: history.by_item().clone() };
        Self::of_ratings(&sides, history.items(), take)
    }

    fn of_ratings<E>(
        ratings: &Sides,
        items: &IdIndex,
        mut take: impl FnMut(Vec<Self>) -> Result<(), E>,
    ) -> Result<(), E> {
        let ids = items.ids();
        let places = Places::unchanged(&ratings.by_other);
        let workspace = || (Block::<Products>::new(ids.len(), &places), Vec::new());
        let all: Vec<u32> = (0..ids.len() as u32).collect();
        for some in all.chunks(ITEMS_AT_A_TIME) {
            let of_block = |(block, row): &mut (Block<'_, Products>, Vec<(ItemId, f64)>), targets: &[u32]| {
                block.fill(targets.iter().copied(), &ratings.by_target);
                let of_lane = |(lane, &target): (usize, &u32)| {
                    let item_id = ids[target as usize];
                    row.clear();
                    let sums = ids.iter().zip(block.cells()).map(|(&id, cell)| (id, cell.of(lane)));
                    row.extend(sums.filter(|&(id, sum)| sum != 0.0 && id != item_id));
                    Self { item_id, bytes: coded::encode(row) }
                };
                targets.iter().enumerate().map(of_lane).collect::<Vec<_>>()
            };
            let rows: Vec<Vec<Self>> =
                some.par_chunks(Products::LANES).map_init(workspace, of_block).collect();
            take(rows.into_iter().flatten().collect())?;
        }
        Ok(())
    }

    /// The sum of the rows of one item over different users, each as its bytes.
    ///
    /// # Errors
    /// [`BrokenRow`] for the first that is none.
    pub fn merged(item_id: ItemId, rows: &[&[u8]]) -> Result<Self, BrokenRow> {
        Ok(Self { item_id, bytes: coded::merge(rows)? })
    }

    /// A row whose bytes come from elsewhere; whether they are a row is found out where it is decoded.
    pub fn coded(item_id: ItemId, bytes: Vec<u8>) -> Self {
        Self { item_id, bytes }
    }

    /// How many other items the row has; those before the first byte that is none of a row.
    pub fn n_items(&self) -> usize {
        Decoder::new(&self.bytes).map_while(Result::ok).count()
    }
}

/// Co-ratings that do not fit the items.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoRatingsError {
    /// A row cannot be decoded.
    #[error("the co-ratings of item {item_id} are broken")]
    Broken {
        /// Whose.
        item_id: ItemId,
    },
    /// A row is of, or names, an item that nobody rated.
    #[error("the co-ratings of item {item_id} are of an item {other} that has no ratings")]
    Unknown {
        /// Whose.
        item_id: ItemId,
        /// Which item is unknown.
        other: ItemId,
    },
    /// Rows come by ascending item, each item once.
    #[error(
        "the co-ratings of item {item_id} come after those of item {after}; expected one row an item, ascending"
    )]
    Order {
        /// Whose.
        item_id: ItemId,
        /// What stood before.
        after: ItemId,
    },
    /// Counts and norms are one an item.
    #[error(transparent)]
    Invalid(#[from] InvalidModel),
}

/// The sums of products of every pair of items, and what the users asked about rated.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct CoRatings {
    /// User -> (items, ratings): what was folded in.
    by_user: Csr,
    /// How often each item was rated.
    n_ratings: Vec<u32>,
    /// Item -> where its row begins, and behind the last where all end.
    starts: Vec<usize>,
    /// The rows, coded, keyed by the items' indices.
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl ItemKnnModel {
    /// The sums of products of all that the model holds, in place of its ratings: what it is without users.
    pub(super) fn without_ratings(self, ratings: &Sides) -> Self {
        let n_ratings = (0..self.items.len() as u32).map(|item| ratings.by_target.row(item).0.len() as u32);
        let mut sums = CoRatings { n_ratings: n_ratings.collect(), ..CoRatings::default() };
        // No row of a sound model is broken or out of order, and taking them cannot fail.
        let _ = CodedRow::of_ratings(ratings, &self.items, |rows| {
            for row in rows {
                let pairs: Vec<(i64, f64)> = Decoder::new(&row.bytes)
                    .flatten()
                    .filter_map(|(other, sum)| Some((i64::from(self.items.index_of(other)?), sum)))
                    .collect();
                sums.starts.push(sums.bytes.len());
                sums.bytes.extend(coded::encode(&pairs));
            }
            Ok::<_, CoRatingsError>(())
        });
        sums.starts.push(sums.bytes.len());
        Self { users: IdIndex::default(), compared: Compared::CoRatings(sums.without_users()), ..self }
    }

    /// A model without users, of the sums of products over all users: `rows`, one an item, ascending. An item without a row has nothing in common
    /// with any other.
    ///
    /// # Errors
    /// [`CoRatingsError`].
    pub fn from_co_ratings<E: From<CoRatingsError>>(
        statistics: &ItemStatistics,
        params: &Checked<ItemKnnParams>,
        rows: impl Iterator<Item = Result<CodedRow, E>>,
    ) -> Result<Self, E> {
        let ItemStatistics { items, n_ratings, sums_of_squares: squared_norms, .. } = statistics.clone();
        let lookup = Lookup::new(&statistics.items, usize::MAX);
        let mut starts = Vec::with_capacity(items.len() + 1);
        let mut bytes = Vec::new();
        let mut last: Option<ItemId> = None;
        for row in rows {
            let CodedRow { item_id, bytes: of_item } = row?;
            if let Some(after) = last.filter(|&last| last >= item_id) {
                return Err(CoRatingsError::Order { item_id, after }.into());
            }
            last = Some(item_id);
            let index_of = |other| lookup.index_of(other).ok_or(CoRatingsError::Unknown { item_id, other });
            let item = index_of(item_id)? as usize;
            let pair = |pair: Result<(i64, f64), BrokenRow>| -> Result<(i64, f64), CoRatingsError> {
                let (other, sum) = pair.map_err(|_| CoRatingsError::Broken { item_id })?;
                Ok((i64::from(index_of(other)?), sum))
            };
            let pairs: Vec<(i64, f64)> = Decoder::new(&of_item).map(pair).collect::<Result<_, _>>()?;
            starts.resize(item + 1, bytes.len());
            bytes.extend(coded::encode(&pairs));
        }
        starts.resize(items.len() + 1, bytes.len());
        bytes.shrink_to_fit();
        let sums = CoRatings { by_user: Csr::default(), n_ratings, starts, bytes };
        let compared = Compared::CoRatings(sums.without_users());
        let mean = statistics.mean();
        let model = Self { k: params.k, mean, users: IdIndex::default(), items, compared, squared_norms };
        model.validate().map_err(CoRatingsError::from)?;
        Ok(model)
    }
}

impl CoRatings {
    /// User -> (items, ratings).
    pub fn by_user(&self) -> &Csr {
        &self.by_user
    }

    /// These with the users of `new` added.
    pub fn with_users(self, new: &NewUsers) -> Self {
        Self { by_user: new.rows(&self.by_user, &new.ratings), ..self }
    }

    /// These without users.
    pub fn without_users(self) -> Self {
        Self { by_user: Csr::from_entries(0, std::iter::empty()), ..self }
    }

    /// The row of an item, an empty one where it has none.
    fn row(&self, item: u32) -> Decoder<'_> {
        let bytes = &self.bytes[self.starts[item as usize]..self.starts[item as usize + 1]];
        Decoder::new(if bytes.is_empty() { &[0] } else { bytes })
    }

    /// Of equally similar items, the one with fewer ratings comes first, then the one of larger id.
    pub fn tie_break(&self, item: u32) -> TieBreak {
        (self.n_ratings[item as usize], std::cmp::Reverse(item))
    }

    /// What does not fit, for `n_items` and `n_users`; the rows of users are checked by the model.
    pub fn problem(&self, n_items: usize) -> Option<&'static str> {
        if self.n_ratings.len() != n_items || self.starts.len() != n_items + 1 {
            return Some("the number of its items' counts or rows is wrong");
        }
        let ascending = self.starts.windows(2).all(|pair| pair[0] <= pair[1]);
        if !ascending || self.starts.first() != Some(&0) || self.starts.last() != Some(&self.bytes.len()) {
            return Some("its rows do not lie one behind the other");
        }
        let is_sound = |item: u32| {
            self.row(item).all(|pair| {
                pair.is_ok_and(|(other, sum)| {
                    (0..n_items as i64).contains(&other) && other != i64::from(item) && sum.abs() <= 1e15
                })
            })
        };
        let sound = (0..n_items as u32).into_par_iter().all(is_sound);
        (!sound).then_some("a row of its co-ratings is broken")
    }

    /// Answers `questions`; a row is decoded once a distinct item.
    pub fn answer(
        &self,
        k: usize,
        questions: Questions,
        cosine: &Cosine<'_, Products>,
        answer: impl Fn(u32, u32, Votes) -> Answer + Sync + Send,
    ) -> Answers {
        let workspace = || (vec![0.0; cosine.norms().len()], Nearest::new(k));
        questions.answer(
            1,
            |item| item,
            workspace,
            |(sums, nearest), groups| {
                for group in groups {
                    self.spread(group.target, sums, |sum| sum);
                    for (slot, &user) in group.slots.iter_mut().zip(group.others) {
                        self.push_rated(group.target, user, sums, cosine, nearest);
                        let votes = votes::<Cosine<'_, Products>>(nearest, |item| self.tie_break(item));
                        *slot = answer(group.target, user, votes);
                    }
                    self.spread(group.target, sums, |_| 0.0);
                }
            },
        )
    }

    /// Who the votes of the answers to `questions` (item, user) are from.
    pub fn voters(
        &self,
        k: usize,
        questions: &[(u32, u32)],
        cosine: &Cosine<'_, Products>,
    ) -> Vec<Vec<Voter>> {
        let workspace = || (vec![0.0; cosine.norms().len()], Nearest::new(k));
        let of_question = |(sums, nearest): &mut (Vec<f64>, Nearest), &(item, user): &(u32, u32)| {
            self.spread(item, sums, |sum| sum);
            self.push_rated(item, user, sums, cosine, nearest);
            let voters = nearest.neighbours(|item| self.tie_break(item)).iter().map(|neighbour| Voter {
                target: neighbour.target,
                weight: Cosine::<Products>::weight(neighbour.closeness),
                value: neighbour.value,
            });
            let voters = voters.collect();
            self.spread(item, sums, |_| 0.0);
            voters
        };
        questions.par_iter().map_init(workspace, of_question).collect()
    }

    /// Writes what `of` makes of each of the item's sums to the other item's place.
    fn spread(&self, item: u32, sums: &mut [f64], of: impl Fn(f64) -> f64) {
        // Every row was decoded when the model was made or validated.
        for (other, sum) in self.row(item).flatten() {
            sums[other as usize] = of(sum);
        }
    }

    /// Leaves in `nearest` what `user` rated, by its closeness to `item`.
    fn push_rated(
        &self,
        item: u32,
        user: u32,
        sums: &[f64],
        cosine: &Cosine<'_, Products>,
        nearest: &mut Nearest,
    ) {
        nearest.clear();
        let (rated, values) = self.by_user.row(user);
        for (&rated, &value) in rated.iter().zip(values).filter(|&(&rated, _)| rated != item) {
            let at = rated as usize;
            nearest.push(rated, cosine.closeness(sums[at], cosine.norms()[at]), value);
        }
    }
}
