//! The hyper-parameters of `train-meta`.

use rankers::MetaModel;
use rankers::calibration::CalibrationMethod;
use rankers::export::Format;
use rankers::gbdt::{CheckedGbdtParams, GbdtParams};
use rankers::logistic::{CheckedChoiceParams, CheckedLogisticParams, ChoiceParams, LogisticParams};
use rankers::objective::{ObjectiveKind, RankingParams};
use rankers::segments::{CheckedThinParams, ThinParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::UsageError;

/// The keys of `train-meta.toml`: what concerns all meta-models, and one table a meta-model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The meta-models to fit.
    pub models: Vec<String>,
    /// Rows that the meta-models are fitted on at most, 0 for all: those of as many whole users, drawn by chance, as fit in. Meta-models have few
    /// parameters, far fewer than rows.
    pub max_rows: usize,
    /// How many folds of the training rows are predicted by models fitted without them: what early stopping looks at, and what calibrators and
    /// the blend's weights are fitted on. 0 where nothing of that is wanted.
    pub validation_folds: usize,
    /// The formats in which each model is written for other tools, where they have such models.
    pub export: Vec<Format>,
    /// `LogisticStack`.
    pub logistic: LogisticParams,
    /// How the C of `LogisticStack` is chosen; `logistic.c` and `logistic.standardise` are not looked at then.
    pub logistic_choice: ChoiceParams,
    /// The boosters that start from the log-odds of the logistic regression instead of a constant, so that trees are left with what is not
    /// linear.
    pub linear_start: Vec<String>,
    /// `GBStack`.
    pub gb: GbdtParams,
    /// `GBRatingStack`.
    pub gb_rating: GbdtParams,
    /// `LambdaMARTStack`.
    pub lambdamart: GbdtParams,
    /// `XENDCGStack`.
    pub xe_ndcg: GbdtParams,
    /// `RankXentStack`.
    pub rank_xent: GbdtParams,
    /// `RankStack`.
    pub rank: GbdtParams,
    /// What the four with a ranking objective order: `LambdaMARTStack`, `XENDCGStack`, `RankXentStack`, `RankStack`.
    pub ranking_lists: RankingLists,
    /// How they do.
    pub ranking: RankingParams,
    /// From raw scores to probabilities.
    pub calibration: Calibration,
    /// `BlendStack`.
    pub blend: Blend,
}

/// The lists that a ranking objective orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankingLists {
    /// All training rows of a user.
    User,
    /// A user's rows of one fold: as long as the list of the user's test rows where the test part is as large as a fold.
    UserFold,
}

/// How raw scores become probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calibration {
    /// The curve.
    pub method: CalibrationMethod,
    /// Segments of users, each with its own curve, 1 to 255: by activity, about equally many users in each.
    pub segments: usize,
    /// The feature whose value says how active the row's user is.
    pub segment_by: String,
    /// When a segment has too few rows for a curve of its own.
    pub thin: ThinParams,
}

/// The convex blend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Blend {
    /// The meta-models that are blended.
    pub members: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            models: keys(&MetaModel::ALL),
            max_rows: 2_000_000,
            validation_folds: 1,
            export: Format::ALL.to_vec(),
            logistic: LogisticParams::default(),
            logistic_choice: ChoiceParams::default(),
            linear_start: Vec::new(),
            gb: GbdtParams::default(),
            gb_rating: GbdtParams::default(),
            lambdamart: GbdtParams::default(),
            xe_ndcg: GbdtParams::default(),
            rank_xent: GbdtParams::default(),
            rank: GbdtParams::default(),
            ranking_lists: RankingLists::UserFold,
            ranking: RankingParams::default(),
            calibration: Calibration::default(),
            blend: Blend::default(),
        }
    }
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            method: CalibrationMethod::Platt,
            segments: 3,
            segment_by: "user_n_ratings".to_owned(),
            thin: ThinParams::default(),
        }
    }
}

impl Default for Blend {
    fn default() -> Self {
        Self { members: keys(&[MetaModel::Logistic, MetaModel::Gb]) }
    }
}

fn keys(models: &[MetaModel]) -> Vec<String> {
    models.iter().map(|model| model.key().to_owned()).collect()
}

