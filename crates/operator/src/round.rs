//! The files of a round: what belongs to the items, and how everything is set up.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use artifacts::table::{Source, read_parquet};
use artifacts::tables::{ItemStatisticsRows, Stored};
use artifacts::{Error, Layout, Schema, layout, model_file};
use dataset::{ItemStatistics, Items};
use fitted::ModelFiles;
use lineup::Lineup;
use lists::{CheckedListConfig, ListConfig};
use rankers::{MetaModel, Stack};
use recommenders::{BaseConfig, BaseModel, BaseParams, CandidatesFrom, FittedModel};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stacking::{FeatureConfig, FeatureSetup};
use stage::UsageError;

/// The file that describes a round.
const DESCRIPTION: &str = "round.json";
/// What is counted of the items.
const STATISTICS: &str = "item_statistics.parquet";

/// The same of all training ratings, where the round does not know them all.
const TRAINING_STATISTICS: &str = "training_statistics.parquet";

/// The flag that says which round.
#[derive(Debug, Clone, clap::Args)]
pub struct RoundArgs {
    /// The beginning of the paths of the round's files: a folder with a slash behind it, or more
    #[arg(long = "round", value_name = "PREFIX")]
    prefix: String,
}

/// How a round is set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Description {
    /// How many ratings the final fit sees for each one known here.
    scale: f64,
    /// The configuration of `train-base`.
    base: BaseConfig,
    /// That of `build-features`; none where no features are asked for.
    features: Option<FeatureConfig>,
    /// The keys of the meta-models, where `train-meta` has fitted some.
    #[serde(default)]
    meta_models: Vec<String>,
    /// The configuration of `recommend`, where lists are made.
    #[serde(default)]
    lists: Option<ListConfig>,
    /// The time of the last training rating of all users, in seconds since 1970, where lists are made.
    #[serde(default)]
    last_time: Option<i64>,
}

/// A round whose files are read when they are asked for.
pub struct Round {
    prefix: String,
    description: Description,
}

impl Round {
    /// Reads the round's description.
    ///
    /// # Errors
    /// [`Error`] where it is missing or is none.
    pub fn open(args: &RoundArgs) -> Result<Self, Error> {
        let path = PathBuf::from(format!("{}{DESCRIPTION}", args.prefix));
        let bytes = read(&path)?;
        let description = serde_json::from_slice(&bytes).map_err(|error| source(&path).corrupt(error))?;
        Ok(Self { prefix: args.prefix.clone(), description })
    }

