//! Stage 6, `recommend`: the best items of the whole catalogue for each user.
//!
//! Reads the ratings and the catalogue of `split`, the base models of `train-base`, the configuration of `build-features` and the meta-models of
//! `train-meta`; writes `recommendations.parquet`. For some users, or for people with ratings of their own, it prints their lists and leaves the
//! stage's folder alone.

mod audience;
mod cost;
mod forecast;
mod known;
mod terminal;
mod titles;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use artifacts::layout::{CONTRIBUTIONS, ITEMS, RATINGS, RECOMMENDATIONS};
use artifacts::tables::{ContributionRow, Recommendations, SplitRatings, Stored as _};
use audience::{Audience, NewUsers};
use cost::Cost;
use dataset::{History, IdIndex, Items, UserId};
use known::Known;
use lists::{Explanations, ItemFacts, ListConfig, Lister, Recommended, UserSide};
use rankers::MetaModel;
use recommenders::{BaseModel, FittedModel};
use stacking::{AsOf, FeatureConfig, Method, Plan, RoundFeatures};
use stage::{Run, Stage, StageName, Summary, UsageError, grouped};

#[derive(Debug, clap::Args)]
struct Args {
    /// Only for these users; their lists are printed. A user without ratings is a cold user
    #[arg(long, value_name = "ID,...", value_delimiter = ',', conflicts_with = "for_ratings")]
    users: Vec<UserId>,

    /// Likewise, for the users of a file: one id a line
    #[arg(long, value_name = "FILE", conflicts_with = "for_ratings")]
    users_file: Option<PathBuf>,

    /// For people who are not in the data set, without fitting anything again: a CSV file with the columns title (or movieId) and rating, and, where
    /// there are several people, userId
    #[arg(long, value_name = "FILE")]
    for_ratings: Option<PathBuf>,

    /// With --users, --users-file or --for-ratings: write the lists there too, as Parquet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

struct Recommend;

impl Stage for Recommend {
    const NAME: StageName = StageName::Recommend;
    const ABOUT: &'static str = "The best items of the whole catalogue for each user, with reasons";
    type Config = ListConfig;
    type Args = Args;

    fn run(run: &mut Run, config: &ListConfig, args: &Args) -> anyhow::Result<Summary> {
        run.require(&[
            StageName::Split,
            StageName::TrainBase,
            StageName::BuildFeatures,
            StageName::TrainMeta,
        ])?;
        let base: Vec<String> = run.upstream_config(StageName::TrainBase, "models")?;
        let meta: Vec<String> = run.upstream_config(StageName::TrainMeta, "models")?;
        let kinds: Vec<BaseModel> = BaseModel::ALL
            .into_iter()
            .filter(|kind| base.iter().any(|stem| stem == kind.file_stem()))
            .collect();
        let meta: Vec<MetaModel> = meta.iter().filter_map(|key| MetaModel::from_key(key)).collect();
        let config = config.check(&kinds, &meta).map_err(|error| UsageError(error.to_string()))?;
        let users = audience::listed(&args.users, args.users_file.as_deref())?;
        run.will_need(forecast::forecast(run, &base, &config))?;

        let (mut split, items): (SplitRatings, Items) = run.read_both(RATINGS, ITEMS)?;
        let audience = match &args.for_ratings {
            Some(path) => {
                Audience::New(Box::new(audience::read_new(path, &split, &items, rating_range(run)?)?))
            }
            None if !users.is_empty() || args.users_file.is_some() => Audience::These(users),
            None => Audience::Everybody,
        };
        if matches!(audience, Audience::Everybody) && args.out.is_some() {
            return Err(UsageError(
                "--out goes with --users, --users-file or --for-ratings; everybody's lists are written to the stage's folder"
                    .to_owned(),
            )
            .into());
        }
        let models = fitted::base_models(run, &base)?;
        let stack = fitted::stack(run)?;
        let feature_config: FeatureConfig = run.upstream_whole_config(StageName::BuildFeatures)?;
        let setup = feature_config.check().context("the configuration of build-features")?;
        let method: Method = run.upstream_config(StageName::Split, "stacking")?;
        let plan_of = |split: &SplitRatings| {
            Plan::new(method, &split.parts, &split.folds, stacking::n_folds(&split.folds))
        };
        let mut plan = plan_of(&split)?;
        let fitted_on = || History::from_rows(&split.ratings, |row| plan.last.known[row]);
        let mut models = fitted::with_users(run, models, fitted_on)?;
        if let Audience::New(new) = &audience {
            new.join(&mut split)?;
            plan = plan_of(&split)?;
            models = fold_in(run, models, new)?;
        }
        let known = Known::new(&split, &plan, &setup);
        let (users, n_ratings) = match &audience {
            Audience::Everybody => (IdIndex::of(&split.ratings.user_ids).ids().to_vec(), split.ratings.len()),
            Audience::These(users) => (users.clone(), split.ratings.len()),
            Audience::New(new) => (new.ids(), split.ratings.len()),
        };
        let round = plan.last;
        drop(split);
        let facts = ItemFacts::new(&items, known.rated());
        let lister = Lister::new(&config, &items, facts, &stack, fitted::negative_share(run)?);
        let side = UserSide {
            models: &models,
            rated: known.rated(),
            features: RoundFeatures::prepare(&setup, &round, known.statistics(), &items),
            held: &known.held,
            as_of: AsOf::of(method),
            last_of_all: known.rated().times().iter().max().copied().unwrap_or(0),
        };
        drop(round);
        let explanations =
            Explanations::new(&config, &stack, fitted::base_params(run)?).context(RUN_TRAIN_META)?;
        let making = Making { lister, side, explanations };
        let n_cold =
            users.iter().filter(|&&user_id| known.rated().users().index_of(user_id).is_none()).count();
        run.count("users", users.len());
        run.count("cold_users", n_cold);
        let mut cost = Cost::new(config.n, feature_config.relevant_from);
        let n_rows = match &audience {
            Audience::Everybody => everybody(run, &making, &users, &mut cost)?,
            Audience::These(_) | Audience::New(_) => some(run, &making, &users, &mut cost, args)?,
        };
        if config.reranking.changes()
            && let Some(summary) = cost.summary(run.seed())
        {
            terminal::say_cost(run, &summary, config.n);
        }
        Ok(Summary {
            read: format!("{} models and {} ratings", models.len(), grouped(n_ratings)),
            wrote: format!(
                "{} recommendations for {} user{}",
                grouped(n_rows),
                grouped(users.len()),
                if users.len() == 1 { "" } else { "s" }
            ),
        })
    }
}

/// What is to be done where the models do not fit each other.
const RUN_TRAIN_META: &str = "run `make train-meta`";

/// All that makes lists.
struct Making<'a> {
    lister: Lister<'a>,
    side: UserSide<'a>,
    explanations: Option<Explanations>,
}