/// The same, every value in its range.
pub struct Checked {
    /// `None` where no model ranks.
    pub ranking_lists: Option<RankingLists>,
    pub models: Vec<MetaModel>,
    pub members: Vec<MetaModel>,
    pub linear_start: Vec<MetaModel>,
    pub max_rows: usize,
    pub validation_folds: usize,
    pub export: Vec<Format>,
    pub logistic: CheckedLogisticParams,
    pub logistic_choice: Option<CheckedChoiceParams>,
    boosters: Vec<(MetaModel, CheckedGbdtParams)>,
    pub calibration: Option<CheckedCalibration>,
}

/// The same of [`Calibration`].
pub struct CheckedCalibration {
    pub method: CalibrationMethod,
    pub segments: usize,
    pub segment_by: String,
    pub thin: CheckedThinParams,
}

impl Checked {
    /// Whether anything is made of the model's predictions of the validation folds. A regression's score stays in stars, and needs no
    /// probability but for the blend.
    pub fn is_validated(&self, model: MetaModel) -> bool {
        let stops_early = self.booster(model).is_some_and(|params| params.early_stopping_rounds > 0);
        let is_calibrated = self.calibration.is_some() && model != MetaModel::GbRating;
        is_calibrated || stops_early || self.members.contains(&model)
    }

    /// How each booster is grown.
    pub fn boosters(&self) -> impl Iterator<Item = (MetaModel, &CheckedGbdtParams)> {
        self.boosters.iter().map(|(model, params)| (*model, params))
    }

    /// How this booster is grown.
    pub fn booster(&self, model: MetaModel) -> Option<&CheckedGbdtParams> {
        self.boosters.iter().find(|(of, _)| *of == model).map(|(_, params)| params)
    }
}

impl Config {
    /// `relevant_from` is the least rating that is relevant, in stars.
    ///
    /// # Errors
    /// [`UsageError`] for the first value out of its range, and where values contradict each other.
    pub fn check(&self, relevant_from: f64) -> Result<Checked, UsageError> {
        let models = named("models", &self.models, &MetaModel::ALL)?;
        let members = if models.contains(&MetaModel::Blend) { self.members(&models)? } else { Vec::new() };
        let in_table =
            |table: &'static str| move |error: rankers::ParamError| UsageError(format!("{table}.{error}"));
        let choice = self.logistic_choice.clone().check().map_err(in_table("logistic_choice"))?;
        let ranking = RankingParams { relevant_from, ..self.ranking.clone() };
        let ranking = ranking.check().map_err(in_table("ranking"))?;
        let ranks = |model: &MetaModel| model.objective().is_some_and(ObjectiveKind::is_ranking);
        let checked = Checked {
            ranking_lists: models.iter().any(ranks).then_some(self.ranking_lists),
            max_rows: self.max_rows,
            validation_folds: self.validation_folds,
            export: self.export.clone(),
            logistic: self.logistic.clone().check().map_err(in_table("logistic"))?,
            logistic_choice: choice.enabled.then_some(choice),
            boosters: models
                .iter()
                .filter_map(|&model| Some((model, self.gbdt(model)?)))
                .map(|(model, params)| (model, GbdtParams { ranking: ranking.clone(), ..params }))
                .map(|(model, params)| Ok((model, params.check().map_err(in_table(model.key()))?)))
                .collect::<Result<_, UsageError>>()?,
            calibration: self.calibration.check()?,
            linear_start: self.linear_start()?,
            models,
            members,
        };
        checked.check_validation()?;
        Ok(checked)
    }

    /// The table of a booster, with the loss that the model stands for.
    fn gbdt(&self, model: MetaModel) -> Option<GbdtParams> {
        let table = match model {
            MetaModel::Gb => &self.gb,
            MetaModel::GbRating => &self.gb_rating,
            MetaModel::LambdaMart => &self.lambdamart,
            MetaModel::XeNdcg => &self.xe_ndcg,
            MetaModel::RankXent => &self.rank_xent,
            MetaModel::Rank => &self.rank,
            MetaModel::Logistic | MetaModel::Blend => return None,
        };
        Some(GbdtParams { objective: model.objective()?, ..table.clone() })
    }

    fn linear_start(&self) -> Result<Vec<MetaModel>, UsageError> {
        let boosters: Vec<MetaModel> =
            MetaModel::ALL.into_iter().filter(|model| model.objective().is_some()).collect();
        if self.linear_start.is_empty() {
            Ok(Vec::new())
        } else {
            named("linear_start", &self.linear_start, &boosters)
        }
    }

