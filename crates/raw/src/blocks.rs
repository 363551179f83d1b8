//! A file of ratings on all threads: cut into blocks, which are parsed side by side and put together in the order of the file.
//!
//! The result, the errors and their order are those of reading record by record, whatever the number of threads. A file in which
//! that cannot be told block by block (gzipped, or with quotation marks, behind which a line's end may be none) is not read here.

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

use dataset::Ratings;
use rayon::prelude::*;

use crate::bad_rows::{BadRow, BadRows};
use crate::field::Problem;
use crate::records::{BYTE_ORDER_MARK, LONGEST, Record, Records, Separator};
use crate::shape::text::RatingColumns;
use crate::table::RatingTable;
use crate::{Error, Options, plain};

/// Bytes in a block: many to a thread in files that take time, several in all of ml-latest-small.
const BLOCK: u64 = 1 << 18;
/// Blocks in memory at a time, for each thread.
const BLOCKS_A_THREAD: usize = 4;

/// Reads what is left of `records` as ratings; `None` where that is to be done record by record.
pub(crate) fn read_ratings(
    records: &Records,
    columns: &RatingColumns,
    options: &Options,
    bad_rows: &mut BadRows,
) -> Result<Option<RatingTable>, Error> {
    read_in_blocks(records, columns, options, bad_rows, BLOCK)
}

fn read_in_blocks(
    records: &Records,
    columns: &RatingColumns,
    options: &Options,
    bad_rows: &mut BadRows,
    block_bytes: u64,
) -> Result<Option<RatingTable>, Error> {
    let Some(len) = records.plain_len() else { return Ok(None) };
    let place = records.place();
    let source = Source {
        file: records.file(),
        separator: records.separator(),
        columns,
        range: options.rating_range(),
        stop_at_fault: !options.skip_bad_rows(),
        from: place.byte,
        len,
        block_bytes,
    };
    let n_blocks = len.saturating_sub(place.byte).div_ceil(block_bytes);
    let mut blocks: Vec<Block> = Vec::new();
    blocks.resize_with(BLOCKS_A_THREAD * rayon::current_num_threads(), Block::default);
    let mut table = RatingTable::default();
    let mut skipped = bad_rows.clone(); // nothing is said of rows that another way of reading will find again
    let mut n_lines = place.n_lines;
    let mut next = 0;
    while next < n_blocks {
        let n = (n_blocks - next).min(blocks.len() as u64) as usize;
        let round = &mut blocks[..n];
        round.par_iter_mut().enumerate().for_each(|(at, block)| block.read(&source, next + at as u64));
        for block in &mut *round {
            match block.outcome {
                Outcome::Read => {}
                Outcome::NotPlain => return Ok(None),
                Outcome::Failed(_) => {
                    let Outcome::Failed(error) = std::mem::take(&mut block.outcome) else { return Ok(None) };
                    return Err(Error::read(records.file(), error));
                }
            }
            block.first_row = table.n_rows;
            for fault in &block.faults {
                let problem = Problem(fault.problem.0.clone());
                skipped.add(BadRow::in_text(records.file(), n_lines + fault.line, &fault.column, problem))?;
            }
            table.n_rows += block.n_rows;
            n_lines += block.n_lines;
        }
        next += n as u64;
        let rows_left = source.rows_left(next, table.n_rows);
        append(&mut table, round, rows_left);
    }
    *bad_rows = skipped;
    Ok(Some(table))
}

/// Appends the blocks' ratings, the columns side by side; `more` is about how many rows are still to come.
fn append(table: &mut RatingTable, blocks: &[Block], more: usize) {
    let RatingTable { ratings, rows, .. } = table;
    let Ratings { user_ids, item_ids, values, timestamps } = ratings;
    let n: usize = blocks.iter().map(|block| block.ratings.len()).sum();
    macro_rules! column {
        ($column:ident) => {
            || {
                if $column.capacity() < $column.len() + n {
                    $column.reserve_exact(n + more);
                }
                for block in blocks {
                    $column.extend_from_slice(&block.ratings.$column);
                }
            }
        };
    }
    let row_numbers = || {
        if rows.capacity() < rows.len() + n {
            rows.reserve_exact(n + more);
        }
        for block in blocks {
            let mut next = block.first_row;
            for fault in &block.faults {
                rows.extend(next..block.first_row + fault.row);
                next = block.first_row + fault.row + 1;
            }
            rows.extend(next..block.first_row + block.n_rows);
        }
    };
    rayon::join(
        || rayon::join(column!(user_ids), column!(item_ids)),
        || rayon::join(column!(timestamps), || rayon::join(column!(values), row_numbers)),
    );
}

