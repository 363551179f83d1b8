//! SHA-256 of bytes and files.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest as 64 lower-case hex digits.
pub type Sha256Hex = String;

pub(crate) fn hex(digest: &[u8]) -> Sha256Hex {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of `bytes`.
pub fn sha256_of_bytes(bytes: &[u8]) -> Sha256Hex {
    hex(&Sha256::digest(bytes))
}

/// A digest of bytes that come one block after the other.
#[derive(Debug, Clone, Default)]
pub struct Sha256Stream(Sha256);

impl Sha256Stream {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all of them.
    pub fn finish(self) -> Sha256Hex {
        hex(&self.0.finalize())
    }
}

/// The digest of the file at `path`, read in blocks, and its size in bytes.
///
/// # Errors
/// Where the file cannot be read.
pub fn sha256_of_file(path: &Path) -> std::io::Result<(Sha256Hex, u64)> {
    sha256_of(File::open(path)?)
}

/// The digest of all that `reader` gives, read in blocks, and its size in bytes.
///
/// # Errors
/// Where it cannot be read.
pub fn sha256_of(mut reader: impl Read) -> std::io::Result<(Sha256Hex, u64)> {
    let mut digest = Sha256::new();
    let mut block = vec![0u8; 1 << 16];
    let mut size = 0;
    loop {
        match reader.read(&mut block)? {
            0 => return Ok((hex(&digest.finalize()), size)),
            n => {
                digest.update(&block[..n]);
                size += n as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_abc() {
        // printf abc | sha256sum
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_of_bytes(b"abc"), expected);
        let mut stream = Sha256Stream::default();
        for bytes in [&b"a"[..], b"", b"bc"] {
            stream.update(bytes);
        }
        assert_eq!(stream.finish(), expected);
    }
}
