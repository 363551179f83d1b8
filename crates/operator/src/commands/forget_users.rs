//! `forget-users`: models that were fitted on one machine, without their users.

use recommenders::FittedModel;

use crate::base::check_kinds;
use crate::round::{Round, RoundArgs};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
}

/// Rewrites those of the round's models that hold users.
///
/// # Errors
/// Where a file of the round is missing or corrupt, or a model can be had on one machine alone.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let round = Round::open(&args.round)?;
    check_kinds(&round.base()?.0)?;
    for model in round.base_models()?.into_iter().filter(|model| !model.has_no_users()) {
        round.write_base_model(&FittedModel::forget_users(model))?;
    }
    Ok(())
}
