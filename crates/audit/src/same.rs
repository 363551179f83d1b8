//! Whether the features computed here are those that the run wrote.

use std::collections::HashMap;

use artifacts::Error;
use artifacts::layout::{CATALOGUE, META_TRAIN, TEST};
use artifacts::tables::{CatalogueRows, FeatureRows};
use dataset::Candidate;
use stacking::probe::{CANARY, CANDIDATES, ProbedRound};
use stage::Run;

/// The feature tables of a run.
pub struct Artifacts {
    tables: [FeatureRows; 2],
    /// (user, item, fold) -> (table, row).
    rows: HashMap<Key, (usize, usize)>,
    is_of_catalogue: bool,
}

/// An item may be a user's candidate in several folds; rated rows are of one, and test rows of none.
type Key = (i64, i64, Option<i8>);

impl Artifacts {
    /// # Errors
    /// Where one of the tables cannot be read.
    pub fn read(run: &mut Run, is_of_catalogue: bool) -> Result<Self, Error> {
        let meta_train: FeatureRows = run.read_table(META_TRAIN)?;
        let test = if is_of_catalogue {
            run.read_table::<CatalogueRows>(CATALOGUE)?.rows
        } else {
            run.read_table(TEST)?
        };
        let tables = [meta_train, test];
        let mut rows = HashMap::new();
        for (at, table) in tables.iter().enumerate() {
            for (row, key) in table.user_ids.iter().copied().zip(table.item_ids.iter().copied()).enumerate() {
                let fold = table.folds[row].filter(|_| is_of_catalogue);
                rows.insert((key.0, key.1, fold), (at, row));
            }
        }
        Ok(Self { tables, rows, is_of_catalogue })
    }

    /// How many rows of the round differ in any bit of any column from what was written, or were not written. (Of candidates from the
    /// catalogue, those that were rated and are not relevant are written where the sample has them: a row that is missing there is none
    /// that the meta-models saw.)
    pub fn differing(&self, round: ProbedRound<'_>) -> usize {
        let is_same = |at: &usize| {
            let candidate = round.candidates[*at];
            let fold = round.fold.filter(|_| self.is_of_catalogue);
            let Some(&(table, written)) = self.rows.get(&(candidate.user_id, candidate.item_id, fold)) else {
                return self.is_of_catalogue && round.fold.is_some();
            };
            let table = &self.tables[table];
            let features = round.columns.iter().filter(|(name, _)| name != CANARY && name != CANDIDATES);
            let mut features =
                features.map(|(name, values)| (table.names.iter().position(|of| of == name), values));
            features.all(|(column, values)| {
                column.is_some_and(|column| table.columns[column][written].to_bits() == values[*at].to_bits())
            })
        };
        let is_written = |row: &Candidate| {
            let fold = round.fold.filter(|_| self.is_of_catalogue);
            self.rows.contains_key(&(row.user_id, row.item_id, fold))
        };
        if !round.candidates.iter().any(is_written) {
            return round.candidates.len();
        }
        (0..round.candidates.len()).filter(|at| !is_same(at)).count()
    }
}
