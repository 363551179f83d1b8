//! One tree after the other.

use fearless_simd::Level;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::binned_features::{BinnedFeatures, BinnedRows};
use super::binned_matrix::BinnedMatrix;
use super::byte_tree::{Answers, BLOCK_ROWS, ByteTree, MAX_LEAVES};
use super::fixed_point::FixedPoint;
use super::grower::{Grower, GrownTree};
use super::learning_curve::LearningCurve;
use super::model::GbdtModel;
use super::params::CheckedGbdtParams;
use super::sampling::Sampler;
use super::start::rescaled;
use crate::logistic::LogisticModel;
use crate::objective::Objective;
use crate::{FitError, LabelledRows, ModelError};

/// Rows that one fit may have.
pub const MAX_ROWS: usize = super::fixed_point::MAX_ROWS;

/// Fits a booster on `train`. With `held_out` rows their loss is recorded, and can stop the fit early.
///
/// All draws come from `rng`, in this order: rows for the bins (above 50,000 rows); the key of the objective's own stream, where it has
/// one; then for each tree its rows and its features.
/// The same inputs and `rng` give the same model at any number of threads.
///
/// # Errors
/// Where there are no rows or features, labels are missing or not such as the objective takes, a ranking objective gets no query groups or
/// such as do not cover the rows, or the held-out rows have other features.
pub fn fit(
    params: &CheckedGbdtParams,
    train: LabelledRows<'_>,
    held_out: Option<LabelledRows<'_>>,
    rng: &mut ChaCha8Rng,
) -> Result<GbdtModel, FitError> {
    fit_from(params, None, train, held_out, rng)
}

/// [`fit`] from each row's log-odds under `start` instead of a constant: the trees are left with what is not linear. The fitted booster
/// holds a copy of `start`, whose log-odds are brought to the objective's scale by a shift and a factor.
///
/// # Errors
/// As [`fit`], and where `start` is inconsistent or has other features.
pub fn fit_from(
    params: &CheckedGbdtParams,
    start: Option<&LogisticModel>,
    train: LabelledRows<'_>,
    held_out: Option<LabelledRows<'_>>,
    rng: &mut ChaCha8Rng,
) -> Result<GbdtModel, FitError> {
    train.check()?;
    let bins = BinnedFeatures::new(train.features, params.max_bins, rng);
    let held_out_bins =
        held_out.map(|rows| bins.like(rows.features).map_err(FitError::HeldOut)).transpose()?;
    let held_out = held_out.zip(held_out_bins.as_ref()).map(|(rows, bins)| BinnedRows { bins, rows });
    fit_binned(params, start, BinnedRows { bins: &bins, rows: train }, held_out, rng)
}

/// [`fit_from`] on rows that are binned already; `max_bins` is not looked at, and nothing is drawn for bins.
///
/// # Errors
/// As [`fit_from`], and where the bins are of other rows.
pub fn fit_binned(
    params: &CheckedGbdtParams,
    start: Option<&LogisticModel>,
    train: BinnedRows<'_>,
    held_out: Option<BinnedRows<'_>>,
    rng: &mut ChaCha8Rng,
) -> Result<GbdtModel, FitError> {
    train.check()?;
    let n_rows = train.rows.labels.len();
    if n_rows > MAX_ROWS {
        return Err(FitError::TooManyRows { found: n_rows, max: MAX_ROWS });
    }
    let mut held_out_rng = rng.clone();
    let objective = params.objective.of_rows(&params.ranking, train.rows, rng)?;
    objective.check_labels(train.rows.labels)?;
    let mut held_out_objective = None;
    if let Some(held_out) = &held_out {
        held_out.check()?;
        ModelError::check_names(train.bins.names(), held_out.bins.names()).map_err(FitError::HeldOut)?;
        held_out_objective =
            Some(params.objective.of_rows(&params.ranking, held_out.rows, &mut held_out_rng)?);
    }
    let init_score = if start.is_some() { 0.0 } else { objective.init_score(train.rows.labels) };
    let start = match start {
        Some(start) => {
            let log_odds = start.predict_raw(train.rows.features).map_err(FitError::Start)?;
            Some(rescaled(start, objective.as_ref(), &log_odds, train.rows.labels))
        }
        None => None,
    };
    let scores_of = |rows: BinnedRows<'_>| match &start {
        Some(start) => start.predict_raw(rows.rows.features).map_err(FitError::Start),
        None => Ok(vec![init_score; rows.rows.labels.len()]),
    };
    let train = Part { scores: scores_of(train)?, rows: train, objective: objective.as_ref() };
    let held_out = match held_out.zip(held_out_objective.as_deref()) {
        Some((rows, objective)) => Some(Part { scores: scores_of(rows)?, rows, objective }),
        None => None,
    };
    // Inside the pool, so that its threads need not be called in from outside for each of a tree's many small tasks.
    let model = rayon::scope(|_| boost(params, train, held_out, rng));
    Ok(GbdtModel { init_score, start, ..model })
}

