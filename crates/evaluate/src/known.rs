//! What the ratings say besides the rows that are ranked, gathered in one pass over them: they need not all be in memory.

use std::collections::BTreeMap;

use artifacts::layout::{ITEMS, RATINGS};
use artifacts::table::TableFile;
use artifacts::tables::{SplitRatings, Stored as _};
use artifacts::{Error, Fingerprint, Sha256Stream, Table};
use dataset::split::Part;
use dataset::{IdIndex, ItemId, Items, Lookup, UserId};
use stage::Run;

/// A training rating of a user who is shown in full.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownRating {
    /// What.
    pub item_id: ItemId,
    /// How much, in stars.
    pub stars: f32,
    /// When.
    pub timestamp: i64,
}

/// All of it.
pub struct Known {
    /// The digest of the catalogue's ids and of all ratings: who, what, how much, when.
    pub data: String,
    /// The digest of which ratings are test ratings.
    pub split: String,
    /// How often each value was given, ascending by value.
    pub counts: Vec<(f32, u64)>,
    /// The training ratings of each item of the catalogue.
    pub of_items: Vec<u32>,
    /// The users with a training rating.
    pub users: IdIndex,
    /// And how many each has.
    pub of_users: Vec<u32>,
    /// The items of these ratings, user after user, as places in the catalogue.
    pub items: Vec<u32>,
    /// The training ratings of the users who were asked for.
    pub shown: BTreeMap<UserId, Vec<KnownRating>>,
}

/// Some rows of `ratings.parquet`.
struct Piece<'a> {
    user_ids: &'a [UserId],
    item_ids: &'a [ItemId],
    stars: &'a [f32],
    timestamps: &'a [i64],
    parts: &'a [Part],
}

impl Known {
    /// Reads the ratings piece by piece; those of `shown` are kept in full. While one piece is gathered, the next is decoded, and the first
    /// beside the catalogue.
    ///
    /// # Errors
    /// Where a file holds what it may not.
    pub fn read(
        run: &Run,
        ratings: &TableFile,
        items: &TableFile,
        shown: &[UserId],
    ) -> Result<(Self, Items), Error> {
        let corrupt = |problem: String| run.corrupt(RATINGS, problem);
        let wanted = ["user_id", "item_id", "rating", "timestamp", "part"];
        let piece = |groups| ratings.read_groups(groups, |name| wanted.contains(&name)).map_err(corrupt);
        let mut cuts = ratings.cuts();
        let (items, mut next) =
            rayon::join(|| Items::from_file(items), || cuts.next().map(piece).transpose());
        let items = items.map_err(|problem| run.corrupt(ITEMS, problem))?;
        let catalogue = catalogue(&items);
        let mut gathering = Gathering::new(&catalogue, ratings.n_rows(), shown);
        while let Some(table) = next? {
            let following = cuts.next();
            let (added, decoded) =
                rayon::join(|| gathering.add_table(table), || following.map(piece).transpose());
            added.map_err(corrupt)?;
            next = decoded;
        }
        Ok((gathering.finish(), items))
    }

    /// The mean of all ratings, in stars; 0 where there is none.
    pub fn mean(&self) -> f64 {
        let n: u64 = self.counts.iter().map(|&(_, n)| n).sum();
        let sum: f64 = self.counts.iter().map(|&(stars, n)| f64::from(stars) * n as f64).sum();
        if n == 0 { 0.0 } else { sum / n as f64 }
    }

    /// The same of ratings that are in memory.
    pub fn of(split: &SplitRatings, items: &Items, shown: &[UserId]) -> Self {
        let catalogue = catalogue(items);
        let mut gathering = Gathering::new(&catalogue, split.parts.len(), shown);
        gathering.add(&Piece {
            user_ids: &split.ratings.user_ids,
            item_ids: &split.ratings.item_ids,
            stars: &split.ratings.values,
            timestamps: &split.ratings.timestamps,
            parts: &split.parts,
        });
        gathering.finish()
    }
}

/// The items of the catalogue.
pub fn catalogue(items: &Items) -> IdIndex {
    IdIndex::new(items.all().iter().map(|item| item.item_id))
}

struct Gathering<'a> {
    lookup: Lookup<'a>,
    data: Sha256Stream,
    split: Sha256Stream,
    counts: Vec<(f32, u64)>,
    of_items: Vec<u32>,
    user_ids: Vec<UserId>,
    of_users: Vec<u32>,
    items: Vec<u32>,
    shown: BTreeMap<UserId, Vec<KnownRating>>,
}

impl<'a> Gathering<'a> {
    fn new(catalogue: &'a IdIndex, n_ratings: usize, shown: &[UserId]) -> Self {
        let mut data = Sha256Stream::default();
        for item_id in catalogue.ids() {
            data.update(&item_id.to_le_bytes());
        }
        Self {
            lookup: Lookup::new(catalogue, n_ratings),
            data,
            split: Sha256Stream::default(),
            counts: Vec::new(),
            of_items: vec![0; catalogue.len()],
            user_ids: Vec::new(),
            of_users: Vec::new(),
            items: Vec::new(),
            shown: shown.iter().map(|&user_id| (user_id, Vec::new())).collect(),
        }
    }

