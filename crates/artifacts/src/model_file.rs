//! Model files: bincode in an envelope. The only file that names bincode.
//!
//! Layout, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic `PODIUM\0\1`; the last byte is the envelope's version |
//! | 1 + n | length and text of the schema name, for example `base.bias` |
//! | 4 | version of the schema |
//! | 8 | length of the payload |
//! | n | payload: the model in bincode 2's standard configuration |
//! | 32 | SHA-256 of all bytes before |

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::atomic;

const MAGIC: [u8; 8] = *b"PODIUM\0\x01";
const CHECKSUM_LEN: usize = 32;
/// No model is larger; a length in a file beyond this is refused before anything is allocated for it.
const MAX_PAYLOAD: usize = 8 << 30;

/// What a model file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The stable name of what is stored, for example `base.bias`; never changes with the Rust type's name. At most 255 bytes.
    pub name: &'static str,
    /// Raised whenever the stored fields change.
    pub version: u32,
}

/// Encodes `model` with its envelope.
///
/// # Errors
/// Where the model cannot be encoded, which no model of this project does.
pub fn encode<M: Serialize>(schema: Schema, model: &M) -> std::io::Result<Vec<u8>> {
    let payload =
        bincode::serde::encode_to_vec(model, bincode::config::standard()).map_err(std::io::Error::other)?;
    let mut bytes = Vec::with_capacity(payload.len() + 96);
    bytes.extend_from_slice(&MAGIC);
    bytes.push(schema.name.len() as u8);
    bytes.extend_from_slice(schema.name.as_bytes());
    bytes.extend_from_slice(&schema.version.to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&payload);
    let checksum: [u8; CHECKSUM_LEN] = Sha256::digest(&bytes).into();
    bytes.extend_from_slice(&checksum);
    Ok(bytes)
}

/// Writes encoded bytes to `path`, whole or not at all.
///
/// # Errors
/// [`Error::Write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    atomic::write(path, |file| file.write_all(bytes))
}

/// Decodes a model from the bytes of the file at `path`; `make_target` is what the message tells to run. Whoever decodes
/// also checks that the model's parts fit together: bytes with a right checksum may still come from a stranger.
///
/// # Errors
/// [`Error::Corrupt`] where bytes are missing, flipped or do not make a sound model; [`Error::WrongKind`] where the file
/// holds another schema or version.
pub fn decode<M: DeserializeOwned>(
    schema: Schema,
    bytes: &[u8],
    path: &Path,
    make_target: &str,
) -> Result<M, Error> {
    let corrupt = |problem: &str| Error::Corrupt {
        path: path.to_owned(),
        problem: problem.to_owned(),
        make_target: make_target.to_owned(),
    };
    let wrong = |found: String| Error::WrongKind {
        path: path.to_owned(),
        found,
        expected: format!("{} v{}", schema.name, schema.version),
        make_target: make_target.to_owned(),
    };
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return Err(wrong("something that is no Podium model".to_owned()));
    };
    let (signed, checksum) =
        bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or_else(|| corrupt("the file is cut short"))?;
    if Sha256::digest(signed)[..] != checksum[..] {
        return Err(corrupt("its checksum does not match its content"));
    }
    let rest = &rest[..rest.len() - CHECKSUM_LEN];
    let cut = || corrupt("the header is cut short");
    let (&name_len, rest) = rest.split_first().ok_or_else(cut)?;
    let (name, rest) = rest.split_at_checked(usize::from(name_len)).ok_or_else(cut)?;
    let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let (payload_len, payload) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
    let version = u32::from_le_bytes(*version);
    if name != schema.name.as_bytes() || version != schema.version {
        return Err(wrong(format!("{} v{version}", String::from_utf8_lossy(name))));
    }
    if u64::from_le_bytes(*payload_len) != payload.len() as u64 {
        return Err(corrupt("the payload has another length than the header says"));
    }
    let config = bincode::config::standard().with_limit::<MAX_PAYLOAD>();
    let (model, used) = bincode::serde::decode_from_slice::<M, _>(payload, config)
        .map_err(|error| corrupt(&format!("its payload cannot be decoded ({error})")))?;
    if used != payload.len() {
        return Err(corrupt("bytes are left over behind the payload"));
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: Schema = Schema { name: "test.weights", version: 3 };
    const OTHER: Schema = Schema { name: "test.other", version: 1 };

    fn read(schema: Schema, bytes: &[u8]) -> Result<Vec<f64>, Error> {
        decode(schema, bytes, Path::new("m.bin"), "train-meta")
    }

    fn message(schema: Schema, bytes: &[u8]) -> String {
        read(schema, bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let bytes = encode(WEIGHTS, &vec![1.5, -2.0]).unwrap();
        assert_eq!(read(WEIGHTS, &bytes).unwrap(), [1.5, -2.0]);
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_noticed() {
        let bytes = encode(WEIGHTS, &vec![1.5, -2.0]).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(read(WEIGHTS, &damaged).is_err(), "byte {at}");
            assert!(read(WEIGHTS, &bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn messages_say_what_was_found_and_what_to_run() {
        let bytes = encode(WEIGHTS, &vec![1.0]).unwrap();
        assert_eq!(
            message(OTHER, &bytes),
            "m.bin holds test.weights v3, expected test.other v1; run `make train-meta`"
        );
        assert_eq!(
            message(WEIGHTS, b"PK\x03\x04"),
            "m.bin holds something that is no Podium model, expected test.weights v3; run `make train-meta`"
        );
    }

    #[test]
    fn a_hostile_length_allocates_nothing() {
        // A payload that claims 2^60 numbers, with a right checksum.
        let mut payload = vec![253u8];
        payload.extend_from_slice(&(1u64 << 60).to_le_bytes());
        let mut bytes = encode(WEIGHTS, &Vec::<f64>::new()).unwrap();
        bytes.truncate(bytes.len() - CHECKSUM_LEN - 1 - 8);
        bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&payload);
        let checksum: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.extend_from_slice(&checksum);
        assert!(message(WEIGHTS, &bytes).contains("cannot be decoded"));
    }
}
