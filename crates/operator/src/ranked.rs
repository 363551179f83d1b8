//! Scores of whole users to ranking metrics.

use std::io::Read;

use artifacts::stream::{Piece, StreamError, StreamReader};
use metrics::{Groups, ModelScores, PerUser, Plan, TestRows, TieOrder, Ties};
use stage::UsageError;

use crate::whole_users::BlockArgs;

/// The flags that say what is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct MetricArgs {
    /// From this rating on, in stars, an item is relevant
    #[arg(long, value_name = "STARS", default_value_t = 4.0)]
    relevant_from: f64,

    /// The cuts of the ranking metrics
    #[arg(long, value_name = "K,...", value_delimiter = ',', default_values_t = [5, 10, 20])]
    ks: Vec<usize>,

    /// What becomes of equal scores
    #[arg(long, value_name = "RULE", value_enum, default_value_t = TieRule::SmallerItem)]
    ties: TieRule,

    #[command(flatten)]
    pub block: BlockArgs,
}

impl MetricArgs {
    /// What is measured.
    ///
    /// # Errors
    /// [`UsageError`] where a cut is 0 or twice there, or the rule is unknown.
    pub fn plan(&self) -> Result<Plan, UsageError> {
        let plan = Plan::all(&self.ks).map_err(|error| UsageError(format!("--ks: {error}")))?;
        Ok(plan.with_ties(match self.ties {
            TieRule::SmallerItem => Ties::Broken(TieOrder::SmallerItem),
            TieRule::Expected => Ties::Expected,
        }))
    }
}

/// What becomes of equal scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum TieRule {
    /// The smaller item id comes first
    SmallerItem,
    /// The mean over all their orders
    Expected,
}

/// Scores of some users: all test rows of each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    /// Who.
    pub user_ids: Vec<i64>,
    /// What.
    pub item_ids: Vec<i64>,
    /// The stars that were given.
    pub grades: Vec<f64>,
    /// Whether they say that the user likes the item.
    pub relevant: Vec<bool>,
    /// A column a model.
    pub columns: Vec<Vec<f64>>,
}

/// Reads scores, a block of whole users at a time.
pub struct ScoreBlocks<R: Read> {
    input: StreamReader<R>,
    /// The models' names.
    pub models: Vec<String>,
    relevant_from: f64,
    rows_a_block: usize,
    /// What was read beyond the last block.
    rest: Scores,
    is_at_end: bool,
}

impl<R: Read> ScoreBlocks<R> {
    /// Begins at the first row of `input`.
    pub fn new(input: StreamReader<R>, args: &MetricArgs) -> Self {
        let is_key = |name: &String| ["user_id", "item_id", "rating"].contains(&name.as_str());
        let models: Vec<String> = input.names().into_iter().filter(|name| !is_key(name)).collect();
        let rest = Scores { columns: vec![Vec::new(); models.len()], ..Scores::default() };
        let (relevant_from, rows_a_block) = (args.relevant_from, args.block.rows_a_block as usize);
        Self { input, models, relevant_from, rows_a_block, rest, is_at_end: false }
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// [`StreamError`] for the first row that is not as it should be.
    pub fn next_block(&mut self) -> Result<Option<Scores>, StreamError> {
        loop {
            let n_rows = self.rest.user_ids.len();
            if self.is_at_end {
                let block = self.rest.split_off(0);
                return Ok((n_rows > 0).then_some(block));
            }
            if n_rows > self.rows_a_block {
                let last = self.rest.user_ids[n_rows - 1];
                let cut = self.rest.user_ids.partition_point(|&user_id| user_id < last);
                if cut > 0 {
                    let rest = self.rest.split_off(cut);
                    return Ok(Some(std::mem::replace(&mut self.rest, rest)));
                }
            }
            match self.input.next_piece()? {
                Some(piece) => self.append(&piece)?,
                None => self.is_at_end = true,
            }
        }
    }

    fn append(&mut self, piece: &Piece) -> Result<(), StreamError> {
        let (user_ids, item_ids) = (piece.integers("user_id")?, piece.integers("item_id")?);
        let mut last = self.rest.user_ids.last().copied().zip(self.rest.item_ids.last().copied());
        for (row, pair) in user_ids.iter().copied().zip(item_ids.iter().copied()).enumerate() {
            if last.is_some_and(|last| last >= pair) {
                let problem = format!(
                    "user {} and item {} do not stand behind the row before; expected a user's rows together, in ascending order of user_id and item_id, each pair once",
                    pair.0, pair.1
                );
                return Err(piece.error_at(row, problem));
            }
            last = Some(pair);
        }
        let ratings = piece.floats("rating")?;
        let stars = ratings.iter().map(|&rating| f64::from(rating));
        self.rest.relevant.extend(stars.clone().map(|stars| stars >= self.relevant_from));
        self.rest.grades.extend(stars);
        for (column, name) in self.rest.columns.iter_mut().zip(&self.models) {
            let scores = piece.doubles(name)?;
            if let Some(row) = scores.iter().position(|score| score.is_nan()) {
                return Err(piece.error_at(row, format!("column `{name}` is no number, expected a score")));
            }
            column.extend(scores);
        }
        self.rest.user_ids.extend(user_ids);
        self.rest.item_ids.extend(item_ids);
        Ok(())
    }
}

impl Scores {
    fn split_off(&mut self, at: usize) -> Self {
        Self {
            user_ids: self.user_ids.split_off(at),
            item_ids: self.item_ids.split_off(at),
            grades: self.grades.split_off(at),
            relevant: self.relevant.split_off(at),
            columns: self.columns.iter_mut().map(|column| column.split_off(at)).collect(),
        }
    }

