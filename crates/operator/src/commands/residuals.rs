//! `residuals`: what mean and biases leave of known ratings, which is what factors are fitted to.

use artifacts::stream::StreamError;
use artifacts::tables::ResidualRow;
use dataset::{ItemStatistics, Lookup, Ratings};
use recommenders::mf;

use crate::round::{Round, RoundArgs};
use crate::streams::{Output, input};
use crate::whole_users::{BlockArgs, Kind, WholeUsers};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
    #[command(flatten)]
    block: BlockArgs,
}

/// Takes the residuals of one block after the other.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let statistics = Round::open(&args.round)?.statistics()?;
    let (mean, biases) = (statistics.mean(), item_biases(&statistics));
    let lookup = Lookup::new(&statistics.items, usize::MAX);
    let mut users = WholeUsers::new(input()?, Kind::Known, Vec::new(), args.block);
    let mut output = Output::new();
    while let Some(block) = users.next_block()? {
        let bias_of = |item_id| lookup.index_of(item_id).map(|item| biases[item as usize]);
        output.write(residuals(&block.known, mean, bias_of)?)?;
    }
    output.finish(|| Ok(Vec::<ResidualRow>::new()))
}

/// The bias of each item.
pub fn item_biases(statistics: &ItemStatistics) -> Vec<f32> {
    let mean = statistics.mean();
    let items = statistics.n_ratings.iter().zip(&statistics.sums);
    items.map(|(&n, &sum)| mf::item_bias(u64::from(n), sum, mean)).collect()
}

fn residuals(
    known: &Ratings,
    mean: f64,
    bias_of: impl Fn(i64) -> Option<f32>,
) -> Result<Vec<ResidualRow>, StreamError> {
    let mut rows = Vec::with_capacity(known.len());
    let mut rated = Vec::new();
    let mut start = 0;
    for of_user in known.user_ids.chunk_by(|a, b| a == b) {
        let end = start + of_user.len();
        rated.clear();
        for (&item_id, &rating) in known.item_ids[start..end].iter().zip(&known.values[start..end]) {
            let bias = bias_of(item_id).ok_or_else(|| {
                let user_id = of_user[0];
                StreamError::Stream(format!(
                    "user {user_id} rated item {item_id}, which is not among the items that were counted"
                ))
            })?;
            rated.push((rating, bias));
        }
        let items = known.item_ids[start..end].iter().zip(mf::residuals(&rated, mean));
        rows.extend(items.map(|(&item_id, residual)| ResidualRow { user_id: of_user[0], item_id, residual }));
        start = end;
    }
    Ok(rows)
}
