//! The rows of `importances.parquet`.

use artifacts::tables::ImportanceRow;
use rankers::gbdt::GbdtModel;
use rankers::logistic::LogisticModel;
use rankers::{FeatureMatrix, MetaModel};

/// Gain and splits of the booster; of the logistic regression the change of the log-odds for one standard deviation of
/// the feature.
pub fn rows(logistic: &LogisticModel, gb: &GbdtModel, features: &FeatureMatrix) -> Vec<ImportanceRow> {
    let row = |model: MetaModel, feature: &str, kind: &str, value: f64| ImportanceRow {
        model: model.name().to_owned(),
        feature: feature.to_owned(),
        kind: kind.to_owned(),
        value,
    };
    let importances = gb.importances();
    let gain = importances.iter().map(|of| row(MetaModel::Gb, &of.feature, "gain", of.gain));
    let splits = importances.iter().map(|of| row(MetaModel::Gb, &of.feature, "splits", of.n_splits as f64));
    let coefficients = features.names().iter().zip(features.columns()).zip(logistic.coefficients()).map(
        |((name, column), coefficient)| {
            row(MetaModel::Logistic, name, "coefficient", coefficient * standard_deviation(column))
        },
    );
    gain.chain(splits).chain(coefficients).collect()
}

/// Over the values that are not missing; 0 where there are none.
fn standard_deviation(column: &[f64]) -> f64 {
    let known = || column.iter().filter(|value| !value.is_nan());
    let n = known().count() as f64;
    if n == 0.0 {
        return 0.0;
    }
    let mean = known().sum::<f64>() / n;
    (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_leaves_missing_values_out() {
        // mean 2, squares 1 + 1, over 2
        assert_eq!(standard_deviation(&[1.0, f64::NAN, 3.0]), 1.0);
        assert_eq!(standard_deviation(&[f64::NAN]), 0.0);
    }
}
