//! `item-knn`: the sums of products of all users to a model.

use artifacts::stream::StreamError;
use recommenders::FittedModel;
use recommenders::item_knn::{CoRatingsError, CodedRow, ItemKnnModel};

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
    let mut input = input()?;
    let mut rows: std::vec::IntoIter<CodedRow> = Vec::new().into_iter();
    let mut failure = None;
    let next = std::iter::from_fn(|| {
        loop {
            if let Some(row) = rows.next() {
                return Some(Ok::<_, CoRatingsError>(row));
            }
            let piece = input.next_piece().and_then(|piece| {
                piece
                    .map(|piece| {
                        Ok(piece.integers("item_id")?.into_iter().zip(piece.binaries("co_ratings")?))
                    })
                    .transpose()
            });
            match piece {
                Ok(Some(columns)) => {
                    rows = columns
                        .map(|(item_id, bytes)| CodedRow::coded(item_id, bytes))
                        .collect::<Vec<_>>()
                        .into_iter();
                }
                Ok(None) => return None,
                Err(error) => {
                    failure = Some(error);
                    return None;
                }
            }
        }
    });
    let model = ItemKnnModel::from_co_ratings(&statistics, &params.item_knn, next);
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    round.write_base_model(&FittedModel::ItemKnn(
        model.map_err(|error| StreamError::Stream(error.to_string()))?,
    ))
}
