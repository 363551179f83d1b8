//! How the loss fell, tree by tree.

use serde::{Deserialize, Serialize};

/// The mean loss after each tree; entry 0 is after the first tree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LearningCurve {
    /// Over all training rows, those that a tree did not see included.
    pub train: Vec<f64>,
    /// Over the held-out rows; empty where there are none.
    pub held_out: Vec<f64>,
}

impl LearningCurve {
    /// How many trees make the lowest held-out loss, of equal ones the fewest; `None` without held-out rows.
    pub fn best_n_trees(&self) -> Option<usize> {
        let best = (0..self.held_out.len()).min_by(|&a, &b| self.held_out[a].total_cmp(&self.held_out[b]))?;
        Some(best + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_minima_is_best() {
        let curve = LearningCurve { train: vec![], held_out: vec![0.6, 0.5, 0.5, 0.7] };
        assert_eq!(curve.best_n_trees(), Some(2));
        assert_eq!(LearningCurve::default().best_n_trees(), None);
    }
}