    fn add_table(&mut self, mut table: Table) -> Result<(), String> {
        let parts = table.take_parsed("part", "base_train, meta_train or test", Part::from_name)?;
        self.add(&Piece {
            user_ids: &table.take("user_id")?,
            item_ids: &table.take("item_id")?,
            stars: &table.take("rating")?,
            timestamps: &table.take("timestamp")?,
            parts: &parts,
        });
        Ok(())
    }

    fn add(&mut self, piece: &Piece<'_>) {
        let Self { lookup, data, split, counts, of_items, user_ids, of_users, items, shown } = self;
        rayon::join(
            || digest(piece, data, split),
            || {
                for row in 0..piece.parts.len() {
                    let stars = piece.stars[row];
                    match counts.iter_mut().find(|(value, _)| *value == stars) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((stars, 1)),
                    }
                    if piece.parts[row] == Part::Test {
                        continue;
                    }
                    let (user_id, item_id) = (piece.user_ids[row], piece.item_ids[row]);
                    if user_ids.last() != Some(&user_id) {
                        user_ids.push(user_id);
                        of_users.push(0);
                    }
                    if let (Some(item), Some(n)) = (lookup.index_of(item_id), of_users.last_mut()) {
                        *n += 1;
                        of_items[item as usize] += 1;
                        items.push(item);
                    }
                    if let Some(known) = shown.get_mut(&user_id) {
                        known.push(KnownRating { item_id, stars, timestamp: piece.timestamps[row] });
                    }
                }
            },
        );
    }

    fn finish(mut self) -> Known {
        self.counts.sort_by(|one, other| one.0.total_cmp(&other.0));
        Known {
            data: Fingerprint::of_stream(self.data),
            split: Fingerprint::of_stream(self.split),
            counts: self.counts,
            of_items: self.of_items,
            users: IdIndex::new(self.user_ids.iter().copied()),
            of_users: self.of_users,
            items: self.items,
            shown: self.shown,
        }
    }
}

/// Adds who, what, how much and when of each rating to `data`, and who and what of each test rating to `split`.
fn digest(piece: &Piece<'_>, data: &mut Sha256Stream, split: &mut Sha256Stream) {
    /// Rows whose bytes are put together before they are digested.
    const ROWS: usize = 1 << 12;
    let (mut all, mut test) = (Vec::with_capacity(28 * ROWS), Vec::with_capacity(16 * ROWS));
    for first in (0..piece.parts.len()).step_by(ROWS) {
        for row in first..piece.parts.len().min(first + ROWS) {
            let key = [piece.user_ids[row], piece.item_ids[row]].map(i64::to_le_bytes);
            all.extend_from_slice(key.as_flattened());
            all.extend_from_slice(&piece.stars[row].to_le_bytes());
            all.extend_from_slice(&piece.timestamps[row].to_le_bytes());
            if piece.parts[row] == Part::Test {
                test.extend_from_slice(key.as_flattened());
            }
        }
        data.update(&all);
        split.update(&test);
        all.clear();
        test.clear();
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn split() -> SplitRatings {
        let rating = |(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 10 * item_id };
        let rows = [(1, 20, 4.0), (1, 30, 0.5), (2, 10, 4.0), (4, 10, 5.0), (4, 20, 4.0)];
        let ratings: Ratings = rows.map(rating).into_iter().collect();
        let parts = vec![Part::BaseTrain, Part::Test, Part::Test, Part::MetaTrain, Part::BaseTrain];
        SplitRatings { rows: vec![0; 5], ratings, parts, folds: vec![Some(0); 5] }
    }

    fn items() -> Items {
        Items::new([10, 20, 30].map(|id| (id, String::new(), Vec::new())).to_vec()).unwrap()
    }

    #[test]
    fn test_ratings_are_not_known() {
        let known = Known::of(&split(), &items(), &[4, 9]);
        assert_eq!(known.counts, [(0.5, 1), (4.0, 3), (5.0, 1)]);
        assert_eq!((known.users.ids(), &known.of_users[..]), (&[1, 4][..], &[1, 2][..]));
        assert_eq!((&known.of_items[..], &known.items[..]), (&[1, 2, 0][..], &[1, 0, 1][..]));
        let stars: Vec<f32> = known.shown[&4].iter().map(|rating| rating.stars).collect();
        assert_eq!((stars, known.shown[&9].len()), (vec![5.0, 4.0], 0));
    }

    #[test]
    fn each_part_of_a_rating_is_in_its_digest() {
        let one = Known::of(&split(), &items(), &[]);
        let mut other = split();
        other.ratings.values[0] = 3.5;
        let changed = Known::of(&other, &items(), &[]);
        assert!(changed.data != one.data && changed.split == one.split);
        other = split();
        other.parts[0] = Part::Test;
        let changed = Known::of(&other, &items(), &[]);
        assert!(changed.split != one.split && changed.data == one.data);
    }
}
