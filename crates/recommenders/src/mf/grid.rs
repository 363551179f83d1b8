//! The ratings cut into a grid of blocks, users times items, so that blocks without a common row or column can be learnt from at the same time.
//!
//! Which user and item belongs to which side of which block, and how many blocks there are, follows from the ratings alone.

use dataset::{Csr, History};

/// How many ratings a block has, about: with the factors of its users and items it fits into a core's second-level cache.
const RATINGS_A_BLOCK: usize = 1 << 14;
/// The sides of the grid: with fewer blocks in a stratum threads wait for each other, and more gain nothing.
const SIDES: std::ops::RangeInclusive<usize> = 16..=64;
/// A row's place in its part is a `u16`.
const MAX_PART: usize = 1 << 16;

/// One rating: the places of its user and item in their parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Entry {
    pub user: u16,
    pub item: u16,
    pub value: f32,
}

/// The users or the items, dealt out to as many parts as the grid has rows or columns.
#[derive(Debug)]
pub struct Parts {
    /// The indices of each part, those with most ratings first.
    pub members: Vec<Vec<u32>>,
    /// Index -> (part, place in the part).
    places: Vec<(u16, u16)>,
}

/// All blocks.
#[derive(Debug)]
pub struct Grid {
    pub users: Parts,
    pub items: Parts,
    /// The ratings of all blocks, row of blocks after row of blocks.
    pub entries: Vec<Entry>,
    /// How many ratings each block has, in the same order.
    pub lengths: Vec<usize>,
}

impl Parts {
    /// Deals the rows of `ratings` out in descending order of their counts, forth and back, so that the parts have nearly as many rows and ratings.
    fn deal(ratings: &Csr, n_parts: usize) -> Self {
        let n_rows = ratings.n_rows();
        let mut order: Vec<u32> = (0..n_rows as u32).collect();
        order.sort_by_key(|&row| std::cmp::Reverse(ratings.range(row).len()));
        let mut members = vec![Vec::with_capacity(n_rows / n_parts + 1); n_parts];
        let mut places = vec![(0, 0); n_rows];
        for (rank, row) in order.into_iter().enumerate() {
            let (round, at) = (rank / n_parts, rank % n_parts);
            let part = if round.is_multiple_of(2) { at } else { n_parts - 1 - at };
            places[row as usize] = (part as u16, round as u16);
            members[part].push(row);
        }
        Self { members, places }
    }
}

/// How many parts each side has for so many ratings, users and items.
fn n_parts(n_ratings: usize, n_users: usize, n_items: usize) -> usize {
    let wanted = (n_ratings / RATINGS_A_BLOCK).isqrt().next_power_of_two();
    wanted.clamp(*SIDES.start(), *SIDES.end()).max(n_users.max(n_items).div_ceil(MAX_PART))
}

impl Grid {
    /// Sorts the ratings of `history` into blocks; within a block they stand in the order of its users' places, then of the items' indices.
    pub fn new(history: &History) -> Self {
        let by_user = history.by_user();
        let n_parts = n_parts(by_user.n_entries(), by_user.n_rows(), history.by_item().n_rows());
        let users = Parts::deal(by_user, n_parts);
        let items = Parts::deal(history.by_item(), n_parts);
        let mut lengths = vec![0usize; n_parts * n_parts];
        for (row, members) in users.members.iter().enumerate() {
            let lengths = &mut lengths[row * n_parts..][..n_parts];
            for &item in members.iter().flat_map(|&user| by_user.row(user).0) {
                lengths[items.places[item as usize].0 as usize] += 1;
            }
        }
        let mut entries = vec![Entry::default(); by_user.n_entries()];
        let mut rest = &mut entries[..];
        let mut next = vec![0usize; n_parts];
        for (row, members) in users.members.iter().enumerate() {
            let mut total = 0;
            for (next, &length) in next.iter_mut().zip(&lengths[row * n_parts..]) {
                *next = total;
                total += length;
            }
            let (of_row, below) = std::mem::take(&mut rest).split_at_mut(total);
            rest = below;
            for (place, &user) in members.iter().enumerate() {
                let (rated, values) = by_user.row(user);
                for (&item, &value) in rated.iter().zip(values) {
                    let (part, item) = items.places[item as usize];
                    let slot = &mut next[part as usize];
                    of_row[*slot] = Entry { user: place as u16, item, value };
                    *slot += 1;
                }
            }
        }
        Self { users, items, entries, lengths }
    }

    /// How many rows of blocks there are, and how many columns.
    pub fn side(&self) -> usize {
        self.users.members.len()
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    #[test]
    fn the_number_of_blocks_follows_from_the_sizes() {
        assert_eq!(n_parts(300_000, 1_000, 1_000), 16);
        assert_eq!(n_parts(9_000_000, 70_000, 10_000), 32);
        assert_eq!(n_parts(20_000_000, 160_000, 60_000), 64);
        assert_eq!(n_parts(200_000_000, 600_000, 60_000), 64);
        // 65,536 rows a part are the most.
        assert_eq!(n_parts(200_000_000, 10_000_000, 60_000), 153);
    }

    #[test]
    fn every_rating_is_in_the_block_of_its_user_and_item() {
        let rated = (0..200i64).flat_map(|user_id| {
            let items = (0..90i64).filter(move |item| (user_id * 7 + item * item) % 5 < 2);
            items.map(move |item_id| Rating {
                user_id,
                item_id,
                value: (user_id + item_id) as f32,
                timestamp: 0,
            })
        });
        let history = History::new(&rated.collect::<Ratings>());
        let grid = Grid::new(&history);
        let mut entries = grid.entries.iter();
        let mut found = Vec::new();
        for (block, &length) in grid.lengths.iter().enumerate() {
            let users = &grid.users.members[block / grid.side()];
            let items = &grid.items.members[block % grid.side()];
            for entry in entries.by_ref().take(length) {
                found.push((users[entry.user as usize], items[entry.item as usize], entry.value));
            }
        }
        assert_eq!(entries.len(), 0);
        found.sort_by_key(|&(user, item, _)| (user, item));
        let expected = (0..history.users().len() as u32).flat_map(|user| {
            let (items, values) = history.by_user().row(user);
            items.iter().zip(values).map(move |(&item, &value)| (user, item, value))
        });
        assert_eq!(found, expected.collect::<Vec<_>>());
        // A fifth of the users rated nothing; 160 and 90 rows for 16 parts.
        let sizes = |parts: &Parts| parts.members.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(&grid.users), [10; 16]);
        assert!(sizes(&grid.items).iter().all(|&size| size == 5 || size == 6), "{:?}", sizes(&grid.items));
    }
}
