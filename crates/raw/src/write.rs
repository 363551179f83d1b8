//! Writes a data set in the CSV shape that MovieLens is published in, for tools that hand a part of the ratings to the pipeline again.

use std::io;
use std::path::Path;

use csv::Writer;
use dataset::{Item, Items, Ratings};

use crate::Tag;
use crate::shape::text::NO_GENRES;

/// Writes `ratings.csv`, `movies.csv` and, where there are tags, `tags.csv` into the existing folder `folder`. [`crate::read`] with the
/// default options gives back the same ratings, in their order by (user, item), the same titles, genres and tags.
///
/// An item without title and genres gets no row, as in the data it came from: it is in the catalogue if somebody rated it.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_movielens(folder: &Path, ratings: &Ratings, items: &Items, tags: &[Tag]) -> io::Result<()> {
    let mut file = Writer::from_path(folder.join("ratings.csv"))?;
    file.write_record(["userId", "movieId", "rating", "timestamp"])?;
    for rating in ratings.iter() {
        let [user, item, timestamp] =
            [rating.user_id, rating.item_id, rating.timestamp].map(|number| number.to_string());
        // The shortest decimal that reads back as the same number.
        file.write_record([user, item, rating.value.to_string(), timestamp])?;
    }
    file.flush()?;

    let mut file = Writer::from_path(folder.join("movies.csv"))?;
    file.write_record(["movieId", "title", "genres"])?;
    for item in items.all().iter().filter(|item| !item.title.is_empty() || !item.genres.is_empty()) {
        file.write_record([item.item_id.to_string(), item.title.clone(), genres(items, item)])?;
    }
    file.flush()?;

    if tags.is_empty() {
        return Ok(());
    }
    let mut file = Writer::from_path(folder.join("tags.csv"))?;
    file.write_record(["userId", "movieId", "tag", "timestamp"])?;
    for tag in tags {
        let [user, item, timestamp] =
            [tag.user_id, tag.item_id, tag.timestamp].map(|number| number.to_string());
        file.write_record([user, item, tag.tag.clone(), timestamp])?;
    }
    file.flush()
}

fn genres(items: &Items, item: &Item) -> String {
    let names: Vec<&str> = item.genres.iter().map(|at| items.genre_names()[at].as_str()).collect();
    if names.is_empty() { NO_GENRES.to_owned() } else { names.join("|") }
}
