//! The catalogue and the tags alone, where the ratings are read elsewhere.

use std::path::Path;

use dataset::{IdIndex, Items};

use crate::bad_rows::BadRows;
use crate::shape::{Catalogue, movielens_csv};
use crate::{BadRow, Error, Options, Tag};

/// What [`read_catalogue`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueData {
    /// Every item of the items file, and every rated item (with an empty title where the file lacks it).
    pub items: Items,
    /// The tags, ascending by (user, item, timestamp), and in file order where these are equal.
    pub tags: Vec<Tag>,
    /// How many malformed rows both files have together.
    pub n_bad_rows: u64,
    /// The first [`crate::LISTED_BAD_ROWS`] of them.
    pub bad_rows: Vec<BadRow>,
}

/// Reads `movies.csv` and `tags.csv`, or what is named so, in MovieLens' CSV shape; either may be absent. `rated` are the items that somebody rated.
/// The result is that of [`crate::read`] with the same ratings.
///
/// # Errors
/// [`Error`].
pub fn read_catalogue(
    movies: Option<&Path>,
    tags: Option<&Path>,
    rated: &IdIndex,
    options: &Options,
) -> Result<CatalogueData, Error> {
    let bad_rows = || BadRows::new(options.skip_bad_rows());
    let (mut bad_items, mut bad_tags) = (bad_rows(), bad_rows());
    let catalogue =
        movies.map(|file| movielens_csv::read_catalogue(file, options, &mut bad_items)).transpose()?;
    let tags = tags.map(|file| movielens_csv::read_tags(file, options, &mut bad_tags)).transpose()?;
    let file = movies.unwrap_or(Path::new("movies.csv"));
    let items = items(catalogue.unwrap_or_default(), rated, file)?;
    let (bad_rows, n_bad_rows) = bad_items.and_then(bad_tags).into_parts();
    Ok(CatalogueData { items, tags: in_order(tags.unwrap_or_default()), n_bad_rows, bad_rows })
}

/// The items of `file` and those that only the ratings know.
pub(crate) fn items(mut catalogue: Catalogue, rated: &IdIndex, file: &Path) -> Result<Items, Error> {
    let known = IdIndex::new(catalogue.iter().map(|&(item_id, ..)| item_id));
    let unknown = rated.ids().iter().filter(|&&item_id| known.index_of(item_id).is_none());
    catalogue.extend(unknown.map(|&item_id| (item_id, String::new(), Vec::new())));
    Items::new(catalogue).map_err(|source| Error::Genres { file: file.to_owned(), source })
}

/// The tags in the order in which they are kept.
pub(crate) fn in_order(mut tags: Vec<Tag>) -> Vec<Tag> {
    tags.sort_by_key(|tag| (tag.user_id, tag.item_id, tag.timestamp)); // stable: file order where equal
    tags
}
