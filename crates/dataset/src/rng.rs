//! Named random streams: every draw in the project comes from one of these.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

/// The random stream called `name` under `seed`, for example `stream(42, "train-base/mf")`.
///
/// Streams of different names are independent, so that adding a model changes no draw of another. The generator's key is
/// SHA-256 of `podium/stream/<seed>/<name>`.
pub fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(Sha256::digest(format!("podium/stream/{seed}/{name}")).into())
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;

    #[test]
    fn a_name_fixes_the_stream() {
        let draw = |seed, name| stream(seed, name).random::<u64>();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }
}