/// What is read, and how.
struct Source<'a> {
    file: &'a Path,
    separator: Separator,
    columns: &'a RatingColumns,
    range: (f32, f32),
    stop_at_fault: bool,
    /// The first byte of the ratings, where a line begins, and the end of the file.
    from: u64,
    len: u64,
    block_bytes: u64,
}

impl Source<'_> {
    /// About how many rows there are behind the first `n_blocks`, which have `n_rows`.
    fn rows_left(&self, n_blocks: u64, n_rows: u64) -> usize {
        let read = n_blocks * self.block_bytes;
        let left = (self.len - self.from).saturating_sub(read);
        (n_rows as f64 / read as f64 * left as f64 * 1.01) as usize
    }
}

/// The lines that begin in one part of the file.
#[derive(Default)]
struct Block {
    text: Vec<u8>,
    ratings: Ratings,
    n_lines: u64,
    /// Data rows, malformed ones included.
    n_rows: u64,
    /// The malformed rows, in their order.
    faults: Vec<Fault>,
    outcome: Outcome,
    /// How many rows are before the block's.
    first_row: u64,
}

#[derive(Default)]
enum Outcome {
    #[default]
    Read,
    /// To be read record by record.
    NotPlain,
    Failed(std::io::Error),
}

/// A malformed row.
struct Fault {
    /// 0-based among the block's rows.
    row: u64,
    /// 1-based among the block's lines.
    line: u64,
    column: String,
    problem: Problem,
}

impl Block {
    /// Reads the block at `index`.
    fn read(&mut self, source: &Source<'_>, index: u64) {
        self.ratings.clear();
        (self.n_lines, self.n_rows) = (0, 0);
        self.faults.clear();
        self.outcome = match self.fill(source, index) {
            Ok(Some(starts)) if self.parse(source, starts.clone()) => Outcome::Read,
            Ok(_) => Outcome::NotPlain,
            Err(error) => Outcome::Failed(error),
        };
    }

    /// Reads the bytes of all lines that begin in the block, and says where in the text these beginnings are; `None` where a line
    /// is too long to be one.
    fn fill(&mut self, source: &Source<'_>, index: u64) -> std::io::Result<Option<Range<usize>>> {
        let begin = source.from + index * source.block_bytes;
        let end = (begin + source.block_bytes).min(source.len);
        // With the byte before, which says whether a line begins with the block.
        let before = u64::from(index > 0);
        let mut file = File::open(source.file)?;
        file.seek(SeekFrom::Start(begin - before))?;
        let n_bytes = end - begin + before;
        self.text.clear();
        let mut wanted = n_bytes;
        loop {
            self.text.reserve(wanted as usize);
            let n = file.by_ref().take(wanted).read_to_end(&mut self.text)?;
            if self.text.last() == Some(&b'\n') || (n as u64) < wanted {
                break;
            }
            if self.text.len() as u64 > n_bytes + LONGEST {
                return Ok(None);
            }
            wanted = 1 << 12;
        }
        let first = match index {
            0 if begin == 0 && self.text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
            0 => 0,
            _ => self.text.iter().position(|&byte| byte == b'\n').map_or(self.text.len(), |at| at + 1),
        };
        Ok(Some(first..n_bytes as usize))
    }

