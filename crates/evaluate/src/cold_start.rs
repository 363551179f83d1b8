//! Cold-start curves: the same test items, the same models, but users of whom less is known.
//!
//! Of a share of the users all training ratings but the first n (by time) are taken away; the base models are fitted again without them, and
//! the meta-models are asked as they are. The other users keep their ratings, so that what is known of the items hardly changes. Items whose
//! ratings were taken away are no candidates: the user has seen them, whatever the models are told.

use std::collections::BTreeSet;

use artifacts::tables::{CatalogueRows, ColdStartRow, FeatureRows, SplitRatings, TagRow};
use dataset::split::Part;
use dataset::{Candidate, History, Ratings, Tag, rng};
use lineup::ModelKind;
use metrics::statistics::UserSample;
use metrics::{Groups, Metric, ModelScores, Plan, TestRows};
use rand::seq::SliceRandom as _;
use recommenders::{BaseConfig, CheckedCandidates, Content, FittedModel};
use stacking::{AsOf, BaseSetup, FeatureConfig, FeatureSetup, Method, Round, propose};
use stage::{Progress, Run, StageName};

use crate::config::Checked;
use crate::inputs::Inputs;
use crate::measure::Measured;
use crate::models::Models;
use crate::protocol::Protocol;
use crate::rows::Rows;

/// What refitting takes.
pub struct Setup<'a> {
    split: &'a SplitRatings,
    base: BaseSetup,
    candidates: Option<CheckedCandidates>,
    features: FeatureSetup,
    method: Method,
    tags: Vec<Tag>,
}

impl<'a> Setup<'a> {
    /// # Errors
    /// Where a manifest holds another configuration than this version knows, or the tags are corrupt.
    pub fn read(run: &mut Run, split: &'a SplitRatings, tags: Vec<TagRow>) -> anyhow::Result<Self> {
        let base: BaseConfig = run.upstream_whole_config(StageName::TrainBase)?;
        let features: FeatureConfig = run.upstream_whole_config(StageName::BuildFeatures)?;
        let (models, params) = base.check()?;
        let candidates = base.candidates.check(&models)?;
        Ok(Self {
            split,
            base: BaseSetup { models, params, seed: run.upstream_seed(StageName::TrainBase)? },
            candidates,
            features: features.check()?,
            method: run.upstream_config(StageName::Split, "stacking")?,
            tags: tags.into_iter().map(Tag::from).collect(),
        })
    }
}

/// The curves of the best model of each kind, under the protocol of `measured`: one row a model and length, and the last of each with all
/// ratings.
pub fn curves(
    setup: &Setup<'_>,
    models: &Models,
    measured: &Measured,
    inputs: &Inputs,
    config: &Checked,
    seed: u64,
    progress: &Progress,
) -> anyhow::Result<Vec<ColdStartRow>> {
    let users = draw_users(measured, inputs, config, seed);
    let mut rows = Vec::new();
    for known in config.cold_start.iter().map(|&n| Some(n)).chain([None]) {
        progress.step(match known {
            Some(n) => format!("cold start, {n} known ratings"),
            None => "cold start, all ratings".to_owned(),
        });
        let ranked = ranked(setup, measured.protocol, inputs, &users, known)?;
        rows.extend(of_length(models, measured, &ranked, config, known)?);
        progress.done();
    }
    rows.sort_by(|a, b| a.model.cmp(&b.model)); // stable: the lengths stay in order
    Ok(rows)
}

/// A share of the users who count and have training ratings, drawn at random.
fn draw_users(measured: &Measured, inputs: &Inputs, config: &Checked, seed: u64) -> BTreeSet<i64> {
    let has_ratings = |user: &&i64| inputs.n_known_of_user(**user) > 0;
    let mut users: Vec<i64> = measured.per_user.user_ids().iter().filter(has_ratings).copied().collect();
    users.shuffle(&mut rng::stream(seed, "evaluate/cold-start"));
    users.truncate((users.len() as f64 * config.cold_start_users).ceil() as usize);
    users.into_iter().collect()
}

