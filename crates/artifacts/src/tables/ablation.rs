//! `ablation/ablation.parquet`: what each part of a preset is worth and what it costs. Written by `ablation`, for people and other tools.

use super::rows::stored_rows;

/// One variant of a preset, measured by one meta-model. Differences are the variant's value less that of the preset as it is: where a part
/// is taken away and the difference is negative, the part paid.
#[derive(Debug, Clone, PartialEq)]
pub struct AblationRow {
    /// What was changed, in words, for example `without mf`.
    pub variant: String,
    /// `without` (the part is in the preset), `with` (it is not), or `same` (nothing was changed).
    pub change: String,
    /// `base_model`, `feature_group`, or `control` for the preset run a second time.
    pub kind: String,
    /// The part's key in the configuration.
    pub name: String,
    /// The meta-model.
    pub model: String,
    /// The metric's name, for example `ndcg`.
    pub metric: String,
    /// Its cut.
    pub k: i32,
    /// Its mean with the preset as it is, over users and splits.
    pub full: Option<f64>,
    /// Its mean with the variant.
    pub value: Option<f64>,
    /// The variant's less the preset's, paired by user and split.
    pub difference: Option<f64>,
    /// The lower end of its bootstrap interval over users.
    pub ci_low: Option<f64>,
    /// The upper end.
    pub ci_high: Option<f64>,
    /// The two-sided p-value of no difference.
    pub p: Option<f64>,
    /// The same, corrected for all variants of this meta-model (Holm).
    pub p_holm: Option<f64>,
    /// Over how many users.
    pub n_users: i32,
    /// Over how many splits of the training ratings.
    pub n_splits: i32,
    /// User and system time of all stages together.
    pub cpu_seconds: Option<f64>,
    /// The variant's less the preset's.
    pub cpu_seconds_difference: Option<f64>,
    /// The time of all stages by the clock.
    pub wall_seconds: Option<f64>,
    /// The variant's less the preset's.
    pub wall_seconds_difference: Option<f64>,
    /// The largest resident memory of any stage.
    pub peak_memory_bytes: Option<i64>,
    /// The variant's less the preset's.
    pub peak_memory_bytes_difference: Option<i64>,
    /// The size of all model files.
    pub model_bytes: Option<i64>,
    /// The variant's less the preset's.
    pub model_bytes_difference: Option<i64>,
    /// Why the variant could not be run; empty where it was.
    pub problem: String,
}

stored_rows!(AblationRow, "ablation.variants/1", {
    variant, change, kind, name, model, metric, k, full, value, difference, ci_low, ci_high, p, p_holm, n_users, n_splits,
    cpu_seconds, cpu_seconds_difference, wall_seconds, wall_seconds_difference, peak_memory_bytes, peak_memory_bytes_difference,
    model_bytes, model_bytes_difference, problem,
});
