//! Numbers and ratings in the form in which data files nearly always have them: digits and nothing else around them.
//!
//! Whatever looks otherwise is `None` here and goes to `field.rs`, which knows every other form and says what is wrong; where
//! both have an answer it is the same.

use dataset::Rating;

use crate::records::Separator;

/// A place in a text.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

/// The rating in the line that begins at `start`, its fields being user, item, rating and timestamp, and where the next line
/// begins. `None` for every line that is not plain, and near the end of the text.
pub(crate) fn rating(
    text: &[u8],
    start: usize,
    separator: Separator,
    range: (f32, f32),
) -> Option<(Rating, usize)> {
    let mut cursor = Cursor { text, at: start };
    let user_id = cursor.whole()?;
    cursor.skip(separator)?;
    let item_id = cursor.whole()?;
    cursor.skip(separator)?;
    let value = cursor.stars()?;
    cursor.skip(separator)?;
    let timestamp = cursor.whole()?;
    cursor.line_end()?;
    // In f64, as the careful reader compares.
    let is_in_range = f64::from(range.0) <= f64::from(value) && f64::from(value) <= f64::from(range.1);
    is_in_range.then_some((Rating { user_id, item_id, value, timestamp }, cursor.at))
}

impl Cursor<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// One to 16 digits.
    fn whole(&mut self) -> Option<i64> {
        const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
        let (mut number, n) = self.eight()?;
        if n == 8 {
            let (more, n_more) = self.eight()?;
            if n_more == 8 && self.byte(0)?.is_ascii_digit() {
                return None;
            }
            number = number * POWERS[n_more] + more;
        }
        (n > 0).then_some(number as i64)
    }

    /// The number of up to eight digits here, and how many there are: all eight bytes at a time (Lemire 2022, "Quickly parsing eight
    /// digits"), since a loop over digits spends its time on mispredicted ends.
    fn eight(&mut self) -> Option<(u64, usize)> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let bytes = self.text.get(self.at..)?.first_chunk::<8>()?;
        let digits = u64::from_le_bytes(*bytes) ^ (ONES * 0x30);
        // The high bit of each byte that is no digit: above 9 plus what its own high bits say. A carry can only spoil bytes behind the first.
        let others = (digits.wrapping_add(ONES * 0x76) | digits) & (ONES * 0x80);
        let n = others.trailing_zeros() as usize / 8;
        self.at += n;
        if n == 0 {
            return Some((0, 0));
        }
        // The digits to the end of the word, zeros before them; then pairs, fours and all eight.
        let digits = digits << (64 - 8 * n);
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
        let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
        let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
        Some((all, n))
    }

    /// `4` or `3.5`.
    fn stars(&mut self) -> Option<f32> {
        let digit = |byte: u8| Some(byte.wrapping_sub(b'0')).filter(|&digit| digit <= 9);
        let whole = digit(self.byte(0)?)?;
        if self.byte(1)? != b'.' {
            self.at += 1;
            return Some(f32::from(whole));
        }
        let tenth = digit(self.byte(2)?)?;
        self.at += 3;
        Some(f32::from(whole * 10 + tenth) / 10.0)
    }

    fn skip(&mut self, separator: Separator) -> Option<()> {
        let bytes = separator.bytes();
        let there = self.byte(0)? == bytes[0] && (bytes.len() == 1 || self.byte(1)? == bytes[1]);
        self.at += bytes.len();
        there.then_some(())
    }

    /// `\n` or `\r\n`.
    fn line_end(&mut self) -> Option<()> {
        self.at += match self.byte(0)? {
            b'\n' => 1,
            b'\r' if self.byte(1)? == b'\n' => 2,
            _ => return None,
        };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::field;

    const RANGE: (f32, f32) = (0.5, 5.0);

    fn read(line: &str, separator: Separator) -> Option<Rating> {
        let text = format!("{line}\nand what follows");
        rating(text.as_bytes(), 0, separator, RANGE).map(|(rating, next)| {
            assert_eq!(next, line.len() + 1);
            rating
        })
    }

    #[test]
    fn plain_lines_are_read() {
        let expected = Rating { user_id: 162_541, item_id: 3, value: 3.5, timestamp: 1_574_327_703 };
        assert_eq!(read("162541,3,3.5,1574327703", Separator::Comma), Some(expected));
        assert_eq!(read("162541::3::3.5::1574327703\r", Separator::DoubleColon), Some(expected));
        let expected = Rating { user_id: 12_345_678, item_id: 123_456_789, value: 4.0, timestamp: 0 };
        assert_eq!(read("12345678\t123456789\t4\t0", Separator::Tab), Some(expected));
    }

    #[test]
    fn others_are_left_to_the_careful_reader() {
        for line in [
            "",
            "1",
            "1,2,3",
            "1,2,3,4,5",
            "1,2,3.5,",
            ",2,3,4",
            "1,2,,4",
            " 1,2,3,4",
            "1,2,3,4 ",
            "1,2,3,-4",
            "+1,2,3,4",
            "1,2,3.25,4",
            "1,2,.5,4",
            "1,2,3.,4",
            "1,2,5.5,4",
            "1,2,0,4",
            "1,2,10,4",
            "\"1\",2,3,4",
            "1,2,3,4\r\r",
            "12345678901234567,2,3,4",
            "1,2\u{e9},3,4",
            "1,2,3,4\0",
        ] {
            assert_eq!(read(line, Separator::Comma), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_told_from_all_other_bytes(bytes in prop::collection::vec(any::<u8>(), 8..12), digits in "[0-9]{0,9}") {
            let text = [digits.as_bytes(), &bytes].concat();
            let n = text.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
            let (number, found) = Cursor { text: &text, at: 0 }.eight().unwrap();
            prop_assert_eq!(found, n);
            let expected = std::str::from_utf8(&text[..n]).unwrap().parse::<u64>().unwrap_or(0);
            prop_assert_eq!(number, expected);
        }

        #[test]
        fn what_is_read_is_what_the_careful_reader_reads(
            fields in ["[0-9]{1,17}", "[0-9 ]{1,9}", "[0-9][.]?[0-9]?", "-?[0-9]{1,18}"]
        ) {
            let line = fields.join(",");
            if let Some(found) = read(&line, Separator::Comma) {
                let fields = fields.each_ref().map(String::as_bytes);
                prop_assert_eq!(Ok(found.user_id), field::id(fields[0]));
                prop_assert_eq!(Ok(found.item_id), field::id(fields[1]));
                prop_assert_eq!(Ok(found.value), field::rating(fields[2], RANGE));
                prop_assert_eq!(Ok(found.timestamp), field::timestamp(fields[3]));
            }
        }
    }
}
