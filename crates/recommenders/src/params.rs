//! Hyper-parameters that were checked before a model sees them.

use std::fmt::Display;
use std::ops::{Deref, RangeInclusive};

use serde::Serializer;

/// A hyper-parameter outside its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} is {value}, {allowed}")]
pub struct InvalidParam {
    /// The key as it stands in the configuration: `mf.factors`.
    pub key: &'static str,
    /// What was given.
    pub value: String,
    /// What is allowed, for example `must be in [1, 1024]`.
    pub allowed: String,
}

/// A model's hyper-parameters, as typed by a person.
pub trait Params: Copy {
    /// Says which value is out of range.
    ///
    /// # Errors
    /// [`InvalidParam`] for the first such value.
    fn validate(&self) -> Result<(), InvalidParam>;

    /// These parameters, once every value is in its range.
    ///
    /// # Errors
    /// [`InvalidParam`] for the first value out of range.
    fn check(self) -> Result<Checked<Self>, InvalidParam> {
        self.validate().map(|()| Checked(self))
    }
}

/// Parameters whose every value is in its range; only [`Params::check`] makes one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checked<P>(P);

impl<P> Deref for Checked<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

/// Writes an f32 as the shortest decimal that reads back as it: `0.01`, not `0.009999999776482582`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
pub(crate) fn shortest<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(value.to_string().parse().unwrap_or(f64::from(*value)))
}

/// Whether `value` is in `allowed`; a NaN never is.
pub(crate) fn in_range<T: PartialOrd + Display>(
    key: &'static str,
    value: T,
    allowed: RangeInclusive<T>,
) -> Result<(), InvalidParam> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let allowed = format!("must be in [{}, {}]", allowed.start(), allowed.end());
    Err(InvalidParam { key, value: value.to_string(), allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_key_value_and_range() {
        let error = in_range("mf.learning_rate", -0.5, 1e-6..=1.0).unwrap_err();
        assert_eq!(error.to_string(), "mf.learning_rate is -0.5, must be in [0.000001, 1]");
        assert!(in_range("x", f64::NAN, 0.0..=1.0).is_err());
        assert_eq!(in_range("x", 1.0, 0.0..=1.0), Ok(()));
    }
}
