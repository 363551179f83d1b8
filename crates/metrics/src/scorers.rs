//! Two scorers that know too little and too much: the floor and the ceiling of every metric on given rows.

/// The name of [`constant()`] in the tables.
pub const CONSTANT: &str = "Constant";
/// The name of [`oracle()`] in the tables.
pub const ORACLE: &str = "Oracle";

/// The same score, 0, for each of `n_rows` rows: what is left is the rule for ties.
///
/// Under [`crate::Ties::Expected`] its metrics are those of a random order. Under a [`crate::TieOrder`] they say what the
/// numbering of the items gives away: on data where older or more popular items have the smaller ids, more than chance.
pub fn constant(n_rows: usize) -> Vec<f64> {
    vec![0.0; n_rows]
}

/// Each row's grade as its score: the best order there is, of all rows.
///
/// A metric that is below 1 for it cannot reach 1 on these rows (precision where a user has fewer relevant rows than K).
/// Relevance has to follow the grade, as it does where every grade from some value on is relevant.
pub fn oracle(grades: &[f64]) -> Vec<f64> {
    grades.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Groups, Metric, ModelScores, Plan, TestRows, Ties, evaluate};

    #[test]
    fn the_floor_is_chance_and_the_ceiling_1() {
        let groups = Groups::from_sorted(&[1; 4]).unwrap();
        let (relevant, grades) = ([false, true, false, false], [1.0, 5.0, 2.0, 3.0]);
        let rows = TestRows::new(&groups, &[10, 20, 30, 40], &relevant, &grades).unwrap();
        let metrics = ["recall", "auc"].map(|name| Metric::from_name(name).unwrap());
        let (constant, oracle) = (constant(4), oracle(&grades));
        let models = [
            ModelScores { name: CONSTANT, scores: &constant },
            ModelScores { name: ORACLE, scores: &oracle },
        ];
        let plan = Plan::new(&metrics, &[1]).unwrap().with_ties(Ties::Expected);
        let means: Vec<_> = evaluate(&rows, &models, &plan)
            .unwrap()
            .summaries()
            .into_iter()
            .map(|s| s.mean.unwrap())
            .collect();
        assert_eq!(means, [0.25, 0.5, 1.0, 1.0]); // one of four rows is relevant
    }
}
