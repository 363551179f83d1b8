//! `base-scores`: what the base models think of the asked rows.

use artifacts::tables::ScoreRows;
use dataset::History;

use crate::base::Base;
use crate::round::{Round, RoundArgs};
use crate::streams::{Output, input};
use crate::whole_users::{Asked, Block, BlockArgs, Kind, WholeUsers};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
    #[command(flatten)]
    block: BlockArgs,
}

/// Scores one block after the other.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut base = Base::read(&Round::open(&args.round)?)?;
    let mut users = WholeUsers::new(input()?, Kind::KnownOrAsked, Vec::new(), args.block);
    let mut output = Output::new();
    while let Some(block) = users.next_block()? {
        output.write(scored(&mut base, block)?)?;
    }
    output.finish(|| scored(&mut base, Block::default()))
}

fn scored(base: &mut Base, block: Block) -> anyhow::Result<ScoreRows> {
    let Asked { candidates, ratings, .. } = block.asked;
    let columns = base.score(&History::new(&block.known), &candidates)?.into_columns();
    let (names, columns) = columns.into_iter().unzip();
    Ok(ScoreRows {
        user_ids: candidates.iter().map(|candidate| candidate.user_id).collect(),
        item_ids: candidates.iter().map(|candidate| candidate.item_id).collect(),
        ratings,
        names,
        columns,
    })
}
