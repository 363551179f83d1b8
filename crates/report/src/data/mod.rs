//! Everything the page shows, as plain data.

mod comparisons;
mod explained;
mod explorer;
mod learning;
mod measurements;
mod models;
mod run;
mod search;

use serde::{Deserialize, Serialize};

pub use comparisons::{Comparison, Contribution, PairedDistribution};
pub use explained::{Explained, ExplainedFeature};
pub use explorer::{Explorer, ExplorerUser, Landing, Ranked, Rated};
pub use learning::{Importances, LearningCurve, ReliabilityCurve, ReliabilityPoint, Series};
pub use measurements::{Bin, ColdStartCurve, ColdStartPoint, Distribution, Measurement, Protocol, Segment};
pub use models::{ModelKind, ModelRow};
pub use run::{Command, StageConfig, StageRun};
pub use search::{Search, SearchAxis};

/// The content of a report. Values that are not finite count as absent; a section without data is left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReportData {
    /// The data set's name, for example `ml-latest-small`.
    pub dataset: String,
    /// Whether the ratings were generated; the page and every plot say so loudly.
    pub synthetic: bool,
    /// `notebook`, `default` or a preset of the user's.
    pub preset: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// Podium's version.
    pub version: String,
    /// The cut-off of the ranking metrics.
    pub k: u32,
    /// A test rating of at least this many stars is relevant.
    pub relevance_threshold: f64,
    /// How much of everything there is.
    pub counts: Counts,
    /// Where the features leak: that they do, and what it costs.
    pub leak_note: Option<String>,
    /// Each stack against its rivals, the most important comparison first: the verdict.
    pub comparisons: Vec<Comparison>,
    /// What the numbers say, the most important sentence first; shown where there are no comparisons.
    pub verdicts: Vec<String>,
    /// The metric table, in any order.
    pub models: Vec<ModelRow>,
    /// What was ranked, the main protocol first: its measurements are the page's first view and the plots' numbers.
    pub protocols: Vec<Protocol>,
    /// The groups of users or items that were measured by themselves, in the order in which they are shown.
    pub segments: Vec<Segment>,
    /// Every measured number, in any order: what the metric table can be switched to. The page embeds all of them, about 15 bytes each.
    pub measurements: Vec<Measurement>,
    /// What the models know of users with few known ratings, one entry a model, the most interesting first.
    pub cold_start: Vec<ColdStartCurve>,
    /// The distribution over users of the main metric, one entry a model, the most interesting first.
    pub distributions: Vec<Distribution>,
    /// The distribution over users of a stack's lead, the most important comparison first.
    pub paired_distributions: Vec<PairedDistribution>,
    /// Some users in full.
    pub explorer: Explorer,
    /// How often each rating value occurs, in any order.
    pub ratings: Vec<RatingCount>,
    /// How well probabilities are calibrated, one entry a model.
    pub reliability: Vec<ReliabilityCurve>,
    /// What the meta-models use, one entry a model.
    pub importances: Vec<Importances>,
    /// What features contribute to the scores of single rows, one entry a model; the first is shown in more detail.
    pub explained: Vec<Explained>,
    /// How the models learnt, one plot an entry.
    pub learning_curves: Vec<LearningCurve>,
    /// The stages' manifests in brief, in the order of the pipeline.
    pub stages: Vec<StageRun>,
    /// The effective configuration of each stage, in the order of the pipeline.
    pub configs: Vec<StageConfig>,
    /// The commands that make this report again.
    pub rerun: Vec<Command>,
}

/// Counts of the data, the split and the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Distinct users with a rating.
    pub users: u64,
    /// Distinct items with a rating.
    pub items: u64,
    /// All ratings.
    pub ratings: u64,
    /// Ratings that the base recommenders are fitted on.
    pub base_train: u64,
    /// Ratings that the meta-models are fitted on.
    pub meta_train: u64,
    /// Ratings that the models are measured on.
    pub test: u64,
    /// The share of all ratings that are relevant, in [0, 1].
    pub relevant_share: f64,
    /// Users with a relevant test item: the metrics are means over these.
    pub users_evaluated: u64,
    /// Users with test items of whom none is relevant; left out.
    pub users_left_out: u64,
}

/// One bar of the rating distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RatingCount {
    /// The rating, in stars.
    pub value: f64,
    /// How many ratings have it.
    pub count: u64,
}

impl ReportData {
    /// The protocol of the first view and of the plots: the first of the list, or that of the first measurement.
    pub fn main_protocol(&self) -> &str {
        let first = self.protocols.first().map(|protocol| protocol.name.as_str());
        first.or_else(|| self.measurements.first().map(|one| one.protocol.as_str())).unwrap_or_default()
    }

    /// What a model measured, by a metric without a cut-off or at the report's.
    pub fn measured<'a>(
        &'a self,
        protocol: &'a str,
        segment: &'a str,
        metric: &'a str,
    ) -> impl Iterator<Item = &'a Measurement> {
        self.measurements.iter().filter(move |one| {
            one.protocol == protocol
                && one.segment == segment
                && one.metric == metric
                && one.k.is_none_or(|k| k == self.k)
                && one.value.is_finite()
        })
    }
}
