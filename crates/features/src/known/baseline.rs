//! The damped baseline `mu + b_i + b_u` and what the ratings of the history leave over.
//!
//! `b_i = sum(r - mu) / (n_i + 3)` and `b_u = sum(r - mu - b_i) / (n_u + 5)`: items first, then users, each drawn to 0 by a few
//! made-up ratings (Koren, "Factor in the neighbors", TKDD 2010, section 2.1). Under the temporal protocol
//! mu, `b_i` and `b_u` of a rating in the history are those of its own time.

use super::{Known, Seen, Tally};

/// How many ratings of the mean an item's ratings are mixed with.
const ITEM_DAMPING: f64 = 3.0;
/// How many ratings of the baseline a user's ratings are mixed with.
const USER_DAMPING: f64 = 5.0;

/// Offsets and residuals, in stars.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Baseline {
    /// Position in the users' timeline -> sum of the user's `r - mu - b_i` up to and with this rating.
    running: Vec<f64>,
    /// Position in the users' timeline -> `b_i` of the item rated.
    pub item_offsets: Vec<f64>,
    /// Position in the users' timeline -> residual `r - mu - b_i - b_u`.
    pub by_user: Vec<f64>,
}

impl Baseline {
    /// Takes the baseline of the ratings of `known`.
    pub fn new(known: &Known<'_>) -> Self {
        let users = &known.users;
        let mut item_offsets = Vec::with_capacity(users.times.len());
        let mut above = Vec::with_capacity(users.times.len());
        for ((&place, &item), &time) in known.places.iter().zip(&known.rated_items).zip(&users.times) {
            let overall = known.whole.overall(time);
            let offset = item_offset(&known.tally(&known.whole.items, item, time), &overall);
            item_offsets.push(offset);
            above.push(f64::from(known.values[place as usize]) - overall.mean_or(0.0) - offset);
        }
        let mut baseline = Self { running: above.clone(), item_offsets, by_user: above };
        for row in 0..users.n_rows() as u32 {
            let range = users.range(row);
            for position in range.start + 1..range.end {
                baseline.running[position] += baseline.running[position - 1];
            }
            let mut before = range.start;
            for position in range.clone() {
                if users.times[position] > users.times[before] {
                    before = position;
                }
                let end = if known.earlier_only { before } else { range.end };
                let seen = Seen { row, start: range.start, before, end };
                baseline.by_user[position] -= baseline.user_offset(Some(seen));
            }
        }
        baseline
    }

    /// `b_u`, in stars; 0 where the user has no known rating.
    pub fn user_offset(&self, user: Option<Seen>) -> f64 {
        match user {
            Some(seen) if seen.n() > 0 => self.running[seen.end - 1] / (seen.n() as f64 + USER_DAMPING),
            _ => 0.0,
        }
    }
}

/// `b_i`, in stars, of an item with the ratings of `item` among those of `overall`; 0 where it has none.
pub fn item_offset(item: &Tally, overall: &Tally) -> f64 {
    (item.sum - item.count() * overall.mean_or(0.0)) / (item.count() + ITEM_DAMPING)
}
