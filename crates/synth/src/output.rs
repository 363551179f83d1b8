//! The files: rendered user by user, written to a folder beside the final one, which it replaces at the end.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dataset::rng;
use rand::RngExt as _;
use rayon::prelude::*;

use crate::catalogue::{Catalogue, GENRES};
use crate::{Error, Shape, activity, tags, user};

/// The file that says that a folder was generated, and how.
pub const MARKER: &str = "SYNTHETIC";

/// Users whose rows are rendered by one task, and tasks whose rows are in memory at a time.
const USERS_A_TASK: usize = 64;
const TASKS_A_ROUND: usize = 64;

/// Writes the data set of `shape` to `out`.
pub(crate) fn write(shape: &Shape, out: &Path, progress: impl FnMut(u64)) -> Result<(), Error> {
    check_replaceable(out)?;
    let partial = beside(out, "partial")?;
    let replaced = beside(out, "replaced")?;
    // What a killed run left behind.
    remove(&partial)?;
    remove(&replaced)?;
    fs::create_dir_all(&partial).map_err(Error::at(&partial))?;
    if let Err(error) = write_files(shape, &partial, progress) {
        let _ = remove(&partial); // the first error is the one to report
        return Err(error);
    }
    if out.exists() {
        fs::rename(out, &replaced).map_err(Error::at(out))?;
    }
    fs::rename(&partial, out).map_err(Error::at(out))?;
    remove(&replaced)
}

/// That `out` may be replaced: it is absent, an empty folder, or generated.
fn check_replaceable(out: &Path) -> Result<(), Error> {
    if !out.exists() || out.join(MARKER).is_file() {
        return Ok(());
    }
    let is_empty_folder = out.is_dir() && fs::read_dir(out).map_err(Error::at(out))?.next().is_none();
    if is_empty_folder { Ok(()) } else { Err(Error::NotGenerated(out.to_owned())) }
}

/// The hidden folder beside `out` that holds its `state`.
fn beside(out: &Path, state: &str) -> Result<PathBuf, Error> {
    let name = out.file_name().ok_or_else(|| Error::NoName(out.to_owned()))?;
    Ok(out.with_file_name(format!(".{}.{state}", name.to_string_lossy())))
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::at(folder)(error)),
        _ => Ok(()),
    }
}