    fn members(&self, models: &[MetaModel]) -> Result<Vec<MetaModel>, UsageError> {
        let members = named("blend.members", &self.blend.members, models)?;
        if members.contains(&MetaModel::Blend) {
            return Err(UsageError("blend.members holds blend itself".to_owned()));
        }
        let is_probability = |model: &MetaModel| matches!(model, MetaModel::Logistic | MetaModel::Gb);
        match members.iter().find(|model| !is_probability(model)) {
            Some(model) if self.calibration.method == CalibrationMethod::None => Err(UsageError(format!(
                "blend.members holds {}, whose scores are no probabilities without calibration.method",
                model.key()
            ))),
            _ => Ok(members),
        }
    }
}

impl Checked {
    /// Whether there are validation folds where something needs them.
    fn check_validation(&self) -> Result<(), UsageError> {
        let stops_early =
            self.boosters.iter().find(|(_, params)| params.early_stopping_rounds > 0).map(|(model, _)| model);
        let needed_by = match stops_early {
            Some(model) => format!("{}.early_stopping_rounds", model.key()),
            None if self.calibration.is_some() => "calibration.method".to_owned(),
            None if self.models.contains(&MetaModel::Blend) => "blend, one of models,".to_owned(),
            None => return Ok(()),
        };
        if self.validation_folds > 0 {
            return Ok(());
        }
        Err(UsageError(format!("validation_folds is 0, but {needed_by} needs at least 1")))
    }
}

impl Calibration {
    fn check(&self) -> Result<Option<CheckedCalibration>, UsageError> {
        if !(1..=255).contains(&self.segments) {
            return Err(UsageError(format!("calibration.segments is {}, expected 1 to 255", self.segments)));
        }
        let thin = self.thin.clone().check();
        let checked = CheckedCalibration {
            method: self.method,
            segments: self.segments,
            segment_by: self.segment_by.clone(),
            thin: thin.map_err(|error| UsageError(format!("calibration.thin.{error}")))?,
        };
        Ok((self.method != CalibrationMethod::None).then_some(checked))
    }
}

/// The models of a list of keys, in the order of the tables.
fn named(key: &str, names: &[String], allowed: &[MetaModel]) -> Result<Vec<MetaModel>, UsageError> {
    let known = keys(allowed);
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(UsageError(format!("{key} holds {name:?}, expected some of {}", known.join(", "))));
    }
    if names.is_empty() {
        return Err(UsageError(format!("{key} is empty, expected some of {}", known.join(", "))));
    }
    Ok(MetaModel::ALL.into_iter().filter(|model| names.iter().any(|name| name == model.key())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_told() {
        let message = |config: Config| config.check(4.0).err().map(|error| error.0).unwrap_or_default();
        let default = Config::default;
        assert_eq!(message(default()), "");
        assert_eq!(
            message(Config { models: vec!["gbs".to_owned()], ..default() }),
            "models holds \"gbs\", expected some of logistic, gb, gb_rating, lambdamart, xe_ndcg, rank_xent, rank, blend"
        );
        let models = keys(&[MetaModel::Logistic, MetaModel::Blend]);
        assert_eq!(
            message(Config { models, ..default() }),
            "blend.members holds \"gb\", expected some of logistic, blend"
        );
        assert_eq!(
            message(Config { validation_folds: 0, ..default() }),
            "validation_folds is 0, but calibration.method needs at least 1"
        );
        let calibration = Calibration { method: CalibrationMethod::None, ..Calibration::default() };
        let blend = Blend { members: vec!["gb".to_owned(), "rank".to_owned()] };
        assert_eq!(
            message(Config { calibration, blend, ..default() }),
            "blend.members holds rank, whose scores are no probabilities without calibration.method"
        );
        let checked = Config { blend: Blend { members: vec!["gb".to_owned()] }, ..default() }.check(4.0);
        let checked = checked.ok().unwrap();
        assert!(checked.is_validated(MetaModel::Gb) && checked.is_validated(MetaModel::Rank));
        assert!(!checked.is_validated(MetaModel::GbRating));
        let gb = GbdtParams { n_trees: 0, ..GbdtParams::default() };
        assert_eq!(message(Config { gb, ..default() }), "gb.n_trees = 0: expected 1 to 100000");
    }
}
