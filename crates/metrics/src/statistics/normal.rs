//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// P(Z <= z).
pub(super) fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The z with P(Z <= z) = `p`, for `p` in [0, 1]; -inf and inf at the ends.
///
/// Starts at Abramowitz and Stegun's 26.2.23, which is off by at most 4.5e-4, and takes two steps of Halley's method, each of
/// which cubes the error.
pub(super) fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p == 0.5 {
        return 0.0;
    }
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    let t = (-2.0 * p.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = above / below - t;
    for _ in 0..2 {
        // Newton's step, (cdf - p) / density, and Halley's correction: the density's derivative is -z × density.
        let step = (cdf(z) - p) * (2.0 * PI).sqrt() * (0.5 * z * z).exp();
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points() {
        // scipy.stats.norm.ppf([.025, .5, .841344746068543, 1e-10, .9999])
        let known = [
            (0.025, -1.959_963_984_540_054),
            (0.5, 0.0),
            (0.841_344_746_068_543, 1.0),
            (1e-10, -6.361_340_902_404_056),
            (0.9999, 3.719_016_485_455_709),
        ];
        for (p, z) in known {
            assert!((quantile(p) - z).abs() < 1e-12, "{p}: {}", quantile(p));
            assert!((cdf(z) - p).abs() < 1e-14, "{z}: {}", cdf(z));
        }
        assert_eq!((quantile(0.0), quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!((cdf(f64::NEG_INFINITY), cdf(f64::INFINITY)), (0.0, 1.0));
    }

    #[test]
    fn the_quantile_inverts_the_distribution() {
        for step in 1..400 {
            let p = f64::from(step) / 400.0;
            assert!((cdf(quantile(p)) - p).abs() < 1e-14, "{p}");
        }
    }
}