    /// How many users there are.
    pub fn n_users(&self) -> usize {
        self.user_ids.chunk_by(|a, b| a == b).count()
    }

    /// Every metric of every user.
    ///
    /// # Errors
    /// None that scores from a stream lead to.
    pub fn measure(&self, models: &[String], plan: &Plan) -> anyhow::Result<PerUser> {
        let groups = Groups::from_sorted(&self.user_ids)?;
        let rows = TestRows::new(&groups, &self.item_ids, &self.relevant, &self.grades)?;
        let scores: Vec<ModelScores<'_>> =
            models.iter().zip(&self.columns).map(|(name, scores)| ModelScores { name, scores }).collect();
        Ok(metrics::evaluate(&rows, &scores, plan)?)
    }
}

#[cfg(test)]
mod tests {
    use artifacts::stream::StreamWriter;
    use artifacts::tables::{ScoreRows, Stored as _};

    use super::*;

    fn blocks(pieces: &[&[(i64, i64)]], rows_a_block: u32) -> Result<Vec<Vec<i64>>, String> {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::new(&mut bytes);
        for rows in pieces {
            let table = ScoreRows {
                user_ids: rows.iter().map(|row| row.0).collect(),
                item_ids: rows.iter().map(|row| row.1).collect(),
                ratings: vec![4.0; rows.len()],
                names: vec!["M".to_owned()],
                columns: vec![vec![1.0; rows.len()]],
            };
            writer.write(table.into_table()).unwrap();
        }
        writer.finish().unwrap();
        let args = MetricArgs {
            relevant_from: 4.0,
            ks: vec![5],
            ties: TieRule::SmallerItem,
            block: BlockArgs { rows_a_block },
        };
        let mut blocks = ScoreBlocks::new(StreamReader::open(bytes.as_slice()).unwrap(), &args);
        let mut users = Vec::new();
        while let Some(block) = blocks.next_block().map_err(|error| error.to_string())? {
            users.push(block.user_ids);
        }
        Ok(users)
    }

    #[test]
    fn users_are_whole() {
        let rows = [(1, 5), (1, 6), (2, 1), (2, 9), (2, 10), (3, 1)];
        for cut in 0..=rows.len() {
            let (a, b) = rows.split_at(cut);
            let found = blocks(&[a, b], 2).unwrap();
            assert_eq!(found.concat(), rows.map(|row| row.0));
            for pair in found.windows(2) {
                assert!(pair[0].last() < pair[1].first(), "{found:?}");
            }
        }
        assert_eq!(blocks(&[&[]], 2), Ok(vec![]));
    }

    #[test]
    fn rows_out_of_order_are_named() {
        let problem = |pieces: &[&[(i64, i64)]]| blocks(pieces, 100).unwrap_err();
        assert!(problem(&[&[(1, 5)], &[(1, 5)]]).starts_with("row 1 of the stream: user 1 and item 5"));
        assert!(problem(&[&[(2, 5), (1, 5)]]).starts_with("row 1 of the stream: user 1 and item 5"));
    }
}