    /// The path of the round's file `name`.
    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}{name}", self.prefix))
    }

    /// The base models and their hyper-parameters.
    ///
    /// # Errors
    /// [`UsageError`] where a value is out of its range.
    pub fn base(&self) -> anyhow::Result<(Vec<BaseModel>, BaseParams)> {
        let checked = self.description.base.check().map_err(|error| UsageError(error.to_string()));
        checked.context("the configuration of train-base")
    }

    /// How features are made, and the round's scale.
    ///
    /// # Errors
    /// [`UsageError`] where a value is out of its range, or the round has none.
    pub fn features(&self) -> anyhow::Result<(FeatureSetup, f64)> {
        let config = self.description.features.as_ref();
        let config = config.ok_or_else(|| {
            UsageError(format!("`features` is missing in {}", self.path(DESCRIPTION).display()))
        })?;
        let setup = config.check().map_err(|error| UsageError(error.to_string()))?;
        Ok((setup, self.description.scale))
    }

    /// The catalogue.
    ///
    /// # Errors
    /// [`Error`].
    pub fn items(&self) -> Result<Items, Error> {
        self.table(layout::ITEMS.file)
    }

    /// What is counted of the items.
    ///
    /// # Errors
    /// [`Error`].
    pub fn statistics(&self) -> Result<ItemStatistics, Error> {
        let rows: ItemStatisticsRows = self.table(STATISTICS)?;
        Ok(rows.0)
    }

    /// What is counted of the items over all training ratings, where the round does not know them all.
    ///
    /// # Errors
    /// [`Error`] where the file is there and is not as it should be.
    pub fn training_statistics(&self) -> Result<Option<ItemStatistics>, Error> {
        if !self.path(TRAINING_STATISTICS).exists() {
            return Ok(None);
        }
        let rows: ItemStatisticsRows = self.table(TRAINING_STATISTICS)?;
        Ok(Some(rows.0))
    }

    /// What is recommended, and the time of the last training rating.
    ///
    /// # Errors
    /// [`UsageError`] where the round says nothing of lists, or a value is out of its range.
    pub fn lists(&self) -> anyhow::Result<(CheckedListConfig, i64)> {
        let missing =
            |key: &str| UsageError(format!("`{key}` is missing in {}", self.path(DESCRIPTION).display()));
        let config = self.description.lists.as_ref().ok_or_else(|| missing("lists"))?;
        let last_time = self.description.last_time.ok_or_else(|| missing("last_time"))?;
        let (kinds, _) = self.base()?;
        let meta = self.description.meta_models.iter().filter_map(|key| MetaModel::from_key(key));
        let checked = config.check(&kinds, &meta.collect::<Vec<_>>());
        let checked = checked.map_err(|error| UsageError(error.to_string()));
        Ok((checked.context("the configuration of recommend")?, last_time))
    }

    /// Of the candidates that the meta-models were fitted on, the share of irrelevant ones; none where they were fitted on rated rows.
    pub fn negative_share(&self) -> Option<f64> {
        let candidates = &self.description.base.candidates;
        (candidates.from == CandidatesFrom::Catalogue).then_some(candidates.negative_share)
    }

    fn table<T: Stored>(&self, name: &str) -> Result<T, Error> {
        let path = self.path(name);
        let source = Source { path: &path, schema: T::SCHEMA, make_target: "train-base" };
        T::from_table(read_parquet(source)?).map_err(|problem| source.corrupt(problem))
    }

    /// The base models, in the order of their columns.
    ///
    /// # Errors
    /// [`Error`] where one is missing, corrupt or another's.
    pub fn base_models(&self) -> anyhow::Result<Vec<FittedModel>> {
        let (kinds, _) = self.base()?;
        Ok(kinds.into_iter().map(|kind| self.base_model(kind)).collect::<Result<_, _>>()?)
    }

    fn base_model(&self, kind: BaseModel) -> Result<FittedModel, Error> {
        let file = Layout::base_model(kind.file_stem());
        let path = self.path(&file);
        let source = source(&path);
        let model: FittedModel = model_file::decode(schema(kind), &read(&path)?, &path, source.make_target)?;
        model.validate().map_err(|problem| source.corrupt(problem))?;
        if model.kind() == kind {
            Ok(model)
        } else {
            Err(source.corrupt(format!("it holds a {}", model.kind().name())))
        }
    }

    /// The models that are measured.
    ///
    /// # Errors
    /// [`Error`] where one is missing, corrupt or another's.
    pub fn lineup(&self) -> Result<Lineup, Error> {
        Ok(Lineup::new(self.stack()?, None))
    }

    /// The meta-models, and how they are calibrated.
    ///
    /// # Errors
    /// [`Error`] where one is missing, corrupt or another's.
    pub fn stack(&self) -> Result<Stack, Error> {
        let is_calibrated = self.path(layout::CALIBRATION.file).exists();
        fitted::read_stack(&mut Files(self), &self.description.meta_models, is_calibrated)
    }

    /// Writes a base model to its file.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_base_model(&self, model: &FittedModel) -> anyhow::Result<()> {
        let kind = model.kind();
        let path = self.path(&Layout::base_model(kind.file_stem()));
        let bytes = model_file::encode(schema(kind), model);
        let bytes = bytes.map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok(model_file::write(&path, &bytes)?)
    }
}

/// The files of a round, as those of `train-meta` are read.
struct Files<'a>(&'a Round);

impl ModelFiles for Files<'_> {
    fn read<M: DeserializeOwned, E: ToString>(
        &mut self,
        file: &str,
        schema: Schema,
        check: impl Fn(&M) -> Result<(), E>,
    ) -> Result<M, Error> {
        let path = self.0.path(file);
        let source = source(&path);
        let model = model_file::decode(schema, &read(&path)?, &path, source.make_target)?;
        check(&model).map_err(|problem| source.corrupt(problem))?;
        Ok(model)
    }
}

fn schema(kind: BaseModel) -> Schema {
    Schema { name: kind.schema(), version: kind.schema_version() }
}

fn source(path: &Path) -> Source<'_> {
    Source { path, schema: "", make_target: "train-base" }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::Missing { path: path.to_owned(), make_target: "train-base".to_owned() }
        }
        _ => Error::Read { path: path.to_owned(), source },
    })
}
