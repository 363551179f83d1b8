//! Whether the features computed here are those that the run wrote.

use std::collections::HashMap;

use artifacts::Error;
use artifacts::layout::{META_TRAIN, TEST};
use artifacts::tables::FeatureRows;
use dataset::Ratings;
use stacking::probe::CANARY;
use stage::Run;

/// The feature tables of a run.
pub struct Artifacts {
    tables: [FeatureRows; 2],
    /// (user, item) -> (table, row).
    rows: HashMap<(i64, i64), (usize, usize)>,
}

impl Artifacts {
    /// # Errors
    /// Where one of the tables cannot be read.
    pub fn read(run: &mut Run) -> Result<Self, Error> {
        let tables: [FeatureRows; 2] = [run.read_table(META_TRAIN)?, run.read_table(TEST)?];
        let mut rows = HashMap::new();
        for (at, table) in tables.iter().enumerate() {
            for (row, key) in table.user_ids.iter().copied().zip(table.item_ids.iter().copied()).enumerate() {
                rows.insert(key, (at, row));
            }
        }
        Ok(Self { tables, rows })
    }

    /// How many of `rows` differ in any bit of any of `columns` from what was written, or were not written.
    pub fn differing(&self, ratings: &Ratings, rows: &[usize], columns: &[(String, Vec<f64>)]) -> usize {
        let is_same = |at: &usize| {
            let row = rows[*at];
            let key = (ratings.user_ids[row], ratings.item_ids[row]);
            let Some(&(table, written)) = self.rows.get(&key) else { return false };
            let table = &self.tables[table];
            columns.iter().filter(|(name, _)| name != CANARY).all(|(name, values)| {
                let column = table.names.iter().position(|of| of == name);
                column.is_some_and(|column| table.columns[column][written].to_bits() == values[*at].to_bits())
            })
        };
        (0..rows.len()).filter(|at| !is_same(at)).count()
    }
}
