//! The blocks of `key=value` lines that a `LightGBM` text is made of.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::ImportError;

/// The last line of what is read; importances and parameters come after it.
const END: &str = "end of trees";
/// The beginning of a tree's first line.
const TREE: &str = "Tree=";

/// The lines of the header, or of one tree.
pub(super) struct Block<'a> {
    /// Where it begins, 1-based.
    pub line: usize,
    values: BTreeMap<&'a str, (usize, &'a str)>,
}

/// A key's value and its line.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    key: &'a str,
    line: usize,
    text: &'a str,
}

/// The header, then one block a tree.
pub(super) fn split(text: &str) -> Result<(Block<'_>, Vec<Block<'_>>), ImportError> {
    let mut lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let first = lines.next();
    if first.is_none_or(|(_, line)| line != "tree") {
        let problem = "expected `tree`, with which a LightGBM text model begins";
        return Err(ImportError::new(first.map_or(1, |(line, _)| line), problem));
    }
    let mut blocks = vec![Block { line: 1, values: BTreeMap::new() }];
    let mut last_line = 1;
    for (number, line) in lines {
        last_line = number;
        if line == END {
            let mut blocks = blocks.into_iter();
            let header = blocks.next().unwrap_or(Block { line: 1, values: BTreeMap::new() });
            return Ok((header, blocks.collect()));
        }
        if line.starts_with(TREE) {
            blocks.push(Block { line: number, values: BTreeMap::new() });
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if let Some(block) = blocks.last_mut()
            && let Some((earlier, _)) = block.values.insert(key.trim(), (number, value.trim()))
        {
            return Err(ImportError::new(
                number,
                format!("`{}` stands in line {earlier} already", key.trim()),
            ));
        }
    }
    let problem = format!("the file ends before `{END}`: it is cut off, or no LightGBM text model");
    Err(ImportError::new(last_line, problem))
}

impl<'a> Block<'a> {
    /// The value of `key`, where it is there.
    pub fn get(&self, key: &'a str) -> Option<Field<'a>> {
        self.values.get(key).map(|&(line, text)| Field { key, line, text })
    }

    /// The value of `key`, which must be there.
    pub fn field(&self, key: &'a str) -> Result<Field<'a>, ImportError> {
        self.get(key).ok_or_else(|| ImportError::new(self.line, format!("`{key}` is missing here")))
    }

    /// `n` numbers, or as many zeros where the key is not there.
    pub fn list_or_zeros<T: FromStr + Default + Clone>(
        &self,
        key: &'a str,
        n: usize,
    ) -> Result<Vec<T>, ImportError> {
        self.get(key).map_or_else(|| Ok(vec![T::default(); n]), |field| field.list(n))
    }

    /// The same of finite numbers.
    pub fn reals_or_zeros(&self, key: &'a str, n: usize) -> Result<Vec<f64>, ImportError> {
        self.get(key).map_or_else(|| Ok(vec![0.0; n]), |field| field.reals(n))
    }
}

impl<'a> Field<'a> {
    /// What stands behind the `=`.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The words that stand there.
    pub fn words(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.split_ascii_whitespace()
    }

    /// One number.
    pub fn number<T: FromStr>(&self) -> Result<T, ImportError> {
        self.text.parse().map_err(|_| self.error(format!("is {:?}, expected a number", shortened(self.text))))
    }

    /// Exactly `n` numbers.
    pub fn list<T: FromStr>(&self, n: usize) -> Result<Vec<T>, ImportError> {
        let found = self.words().count();
        if found != n {
            return Err(self.error(format!("holds {found} numbers, expected {n}")));
        }
        let parsed = self.words().enumerate().map(|(at, word)| {
            let problem = || format!("number {} is {:?}, expected another", at + 1, shortened(word));
            word.parse().map_err(|_| self.error(problem()))
        });
        parsed.collect()
    }

    /// Exactly `n` finite numbers.
    pub fn reals(&self, n: usize) -> Result<Vec<f64>, ImportError> {
        let reals: Vec<f64> = self.list(n)?;
        match reals.iter().position(|real| !real.is_finite()) {
            Some(at) => Err(self.error(format!("number {} is {}, expected a finite one", at + 1, reals[at]))),
            None => Ok(reals),
        }
    }

    /// What is wrong with the value.
    pub fn error(&self, problem: impl Display) -> ImportError {
        ImportError::new(self.line, format!("`{}` {problem}", self.key))
    }
}

/// A damaged file's words may be long.
fn shortened(word: &str) -> String {
    word.chars().take(40).collect()
}
