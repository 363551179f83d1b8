//! A row of sums of products, coded in few bytes.
//!
//! A row says, for an item, the sum of the products of ratings with each other item that somebody rated beside it: `key, sum`, keys ascending.
//! The first byte tells how sums stand in it. [`QUARTERS`]: each as its number of quarter stars squared, a varint, which is exact for ratings in half
//! stars; [`EXACT`]: each as the 8 bytes of an f64. Keys are the gaps from the key before, as varints; the first is itself (zigzag). Varints have 7
//! bits a byte, the lowest first, and the high bit where more follow. Most pairs of a large data set take 2 or 3 bytes so, of the 24 that two ids and
//! a sum would take.

/// Sums are whole numbers of quarters.
const QUARTERS: u8 = 0;
/// Sums are f64.
const EXACT: u8 = 1;
/// From here on not every whole number is an f64.
const MOST_QUARTERS: f64 = (1u64 << 53) as f64;

/// A row that cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a coded row of co-ratings is broken")]
pub struct BrokenRow;

/// Codes a row; its keys ascend strictly.
pub fn encode(row: &[(i64, f64)]) -> Vec<u8> {
    let quarters = |sum: f64| sum * 4.0;
    let in_quarters = row.iter().all(|&(_, sum)| {
        let n = quarters(sum);
        (0.0..MOST_QUARTERS).contains(&n) && n.fract() == 0.0
    });
    let mut bytes = Vec::with_capacity(1 + row.len() * if in_quarters { 3 } else { 10 });
    bytes.push(if in_quarters { QUARTERS } else { EXACT });
    let mut last = None;
    for &(key, sum) in row {
        match last {
            None => push(&mut bytes, ((key << 1) ^ (key >> 63)) as u64),
            Some(last) => push(&mut bytes, key.wrapping_sub(last) as u64),
        }
        last = Some(key);
        if in_quarters {
            push(&mut bytes, quarters(sum) as u64);
        } else {
            bytes.extend(sum.to_le_bytes());
        }
    }
    bytes
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a row from its beginning; ends after the last pair, or with an error where the bytes are no row.
pub struct Decoder<'a> {
    bytes: &'a [u8],
    coding: Option<u8>,
    last: Option<i64>,
}

impl<'a> Decoder<'a> {
    /// Begins at the first pair.
    pub fn new(bytes: &'a [u8]) -> Self {
        let (coding, bytes) = match bytes.split_first() {
            Some((&coding, rest)) => (Some(coding), rest),
            None => (None, bytes),
        };
        Self { bytes, coding, last: None }
    }

    #[inline]
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for (at, &byte) in self.bytes.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.bytes = &self.bytes[at + 1..];
                return Some(number);
            }
        }
        None
    }

    #[inline]
    fn pair(&mut self) -> Option<(i64, f64)> {
        let key = self.varint()?;
        let key = match self.last {
            None => (key >> 1) as i64 ^ -((key & 1) as i64),
            Some(last) => last.wrapping_add(key as i64),
        };
        if self.last.is_some_and(|last| last >= key) {
            return None;
        }
        self.last = Some(key);
        match self.coding? {
            QUARTERS => self.varint().map(|quarters| (key, quarters as f64 * 0.25)),
            EXACT => {
                let (sum, rest) = self.bytes.split_first_chunk()?;
                self.bytes = rest;
                Some((key, f64::from_le_bytes(*sum)))
            }
            _ => None,
        }
    }
}

impl Iterator for Decoder<'_> {
    type Item = Result<(i64, f64), BrokenRow>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() && matches!(self.coding, Some(QUARTERS | EXACT)) {
            return None;
        }
        let pair = self.pair();
        if pair.is_none() {
            (self.bytes, self.coding) = (&[], Some(QUARTERS)); // the end
        }
        Some(pair.ok_or(BrokenRow))
    }
}

/// The sum of some rows of one item.
///
/// # Errors
/// [`BrokenRow`] for the first row that is none.
pub fn merge(rows: &[&[u8]]) -> Result<Vec<u8>, BrokenRow> {
    let mut pairs: Vec<(i64, f64)> = Vec::new();
    for row in rows {
        for pair in Decoder::new(row) {
            pairs.push(pair?);
        }
    }
    // Runs that ascend; equal keys stay in the order of the rows, so that sums that are not exact follow it too.
    pairs.sort_by_key(|&(key, _)| key);
    pairs.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    Ok(encode(&pairs))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> Result<Vec<(i64, f64)>, BrokenRow> {
        Decoder::new(bytes).collect()
    }

    #[test]
    fn a_pair_takes_few_bytes() {
        let row = [(5, 12.25), (6, 0.25), (200, 31.5)];
        assert_eq!(encode(&row).len(), 1 + 2 + 2 + 3); // 194 ids on, and 49, 1 and 126 quarters
        assert_eq!(decode(&encode(&row)), Ok(row.to_vec()));
    }

    #[test]
    fn rows_are_summed_up() {
        let (a, b) = (encode(&[(-3, 1.0), (4, 2.5)]), encode(&[(4, 0.1), (7, 9.0)]));
        let sum = decode(&merge(&[&a, &b, &encode(&[])]).unwrap());
        assert_eq!(sum, Ok(vec![(-3, 1.0), (4, 2.6), (7, 9.0)]));
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        assert_eq!(decode(&[]), Err(BrokenRow)); // no coding
        assert_eq!(decode(&[0, 4]), Err(BrokenRow)); // a key without a sum
        assert_eq!(decode(&[0, 4, 4, 0, 4]), Err(BrokenRow)); // the same key again
        assert_eq!(decode(&[9, 4, 4]), Err(BrokenRow)); // an unknown coding
        assert_eq!(decode(&[9]), Err(BrokenRow));
        assert_eq!(decode(&[1, 4, 0, 0]), Err(BrokenRow)); // an f64 of two bytes
        assert_eq!(decode(&[0; 12].map(|_| 0xff)), Err(BrokenRow)); // a varint without an end
        assert_eq!(decode(&[0]), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn every_row_comes_back(
            row in prop::collection::btree_map(any::<i64>(), prop_oneof![(0u32..1 << 20).prop_map(|n| f64::from(n) * 0.25), -1e9..1e9f64], 0..40),
        ) {
            let row: Vec<(i64, f64)> = row.into_iter().collect();
            prop_assert_eq!(decode(&encode(&row)), Ok(row));
        }

        #[test]
        fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
            let _ = merge(&[&bytes, &bytes]);
        }
    }
}
