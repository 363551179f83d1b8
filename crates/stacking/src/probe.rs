//! The leakage probe: change what a row's features may not depend on, and see whether they change.
//!
//! A feature of a row leaks when it depends on that row's own rating, or on another rating that is held out with it, or (temporal
//! protocol) on a rating made at or after the row's time. For each round the probe draws some of the asked rows, no two of one user or one
//! item, and computes the features of all asked rows three times: from the ratings as they are, with the drawn rows' ratings
//! changed, and with the drawn rows taken out. A drawn row whose features differ depends on its own rating; another
//! row whose features differ depends on held-out ratings that are not its own. Under the temporal protocol, every rating at or
//! after a moment is taken out too, and the rows before that moment must keep their features.
//!
//! The canary is a column made of the row's own rating. A probe that does not catch it proves nothing.

use std::collections::BTreeSet;

use dataset::split::Part;
use dataset::{Candidate, History, IdIndex, Items, Ratings, Tag};
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use recommenders::{CheckedCandidates, Content, FittedModel};

use crate::{
    AsOf, BaseColumns, BaseSetup, FeatureError, FeatureSetup, FitError, Method, Plan, PlanError, features,
    is_sampled, propose,
};

/// The name of the column that must be caught.
pub const CANARY: &str = "canary";
/// The name of the column that says whether a row is a candidate.
pub const CANDIDATES: &str = "candidates";

/// Everything that the features of a run are computed from.
#[derive(Debug, Clone)]
pub struct Pipeline<'a> {
    /// How the training ratings are parted.
    pub method: Method,
    /// How many folds they have.
    pub n_folds: i8,
    /// The base models.
    pub base: &'a BaseSetup,
    /// Where candidates come from the whole catalogue: how.
    pub candidates: Option<&'a CheckedCandidates>,
    /// The features.
    pub features: &'a FeatureSetup,
    /// The catalogue.
    pub items: &'a Items,
    /// The tags.
    pub tags: &'a [Tag],
}

/// A table of ratings with parts and folds.
#[derive(Debug, Clone)]
pub struct SplitTable {
    /// Who, what, how much, when; ascending by (user, item).
    pub ratings: Ratings,
    /// What each is used for.
    pub parts: Vec<Part>,
    /// The fold of each training rating.
    pub folds: Vec<Option<i8>>,
}

/// What one feature depended on that it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The feature's name.
    pub feature: String,
    /// How many drawn rows' values changed with the row's own rating.
    pub own_label: usize,
    /// How many other rows' values changed with ratings that are held out with them.
    pub other_labels: usize,
    /// How many rows' values changed with ratings at or after their time; `None` where the protocol is not temporal.
    pub future: Option<usize>,
}

impl Finding {
    /// Whether the feature leaks.
    pub fn leaks(&self) -> bool {
        self.own_label > 0 || self.other_labels > 0 || self.future.is_some_and(|rows| rows > 0)
    }
}

/// What the probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// One entry a feature, the canary last.
    pub features: Vec<Finding>,
    /// How many rows were drawn, over all rounds.
    pub n_drawn: usize,
    /// How many rows were compared, over all rounds.
    pub n_compared: usize,
}

impl Findings {
    /// The features that leak, without the canary.
    pub fn leaking(&self) -> impl Iterator<Item = &Finding> {
        self.features.iter().filter(|finding| finding.leaks() && finding.feature != CANARY)
    }

    /// Whether the probe caught what it must catch.
    pub fn canary_was_caught(&self) -> bool {
        self.features.iter().any(|finding| finding.feature == CANARY && finding.own_label > 0)
    }
}

/// Why a probe could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The split does not fit the method.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A base model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The features could not be put together.
    #[error(transparent)]
    Features(#[from] FeatureError),
}

/// Named columns of a round's rows.
type Columns = Vec<(String, Vec<f64>)>;

/// The rows of one round, as they are computed from the unchanged ratings.
#[derive(Debug, Clone, Copy)]
pub struct ProbedRound<'a> {
    /// The fold that is scored; none where the rows are of no single fold.
    pub fold: Option<i8>,
    /// The rows.
    pub candidates: &'a [Candidate],
    /// Their features, the canary last.
    pub columns: &'a [(String, Vec<f64>)],
}

