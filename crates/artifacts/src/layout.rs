//! Every path of the pipeline, and who writes and reads what: the data-flow map.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A stage of the pipeline, in running order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageName {
    /// Raw files to ratings with part and fold.
    Split,
    /// Fits the base recommenders.
    TrainBase,
    /// Base scores and statistics to feature tables.
    BuildFeatures,
    /// Fits the meta-models.
    TrainMeta,
    /// Scores, measures, draws.
    Evaluate,
    /// The best items for each user. Beside `evaluate`: neither reads the other.
    Recommend,
}

impl StageName {
    /// All stages, in running order.
    pub const ALL: [Self; 6] =
        [Self::Split, Self::TrainBase, Self::BuildFeatures, Self::TrainMeta, Self::Evaluate, Self::Recommend];

    /// The stages that end in a verdict: all that `make all` runs.
    pub const TO_VERDICT: [Self; 5] =
        [Self::Split, Self::TrainBase, Self::BuildFeatures, Self::TrainMeta, Self::Evaluate];

    /// The name of the stage's binary, its folder, its configuration file and its make target.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::TrainBase => "train-base",
            Self::BuildFeatures => "build-features",
            Self::TrainMeta => "train-meta",
            Self::Evaluate => "evaluate",
            Self::Recommend => "recommend",
        }
    }
}

/// One artifact: which stage writes it, and under which name in that stage's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Artifact {
    /// The stage that writes it.
    pub stage: StageName,
    /// Its name in the stage's folder.
    pub file: &'static str,
}

const fn artifact(stage: StageName, file: &'static str) -> Artifact {
    Artifact { stage, file }
}

/// One row a rating, with part and fold. Read by `train-base`, `build-features` and `evaluate`.
pub const RATINGS: Artifact = artifact(StageName::Split, "ratings.parquet");
/// The catalogue. Read by `train-base` and `evaluate`.
pub const ITEMS: Artifact = artifact(StageName::Split, "items.parquet");
/// The users' tags, where the data set has them.
pub const TAGS: Artifact = artifact(StageName::Split, "tags.parquet");

/// The base scores of the `meta_train` rows, each from models that were not fitted on that row. Read by `build-features`.
pub const OUT_OF_FOLD_SCORES: Artifact = artifact(StageName::TrainBase, "oof_scores.parquet");
/// The base scores of candidates of the catalogue, where the meta-models are fitted on these: in place of [`OUT_OF_FOLD_SCORES`].
pub const OUT_OF_FOLD_CANDIDATES: Artifact = artifact(StageName::TrainBase, "oof_candidates.parquet");
/// The training error of the iterative base models, epoch by epoch. Read by `evaluate` for the plots.
pub const BASE_LEARNING_CURVES: Artifact = artifact(StageName::TrainBase, "learning_curves.parquet");

/// Keys, label and features of the rows that the meta-models are fitted on. Read by `train-meta`.
pub const META_TRAIN: Artifact = artifact(StageName::BuildFeatures, "meta_train.parquet");
/// Keys, label and features of the test rows. Read by `evaluate`.
pub const TEST: Artifact = artifact(StageName::BuildFeatures, "test.parquet");
/// Keys, label and features of the test users' candidates from the whole catalogue, where there are some. Read by `evaluate`.
pub const CATALOGUE: Artifact = artifact(StageName::BuildFeatures, "catalogue.parquet");

/// What turns the meta-models' raw scores into probabilities, where they are calibrated. Read by `evaluate`.
pub const CALIBRATION: Artifact = artifact(StageName::TrainMeta, "calibration.bin");
/// How much each feature adds to each meta-model. Read by `evaluate` for the plots.
pub const IMPORTANCES: Artifact = artifact(StageName::TrainMeta, "importances.parquet");
/// The loss of the iterative meta-models, tree by tree. Read by `evaluate` for the plots.
pub const META_LEARNING_CURVES: Artifact = artifact(StageName::TrainMeta, "learning_curves.parquet");

/// The test rows' keys and rating, one column a model.
pub const SCORES: Artifact = artifact(StageName::Evaluate, "scores.parquet");
/// The candidates' keys and test rating, one column a model, where a protocol ranks the whole catalogue.
pub const CATALOGUE_SCORES: Artifact = artifact(StageName::Evaluate, "catalogue_scores.parquet");
/// Each user's metrics.
pub const PER_USER: Artifact = artifact(StageName::Evaluate, "per_user.parquet");
/// Each model's metrics.
pub const METRICS: Artifact = artifact(StageName::Evaluate, "metrics.parquet");
/// Each stack against the best base model and the averages, user by user.
pub const COMPARISONS: Artifact = artifact(StageName::Evaluate, "comparisons.parquet");
/// What each feature contributes to the scores of some test rows, where it is asked for.
pub const SHAP: Artifact = artifact(StageName::Evaluate, "shap.parquet");
/// The metric of users of whom less is known, where it is asked for.
pub const COLD_START: Artifact = artifact(StageName::Evaluate, "cold_start.parquet");
/// The metrics as JSON.
pub const METRICS_JSON: Artifact = artifact(StageName::Evaluate, "metrics.json");
/// The page for people.
pub const REPORT: Artifact = artifact(StageName::Evaluate, "report/index.html");
/// The folder of the page and its plots, below the stage's folder.
pub const REPORT_FOLDER: &str = "report";

