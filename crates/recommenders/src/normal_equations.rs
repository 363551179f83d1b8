//! Weighted ridge regression on dense vectors, a few dozen numbers long.

use crate::factors::{self, Factors};

/// The normal equations of one regression, filled an observation at a time; memory that the next one uses again.
pub struct NormalEquations {
    dimensions: usize,
    /// The sum of `weight * v v'`; the lower triangle.
    gram: Factors,
    /// The sum of `weight * target * v`.
    right: Vec<f32>,
}

impl NormalEquations {
    /// Nothing observed.
    pub fn new(dimensions: usize) -> Self {
        let gram = Factors::zeros(dimensions, dimensions);
        let right = vec![0.0; gram.width()];
        Self { dimensions, gram, right }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.gram.numbers_mut().fill(0.0);
        self.right.fill(0.0);
    }

    /// Forgets all, and starts with what [`Factors::gram`] gave for rows observed with a target of 0.
    pub fn restart(&mut self, gram: &[f64]) {
        self.gram.numbers_mut().iter_mut().zip(gram).for_each(|(to, &number)| *to = number as f32);
        self.right.fill(0.0);
    }

    /// Adds an observation: `moment` is its weight times its target.
    pub fn observe(&mut self, vector: &[f32], weight: f32, moment: f32) {
        for (row, &number) in vector[..self.dimensions].iter().enumerate() {
            // Up to the diagonal, and on to the end of a block of lanes.
            let end = (row + 1).next_multiple_of(factors::LANES);
            factors::add(&mut self.gram.row_mut(row as u32)[..end], &vector[..end], weight * number);
        }
        factors::add(&mut self.right, vector, moment);
    }

    /// Writes the coefficients into `out`, by Cholesky's factors in place; what was observed is used up. Exact arithmetic keeps every pivot at least
    /// `regularization` > 0, so it is held there against rounding.
    pub fn solve(&mut self, regularization: f32, out: &mut [f32]) {
        let n = self.dimensions;
        let width = self.gram.width();
        let a = self.gram.numbers_mut();
        for i in 0..n {
            let (above, rest) = a.split_at_mut(i * width);
            let row = &mut rest[..width];
            for j in 0..i {
                let other = &above[j * width..][..width];
                let sum: f32 = row[..j].iter().zip(&other[..j]).map(|(a, b)| a * b).sum();
                row[j] = (row[j] - sum) / other[j];
            }
            let squares: f32 = row[..i].iter().map(|number| number * number).sum();
            row[i] = (row[i] + regularization - squares).max(regularization).sqrt();
        }
        out.fill(0.0);
        for i in 0..n {
            let row = &a[i * width..][..width];
            let sum: f32 = row[..i].iter().zip(&out[..i]).map(|(a, b)| a * b).sum();
            out[i] = (self.right[i] - sum) / row[i];
        }
        for i in (0..n).rev() {
            out[i] /= a[i * width + i];
            let (before, solved) = out.split_at_mut(i);
            before.iter_mut().zip(&a[i * width..]).for_each(|(number, weight)| *number -= weight * solved[0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_observations_by_hand() {
        // v = (1, 0) and (1, 1) with targets 1 and 2; L2 1: [[3, 1], [1, 2]] x = [3, 2], so x = (4, 3) / 5.
        let mut equations = NormalEquations::new(2);
        let (first, second) =
            ([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        equations.observe(&first, 1.0, 1.0);
        equations.observe(&second, 1.0, 2.0);
        let mut found = vec![9.0; 8];
        equations.solve(1.0, &mut found);
        assert!((found[0] - 0.8).abs() < 1e-6 && (found[1] - 0.6).abs() < 1e-6, "{found:?}");
        assert_eq!(found[2..], [0.0; 6]);

        // A weight of 2 is the same as observing twice.
        let mut solve = |observe: &dyn Fn(&mut NormalEquations)| {
            equations.clear();
            observe(&mut equations);
            equations.solve(1.0, &mut found);
            found.clone()
        };
        let twice = solve(&|equations| (0..2).for_each(|_| equations.observe(&second, 1.0, 2.0)));
        assert_eq!(solve(&|equations| equations.observe(&second, 2.0, 4.0)), twice);
        assert_eq!(solve(&|_| ()), [0.0; 8]);

        // The Gram matrix of a row stands for the row with a target of 0.
        let mut row = Factors::zeros(1, 2);
        row.row_mut(0).copy_from_slice(&second);
        let gram = row.gram();
        let observed = solve(&|equations| {
            equations.observe(&second, 1.0, 0.0);
            equations.observe(&first, 1.0, 1.0);
        });
        let restarted = solve(&|equations| {
            equations.restart(&gram);
            equations.observe(&first, 1.0, 1.0);
        });
        assert_eq!(observed, restarted);
    }
}