    /// Parses the lines that begin at `starts`; false where one is to be read as a record.
    fn parse(&mut self, source: &Source<'_>, starts: Range<usize>) -> bool {
        let Self { text, ratings, n_lines, n_rows, faults, .. } = self;
        let (separator, range) = (source.separator, source.range);
        let is_plain = source.columns.are_plain();
        let mut fields = Vec::new();
        let mut at = starts.start;
        while at < starts.end {
            *n_lines += 1;
            let plain = is_plain.then(|| plain::rating(text, at, separator, range)).flatten();
            if let Some((rating, next)) = plain {
                *n_rows += 1;
                ratings.push(rating);
                at = next;
                continue;
            }
            let rest = &text[at..];
            let line = &rest[..rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1)];
            let may_go_on = separator == Separator::Comma && line.contains(&b'"');
            if may_go_on || line.len() as u64 >= LONGEST {
                return false;
            }
            at += line.len();
            if let Some(record) = Record::of_line(*n_lines, line, separator, &mut fields) {
                match source.columns.parse(&record, range) {
                    Ok(rating) => ratings.push(rating),
                    Err((column, problem)) => {
                        faults.push(Fault {
                            row: *n_rows,
                            line: *n_lines,
                            column: column.to_owned(),
                            problem,
                        });
                        if source.stop_at_fault {
                            return true;
                        }
                    }
                }
                *n_rows += 1;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// The table, or the error, and what was skipped.
    type Found = (Result<RatingTable, String>, Vec<BadRow>, u64);

    fn found(text: &[u8], separator: Separator, skip: bool, block_bytes: Option<u64>) -> Option<Found> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ratings");
        fs::write(&file, text).unwrap();
        let options = Options::new(None, (0.0, 10.0), skip).unwrap();
        let columns = RatingColumns::without_header();
        let mut records = Records::open(&file, separator).unwrap();
        let mut bad_rows = BadRows::new(skip);
        let table = match block_bytes {
            None => {
                Ok(Some(crate::shape::text::read_records(&mut records, &columns, &options, &mut bad_rows)))
            }
            Some(bytes) => {
                read_in_blocks(&records, &columns, &options, &mut bad_rows, bytes).map(|table| table.map(Ok))
            }
        };
        let in_words = |error: Error| error.to_string().replace(&file.display().to_string(), "file");
        let table = match table {
            Ok(table) => table?.map_err(in_words),
            Err(error) => Err(in_words(error)),
        };
        let (listed, n) = bad_rows.into_parts();
        let listed = listed.into_iter().map(|row| BadRow { file: "file".into(), ..row }).collect();
        Some((table, listed, n))
    }

    /// Blocks of any size, shorter than a line too (but not than a byte order mark), give what reading record by record gives.
    fn check(text: &[u8], separator: Separator) {
        for skip in [false, true] {
            let expected = found(text, separator, skip, None).unwrap();
            for block_bytes in [4, 5, 7, 16, 40, 1000] {
                if let Some(found) = found(text, separator, skip, Some(block_bytes)) {
                    assert_eq!(found, expected, "{block_bytes}: {}", text.escape_ascii());
                } else {
                    assert!(text.contains(&b'"'), "{block_bytes}: {}", text.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn lines_are_cut_at_the_blocks_as_everywhere() {
        let lines = b"\xef\xbb\xbf1,2,3.5,4\r\n\n12345678,2,3,1574327703\n\r\n7,8,9,10,11\n1,x,3,4\n-1,2,3,4\n1,2,3.25,-4\n9,9,1,9";
        for end in 0..=lines.len() {
            check(&lines[..end], Separator::Comma);
        }
        check(b"1::2::3::4\n1::2:3::4\n\n1::2::3::4::\n5::6::7::8", Separator::DoubleColon);
        check(b"1\t2\t3\t\"4\n1\t2\t3\t4", Separator::Tab);
    }

    #[test]
    fn quotation_marks_are_for_the_reader_of_records() {
        assert_eq!(found(b"1,2,3,4\n\"1\",2,3,4\n", Separator::Comma, true, Some(100)), None);
        // But what stops the reading before them stops it here.
        let text = b"1,2,3,4\n1,2,3\n\"1\",2,3,4\n";
        assert_eq!(
            found(text, Separator::Comma, false, Some(10)),
            found(text, Separator::Comma, false, None)
        );
    }

    #[test]
    fn a_line_too_long_is_for_the_reader_of_records() {
        let text = [b"1,2,3,4\n".as_slice(), &vec![b'1'; LONGEST as usize + 10]].concat();
        assert_eq!(found(&text, Separator::Comma, false, Some(1 << 18)), None);
    }

    proptest! {
        #[test]
        fn any_lines_are_read_as_by_the_record(text in "([0-9]{1,9},[0-9]{1,9},[0-9](\\.[0-9])?,[0-9]{1,11}\r?\n|[-0-9,. \"\r\n]{0,9}){0,20}") {
            check(text.as_bytes(), Separator::Comma);
        }
    }
}
