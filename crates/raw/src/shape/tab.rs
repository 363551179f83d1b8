//! MovieLens 100K: tabs in `u.data`; pipes, genre flags and Latin-1 titles in `u.item`; no headers.

use std::path::Path;

use crate::bad_rows::BadRows;
use crate::field::{self, Problem};
use crate::records::{Records, Separator};
use crate::shape::Catalogue;
use crate::shape::text::{self, RatingColumns};
use crate::table::RatingTable;
use crate::{Error, Options};

/// The genres in the order of `u.item`'s flags, for where `u.genre` is missing.
const GENRES: [&str; 19] = [
    UNKNOWN,
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
];

/// The flag of items of which no genre is known; no genre, like `(no genres listed)` elsewhere.
const UNKNOWN: &str = "unknown";

/// The fields before the flags: id, title, release date, video release date, URL.
const BEFORE_FLAGS: usize = 5;

/// Reads `u.data`: user, item, rating, timestamp.
pub(crate) fn read_ratings(
    file: &Path,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    let mut records = Records::open(file, Separator::Tab)?;
    text::read_ratings(&mut records, &RatingColumns::without_header(), options, bad_rows)
}

/// Reads `u.item`, with the genres' names from `u.genre` where it is there.
pub(crate) fn read_catalogue(
    file: &Path,
    genres: Option<&Path>,
    bad_rows: &mut BadRows,
) -> Result<Catalogue, Error> {
    let genres = match genres {
        Some(genres) => read_genres(genres, bad_rows)?,
        None => GENRES.map(str::to_owned).to_vec(),
    };
    let n_expected = BEFORE_FLAGS + genres.len();
    let mut records = Records::open(file, Separator::Pipe)?;
    text::read_rows(&mut records, bad_rows, |record| {
        let n_fields = record.len();
        if n_fields != n_expected {
            let column = if n_fields <= BEFORE_FLAGS { "title" } else { "genres" };
            return Err((column, Problem::n_fields(n_fields, n_expected)));
        }
        let mut of_item = Vec::new();
        for (index, genre) in genres.iter().enumerate() {
            match record.get(BEFORE_FLAGS + index) {
                b"1" if genre != UNKNOWN => of_item.push(genre.clone()),
                b"0" | b"1" => {}
                other => {
                    let found = format!("\"{}\" for {genre}", other.escape_ascii());
                    return Err(("genres", Problem::new(&found, "0 or 1")));
                }
            }
        }
        let id = field::id(record.get(0)).map_err(|problem| ("item", problem))?;
        Ok((id, field::old_text(record.get(1)).into_owned(), of_item))
    })
}

/// Reads `u.genre`: name and index, in the order of the index.
fn read_genres(file: &Path, bad_rows: &mut BadRows) -> Result<Vec<String>, Error> {
    let mut records = Records::open(file, Separator::Pipe)?;
    let mut genres = text::read_rows(&mut records, bad_rows, |record| {
        if record.len() != 2 {
            return Err(("index", Problem::n_fields(record.len(), 2)));
        }
        let index = field::id(record.get(1)).map_err(|problem| ("index", problem))?;
        Ok((index, field::old_text(record.get(0)).into_owned()))
    })?;
    genres.sort();
    Ok(genres.into_iter().map(|(_, name)| name).collect())
}
