//! The two ends of the pipe.

use std::io::{BufReader, BufWriter, Stdin, Stdout};

use artifacts::stream::{StreamError, StreamReader, StreamWriter};
use artifacts::tables::Stored;

/// What comes in.
pub type Input = StreamReader<BufReader<Stdin>>;

/// Opens stdin.
///
/// # Errors
/// [`StreamError`] where it is no Arrow stream.
pub fn input() -> Result<Input, StreamError> {
    StreamReader::open(BufReader::with_capacity(1 << 18, std::io::stdin()))
}

/// What goes out.
pub struct Output {
    writer: StreamWriter<BufWriter<Stdout>>,
    is_empty: bool,
}

impl Output {
    /// Stdout.
    pub fn new() -> Self {
        let stdout = BufWriter::with_capacity(1 << 18, std::io::stdout());
        Self { writer: StreamWriter::new(stdout), is_empty: true }
    }

    /// Writes rows and hands them on.
    ///
    /// # Errors
    /// [`StreamError::Write`].
    pub fn write(&mut self, rows: impl Stored) -> Result<(), StreamError> {
        self.is_empty = false;
        self.writer.write(rows.into_table())
    }

    /// Ends the stream. Where there was nothing to write, `nothing` tells the columns: whoever reads always learns them.
    ///
    /// # Errors
    /// [`StreamError::Write`], and those of `nothing`.
    pub fn finish<T: Stored>(mut self, nothing: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<()> {
        if self.is_empty {
            self.write(nothing()?)?;
        }
        Ok(self.writer.finish()?)
    }
}
