//! How many ratings there may be, told from the size of the file.

use std::path::Path;

use crate::{Error, layout, layout::Shape};

/// Bytes of a rating in a file of text: `1,1,4.0,964982703` and its line end are 18, those of large sets 28.
const TEXT: u64 = 22;
/// Bytes of a compressed rating.
const COMPRESSED: u64 = 6;

/// About how many ratings stand at `location`, without reading them: rather too many than too few.
///
/// # Errors
/// Where there is no data set, as [`crate::read`].
pub fn about_how_many(location: &Path) -> Result<u64, Error> {
    let layout = layout::find(location)?;
    let metadata =
        std::fs::metadata(&layout.ratings).map_err(|source| Error::read(&layout.ratings, source))?;
    let is_compressed = layout.shape == Shape::Parquet
        || layout.ratings.extension().is_some_and(|extension| extension == "gz");
    Ok(metadata.len() / if is_compressed { COMPRESSED } else { TEXT })
}
