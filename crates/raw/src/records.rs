//! Records of text: one line cut into fields, or several where a quoted field goes over lines.
//!
//! Lines are cut where they stand, without a copy of each field. Quotation marks follow RFC 4180, and where a file does not,
//! what the csv crate does; a test compares the two. (A reader of that crate for every quoted line took 40 microseconds a
//! line, most of the time spent on ml-latest-small.)

use std::io::{BufRead, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::{Error, open};

/// The longest record, in bytes. A file without line ends or with an open quotation mark is not read into memory whole.
pub(crate) const LONGEST: u64 = 1 << 20;
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// `,`, and fields may be in quotation marks.
    Comma,
    /// `::`.
    DoubleColon,
    /// A tab.
    Tab,
    /// `|`.
    Pipe,
}

impl Separator {
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Comma => b",",
            Self::DoubleColon => b"::",
            Self::Tab => b"\t",
            Self::Pipe => b"|",
        }
    }
}

/// One record; lives until the next is read.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// The 1-based line it starts on.
    pub(crate) line: u64,
    text: &'a [u8],
    fields: &'a [Range<usize>],
}

impl<'a> Record<'a> {
    /// The record in one `line`, its end included, without quotation marks; `None` where the line is blank.
    pub(crate) fn of_line(
        number: u64,
        line: &'a [u8],
        separator: Separator,
        fields: &'a mut Vec<Range<usize>>,
    ) -> Option<Self> {
        let text = trimmed(line);
        if text.is_empty() {
            return None;
        }
        split(text, separator.bytes(), fields);
        Some(Self { line: number, text, fields })
    }
}

impl Record<'_> {
    /// How many fields there are.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The field at `index`; empty where there are not so many.
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        self.fields.get(index).map_or(b"", |field| &self.text[field.clone()])
    }

    /// The text from field `first` to field `last`, the separators between them included: for shapes whose titles and
    /// tags may hold the separator. Empty where there are not so many fields.
    pub(crate) fn span(&self, first: usize, last: usize) -> &[u8] {
        match (self.fields.get(first), self.fields.get(last)) {
            (Some(from), Some(to)) if from.start <= to.end => &self.text[from.start..to.end],
            _ => b"",
        }
    }
}

/// How much of a file has been read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// Bytes, unpacked.
    pub(crate) byte: u64,
    pub(crate) n_lines: u64,
}

/// The records of one file, blank lines left out.
pub(crate) struct Records {
    file: PathBuf,
    input: Box<dyn BufRead>,
    separator: Separator,
    /// The file's length, where it is plain text on a disk.
    plain_len: Option<u64>,
    place: Place,
    text: Vec<u8>,
    fields: Vec<Range<usize>>,
}

impl Records {
    /// Opens `file`, gzipped or not.
    pub(crate) fn open(file: &Path, separator: Separator) -> Result<Self, Error> {
        let (input, plain_len) = open::text(file)?;
        Ok(Self { plain_len, ..Self::new(file, input, separator) })
    }

    fn new(file: &Path, input: Box<dyn BufRead>, separator: Separator) -> Self {
        Self {
            file: file.to_owned(),
            input,
            separator,
            plain_len: None,
            place: Place::default(),
            text: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// The file's length, where it is plain text on a disk.
    pub(crate) fn plain_len(&self) -> Option<u64> {
        self.plain_len
    }

    /// Where the next record is looked for.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// What stands between two fields.
    pub(crate) fn separator(&self) -> Separator {
        self.separator
    }

    /// The file's path.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The next record, or `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        loop {
            self.text.clear();
            let line = self.place.n_lines + 1;
            if !self.append_line(line)? {
                return Ok(None);
            }
            if trimmed(&self.text).is_empty() {
                continue;
            }
            if self.separator == Separator::Comma && self.text.contains(&b'"') {
                let (mut place, mut seen) = (Quotes::default(), 0);
                loop {
                    place = self.text[seen..].iter().fold(place, |place, &byte| place.after(byte));
                    if place != Quotes::Quoted {
                        break;
                    }
                    seen = self.text.len();
                    if !self.append_line(line)? {
                        return Err(Error::OpenQuote { file: self.file.clone(), line });
                    }
                }
                self.text.truncate(trimmed(&self.text).len());
                unquote(&mut self.text, &mut self.fields);
            } else {
                self.text.truncate(trimmed(&self.text).len());
                split(&self.text, self.separator.bytes(), &mut self.fields);
            }
            return Ok(Some(Record { line, text: &self.text, fields: &self.fields }));
        }
    }

    /// Appends the next line, its end included; false at the end of the file.
    fn append_line(&mut self, record_line: u64) -> Result<bool, Error> {
        let room = LONGEST.saturating_sub(self.text.len() as u64);
        let n_bytes = self
            .input
            .by_ref()
            .take(room)
            .read_until(b'\n', &mut self.text)
            .map_err(|source| Error::read(&self.file, source))?;
        if n_bytes as u64 == room && self.text.last() != Some(&b'\n') {
            return Err(Error::LineTooLong { file: self.file.clone(), line: record_line, limit: LONGEST });
        }
        self.place.byte += n_bytes as u64;
        self.place.n_lines += u64::from(n_bytes > 0);
        if self.place.n_lines == 1 && self.text.starts_with(BYTE_ORDER_MARK) {
            self.text.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(n_bytes > 0)
    }
}

/// `line` without its end: `\n` or `\r\n`.
fn trimmed(line: &[u8]) -> &[u8] {
    match line {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n' | b'\r'] | rest => rest,
    }
}

/// The places of the fields of `line`.
fn split(line: &[u8], separator: &[u8], fields: &mut Vec<Range<usize>>) {
    fields.clear();
    let mut start = 0;
    for (at, &byte) in line.iter().enumerate() {
        // `at < start`: the second colon of a pair, or of two pairs in a row
        let is_first = byte == separator[0] && at >= start;
        if is_first && (separator.len() == 1 || line[at..].starts_with(separator)) {
            fields.push(start..at);
            start = at + separator.len();
        }
    }
    fields.push(start..line.len());
}

/// Where in a record of comma-separated fields a byte stands.
#[derive(Default, Clone, Copy, PartialEq)]
enum Quotes {
    #[default]
    FieldStart,
    Unquoted,
    Quoted,
    /// Behind a quotation mark inside a quoted field: its end, or the first of a doubled one.
    QuotedEnd,
}

impl Quotes {
    /// The place behind `byte`.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuotedEnd,
            (Self::Quoted, _) | (Self::FieldStart | Self::QuotedEnd, b'"') => Self::Quoted,
            (_, b',') => Self::FieldStart,
            _ => Self::Unquoted,
        }
    }
}