/// Probes every round of the pipeline on `table`, with at most `n_drawn` ratings drawn a round. `on_round` is handed each round's rows
/// and their features from the unchanged ratings. Where candidates come from the whole catalogue, the rows are these, and the list of candidates
/// itself is probed too, as the column [`CANDIDATES`].
///
/// # Errors
/// [`ProbeError`].
pub fn probe(
    pipeline: &Pipeline<'_>,
    table: &SplitTable,
    n_drawn: usize,
    rng: &mut ChaCha8Rng,
    mut on_round: impl FnMut(ProbedRound<'_>),
) -> Result<Findings, ProbeError> {
    let plan = pipeline.plan(table)?;
    let n_rounds = plan.out_of_fold.len() + 1;
    let mut findings = Findings { features: Vec::new(), n_drawn: 0, n_compared: 0 };
    for round in 0..n_rounds {
        let asked = &round_of(&plan, round).asked;
        let drawn = draw(&table.ratings, asked, n_drawn, rng);
        let candidates = pipeline.candidates(table, table, round, asked)?;
        let compute = |changed: &SplitTable| pipeline.columns(changed, table, round, asked, &candidates);

        let before = compute(table)?;
        on_round(ProbedRound {
            fold: round_of(&plan, round).fold,
            candidates: &candidates,
            columns: &before,
        });
        let relabelled = compute(&table.relabelled(&drawn))?;
        let without = compute(&table.without(&drawn))?;
        let drawn_keys: BTreeSet<(i64, i64)> =
            drawn.iter().map(|&row| (table.ratings.user_ids[row], table.ratings.item_ids[row])).collect();
        let is_drawn: Vec<bool> =
            candidates.iter().map(|row| drawn_keys.contains(&(row.user_id, row.item_id))).collect();
        let changed = |after: &Columns| differing(&before, after);
        let future = if pipeline.features.earlier_only {
            Some(pipeline.future(table, round, asked, &candidates, &before)?)
        } else {
            None
        };
        for (at, (by_label, by_presence)) in
            changed(&relabelled).into_iter().zip(changed(&without)).enumerate()
        {
            let rows = by_label.into_iter().zip(by_presence).map(|(a, b)| a || b);
            let (mut own, mut other) = (0, 0);
            for (changed, &drawn) in rows.zip(&is_drawn) {
                own += usize::from(changed && drawn);
                other += usize::from(changed && !drawn);
            }
            if findings.features.len() == at {
                let feature = before[at].0.clone();
                findings.features.push(Finding { feature, own_label: 0, other_labels: 0, future: None });
            }
            let finding = &mut findings.features[at];
            finding.own_label += own;
            finding.other_labels += other;
            if let Some(future) = &future {
                *finding.future.get_or_insert(0) += future[at];
            }
        }
        findings.n_drawn += drawn.len();
        findings.n_compared += candidates.len();
    }
    Ok(findings)
}

fn round_of(plan: &Plan, at: usize) -> &crate::Round {
    plan.out_of_fold.get(at).unwrap_or(&plan.last)
}

fn rated_candidates(ratings: &Ratings, rows: &[usize]) -> Vec<Candidate> {
    let candidate = |&row: &usize| {
        let rating = ratings.get(row);
        Candidate { user_id: rating.user_id, item_id: rating.item_id, at: rating.timestamp }
    };
    rows.iter().map(candidate).collect()
}

/// Rows of `asked` in random order, no two of one user or one item, at most `n`.
fn draw(ratings: &Ratings, asked: &[usize], n: usize, rng: &mut ChaCha8Rng) -> BTreeSet<usize> {
    let mut rows = asked.to_vec();
    rows.shuffle(rng);
    let (mut users, mut items) = (BTreeSet::new(), BTreeSet::new());
    let is_new = |&row: &usize| {
        let is_new = !users.contains(&ratings.user_ids[row]) && !items.contains(&ratings.item_ids[row]);
        if is_new {
            users.insert(ratings.user_ids[row]);
            items.insert(ratings.item_ids[row]);
        }
        is_new
    };
    rows.into_iter().filter(is_new).take(n).collect()
}

/// For each column, which rows differ in any bit.
fn differing(before: &Columns, after: &Columns) -> Vec<Vec<bool>> {
    let differ = |(a, b): (&f64, &f64)| a.to_bits() != b.to_bits();
    before.iter().zip(after).map(|((_, a), (_, b))| a.iter().zip(b).map(differ).collect()).collect()
}

impl Pipeline<'_> {
    fn plan(&self, table: &SplitTable) -> Result<Plan, PlanError> {
        Plan::new(self.method, &table.parts, &table.folds, self.n_folds)
    }

    /// The rows of round `round`, computed from `table`: the asked ratings, or the candidates of their users from the whole catalogue.
    /// Of the latter those that the pipeline may fit or rank: `original` says which were rated, and so kept whatever the sample says.
    fn candidates(
        &self,
        table: &SplitTable,
        original: &SplitTable,
        round: usize,
        asked: &[usize],
    ) -> Result<Vec<Candidate>, ProbeError> {
        let Some(setup) = self.candidates else { return Ok(rated_candidates(&original.ratings, asked)) };
        let plan = self.plan(table)?;
        let round = round_of(&plan, round);
        let history = History::from_rows(&table.ratings, |row| round.known[row]);
        let content = Content { items: self.items, tags: self.tags };
        let fitted = self.base.fit_and_score_all(&round.name, &history, content, &[])?;
        let models: Vec<&FittedModel> = fitted.iter().map(|scored| &scored.fit.model).collect();
        let users = IdIndex::new(asked.iter().map(|&row| original.ratings.user_ids[row]));
        let depth = if round.fold.is_some() { 0 } else { setup.base_depth };
        let as_of = AsOf::of(self.method);
        let mut proposed =
            propose(setup, depth, as_of, &models, &history, self.items, users.ids()).candidates;
        if let Some(fold) = round.fold {
            let rated: BTreeSet<(i64, i64)> = asked
                .iter()
                .map(|&row| (original.ratings.user_ids[row], original.ratings.item_ids[row]))
                .collect();
            proposed.retain(|&candidate| {
                is_sampled(self.base.seed, fold, candidate, setup.negative_share)
                    || rated.contains(&(candidate.user_id, candidate.item_id))
            });
        }
        Ok(proposed)
    }

    /// The features of `candidates`, the rows of round `round`, computed from `table` alone; then, of candidates from the catalogue, whether
    /// `table` gives the same ones; the canary last.
    fn columns(
        &self,
        table: &SplitTable,
        original: &SplitTable,
        round: usize,
        asked: &[usize],
        candidates: &[Candidate],
    ) -> Result<Columns, ProbeError> {
        let plan = self.plan(table)?;
        let of_plan = round_of(&plan, round);
        let history = History::from_rows(&table.ratings, |row| of_plan.known[row]);
        let content = Content { items: self.items, tags: self.tags };
        let mut base = BaseColumns::default();
        for scored in self.base.fit_and_score_all(&of_plan.name, &history, content, candidates)? {
            base.push(scored.model, scored.scores, scored.support);
        }
        let table_of =
            features(self.features, of_plan, &table.ratings, &table.parts, self.items, candidates, &base)?;
        let mut columns: Columns = table_of.names.into_iter().zip(table_of.columns).collect();
        if self.candidates.is_some() {
            let now: BTreeSet<(i64, i64, i64)> = self
                .candidates(table, original, round, asked)?
                .iter()
                .map(|row| (row.user_id, row.item_id, row.at))
                .collect();
            let is_there = |row: &Candidate| {
                // A list with other candidates besides differs in all its rows.
                f64::from(u8::from(
                    now.len() == candidates.len() && now.contains(&(row.user_id, row.item_id, row.at)),
                ))
            };
            columns.push((CANDIDATES.to_owned(), candidates.iter().map(is_there).collect()));
        }
        columns.push((CANARY.to_owned(), table.own_ratings(candidates)));
        Ok(columns)
    }

    /// For each column, how many rows before a moment change when every rating at or after it is taken out. The moment is the
    /// median time of the asked rows.
    fn future(
        &self,
        table: &SplitTable,
        round: usize,
        asked: &[usize],
        candidates: &[Candidate],
        before: &Columns,
    ) -> Result<Vec<usize>, ProbeError> {
        let mut times: Vec<i64> = asked.iter().map(|&row| table.ratings.timestamps[row]).collect();
        times.sort_unstable();
        let Some(&moment) = times.get(times.len() / 2) else { return Ok(vec![0; before.len()]) };
        let later = (0..table.ratings.len()).filter(|&row| table.ratings.timestamps[row] >= moment).collect();
        let after = self.columns(&table.without(&later), table, round, asked, candidates)?;
        let count = |changed: Vec<bool>| {
            changed.iter().zip(candidates).filter(|(changed, row)| **changed && row.at < moment).count()
        };
        Ok(differing(before, &after).into_iter().map(count).collect())
    }
}

