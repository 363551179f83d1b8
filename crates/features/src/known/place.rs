//! Where a candidate's user and item stand in the history.

use dataset::IdIndex;

use super::{Known, Tally, Timeline};
use crate::Batch;

/// A user's or an item's ratings, as they are known at a candidate's time: positions in its timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The index of the user or item.
    pub(crate) row: u32,
    /// The first rating.
    pub(crate) start: usize,
    /// The first rating that is not strictly earlier than the candidate.
    pub(crate) before: usize,
    /// Behind the last rating that may be used.
    pub(crate) end: usize,
}

impl Seen {
    /// How many ratings may be used.
    pub(crate) fn n(&self) -> usize {
        self.end - self.start
    }
}

/// A candidate with its places in the history and the catalogue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The candidate's time, in seconds since 1970.
    pub(crate) at: i64,
    /// The user's ratings, where the history has the user.
    pub(crate) user: Option<Seen>,
    /// The item's ratings, where the history has the item.
    pub(crate) item: Option<Seen>,
    /// The item's index in the catalogue.
    pub(crate) catalogue: Option<u32>,
    /// All ratings that may be used.
    pub(crate) overall: Tally,
}

impl Place {
    /// The tally of the user's ratings.
    pub(crate) fn user_tally(&self, known: &Known<'_>) -> Tally {
        tally(&known.users, self.user)
    }

    /// The tally of the item's ratings.
    pub(crate) fn item_tally(&self, known: &Known<'_>) -> Tally {
        tally(&known.whole.items, self.item)
    }
}

fn tally(side: &Timeline, seen: Option<Seen>) -> Tally {
    seen.map_or_else(Tally::default, |seen| side.tally(seen.row, seen.end))
}

/// A batch whose candidates have been looked up once, for all groups.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The candidates and what the base models say of them.
    pub(crate) batch: &'a Batch<'a>,
    /// The history.
    pub(crate) known: &'a Known<'a>,
    /// Where each candidate stands.
    pub(crate) places: Vec<Place>,
}

impl<'a> Asked<'a> {
    /// Looks every candidate up. Candidates of one user in a row are faster.
    pub(crate) fn new(batch: &'a Batch<'a>, known: &'a Known<'a>) -> Self {
        let whole = known.whole;
        let mut user = Latest::default();
        let places = (batch.candidates().iter())
            .map(|candidate| {
                let at = candidate.at;
                let user = user.index(&known.users.ids, candidate.user_id);
                let item = whole.items.ids.index_of(candidate.item_id);
                Place {
                    at,
                    user: user.map(|row| known.seen(&known.users, row, at)),
                    item: item.map(|row| known.seen(&whole.items, row, at)),
                    catalogue: match item {
                        Some(row) => whole.catalogue_of[row as usize],
                        None => whole.catalogue.index_of(candidate.item_id),
                    },
                    overall: whole.overall(at),
                }
            })
            .collect();
        Self { batch, known, places }
    }
}

/// The latest look-up, as candidates mostly come user by user.
#[derive(Default)]
struct Latest(Option<(i64, Option<u32>)>);

impl Latest {
    fn index(&mut self, ids: &IdIndex, id: i64) -> Option<u32> {
        match self.0 {
            Some((latest, index)) if latest == id => index,
            _ => {
                let index = ids.index_of(id);
                self.0 = Some((id, index));
                index
            }
        }
    }
}
