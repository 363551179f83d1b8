//! `models`: who is measured, in the order of the tables.

use std::io::Write as _;

use lineup::{ModelKind, Scale, yardsticks};

use crate::round::{Round, RoundArgs};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,

    /// The names of the features, in the order of their columns
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', required = true)]
    features: Vec<String>,
}

/// Prints the models as JSON on stdout: name, kind, and what their scores are.
///
/// # Errors
/// Where a file of the round is not as it should be, or a model was fitted on other features.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let lineup = Round::open(&args.round)?.lineup()?;
    let columns = vec![Vec::new(); args.features.len()];
    let models = lineup.score(&args.features, &columns, false)?;
    let shown = models.into_iter().chain(yardsticks(&[])).map(|model| {
        let scale = match model.scale {
            Scale::Stars => "stars",
            Scale::Probability => "probability",
            Scale::Order => "order",
        };
        let kind = match model.kind {
            ModelKind::Base => "base",
            ModelKind::Average => "average",
            ModelKind::Meta => "meta",
            ModelKind::Yardstick => "yardstick",
        };
        serde_json::json!({ "model": model.name, "kind": kind, "scale": scale })
    });
    writeln!(std::io::stdout(), "{}", serde_json::Value::Array(shown.collect()))?;
    Ok(())
}
