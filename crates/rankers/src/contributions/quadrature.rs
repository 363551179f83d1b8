//! Gauss-Legendre quadrature over [0, 1].

use std::f64::consts::PI;

/// A point of [0, 1] and its weight; the weights sum to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub at: f64,
    pub weight: f64,
}

/// Newton steps at most; from these starts some five are enough.
const MAX_STEPS: usize = 100;

/// The `n` nodes with which polynomials up to degree `2 n - 1` are integrated exactly: the zeros of the Legendre polynomial of degree `n`,
/// moved from [-1, 1].
pub(super) fn gauss_legendre(n: usize) -> Vec<Node> {
    let node = |index: usize| {
        let mut x = (PI * (index as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..MAX_STEPS {
            let value;
            (value, slope) = legendre(n, x);
            let step = value / slope;
            x -= step;
            if step.abs() <= f64::EPSILON {
                break;
            }
        }
        Node { at: 0.5 - 0.5 * x, weight: 1.0 / ((1.0 - x * x) * slope * slope) }
    };
    (0..n).map(node).collect()
}

/// Value and derivative at `x` of the Legendre polynomial of degree `n`, by its three-term recurrence.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (0.0, 1.0);
    for degree in 1..=n {
        let degree = degree as f64;
        (before, value) = (value, ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree);
    }
    (value, n as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly() {
        for n in [1, 2, 3, 4, 7, 16, 33] {
            let nodes = gauss_legendre(n);
            for power in 0..2 * n as i32 {
                let integral: f64 = nodes.iter().map(|node| node.weight * node.at.powi(power)).sum();
                let exact = 1.0 / f64::from(power + 1);
                assert!((integral - exact).abs() < 1e-14, "{n} nodes, power {power}: {integral}");
            }
        }
        // One more degree is too much: of x^2, the single node in the middle sees 1/4, not 1/3.
        let [node] = gauss_legendre(1)[..] else { panic!("one node") };
        assert!((node.weight * node.at.powi(2) - 0.25).abs() < 1e-15);
    }
}