/// The rows of `users`, scored by base models that know at most `n_known` ratings of each.
fn ranked(
    setup: &Setup<'_>,
    protocol: Protocol,
    inputs: &Inputs,
    users: &BTreeSet<i64>,
    n_known: Option<u32>,
) -> anyhow::Result<Rows> {
    let (split, items) = (setup.split, &inputs.items);
    let is_known = |row: usize| match setup.method {
        Method::HoldOut => split.parts[row] == Part::BaseTrain,
        Method::KFold | Method::Forward => split.parts[row] != Part::Test,
    };
    let mut known: Vec<bool> = (0..split.parts.len()).map(is_known).collect();
    let before = History::from_rows(&split.ratings, |row| known[row]);
    if let Some(n_known) = n_known {
        cut(&mut known, &split.ratings, users, n_known as usize);
    }
    let history = History::from_rows(&split.ratings, |row| known[row]);
    let content = Content { items, tags: &setup.tags };
    let name = n_known.map_or_else(|| "all".to_owned(), |n| n.to_string());
    // One stream for all lengths: a curve does not wiggle with random starts.
    let fitted = setup.base.fit_and_score_all("cold-start", &history, content, &[])?;
    let fitted: Vec<&FittedModel> = fitted.iter().map(|scored| &scored.fit.model).collect();

    let is_asked =
        |row: usize| split.parts[row] == Part::Test && users.contains(&split.ratings.user_ids[row]);
    let asked: Vec<usize> = (0..split.parts.len()).filter(|&row| is_asked(row)).collect();
    let round = Round { name, fold: None, known, asked: asked.clone(), scale: 1.0 };
    let table = |candidates: &[Candidate]| -> anyhow::Result<FeatureRows> {
        let base = stacking::score_all(&fitted, candidates);
        let features = stacking::features(
            &setup.features,
            &round,
            &split.ratings,
            &split.parts,
            items,
            candidates,
            &base,
        )?;
        let stars = |candidate: &Candidate| {
            let row = split.row_of(candidate.user_id, candidate.item_id);
            let row = row.filter(|row| split.parts[*row] == Part::Test);
            row.map_or(f32::NAN, |row| split.ratings.values[row])
        };
        let ratings: Vec<f32> = candidates.iter().map(stars).collect();
        Ok(FeatureRows {
            user_ids: candidates.iter().map(|candidate| candidate.user_id).collect(),
            item_ids: candidates.iter().map(|candidate| candidate.item_id).collect(),
            timestamps: candidates.iter().map(|candidate| candidate.at).collect(),
            folds: vec![None; candidates.len()],
            labels: ratings.iter().map(|&stars| i8::from(setup.features.is_relevant(stars))).collect(),
            ratings,
            names: features.names,
            columns: features.columns,
        })
    };
    let rated = table(&split.candidates(&asked))?;
    let Some(candidates) = setup.candidates.as_ref().filter(|_| protocol.ranks_catalogue()) else {
        return Ok(Rows::rated(protocol, rated));
    };
    let users: Vec<i64> = users.iter().copied().collect();
    let proposed =
        propose(candidates, candidates.base_depth, AsOf::of(setup.method), &fitted, &before, items, &users);
    let rows = CatalogueRows { rows: table(&proposed.candidates)?, proposed: proposed.by_proposer };
    Ok(Rows::catalogue(protocol, rows, &rated))
}

/// Takes all known ratings of `users` away but the first `n_known` of each; of one time, those of the smaller item ids stay.
fn cut(known: &mut [bool], ratings: &Ratings, users: &BTreeSet<i64>, n_known: usize) {
    for &user_id in users {
        let from = ratings.user_ids.partition_point(|&of| of < user_id);
        let to = from + ratings.user_ids[from..].partition_point(|&of| of == user_id);
        let mut rows: Vec<usize> = (from..to).filter(|&row| known[row]).collect();
        rows.sort_by_key(|&row| (ratings.timestamps[row], ratings.item_ids[row]));
        for &row in rows.iter().skip(n_known) {
            known[row] = false;
        }
    }
}

/// NDCG at the report's cut of the models of the curve.
fn of_length(
    models: &Models,
    measured: &Measured,
    rows: &Rows,
    config: &Checked,
    known: Option<u32>,
) -> anyhow::Result<Vec<ColdStartRow>> {
    let shown: Vec<&str> = [ModelKind::Meta, ModelKind::Base, ModelKind::Average]
        .into_iter()
        .filter_map(|kind| measured.best(kind, config.report_k))
        .collect();
    let scored = models.score(rows)?;
    let scored: Vec<ModelScores<'_>> = scored
        .iter()
        .filter(|model| shown.contains(&model.name.as_str()))
        .map(|model| ModelScores { name: &model.name, scores: &model.scores })
        .collect();
    let groups = Groups::from_sorted(&rows.user_ids)?;
    let test_rows = TestRows::new(&groups, &rows.item_ids, &rows.relevant, &rows.grades)?;
    let plan = Plan::new(&[Metric::from_name("ndcg")?], &[config.report_k as usize])?;
    let per_user = metrics::evaluate(&test_rows, &scored, &plan)?;
    let mut sample = UserSample::new(per_user.user_ids().len());
    for model in 0..per_user.models().len() {
        sample.push_mean(per_user.values(model, 0));
    }
    let intervals = config.bootstrap.intervals(&sample);
    let row = |(summary, interval): (metrics::Summary, Option<metrics::statistics::Interval>)| {
        Some(ColdStartRow {
            model: summary.model,
            protocol: rows.protocol.name().to_owned(),
            metric: summary.metric.to_owned(),
            k: config.report_k as i32,
            known_ratings: known.map(|known| known as i32),
            value: summary.mean?,
            ci_low: interval.map(|interval| interval.low),
            ci_high: interval.map(|interval| interval.high),
            n_users: summary.n_users as i32,
        })
    };
    Ok(per_user.summaries().into_iter().zip(intervals).filter_map(row).collect())
}
