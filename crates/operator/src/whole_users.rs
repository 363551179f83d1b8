//! Rows of a stream to blocks of whole users.

use std::io::Read;

use artifacts::stream::{Piece, StreamError, StreamReader};
use dataset::{Candidate, Rating, Ratings};

/// The flags of commands that work block by block.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct BlockArgs {
    /// How many rows a block has, or more where its last user has more; what is in memory follows it
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub rows_a_block: u32,
}

/// What a row may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A known rating, each of them: `user_id`, `item_id`, `rating`.
    Known,
    /// Known or asked: besides, `timestamp`, `known` (1 or 0) and `fold`.
    KnownOrAsked,
    /// The same, with a third kind of rows, whose `known` is 2: training ratings that the round does not know.
    KnownRatedOrAsked,
}

/// Rows of some users: all of each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// What is known of them.
    pub known: Ratings,
    /// What they have rated in the training part and the round does not know.
    pub rated: Ratings,
    /// What is asked.
    pub asked: Asked,
}

/// The rows that are asked. What a candidate was rated is kept apart from it: neither a model nor a feature is handed it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// Who, what, when.
    pub candidates: Vec<Candidate>,
    /// What they were rated, in stars.
    pub ratings: Vec<f32>,
    /// Their folds.
    pub folds: Vec<Option<i8>>,
    /// Columns of numbers that stand beside them, in the order that was asked for.
    pub beside: Vec<Vec<f64>>,
}

impl Block {
    fn n_rows(&self) -> usize {
        self.known.len() + self.rated.len() + self.asked.candidates.len()
    }
}

/// Reads blocks of whole users: a user's rows together, users ascending, items ascending within a user.
pub struct WholeUsers<R: Read> {
    input: StreamReader<R>,
    kind: Kind,
    beside: Vec<String>,
    rows_a_block: usize,
    piece: Option<(Rows, usize)>,
    last: Option<(i64, i64)>,
}

/// A piece of the stream, column by column.
struct Rows {
    piece: Piece,
    user_ids: Vec<i64>,
    item_ids: Vec<i64>,
    ratings: Vec<f32>,
    timestamps: Vec<i64>,
    known: Vec<i64>,
    folds: Vec<Option<i8>>,
    beside: Vec<Vec<f64>>,
}

