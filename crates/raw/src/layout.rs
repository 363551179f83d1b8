//! Which files there are at a location, and in which shape.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, SYNTHETIC_MARKER, open};

/// The shape of a data set's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Comma-separated with headers.
    Csv,
    /// `::` between the fields, no headers.
    DoubleColon,
    /// Tabs in the ratings, pipes in the items, no headers.
    Tab,
    /// Ratings in Parquet, the rest as in [`Shape::Csv`].
    Parquet,
}

/// The files of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) shape: Shape,
    pub(crate) ratings: PathBuf,
    /// The catalogue.
    pub(crate) items: Option<PathBuf>,
    /// The genres' names, of 100K only.
    pub(crate) genres: Option<PathBuf>,
    pub(crate) tags: Option<PathBuf>,
    /// Whether the marker of generated data stands beside them.
    pub(crate) synthetic: bool,
}

impl Layout {
    /// Every file, the ratings first.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let rest = [&self.items, &self.genres, &self.tags];
        std::iter::once(&self.ratings).chain(rest.into_iter().flatten()).cloned().collect()
    }
}

/// CSV files that stand beside the ratings in published data sets and hold no ratings.
const NOT_RATINGS: [&str; 6] = ["movies", "items", "tags", "links", "genome-scores", "genome-tags"];

/// Finds out what `location`, a folder or a ratings file, holds.
pub(crate) fn find(location: &Path) -> Result<Layout, Error> {
    let metadata = fs::metadata(location).map_err(|source| Error::read(location, source))?;
    if !metadata.is_dir() {
        let folder = location.parent().unwrap_or(Path::new(""));
        return Ok(Layout {
            shape: if open::is_parquet(location)? { Shape::Parquet } else { Shape::Csv },
            ratings: location.to_owned(),
            items: None,
            genres: None,
            tags: None,
            synthetic: folder.join(SYNTHETIC_MARKER).exists(),
        });
    }
    let synthetic = location.join(SYNTHETIC_MARKER).exists();
    let in_shape = |shape, ratings, [items, genres, tags]: [&str; 3]| Layout {
        shape,
        ratings,
        items: text_file(location, items),
        genres: text_file(location, genres),
        tags: text_file(location, tags),
        synthetic,
    };
    if let Some(ratings) = text_file(location, "ratings.csv") {
        return Ok(in_shape(Shape::Csv, ratings, ["movies.csv", "", "tags.csv"]));
    }
    if let Some(ratings) = text_file(location, "ratings.dat") {
        return Ok(in_shape(Shape::DoubleColon, ratings, ["movies.dat", "", "tags.dat"]));
    }
    if let Some(ratings) = text_file(location, "u.data") {
        return Ok(in_shape(Shape::Tab, ratings, ["u.item", "u.genre", ""]));
    }
    let ratings = only_table(location)?;
    let shape = if open::is_parquet(&ratings)? { Shape::Parquet } else { Shape::Csv };
    Ok(in_shape(shape, ratings, ["movies.csv", "", "tags.csv"]))
}

/// The file called `name` in `folder`, or its gzipped form.
fn text_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let candidates = [folder.join(name), folder.join(format!("{name}.gz"))];
    candidates.into_iter().find(|file| !name.is_empty() && file.is_file())
}

/// The one CSV or Parquet file in `folder` that may hold ratings.
fn only_table(folder: &Path) -> Result<PathBuf, Error> {
    let list = || {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>, std::io::Error>>()
    };
    let mut entries = list().map_err(|source| Error::read(folder, source))?;
    entries.sort_unstable();
    let tables: Vec<&PathBuf> = entries.iter().filter(|file| may_hold_ratings(file)).collect();
    if let [table] = tables[..] {
        return Ok(table.clone());
    }
    Err(Error::Unrecognised { folder: folder.to_owned(), found: summary(&entries) })
}

fn may_hold_ratings(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".parquet"));
    file.is_file() && stem.is_some_and(|stem| !NOT_RATINGS.contains(&stem))
}

/// The first few names, for a message.
fn summary(entries: &[PathBuf]) -> String {
    const SHOWN: usize = 8;
    if entries.is_empty() {
        return "an empty folder".to_owned();
    }
    let names = entries.iter().take(SHOWN).filter_map(|entry| entry.file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    if entries.len() > SHOWN {
        names.push(format!("and {} more", entries.len() - SHOWN));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        folder
    }

    #[test]
    fn shapes_are_told_by_the_names_of_the_files() {
        for (files, shape, ratings, n_files) in [
            (&["ratings.csv", "movies.csv", "tags.csv", "links.csv"][..], Shape::Csv, "ratings.csv", 3),
            (&["ratings.csv.gz"], Shape::Csv, "ratings.csv.gz", 1),
            (&["ratings.dat", "movies.dat", "users.dat"], Shape::DoubleColon, "ratings.dat", 2),
            (&["u.data", "u.item", "u.genre", "ua.base"], Shape::Tab, "u.data", 3),
            (&["my.csv", "movies.csv", "README.txt"], Shape::Csv, "my.csv", 2),
            (&["my.parquet"], Shape::Parquet, "my.parquet", 1),
        ] {
            let folder = folder(files);
            let layout = find(folder.path()).unwrap();
            assert_eq!((layout.shape, layout.files().len()), (shape, n_files), "{files:?}");
            assert_eq!(layout.ratings, folder.path().join(ratings));
        }
    }

    #[test]
    fn a_folder_without_ratings_is_a_usage_error_that_names_what_is_there() {
        let nothing = find(folder(&[]).path()).unwrap_err();
        assert!(nothing.is_usage() && nothing.to_string().ends_with("found an empty folder"), "{nothing}");
        let two = find(folder(&["a.csv", "b.csv"]).path()).unwrap_err();
        assert!(two.is_usage() && two.to_string().ends_with("found a.csv, b.csv"), "{two}");
        let missing = find(Path::new("no/such/folder")).unwrap_err();
        assert!(matches!(missing, Error::NotFound(_)) && missing.is_usage(), "{missing}");
    }

    #[test]
    fn generated_data_says_so() {
        let folder = folder(&["ratings.csv", "SYNTHETIC"]);
        assert!(find(folder.path()).unwrap().synthetic);
        assert!(find(&folder.path().join("ratings.csv")).unwrap().synthetic);
    }
}
