//! `merge-co-ratings`: an item's sums over different users to one row.

use artifacts::stream::StreamError;
use artifacts::tables::CoRatingRow;
use recommenders::item_knn::CodedRow;

use super::co_ratings::rows_of;
use crate::streams::{Input, Output, input};

#[derive(Debug, clap::Args)]
pub struct Args {}

/// Rows that are merged and not yet handed on.
const ROWS_A_PIECE: usize = 256;

/// Merges the rows of one item after the other; an item's rows come together.
///
/// # Errors
/// Where the stream is not as it should be.
pub fn run(_: &Args) -> anyhow::Result<()> {
    let mut items = Items { input: input()?, next: None, rows: Vec::new().into_iter() };
    let mut output = Output::new();
    let mut merged = Vec::new();
    while let Some(row) = items.next_item()? {
        merged.push(row);
        if merged.len() == ROWS_A_PIECE {
            output.write(rows_of(std::mem::take(&mut merged)))?;
        }
    }
    output.write(rows_of(merged))?;
    output.finish(|| Ok(Vec::<CoRatingRow>::new()))
}

/// A row, and where it stands in the stream.
struct Row {
    at: u64,
    item_id: i64,
    bytes: Vec<u8>,
}

struct Items {
    input: Input,
    next: Option<Row>,
    rows: std::vec::IntoIter<Row>,
}

impl Items {
    /// All rows of the next item, merged; `None` at the end.
    fn next_item(&mut self) -> Result<Option<CodedRow>, StreamError> {
        let first = match self.next.take() {
            Some(row) => row,
            None => match self.next_row()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        let (item_id, at) = (first.item_id, first.at);
        let mut rows = vec![first.bytes];
        while let Some(row) = self.next_row()? {
            if row.item_id < item_id {
                let problem = format!(
                    "item {} stands behind item {item_id}; expected an item's rows together, items ascending",
                    row.item_id
                );
                return Err(StreamError::Row { row: row.at, problem });
            }
            if row.item_id != item_id {
                self.next = Some(row);
                break;
            }
            rows.push(row.bytes);
        }
        let bytes: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let merged = CodedRow::merged(item_id, &bytes);
        merged
            .map(Some)
            .map_err(|error| StreamError::Row { row: at, problem: format!("{error}, item {item_id}") })
    }

    fn next_row(&mut self) -> Result<Option<Row>, StreamError> {
        loop {
            if let Some(row) = self.rows.next() {
                return Ok(Some(row));
            }
            let Some(piece) = self.input.next_piece()? else { return Ok(None) };
            let columns = piece.integers("item_id")?.into_iter().zip(piece.binaries("co_ratings")?);
            let rows: Vec<Row> = (piece.first_row..)
                .zip(columns)
                .map(|(at, (item_id, bytes))| Row { at, item_id, bytes })
                .collect();
            self.rows = rows.into_iter();
        }
    }
}