fn write_files(shape: &Shape, folder: &Path, progress: impl FnMut(u64)) -> Result<(), Error> {
    let no_items = || Error::at(folder)(io::Error::from(io::ErrorKind::InvalidInput));
    let counts = activity::ratings_of_users(shape);
    let catalogue = Catalogue::draw(shape, &counts).ok_or_else(no_items)?;
    file(folder, "movies.csv", |out| write_movies(&catalogue, out))?;
    file(folder, "links.csv", |out| write_links(shape, &catalogue, out))?;
    file(folder, "ratings.csv", |ratings| {
        // The inner error carries its own path.
        Ok(file(folder, "tags.csv", |tags| write_users(shape, &catalogue, &counts, ratings, tags, progress)))
    })??;
    file(folder, "README.txt", |out| out.write_all(README.as_bytes()))?;
    file(folder, MARKER, |out| {
        let (users, items, ratings) = (shape.n_users(), shape.n_items(), shape.n_ratings());
        writeln!(out, "This data is generated; it is not MovieLens.")?;
        writeln!(out, "synth {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "users = {users}\nitems = {items}\nratings = {ratings}\nseed = {}", shape.seed())
    })
}

/// Creates the file `name`, lets `write` fill it, and syncs it.
fn file<T>(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> Result<T, Error> {
    let path = folder.join(name);
    let run = || {
        let mut out = BufWriter::with_capacity(1 << 18, File::create(&path)?);
        let result = write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(result)
    };
    run().map_err(Error::at(&path))
}

fn write_movies(catalogue: &Catalogue, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "movieId,title,genres")?;
    for item in &catalogue.items {
        let genres: Vec<&str> = item.genres.iter().map(|&genre| GENRES[genre].0).collect();
        let genres = if genres.is_empty() { "(no genres listed)".to_owned() } else { genres.join("|") };
        writeln!(out, "{},{},{genres}", item.id, csv_field(&item.title))?;
    }
    Ok(())
}

/// Numbers that look like those of other film databases and are none.
fn write_links(shape: &Shape, catalogue: &Catalogue, out: &mut impl Write) -> io::Result<()> {
    let mut rng = rng::stream(shape.seed(), "synth/links");
    writeln!(out, "movieId,imdbId,tmdbId")?;
    for item in &catalogue.items {
        let (imdb, tmdb) = (rng.random_range(0..10_000_000u32), rng.random_range(0..1_000_000u32));
        writeln!(out, "{},{imdb:07},{tmdb}", item.id)?;
    }
    Ok(())
}

fn write_users(
    shape: &Shape,
    catalogue: &Catalogue,
    counts: &[u32],
    ratings: &mut impl Write,
    tags: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> io::Result<()> {
    writeln!(ratings, "userId,movieId,rating,timestamp")?;
    writeln!(tags, "userId,movieId,tag,timestamp")?;
    let mut n_written = 0;
    for (round, round_counts) in counts.chunks(USERS_A_TASK * TASKS_A_ROUND).enumerate() {
        let first_user = round * USERS_A_TASK * TASKS_A_ROUND;
        let rendered: Vec<Rendered> = round_counts
            .par_chunks(USERS_A_TASK)
            .enumerate()
            .map(|(task, counts)| render(shape, catalogue, first_user + task * USERS_A_TASK, counts))
            .collect();
        for rows in rendered {
            ratings.write_all(&rows.ratings)?;
            tags.write_all(&rows.tags)?;
        }
        n_written += round_counts.iter().map(|&count| u64::from(count)).sum::<u64>();
        progress(n_written);
    }
    Ok(())
}

/// The rows of some users.
#[derive(Default)]
struct Rendered {
    ratings: Vec<u8>,
    tags: Vec<u8>,
}

/// Renders the users from index `first_user` on, with `counts` ratings each; ids are indices plus one.
fn render(shape: &Shape, catalogue: &Catalogue, first_user: usize, counts: &[u32]) -> Rendered {
    let mut rows = Rendered::default();
    let mut taken = vec![false; catalogue.items.len()];
    for (offset, &count) in counts.iter().enumerate() {
        let id = (first_user + offset + 1) as u32;
        let (user_ratings, mut rng) = user::ratings(shape, catalogue, id, count, &mut taken);
        for rating in &user_ratings {
            let item_id = catalogue.items[rating.item as usize].id;
            let (stars, half) = (rating.half_stars / 2, if rating.half_stars % 2 == 1 { 5 } else { 0 });
            let line = format_args!("{id},{item_id},{stars}.{half},{}\n", rating.timestamp);
            let _ = rows.ratings.write_fmt(line); // a Vec takes every write
        }
        for (item, tag, timestamp) in
            tags::draw(catalogue, &user_ratings, shape.marginals().last_second, &mut rng)
        {
            let item_id = catalogue.items[item as usize].id;
            let _ = writeln!(rows.tags, "{id},{item_id},{},{timestamp}", csv_field(&tag));
        }
    }
    rows
}

/// `text` as a CSV field: in quotation marks where it holds a comma or a quotation mark.
fn csv_field(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

const README: &str = "\
This data set is generated. It is not MovieLens data: users, films, titles and ratings are invented, and the numbers in
links.csv point to nothing. The files have MovieLens' form:

ratings.csv  userId,movieId,rating,timestamp   half stars, seconds since 1970
movies.csv   movieId,title,genres              genres separated by |
tags.csv     userId,movieId,tag,timestamp
links.csv    movieId,imdbId,tmdbId

The file SYNTHETIC holds the parameters. Results on this data say nothing about recommendation quality.
";
