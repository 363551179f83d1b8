//! How one field becomes an id, a rating, a timestamp or a text, and what is said where it does not.

use std::borrow::Cow;

/// What was found in a field and what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem(pub(crate) String);

const ID: &str = "a whole number from 0 to 9223372036854775807";
const TIMESTAMP: &str = "whole seconds since 1970";

impl Problem {
    pub(crate) fn new(found: &str, expected: &str) -> Self {
        Self(format!("found {found}, expected {expected}"))
    }

    /// A record with another number of fields than it should have.
    pub(crate) fn n_fields(found: usize, expected: usize) -> Self {
        let plural = if found == 1 { "" } else { "s" };
        Self(format!("found {found} field{plural}, expected {expected}"))
    }

    fn of(field: &[u8], expected: &str) -> Self {
        Self::new(&quoted(field), expected)
    }
}

/// `field` as it may stand in a message: quoted, escaped, cut where it is long.
fn quoted(field: &[u8]) -> String {
    const SHOWN: usize = 40;
    let more = if field.len() > SHOWN { "..." } else { "" };
    let escaped = field[..field.len().min(SHOWN)].escape_ascii().to_string().replace("\\'", "'");
    format!("\"{escaped}{more}\"")
}

/// The digits of `field` as a number; `None` where it is empty, has anything but digits, or more than 18 of them.
fn digits(field: &[u8]) -> Option<i64> {
    if field.is_empty() || field.len() > 18 {
        return None;
    }
    let mut number = 0i64;
    for &byte in field {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// A whole number by the standard library's rules, spaces around it allowed: the slow path.
fn whole(field: &[u8]) -> Option<i64> {
    std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok()
}

/// A user's or an item's id.
pub(crate) fn id(field: &[u8]) -> Result<i64, Problem> {
    digits(field)
        .or_else(|| whole(field).filter(|&id| id >= 0 && !field.contains(&b'+') && !field.contains(&b'-')))
        .ok_or_else(|| Problem::of(field, ID))
}

/// A time in seconds since 1970; negative before that.
pub(crate) fn timestamp(field: &[u8]) -> Result<i64, Problem> {
    digits(field).or_else(|| whole(field)).ok_or_else(|| Problem::of(field, TIMESTAMP))
}

/// A rating in `range`, both ends included.
pub(crate) fn rating(field: &[u8], range: (f32, f32)) -> Result<f32, Problem> {
    decimal(field)
        .or_else(|| std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok())
        .filter(|value| in_range(f64::from(*value), range))
        .map(|value| value + 0.0) // -0 is 0
        .ok_or_else(|| Problem::of(field, &rating_expected(range)))
}

/// Short decimals (`4`, `3.5`), correctly rounded: up to 7 digits are exact in an f32 when below 2^24, as is the power of
/// ten, so that the one division rounds once.
fn decimal(field: &[u8]) -> Option<f32> {
    let (whole, fraction) = match field.iter().position(|&byte| byte == b'.') {
        Some(point) => (&field[..point], &field[point + 1..]),
        None => (field, &b""[..]),
    };
    if whole.len() + fraction.len() > 7 {
        return None;
    }
    let power = [1u32, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000][fraction.len()];
    let number = match fraction {
        [] => digits(whole)?,
        _ => digits(whole)? * i64::from(power) + digits(fraction)?,
    };
    (number < 1 << 24).then(|| number as f32 / power as f32)
}

/// A whole fold number, 0 to 255.
pub(crate) fn fold(field: &[u8]) -> Result<u8, Problem> {
    digits(field).and_then(|fold| u8::try_from(fold).ok()).ok_or_else(|| Problem::of(field, FOLD))
}

/// What a fold may be.
pub(crate) const FOLD: &str = "a whole number from 0 to 255";

/// UTF-8 text.
pub(crate) fn text(field: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(field).map_err(|_| Problem::of(field, "UTF-8 text"))
}

/// Text of the older data sets: UTF-8 where it is valid UTF-8, else Latin-1, as their titles are.
pub(crate) fn old_text(field: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(field).map_or_else(|_| encoding_rs::mem::decode_latin1(field), Cow::Borrowed)
}

/// An id that comes as a number; `found` tells what to show where it is none.
pub(crate) fn id_number(number: Option<i64>, found: impl FnOnce() -> String) -> Result<i64, Problem> {
    number.filter(|&id| id >= 0).ok_or_else(|| Problem::new(&found(), ID))
}

/// A timestamp that comes as a number.
pub(crate) fn timestamp_number(number: Option<i64>, found: impl FnOnce() -> String) -> Result<i64, Problem> {
    number.ok_or_else(|| Problem::new(&found(), TIMESTAMP))
}

/// A rating that comes as a number.
pub(crate) fn rating_number(
    number: Option<f64>,
    range: (f32, f32),
    found: impl FnOnce() -> String,
) -> Result<f32, Problem> {
    match number {
        Some(value) if in_range(value, range) => Ok(value as f32 + 0.0),
        _ => Err(Problem::new(&found(), &rating_expected(range))),
    }
}

/// False for NaN, too.
fn in_range(value: f64, (low, high): (f32, f32)) -> bool {
    f64::from(low) <= value && value <= f64::from(high)
}

fn rating_expected((low, high): (f32, f32)) -> String {
    format!("a rating from {low} to {high}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RANGE: (f32, f32) = (0.0, 10.0);

    #[test]
    fn ids_are_whole_and_not_negative() {
        assert_eq!(id(b"0"), Ok(0));
        assert_eq!(id(b" 31 "), Ok(31));
        assert_eq!(id(b"9223372036854775807"), Ok(i64::MAX));
        let bad: [&[u8]; 9] =
            [b"", b" ", b"-1", b"-0", b"+1", b"1.0", b"1x", b"9223372036854775808", b"\xff"];
        for field in bad {
            let Problem(problem) = id(field).unwrap_err();
            assert!(problem.ends_with("expected a whole number from 0 to 9223372036854775807"), "{problem}");
        }
        assert_eq!(id(b"\xff").unwrap_err().0.split(',').next(), Some("found \"\\xff\""));
    }

    #[test]
    fn ratings_are_in_range_and_never_nan() {
        assert_eq!(rating(b"4", RANGE), Ok(4.0));
        assert_eq!(rating(b"3.5", RANGE), Ok(3.5));
        assert_eq!(rating(b" 0.5 ", RANGE), Ok(0.5));
        assert_eq!(rating(b"3.14159265358979", RANGE), Ok(std::f32::consts::PI));
        assert_eq!(rating(b"1e0", RANGE), Ok(1.0));
        let bad: [&[u8]; 9] = [b"", b".", b"NaN", b"inf", b"10.5", b"-1", b"4 stars", b"4,0", b"1e99"];
        for field in bad {
            let Problem(problem) = rating(field, RANGE).unwrap_err();
            assert!(problem.ends_with("expected a rating from 0 to 10"), "{problem}");
        }
    }

    #[test]
    fn timestamps_end_where_their_digits_end() {
        assert_eq!(timestamp(b"964982703"), Ok(964_982_703));
        assert_eq!(timestamp(b"-3600"), Ok(-3600));
        for field in [&b"964982703 UTC"[..], b"2005-04-02 23:53:47", b"", b"1e9", b"99999999999999999999"] {
            assert!(timestamp(field).is_err(), "{}", field.escape_ascii());
        }
    }

    #[test]
    fn old_titles_may_be_latin_1() {
        assert_eq!(old_text(b"Mis\xe9rables, Les (1995)"), "Misérables, Les (1995)");
        assert_eq!(old_text("Misérables, Les (1995)".as_bytes()), "Misérables, Les (1995)");
    }

    #[test]
    fn a_long_field_is_cut_in_the_message() {
        let Problem(problem) = timestamp(&[b'x'; 1000]).unwrap_err();
        assert!(problem.len() < 100, "{problem}");
    }

    proptest! {
        #[test]
        fn short_decimals_are_what_the_standard_library_parses(whole in 0u32..2000, fraction in "[0-9]{0,4}") {
            let field = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
            let expected: f32 = field.parse().unwrap();
            prop_assert_eq!(rating(field.as_bytes(), (0.0, 2000.0)), Ok(expected));
        }

        #[test]
        fn any_bytes_are_a_number_or_a_problem(field in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (timestamp(&field), text(&field), old_text(&field), fold(&field));
            if let Ok(id) = id(&field) {
                prop_assert!(id >= 0);
            }
            if let Ok(rating) = rating(&field, RANGE) {
                prop_assert!((0.0..=10.0).contains(&rating));
            }
        }

        #[test]
        fn numbers_come_back(number in 0..i64::MAX) {
            prop_assert_eq!(id(number.to_string().as_bytes()), Ok(number));
            prop_assert_eq!(timestamp((-number).to_string().as_bytes()), Ok(-number));
        }
    }
}
