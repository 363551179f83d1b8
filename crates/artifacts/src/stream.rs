//! Tables on a pipe: Arrow IPC streams, a piece at a time, between a program and whoever drives it.
//!
//! A stream ends with its end-of-stream mark. One that ends without it was cut off, and is refused: what has come so far may be half of what was
//! meant.

use std::io::{Read, Write};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, Float32Array, Float64Array, Int8Array, Int64Array, ListArray, RecordBatch,
    StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader as IpcReader;
use arrow::ipc::writer::StreamWriter as IpcWriter;

use crate::Table;

/// What ends a stream: a continuation, and a message of length 0.
const END_OF_STREAM: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// A stream that is not what it should be, or that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// A row is not as it should be.
    #[error("row {row} of the stream: {problem}")]
    Row {
        /// Which, counted from 0 through the whole stream.
        row: u64,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// The stream as a whole is not as it should be.
    #[error("the stream of rows: {0}")]
    Stream(String),
    /// Nobody takes what is written.
    #[error("cannot write the stream of results")]
    Write(#[source] ArrowError),
}

impl StreamError {
    /// Whether the rows that came in are at fault.
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Write(_))
    }
}

/// Reads a stream, piece by piece.
pub struct StreamReader<R: Read> {
    reader: IpcReader<Tail<R>>,
    n_rows: u64,
}

impl<R: Read> StreamReader<R> {
    /// Reads what the columns are.
    ///
    /// # Errors
    /// [`StreamError::Stream`] where it is no Arrow stream.
    pub fn open(input: R) -> Result<Self, StreamError> {
        let reader = IpcReader::try_new(Tail { input, last: [0; 8] }, None);
        let reader =
            reader.map_err(|error| StreamError::Stream(format!("it is no Arrow IPC stream ({error})")))?;
        Ok(Self { reader, n_rows: 0 })
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> Vec<String> {
        self.reader.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`StreamError::Stream`] where it is broken or ends without its mark.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, StreamError> {
        match self.reader.next() {
            Some(Ok(batch)) => {
                let first_row = self.n_rows;
                self.n_rows += batch.num_rows() as u64;
                Ok(Some(Piece { first_row, batch }))
            }
            Some(Err(error)) => {
                Err(StreamError::Stream(format!("broken after row {} ({error})", self.n_rows)))
            }
            None if self.reader.get_ref().last == END_OF_STREAM => Ok(None),
            None => Err(StreamError::Stream(format!("it was cut off after row {}", self.n_rows))),
        }
    }
}

/// Some rows of a stream.
pub struct Piece {
    /// The number of its first row, counted from 0 through the whole stream.
    pub first_row: u64,
    batch: RecordBatch,
}

impl Piece {
    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The error that says what is wrong with a row of the piece.
    pub fn error_at(&self, row: usize, problem: impl Into<String>) -> StreamError {
        StreamError::Row { row: self.first_row + row as u64, problem: problem.into() }
    }

    /// A column of whole numbers.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing, of another type, or null in some row.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, StreamError> {
        let array = self.required(name, "whole numbers", &DataType::Int64, is_whole)?;
        Ok(downcast::<Int64Array>(&array)?.values().to_vec())
    }

    /// A column of small whole numbers, some of which may be null.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing or of another type.
    pub fn optional_bytes(&self, name: &str) -> Result<Vec<Option<i8>>, StreamError> {
        let array =
            self.column(name, "whole numbers of 8 bits", &DataType::Int8, |of| *of == DataType::Int8)?;
        Ok(downcast::<Int8Array>(&array)?.iter().collect())
    }

    /// A column of whole numbers, some of which may be null.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing or of another type.
    pub fn optional_integers(&self, name: &str) -> Result<Vec<Option<i64>>, StreamError> {
        let array = self.column(name, "whole numbers", &DataType::Int64, is_whole)?;
        Ok(downcast::<Int64Array>(&array)?.iter().collect())
    }

