//! `operator`: what an engine of many machines runs on each part of the data.
//!
//! A command reads an Arrow IPC stream on stdin and writes one on stdout, block by block, whole users at a time: no more than a block and the
//! longest user is in memory, and the pipe holds back whoever is faster. What belongs to the items is read from a round's files
//! ([`round`]); what belongs to the users follows from their own rows ([`whole_users`]). A row that is not as it should be ends the process with
//! a message that names it, and without the stream's end mark, so that half a result is not taken for a whole one.
//!
//! Commands that say so read or write a file of the round instead: they are the driver's, and run once a round.

mod base;
mod commands;
mod ranked;
mod round;
mod streams;
mod whole_users;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{
    base_scores, catalogue, co_ratings, features, forget_users, item_knn, item_models, merge_co_ratings,
    metric_means, metric_sums, metrics, mf, models, residuals, scores,
};

/// Runs a step of the pipeline on a part of the data: an Arrow stream in, an Arrow stream out
#[derive(Debug, Parser)]
#[command(version, after_help = stage::CODES_HELP)]
struct Args {
    #[command(subcommand)]
    command: Command,

    /// How many threads to use; 0 is one a core. The results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 1, global = true)]
    threads: usize,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Driver: the rated items in, and the files of the catalogue; the files of items and tags that `split` writes
    Catalogue(catalogue::Args),
    /// Driver: the base models that follow from what is counted of the items, to the round's files
    ItemModels(item_models::Args),
    /// Driver: takes the users out of base models that `train-base` fitted, so that they are a round's
    ForgetUsers(forget_users::Args),
    /// Known ratings in; what these users add to the sums of products of every pair of items out, coded
    CoRatings(co_ratings::Args),
    /// Coded sums in, an item's rows together; one row an item out
    MergeCoRatings(merge_co_ratings::Args),
    /// Driver: merged sums in, ascending by item; the item-kNN to the round's files
    ItemKnn(item_knn::Args),
    /// Known ratings in; what mean and biases leave of them out: what factors are fitted to
    Residuals(residuals::Args),
    /// Driver: the items' factors in, in any order; the factorisation to the round's files
    Mf(mf::Args),
    /// Known and asked rows of whole users in; the base scores of the asked rows out
    BaseScores(base_scores::Args),
    /// Known and asked rows of whole users in; the features of the asked rows out
    Features(features::Args),
    /// Driver: who is measured, as JSON
    Models(models::Args),
    /// Rows with features in; every model's scores out
    Scores(scores::Args),
    /// Scores of whole users in; each user's metrics out
    Metrics(metrics::Args),
    /// Scores of whole users in; what these users add to the means of the metrics out
    MetricSums(metric_sums::Args),
    /// Driver: the sums of all users in; means out
    MetricMeans(metric_means::Args),
}

fn run(args: Args) -> anyhow::Result<ExitCode> {
    stage::use_threads(args.threads)?;
    match args.command {
        Command::Catalogue(args) => catalogue::run(&args),
        Command::ItemModels(args) => item_models::run(&args),
        Command::ForgetUsers(args) => forget_users::run(&args),
        Command::CoRatings(args) => co_ratings::run(&args),
        Command::MergeCoRatings(args) => merge_co_ratings::run(&args),
        Command::ItemKnn(args) => item_knn::run(&args),
        Command::Residuals(args) => residuals::run(&args),
        Command::Mf(args) => mf::run(&args),
        Command::BaseScores(args) => base_scores::run(&args),
        Command::Features(args) => features::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Scores(args) => scores::run(&args),
        Command::Metrics(args) => metrics::run(&args),
        Command::MetricSums(args) => metric_sums::run(&args),
        Command::MetricMeans(args) => metric_means::run(&args),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn main() -> ExitCode {
    stage::program("operator", run)
}
