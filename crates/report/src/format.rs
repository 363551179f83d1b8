//! Numbers as text.

/// A metric's value to four decimals.
pub fn metric(value: f64) -> String {
    fixed(value, 4)
}

/// A number with `decimals` decimals and a proper minus sign; a dash where it is not finite.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        // No minus before a number that rounds to zero.
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_owned(),
        Some(digits) => format!("\u{2212}{digits}"),
        None => text,
    }
}

/// A difference, with its sign.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    if value > 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        format!("+{text}")
    } else {
        text
    }
}

/// An interval to four decimals, with a space before it; nothing where there is none.
pub fn interval(ends: Option<(f64, f64)>) -> String {
    ends.map(|(low, high)| format!(" [{}, {}]", metric(low), metric(high))).unwrap_or_default()
}

/// A p-value to three decimals; `< 0.001` where that is 0.
pub fn p_value(value: f64) -> String {
    if value.is_finite() && value < 0.000_5 { "< 0.001".to_owned() } else { fixed(value, 3) }
}

/// A whole number with commas between the thousands.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A whole number in few characters: `26.8k`, `1.2M`.
pub fn short_count(value: u64) -> String {
    let scaled = |unit: f64, suffix: &str| {
        let scaled = value as f64 / unit;
        format!("{}{suffix}", fixed(scaled, usize::from(scaled < 99.95)))
    };
    match value {
        0..1_000 => value.to_string(),
        1_000..999_950 => scaled(1e3, "k"),
        999_950..999_950_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "G"),
    }
}

/// A share in [0, 1] as a percentage.
pub fn percent(share: f64, decimals: usize) -> String {
    if share.is_finite() { format!("{}\u{a0}%", fixed(share * 100.0, decimals)) } else { fixed(share, 0) }
}

/// A duration, in the unit that reads best.
pub fn seconds(value: f64) -> String {
    if !value.is_finite() {
        fixed(value, 0)
    } else if value < 0.9995 {
        format!("{}\u{a0}ms", fixed(value * 1e3, 0))
    } else if value < 99.95 {
        format!("{}\u{a0}s", fixed(value, 2 - usize::from(value >= 9.995)))
    } else {
        let whole = value.round() as u64;
        format!("{}\u{a0}min {:02}\u{a0}s", count(whole / 60), whole % 60)
    }
}

/// A size of memory in decimal units: 1 MB is 1,000,000 bytes.
pub fn bytes(value: u64) -> String {
    let value = value as f64;
    let (scaled, unit) = if value < 999_500.0 {
        (value / 1e3, "kB")
    } else if value < 999_500_000.0 {
        (value / 1e6, "MB")
    } else {
        (value / 1e9, "GB")
    };
    format!("{}\u{a0}{unit}", fixed(scaled, usize::from(scaled < 9.95)))
}

/// A number in as few digits as it needs, at most `max_decimals` of them behind the point.
pub fn plain(value: f64, max_decimals: usize) -> String {
    let text = fixed(value, max_decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(metric(0.815_605), "0.8156");
        assert_eq!(metric(f64::NAN), "–");
        assert_eq!(fixed(-0.04, 1), "0.0");
        assert_eq!(fixed(-1.25, 2), "\u{2212}1.25");
        assert_eq!([signed(0.5, 1), signed(0.04, 1), signed(-0.5, 1)], ["+0.5", "0.0", "\u{2212}0.5"]);
        assert_eq!([p_value(0.0004), p_value(0.0005), p_value(f64::NAN)], ["< 0.001", "0.001", "–"]);
        assert_eq!([count(7), count(1_000), count(100_836)], ["7", "1,000", "100,836"]);
        assert_eq!([short_count(999), short_count(26_818), short_count(131_000)], ["999", "26.8k", "131k"]);
        assert_eq!([short_count(999_949), short_count(999_950)], ["1000k", "1.0M"]);
        assert_eq!([plain(4.0, 2), plain(3.5, 2), plain(100.0, 0)], ["4", "3.5", "100"]);
    }

    #[test]
    fn units_follow_the_size() {
        assert_eq!(
            [seconds(0.0421), seconds(1.234), seconds(15.64)],
            ["42\u{a0}ms", "1.23\u{a0}s", "15.6\u{a0}s"]
        );
        assert_eq!(seconds(125.2), "2\u{a0}min 05\u{a0}s");
        assert_eq!([bytes(800), bytes(118_000_000)], ["0.8\u{a0}kB", "118\u{a0}MB"]);
        assert_eq!(bytes(1_500_000_000), "1.5\u{a0}GB");
    }
}
