//! A few ratings of people who are not in the data set: what `recommend --for-ratings` takes.

use std::path::Path;

use crate::bad_rows::BadRow;
use crate::shape::{movielens_csv, text};
use crate::{Error, field};

/// One rating.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRating {
    /// The line of the file, 1-based.
    pub line: u64,
    /// Whose, where the file has users.
    pub user_id: Option<i64>,
    /// What was rated.
    pub item: ItemName,
    /// In stars.
    pub value: f32,
    /// In seconds since 1970, where the file has times.
    pub timestamp: Option<i64>,
}

/// How the file names an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemName {
    /// By its id.
    Id(i64),
    /// By its title, or a part of it.
    Title(String),
}

/// Reads a CSV file with the columns `rating` and one of `movieId`, `item_id` or `title`; `userId` or `user_id`, and `timestamp`, where
/// they are there; further columns are ignored. `rating_range` is what a rating may be, both ends included.
///
/// # Errors
/// [`Error`], where the file is missing, lacks a column, has no row, or a row is malformed. Such rows are never skipped.
pub fn read_own_ratings(path: &Path, rating_range: (f32, f32)) -> Result<Vec<OwnRating>, Error> {
    let (mut records, names) = movielens_csv::open(path)?;
    let header = movielens_csv::Header::new(path, &names);
    let item = header.find(&movielens_csv::ITEM);
    let title = if item.is_none() { Some(header.require(&["title", "movieId", "item_id"])?) } else { None };
    let rating = header.require(&["rating"])?;
    let user = header.find(&movielens_csv::USER);
    let timestamp = header.find(&["timestamp"]);
    let mut ratings = Vec::new();
    while let Some(record) = records.next()? {
        let parse = || {
            text::check_len(&record, &names)?;
            let optional = |at: Option<usize>| {
                at.map(|at| record.get(at)).filter(|field| !field.trim_ascii().is_empty())
            };
            let item = match (item, title) {
                (Some(at), _) => {
                    ItemName::Id(field::id(record.get(at)).map_err(|problem| ("movieId", problem))?)
                }
                (None, at) => {
                    let text =
                        field::text(record.get(at.unwrap_or(0))).map_err(|problem| ("title", problem))?;
                    ItemName::Title(text.trim().to_owned())
                }
            };
            let value =
                field::rating(record.get(rating), rating_range).map_err(|problem| ("rating", problem))?;
            let user_id = optional(user).map(field::id).transpose().map_err(|problem| ("userId", problem))?;
            let timestamp = optional(timestamp).map(field::timestamp).transpose();
            let timestamp = timestamp.map_err(|problem| ("timestamp", problem))?;
            Ok(OwnRating { line: record.line, user_id, item, value, timestamp })
        };
        let row = parse().map_err(|(column, problem): (&str, field::Problem)| {
            Error::BadAssignment(Box::new(BadRow::in_text(path, record.line, column, problem)))
        })?;
        ratings.push(row);
    }
    if ratings.is_empty() {
        return Err(Error::NoRatings { file: path.to_owned(), n_bad_rows: 0, first: None });
    }
    Ok(ratings)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(text: &str) -> Result<Vec<OwnRating>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_own_ratings(file.path(), (0.0, 5.0)).map_err(|error| error.to_string())
    }

    #[test]
    fn items_by_id_or_title() {
        let by_id = read("userId,movieId,rating,timestamp\n7,50,4.5,100\n7,60,2,\n").unwrap();
        let first =
            OwnRating { line: 2, user_id: Some(7), item: ItemName::Id(50), value: 4.5, timestamp: Some(100) };
        assert_eq!((&by_id[0], by_id[1].timestamp), (&first, None));
        let by_title = read("title,rating\n\"Usual Suspects, The (1995)\",5\n").unwrap();
        assert_eq!(by_title[0].item, ItemName::Title("Usual Suspects, The (1995)".to_owned()));
        assert_eq!((by_title[0].user_id, by_title[0].line), (None, 2));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_column() {
        let message = |text| read(text).unwrap_err();
        assert!(
            message("title,rating\nHeat,6\n").contains("line 2"),
            "{}",
            message("title,rating\nHeat,6\n")
        );
        assert!(message("title,rating\nHeat,6\n").contains("rating"));
        assert!(message("name,rating\nHeat,5\n").contains("title"));
        assert!(message("title,stars\nHeat,5\n").contains("rating"));
        assert!(message("title,rating\n").contains("no ratings in it"));
        assert!(message("movieId,rating\nx,5\n").contains("movieId"));
        assert!(message("movieId,rating\n5\n").contains("line 2"));
    }
}
