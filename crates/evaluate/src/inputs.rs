//! What the earlier stages say besides the rows that are ranked: the split, the catalogue, how the models learnt.

use artifacts::Error;
use artifacts::layout::{BASE_LEARNING_CURVES, IMPORTANCES, ITEMS, META_LEARNING_CURVES, RATINGS};
use artifacts::tables::{CurvePoint, ImportanceRow, SplitRatings};
use dataset::split::Part;
use dataset::{IdIndex, Items};
use stage::Run;

/// All of it.
pub struct Inputs {
    /// The ratings with their parts.
    pub split: SplitRatings,
    /// The catalogue.
    pub items: Items,
    /// What the meta-models use.
    pub importances: Vec<ImportanceRow>,
    /// How the iterative models learnt.
    pub curves: Vec<CurvePoint>,
    /// The training ratings of each item of the catalogue.
    pub n_known_of_item: Vec<u32>,
    /// The users with a training rating.
    pub known_users: IdIndex,
    /// And how many each has.
    pub n_known_of_user: Vec<u32>,
    catalogue: IdIndex,
}

impl Inputs {
    /// # Errors
    /// Where one of the artifacts is missing or corrupt.
    pub fn read(run: &mut Run) -> Result<Self, Error> {
        let split: SplitRatings = run.read_table(RATINGS)?;
        let items: Items = run.read_table(ITEMS)?;
        let importances = run.read_table(IMPORTANCES)?;
        let mut curves: Vec<CurvePoint> = run.read_table(BASE_LEARNING_CURVES)?;
        curves.extend(run.read_table::<Vec<CurvePoint>>(META_LEARNING_CURVES)?);
        let catalogue = IdIndex::new(items.all().iter().map(|item| item.item_id));
        let ratings = &split.ratings;
        let known: Vec<usize> =
            (0..split.parts.len()).filter(|&row| split.parts[row] != Part::Test).collect();
        let known_users = IdIndex::new(known.iter().map(|&row| ratings.user_ids[row]));
        let mut n_known_of_item = vec![0; catalogue.len()];
        let mut n_known_of_user = vec![0; known_users.len()];
        for row in known {
            let user = known_users.index_of(ratings.user_ids[row]);
            let item = catalogue.index_of(ratings.item_ids[row]);
            if let (Some(user), Some(item)) = (user, item) {
                n_known_of_user[user as usize] += 1;
                n_known_of_item[item as usize] += 1;
            }
        }
        Ok(Self {
            split,
            items,
            importances,
            curves,
            n_known_of_item,
            known_users,
            n_known_of_user,
            catalogue,
        })
    }

    /// The place of an item in the catalogue.
    pub fn item_at(&self, item_id: i64) -> Option<usize> {
        self.catalogue.index_of(item_id).map(|item| item as usize)
    }

    /// How many training ratings a user has.
    pub fn n_known_of_user(&self, user_id: i64) -> usize {
        self.known_users.index_of(user_id).map_or(0, |user| self.n_known_of_user[user as usize] as usize)
    }
}
