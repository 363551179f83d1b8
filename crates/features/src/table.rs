//! Columns of features.

/// One feature: its name and its value for every candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name in files.
    pub name: String,
    /// One value a candidate.
    pub values: Vec<f64>,
}

/// All features of a batch: `columns[c][row]` is feature `names[c]` of candidate `row`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureTable {
    /// The names, no two alike.
    pub names: Vec<String>,
    /// As many columns as names, all of one length.
    pub columns: Vec<Vec<f64>>,
}

/// Two columns of one name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two feature columns are called {name}: switch off one of the groups, or rename the base model")]
pub struct DuplicateFeature {
    /// The name.
    pub name: String,
}

impl FeatureTable {
    /// Appends a column.
    ///
    /// # Errors
    /// [`DuplicateFeature`] where the table has a column of that name.
    pub fn push(&mut self, column: Column) -> Result<(), DuplicateFeature> {
        if self.names.contains(&column.name) {
            return Err(DuplicateFeature { name: column.name });
        }
        self.names.push(column.name);
        self.columns.push(column.values);
        Ok(())
    }
}
