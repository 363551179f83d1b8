//! `features`: what the meta-models get to see of the asked rows.

use artifacts::stream::StreamError;
use artifacts::tables::FeatureRows;
use dataset::History;
use recommenders::BaseModel;
use stacking::{BaseColumns, FeatureSetup, ItemSide};
use stage::UsageError;

use crate::base::{Base, check_kinds};
use crate::round::{Round, RoundArgs};
use crate::streams::{Output, input};
use crate::whole_users::{Block, BlockArgs, Kind, WholeUsers};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    round: RoundArgs,
    #[command(flatten)]
    block: BlockArgs,
}

/// Computes the features of one block after the other. Base scores that stand beside the rows are taken as they are: those of rows that the round's own models
/// have not seen come from elsewhere. Where none stand there, the round's models score.
///
/// # Errors
/// Where the stream, or a file of the round, is not as it should be.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let round = Round::open(&args.round)?;
    let (setup, scale) = round.features()?;
    let (statistics, items) = (round.statistics()?, round.items()?);
    let side =
        ItemSide::new(&setup, scale, &statistics, &items).map_err(|error| UsageError(error.to_string()))?;
    let (kinds, _) = round.base()?;
    check_kinds(&kinds)?;
    let input = input()?;
    let beside = beside(&kinds, &input.names())?;
    let base = if beside.is_empty() {
        BaseScores::From(Box::new(Base::read(&round)?))
    } else {
        BaseScores::Beside(kinds)
    };
    let mut features = Features { setup: &setup, side: &side, base };
    let mut users = WholeUsers::new(input, Kind::KnownOrAsked, beside, args.block);
    let mut output = Output::new();
    while let Some(block) = users.next_block()? {
        output.write(features.of(block)?)?;
    }
    output.finish(|| features.of(Block::default()))
}

/// The names of the columns of base scores and supports, where the stream has them: all or none.
fn beside(kinds: &[BaseModel], names: &[String]) -> Result<Vec<String>, StreamError> {
    let wanted = kinds.iter().flat_map(|kind| std::iter::once(kind.column()).chain(kind.support_column()));
    let wanted: Vec<String> = wanted.map(str::to_owned).collect();
    match wanted.iter().find(|name| !names.contains(name)) {
        None => Ok(wanted),
        Some(_) if !wanted.iter().any(|name| names.contains(name)) => Ok(Vec::new()),
        Some(missing) => Err(StreamError::Stream(format!(
            "column `{missing}` is missing, expected the columns of all base models or of none: {}",
            wanted.join(", ")
        ))),
    }
}

/// Where base scores come from.
enum BaseScores {
    /// The round's models.
    From(Box<Base>),
    /// The stream: the columns of these models.
    Beside(Vec<BaseModel>),
}

struct Features<'a> {
    setup: &'a FeatureSetup,
    side: &'a ItemSide<'a>,
    base: BaseScores,
}

impl Features<'_> {
    fn of(&mut self, block: Block) -> anyhow::Result<FeatureRows> {
        let history = History::new(&block.known);
        let asked = block.asked;
        let base = match &mut self.base {
            BaseScores::From(base) => base.score(&history, &asked.candidates)?,
            BaseScores::Beside(kinds) => {
                let mut columns = asked.beside.into_iter();
                let mut base = BaseColumns::default();
                for &kind in kinds.iter() {
                    let score = columns.next().unwrap_or_default();
                    let support = kind.support_column().map(|_| columns.next().unwrap_or_default());
                    base.push(kind, score, support);
                }
                base
            }
        };
        let table = self
            .side
            .of_users(&history)
            .map_err(|error| StreamError::Stream(error.to_string()))?
            .compute(&asked.candidates, &base)?;
        let ids = |of: fn(&dataset::Candidate) -> i64| asked.candidates.iter().map(of).collect();
        Ok(FeatureRows {
            user_ids: ids(|candidate| candidate.user_id),
            item_ids: ids(|candidate| candidate.item_id),
            timestamps: ids(|candidate| candidate.at),
            folds: asked.folds,
            labels: asked.ratings.iter().map(|&rating| i8::from(self.setup.is_relevant(rating))).collect(),
            ratings: asked.ratings,
            names: table.names,
            columns: table.columns,
        })
    }
}
