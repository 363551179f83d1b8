//! What all shapes of text have in common: ratings row by row, genres in one field, and bad rows told by line.

use dataset::Rating;

use crate::bad_rows::{BadRow, BadRows};
use crate::field::{self, Problem};
use crate::records::{Record, Records};
use crate::table::RatingTable;
use crate::{Error, Options, blocks};

/// A field at fault: the column's name and what is wrong.
pub(crate) type Fault<'a> = (&'a str, Problem);

/// Where in a record the parts of a rating stand.
#[derive(Debug)]
pub(crate) struct RatingColumns {
    /// The names of all columns, in file order.
    pub(crate) names: Vec<String>,
    pub(crate) user: usize,
    pub(crate) item: usize,
    pub(crate) rating: usize,
    pub(crate) timestamp: Option<usize>,
}

impl RatingColumns {
    /// The order that files without a header have: user, item, rating, timestamp.
    pub(crate) fn without_header() -> Self {
        let names = ["user", "item", "rating", "timestamp"].map(str::to_owned).to_vec();
        Self { names, user: 0, item: 1, rating: 2, timestamp: Some(3) }
    }

    /// Whether a record is a user, an item, a rating and a timestamp, in this order.
    pub(crate) fn are_plain(&self) -> bool {
        self.names.len() == 4 && (self.user, self.item, self.rating, self.timestamp) == (0, 1, 2, Some(3))
    }

    pub(crate) fn parse(&self, record: &Record<'_>, range: (f32, f32)) -> Result<Rating, Fault<'_>> {
        check_len(record, &self.names)?;
        let at = |index: usize| {
            let name = self.names[index].as_str();
            (record.get(index), move |problem| (name, problem))
        };
        let (user, user_fault) = at(self.user);
        let (item, item_fault) = at(self.item);
        let (rating, rating_fault) = at(self.rating);
        Ok(Rating {
            user_id: field::id(user).map_err(user_fault)?,
            item_id: field::id(item).map_err(item_fault)?,
            value: field::rating(rating, range).map_err(rating_fault)?,
            timestamp: match self.timestamp.map(at) {
                Some((timestamp, fault)) => field::timestamp(timestamp).map_err(fault)?,
                None => 0,
            },
        })
    }
}

/// That `record` has one field a column of `names`; the fault is laid on the first column that is missing.
pub(crate) fn check_len<'a>(record: &Record<'_>, names: &'a [String]) -> Result<(), Fault<'a>> {
    if record.len() == names.len() {
        return Ok(());
    }
    let column = names.get(record.len()).or(names.last()).map_or("", String::as_str);
    Err((column, Problem::n_fields(record.len(), names.len())))
}

/// Reads the rest of `records` as ratings.
pub(crate) fn read_ratings(
    records: &mut Records,
    columns: &RatingColumns,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    match blocks::read_ratings(records, columns, options, bad_rows)? {
        Some(table) => Ok(table),
        None => read_records(records, columns, options, bad_rows),
    }
}

/// The same, record by record.
pub(crate) fn read_records(
    records: &mut Records,
    columns: &RatingColumns,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    let range = options.rating_range();
    let mut table = RatingTable::default();
    let file = records.file().to_owned();
    while let Some(record) = records.next()? {
        let row = table.n_rows;
        table.n_rows += 1;
        match columns.parse(&record, range) {
            Ok(rating) => table.push(row, rating),
            Err((column, problem)) => {
                bad_rows.add(BadRow::in_text(&file, record.line, column, problem))?;
            }
        }
    }
    Ok(table)
}

/// Reads the rest of `records` by `parse`, which says of a malformed row what is wrong with it.
pub(crate) fn read_rows<'a, T>(
    records: &mut Records,
    bad_rows: &mut BadRows,
    parse: impl Fn(&Record<'_>) -> Result<T, Fault<'a>>,
) -> Result<Vec<T>, Error> {
    let mut rows = Vec::new();
    let file = records.file().to_owned();
    while let Some(record) = records.next()? {
        match parse(&record) {
            Ok(row) => rows.push(row),
            Err((column, problem)) => {
                bad_rows.add(BadRow::in_text(&file, record.line, column, problem))?;
            }
        }
    }
    Ok(rows)
}

/// What stands in the field of an item without a genre.
pub(crate) const NO_GENRES: &str = "(no genres listed)";

/// The genres in a field like `Action|Sci-Fi`; `(no genres listed)` is no genre.
pub(crate) fn genres(field: &str) -> Vec<String> {
    let names = field.split('|').map(str::trim).filter(|name| !name.is_empty() && *name != NO_GENRES);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_genres_listed_is_no_genre() {
        assert_eq!(genres("Action|Sci-Fi"), ["Action", "Sci-Fi"]);
        assert!(genres("(no genres listed)").is_empty());
        assert!(genres("").is_empty());
    }
}
