//! `metrics`: each user's metrics, of scores.

use artifacts::tables::PerUserRow;

use crate::ranked::{MetricArgs, ScoreBlocks};
use crate::streams::{Output, input};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    metrics: MetricArgs,
}

/// The protocol: a user's test items are ranked.
const PROTOCOL: &str = "rated";

/// Measures one block after the other. Within a block the rows come by model, then user, then metric.
///
/// # Errors
/// Where the stream is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let plan = args.metrics.plan()?;
    let mut blocks = ScoreBlocks::new(input()?, &args.metrics);
    let mut output = Output::new();
    while let Some(scores) = blocks.next_block()? {
        let per_user = scores.measure(&blocks.models, &plan)?;
        let rows = per_user.rows().map(|row| PerUserRow {
            model: row.model.to_owned(),
            user_id: row.user_id,
            metric: row.metric.to_owned(),
            k: row.k.map(|k| k as i32),
            value: row.value,
            protocol: PROTOCOL.to_owned(),
        });
        output.write(rows.collect::<Vec<_>>())?;
    }
    output.finish(|| Ok(Vec::<PerUserRow>::new()))
}
