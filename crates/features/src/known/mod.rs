//! What is known at a candidate's time, prepared once a history and shared by the groups.

mod affinity;
mod baseline;
mod kernel;
mod place;
mod tally;
mod timeline;
mod whole;

use std::sync::OnceLock;

use dataset::{History, IdIndex, ItemId, UserId};

pub(crate) use affinity::Affinity;
pub(crate) use baseline::item_offset;
pub(crate) use kernel::{TimeKernel, Weighted};
pub use place::{Asked, Place, Seen};
pub(crate) use tally::Tally;
pub(crate) use timeline::Timeline;
pub use whole::Whole;

use crate::Context;
use baseline::Baseline;

/// The ratings of some users in time order with running sums, and their residuals; beside them, what is known of items and of all ratings.
///
/// Under the temporal protocol everything is asked for at a time, and answered from the ratings strictly before it; what belongs to a
/// rating of the history (its residual) is taken at that rating's own time. Otherwise all ratings are known at
/// any time.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<'a> {
    pub(crate) whole: &'a Whole,
    pub(crate) users: Timeline,
    baseline: OnceLock<Baseline>,
    /// Position in `users` -> item index.
    pub(crate) rated_items: Vec<u32>,
    /// Position in `users` -> place in [`dataset::History::by_user`].
    places: Vec<u32>,
    /// Place -> rating, in stars.
    values: &'a [f32],
    /// What counts are multiplied by: [`Context::count_scale`].
    pub(crate) count_scale: f64,
    pub(crate) earlier_only: bool,
}

/// A rating of an item that is not among those that were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user {user_id} rated item {item_id}, which is not among the items that were counted")]
pub struct UncountedItem {
    /// Whose rating.
    pub user_id: UserId,
    /// Of what.
    pub item_id: ItemId,
}

impl UncountedItem {
    /// The first rating in `history` of an item that `whole` has not counted.
    pub fn first_of(history: &History, whole: &Whole) -> Option<Self> {
        let is_counted = whole.items.ids.indices_of(history.items().ids());
        let lost = (0..history.items().len() as u32).find(|&item| is_counted[item as usize].is_none())?;
        let user = history.by_item().row(lost).0.first().copied()?;
        Some(Self { user_id: history.users().id_at(user), item_id: history.items().id_at(lost) })
    }
}

impl<'a> Known<'a> {
    /// Arranges the ratings of those of `users` who are in the history, each of an item of `whole`: all items of a history are in its own
    /// whole, and [`UncountedItem::first_of`] says whether they are in another.
    pub fn new(whole: &'a Whole, context: &Context<'a>, users: &IdIndex) -> Self {
        let Context { history, relevant_from, earlier_only, .. } = *context;
        let (by_user, times) = (history.by_user(), history.times());
        let mut ids = Vec::with_capacity(users.len());
        let mut offsets = Vec::with_capacity(users.len() + 1);
        let mut places: Vec<u32> = Vec::new();
        offsets.push(0);
        for &id in users.ids() {
            let Some(user) = history.users().index_of(id) else { continue };
            let (start, range) = (places.len(), by_user.range(user));
            places.extend(range.start as u32..range.end as u32);
            places[start..].sort_unstable_by_key(|&place| (times[place as usize], place));
            offsets.push(places.len());
            ids.push(id);
        }
        let rating = |place: u32| (by_user.values()[place as usize], times[place as usize]);
        let users = Timeline::new(IdIndex::new(ids), offsets, &places, rating, relevant_from, earlier_only);
        let rated = places.iter().map(|&place| by_user.columns()[place as usize]);
        let rated_items = if whole.items.ids == *history.items() {
            rated.collect()
        } else {
            let index_of = whole.items.ids.indices_of(history.items().ids());
            rated.map(|item| index_of[item as usize].unwrap_or_default()).collect()
        };
        Self {
            whole,
            users,
            baseline: OnceLock::new(),
            rated_items,
            places,
            values: by_user.values(),
            count_scale: whole.count_scale,
            earlier_only,
        }
    }

    /// The residuals; taken when they are first asked for.
    pub(crate) fn baseline(&self) -> &Baseline {
        self.baseline.get_or_init(|| Baseline::new(self))
    }

    /// The index in the catalogue of the item rated at `position` of the users' timeline.
    pub(crate) fn rated_at(&self, position: usize) -> Option<usize> {
        self.whole.catalogue_of[self.rated_items[position] as usize].map(|index| index as usize)
    }

    /// The tally of row `row` of `side` as it is known at time `at`.
    pub(crate) fn tally(&self, side: &Timeline, row: u32, at: i64) -> Tally {
        side.tally(row, if self.earlier_only { side.before(row, at) } else { side.range(row).end })
    }

    /// Row `row` of `side` as it is known at time `at`.
    pub(crate) fn seen(&self, side: &Timeline, row: u32, at: i64) -> Seen {
        let range = side.range(row);
        let before = side.before(row, at);
        Seen { row, start: range.start, before, end: if self.earlier_only { before } else { range.end } }
    }
}
