//! The disk: what a stage leaves behind and how the next one reads it.
//!
//! Every path stands in [`layout`]; tables are Parquet ([`table`], with one file a kind under [`tables`]), models are bincode
//! in an envelope ([`model_file`]), tables on a pipe are Arrow streams ([`stream`]), and each stage folder ends with a manifest ([`manifest`]). Every file is written to a
//! temporary name in the same folder, synced and renamed ([`atomic`]).

pub mod atomic;
mod error;
mod fingerprint;
pub mod layout;
pub mod manifest;
pub mod model_file;
mod sha256;
pub mod stream;
pub mod table;
pub mod tables;

pub use error::Error;
pub use fingerprint::Fingerprint;
pub use layout::{Layout, StageName};
pub use manifest::{Manifest, Provenance};
pub use model_file::Schema;
pub use sha256::{Sha256Hex, Sha256Stream, sha256_of, sha256_of_bytes, sha256_of_file};
pub use table::{Column, Table};
