//! Opening a file of text, gzipped or not.

use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Read as _, Seek as _};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::Error;

const BUFFER: usize = 1 << 17;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const PARQUET_MAGIC: [u8; 4] = *b"PAR1";

/// The text in `file`, unpacked where the file is gzipped (told by its first bytes, whatever its name), and its length in bytes where
/// it is plain text on a disk.
pub(crate) fn text(file: &Path) -> Result<(Box<dyn BufRead>, Option<u64>), Error> {
    let (opened, start) = open(file)?;
    let length = opened.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
    let plain = BufReader::with_capacity(BUFFER, opened);
    Ok(if start.starts_with(&GZIP_MAGIC) {
        (Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain))), None)
    } else {
        (Box::new(plain), length)
    })
}

/// Whether `file` is Parquet, by its first bytes or, where they are damaged, its name.
pub(crate) fn is_parquet(file: &Path) -> Result<bool, Error> {
    let (_, start) = open(file)?;
    let named = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"));
    Ok(named || start == PARQUET_MAGIC)
}

/// The file and its first bytes, at most four.
fn open(file: &Path) -> Result<(File, Vec<u8>), Error> {
    let read = || {
        let mut opened = File::open(file)?;
        let mut start = Vec::with_capacity(PARQUET_MAGIC.len());
        opened.by_ref().take(PARQUET_MAGIC.len() as u64).read_to_end(&mut start)?;
        opened.rewind()?;
        Ok((opened, start))
    };
    read().map_err(|source| Error::read(file, source))
}
