//! The rows of the smallest hashes, without sorting all of them.

use rayon::prelude::*;

use super::{BITS, Part};

/// Hashes are counted by so many of their first bits.
const BUCKET_BITS: u32 = 12;
const BLOCK: usize = 1 << 18;

/// Gives `part` to the rows of the `n` smallest `hashes`; `key` decides between equal hashes. Hashes of more than [`BITS`] bits are never
/// among them.
pub(super) fn mark<K: Ord + Send>(
    hashes: &[u64],
    n: usize,
    key: impl Fn(usize) -> K + Sync,
    parts: &mut [Part],
    part: Part,
) {
    let bucket = |hash: u64| (hash >> (BITS - BUCKET_BITS)).min(1 << BUCKET_BITS) as usize;
    let counts = hashes.par_chunks(BLOCK).map(|block| {
        let mut counts = vec![0usize; (1 << BUCKET_BITS) + 1];
        for &hash in block {
            counts[bucket(hash)] += 1;
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
    let all = parts.par_iter_mut().zip(hashes).filter(|(_, hash)| bucket(**hash) < last);
    all.for_each(|(of_row, _)| *of_row = part);
    let mut some: Vec<usize> =
        (0..hashes.len()).into_par_iter().filter(|&row| bucket(hashes[row]) == last).collect();
    some.par_sort_unstable_by_key(|&row| (hashes[row], key(row)));
    some.truncate(left);
    for row in some {
        parts[row] = part;
    }
}
