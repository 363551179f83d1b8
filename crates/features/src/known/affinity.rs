//! How a user's residuals differ between kinds of items.

use dataset::GenreSet;

use super::{Known, Seen};

/// Count and sum of the residuals of each user's ratings of each kind of item; an item may be of several kinds.
#[derive(Debug, Clone, PartialEq)]
pub struct Affinity {
    n_kinds: usize,
    /// (user, kind) -> where its ratings stand below.
    offsets: Vec<u32>,
    /// Positions in the users' timeline, ascending within a (user, kind).
    positions: Vec<u32>,
    /// The sum of the residuals of the (user, kind) up to and with this rating.
    running: Vec<f64>,
}

/// The residuals of one user and kind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Residuals {
    /// How many ratings.
    pub n: usize,
    /// The sum of their residuals, in stars.
    pub sum: f64,
}

impl Affinity {
    /// Groups the ratings of the history by user and kind; `kinds_of[position]` are the kinds of the item rated there, each below
    /// `n_kinds`.
    pub fn new(known: &Known<'_>, n_kinds: usize, kinds_of: impl Fn(usize) -> GenreSet) -> Self {
        let users = &known.users;
        let mut offsets = vec![0u32; users.n_rows() * n_kinds + 1];
        let mut positions = Vec::with_capacity(3 * users.times.len());
        let mut running = Vec::with_capacity(3 * users.times.len());
        let mut rows = vec![Vec::new(); n_kinds];
        for user in 0..users.n_rows() as u32 {
            for position in users.range(user) {
                for kind in kinds_of(position).iter() {
                    rows[kind].push(position as u32);
                }
            }
            for (kind, row) in rows.iter_mut().enumerate() {
                let mut sum = 0.0;
                for position in row.drain(..) {
                    sum += known.baseline().by_user[position as usize];
                    positions.push(position);
                    running.push(sum);
                }
                offsets[user as usize * n_kinds + kind + 1] = positions.len() as u32;
            }
        }
        Self { n_kinds, offsets, positions, running }
    }

    /// The known residuals of the user of `seen` for items of kind `kind`.
    pub fn residuals(&self, seen: &Seen, kind: usize) -> Residuals {
        let row = seen.row as usize * self.n_kinds + kind;
        let range = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        let n = self.positions[range.clone()].partition_point(|&position| (position as usize) < seen.end);
        Residuals { n, sum: if n == 0 { 0.0 } else { self.running[range.start + n - 1] } }
    }
}
