//! The keyed hash of a (user, item) pair.

use sha2::block_api::compress256;

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
#[derive(Clone)]
pub(super) struct PairHasher {
    /// `podium/split/<seed>/<user_id>/` of the user hashed last, as the beginning of a text: ratings come user by user.
    text: Text,
    /// The length of the part before the user.
    prefix: usize,
    user_id: Option<UserId>,
}

impl PairHasher {
    pub(super) fn new(seed: u64) -> Self {
        let mut text = Text { bytes: [0; LONGEST], len: 0 };
        text.push(format!("podium/split/{seed}/").as_bytes());
        Self { prefix: text.len, text, user_id: None }
    }

    pub(super) fn hash(&mut self, user_id: UserId, item_id: ItemId) -> PairHash {
        if self.user_id != Some(user_id) {
            self.user_id = Some(user_id);
            self.text.truncate(self.prefix);
            self.text.push_number(user_id);
            self.text.push(b"/");
        }
        let mut text = self.text;
        text.push_number(item_id);
        let [a, b, c, d, e, f, ..] = text.sha256().map(u64::from);
        // 15 hex digits are 7.5 bytes: the second number starts in the middle of byte 7, the third at byte 15.
        let low = u64::from(u8::MAX);
        PairHash {
            test: ((a << 32) | b) >> 4,
            meta: (((b & low) << 56) | (c << 24) | (d >> 8)) & ((1 << BITS) - 1),
            fold: (((d & low) << 56) | (e << 24) | (f >> 8)) >> 4,
        }
    }
}

/// Two blocks of SHA-256: more than `podium/split/` with a seed of 20 digits and two ids of 20 characters.
const LONGEST: usize = 128;

/// The hashed text, zeros behind it: without the allocation and the formatting that would take as long as the hash.
#[derive(Clone, Copy)]
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
        if number < 0 {
            self.push(b"-");
        }
        let mut rest = number.unsigned_abs();
        self.len += rest.checked_ilog10().unwrap_or(0) as usize + 1;
        for at in (0..self.len).rev() {
            self.bytes[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
    }

    fn truncate(&mut self, len: usize) {
        self.bytes[len..self.len].fill(0);
        self.len = len;
    }

    /// The digest as eight big-endian words. (The hasher of the sha2 crate takes as long to fill its block as to hash it.)
    fn sha256(mut self) -> [u32; 8] {
        let mut state = [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ];
        // FIPS 180-4, 5.1.1: a one bit, zeros, and the length in bits at the end of the last block.
        self.bytes[self.len] = 0x80;
        let (blocks, _) = self.bytes.as_chunks_mut::<64>();
        let n_blocks = if self.len + 9 <= 64 { 1 } else { 2 };
        let n_bits = 8 * self.len as u64;
        blocks[n_blocks - 1][56..].copy_from_slice(&n_bits.to_be_bytes());
        compress256(&mut state, &blocks[..n_blocks]);
        state
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_hash_is_what_any_engine_computes() {
        // Texts of one block and of two; a hasher that goes from user to user.
        for seed in [0, 42, 123_456_789_012, u64::MAX] {
            let mut hasher = PairHasher::new(seed);
            for user_id in [0, 1, 9, 10, i64::MAX, 162_541, 7] {
                for item_id in [31, 0, -1, i64::MIN, 209_171, 100, 99_999_999_999_999, 5] {
                    // printf 'podium/split/42/1/31' | sha256sum, cut into hex digits 1-15, 16-30 and 31-45.
                    let digest = Sha256::digest(format!("podium/split/{seed}/{user_id}/{item_id}"));
                    let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
                    let number = |from: usize| u64::from_str_radix(&hex[from..from + 15], 16).unwrap();
                    let hash = hasher.hash(user_id, item_id);
                    assert_eq!([hash.test, hash.meta, hash.fold], [number(0), number(15), number(30)]);
                }
            }
        }
    }
}