impl SplitTable {
    /// The same with other ratings in `rows`: as far from the middle of the scale on the other side, or, from the middle itself, at its end.
    fn relabelled(&self, rows: &BTreeSet<usize>) -> Self {
        let mut table = self.clone();
        let (low, high) =
            self.ratings.values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| {
                (low.min(value), high.max(value))
            });
        for &row in rows {
            let value = &mut table.ratings.values[row];
            let mirrored = low + high - *value;
            *value = if mirrored == *value { high } else { mirrored };
        }
        table
    }

    /// The same without `rows`.
    fn without(&self, rows: &BTreeSet<usize>) -> Self {
        let kept = || (0..self.ratings.len()).filter(|row| !rows.contains(row));
        Self {
            ratings: kept().map(|row| self.ratings.get(row)).collect(),
            parts: kept().map(|row| self.parts[row]).collect(),
            folds: kept().map(|row| self.folds[row]).collect(),
        }
    }

    /// The rating of each candidate itself; NaN where the table has none.
    fn own_ratings(&self, candidates: &[Candidate]) -> Vec<f64> {
        let keys: Vec<(i64, i64)> =
            self.ratings.user_ids.iter().copied().zip(self.ratings.item_ids.iter().copied()).collect();
        let rating = |candidate: &Candidate| {
            let row = keys.binary_search(&(candidate.user_id, candidate.item_id)).ok();
            row.map_or(f64::NAN, |row| f64::from(self.ratings.values[row]))
        };
        candidates.iter().map(rating).collect()
    }
}