impl Making<'_> {
    /// The lists of `users`, noting what re-ranking costs.
    fn recommend(&self, users: &[UserId], cost: &mut Cost) -> anyhow::Result<Recommended> {
        let recommended = self.lister.recommend(&self.side, self.explanations.as_ref(), users);
        let recommended = recommended.context(RUN_TRAIN_META)?;
        let lists = recommended.lists.iter();
        lists.for_each(|list| cost.add(list, self.side.held, self.lister.facts()));
        Ok(recommended)
    }
}

/// Writes the lists of all users, block by block.
fn everybody(run: &mut Run, making: &Making<'_>, users: &[UserId], cost: &mut Cost) -> anyhow::Result<usize> {
    let blocks = users.chunks(making.lister.users_a_block());
    let progress = run.progress(blocks.len());
    let mut writer = run.begin_table::<Recommendations>(RECOMMENDATIONS)?;
    let mut contributions = if making.lister.config().contributions {
        Some(run.begin_table::<Vec<ContributionRow>>(CONTRIBUTIONS)?)
    } else {
        None
    };
    let mut n_rows = 0;
    for users in blocks {
        progress.step(format!("lists of {} users", grouped(users.len())));
        let Recommended { rows, contributions: of_features, .. } = making.recommend(users, cost)?;
        n_rows += rows.user_ids.len();
        writer.write(rows.into_table())?;
        if let Some(contributions) = &mut contributions {
            contributions.write(of_features.into_table())?;
        }
        progress.done();
    }
    run.end_table(RECOMMENDATIONS, writer)?;
    match contributions {
        Some(contributions) => run.end_table(CONTRIBUTIONS, contributions)?,
        None => run.remove_stale(CONTRIBUTIONS.file)?,
    }
    Ok(n_rows)
}

/// Prints the lists of some users, and writes them where that is asked for.
fn some(
    run: &mut Run,
    making: &Making<'_>,
    users: &[UserId],
    cost: &mut Cost,
    args: &Args,
) -> anyhow::Result<usize> {
    run.leave_folder_alone();
    let mut writer =
        args.out.as_deref().map(|path| run.begin_table_at::<Recommendations>(path)).transpose()?;
    let mut n_rows = 0;
    for users in users.chunks(making.lister.users_a_block()) {
        let Recommended { rows, .. } = making.recommend(users, cost)?;
        n_rows += rows.user_ids.len();
        terminal::print(&rows);
        if let Some(writer) = &mut writer {
            writer.write(rows.into_table())?;
        }
    }
    if let Some(writer) = writer {
        writer.close()?.finish()?;
    }
    Ok(n_rows)
}

/// The models with the new people among their users.
fn fold_in(run: &Run, models: Vec<FittedModel>, new: &NewUsers) -> anyhow::Result<Vec<FittedModel>> {
    let params = fitted::base_params(run)?;
    let history = History::new(&new.ratings);
    let of_model = |model: FittedModel| model.fold_in(&history, &params).map_err(anyhow::Error::from);
    models.into_iter().map(of_model).collect()
}

/// The ratings that the data set may have.
fn rating_range(run: &Run) -> anyhow::Result<(f32, f32)> {
    let bound = |key| -> Result<f64, artifacts::Error> { run.upstream_config(StageName::Split, key) };
    Ok((bound("min_rating")? as f32, bound("max_rating")? as f32))
}

fn main() -> ExitCode {
    stage::main::<Recommend>()
}
