//! The feature tables of candidates from the whole catalogue.

use artifacts::tables::{CandidateScoreRows, CatalogueRows, FeatureRows, SplitRatings};
use dataset::{Candidate, History, Items};
use rayon::prelude::*;
use recommenders::{CheckedCandidates, FittedModel};
use stacking::{AsOf, BaseColumns, FeatureSetup, Method, Plan, is_sampled, propose};

/// The rows that the meta-models are fitted on: the candidates of each fold with their out-of-fold scores. All relevant ones stay, of the
/// others the share that `candidates` asks for, drawn under `seed`.
pub fn training_rows(
    setup: &FeatureSetup,
    (candidates, seed): (&CheckedCandidates, u64),
    plan: &Plan,
    split: &SplitRatings,
    items: &Items,
    scores: &CandidateScoreRows,
    base_of: impl Fn(&[usize]) -> anyhow::Result<BaseColumns> + Sync,
) -> anyhow::Result<FeatureRows> {
    let candidate = |row: usize| Candidate {
        user_id: scores.user_ids[row],
        item_id: scores.item_ids[row],
        at: scores.timestamps[row],
    };
    let is_kept = |&row: &usize| {
        setup.is_relevant(scores.ratings[row])
            || is_sampled(seed, scores.folds[row], candidate(row), candidates.negative_share)
    };
    let kept: Vec<usize> = (0..scores.user_ids.len()).filter(is_kept).collect();
    let of_round = |round: &stacking::Round| {
        let places: Vec<usize> =
            (0..kept.len()).filter(|&at| Some(scores.folds[kept[at]]) == round.fold).collect();
        let rows: Vec<usize> = places.iter().map(|&at| kept[at]).collect();
        let asked: Vec<Candidate> = rows.iter().map(|&row| candidate(row)).collect();
        let table =
            stacking::features(setup, round, &split.ratings, &split.parts, items, &asked, &base_of(&rows)?)?;
        anyhow::Ok((places, table))
    };
    let rounds: Vec<_> = plan.out_of_fold.par_iter().map(of_round).collect::<Result<_, _>>()?;
    let names = rounds.first().map(|(_, table)| table.names.clone()).unwrap_or_default();
    let column = |at: usize| {
        let mut column = vec![f64::NAN; kept.len()];
        for (places, table) in &rounds {
            for (&place, &value) in places.iter().zip(&table.columns[at]) {
                column[place] = value;
            }
        }
        column
    };
    Ok(FeatureRows {
        user_ids: kept.iter().map(|&row| scores.user_ids[row]).collect(),
        item_ids: kept.iter().map(|&row| scores.item_ids[row]).collect(),
        timestamps: kept.iter().map(|&row| scores.timestamps[row]).collect(),
        folds: kept.iter().map(|&row| Some(scores.folds[row])).collect(),
        ratings: kept.iter().map(|&row| scores.ratings[row]).collect(),
        labels: kept.iter().map(|&row| i8::from(setup.is_relevant(scores.ratings[row]))).collect(),
        columns: (0..names.len()).into_par_iter().map(column).collect(),
        names,
    })
}

/// The candidates of the users with test ratings, from the models that saw all training ratings.
pub fn test_rows(
    setup: &FeatureSetup,
    candidates: &CheckedCandidates,
    (method, plan): (Method, &Plan),
    split: &SplitRatings,
    items: &Items,
    models: &[FittedModel],
) -> anyhow::Result<CatalogueRows> {
    let history = History::from_rows(&split.ratings, |row| plan.last.known[row]);
    let models: Vec<&FittedModel> = models.iter().collect();
    let users = split.users_of(&plan.last.asked);
    let proposed =
        propose(candidates, candidates.base_depth, AsOf::of(method), &models, &history, items, users.ids());
    let asked = &proposed.candidates;
    let base = stacking::score_all(&models, asked);
    let table = stacking::features(setup, &plan.last, &split.ratings, &split.parts, items, asked, &base)?;
    let ratings: Vec<f32> = asked
        .iter()
        .map(|candidate| {
            // What is neither known nor asked may not be looked at.
            let row = split.row_of(candidate.user_id, candidate.item_id);
            let row = row.filter(|row| plan.last.asked.binary_search(row).is_ok());
            row.map_or(f32::NAN, |row| split.ratings.values[row])
        })
        .collect();
    let rows = FeatureRows {
        user_ids: asked.iter().map(|candidate| candidate.user_id).collect(),
        item_ids: asked.iter().map(|candidate| candidate.item_id).collect(),
        timestamps: asked.iter().map(|candidate| candidate.at).collect(),
        folds: vec![None; asked.len()],
        labels: ratings.iter().map(|&stars| i8::from(setup.is_relevant(stars))).collect(),
        ratings,
        names: table.names,
        columns: table.columns,
    };
    Ok(CatalogueRows { rows, proposed: proposed.by_proposer })
}
