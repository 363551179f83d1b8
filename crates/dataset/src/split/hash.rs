//! The keyed hash of a (user, item) pair.

use sha2::{Digest as _, Sha256};

use crate::{ItemId, UserId};

/// How many bits each of the numbers has.
pub(super) const BITS: u32 = 60;

/// The hash of one (user, item) pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PairHash {
    pub(super) test: u64,
    pub(super) meta: u64,
    pub(super) fold: u64,
}

impl PairHash {
    /// The fold, 0 to `n_folds - 1`.
    pub(super) fn fold_of(self, n_folds: u8) -> u8 {
        (self.fold % u64::from(n_folds)) as u8
    }
}

/// The hash function under one seed.
pub(super) struct PairHasher {
    /// `podium/split/<seed>/`.
    prefix: String,
}

impl PairHasher {
    pub(super) fn new(seed: u64) -> Self {
        Self { prefix: format!("podium/split/{seed}/") }
    }

    pub(super) fn hash(&self, user_id: UserId, item_id: ItemId) -> PairHash {
        let mut text = Text { bytes: [0; LONGEST], len: 0 };
        text.push(self.prefix.as_bytes());
        text.push_number(user_id);
        text.push(b"/");
        text.push_number(item_id);
        let digest = Sha256::digest(&text.bytes[..text.len]);
        let word = |from: usize| {
            let mut bytes = [0u8; 8];
            bytes.copy_from_slice(&digest[from..from + 8]);
            u64::from_be_bytes(bytes)
        };
        // 15 hex digits are 7.5 bytes: the second number starts in the middle of byte 7, the third at byte 15.
        PairHash { test: word(0) >> 4, meta: word(7) & ((1 << BITS) - 1), fold: word(15) >> 4 }
    }
}

/// `podium/split/` with a seed of 20 digits and two ids of 20 characters.
const LONGEST: usize = 80;

/// The hashed text, without the allocation and the formatting that would take as long as the hash.
struct Text {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Text {
    fn push(&mut self, text: &[u8]) {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn push_number(&mut self, number: i64) {
        let mut digits = [0u8; 20];
        let (mut first, mut rest) = (digits.len(), number.unsigned_abs());
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            first -= 1;
            digits[first] = b'-';
        }
        self.push(&digits[first..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_what_any_engine_computes() {
        for (seed, user_id, item_id) in
            [(42, 1, 31), (0, 0, -1), (u64::MAX, i64::MAX, i64::MIN), (7, 162_541, 209_171)]
        {
            // printf 'podium/split/42/1/31' | sha256sum, cut into hex digits 1-15, 16-30 and 31-45.
            let digest = Sha256::digest(format!("podium/split/{seed}/{user_id}/{item_id}"));
            let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            let number = |from: usize| u64::from_str_radix(&hex[from..from + 15], 16).unwrap();
            let hash = PairHasher::new(seed).hash(user_id, item_id);
            assert_eq!([hash.test, hash.meta, hash.fold], [number(0), number(15), number(30)]);
        }
    }
}
