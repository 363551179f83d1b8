//! Amounts of memory: how they are written, and how much the machine has left.

use std::fmt;
use std::str::FromStr;

/// A number of bytes; read from `4GiB`, `500MB`, `2.5G` or a plain number, written in the unit that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// The units that are understood, the longest names first. A unit without a B counts in powers of 1024, as `ulimit` and Java do.
const UNITS: [(&str, u64); 11] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("M", 1 << 20),
    ("G", 1 << 30),
    ("B", 1),
];

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected an amount of memory, for example 4GiB or 500MB, found {text}");
        let (number, unit) = UNITS
            .iter()
            .find_map(|&(name, unit)| Some((text.strip_suffix(name)?, unit)))
            .unwrap_or((text, 1));
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let bytes = number * unit as f64;
        if number.is_finite() && number > 0.0 && bytes < u64::MAX as f64 {
            Ok(Self(bytes as u64))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            1_000_000_000.. => write!(f, "{:.1} GB", bytes / 1e9),
            1_000_000.. => write!(f, "{:.0} MB", bytes / 1e6),
            _ => write!(f, "{:.0} kB", bytes / 1e3),
        }
    }
}

/// How much memory the system could give without swapping; `None` where it does not tell.
pub fn available() -> Option<Bytes> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(Bytes(kibibytes.saturating_mul(1024)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_understood() {
        let bytes = |text: &str| text.parse::<Bytes>().map(|bytes| bytes.0);
        assert_eq!(bytes("4GiB"), Ok(4 << 30));
        assert_eq!(bytes("2.5G"), Ok(5 << 29));
        assert_eq!(bytes("500 MB"), Ok(500_000_000));
        assert_eq!(bytes("1024"), Ok(1024));
        for wrong in ["", "GiB", "-1GB", "0", "nan", "inf", "1e300", "4 apples"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        let shown = [1_500u64, 2_000_000, 3_250_000_000].map(|n| Bytes(n).to_string());
        assert_eq!(shown, ["2 kB", "2 MB", "3.2 GB"]);
    }
}