    /// A column of text.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing, of another type, or null in some row.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, StreamError> {
        let array = self.required(name, "text", &DataType::Utf8, |of| {
            matches!(of, DataType::Utf8 | DataType::LargeUtf8)
        })?;
        Ok(downcast::<StringArray>(&array)?.iter().flatten().map(str::to_owned).collect())
    }

    /// A column of finite numbers of 32 bits.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing, of another type, or null or no number in some row.
    pub fn floats(&self, name: &str) -> Result<Vec<f32>, StreamError> {
        let array =
            self.required(name, "numbers of 32 bits", &DataType::Float32, |of| *of == DataType::Float32)?;
        let values = downcast::<Float32Array>(&array)?.values().to_vec();
        match values.iter().position(|value| !value.is_finite()) {
            Some(row) => {
                Err(self.error_at(row, format!("column `{name}` is {}, expected a number", values[row])))
            }
            None => Ok(values),
        }
    }

    /// A column of numbers of 64 bits; NaN where it is null.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing or of another type.
    pub fn doubles(&self, name: &str) -> Result<Vec<f64>, StreamError> {
        let array =
            self.column(name, "numbers of 64 bits", &DataType::Float64, |of| *of == DataType::Float64)?;
        let doubles = downcast::<Float64Array>(&array)?;
        Ok(match doubles.null_count() {
            0 => doubles.values().to_vec(),
            _ => doubles.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
        })
    }

    /// A column of bytes.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing, of another type, or null in some row.
    pub fn binaries(&self, name: &str) -> Result<Vec<Vec<u8>>, StreamError> {
        let array = self.required(name, "bytes", &DataType::Binary, |of| {
            matches!(of, DataType::Binary | DataType::LargeBinary)
        })?;
        Ok(downcast::<BinaryArray>(&array)?.iter().flatten().map(<[u8]>::to_vec).collect())
    }

    /// A column of lists of finite numbers of 32 bits.
    ///
    /// # Errors
    /// [`StreamError`] where it is missing, of another type, or a list is null or holds what is no number.
    pub fn float_lists(&self, name: &str) -> Result<Vec<Vec<f32>>, StreamError> {
        let is_list =
            |of: &DataType| matches!(of, DataType::List(item) if *item.data_type() == DataType::Float32);
        let data_type =
            self.batch.column_by_name(name).map_or(DataType::Null, |array| array.data_type().clone());
        let array = self.required(name, "lists of numbers of 32 bits", &data_type, is_list)?;
        let lists = downcast::<ListArray>(&array)?;
        let list = |(row, list): (usize, Option<ArrayRef>)| {
            let list = list.ok_or_else(|| self.error_at(row, format!("column `{name}` is null")))?;
            let numbers: Option<Vec<f32>> = downcast::<Float32Array>(&list)?
                .iter()
                .map(|value| value.filter(|value| value.is_finite()))
                .collect();
            numbers.ok_or_else(|| self.error_at(row, format!("column `{name}` holds what is no number")))
        };
        lists.iter().enumerate().map(list).collect()
    }

    fn required(
        &self,
        name: &str,
        expected: &str,
        as_type: &DataType,
        accepts: impl Fn(&DataType) -> bool,
    ) -> Result<ArrayRef, StreamError> {
        let array = self.column(name, expected, as_type, accepts)?;
        match (0..array.len()).find(|&row| array.is_null(row)) {
            Some(row) if array.null_count() > 0 => {
                Err(self.error_at(row, format!("column `{name}` is null, expected {expected}")))
            }
            _ => Ok(array),
        }
    }

    fn column(
        &self,
        name: &str,
        expected: &str,
        as_type: &DataType,
        accepts: impl Fn(&DataType) -> bool,
    ) -> Result<ArrayRef, StreamError> {
        let wrong =
            |problem: String| StreamError::Stream(format!("column `{name}` {problem}, expected {expected}"));
        let array = self.batch.column_by_name(name).ok_or_else(|| wrong("is missing".to_owned()))?;
        if !accepts(array.data_type()) {
            return Err(wrong(format!("is of type {}", array.data_type())));
        }
        if array.data_type() == as_type {
            Ok(Arc::clone(array))
        } else {
            cast(array, as_type).map_err(|error| wrong(error.to_string()))
        }
    }
}

fn is_whole(of: &DataType) -> bool {
    matches!(of, DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64)
}

fn downcast<A: Array + 'static>(array: &ArrayRef) -> Result<&A, StreamError> {
    // The type was checked; should it still be another, that is an error and no panic.
    array
        .as_any()
        .downcast_ref::<A>()
        .ok_or_else(|| StreamError::Stream("a column is of mixed types".to_owned()))
}

/// Writes a stream, a table at a time. Where it is not finished, whoever reads it knows that it was cut off.
pub struct StreamWriter<W: Write> {
    output: Option<W>,
    writer: Option<IpcWriter<W>>,
}

impl<W: Write> StreamWriter<W> {
    /// Nothing is written before the first table tells the columns.
    pub fn new(output: W) -> Self {
        Self { output: Some(output), writer: None }
    }

