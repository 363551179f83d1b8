//! Every model in every round, some of them at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use artifacts::tables::{ScoreRows, SplitRatings};
use dataset::{Candidate, History};
use recommenders::{BaseModel, Content, Fit};
use stacking::{BaseSetup, FitError, Plan, Round};
use stage::Progress;

/// What all rounds give.
pub struct Fitted {
    /// The last round's models, in the order of the set-up.
    pub last: Vec<(BaseModel, Fit)>,
    /// The out-of-fold scores of all rows that are asked, in ascending order of the rows.
    pub scores: ScoreRows,
}

/// Fits every model in every round and keeps the scores of the asked rows; the models of the out-of-fold rounds are dropped as soon as they
/// have scored. `lanes` models are fitted at a time. Rounds are taken one after the other, so that the histories of two of them at most
/// are in memory.
pub fn fit_all(
    setup: &BaseSetup,
    plan: &Plan,
    split: &SplitRatings,
    content: Content<'_>,
    lanes: usize,
    progress: &Progress,
) -> Result<Fitted, FitError> {
    let rows = plan.meta_rows();
    // A round that sees the same ratings as the last keeps its models for it.
    let shared = plan.out_of_fold.iter().position(|round| round.known == plan.last.known);
    let kept = shared.unwrap_or(plan.out_of_fold.len());
    // The test rows are scored from the model files, by the next stage.
    let last = Round { asked: Vec::new(), ..plan.last.clone() };
    let rounds: Vec<OneRound<'_>> = (plan.out_of_fold.iter())
        .chain(shared.is_none().then_some(&last))
        .map(|round| OneRound::new(round, setup.models.len()))
        .collect();
    let columns: Vec<Columns> = setup.models.iter().map(|&model| Columns::new(model, rows.len())).collect();
    let last: Vec<Mutex<Option<Fit>>> = setup.models.iter().map(|_| Mutex::new(None)).collect();
    let one = |at: usize, of: usize| -> Result<(), FitError> {
        let (round, model) = (&rounds[at], setup.models[of]);
        progress.step(format!("{}, {}", model.name(), round.round.name));
        let inputs = round.inputs(split, &rows);
        let scored =
            setup.fit_and_score(model, &round.round.name, &inputs.history, content, &inputs.candidates)?;
        columns[of].put(&inputs.places, scored.scores, scored.support);
        if at == kept {
            *lock(&last[of]) = Some(scored.fit);
        }
        drop(inputs);
        round.one_less();
        progress.done();
        Ok(())
    };

    let tasks: Vec<(usize, usize)> =
        (0..rounds.len()).flat_map(|at| (0..setup.models.len()).map(move |of| (at, of))).collect();
    let next = AtomicUsize::new(0);
    // Of several errors the first task's is told, whichever came first.
    let failed: Mutex<Option<(usize, FitError)>> = Mutex::new(None);
    rayon::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|_| {
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&(at, of)) = tasks.get(task) else { break };
                    if let Err(error) = one(at, of) {
                        let mut failed = lock(&failed);
                        if failed.as_ref().is_none_or(|(earlier, _)| task < *earlier) {
                            *failed = Some((task, error));
                        }
                        break;
                    }
                }
            });
        }
    });
    if let Some((_, error)) = lock(&failed).take() {
        return Err(error);
    }
    let last = setup.models.iter().zip(last).filter_map(|(&model, fit)| Some((model, into_inner(fit)?)));
    Ok(Fitted { last: last.collect(), scores: table(split, &rows, columns) })
}

/// A round, with what its models need while some of them are still to be fitted.
struct OneRound<'a> {
    round: &'a Round,
    state: Mutex<State>,
}

struct State {
    n_left: usize,
    inputs: Option<Arc<Inputs>>,
}

struct Inputs {
    history: History,
    candidates: Vec<Candidate>,
    /// Where the asked rows stand among those of all rounds.
    places: Vec<usize>,
}

impl<'a> OneRound<'a> {
    fn new(round: &'a Round, n_models: usize) -> Self {
        Self { round, state: Mutex::new(State { n_left: n_models, inputs: None }) }
    }

    /// Made for the first model that asks; `rows` are those asked in all rounds.
    fn inputs(&self, split: &SplitRatings, rows: &[usize]) -> Arc<Inputs> {
        let round = self.round;
        let make = || {
            let places = round.asked.iter().filter_map(|row| rows.binary_search(row).ok());
            Arc::new(Inputs {
                history: History::from_rows(&split.ratings, |row| round.known[row]),
                candidates: split.candidates(&round.asked),
                places: places.collect(),
            })
        };
        lock(&self.state).inputs.get_or_insert_with(make).clone()
    }

    /// A model less is to be fitted; with the last the inputs go.
    fn one_less(&self) {
        let mut state = lock(&self.state);
        state.n_left -= 1;
        if state.n_left == 0 {
            state.inputs = None;
        }
    }
}

/// The columns that one model fills, round by round.
struct Columns {
    model: BaseModel,
    scores: Mutex<Vec<f64>>,
    support: Mutex<Vec<f64>>,
}

impl Columns {
    fn new(model: BaseModel, n_rows: usize) -> Self {
        let n_supports = if model.support_column().is_some() { n_rows } else { 0 };
        Self {
            model,
            scores: Mutex::new(vec![f64::NAN; n_rows]),
            support: Mutex::new(vec![f64::NAN; n_supports]),
        }
    }

    fn put(&self, places: &[usize], scores: Vec<f64>, support: Option<Vec<f64>>) {
        let put = |column: &Mutex<Vec<f64>>, values: Vec<f64>| {
            let mut column = lock(column);
            for (&place, value) in places.iter().zip(values) {
                column[place] = value;
            }
        };
        put(&self.scores, scores);
        if let Some(support) = support {
            put(&self.support, support);
        }
    }
}

/// The columns as a table: scores, then supports.
fn table(split: &SplitRatings, rows: &[usize], columns: Vec<Columns>) -> ScoreRows {
    let mut table = ScoreRows {
        user_ids: rows.iter().map(|&row| split.ratings.user_ids[row]).collect(),
        item_ids: rows.iter().map(|&row| split.ratings.item_ids[row]).collect(),
        ratings: rows.iter().map(|&row| split.ratings.values[row]).collect(),
        names: Vec::new(),
        columns: Vec::new(),
    };
    let mut supports = Vec::new();
    for Columns { model, scores, support } in columns {
        table.names.push(model.column().to_owned());
        table.columns.push(into_inner(scores));
        if let Some(name) = model.support_column() {
            supports.push((name.to_owned(), into_inner(support)));
        }
    }
    for (name, column) in supports {
        table.names.push(name);
        table.columns.push(column);
    }
    table
}

/// A thread that panicked ends the whole run, so a lock that it held is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
