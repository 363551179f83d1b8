//! The seeds of the splits of the training ratings.

use dataset::rng;
use rand::RngExt as _;

/// The seeds of the splits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splits(Vec<u64>);

impl Splits {
    /// Draws `n` seeds from the stream `name`. Not `seed` itself and its neighbours: the run's own test part was drawn by the hash of such a
    /// seed, and its training ratings are those of the large hashes, of which the same seed holds none out.
    pub fn draw(n: u32, seed: u64, name: &str) -> Self {
        let mut draws = rng::stream(seed, name);
        Self((0..n).map(|_| u64::from(draws.random::<u32>())).collect())
    }

    /// The seeds.
    pub fn seeds(&self) -> &[u64] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_split_is_drawn_by_the_seed_of_the_run() {
        let Splits(seeds) = Splits::draw(100, 42, "test");
        let mut distinct = seeds.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 100);
        assert!(seeds.iter().all(|seed| !(42..142).contains(seed)), "{seeds:?}");
        assert_eq!(Splits::draw(3, 42, "test").0, seeds[..3]);
        assert_ne!(Splits::draw(3, 42, "other").0, seeds[..3]);
    }
}
