//! The rows of the smallest hashes, without sorting all of them.

use rayon::prelude::*;

use super::{BITS, Part};

/// Hashes are counted by so many of their first bits.
const BUCKET_BITS: u32 = 12;
const BLOCK: usize = 1 << 18;

/// Gives `part` to the rows of the `n` smallest hashes, `hash` being a row's; `key` decides between equal hashes. Hashes of more than [`BITS`] bits are never
/// among them.
pub(super) fn mark<K: Ord + Send>(
    hash: impl Fn(usize) -> u64 + Sync,
    n: usize,
    key: impl Fn(usize) -> K + Sync,
    parts: &mut [Part],
    part: Part,
) {
    let bucket = |hash: u64| (hash >> (BITS - BUCKET_BITS)).min(1 << BUCKET_BITS) as usize;
    let n_rows = parts.len();
    let counts = (0..n_rows.div_ceil(BLOCK)).into_par_iter().map(|block| {
        let mut counts = vec![0usize; (1 << BUCKET_BITS) + 1];
        for row in block * BLOCK..((block + 1) * BLOCK).min(n_rows) {
            counts[bucket(hash(row))] += 1;
        }
        counts
    });
    let counts = counts.reduce_with(|mut a, b| {
        for (a, b) in a.iter_mut().zip(b) {
            *a += b;
        }
        a
    });
    // All of the buckets before the last one, and some of that.
    let (mut last, mut left) = (0, n);
    for &count in counts.iter().flatten() {
        if count > left {
            break;
        }
        left -= count;
        last += 1;
    }
    let all = parts.par_iter_mut().enumerate().filter(|(row, _)| bucket(hash(*row)) < last);
    all.for_each(|(_, of_row)| *of_row = part);
    let mut some: Vec<usize> = (0..n_rows).into_par_iter().filter(|&row| bucket(hash(row)) == last).collect();
    some.par_sort_unstable_by_key(|&row| (hash(row), key(row)));
    some.truncate(left);
    for row in some {
        parts[row] = part;
    }
}
