//! MovieLens 1M and 10M: `::` between the fields, no headers; 1M's titles are in Latin-1, 10M's in UTF-8.

use std::path::Path;

use crate::bad_rows::BadRows;
use crate::field::{self, Problem};
use crate::records::{Records, Separator};
use crate::shape::Catalogue;
use crate::shape::text::{self, RatingColumns};
use crate::table::RatingTable;
use crate::{Error, Options, Tag};

/// Reads `ratings.dat`: user, item, rating, timestamp.
pub(crate) fn read_ratings(
    file: &Path,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    let mut records = Records::open(file, Separator::DoubleColon)?;
    text::read_ratings(&mut records, &RatingColumns::without_header(), options, bad_rows)
}

/// Reads `movies.dat`: id, title, genres. A title may hold the separator.
pub(crate) fn read_catalogue(file: &Path, bad_rows: &mut BadRows) -> Result<Catalogue, Error> {
    let mut records = Records::open(file, Separator::DoubleColon)?;
    text::read_rows(&mut records, bad_rows, |record| {
        let n_fields = record.len();
        if n_fields < 3 {
            return Err((["title", "genres"][n_fields - 1], Problem::n_fields(n_fields, 3)));
        }
        Ok((
            field::id(record.get(0)).map_err(|problem| ("item", problem))?,
            field::old_text(record.span(1, n_fields - 2)).into_owned(),
            text::genres(&field::old_text(record.get(n_fields - 1))),
        ))
    })
}

/// Reads `tags.dat`: user, item, tag, timestamp. A tag may hold the separator.
pub(crate) fn read_tags(file: &Path, bad_rows: &mut BadRows) -> Result<Vec<Tag>, Error> {
    let mut records = Records::open(file, Separator::DoubleColon)?;
    text::read_rows(&mut records, bad_rows, |record| {
        let n_fields = record.len();
        if n_fields < 4 {
            return Err((["item", "tag", "timestamp"][n_fields - 1], Problem::n_fields(n_fields, 4)));
        }
        Ok(Tag {
            user_id: field::id(record.get(0)).map_err(|problem| ("user", problem))?,
            item_id: field::id(record.get(1)).map_err(|problem| ("item", problem))?,
            tag: field::old_text(record.span(2, n_fields - 2)).into_owned(),
            timestamp: field::timestamp(record.get(n_fields - 1))
                .map_err(|problem| ("timestamp", problem))?,
        })
    })
}
