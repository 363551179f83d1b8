//! The best of many, without sorting all.

use std::cmp::Ordering;

/// The best `depth` of what is pushed: by descending score, ties to the smaller place, as in every ranking.
#[derive(Debug, Default)]
pub struct Top {
    depth: usize,
    /// At most twice the depth; the best so far are among them.
    kept: Vec<(f64, u32)>,
    /// A score below this is not among the best.
    least: f64,
}

impl Top {
    /// Forgets everything; from now on the best `depth` are kept.
    pub fn clear(&mut self, depth: usize) {
        self.depth = depth;
        self.kept.clear();
        self.least = f64::NEG_INFINITY;
    }

    /// Takes a finite score; places ascend from push to push.
    pub fn push(&mut self, score: f64, place: u32) {
        // Of equal scores the earlier ones stay: once as many as are kept have been seen, a tie with the least is too late.
        if score > self.least || self.kept.len() < self.depth {
            self.kept.push((score, place));
            if self.kept.len() >= 2 * self.depth.max(1) {
                self.shrink();
            }
        }
    }

    /// The best, best first.
    pub fn sorted(&mut self) -> &[(f64, u32)] {
        self.kept.sort_unstable_by(best_first);
        self.kept.truncate(self.depth);
        &self.kept
    }

    fn shrink(&mut self) {
        if self.depth > 0 {
            let (_, &mut (least, _), _) = self.kept.select_nth_unstable_by(self.depth - 1, best_first);
            self.least = least;
        }
        self.kept.truncate(self.depth);
    }
}

fn best_first(a: &(f64, u32), b: &(f64, u32)) -> Ordering {
    b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_sorting_all() {
        let mut top = Top::default();
        for (n, depth, levels) in
            [(0, 3, 5), (2, 3, 5), (100, 7, 3), (100, 1, 50), (1000, 20, 400), (50, 0, 5), (64, 64, 9)]
        {
            let scores: Vec<f64> =
                (0..n).map(|at| f64::from((at * 7919 + 13) % 1009 % levels) - 2.0).collect();
            let mut expected: Vec<(f64, u32)> = scores.iter().copied().zip(0..).collect();
            expected.sort_by(best_first);
            expected.truncate(depth);
            top.clear(depth);
            for (place, &score) in (0..).zip(&scores) {
                top.push(score, place);
            }
            assert_eq!(top.sorted(), expected, "{n} {depth} {levels}");
        }
    }
}