/// Rows, where their scores start, and the loss that was made for them.
struct Part<'a> {
    rows: BinnedRows<'a>,
    scores: Vec<f64>,
    objective: &'a dyn Objective,
}

/// [`fit_binned`], once the inputs are known to be good.
fn boost(
    params: &CheckedGbdtParams,
    Part { rows: train, scores, objective }: Part<'_>,
    held_out: Option<Part<'_>>,
    rng: &mut ChaCha8Rng,
) -> GbdtModel {
    let BinnedFeatures { feature_bins, matrix: bins, .. } = train.bins;
    let (n_rows, n_features) = (bins.n_rows(), feature_bins.len());
    let mut held_out = held_out.map(|Part { rows, scores, objective }| HeldOut {
        objective,
        labels: rows.rows.labels,
        bins: &rows.bins.matrix,
        block_ends: objective.block_ends(rows.rows.labels.len()),
        scores,
    });
    let mut state = TrainingState::new(objective, train.rows.labels, bins, scores);
    let mut sampler = Sampler::new(n_rows, n_features, params.subsample, params.colsample, rng);
    let mut grower = Grower::new(params, feature_bins, bins);
    let mut trees = Vec::with_capacity(params.n_trees);
    let mut learning_curve = LearningCurve::default();

    while trees.len() < params.n_trees {
        let rows = sampler.rows();
        let features = sampler.features();
        let grown = grower.grow(&state.derivatives, state.units, rows.as_deref(), &features);
        let loss = state.add(&grown);
        learning_curve.train.push(loss / objective.n_terms(n_rows));
        if let Some(held_out) = &mut held_out {
            learning_curve.held_out.push(held_out.add(&grown));
        }
        trees.push(grown.tree);
        let best = learning_curve.best_n_trees().unwrap_or(trees.len());
        if params.early_stopping_rounds > 0 && trees.len() - best >= params.early_stopping_rounds {
            break;
        }
    }
    if params.early_stopping_rounds > 0 {
        trees.truncate(learning_curve.best_n_trees().unwrap_or(trees.len()));
    }
    GbdtModel {
        feature_names: train.bins.names().to_vec(),
        feature_ranges: feature_bins.iter().map(super::binning::FeatureBins::range).collect(),
        objective: params.objective,
        learning_rate: params.learning_rate,
        init_score: 0.0,
        trees,
        learning_curve,
        start: None,
    }
}

/// The training rows' scores, and the derivatives there.
struct TrainingState<'a> {
    objective: &'a dyn Objective,
    labels: &'a [f32],
    bins: &'a BinnedMatrix,
    block_ends: Vec<usize>,
    scores: Vec<f64>,
    derivatives: Vec<[f32; 2]>,
    /// How many trees the scores hold.
    n_trees: usize,
    units: FixedPoint,
}

/// What one block of rows reports.
struct BlockSummary {
    loss: f64,
    max_gradient: f32,
    max_hessian: f32,
}

impl<'a> TrainingState<'a> {
    fn new(
        objective: &'a dyn Objective,
        labels: &'a [f32],
        bins: &'a BinnedMatrix,
        scores: Vec<f64>,
    ) -> Self {
        let n_rows = labels.len();
        let mut state = Self {
            objective,
            labels,
            bins,
            block_ends: objective.block_ends(n_rows),
            scores,
            derivatives: vec![[0.0; 2]; n_rows],
            n_trees: 0,
            units: FixedPoint::new(n_rows, 1.0, 1.0),
        };
        state.update(|_, _, _| ());
        state
    }

    /// Adds a tree; returns the loss, summed over all rows.
    fn add(&mut self, grown: &GrownTree) -> f64 {
        let bins = self.bins;
        let tree = BinnedTree::new(grown);
        self.n_trees += 1;
        self.update(|first_row, scores, memory| tree.add(bins, first_row, scores, memory))
    }