/// The best items of each user, with scores and reasons.
pub const RECOMMENDATIONS: Artifact = artifact(StageName::Recommend, "recommendations.parquet");
/// What each feature added to the score of each recommendation, where it is asked for.
pub const CONTRIBUTIONS: Artifact = artifact(StageName::Recommend, "contributions.parquet");

/// The folder of the ablation, below the run's: no stage's, and no stage reads it.
const ABLATION_FOLDER: &str = "ablation";
/// What each part of the preset is worth and costs, in the ablation's folder.
pub const ABLATION: &str = "ablation.parquet";
/// The same as a picture.
pub const ABLATION_SVG: &str = "ablation.svg";
/// The same as pixels.
pub const ABLATION_PNG: &str = "ablation.png";
/// The folder in which the ablation runs the stages, in its own; gone when it ends.
const ABLATION_SCRATCH: &str = "scratch";

/// The folder of all sweeps, below the run's; each has one of its own name in it. No stage reads them.
const SWEEP_FOLDER: &str = "sweep";
/// The trials of a sweep, a line each, as they end. Written and read by `sweep`.
const SWEEP_LOG: &str = "trials.jsonl";
/// The trials as a table.
pub const SWEEP_TRIALS: &str = "trials.parquet";
/// The search as a picture.
pub const SWEEP_SVG: &str = "sweep.svg";
/// The same as pixels.
pub const SWEEP_PNG: &str = "sweep.png";
/// The folder of the best trial's configuration files.
const SWEEP_CONFIG: &str = "config";
/// The folder in which a sweep runs the stages, in its own; gone when it ends.
const SWEEP_SCRATCH: &str = "scratch";

/// The folder of the small files that make compares, below the run's. Written by `stamps`.
const STAMPS_FOLDER: &str = ".stamps";

/// The name of every stage's manifest.
const MANIFEST: &str = "manifest.json";

/// The folder `artifacts/<dataset>/<preset>` and the paths below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The layout below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of `stage`.
    pub fn folder(&self, stage: StageName) -> PathBuf {
        self.root.join(stage.name())
    }

    /// The path of `artifact`.
    pub fn path(&self, artifact: Artifact) -> PathBuf {
        self.folder(artifact.stage).join(artifact.file)
    }

    /// The path of the base model whose file stem is `stem`. Written by `train-base`, read by `build-features`.
    pub fn base_model(stem: &str) -> String {
        format!("{stem}.bin")
    }

    /// The path of the meta-model whose key is `key`. Written by `train-meta`, read by `evaluate`.
    pub fn meta_model(key: &str) -> String {
        format!("{key}.bin")
    }

    /// The path of the booster whose key is `key`, as LightGBM text, for other tools. Written by `train-meta`.
    pub fn lightgbm_text(key: &str) -> String {
        format!("{key}.lightgbm.txt")
    }

    /// The path of the booster whose key is `key`, as XGBoost's JSON, for other tools. Written by `train-meta`.
    pub fn xgboost_json(key: &str) -> String {
        format!("{key}.xgboost.json")
    }

    /// The path of the meta-model whose key is `key`, as ONNX, for other tools. Written by `train-meta`.
    pub fn onnx(key: &str) -> String {
        format!("{key}.onnx")
    }

    /// Whether the file of this name is a model's.
    pub fn is_model(file: &str) -> bool {
        Path::new(file).extension().is_some_and(|ending| ending == "bin")
    }

    /// The folder of the ablation.
    pub fn ablation_folder(&self) -> PathBuf {
        self.root.join(ABLATION_FOLDER)
    }

    /// The path of `file` in the folder of the ablation.
    pub fn ablation(&self, file: &str) -> PathBuf {
        self.ablation_folder().join(file)
    }

    /// The folder in which the ablation runs the stages.
    pub fn ablation_scratch(&self) -> PathBuf {
        self.ablation(ABLATION_SCRATCH)
    }

    /// The folder of the sweep of this name.
    pub fn sweep_folder(&self, name: &str) -> PathBuf {
        self.root.join(SWEEP_FOLDER).join(name)
    }

    /// The path of `file` in the folder of a sweep.
    pub fn sweep(&self, name: &str, file: &str) -> PathBuf {
        self.sweep_folder(name).join(file)
    }

    /// The path of a sweep's finished trials.
    pub fn sweep_log(&self, name: &str) -> PathBuf {
        self.sweep(name, SWEEP_LOG)
    }

    /// The folder of the configuration files of a sweep's best trial.
    pub fn sweep_config(&self, name: &str) -> PathBuf {
        self.sweep(name, SWEEP_CONFIG)
    }

    /// The folder in which a sweep runs the stages.
    pub fn sweep_scratch(&self, name: &str) -> PathBuf {
        self.sweep(name, SWEEP_SCRATCH)
    }

    /// The folder of the stamps.
    pub fn stamps_folder(&self) -> PathBuf {
        self.root.join(STAMPS_FOLDER)
    }

    /// The stamp of `stage`'s code: a line for each crate that it is built from. Read by `reproduce`.
    pub fn code_stamp(&self, stage: StageName) -> PathBuf {
        self.stamps_folder().join(format!("{}.code", stage.name()))
    }

    /// The path of `stage`'s manifest.
    pub fn manifest(&self, stage: StageName) -> PathBuf {
        self.folder(stage).join(MANIFEST)
    }
}
