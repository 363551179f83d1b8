//! Soundness of models that come from a file.

use dataset::{Csr, IdIndex};

/// A model whose parts do not fit together, so that scoring with it could go out of bounds or give no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {model} model is unsound: {problem}")]
pub struct InvalidModel {
    /// The model's name.
    pub model: &'static str,
    /// What does not fit.
    pub problem: String,
}

/// No number of a sound model is larger: sums and products of such numbers stay finite, in f32 too.
const LARGEST: f64 = 1e15;

fn is_sane(number: f64) -> bool {
    number.abs() <= LARGEST // false for a NaN
}

/// Collects what a model's `validate` demands, under the model's name.
#[derive(Clone, Copy)]
pub(crate) struct Demands {
    pub model: &'static str,
}

impl Demands {
    /// `holds` must be true.
    pub fn that(self, holds: bool, problem: impl Into<String>) -> Result<(), InvalidModel> {
        if holds { Ok(()) } else { Err(InvalidModel { model: self.model, problem: problem.into() }) }
    }

    /// `number` must be finite and not huge.
    pub fn number(self, what: &str, number: f64) -> Result<(), InvalidModel> {
        self.that(is_sane(number), format!("its {what} is {number}"))
    }

    /// There must be `len` numbers, each finite and not huge.
    pub fn numbers<T: Copy + Into<f64>>(
        self,
        what: &str,
        numbers: &[T],
        len: Option<usize>,
    ) -> Result<(), InvalidModel> {
        self.that(Some(numbers.len()) == len, format!("the number of its {what} is wrong"))?;
        let insane = numbers.iter().map(|&number| number.into()).find(|&number| !is_sane(number));
        self.that(insane.is_none(), format!("one of its {what} is {}", insane.unwrap_or_default()))
    }

    /// The ids must ascend strictly: they are looked up by binary search.
    pub fn ids(self, what: &str, ids: &IdIndex) -> Result<(), InvalidModel> {
        let ascending = ids.ids().windows(2).all(|pair| pair[0] < pair[1]);
        self.that(ascending, format!("its {what} ids do not ascend"))
    }

    /// The sparse rows must be one for each of `n_rows`, ascend in columns below `n_columns`, and hold numbers that are finite and not huge.
    pub fn sparse(self, what: &str, rows: &Csr, n_rows: usize, n_columns: usize) -> Result<(), InvalidModel> {
        // `is_consistent` first: only then can a row be looked at.
        let fits = rows.is_consistent(n_columns) && rows.n_rows() == n_rows;
        self.that(fits, format!("its {what} rows do not fit its ids"))?;
        let sound = (0..n_rows as u32).map(|row| rows.row(row)).all(|(columns, values)| {
            columns.windows(2).all(|pair| pair[0] < pair[1])
                && values.iter().all(|&value| is_sane(f64::from(value)))
        });
        self.that(sound, format!("its {what} rows are out of order or hold a value that is no rating"))
    }
}
