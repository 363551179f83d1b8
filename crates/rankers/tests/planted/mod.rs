//! Generated rows whose structure is known.
#![allow(dead_code, reason = "each test binary uses some of the generators")]

use rand::RngExt as _;
use rankers::{FeatureMatrix, LabelledRows};

/// Rows and what was planted in them.
pub struct Planted {
    pub features: FeatureMatrix,
    pub labels: Vec<f32>,
}

impl Planted {
    pub fn rows(&self) -> LabelledRows<'_> {
        LabelledRows::new(&self.features, &self.labels)
    }

    /// Columns `x0`, `x1` and `n_noise` columns of noise, uniform on (-1, 1); labels by `label(x0, x1, a uniform draw)`.
    fn new(n_rows: usize, n_noise: usize, label: impl Fn(f64, f64, f64) -> f32) -> Self {
        let mut rng = dataset::rng::stream(11, "rankers/planted");
        let mut column = || (0..n_rows).map(|_| rng.random::<f64>() * 2.0 - 1.0).collect::<Vec<f64>>();
        let mut columns = vec![("x0".to_owned(), column()), ("x1".to_owned(), column())];
        let draws = column();
        let labels = (0..n_rows)
            .map(|row| label(columns[0].1[row], columns[1].1[row], 0.5 * draws[row] + 0.5))
            .collect();
        columns.extend((0..n_noise).map(|index| (format!("noise{index}"), column())));
        Self { features: FeatureMatrix::from_columns(columns).unwrap(), labels }
    }
}

/// Label 1 where `x0` and `x1` have the same sign.
pub fn parity_of_signs(n_rows: usize, n_noise: usize) -> Planted {
    Planted::new(n_rows, n_noise, |x0, x1, _| f32::from(x0 * x1 > 0.0))
}

/// Label 1 with log-odds `0.5 + 1.5 x0 - x1`.
pub fn slope(n_rows: usize, n_noise: usize) -> Planted {
    Planted::new(n_rows, n_noise, |x0, x1, draw| f32::from(draw < 1.0 / (1.0 + (x1 - 0.5 - 1.5 * x0).exp())))
}

/// Labels that depend on nothing.
pub fn noise(n_rows: usize, n_noise: usize) -> Planted {
    Planted::new(n_rows, n_noise, |_, _, draw| f32::from(draw < 0.5))
}

/// A number to be predicted: `3 x0` plus 1 where `x1` is positive.
pub fn regression(n_rows: usize, n_noise: usize) -> Planted {
    Planted::new(n_rows, n_noise, |x0, x1, _| (3.0 * x0) as f32 + f32::from(x1 > 0.0))
}
