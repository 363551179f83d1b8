//! The pass over the users.

use rayon::prelude::*;

use super::rows::check_length;
use super::{ModelScores, PerUser, Plan, TestRows};
use crate::dcg::Gain;
use crate::{MetricsError, Ranker};

/// Users a task: small enough to share long lists among threads, large enough to hide the task's cost.
const USERS_PER_TASK: usize = 16;

/// Ranks every user's rows by every model and computes every metric of the plan: one sort a user and model.
///
/// Users without a relevant row are left out. Users are spread over the threads of the current rayon pool; each value
/// depends on its user alone and stands in a fixed place, so that the result is the same at any thread count.
///
/// # Errors
/// [`MetricsError::Length`] for a model with more or fewer scores than rows, [`MetricsError::RepeatedModel`] for two
/// models of one name.
pub fn evaluate(
    rows: &TestRows<'_>,
    models: &[ModelScores<'_>],
    plan: &Plan,
) -> Result<PerUser, MetricsError> {
    let groups = rows.groups();
    for (at, model) in models.iter().enumerate() {
        check_length(model.name, model.scores.len(), groups)?;
        if models[..at].iter().any(|other| other.name == model.name) {
            return Err(MetricsError::RepeatedModel { name: model.name.to_owned() });
        }
    }

    let counted: Vec<usize> =
        (0..groups.len()).filter(|&user| rows.relevant()[groups.rows(user)].contains(&true)).collect();
    let columns = plan.columns();
    let n_values = models.len() * columns.len();
    let mut values = vec![f64::NAN; counted.len() * n_values];
    if n_values > 0 {
        values
            .par_chunks_mut(USERS_PER_TASK * n_values)
            .zip(counted.par_chunks(USERS_PER_TASK))
            .for_each_init(
                || Ranker::new(plan.ties().order(), Gain::Exponential),
                |ranker, (values, users)| {
                    for (values, &user) in values.chunks_exact_mut(n_values).zip(users) {
                        let range = groups.rows(user);
                        ranker.load(
                            &rows.item_ids()[range.clone()],
                            &rows.relevant()[range.clone()],
                            &rows.grades()[range.clone()],
                        );
                        for (values, model) in values.chunks_exact_mut(columns.len()).zip(models) {
                            let list = ranker.rank(&model.scores[range.clone()]);
                            for (value, column) in values.iter_mut().zip(columns) {
                                *value = column.value(&list, plan.ties()).unwrap_or(f64::NAN);
                            }
                        }
                    }
                },
            );
    }
    Ok(PerUser {
        models: models.iter().map(|model| model.name.to_owned()).collect(),
        columns: columns.to_vec(),
        n_left_out: groups.len() - counted.len(),
        user_ids: counted.into_iter().map(|user| groups.user_ids()[user]).collect(),
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Groups;

    /// Users 1 (two rows, one relevant), 2 (one row, not relevant), 3 (two rows, both relevant).
    fn small(plan: &Plan, models: &[ModelScores<'_>]) -> Result<PerUser, MetricsError> {
        let groups = Groups::from_sorted(&[1, 1, 2, 3, 3]).unwrap();
        let relevant = [false, true, false, true, true];
        let grades = [1.0, 5.0, 2.0, 4.0, 5.0];
        let rows = TestRows::new(&groups, &[10, 20, 10, 10, 20], &relevant, &grades).unwrap();
        evaluate(&rows, models, plan)
    }

    const GOOD: ModelScores<'static> = ModelScores { name: "good", scores: &[1.0, 2.0, 0.0, 1.0, 2.0] };
    const BAD: ModelScores<'static> = ModelScores { name: "bad", scores: &[2.0, 1.0, 0.0, 2.0, 1.0] };

    #[test]
    fn users_without_a_relevant_row_are_left_out() {
        let result = small(&Plan::all(&[1]).unwrap(), &[BAD, GOOD]).unwrap();
        assert_eq!((result.user_ids(), result.n_left_out()), (&[1, 3][..], 1));
        let summaries = result.summaries();
        let of = |model: &str, metric: &str| {
            let found = summaries.iter().find(|s| s.model == model && s.metric == metric).unwrap();
            (found.mean, found.n_users, found.n_left_out)
        };
        assert_eq!(of("bad", "hit_rate"), (Some(0.5), 2, 1)); // user 1 misses, user 3 cannot
        assert_eq!(of("bad", "mrr"), (Some(0.75), 2, 1)); // (1/2 + 1) / 2
        assert_eq!(of("good", "ndcg"), (Some(1.0), 2, 1));
        assert_eq!(of("bad", "auc"), (Some(0.0), 1, 2)); // user 3 has one class
    }

    #[test]
    fn rows_hold_what_is_defined_in_a_fixed_order() {
        let metrics = ["auc", "mrr"].map(|name| crate::Metric::from_name(name).unwrap());
        let result = small(&Plan::new(&metrics, &[]).unwrap(), &[BAD, GOOD]).unwrap();
        let rows: Vec<_> = result.rows().map(|row| (row.model, row.user_id, row.metric, row.value)).collect();
        assert_eq!(
            rows,
            [
                ("bad", 1, "auc", 0.0),
                ("bad", 1, "mrr", 0.5),
                ("bad", 3, "mrr", 1.0),
                ("good", 1, "auc", 1.0),
                ("good", 1, "mrr", 1.0),
                ("good", 3, "mrr", 1.0),
            ]
        );
        assert_eq!(result.values(0, 0).collect::<Vec<_>>(), [Some(0.0), None]);
    }

    #[test]
    fn wrong_models_are_named() {
        let plan = Plan::all(&[1]).unwrap();
        let short = ModelScores { name: "MFModel", scores: &[1.0] };
        let message = small(&plan, &[short]).unwrap_err().to_string();
        assert_eq!(message, "MFModel has 1 rows, expected 5: one for each user id");
        let message = small(&plan, &[GOOD, BAD, GOOD]).unwrap_err().to_string();
        assert_eq!(message, "two models are called `good`, expected different names");
    }

    #[test]
    fn nothing_to_measure_is_no_number() {
        let groups = Groups::from_sorted(&[]).unwrap();
        let rows = TestRows::new(&groups, &[], &[], &[]).unwrap();
        let plan = Plan::all(&[10]).unwrap();
        let result = evaluate(&rows, &[ModelScores { name: "m", scores: &[] }], &plan).unwrap();
        assert!(result.summaries().iter().all(|summary| summary.mean.is_none() && summary.n_users == 0));
        assert!(evaluate(&rows, &[], &plan).unwrap().summaries().is_empty());
    }
}