    /// Writes the rows of `table` and hands them on. Every table has the columns of the first.
    ///
    /// # Errors
    /// [`StreamError::Write`].
    pub fn write(&mut self, table: Table) -> Result<(), StreamError> {
        self.append(table).map_err(StreamError::Write)
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// [`StreamError::Write`].
    pub fn finish(self) -> Result<(), StreamError> {
        let Some(mut writer) = self.writer else { return Ok(()) };
        writer.finish().and_then(|()| writer.flush()).map_err(StreamError::Write)
    }

    fn append(&mut self, table: Table) -> Result<(), ArrowError> {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = table
            .into_columns()
            .into_iter()
            .map(|(name, column)| {
                let (array, nullable) = column.into_arrow();
                (Field::new(name, array.data_type().clone(), nullable), array)
            })
            .unzip();
        let schema = Arc::new(Schema::new(fields));
        if let Some(output) = self.output.take() {
            self.writer = Some(IpcWriter::try_new(output, &schema)?);
        }
        let Some(writer) = &mut self.writer else {
            return Err(ArrowError::IpcError("an earlier write failed".to_owned()));
        };
        writer.write(&RecordBatch::try_new(schema, arrays)?)?;
        writer.flush()
    }
}

/// A reader that remembers the last bytes that came.
struct Tail<R> {
    input: R,
    last: [u8; 8],
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.input.read(buffer)?;
        let kept = n.min(8);
        self.last.rotate_left(kept);
        self.last[8 - kept..].copy_from_slice(&buffer[n - kept..n]);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(tables: Vec<Table>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::new(&mut bytes);
        for table in tables {
            writer.write(table).unwrap();
        }
        writer.finish().unwrap();
        bytes
    }

    fn table(ids: Vec<i64>, ratings: Vec<Option<f32>>) -> Table {
        Table::new().with("user_id", ids).with("rating", ratings)
    }

    #[test]
    fn pieces_come_back_with_their_rows() {
        let bytes =
            bytes(vec![table(vec![1, 2], vec![Some(4.0), Some(3.5)]), table(vec![7], vec![Some(1.0)])]);
        let mut reader = StreamReader::open(bytes.as_slice()).unwrap();
        assert_eq!(reader.names(), ["user_id", "rating"]);
        let first = reader.next_piece().unwrap().unwrap();
        assert_eq!((first.first_row, first.n_rows()), (0, 2));
        assert_eq!(first.integers("user_id").unwrap(), [1, 2]);
        assert_eq!(first.floats("rating").unwrap(), [4.0, 3.5]);
        let second = reader.next_piece().unwrap().unwrap();
        assert_eq!((second.first_row, second.integers("user_id").unwrap()), (2, vec![7]));
        assert!(reader.next_piece().unwrap().is_none());
    }

    #[test]
    fn an_error_names_row_and_column() {
        let bytes =
            bytes(vec![table(vec![1, 2], vec![Some(4.0); 2]), table(vec![7, 8], vec![Some(1.0), None])]);
        let mut reader = StreamReader::open(bytes.as_slice()).unwrap();
        reader.next_piece().unwrap();
        let piece = reader.next_piece().unwrap().unwrap();
        let message = |error: StreamError| error.to_string();
        assert_eq!(
            message(piece.floats("rating").unwrap_err()),
            "row 3 of the stream: column `rating` is null, expected numbers of 32 bits"
        );
        assert_eq!(
            message(piece.integers("item_id").unwrap_err()),
            "the stream of rows: column `item_id` is missing, expected whole numbers"
        );
        assert!(message(piece.doubles("rating").unwrap_err()).contains("is of type Float32"));
        assert!(message(piece.integers("rating").unwrap_err()).contains("is of type Float32"));
    }

    #[test]
    fn a_number_that_is_none_is_an_error() {
        let bytes = bytes(vec![table(vec![1, 2], vec![Some(4.0), Some(f32::NAN)])]);
        let piece = StreamReader::open(bytes.as_slice()).unwrap().next_piece().unwrap().unwrap();
        let message = piece.floats("rating").unwrap_err().to_string();
        assert_eq!(message, "row 1 of the stream: column `rating` is NaN, expected a number");
    }

    #[test]
    fn a_stream_that_was_cut_off_is_refused() {
        let whole = bytes(vec![table(vec![1], vec![Some(4.0)]), table(vec![2], vec![Some(4.0)])]);
        let read = |bytes: &[u8]| -> Result<usize, StreamError> {
            let mut reader = StreamReader::open(bytes)?;
            let mut n = 0;
            while let Some(piece) = reader.next_piece()? {
                n += piece.n_rows();
            }
            Ok(n)
        };
        assert_eq!(read(&whole).unwrap(), 2);
        for len in 0..whole.len() {
            assert!(read(&whole[..len]).is_err(), "{len} of {} bytes", whole.len());
        }
    }
}
