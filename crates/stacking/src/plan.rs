//! Which ratings may be known when a row is scored: the plan of out-of-fold stacking.
//!
//! Wolpert, D. H. (1992), "Stacked generalization", Neural Networks 5(2): the scores that a meta-model is fitted on must come from base
//! models that did not see the row, or it learns to trust models that have memorised.

use dataset::split::Part;

/// How the training ratings are parted into what base models see and what they score for the meta-models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// For each rating, whether it may be seen.
    pub known: Vec<bool>,
    /// The rows to be scored, ascending; none of them is known.
    pub asked: Vec<usize>,
    /// How many ratings the final fit sees for each one seen here, by the shares of the plan (not by the counts, on which the presence of a
    /// held-out rating could be read): 1.25 with five folds. Counts of ratings are multiplied by it.
    pub scale: f64,
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
    /// Plans the rounds for ratings of these parts and folds (`None` for test rows).
    ///
    /// # Errors
    /// [`PlanError`] where a training rating has no fold, or there are fewer than two folds.
    pub fn new(method: Method, parts: &[Part], folds: &[Option<i8>]) -> Result<Self, PlanError> {
        let rows_where = |asked: &dyn Fn(usize) -> bool| (0..parts.len()).filter(|&row| asked(row)).collect();
        let known_where = |known: &dyn Fn(usize) -> bool| (0..parts.len()).map(known).collect();
        let test = rows_where(&|row| parts[row] == Part::Test);
        if method == Method::HoldOut {
            let known: Vec<bool> = known_where(&|row| parts[row] == Part::BaseTrain);
            let meta = rows_where(&|row| parts[row] == Part::MetaTrain);
            let out_of_fold =
                vec![Round { name: "final".to_owned(), known: known.clone(), asked: meta, scale: 1.0 }];
            let last = Round { name: "final".to_owned(), known, asked: test, scale: 1.0 };
            return Ok(Self { out_of_fold, last });
        }
        let fold_of = |row: usize| if parts[row] == Part::Test { None } else { folds[row] };
        if let Some(row) = (0..parts.len()).find(|&row| parts[row] != Part::Test && folds[row].is_none()) {
            return Err(PlanError(format!("training rating {row} has no fold")));
        }
        let mut names: Vec<i8> = (0..parts.len()).filter_map(fold_of).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 {
            return Err(PlanError(format!("{} folds in the split, expected at least 2", names.len())));
        }
        let n_folds = names.len() as f64;
        let round = |(at, &fold): (usize, &i8)| {
            let is_seen = |other: i8| if method == Method::Forward { other < fold } else { other != fold };
            let n_seen = if method == Method::Forward { at as f64 } else { n_folds - 1.0 };
            Round {
                name: format!("fold-{fold}"),
                known: known_where(&|row| fold_of(row).is_some_and(is_seen)),
                asked: rows_where(&|row| fold_of(row) == Some(fold)),
                scale: n_folds / n_seen,
            }
        };
        let scored_from = usize::from(method == Method::Forward);
        let out_of_fold = names.iter().enumerate().skip(scored_from).map(round).collect();
        let known = known_where(&|row| parts[row] != Part::Test);
        Ok(Self { out_of_fold, last: Round { name: "final".to_owned(), known, asked: test, scale: 1.0 } })
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
        let plan = Plan::new(Method::HoldOut, &PARTS, &FOLDS).unwrap();
        assert_eq!((known(&plan.last), plan.last.asked.clone()), (vec![0, 3, 5], vec![2]));
        assert_eq!((known(&plan.out_of_fold[0]), plan.meta_rows()), (vec![0, 3, 5], vec![1, 4]));
    }

    #[test]
    fn a_fold_is_scored_by_models_of_the_others() {
        let plan = Plan::new(Method::KFold, &PARTS, &FOLDS).unwrap();
        let rounds: Vec<_> =
            plan.out_of_fold.iter().map(|round| (known(round), round.asked.clone(), round.scale)).collect();
        assert_eq!(rounds, [
            (vec![1, 3, 5], vec![0, 4], 1.5),
            (vec![0, 3, 4], vec![1, 5], 1.5),
            (vec![0, 1, 4, 5], vec![3], 1.5)
        ]);
        assert_eq!((known(&plan.last), plan.last.asked.clone()), (vec![0, 1, 3, 4, 5], vec![2]));
        assert_eq!(plan.meta_rows(), [0, 1, 3, 4, 5]);
    }

    #[test]
    fn forward_sees_earlier_folds_alone() {
        let plan = Plan::new(Method::Forward, &PARTS, &FOLDS).unwrap();
        let rounds: Vec<_> =
            plan.out_of_fold.iter().map(|round| (known(round), round.asked.clone(), round.scale)).collect();
        assert_eq!(rounds, [(vec![0, 4], vec![1, 5], 3.0), (vec![0, 1, 4, 5], vec![3], 1.5)]);
    }

    #[test]
    fn no_asked_row_is_known() {
        for method in [Method::HoldOut, Method::KFold, Method::Forward] {
            let plan = Plan::new(method, &PARTS, &FOLDS).unwrap();
            for round in plan.out_of_fold.iter().chain([&plan.last]) {
                assert!(round.asked.iter().all(|&row| !round.known[row]), "{method:?} {}", round.name);
            }
        }
    }

    #[test]
    fn a_training_rating_without_a_fold_is_an_error() {
        let error = Plan::new(Method::KFold, &PARTS, &[None; 6]).unwrap_err();
        assert_eq!(error.to_string(), "training rating 0 has no fold");
    }
}
