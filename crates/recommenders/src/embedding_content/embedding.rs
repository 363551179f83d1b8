//! Dense vectors of items from their terms.
//!
//! Latent semantic analysis (Deerwester et al., "Indexing by latent semantic analysis", 1990): the item-by-term matrix M is projected on the
//! subspace of its leading right singular vectors, found by randomised subspace iteration (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011, algorithm 4.4).
//! What is done with the vectors depends on their inner products alone, so any basis of the subspace will do, and the singular
//! vectors themselves are never sorted out.

use dataset::Csr;
use rand_chacha::ChaCha8Rng;

use crate::factors::{self, Factors};

/// A row an item: `M Q`, scaled to length 1, where Q has `dimensions` orthonormal columns that span about the leading right singular
/// vectors of M; 0 where the item has no terms.
pub fn embed(
    rows: &Csr,
    n_terms: usize,
    dimensions: usize,
    iterations: usize,
    rng: &mut ChaCha8Rng,
) -> Factors {
    let mut basis = Factors::normal(n_terms, dimensions, 1.0, rng);
    orthonormalize(&mut basis, dimensions);
    for _ in 0..iterations {
        basis = back(rows, &project(rows, &basis), n_terms, dimensions);
        orthonormalize(&mut basis, dimensions);
    }
    let mut items = project(rows, &basis);
    for item in 0..rows.n_rows() as u32 {
        let row = items.row_mut(item);
        let length = factors::dot(row, row).sqrt();
        if length > 0.0 {
            for number in row {
                *number /= length;
            }
        }
    }
    items
}

/// `M basis`.
fn project(rows: &Csr, basis: &Factors) -> Factors {
    let mut items = Factors::zeros(rows.n_rows(), basis.width());
    for item in 0..rows.n_rows() as u32 {
        let out = items.row_mut(item);
        let (terms, weights) = rows.row(item);
        for (&term, &weight) in terms.iter().zip(weights) {
            factors::add(out, basis.row(term), weight);
        }
    }
    items
}

/// `M' items`.
fn back(rows: &Csr, items: &Factors, n_terms: usize, dimensions: usize) -> Factors {
    let mut basis = Factors::zeros(n_terms, dimensions);
    for item in 0..rows.n_rows() as u32 {
        let (terms, weights) = rows.row(item);
        for (&term, &weight) in terms.iter().zip(weights) {
            factors::add(basis.row_mut(term), items.row(item), weight);
        }
    }
    basis
}

/// Makes the first `dimensions` columns orthonormal, or 0 where they depend on those before: modified Gram-Schmidt by way of the
/// Cholesky factor of `Q'Q`, which reads the long side once instead of once a column.
fn orthonormalize(basis: &mut Factors, dimensions: usize) {
    let width = basis.width();
    let n_rows = basis.numbers().len() / width;
    let gram = basis.gram();
    // Row k of `change` is how column k is made of the columns: the inverse of the Cholesky factor, transposed.
    let mut change = vec![0.0f64; width * width];
    for k in 0..dimensions {
        let before = gram[k * width + k];
        // What is left of column k, as a sum of columns, once the orthonormal columns before are taken out.
        let mut left = vec![0.0f64; width];
        left[k] = 1.0;
        for j in 0..k {
            let along: f64 = (0..=j).map(|i| change[j * width + i] * gram[i * width + k]).sum();
            (0..=j).for_each(|i| left[i] -= along * change[j * width + i]);
        }
        let product = |a: usize| (0..=k).map(|b| gram[a * width + b] * left[b]).sum::<f64>();
        let squared: f64 = (0..=k).map(|a| left[a] * product(a)).sum();
        if squared > 1e-9 * before && squared > 0.0 {
            let scale = 1.0 / squared.sqrt();
            (0..=k).for_each(|i| change[k * width + i] = left[i] * scale);
        }
    }
    let transposed: Vec<f32> =
        (0..width * width).map(|at| change[(at % width) * width + at / width] as f32).collect();
    let mut out = vec![0.0f32; width];
    for row in 0..n_rows as u32 {
        let row = basis.row_mut(row);
        out.fill(0.0);
        for (&number, columns) in row.iter().zip(transposed.chunks_exact(width)) {
            factors::add(&mut out, columns, number);
        }
        row.copy_from_slice(&out);
    }
}

#[cfg(test)]
mod tests {
    use dataset::rng;

    use super::*;

    #[test]
    fn columns_become_orthonormal() {
        let mut basis = Factors::normal(500, 10, 3.0, &mut rng::stream(1, "test/embedding"));
        orthonormalize(&mut basis, 10);
        for a in 0..10 {
            for b in 0..10 {
                let product: f32 = (0..500).map(|row| basis.row(row)[a] * basis.row(row)[b]).sum();
                assert!((product - f32::from(u8::from(a == b))).abs() < 1e-4, "{a}, {b}: {product}");
            }
        }
        assert!((0..500).all(|row| basis.row(row)[10..] == [0.0; 6]));
    }

    #[test]
    fn a_column_that_depends_on_others_becomes_zero() {
        let mut basis = Factors::zeros(3, 3);
        for (row, numbers) in [[1.0, 2.0, 0.0], [0.0, 0.0, 1.0], [1.0, 2.0, 0.0]].iter().enumerate() {
            basis.row_mut(row as u32)[..3].copy_from_slice(numbers);
        }
        orthonormalize(&mut basis, 3);
        let half = 0.5f32.sqrt();
        for (row, expected) in [[half, 0.0, 0.0], [0.0, 0.0, 1.0], [half, 0.0, 0.0]].iter().enumerate() {
            let found = basis.row(row as u32);
            expected.iter().zip(found).for_each(|(e, f)| assert!((e - f).abs() < 1e-6, "{found:?}"));
        }
    }

    #[test]
    fn the_leading_subspace_is_found() {
        // Two groups of items with terms of their own, and one term with little weight in all: two dimensions tell the groups apart.
        let entries = (0..40u32).flat_map(|item| {
            let group = item % 2;
            (0..5u32).map(move |k| (item, group * 10 + (item / 2 + k) % 10, 1.0)).chain([(
                item,
                20 + item / 10,
                0.3,
            )])
        });
        let rows = Csr::from_entries(40, entries);
        let items = embed(&rows, 24, 2, 8, &mut rng::stream(1, "test/embedding"));
        let cosine = |a, b| factors::dot(items.row(a), items.row(b));
        assert!((cosine(0, 0) - 1.0).abs() < 1e-5);
        assert!(cosine(0, 38) > 0.95, "{}", cosine(0, 38));
        assert!(cosine(0, 39).abs() < 0.3, "{}", cosine(0, 39));
    }
}
