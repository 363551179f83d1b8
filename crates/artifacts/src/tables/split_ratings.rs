//! `split/ratings.parquet`: one row a rating. Written by `split`, read by `train-base`, `build-features` and `evaluate`.

use std::ops::Range;

use dataset::split::Part;
use dataset::{Candidate, History, IdIndex, ItemId, Ratings, UserId};

use super::{Stored, extend, from_pieces};
use crate::table::TableFile;
use crate::{Column, Table};

/// The ratings with part and fold, in ascending order of (user, item).
#[derive(Debug, Clone, PartialEq)]
pub struct SplitRatings {
    /// 0-based row of the raw ratings file.
    pub rows: Vec<i64>,
    /// Who, what, how much, when.
    pub ratings: Ratings,
    /// What each rating is used for.
    pub parts: Vec<Part>,
    /// The fold of each training rating; none for test ratings.
    pub folds: Vec<Option<i8>>,
}

impl Stored for SplitRatings {
    const SCHEMA: &'static str = "split.ratings/1";

    fn into_table(self) -> Table {
        let parts: Column = self.parts.iter().map(|part| part.name()).collect();
        Table::new()
            .with("row", self.rows)
            .with("user_id", self.ratings.user_ids)
            .with("item_id", self.ratings.item_ids)
            .with("rating", self.ratings.values)
            .with("timestamp", self.ratings.timestamps)
            .with("part", parts)
            .with("fold", self.folds)
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let ratings = Ratings {
            user_ids: table.take("user_id")?,
            item_ids: table.take("item_id")?,
            values: table.take("rating")?,
            timestamps: table.take("timestamp")?,
        };
        let parts = table.take_parsed("part", "base_train, meta_train or test", Part::from_name)?;
        Ok(Self { rows: table.take("row")?, ratings, parts, folds: table.take("fold")? })
    }

    fn from_file(file: &TableFile) -> Result<Self, String> {
        from_pieces(file, |whole: &mut Self, piece, n| {
            extend(&mut whole.rows, piece.rows, n)?;
            extend(&mut whole.ratings.user_ids, piece.ratings.user_ids, n)?;
            extend(&mut whole.ratings.item_ids, piece.ratings.item_ids, n)?;
            extend(&mut whole.ratings.values, piece.ratings.values, n)?;
            extend(&mut whole.ratings.timestamps, piece.ratings.timestamps, n)?;
            extend(&mut whole.parts, piece.parts, n)?;
            extend(&mut whole.folds, piece.folds, n)
        })
    }
}

impl SplitRatings {
    /// The rows of `range`.
    ///
    /// # Panics
    /// Where `range` goes beyond the last row.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let ratings = &self.ratings;
        Self {
            rows: self.rows[range.clone()].to_vec(),
            ratings: Ratings {
                user_ids: ratings.user_ids[range.clone()].to_vec(),
                item_ids: ratings.item_ids[range.clone()].to_vec(),
                values: ratings.values[range.clone()].to_vec(),
                timestamps: ratings.timestamps[range.clone()].to_vec(),
            },
            parts: self.parts[range.clone()].to_vec(),
            folds: self.folds[range].to_vec(),
        }
    }

    /// The history of the ratings whose part satisfies `keep`.
    pub fn history(&self, keep: impl Fn(Part) -> bool) -> History {
        History::from_rows(&self.ratings, |row| keep(self.parts[row]))
    }

    /// The rows of `part`, ascending.
    pub fn rows_of(&self, part: Part) -> Vec<usize> {
        (0..self.parts.len()).filter(|&row| self.parts[row] == part).collect()
    }

    /// What is to be scored for `rows`: their ratings stay behind.
    pub fn candidates(&self, rows: &[usize]) -> Vec<Candidate> {
        let candidate = |&row: &usize| {
            let rating = self.ratings.get(row);
            Candidate { user_id: rating.user_id, item_id: rating.item_id, at: rating.timestamp }
        };
        rows.iter().map(candidate).collect()
    }

    /// The row of this user's rating of this item, where there is one.
    pub fn row_of(&self, user_id: UserId, item_id: ItemId) -> Option<usize> {
        let from = self.ratings.user_ids.partition_point(|&of| of < user_id);
        let n = self.ratings.user_ids[from..].partition_point(|&of| of == user_id);
        self.ratings.item_ids[from..from + n].binary_search(&item_id).ok().map(|at| from + at)
    }

    /// The users of `rows`.
    pub fn users_of(&self, rows: &[usize]) -> IdIndex {
        IdIndex::new(rows.iter().map(|&row| self.ratings.user_ids[row]))
    }
}
