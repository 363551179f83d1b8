//! A file that several readers read at once, each at its own position.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// An open file. Clones of a [`File`] share one position, so this one never uses it.
#[derive(Debug, Clone)]
pub struct Positional {
    file: Arc<File>,
    length: u64,
}

impl Positional {
    /// Takes hold of an open file.
    ///
    /// # Errors
    /// Where the system does not tell its length.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), length })
    }

    /// A reader from byte `position` on.
    pub fn from(&self, position: u64) -> From {
        From { file: self.clone(), position }
    }
}

/// Reads on from a position of its own.
#[derive(Debug)]
pub struct From {
    file: Positional,
    position: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.file.read_at(buffer, self.position)?;
        self.position += n as u64;
        Ok(n)
    }
}

impl Length for Positional {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Positional {
    type T = From;

    fn get_read(&self, start: u64) -> Result<From> {
        Ok(self.from(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A damaged footer may ask for any length.
        let end = start.checked_add(length as u64).filter(|&end| end <= self.length);
        if end.is_none() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}
