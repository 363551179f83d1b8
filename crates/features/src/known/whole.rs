//! What is known of the items and of all ratings together, prepared once a history.

use dataset::{History, IdIndex, ItemStatistics, Items};
use rayon::prelude::*;

use super::{Known, Tally, TimeKernel, Timeline};
use crate::Context;

/// Users whose residuals are taken at a time.
const USERS_AT_A_TIME: usize = 1024;

/// The ratings of a history by item, and the tally of all of them. The users' side is prepared for the users of a batch alone:
/// [`Known`].
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    pub(crate) items: Timeline,
    /// The catalogue's ids, ascending: a [`super::Place::catalogue`] is an index into them.
    pub(crate) catalogue: IdIndex,
    /// Item index -> index in the catalogue.
    pub(crate) catalogue_of: Vec<Option<u32>>,
    /// The residuals of each item's ratings, fading in time; only where it was asked for.
    pub(crate) item_trend: Option<TimeKernel>,
    /// What counts are multiplied by: [`Context::count_scale`].
    pub(crate) count_scale: f64,
    earlier_only: bool,
    /// The times of all ratings, ascending, and the tally up to and with each; only under the temporal protocol.
    times: Vec<i64>,
    running: Vec<Tally>,
    all: Tally,
}

impl Whole {
    /// Arranges the history; `trend_width` in seconds is that of the items' trend, where one is wanted.
    pub fn new(context: &Context<'_>, trend_width: Option<f64>) -> Self {
        let Context { history, relevant_from, earlier_only, .. } = *context;
        let (by_user, rating_times) = (history.by_user(), history.times());
        let mut times = Vec::new();
        let mut running = Vec::new();
        let mut all = Tally::default();
        if earlier_only {
            for place in in_time_order(rating_times) {
                all.add(by_user.values()[place as usize], relevant_from);
                running.push(all);
                times.push(rating_times[place as usize]);
            }
        } else {
            by_user.values().iter().for_each(|&value| all.add(value, relevant_from));
        }
        let (items, places) = items(context);
        let catalogue = IdIndex::new(context.items.all().iter().map(|item| item.item_id));
        let catalogue_of = items.ids.ids().iter().map(|&id| catalogue.index_of(id)).collect();
        let count_scale = context.count_scale();
        let mut whole = Self {
            items,
            catalogue,
            catalogue_of,
            item_trend: None,
            count_scale,
            earlier_only,
            times,
            running,
            all,
        };
        if let Some(width) = trend_width {
            let residuals = residuals(&whole, context);
            let by_item: Vec<f64> = places.iter().map(|&place| residuals[place as usize]).collect();
            drop((residuals, places));
            whole.item_trend = Some(TimeKernel::new(&whole.items, &by_item, width, earlier_only));
        }
        whole
    }

    /// The same of what is counted of the items, where the ratings themselves are not at hand. There is no time in it: neither the items' trend nor
    /// the temporal protocol can be had. `catalogue` is that of all items, and counts are multiplied by `count_scale`.
    pub fn of_statistics(statistics: &ItemStatistics, catalogue: &Items, count_scale: f64) -> Self {
        let total = |at: usize| Tally {
            n: u64::from(statistics.n_ratings[at]),
            n_relevant: u64::from(statistics.n_relevant[at]),
            sum: statistics.sums[at],
            sum_of_squares: statistics.sums_of_squares[at],
        };
        let totals: Vec<Tally> = (0..statistics.items.len()).map(total).collect();
        let mut all = Tally::default();
        for total in &totals {
            all.merge(total);
        }
        let catalogue = IdIndex::new(catalogue.all().iter().map(|item| item.item_id));
        Self {
            catalogue_of: catalogue.indices_of(statistics.items.ids()),
            items: Timeline::of_totals(statistics.items.clone(), totals),
            catalogue,
            item_trend: None,
            count_scale,
            earlier_only: false,
            times: Vec::new(),
            running: Vec::new(),
            all,
        }
    }

    /// The tally of all ratings known at time `at`.
    pub(crate) fn overall(&self, at: i64) -> Tally {
        if !self.earlier_only {
            return self.all;
        }
        let n = self.times.partition_point(|&time| time < at);
        if n == 0 { Tally::default() } else { self.running[n - 1] }
    }
}

/// The places of all ratings, the earliest first; those of one time in the order of user and item. A *place* counts through the ratings in
/// the order of [`History::by_user`].
fn in_time_order(times: &[i64]) -> impl Iterator<Item = u32> {
    let mut order: Vec<(i64, u32)> = times.iter().copied().zip(0..).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, place)| place)
}

/// The ratings by item, and their places.
fn items(context: &Context<'_>) -> (Timeline, Vec<u32>) {
    let Context { history, relevant_from, earlier_only, .. } = *context;
    let (columns, times) = (history.by_user().columns(), history.times());
    let mut offsets = vec![0usize; history.items().len() + 1];
    for &item in columns {
        offsets[item as usize + 1] += 1;
    }
    for row in 1..offsets.len() {
        offsets[row] += offsets[row - 1];
    }
    let mut next = offsets.clone();
    let mut places = vec![0u32; columns.len()];
    for (&item, place) in columns.iter().zip(0..) {
        places[next[item as usize]] = place;
        next[item as usize] += 1;
    }
    drop(next);
    let mut rows = Vec::with_capacity(history.items().len());
    let mut rest = places.as_mut_slice();
    for pair in offsets.windows(2) {
        let (row, behind) = rest.split_at_mut(pair[1] - pair[0]);
        rows.push(row);
        rest = behind;
    }
    rows.into_par_iter().for_each(|row| row.sort_unstable_by_key(|&place| (times[place as usize], place)));
    let rating = |place: u32| (history.by_user().values()[place as usize], times[place as usize]);
    let ids = history.items().clone();
    (Timeline::new(ids, offsets, &places, rating, relevant_from, earlier_only), places)
}

/// The residual of each rating, in the order of [`History::by_user`].
fn residuals(whole: &Whole, context: &Context<'_>) -> Vec<f64> {
    let history: &History = context.history;
    let mut residuals = vec![0.0; history.n_ratings()];
    let users = history.users().ids();
    let mut blocks = Vec::with_capacity(users.len().div_ceil(USERS_AT_A_TIME));
    let mut rest = residuals.as_mut_slice();
    for (ids, first) in users.chunks(USERS_AT_A_TIME).zip((0..).step_by(USERS_AT_A_TIME)) {
        let n = (first..first + ids.len() as u32).map(|user| history.by_user().range(user).len()).sum();
        let (block, behind) = rest.split_at_mut(n);
        blocks.push((ids, block));
        rest = behind;
    }
    blocks.into_par_iter().for_each(|(ids, block)| {
        let known = Known::new(whole, context, &IdIndex::new(ids.iter().copied()));
        let Some(&first) = known.places.iter().min() else { return };
        for (&place, &residual) in known.places.iter().zip(&known.baseline().by_user) {
            block[(place - first) as usize] = residual;
        }
    });
    residuals
}
