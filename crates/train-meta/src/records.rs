//! What people look at afterwards: the rows of `importances.parquet` and `learning_curves.parquet`.

use artifacts::tables::{CurvePoint, ImportanceRow};
use rankers::FeatureMatrix;
use rankers::Fitted;
use rankers::gbdt::GbdtModel;
use rankers::logistic::LogisticModel;

use crate::fit::Fit;

/// Gain and splits of each booster; of a logistic regression the change of the log-odds for one standard deviation of the feature.
pub fn importances(fits: &[Fit], features: &FeatureMatrix) -> Vec<ImportanceRow> {
    let of_fit = |fit: &Fit| match &fit.fitted {
        Fitted::Logistic(model) => of_logistic(fit.model.name(), model, features),
        Fitted::Booster(model) => of_booster(fit.model.name(), model),
    };
    fits.iter().flat_map(of_fit).collect()
}

fn of_booster(name: &str, booster: &GbdtModel) -> Vec<ImportanceRow> {
    let importances = booster.importances();
    let gain = importances.iter().map(|of| row(name, &of.feature, "gain", of.gain));
    let splits = importances.iter().map(|of| row(name, &of.feature, "splits", of.n_splits as f64));
    gain.chain(splits).collect()
}

fn of_logistic(name: &str, logistic: &LogisticModel, features: &FeatureMatrix) -> Vec<ImportanceRow> {
    let columns = features.names().iter().zip(features.columns()).zip(logistic.coefficients());
    columns
        .map(|((feature, column), coefficient)| {
            row(name, feature, "coefficient", coefficient * standard_deviation(column))
        })
        .collect()
}

fn row(model: &str, feature: &str, kind: &str, value: f64) -> ImportanceRow {
    ImportanceRow { model: model.to_owned(), feature: feature.to_owned(), kind: kind.to_owned(), value }
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

/// Each booster's loss tree by tree: on the rows that it was fitted on, and on the first validation fold where there is one.
pub fn learning_curves(fits: &[Fit]) -> Vec<CurvePoint> {
    let of_fit = |fit: &Fit| {
        let Some(booster) = fit.fitted.booster() else { return Vec::new() };
        let points = |rows: &'static str, values: &[f64]| {
            let point = |(tree, &value): (usize, &f64)| CurvePoint {
                model: fit.model.name().to_owned(),
                rows: rows.to_owned(),
                metric: booster.objective().loss_name().to_owned(),
                iteration: tree as i32 + 1,
                value,
            };
            values.iter().enumerate().map(point).collect::<Vec<_>>()
        };
        [points("train", &booster.learning_curve().train), points("held_out", &fit.validation_curve)].concat()
    };
    fits.iter().flat_map(of_fit).collect()
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
