//! What the earlier stages say besides the rows that are ranked: the split, the catalogue, how the models learnt.

use artifacts::Error;
use artifacts::layout::{BASE_LEARNING_CURVES, IMPORTANCES, ITEMS, META_LEARNING_CURVES, RATINGS};
use artifacts::tables::{CurvePoint, ImportanceRow, SplitRatings, Stored as _};
use dataset::{IdIndex, Items, UserId};
use stage::Run;

use crate::known::{Known, catalogue};

/// All of it.
pub struct Inputs {
    /// What the ratings say.
    pub known: Known,
    /// The ratings with their parts, where they were asked for.
    pub split: Option<SplitRatings>,
    /// The catalogue.
    pub items: Items,
    /// What the meta-models use.
    pub importances: Vec<ImportanceRow>,
    /// How the iterative models learnt.
    pub curves: Vec<CurvePoint>,
    catalogue: IdIndex,
}

impl Inputs {
    /// Reads all; of the ratings those of the users `shown` in full, and all of them where `keep_split`.
    ///
    /// # Errors
    /// Where one of the artifacts is missing or corrupt.
    pub fn read(run: &mut Run, shown: &[UserId], keep_split: bool) -> Result<Self, Error> {
        let ratings = run.open_table::<SplitRatings>(RATINGS)?;
        let items = run.open_table::<Items>(ITEMS)?;
        let (known, items, split) = if keep_split {
            let corrupt = |artifact, problem| run.corrupt(artifact, problem);
            let split = SplitRatings::from_file(&ratings).map_err(|problem| corrupt(RATINGS, problem))?;
            let items = Items::from_file(&items).map_err(|problem| corrupt(ITEMS, problem))?;
            (Known::of(&split, &items, shown), items, Some(split))
        } else {
            let (known, items) = Known::read(run, &ratings, &items, shown)?;
            (known, items, None)
        };
        let importances = run.read_table(IMPORTANCES)?;
        let mut curves: Vec<CurvePoint> = run.read_table(BASE_LEARNING_CURVES)?;
        curves.extend(run.read_table::<Vec<CurvePoint>>(META_LEARNING_CURVES)?);
        Ok(Self { known, split, catalogue: catalogue(&items), items, importances, curves })
    }

    /// The items of the catalogue; an item's index is its place.
    pub fn catalogue(&self) -> &IdIndex {
        &self.catalogue
    }

    /// How many training ratings a user has.
    pub fn n_known_of_user(&self, user_id: UserId) -> usize {
        self.known.users.index_of(user_id).map_or(0, |user| self.known.of_users[user as usize] as usize)
    }
}
