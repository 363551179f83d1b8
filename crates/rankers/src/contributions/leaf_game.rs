//! The Shapley values of one leaf's value.

use super::quadrature::{Node, gauss_legendre};

/// What a condition is worth to the leaf: 1 or 0 where the feature is known, by whether the row meets it, and the share of training rows
/// that do where it is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub known: f64,
    pub unknown: f64,
}

/// Nodes for products of so many factors, made once.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Vec<Node>>);

impl Rules {
    /// Makes those for up to `n_conditions` conditions.
    pub fn prepare(&mut self, n_conditions: usize) {
        for n in self.0.len()..=n_conditions.div_ceil(2) {
            self.0.push(gauss_legendre(n));
        }
    }

    /// Writes what each condition contributes to the value of a leaf; `out` has a number a condition.
    ///
    /// The game is `v(S) = value * product over S of known * product over the others of unknown`, and the Shapley value of a condition is
    /// `(known - unknown) * value` times the integral over t in [0, 1] of the product of `t known + (1 - t) unknown` over all the others: the
    /// derivative of the game's multilinear extension along the diagonal (Owen, 1972, "Multilinear extensions of games"). Of degree
    /// below the number of conditions, it is integrated exactly by half as many nodes, and no term is taken back, as the unwinding of
    /// `TreeSHAP` does: nothing cancels on long paths.
    ///
    /// `after` is memory to work in. The conditions are at most as many as were prepared for.
    pub fn contributions(&self, value: f64, conditions: &[Worth], after: &mut Vec<f64>, out: &mut [f64]) {
        out.fill(0.0);
        for node in &self.0[conditions.len().div_ceil(2)] {
            let factor = |worth: &Worth| node.at * worth.known + (1.0 - node.at) * worth.unknown;
            after.clear();
            let mut product = node.weight * value;
            for worth in conditions.iter().rev() {
                after.push(product);
                product *= factor(worth);
            }
            let mut before = 1.0;
            for ((worth, after), out) in conditions.iter().zip(after.iter().rev()).zip(&mut *out) {
                *out += before * after;
                before *= factor(worth);
            }
        }
        for (worth, out) in conditions.iter().zip(out) {
            *out *= worth.known - worth.unknown;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_conditions_by_hand() {
        // v({}) = 4 * 0.5 * 0.25 = 0.5, v({a}) = 4 * 1 * 0.25 = 1, v({b}) = 4 * 0.5 * 0 = 0, v({a, b}) = 0.
        // a: ((1 - 0.5) + (0 - 0)) / 2; b: ((0 - 0.5) + (0 - 1)) / 2.
        let conditions = [Worth { known: 1.0, unknown: 0.5 }, Worth { known: 0.0, unknown: 0.25 }];
        let (mut rules, mut out) = (Rules::default(), [9.0; 2]);
        rules.prepare(2);
        rules.contributions(4.0, &conditions, &mut Vec::new(), &mut out);
        assert!((out[0] - 0.25).abs() < 1e-15 && (out[1] + 0.75).abs() < 1e-15, "{out:?}");
    }

    #[test]
    fn what_no_training_row_met_is_no_division() {
        let conditions = [Worth { known: 1.0, unknown: 0.0 }, Worth { known: 1.0, unknown: 0.0 }];
        let (mut rules, mut out) = (Rules::default(), [0.0; 2]);
        rules.prepare(2);
        rules.contributions(3.0, &conditions, &mut Vec::new(), &mut out);
        assert!(out.iter().all(|share| (share - 1.5).abs() < 1e-15), "{out:?}");
    }

    #[test]
    fn long_paths_keep_their_digits() {
        // 40 conditions alike share equally in the difference between all known and none.
        let conditions = [Worth { known: 1.0, unknown: 0.9 }; 40];
        let (mut rules, mut out) = (Rules::default(), [0.0; 40]);
        rules.prepare(40);
        rules.contributions(1.0, &conditions, &mut Vec::new(), &mut out);
        let share = (1.0 - 0.9f64.powi(40)) / 40.0;
        assert!(out.iter().all(|out| (out - share).abs() < 1e-15), "{out:?}");
    }
}
