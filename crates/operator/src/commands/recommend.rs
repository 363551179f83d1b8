//! `recommend`: the best items of the whole catalogue for each user.

use anyhow::Context as _;
use artifacts::stream::StreamError;
use artifacts::tables::Recommendations;
use dataset::{History, IdIndex, Ratings, UserId};
use lists::{Explanations, Held, ItemFacts, Lister, UserSide};
use stacking::{AsOf, ItemSide};
use stage::UsageError;

use crate::base::Base;
use crate::round::{Round, RoundArgs};
use crate::streams::{Output, input};
use crate::whole_users::{Block, BlockArgs, Kind, WholeUsers};

#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Column `known` of the rows: 1 is a rating that the round's models know; 2 a training rating that they do not know (of hold_out), which is rated all \
the same; 0 a test rating, which is left out of the finished list alone. A user of test ratings alone is a cold user.\n
Files, besides those of `features` and `scores`: round.json says `lists`, the configuration of the stage `recommend`, and `last_time`, the time of the \
last training rating of all users; training_statistics.parquet is item_statistics.parquet of all training ratings, wanted where there are rows of kind 2.")]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
    #[command(flatten)]
    block: BlockArgs,
}

/// Makes the lists of one block after the other.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let round = Round::open(&args.round)?;
    let (config, last_of_all) = round.lists()?;
    if config.contributions {
        return Err(UsageError(
            "contributions = true: there is one stream of results, and it is the lists; set contributions = false"
                .to_owned(),
        )
        .into());
    }
    let (setup, scale) = round.features()?;
    let (_, params) = round.base()?;
    let (items, statistics, training) = (round.items()?, round.statistics()?, round.training_statistics()?);
    let item_side =
        ItemSide::new(&setup, scale, &statistics, &items).map_err(|error| UsageError(error.to_string()))?;
    let stack = round.stack()?;
    let facts = ItemFacts::of_statistics(&items, training.as_ref().unwrap_or(&statistics));
    let mut making = Making {
        base: Base::read(&round)?,
        explanations: Explanations::new(&config, &stack, params)?,
        lister: Lister::new(&config, &items, facts, &stack, round.negative_share()),
        item_side,
        last_of_all,
        knows_training: training.is_some(),
    };
    let mut users = WholeUsers::new(input()?, Kind::KnownRatedOrAsked, Vec::new(), args.block);
    let mut output = Output::new();
    while let Some(block) = users.next_block()? {
        for lists in making.lists(&block)? {
            output.write(lists)?;
        }
    }
    output.finish(|| Ok(making.lists(&Block::default())?.pop().unwrap_or_default()))
}

/// All that makes lists.
struct Making<'a> {
    base: Base,
    explanations: Option<Explanations>,
    lister: Lister<'a>,
    item_side: ItemSide<'a>,
    last_of_all: i64,
    /// Whether the items' facts are of all training ratings, more than the round knows.
    knows_training: bool,
}

impl Making<'_> {
    /// The lists of the users of `block`, some users together; one table without rows where there is nobody.
    fn lists(&mut self, block: &Block) -> anyhow::Result<Vec<Recommendations>> {
        let Block { known, rated, asked } = block;
        if let Some(user_id) = rated.user_ids.first().filter(|_| !self.knows_training) {
            let problem = format!(
                "user {user_id} has a training rating that the round does not know (`known` is 2), but what is counted of all training ratings, \
                 training_statistics.parquet, is missing among the round's files"
            );
            return Err(StreamError::Stream(problem).into());
        }
        let held: Held = asked
            .candidates
            .iter()
            .zip(&asked.ratings)
            .map(|(candidate, &rating)| (candidate.user_id, candidate.item_id, rating))
            .collect();
        let of_asked = asked.candidates.iter().map(|candidate| candidate.user_id);
        let of_rated = known.user_ids.iter().chain(&rated.user_ids).copied();
        let users = IdIndex::new(of_rated.chain(of_asked));
        let known_history = History::new(known);
        let all_rated =
            (!rated.is_empty()).then(|| History::new(&known.iter().chain(rated.iter()).collect::<Ratings>()));
        let features = self.item_side.of_users(&known_history);
        let features = features.map_err(|error| StreamError::Stream(error.to_string()))?;
        let (lister, explanations, last_of_all) =
            (&self.lister, self.explanations.as_ref(), self.last_of_all);
        self.base.with_users(&known_history, |models| {
            let side = UserSide {
                models,
                rated: all_rated.as_ref().unwrap_or(&known_history),
                features,
                held: &held,
                as_of: AsOf::UsersLast,
                last_of_all,
            };
            // Where nobody is, the names of the columns are wanted all the same.
            let some_users: Vec<&[UserId]> = match users.ids() {
                [] => vec![&[]],
                ids => ids.chunks(lister.users_a_block()).collect(),
            };
            let of_users = |users| lister.recommend(&side, explanations, users).map(|made| made.rows);
            let lists = some_users.into_iter().map(of_users).collect::<Result<_, _>>();
            lists.context("the meta-models were not fitted on this round's features")
        })?
    }
}