/// Takes the quotation marks off a record and notes the places of its fields.
fn unquote(text: &mut Vec<u8>, fields: &mut Vec<Range<usize>>) {
    fields.clear();
    let mut place = Quotes::default();
    let (mut start, mut kept) = (0, 0);
    for at in 0..text.len() {
        let byte = text[at];
        let before = place;
        place = before.after(byte);
        match (before, place) {
            (_, Quotes::FieldStart) => {
                fields.push(start..kept);
                start = kept;
            }
            (Quotes::FieldStart, Quotes::Quoted) | (_, Quotes::QuotedEnd) => {} // an opening or a closing mark
            _ => {
                text[kept] = byte;
                kept += 1;
            }
        }
    }
    fields.push(start..kept);
    text.truncate(kept);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn records(text: &[u8], separator: Separator) -> Records {
        Records::new(Path::new("test.csv"), Box::new(Cursor::new(text.to_vec())), separator)
    }

    fn all(text: &[u8], separator: Separator) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let mut records = records(text, separator);
        let mut found = Vec::new();
        while let Some(record) = records.next()? {
            let field = |index| String::from_utf8_lossy(record.get(index)).into_owned();
            found.push((record.line, (0..record.len()).map(field).collect()));
        }
        Ok(found)
    }

    fn check(text: &str, separator: Separator, expected: &[(u64, &[&str])]) {
        let found = all(text.as_bytes(), separator).unwrap();
        let expected: Vec<(u64, Vec<String>)> =
            expected.iter().map(|(n, fields)| (*n, fields.iter().map(|&f| f.to_owned()).collect())).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn line_ends_and_byte_order_mark_are_no_part_of_a_field() {
        check(
            "\u{feff}a,b\r\n1,2\r\n\r\n3,4",
            Separator::Comma,
            &[(1, &["a", "b"]), (2, &["1", "2"]), (4, &["3", "4"])],
        );
    }

    #[test]
    fn quoted_fields_hold_commas_quotes_and_lines() {
        check(
            "1,\"Heat, The (1995)\",x\n2,\"\"\"Great\"\" (1996)\"\n3,\"two\nlines\"\n4,5\" disk\n",
            Separator::Comma,
            &[
                (1, &["1", "Heat, The (1995)", "x"]),
                (2, &["2", "\"Great\" (1996)"]),
                (3, &["3", "two\nlines"]),
                (5, &["4", "5\" disk"]),
            ],
        );
    }

    #[test]
    fn double_colons_are_one_separator() {
        check(
            "1::Mission: Impossible::A|B\n::::\n1:::2",
            Separator::DoubleColon,
            &[(1, &["1", "Mission: Impossible", "A|B"]), (2, &["", "", ""]), (3, &["1", ":2"])],
        );
    }

    #[test]
    fn quotation_marks_mean_nothing_outside_csv() {
        check("1::\"Quoted::x\n", Separator::DoubleColon, &[(1, &["1", "\"Quoted", "x"])]);
        check("1|\"a|b\n", Separator::Pipe, &[(1, &["1", "\"a", "b"])]);
    }

    #[test]
    fn an_open_quotation_mark_does_not_eat_the_file() {
        let text = format!("a,b\n1,\"x{}", "\n1,2".repeat(400_000));
        let error = all(text.as_bytes(), Separator::Comma).unwrap_err();
        assert!(error.to_string().starts_with("test.csv, line 2: longer than"), "{error}");
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_an_error() {
        let error = all(b"a,b\n1,\"x\n2,y\n", Separator::Comma).unwrap_err();
        assert_eq!(error.to_string(), "test.csv, line 2: a quotation mark is opened and never closed");
    }

    #[test]
    fn a_span_keeps_the_separators() {
        let mut records = records(b"1::a::b::9\n", Separator::DoubleColon);
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.span(1, 2), b"a::b");
        assert_eq!(record.span(1, 7), b"");
    }

    proptest! {
        #[test]
        fn any_bytes_are_records_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for separator in [Separator::Comma, Separator::DoubleColon, Separator::Tab, Separator::Pipe] {
                let _ = all(&bytes, separator);
            }
        }

        /// The csv crate on the whole file is the reference, wherever the last quotation mark is closed.
        #[test]
        fn csv_is_cut_as_the_csv_crate_cuts_it(text in "([a\",\n]|\r\n){0,40}") {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            match all(text.as_bytes(), Separator::Comma) {
                Ok(found) => {
                    let found: Vec<Vec<String>> = found.into_iter().map(|(_, fields)| fields).collect();
                    prop_assert_eq!(found, expected);
                }
                Err(error) => {
                    let is_open = matches!(error, Error::OpenQuote { .. });
                    prop_assert!(is_open && text.contains('"'), "{}", error);
                }
            }
        }
    }
}
