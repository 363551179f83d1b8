//! The blocks of `key=value` lines that a `LightGBM` text is made of.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::iter::{Enumerate, Peekable};
use std::str::{FromStr, Lines};

use super::ImportError;

/// The last line of what is read; importances and parameters come after it.
const END: &str = "end of trees";
/// The beginning of a tree's first line.
const TREE: &str = "Tree=";
/// Keys of a block at most: `LightGBM` writes some 20.
const MAX_KEYS: usize = 100;

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

/// The blocks of a text, one after the other: the header, then one a tree. Nothing but the current one is in memory.
pub(super) struct Blocks<'a> {
    lines: Peekable<Enumerate<Lines<'a>>>,
    /// Of the last line that was read, 1-based.
    line: usize,
    has_ended: bool,
}

impl<'a> Blocks<'a> {
    /// The blocks of `text`, which must begin as a model does.
    pub fn new(text: &'a str) -> Result<Self, ImportError> {
        let mut lines = text.lines().enumerate().peekable();
        match lines.next() {
            Some((_, line)) if line.trim() == "tree" => Ok(Self { lines, line: 1, has_ended: false }),
            _ => Err(ImportError::new(1, "expected `tree`, with which a LightGBM text model begins")),
        }
    }

    /// The next block; `None` after the last.
    pub fn read_next(&mut self) -> Result<Option<Block<'a>>, ImportError> {
        if self.has_ended {
            return Ok(None);
        }
        let mut block = Block { line: self.line + 1, values: BTreeMap::new() };
        while let Some(&(index, line)) = self.lines.peek() {
            let line = line.trim();
            if line.starts_with(TREE) && !block.values.is_empty() {
                return Ok(Some(block));
            }
            self.line = index + 1;
            self.lines.next();
            if line == END {
                self.has_ended = true;
                return Ok(Some(block));
            }
            if !line.is_empty() {
                block.insert(self.line, line)?;
            }
        }
        let problem = format!("the file ends before `{END}`: it is cut off, or no LightGBM text model");
        Err(ImportError::new(self.line, problem))
    }
}

impl<'a> Block<'a> {
    fn insert(&mut self, number: usize, line: &'a str) -> Result<(), ImportError> {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if self.values.len() == MAX_KEYS {
            return Err(ImportError::new(number, format!("more than {MAX_KEYS} keys in one block")));
        }
        match self.values.insert(key.trim(), (number, value.trim())) {
            None => Ok(()),
            Some((earlier, _)) => {
                let key: String = shortened(key.trim());
                Err(ImportError::new(number, format!("`{key}` stands in line {earlier} already")))
            }
        }
    }

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