    /// Changes the scores block by block (`change(first row, the block's scores, a thread's memory)`), and brings the derivatives up to date.
    fn update(&mut self, change: impl Fn(usize, &mut [f64], &mut Option<Answers>) + Sync) -> f64 {
        let ends = &self.block_ends;
        let scores = split_at_ends(&mut self.scores, ends);
        let derivatives = split_at_ends(&mut self.derivatives, ends);
        let summaries: Vec<BlockSummary> = scores
            .into_par_iter()
            .zip(derivatives)
            .zip(ends)
            .map_init(Option::default, |memory, ((scores, derivatives), &end)| {
                let first_row = end - scores.len();
                change(first_row, scores, memory);
                let labels = &self.labels[first_row..end];
                let loss = self.objective.gradients(self.n_trees, first_row, scores, labels, derivatives);
                let max_gradient =
                    derivatives.iter().fold(0.0, |max: f32, [gradient, _]| max.max(gradient.abs()));
                let max_hessian = derivatives.iter().fold(0.0, |max: f32, &[_, hessian]| max.max(hessian));
                BlockSummary { loss, max_gradient, max_hessian }
            })
            .collect();
        let max = |of: fn(&BlockSummary) -> f32| summaries.iter().map(of).fold(0.0, f32::max);
        self.units = FixedPoint::new(
            self.scores.len(),
            max(|block| block.max_gradient),
            max(|block| block.max_hessian),
        );
        summaries.iter().map(|block| block.loss).sum()
    }
}

/// A tree that is added to the scores of binned rows.
enum BinnedTree<'g> {
    Small { tree: ByteTree, max_leaves: usize, level: Level },
    Large(&'g GrownTree),
}

impl<'g> BinnedTree<'g> {
    fn new(grown: &'g GrownTree) -> Self {
        let max_leaves = grown.tree.leaves.len();
        if max_leaves > MAX_LEAVES {
            return Self::Large(grown);
        }
        let tree = ByteTree::new(&grown.tree, grown.tests.iter().copied(), max_leaves);
        Self::Small { tree, max_leaves, level: Level::new() }
    }

    /// Adds the tree to the scores of the rows from `first_row` on. `memory` is one thread's, for this tree.
    fn add(&self, bins: &BinnedMatrix, first_row: usize, scores: &mut [f64], memory: &mut Option<Answers>) {
        match self {
            Self::Small { tree, max_leaves, level } => {
                let answers = memory.get_or_insert_with(|| Answers::new(*max_leaves));
                let mut start = first_row;
                let mut scores = scores;
                while !scores.is_empty() {
                    let (block, in_block) = (start / BLOCK_ROWS, start % BLOCK_ROWS);
                    let n = scores.len().min(BLOCK_ROWS - in_block);
                    let (these, rest) = scores.split_at_mut(n);
                    tree.add(*level, |feature| &bins.column_blocks(feature)[block], answers, in_block, these);
                    start += n;
                    scores = rest;
                }
            }
            Self::Large(grown) => {
                let rows = bins.rows(first_row..first_row + scores.len());
                scores.iter_mut().zip(rows).for_each(|(score, bins)| *score += grown.value(bins));
            }
        }
    }
}

/// `values` cut at ascending `ends`, the last of which is the length.
fn split_at_ends<'v, T>(mut values: &'v mut [T], ends: &[usize]) -> Vec<&'v mut [T]> {
    let mut start = 0;
    let mut blocks = Vec::with_capacity(ends.len());
    for &end in ends {
        let (block, rest) = values.split_at_mut(end - start);
        blocks.push(block);
        values = rest;
        start = end;
    }
    blocks
}

/// Rows that are scored but not learnt from.
struct HeldOut<'a> {
    objective: &'a dyn Objective,
    labels: &'a [f32],
    bins: &'a BinnedMatrix,
    block_ends: Vec<usize>,
    scores: Vec<f64>,
}

impl HeldOut<'_> {
    /// Adds a tree; returns the mean loss.
    fn add(&mut self, grown: &GrownTree) -> f64 {
        let tree = BinnedTree::new(grown);
        let losses: Vec<f64> = split_at_ends(&mut self.scores, &self.block_ends)
            .into_par_iter()
            .zip(&self.block_ends)
            .map_init(Option::default, |memory, (scores, &end)| {
                let first_row = end - scores.len();
                tree.add(self.bins, first_row, scores, memory);
                self.objective.loss(first_row, scores, &self.labels[first_row..end])
            })
            .collect();
        losses.iter().sum::<f64>() / self.objective.n_terms(self.labels.len())
    }
}
