//! The feature tables of rated rows, written block by block: no more than some blocks of features are in memory.

use std::ops::Range;

use anyhow::Context as _;
use artifacts::table::TableWriter;
use artifacts::tables::{FeatureRows, ScoreRows, SplitRatings, Stored as _};
use dataset::{History, Items};
use rayon::prelude::*;
use stacking::{BaseColumns, FeatureError, FeatureSetup, Plan, Round, RoundFeatures};

/// Rows in a block.
const ROWS_A_BLOCK: usize = 1 << 13;
/// Blocks whose features are in memory at a time.
const BLOCKS_AT_A_TIME: usize = 16;

/// The ratings, and how their features are made.
#[derive(Clone, Copy)]
pub struct Rated<'a> {
    pub setup: &'a FeatureSetup,
    pub split: &'a SplitRatings,
    pub items: &'a Items,
}

/// What has been written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub rows: usize,
    pub relevant: usize,
    pub features: usize,
}

/// A piece of the rows that are asked, in ascending order, with their base scores.
struct Piece<'a> {
    rows: &'a [usize],
    base: BaseColumns,
}

impl Rated<'_> {
    /// Writes the rows `rows` that the meta-models are fitted on, which are those of `plan`: each row's features from what its round may see. The base scores come in pieces,
    /// in the order of the rows; `base_of` makes columns of a piece.
    pub fn write_training(
        &self,
        (plan, rows): (&Plan, &[usize]),
        scores: impl Iterator<Item = anyhow::Result<ScoreRows>>,
        base_of: impl Fn(&ScoreRows) -> anyhow::Result<BaseColumns>,
        writer: &mut TableWriter,
    ) -> anyhow::Result<Written> {
        let rounds: Vec<&Round> = plan.out_of_fold.iter().collect();
        let histories = self.histories(&rounds);
        let features = self.prepare(&rounds, &histories);
        let (mut written, mut first) = (Written::default(), 0);
        for piece in scores {
            let piece = piece?;
            let behind = first + piece.user_ids.len();
            let rows = rows.get(first..behind).context("more rows than the split asks for")?;
            let piece = Piece { rows, base: base_of(&piece)? };
            self.write(&rounds, &features, &piece, writer, &mut written)?;
            first = behind;
        }
        Ok(written)
    }

    /// Writes the rows that `round` asks, whose base scores are `base`.
    pub fn write_test(
        &self,
        round: &Round,
        base: BaseColumns,
        writer: &mut TableWriter,
    ) -> anyhow::Result<Written> {
        let histories = self.histories(&[round]);
        let features = self.prepare(&[round], &histories);
        let mut written = Written::default();
        let piece = Piece { rows: &round.asked, base };
        self.write(&[round], &features, &piece, writer, &mut written)?;
        Ok(written)
    }

    fn histories(&self, rounds: &[&Round]) -> Vec<History> {
        let history = |round: &&Round| {
            stacking::statistics_history(self.setup, round, &self.split.ratings, &self.split.parts)
        };
        rounds.par_iter().map(history).collect()
    }

    fn prepare<'a>(&'a self, rounds: &[&Round], histories: &'a [History]) -> Vec<RoundFeatures<'a>> {
        let prepare = |(round, history): (&&Round, &'a History)| {
            RoundFeatures::prepare(self.setup, round, history, self.items)
        };
        rounds.par_iter().zip(histories).map(prepare).collect()
    }

    fn write(
        &self,
        rounds: &[&Round],
        features: &[RoundFeatures<'_>],
        piece: &Piece<'_>,
        writer: &mut TableWriter,
        written: &mut Written,
    ) -> anyhow::Result<()> {
        for blocks in self.blocks(piece.rows).chunks(BLOCKS_AT_A_TIME) {
            let tables: Vec<FeatureRows> = (blocks.par_iter())
                .map(|block| self.block(rounds, features, piece, block.clone()))
                .collect::<Result<_, _>>()?;
            for table in tables {
                written.rows += table.labels.len();
                written.relevant += table.labels.iter().filter(|&&label| label == 1).count();
                written.features = table.names.len();
                writer.write(table.into_table())?;
            }
        }
        Ok(())
    }

    /// Cuts `rows` between users, as what is known of a user is prepared once a block; no rows are one block of none.
    fn blocks(&self, rows: &[usize]) -> Vec<Range<usize>> {
        let user = |at: usize| self.split.ratings.user_ids[rows[at]];
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < rows.len() {
            let mut end = rows.len().min(start + ROWS_A_BLOCK);
            while end < rows.len() && user(end) == user(end - 1) {
                end += 1;
            }
            blocks.push(start..end);
            start = end;
        }
        if blocks.is_empty() {
            blocks.push(0..0);
        }
        blocks
    }

    /// The rows `block` of the piece with their features.
    fn block(
        &self,
        rounds: &[&Round],
        features: &[RoundFeatures<'_>],
        piece: &Piece<'_>,
        block: Range<usize>,
    ) -> Result<FeatureRows, FeatureError> {
        let split = self.split;
        let rows = &piece.rows[block.clone()];
        let base = piece.base.slice(block);
        let (names, columns) = if let ([_], [features]) = (rounds, features) {
            let table = features.compute(&split.candidates(rows), &base)?;
            (table.names, table.columns)
        } else {
            self.of_folds(rounds, features, rows, &base)?
        };
        let ratings: Vec<f32> = rows.iter().map(|&row| split.ratings.values[row]).collect();
        Ok(FeatureRows {
            user_ids: rows.iter().map(|&row| split.ratings.user_ids[row]).collect(),
            item_ids: rows.iter().map(|&row| split.ratings.item_ids[row]).collect(),
            timestamps: rows.iter().map(|&row| split.ratings.timestamps[row]).collect(),
            folds: rows.iter().map(|&row| split.folds[row]).collect(),
            labels: ratings.iter().map(|&rating| i8::from(self.setup.is_relevant(rating))).collect(),
            ratings,
            names,
            columns,
        })
    }

    /// Names and columns of rows of several folds, each from its own round.
    fn of_folds(
        &self,
        rounds: &[&Round],
        features: &[RoundFeatures<'_>],
        rows: &[usize],
        base: &BaseColumns,
    ) -> Result<(Vec<String>, Vec<Vec<f64>>), FeatureError> {
        let mut names = Vec::new();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for (round, features) in rounds.iter().zip(features) {
            let places: Vec<usize> =
                (0..rows.len()).filter(|&at| self.split.folds[rows[at]] == round.fold).collect();
            let of_round: Vec<usize> = places.iter().map(|&at| rows[at]).collect();
            let table = features.compute(&self.split.candidates(&of_round), &base.select(&places))?;
            columns.resize_with(table.columns.len(), || vec![f64::NAN; rows.len()]);
            for (column, values) in columns.iter_mut().zip(&table.columns) {
                for (&place, &value) in places.iter().zip(values) {
                    column[place] = value;
                }
            }
            names = table.names;
        }
        Ok((names, columns))
    }
}
