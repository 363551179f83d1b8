//! `item-models`: biases, genres and popularity, of what is counted of the items.

use crate::base::check_kinds;
use crate::round::{Round, RoundArgs};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
}

/// Writes the files of those of the round's models that need no more.
///
/// # Errors
/// Where a file of the round is missing or corrupt, or a model can be had on one machine alone.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let round = Round::open(&args.round)?;
    let (kinds, _) = round.base()?;
    check_kinds(&kinds)?;
    let (statistics, items) = (round.statistics()?, round.items()?);
    for kind in kinds {
        if let Some(model) = kind.without_users(&statistics, &items) {
            round.write_base_model(&model)?;
        }
    }
    Ok(())
}
