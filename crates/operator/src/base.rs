//! The base models, with the users of one block after the other.

use anyhow::Context as _;
use dataset::{Candidate, History};
use recommenders::{BaseModel, BaseParams, FittedModel};
use stacking::BaseColumns;
use stage::UsageError;

use crate::round::Round;

/// The models of a round.
pub struct Base {
    models: Vec<FittedModel>,
    params: BaseParams,
}

/// The models whose item side can be had without the users.
const WITHOUT_USERS: [BaseModel; 5] =
    [BaseModel::Bias, BaseModel::ItemKnn, BaseModel::Mf, BaseModel::Genre, BaseModel::Popularity];

/// Whether all of `kinds` can be had without the users.
///
/// # Errors
/// [`UsageError`] that names the first that cannot, and those that can.
pub fn check_kinds(kinds: &[BaseModel]) -> Result<(), UsageError> {
    match kinds.iter().find(|kind| !WITHOUT_USERS.contains(kind)) {
        Some(kind) => {
            let those = WITHOUT_USERS.map(BaseModel::file_stem).join(", ");
            Err(UsageError(format!(
                "the base model {} needs all ratings in one place; there are {those}",
                kind.file_stem()
            )))
        }
        None => Ok(()),
    }
}

impl Base {
    /// Reads the models.
    ///
    /// # Errors
    /// Where one is missing, corrupt, or holds users already.
    pub fn read(round: &Round) -> anyhow::Result<Self> {
        let (kinds, params) = round.base()?;
        check_kinds(&kinds)?;
        let models = round.base_models()?;
        if let Some(model) =
            models.iter().find(|model| !model.has_no_users() && model.kind() != BaseModel::Popularity)
        {
            let stem = model.kind().file_stem();
            return Err(UsageError(format!("{stem}.bin was fitted on one machine and holds its users: run `operator forget-users` once on the driver")).into());
        }
        Ok(Self { models, params })
    }

    /// The models' columns for `candidates`, whose users' known ratings are `history`.
    ///
    /// # Errors
    /// None that a stream of whole users leads to.
    pub fn score(&mut self, history: &History, candidates: &[Candidate]) -> anyhow::Result<BaseColumns> {
        self.with_users(history, |models| stacking::score_all(&models.iter().collect::<Vec<_>>(), candidates))
    }

    /// What `make` makes of the models with the users of `history` among theirs. Afterwards they are without users again.
    ///
    /// # Errors
    /// None that a stream of whole users leads to.
    pub fn with_users<T>(
        &mut self,
        history: &History,
        make: impl FnOnce(&[FittedModel]) -> T,
    ) -> anyhow::Result<T> {
        let fold_in = |model: FittedModel| model.fold_in(history, &self.params);
        let models: Vec<FittedModel> = std::mem::take(&mut self.models)
            .into_iter()
            .map(fold_in)
            .collect::<Result<_, _>>()
            .context("a user came twice")?;
        let made = make(&models);
        self.models = models.into_iter().map(FittedModel::forget_users).collect();
        Ok(made)
    }
}
