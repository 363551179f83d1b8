//! Ratings that may be missing: NaN in memory, null in a file.
//!
//! Never NaN in a file: SQL engines order NaN above every number, so that `rating >= 4` would hold for it.

use crate::{Column, Table};

/// The column of these ratings; one that cannot be null where none is missing.
pub(super) fn stars_column(stars: Vec<f32>) -> Column {
    if stars.iter().any(|stars| stars.is_nan()) {
        Column::OptionalFloat(stars.into_iter().map(|stars| (!stars.is_nan()).then_some(stars)).collect())
    } else {
        Column::Float(stars)
    }
}

/// Takes such a column out of the table.
pub(super) fn take_stars(table: &mut Table, name: &str) -> Result<Vec<f32>, String> {
    if let Some(Column::OptionalFloat(_)) = table.column(name) {
        let stars: Vec<Option<f32>> = table.take(name)?;
        return Ok(stars.into_iter().map(|stars| stars.unwrap_or(f32::NAN)).collect());
    }
    table.take(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_rating_is_null() {
        let column = stars_column(vec![4.0, f32::NAN]);
        assert_eq!(column, Column::OptionalFloat(vec![Some(4.0), None]));
        let stars = take_stars(&mut Table::new().with("rating", column), "rating").unwrap();
        assert!(stars[0] == 4.0 && stars[1].is_nan());
        assert_eq!(stars_column(vec![4.0]), Column::Float(vec![4.0]));
    }
}
