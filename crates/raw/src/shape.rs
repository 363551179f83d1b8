//! One file a shape; here they are chosen.

pub(crate) mod double_colon;
mod guard;
pub(crate) mod movielens_csv;
pub(crate) mod parquet;
pub(crate) mod tab;
pub(crate) mod text;

use dataset::ItemId;

use crate::bad_rows::BadRows;
use crate::layout::{Layout, Shape};
use crate::table::RatingTable;
use crate::{Error, Options, Tag};

/// The items file: (id, title, genres) in file order.
pub(crate) type Catalogue = Vec<(ItemId, String, Vec<String>)>;

/// Reads the ratings in file order.
pub(crate) fn read_ratings(
    layout: &Layout,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<RatingTable, Error> {
    let file = &layout.ratings;
    match layout.shape {
        Shape::Csv => movielens_csv::read_ratings(file, options, bad_rows),
        Shape::DoubleColon => double_colon::read_ratings(file, options, bad_rows),
        Shape::Tab => tab::read_ratings(file, options, bad_rows),
        Shape::Parquet => parquet::read_ratings(file, options, bad_rows),
    }
}

/// Reads the items file; empty where there is none.
pub(crate) fn read_catalogue(
    layout: &Layout,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<Catalogue, Error> {
    let Some(file) = &layout.items else { return Ok(Catalogue::new()) };
    match layout.shape {
        Shape::Csv | Shape::Parquet => movielens_csv::read_catalogue(file, options, bad_rows),
        Shape::DoubleColon => double_colon::read_catalogue(file, bad_rows),
        Shape::Tab => tab::read_catalogue(file, layout.genres.as_deref(), bad_rows),
    }
}

/// Reads the tags in file order; empty where there are none.
pub(crate) fn read_tags(
    layout: &Layout,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<Vec<Tag>, Error> {
    let Some(file) = &layout.tags else { return Ok(Vec::new()) };
    match layout.shape {
        Shape::Csv | Shape::Parquet => movielens_csv::read_tags(file, options, bad_rows),
        Shape::DoubleColon => double_colon::read_tags(file, bad_rows),
        Shape::Tab => Ok(Vec::new()),
    }
}
