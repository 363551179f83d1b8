//! Which ratings may be known when a row is scored: the plan of out-of-fold stacking.
//!
//! Wolpert, D. H. (1992), "Stacked generalization", Neural Networks 5(2): the scores that a meta-model is fitted on must come from base
//! models that did not see the row, or it learns to trust models that have memorised.

use dataset::split::Part;
use serde::{Deserialize, Serialize};

/// How the training ratings are parted into what base models see and what they score for the meta-models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Base models see `base_train` and score `meta_train`; the same models score the test rows.
    HoldOut,
    /// For each fold of the training ratings, base models see the other folds and score this one; models that see all training
    /// ratings score the test rows.
    KFold,
    /// The same, but base models see only the folds before (folds by time): fold 0 is seen and never scored.
    Forward,
}

/// One fit of all base models: what it may see, and which rows it scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// The name, for messages and random streams: `fold-3` or `final`.
    pub name: String,
    /// The fold that is scored; `None` where the rows are of no single fold.
    pub fold: Option<i8>,
    /// For each rating, whether it may be seen.
    pub known: Vec<bool>,
    /// The rows to be scored, ascending; none of them is known.
    pub asked: Vec<usize>,
    /// How many ratings the final fit sees for each one seen here, by the shares of the plan (not by the counts, on which the presence of a
    /// held-out rating could be read): 1.25 with five folds. Counts of ratings are multiplied by it.
    pub scale: f64,
}

/// The name of the round that scores the test rows.
const FINAL: &str = "final";

/// How many folds the training ratings have: one more than the largest fold.
pub fn n_folds(folds: &[Option<i8>]) -> i8 {
    folds.iter().flatten().max().map_or(0, |&fold| fold.saturating_add(1))
}

/// All rounds of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The rounds whose scores the meta-models are fitted on; their `asked` rows are disjoint.
    pub out_of_fold: Vec<Round>,
    /// The round whose models are kept and score the test rows.
    pub last: Round,
}

/// A split that a method cannot work with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(String);

impl Plan {
    /// Plans the rounds for ratings of these parts and folds (`None` for test rows), `n_folds` in all.
    ///
    /// # Errors
    /// [`PlanError`] where a training rating has no fold below `n_folds`, or there are fewer than two folds.
    pub fn new(method: Method, parts: &[Part], folds: &[Option<i8>], n_folds: i8) -> Result<Self, PlanError> {
        let rows_where = |asked: &dyn Fn(usize) -> bool| (0..parts.len()).filter(|&row| asked(row)).collect();
        let known_where = |known: &dyn Fn(usize) -> bool| (0..parts.len()).map(known).collect();
        let is_training = |row: usize| parts[row] != Part::Test;
        let test = rows_where(&|row| !is_training(row));
        if method == Method::HoldOut {
            let known: Vec<bool> = known_where(&|row| parts[row] == Part::BaseTrain);
            let meta = rows_where(&|row| parts[row] == Part::MetaTrain);
            let round = |known, asked| Round { name: FINAL.to_owned(), fold: None, known, asked, scale: 1.0 };
            return Ok(Self { out_of_fold: vec![round(known.clone(), meta)], last: round(known, test) });
        }
        if n_folds < 2 {
            return Err(PlanError(format!("{n_folds} folds in the split, expected at least 2")));
        }
        let is_lost =
            |&row: &usize| is_training(row) && !folds[row].is_some_and(|fold| (0..n_folds).contains(&fold));
        if let Some(row) = (0..parts.len()).find(is_lost) {
            return Err(PlanError(format!("training rating {row} has no fold below {n_folds}")));
        }
        let fold_of = |row: usize| folds[row].filter(|_| is_training(row));
        let round = |fold: i8| {
            let is_seen = |other: i8| if method == Method::Forward { other < fold } else { other != fold };
            let n_seen = if method == Method::Forward { fold } else { n_folds - 1 };
            Round {
                name: format!("fold-{fold}"),
                fold: Some(fold),
                known: known_where(&|row| fold_of(row).is_some_and(is_seen)),
                asked: rows_where(&|row| fold_of(row) == Some(fold)),
                scale: f64::from(n_folds) / f64::from(n_seen),
            }
        };
        let first = i8::from(method == Method::Forward);
        let last = Round {
            name: FINAL.to_owned(),
            fold: None,
            known: known_where(&is_training),
            asked: test,
            scale: 1.0,
        };
        Ok(Self { out_of_fold: (first..n_folds).map(round).collect(), last })
    }

    /// The rows that the meta-models are fitted on, ascending.
    pub fn meta_rows(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.out_of_fold.iter().flat_map(|round| round.asked.clone()).collect();
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [Part; 6] =
        [Part::BaseTrain, Part::MetaTrain, Part::Test, Part::BaseTrain, Part::MetaTrain, Part::BaseTrain];
    const FOLDS: [Option<i8>; 6] = [Some(0), Some(1), None, Some(2), Some(0), Some(1)];

    fn known(round: &Round) -> Vec<usize> {
        (0..6).filter(|&row| round.known[row]).collect()
    }

    #[test]
    fn hold_out_sees_base_train_alone() {
        let plan = Plan::new(Method::HoldOut, &PARTS, &FOLDS, 3).unwrap();
        assert_eq!((known(&plan.last), plan.last.asked.clone()), (vec![0, 3, 5], vec![2]));
        assert_eq!((known(&plan.out_of_fold[0]), plan.meta_rows()), (vec![0, 3, 5], vec![1, 4]));
    }

    #[test]
    fn a_fold_is_scored_by_models_of_the_others() {
        let plan = Plan::new(Method::KFold, &PARTS, &FOLDS, 3).unwrap();
        let rounds: Vec<_> =
            plan.out_of_fold.iter().map(|round| (known(round), round.asked.clone(), round.scale)).collect();
        assert_eq!(
            rounds,
            [
                (vec![1, 3, 5], vec![0, 4], 1.5),
                (vec![0, 3, 4], vec![1, 5], 1.5),
                (vec![0, 1, 4, 5], vec![3], 1.5)
            ]
        );
        assert_eq!((known(&plan.last), plan.last.asked.clone()), (vec![0, 1, 3, 4, 5], vec![2]));
        assert_eq!(plan.meta_rows(), [0, 1, 3, 4, 5]);
    }

    #[test]
    fn forward_sees_earlier_folds_alone() {
        let plan = Plan::new(Method::Forward, &PARTS, &FOLDS, 3).unwrap();
        let rounds: Vec<_> =
            plan.out_of_fold.iter().map(|round| (known(round), round.asked.clone(), round.scale)).collect();
        assert_eq!(rounds, [(vec![0, 4], vec![1, 5], 3.0), (vec![0, 1, 4, 5], vec![3], 1.5)]);
    }

    #[test]
    fn no_asked_row_is_known() {
        for method in [Method::HoldOut, Method::KFold, Method::Forward] {
            let plan = Plan::new(method, &PARTS, &FOLDS, 3).unwrap();
            for round in plan.out_of_fold.iter().chain([&plan.last]) {
                assert!(round.asked.iter().all(|&row| !round.known[row]), "{method:?} {}", round.name);
            }
        }
    }

    #[test]
    fn a_training_rating_without_a_fold_is_an_error() {
        let error = Plan::new(Method::KFold, &PARTS, &[None; 6], 3).unwrap_err();
        assert_eq!(error.to_string(), "training rating 0 has no fold below 3");
    }
}
