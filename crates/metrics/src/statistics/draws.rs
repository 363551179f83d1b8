//! How often each user is drawn in each resample.

use std::borrow::Cow;

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::prelude::*;

/// Resamples that stand side by side: their sums fill vector registers.
pub(super) const LANES: usize = 8;

/// The most bytes of counts that are kept. What is beyond is drawn again whenever it is needed.
const MAX_KEPT: usize = 1 << 30;

/// The draws of one number of users: each resample takes as many as there are, with replacement.
///
/// Resample `b` draws from stream `b + 1` of the generator's key, whatever the generator has drawn before.
#[derive(Debug)]
pub(super) struct Draws {
    n_users: usize,
    n_resamples: usize,
    seed: [u8; 32],
    /// By pass of [`LANES`] resamples, then user; empty where it would be too much to keep.
    counts: Vec<[u8; LANES]>,
}

impl Draws {
    /// Draws `n_resamples` times `n_users` of `n_users`.
    pub fn new(n_users: usize, n_resamples: usize, rng: &ChaCha8Rng) -> Self {
        let mut draws = Self { n_users, n_resamples, seed: rng.get_seed(), counts: Vec::new() };
        let n_counts = draws.n_passes() * n_users;
        if n_counts > 0 && n_counts * LANES <= MAX_KEPT {
            let mut counts = vec![[0; LANES]; n_counts];
            // Drawn where there is room in the cache, and then written once.
            let room = || vec![[0; LANES]; n_users];
            counts.par_chunks_exact_mut(n_users).enumerate().for_each_init(room, |drawn, (pass, counts)| {
                draws.draw(pass, drawn);
                counts.copy_from_slice(drawn);
            });
            draws.counts = counts;
        }
        draws
    }

    /// Of how many users.
    pub fn n_users(&self) -> usize {
        self.n_users
    }

    /// How many resamples there are.
    pub fn n_resamples(&self) -> usize {
        self.n_resamples
    }

    /// How many passes hold them; the last may hold fewer than [`LANES`].
    pub fn n_passes(&self) -> usize {
        self.n_resamples.div_ceil(LANES)
    }

    /// The counts of a pass, by user.
    pub fn pass(&self, pass: usize) -> Cow<'_, [[u8; LANES]]> {
        let first = pass * self.n_users;
        if let Some(counts) = self.counts.get(first..first + self.n_users) {
            return Cow::Borrowed(counts);
        }
        let mut counts = vec![[0; LANES]; self.n_users];
        self.draw(pass, &mut counts);
        Cow::Owned(counts)
    }

    fn draw(&self, pass: usize, counts: &mut [[u8; LANES]]) {
        counts.fill([0; LANES]);
        let first = pass * LANES;
        for (lane, resample) in (first..self.n_resamples.min(first + LANES)).enumerate() {
            let mut rng = ChaCha8Rng::from_seed(self.seed);
            rng.set_stream(resample as u64 + 1);
            for _ in 0..self.n_users {
                // To draw one of many users more than 255 times takes longer than the universe has.
                let count = &mut counts[rng.random_range(0..self.n_users)][lane];
                *count = count.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_drawn_again() {
        let rng = ChaCha8Rng::seed_from_u64(3);
        let kept = Draws::new(50, 20, &rng);
        let again = Draws { n_users: 50, n_resamples: 20, seed: rng.get_seed(), counts: Vec::new() };
        for pass in 0..3 {
            assert_eq!(kept.pass(pass), again.pass(pass));
            for lane in 0..LANES {
                let n: usize = kept.pass(pass).iter().map(|counts| usize::from(counts[lane])).sum();
                assert_eq!(n, if pass * LANES + lane < 20 { 50 } else { 0 });
            }
        }
        assert_eq!((kept.n_users(), kept.n_resamples(), kept.n_passes()), (50, 20, 3));
        assert!(Draws::new(0, 20, &rng).pass(2).is_empty());
    }
}
