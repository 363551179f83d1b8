//! Out-of-fold scores of candidates from the whole catalogue.

use artifacts::tables::{CandidateScoreRows, SplitRatings};
use dataset::{Candidate, History};
use recommenders::{CheckedCandidates, Content, FittedModel};
use stacking::{AsOf, BaseColumns, BaseSetup, Method, Plan, Round, is_sampled, propose};
use stage::{Progress, UsageError};

/// For each fold, base models that did not see it propose candidates to the users with ratings in it, and score them. Of the candidates that the
/// user did not rate in the fold, the share that `candidates` asks for is kept.
pub fn out_of_fold(
    setup: &BaseSetup,
    candidates: &CheckedCandidates,
    (method, plan): (Method, &Plan),
    split: &SplitRatings,
    content: Content<'_>,
    progress: &Progress,
) -> anyhow::Result<CandidateScoreRows> {
    let mut rounds = Vec::new();
    for round in &plan.out_of_fold {
        let Some(fold) = round.fold else {
            let problem = "candidates.from = \"catalogue\" needs folds: set stacking = \"k_fold\" or \"forward\" in split.toml";
            return Err(UsageError(problem.to_owned()).into());
        };
        progress.step(format!("candidates, {}", round.name));
        rounds.push((fold, of_round(setup, candidates, AsOf::of(method), round, fold, split, content)?));
        progress.done();
    }
    Ok(together(split, rounds))
}

/// The candidates of one round with their base scores.
fn of_round(
    setup: &BaseSetup,
    candidates: &CheckedCandidates,
    as_of: AsOf,
    round: &Round,
    fold: i8,
    split: &SplitRatings,
    content: Content<'_>,
) -> anyhow::Result<(Vec<Candidate>, BaseColumns)> {
    let history = History::from_rows(&split.ratings, |row| round.known[row]);
    let fitted = setup.fit_and_score_all(&round.name, &history, content, &[])?;
    let models: Vec<&FittedModel> = fitted.iter().map(|scored| &scored.fit.model).collect();
    let users = split.users_of(&round.asked);
    let mut proposed =
        propose(candidates, 0, as_of, &models, &history, content.items, users.ids()).candidates;
    proposed.retain(|&candidate| {
        is_sampled(setup.seed, fold, candidate, candidates.negative_share)
            || split
                .row_of(candidate.user_id, candidate.item_id)
                .is_some_and(|row| round.asked.binary_search(&row).is_ok())
    });
    let base = stacking::score_all(&models, &proposed);
    Ok((proposed, base))
}

/// The rounds as one table.
fn together(split: &SplitRatings, rounds: Vec<(i8, (Vec<Candidate>, BaseColumns))>) -> CandidateScoreRows {
    let mut order: Vec<(i64, i64, i8, usize, usize)> = Vec::new();
    for (at, (fold, (candidates, _))) in rounds.iter().enumerate() {
        let keys = candidates.iter().enumerate();
        order.extend(keys.map(|(row, candidate)| (candidate.user_id, candidate.item_id, *fold, at, row)));
    }
    order.sort_unstable();
    let candidate = |&(_, _, _, at, row): &(i64, i64, i8, usize, usize)| rounds[at].1.0[row];
    let mut rows = CandidateScoreRows {
        user_ids: order.iter().map(|key| key.0).collect(),
        item_ids: order.iter().map(|key| key.1).collect(),
        timestamps: order.iter().map(|key| candidate(key).at).collect(),
        folds: order.iter().map(|key| key.2).collect(),
        ratings: order
            .iter()
            .map(|&(user_id, item_id, fold, ..)| {
                let row = split.row_of(user_id, item_id).filter(|&row| split.folds[row] == Some(fold));
                row.map_or(f32::NAN, |row| split.ratings.values[row])
            })
            .collect(),
        ..CandidateScoreRows::default()
    };
    let places: Vec<(usize, usize)> = order.iter().map(|&(.., at, row)| (at, row)).collect();
    let columns: Vec<Vec<(String, Vec<f64>)>> =
        rounds.into_iter().map(|(_, (_, base))| base.into_columns()).collect();
    for (at, (name, _)) in columns.first().into_iter().flatten().enumerate() {
        rows.names.push(name.clone());
        rows.columns.push(places.iter().map(|&(round, row)| columns[round][at].1[row]).collect());
    }
    rows
}
