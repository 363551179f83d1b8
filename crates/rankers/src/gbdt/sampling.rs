//! The rows and columns that one tree may see.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

/// `n_chosen` of the rows `0..n_rows` without replacement, each set equally likely; ascending.
///
/// Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S); `draw` gives uniform 32-bit numbers,
/// one a row.
pub(super) fn sample_rows(n_rows: usize, n_chosen: usize, mut draw: impl FnMut() -> u32) -> Vec<u32> {
    let mut chosen = vec![0; n_chosen + 1];
    let mut n = 0;
    for row in 0..n_rows {
        // A row is taken with probability (rows still wanted) / (rows still to come). Every row is written, and the list moves on where it
        // is taken: a branch here would be mispredicted at every other row.
        let wanted = (n_chosen - n) as u64;
        let to_come = (n_rows - row) as u64;
        let take = (u64::from(draw()) * to_come) >> 32 < wanted;
        chosen[n] = row as u32;
        n += usize::from(take);
    }
    chosen.truncate(n_chosen);
    chosen
}

/// Draws what each tree sees.
#[derive(Debug)]
pub(super) struct Sampler<'a> {
    n_rows: usize,
    n_chosen_rows: usize,
    n_features: usize,
    n_chosen_features: usize,
    rng: &'a mut ChaCha8Rng,
}

impl<'a> Sampler<'a> {
    /// `subsample` of the rows, rounded down, and `colsample` of the features, rounded up; at least one of each.
    pub fn new(
        n_rows: usize,
        n_features: usize,
        subsample: f64,
        colsample: f64,
        rng: &'a mut ChaCha8Rng,
    ) -> Self {
        let n_chosen_rows = ((n_rows as f64 * subsample) as usize).clamp(1, n_rows);
        let n_chosen_features = ((n_features as f64 * colsample).ceil() as usize).clamp(1, n_features);
        Self { n_rows, n_chosen_rows, n_features, n_chosen_features, rng }
    }

    /// The next tree's rows, ascending; `None` for all of them, and then nothing is drawn.
    pub fn rows(&mut self) -> Option<Vec<u32>> {
        (self.n_chosen_rows < self.n_rows)
            .then(|| sample_rows(self.n_rows, self.n_chosen_rows, || self.rng.random()))
    }

    /// The next tree's features, ascending. Draws nothing where it sees them all.
    pub fn features(&mut self) -> Vec<u32> {
        if self.n_chosen_features == self.n_features {
            return (0..self.n_features as u32).collect();
        }
        sample_rows(self.n_features, self.n_chosen_features, || self.rng.random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_drawn_equally_often() {
        let mut rng = dataset::rng::stream(1, "rankers/sampling/test");
        let mut times = [0; 10];
        for _ in 0..10_000 {
            let chosen = sample_rows(10, 3, || rng.random());
            assert!(chosen.len() == 3 && chosen.is_sorted_by(|a, b| a < b));
            for row in chosen {
                times[row as usize] += 1;
            }
        }
        // 3,000 expected, standard deviation 46.
        assert!(times.iter().all(|n| (2800..3200).contains(n)), "{times:?}");
    }

    #[test]
    fn the_whole_needs_no_draw() {
        let mut rng = dataset::rng::stream(1, "rankers/sampling/test");
        let before = rng.clone();
        let mut sampler = Sampler::new(5, 3, 1.0, 1.0, &mut rng);
        assert_eq!(sampler.rows(), None);
        assert_eq!(sampler.features(), [0, 1, 2]);
        assert_eq!(rng, before);
    }

    #[test]
    fn a_tiny_share_is_still_one_row() {
        let mut rng = dataset::rng::stream(1, "rankers/sampling/test");
        let mut sampler = Sampler::new(5, 3, 0.01, 0.01, &mut rng);
        assert_eq!((sampler.rows().unwrap().len(), sampler.features().len()), (1, 1));
    }
}
