//! MovieLens CSV (latest-small, latest, 20M, 25M, 32M) and any CSV of ratings whose columns are named.
//!
//! Columns are found by their names in the header, in any order; columns that are not needed are ignored.

use std::path::Path;

use crate::bad_rows::BadRows;
use crate::records::{Records, Separator};
use crate::shape::Catalogue;
use crate::shape::text::{self, RatingColumns, check_len};
use crate::{Error, Options, Tag, field};

pub(crate) const USER: [&str; 2] = ["userId", "user_id"];
pub(crate) const ITEM: [&str; 2] = ["movieId", "item_id"];
const RATING: [&str; 1] = ["rating"];
const TIMESTAMP: [&str; 1] = ["timestamp"];

/// The columns of one file, by name.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    file: &'a Path,
    names: &'a [String],
}

impl<'a> Header<'a> {
    /// The columns `names` of `file`.
    pub(crate) fn new(file: &'a Path, names: &'a [String]) -> Self {
        Self { file, names }
    }

    /// The place of the first of `accepted` that is there.
    pub(crate) fn find(&self, accepted: &[&str]) -> Option<usize> {
        accepted.iter().find_map(|name| self.names.iter().position(|column| column == name))
    }

    /// As [`Header::find`], an error where none is there.
    pub(crate) fn require(&self, accepted: &[&str]) -> Result<usize, Error> {
        self.find(accepted).ok_or_else(|| Error::MissingColumn {
            file: self.file.to_owned(),
            expected: accepted.join(" or "),
            found: self.shown(),
        })
    }

    /// Where the parts of a rating are.
    pub(crate) fn rating_columns(&self, options: &Options) -> Result<RatingColumns, Error> {
        let columns = options.columns();
        let user = columns.map(|columns| [columns.user.as_str()]);
        let item = columns.map(|columns| [columns.item.as_str()]);
        let rating = columns.map(|columns| [columns.rating.as_str()]);
        Ok(RatingColumns {
            names: self.names.to_vec(),
            user: self.require(user.as_ref().map_or(&USER[..], |name| name))?,
            item: self.require(item.as_ref().map_or(&ITEM[..], |name| name))?,
            rating: self.require(rating.as_ref().map_or(&RATING[..], |name| name))?,
            timestamp: match columns {
                None => self.find(&TIMESTAMP),
                Some(columns) => {
                    columns.timestamp.as_ref().map(|name| self.require(&[name.as_str()])).transpose()?
                }
            },
        })
    }

    /// The first names, cut where they are many or long: a file without a header shows its first row here.
    fn shown(&self) -> String {
        const SHOWN: usize = 12;
        let mut names: Vec<String> =
            self.names.iter().take(SHOWN).map(|name| name.chars().take(SHOWN * 3).collect()).collect();
        if self.names.len() > SHOWN {
            names.push(format!("and {} more", self.names.len() - SHOWN));
        }
        names.join(", ")
    }
}

/// Opens a CSV file and reads its header; no names where the file is empty.
pub(crate) fn open(file: &Path) -> Result<(Records, Vec<String>), Error> {
    let mut records = Records::open(file, Separator::Comma)?;
    let mut names = Vec::new();
    if let Some(header) = records.next()? {
        let name = |index| String::from_utf8_lossy(header.get(index)).trim().to_owned();
        names.extend((0..header.len()).map(name));
    }
    Ok((records, names))
}

/// Reads a file of ratings.
pub(crate) fn read_ratings(
    file: &Path,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<crate::table::RatingTable, Error> {
    let (mut records, names) = open(file)?;
    if names.is_empty() {
        return Ok(crate::table::RatingTable::default());
    }
    let columns = Header::new(file, &names).rating_columns(options)?;
    text::read_ratings(&mut records, &columns, options, bad_rows)
}

/// The names that an id column may have: MovieLens' own, and the one named for the ratings.
fn accepted<'a>(standard: [&'a str; 2], named: Option<&'a str>) -> Vec<&'a str> {
    named.into_iter().chain(standard).collect()
}

/// Reads `movies.csv`: id, title, genres.
pub(crate) fn read_catalogue(
    file: &Path,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<Catalogue, Error> {
    let (mut records, names) = open(file)?;
    let header = Header::new(file, &names);
    let item = header.require(&accepted(ITEM, options.columns().map(|columns| columns.item.as_str())))?;
    let title = header.require(&["title"])?;
    let genres = header.find(&["genres"]);
    text::read_rows(&mut records, bad_rows, |record| {
        check_len(record, &names)?;
        let text_at =
            |index: usize| field::text(record.get(index)).map_err(|problem| (names[index].as_str(), problem));
        Ok((
            field::id(record.get(item)).map_err(|problem| (names[item].as_str(), problem))?,
            text_at(title)?.to_owned(),
            genres.map(text_at).transpose()?.map_or_else(Vec::new, text::genres),
        ))
    })
}

/// Reads `tags.csv`: user, item, tag, timestamp.
pub(crate) fn read_tags(file: &Path, options: &Options, bad_rows: &mut BadRows) -> Result<Vec<Tag>, Error> {
    let (mut records, names) = open(file)?;
    let header = Header::new(file, &names);
    let columns = options.columns();
    let user = header.require(&accepted(USER, columns.map(|columns| columns.user.as_str())))?;
    let item = header.require(&accepted(ITEM, columns.map(|columns| columns.item.as_str())))?;
    let tag = header.require(&["tag"])?;
    let timestamp = header.find(&TIMESTAMP);
    text::read_rows(&mut records, bad_rows, |record| {
        check_len(record, &names)?;
        let fault = |index: usize| {
            let name = names[index].as_str();
            move |problem| (name, problem)
        };
        Ok(Tag {
            user_id: field::id(record.get(user)).map_err(fault(user))?,
            item_id: field::id(record.get(item)).map_err(fault(item))?,
            tag: field::text(record.get(tag)).map_err(fault(tag))?.to_owned(),
            timestamp: match timestamp {
                Some(at) => field::timestamp(record.get(at)).map_err(fault(at))?,
                None => 0,
            },
        })
    })
}
