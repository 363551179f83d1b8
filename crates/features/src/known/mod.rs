//! What is known at a candidate's time, prepared once a history and shared by the groups.

mod affinity;
mod baseline;
mod kernel;
mod place;
mod tally;
mod timeline;

use dataset::IdIndex;

pub(crate) use affinity::Affinity;
pub(crate) use baseline::item_offset;
pub(crate) use kernel::{TimeKernel, Weighted};
pub use place::{Asked, Place, Seen};
pub(crate) use tally::Tally;
pub(crate) use timeline::{Entry, Timeline};

use crate::Context;
use baseline::Baseline;

/// The ratings of a history in time order by user and by item, and their residuals.
///
/// Under the temporal protocol everything is asked for at a time, and answered from the ratings strictly before it; what belongs to a
/// rating of the history (its residual) is taken at that rating's own time. Otherwise all ratings are known at
/// any time.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub(crate) users: Timeline,
    pub(crate) items: Timeline,
    pub(crate) baseline: Baseline,
    /// Position in `users` -> item index.
    pub(crate) rated_items: Vec<u32>,
    /// The catalogue's ids, ascending: a [`Place::catalogue`] is an index into them.
    catalogue: IdIndex,
    /// Item index -> index in the catalogue.
    pub(crate) catalogue_of: Vec<Option<u32>>,
    /// What counts are multiplied by: [`Context::count_scale`].
    pub(crate) count_scale: f64,
    pub(crate) earlier_only: bool,
    /// The times of all ratings, ascending, and the tally up to and with each; only under the temporal protocol.
    times: Vec<i64>,
    running: Vec<Tally>,
    all: Tally,
}

impl Known {
    /// Arranges the history.
    pub fn new(context: &Context<'_>) -> Self {
        let Context { history, relevant_from, earlier_only, .. } = *context;
        let entries = in_time_order(context);
        let users = Timeline::new(history.users(), &entries, relevant_from, |entry| entry.user);
        let items = Timeline::new(history.items(), &entries, relevant_from, |entry| entry.item);
        let mut all = Tally::default();
        let mut running = Vec::new();
        for entry in &entries {
            all.add(entry.value, relevant_from);
            if earlier_only {
                running.push(all);
            }
        }
        let times = if earlier_only { entries.iter().map(|entry| entry.time).collect() } else { Vec::new() };
        let rated_items = users.entries.iter().map(|&place| entries[place as usize].item).collect();
        let catalogue = IdIndex::new(context.items.all().iter().map(|item| item.item_id));
        let catalogue_of = items.ids.ids().iter().map(|&id| catalogue.index_of(id)).collect();
        let mut known = Self {
            users,
            items,
            baseline: Baseline::default(),
            rated_items,
            catalogue,
            catalogue_of,
            count_scale: context.count_scale(),
            earlier_only,
            times,
            running,
            all,
        };
        known.baseline = Baseline::new(&known, &entries);
        known
    }

    /// The index in the catalogue of the item rated at `position` of the users' timeline.
    pub(crate) fn rated_at(&self, position: usize) -> Option<usize> {
        self.catalogue_of[self.rated_items[position] as usize].map(|index| index as usize)
    }

    /// The tally of all ratings known at time `at`.
    pub(crate) fn overall(&self, at: i64) -> Tally {
        if !self.earlier_only {
            return self.all;
        }
        let n = self.times.partition_point(|&time| time < at);
        if n == 0 { Tally::default() } else { self.running[n - 1] }
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

/// All ratings of the history, earliest first; those of one time in the order of user and item.
fn in_time_order(context: &Context<'_>) -> Vec<Entry> {
    let history = context.history;
    let mut entries = Vec::with_capacity(history.n_ratings());
    for user in 0..history.users().len() as u32 {
        let (items, values) = history.by_user().row(user);
        let rated = items.iter().zip(values).zip(history.times_of(user));
        entries.extend(rated.map(|((&item, &value), &time)| Entry { user, item, value, time }));
    }
    let mut order: Vec<(i64, u32)> =
        entries.iter().zip(0..).map(|(entry, place): (&Entry, u32)| (entry.time, place)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| entries[place as usize]).collect()
}