impl<R: Read> WholeUsers<R> {
    /// Begins at the first row of `input`; of the columns `beside`, those of asked rows are kept.
    pub fn new(input: StreamReader<R>, kind: Kind, beside: Vec<String>, args: BlockArgs) -> Self {
        Self { input, kind, beside, rows_a_block: args.rows_a_block as usize, piece: None, last: None }
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// [`StreamError`] for the first row that is not as it should be.
    pub fn next_block(&mut self) -> Result<Option<Block>, StreamError> {
        let mut block = Block {
            asked: Asked { beside: vec![Vec::new(); self.beside.len()], ..Asked::default() },
            ..Block::default()
        };
        loop {
            let (rows, at) = match self.piece.take() {
                Some(piece) => piece,
                None => match self.input.next_piece()? {
                    Some(piece) => (self.rows(piece)?, 0),
                    None => return Ok((block.n_rows() > 0).then_some(block)),
                },
            };
            for row in at..rows.user_ids.len() {
                let user_id = rows.user_ids[row];
                let is_next_user = self.last.is_some_and(|(last, _)| last != user_id);
                if is_next_user && block.n_rows() >= self.rows_a_block {
                    self.piece = Some((rows, row));
                    return Ok(Some(block));
                }
                self.check_order(&rows, row)?;
                rows.push_to(row, self.kind, &mut block)?;
            }
        }
    }

    fn rows(&self, piece: Piece) -> Result<Rows, StreamError> {
        let n_rows = piece.n_rows();
        let is_mixed = self.kind != Kind::Known;
        Ok(Rows {
            user_ids: piece.integers("user_id")?,
            item_ids: piece.integers("item_id")?,
            ratings: piece.floats("rating")?,
            timestamps: if is_mixed { piece.integers("timestamp")? } else { vec![0; n_rows] },
            known: if is_mixed { piece.integers("known")? } else { vec![1; n_rows] },
            folds: if is_mixed { piece.optional_bytes("fold")? } else { vec![None; n_rows] },
            beside: self.beside.iter().map(|name| piece.doubles(name)).collect::<Result<_, _>>()?,
            piece,
        })
    }

    fn check_order(&mut self, rows: &Rows, row: usize) -> Result<(), StreamError> {
        let (user_id, item_id) = (rows.user_ids[row], rows.item_ids[row]);
        match self.last.replace((user_id, item_id)) {
            Some(last) if last == (user_id, item_id) => {
                let problem = format!(
                    "user {user_id} and item {item_id} stand here a second time, expected each pair once, known or asked"
                );
                Err(rows.piece.error_at(row, problem))
            }
            Some((last_user, last_item)) if (last_user, last_item) > (user_id, item_id) => {
                let problem = format!(
                    "user {user_id} and item {item_id} stand behind user {last_user} and item {last_item}; expected a user's rows together, in ascending order of user_id and item_id"
                );
                Err(rows.piece.error_at(row, problem))
            }
            _ => Ok(()),
        }
    }
}

impl Rows {
    fn push_to(&self, row: usize, kind: Kind, block: &mut Block) -> Result<(), StreamError> {
        let (user_id, item_id) = (self.user_ids[row], self.item_ids[row]);
        let (value, timestamp) = (self.ratings[row], self.timestamps[row]);
        match self.known[row] {
            1 => block.known.push(Rating { user_id, item_id, value, timestamp }),
            2 if kind == Kind::KnownRatedOrAsked => {
                block.rated.push(Rating { user_id, item_id, value, timestamp });
            }
            0 => {
                block.asked.candidates.push(Candidate { user_id, item_id, at: timestamp });
                block.asked.ratings.push(value);
                block.asked.folds.push(self.folds[row]);
                for (column, values) in block.asked.beside.iter_mut().zip(&self.beside) {
                    column.push(values[row]);
                }
            }
            other => {
                let expected = match kind {
                    Kind::KnownRatedOrAsked => {
                        "1 for a known rating, 2 for a training rating that the round does not know, or 0 for a test rating"
                    }
                    Kind::Known | Kind::KnownOrAsked => "1 for a known rating or 0 for an asked row",
                };
                let problem = format!("column `known` is {other}, expected {expected}");
                return Err(self.piece.error_at(row, problem));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use artifacts::Table;
    use artifacts::stream::StreamWriter;

    use super::*;

    type Row = (i64, i64, f32, i8);

    /// A stream of pieces.
    fn stream(pieces: &[&[Row]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::new(&mut bytes);
        for rows in pieces {
            let table = Table::new()
                .with("user_id", rows.iter().map(|row| row.0).collect::<Vec<_>>())
                .with("item_id", rows.iter().map(|row| row.1).collect::<Vec<_>>())
                .with("rating", rows.iter().map(|row| row.2).collect::<Vec<_>>())
                .with("timestamp", vec![7i64; rows.len()])
                .with("known", rows.iter().map(|row| row.3).collect::<Vec<_>>())
                .with("fold", vec![Some(2i8); rows.len()])
                .with("score_mf", rows.iter().map(|row| f64::from(row.2)).collect::<Vec<_>>());
            writer.write(table).unwrap();
        }
        writer.finish().unwrap();
        bytes
    }

    fn blocks(pieces: &[&[Row]], rows_a_block: u32) -> Result<Vec<Block>, String> {
        let bytes = stream(pieces);
        let input = StreamReader::open(bytes.as_slice()).map_err(|error| error.to_string())?;
        let mut users = WholeUsers::new(
            input,
            Kind::KnownOrAsked,
            vec!["score_mf".to_owned()],
            BlockArgs { rows_a_block },
        );
        let mut blocks = Vec::new();
        while let Some(block) = users.next_block().map_err(|error| error.to_string())? {
            blocks.push(block);
        }
        Ok(blocks)
    }

    #[test]
    fn users_are_whole_wherever_the_pieces_are_cut() {
        let rows: Vec<Row> =
            vec![(1, 5, 3.0, 1), (1, 6, 4.0, 0), (2, 5, 1.0, 1), (4, 1, 2.0, 1), (4, 9, 5.0, 0)];
        let whole = blocks(&[&rows], 100).unwrap();
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].known.user_ids, [1, 2, 4]);
        assert_eq!(whole[0].asked.candidates[1], Candidate { user_id: 4, item_id: 9, at: 7 });
        assert_eq!(whole[0].asked.beside, [[4.0, 5.0]]);
        for cut in 0..=rows.len() {
            let (a, b) = rows.split_at(cut);
            let cut = blocks(&[a, b], 2).unwrap();
            let users: Vec<&[i64]> = cut.iter().map(|block| block.known.user_ids.as_slice()).collect();
            assert_eq!(users, [&[1][..], &[2, 4][..]]); // user 2 alone is no block of two rows
        }
        assert_eq!(blocks(&[&[]], 2), Ok(vec![]));
    }

    #[test]
    fn a_wrong_row_is_named() {
        let problem = |rows: &[&[Row]]| blocks(rows, 2).unwrap_err();
        assert!(
            problem(&[&[(2, 5, 3.0, 1)], &[(1, 5, 3.0, 1)]])
                .starts_with("row 1 of the stream: user 1 and item 5 stand behind user 2 and item 5")
        );
        assert!(
            problem(&[&[(1, 6, 3.0, 1), (1, 5, 3.0, 1)]])
                .starts_with("row 1 of the stream: user 1 and item 5 stand behind")
        );
        assert!(
            problem(&[&[(1, 5, 3.0, 1), (1, 5, 3.0, 0)]])
                .contains("a second time, expected each pair once, known or asked")
        );
        assert!(problem(&[&[(1, 5, 3.0, 7)]]).starts_with("row 0 of the stream: column `known` is 7"));
        assert!(problem(&[&[(1, 5, f32::INFINITY, 1)]]).contains("column `rating` is inf"));
    }
}
