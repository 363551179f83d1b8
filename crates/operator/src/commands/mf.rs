//! `mf`: the items' factors, fitted elsewhere, to a model.

use std::collections::BTreeMap;

use artifacts::stream::StreamError;
use recommenders::FittedModel;
use recommenders::mf::MfModel;

use super::residuals::item_biases;
use crate::round::{Round, RoundArgs};
use crate::streams::input;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
}

/// Writes the model's file.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let round = Round::open(&args.round)?;
    let (_, params) = round.base()?;
    let statistics = round.statistics()?;
    let n_factors = params.mf.factors;
    let mut of_items: BTreeMap<i64, Vec<f32>> = BTreeMap::new();
    let mut input = input()?;
    while let Some(piece) = input.next_piece()? {
        let rows = piece.integers("item_id")?.into_iter().zip(piece.float_lists("factors")?);
        for (row, (item_id, factors)) in rows.enumerate() {
            if factors.len() != n_factors {
                let problem = format!(
                    "item {item_id} has {} factors, expected mf.factors = {n_factors}",
                    factors.len()
                );
                return Err(piece.error_at(row, problem).into());
            }
            if of_items.insert(item_id, factors).is_some() {
                return Err(piece.error_at(row, format!("item {item_id} stands here a second time")).into());
            }
        }
    }
    let mut factors = Vec::with_capacity(statistics.items.len() * n_factors);
    for item_id in statistics.items.ids() {
        let missing = || StreamError::Stream(format!("item {item_id} was rated, and has no factors"));
        factors.extend(of_items.remove(item_id).ok_or_else(missing)?);
    }
    if let Some(item_id) = of_items.keys().next() {
        return Err(StreamError::Stream(format!("item {item_id} has factors, and was not rated")).into());
    }
    let (mean, biases) = (statistics.mean(), item_biases(&statistics));
    let model = MfModel::from_item_side(mean, statistics.items.ids(), biases, &factors, n_factors);
    let model = model.map_err(|error| StreamError::Stream(error.to_string()))?;
    round.write_base_model(&FittedModel::Mf(model))
}
