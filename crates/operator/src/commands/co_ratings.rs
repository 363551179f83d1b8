//! `co-ratings`: what some users add to the sums of products of every pair of items.

use artifacts::tables::CoRatingRow;
use dataset::History;
use recommenders::item_knn::CodedRow;

use crate::streams::{Output, input};
use crate::whole_users::{BlockArgs, Kind, WholeUsers};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    block: BlockArgs,
}

/// Sums the products of one block after the other; an item has a row a block.
///
/// # Errors
/// Where the stream is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut users = WholeUsers::new(input()?, Kind::Known, Vec::new(), args.block);
    let mut output = Output::new();
    while let Some(block) = users.next_block()? {
        CodedRow::of_users(&History::new(&block.known), |rows| output.write(rows_of(rows)))?;
    }
    output.finish(|| Ok(Vec::<CoRatingRow>::new()))
}

/// The rows as a table.
pub fn rows_of(rows: Vec<CodedRow>) -> Vec<CoRatingRow> {
    let row =
        |row: CodedRow| CoRatingRow { item_id: row.item_id, n: row.n_items() as i64, co_ratings: row.bytes };
    rows.into_iter().map(row).collect()
}
