//! The manifest that ends every stage folder: what was run, on what, and what came of it.

use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Layout, Sha256Hex, StageName, atomic};

/// Which data a run is about; it stands in every artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The data set's name, for example `ml-latest-small`.
    pub dataset: String,
    /// Whether the data set was generated.
    pub synthetic: bool,
    /// The preset's name, for example `default`.
    pub preset: String,
}

/// A file that a stage read or wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The path below the run's folder; of a raw file, its name.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Hex,
    /// Its size.
    pub bytes: u64,
    /// Its rows, where it is a table.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<u64>,
    /// What an input is for, where its name does not tell: [`ASSIGNMENTS`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<String>,
    /// Where the file tells what the run cost: SHA-256 of the rest, which is the same on every run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256_without_timings: Option<Sha256Hex>,
}

/// The role of a model that was trained elsewhere.
pub const IMPORTED: &str = "imported";
/// The role of a split made elsewhere.
pub const ASSIGNMENTS: &str = "assignments";

impl FileRecord {
    /// A file without rows, role and timings.
    pub fn new(path: String, sha256: Sha256Hex, bytes: u64) -> Self {
        Self { path, sha256, bytes, rows: None, role: None, sha256_without_timings: None }
    }
}

/// What a stage cost: the only part of a manifest that differs between two runs of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// From start to the writing of this file.
    pub wall_seconds: f64,
    /// User and system time of all threads.
    pub cpu_seconds: f64,
    /// The largest resident memory; 0 where the system does not tell.
    pub peak_memory_bytes: u64,
    /// How many threads were allowed.
    pub threads: usize,
}

/// The whole record of one run of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which stage.
    pub stage: StageName,
    /// Podium's version.
    pub version: String,
    /// For what the program was built, as [`built_for`]; empty in manifests that do not say it. Of two C libraries, logarithms may differ in
    /// their last bit.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub built_for: String,
    /// Which data.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The seed of all random streams.
    pub seed: u64,
    /// Every hyper-parameter in force, from defaults, file and flags.
    pub config: serde_json::Value,
    /// The files that were read.
    pub inputs: Vec<FileRecord>,
    /// The files that were written.
    pub outputs: Vec<FileRecord>,
    /// Counts worth knowing, by name.
    pub counts: serde_json::Map<String, serde_json::Value>,
    /// What it cost.
    pub timings: Timings,
}

/// Processor, system and C library that this program was built for, for example `x86_64-linux-gnu`.
pub fn built_for() -> String {
    let library = if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "gnu") {
        "-gnu"
    } else {
        ""
    };
    format!("{}-{}{library}", std::env::consts::ARCH, std::env::consts::OS)
}

impl Manifest {
    /// Reads the manifest of `stage`.
    ///
    /// # Errors
    /// [`Error::Missing`] where the stage has not finished, [`Error::Corrupt`] where the file is no manifest,
    /// [`Error::WrongKind`] where it is another stage's or of another version.
    pub fn read(layout: &Layout, stage: StageName) -> Result<Self, Error> {
        let path = layout.manifest(stage);
        let make_target = stage.name().to_owned();
        let manifest = Self::read_any(&path, &make_target)?;
        let expected = (stage, env!("CARGO_PKG_VERSION"));
        if (manifest.stage, manifest.version.as_str()) != expected {
            return Err(Error::WrongKind {
                path,
                found: format!("the manifest of {} {}", manifest.stage.name(), manifest.version),
                expected: format!("that of {} {}", expected.0.name(), expected.1),
                make_target,
            });
        }
        Ok(manifest)
    }

    /// Reads a manifest of any stage and version; `make_target` makes it.
    ///
    /// # Errors
    /// [`Error::Missing`] where it is not there, [`Error::Corrupt`] where the file is no manifest.
    pub fn read_any(path: &Path, make_target: &str) -> Result<Self, Error> {
        let (path, make_target) = (path.to_owned(), make_target.to_owned());
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Missing { path, make_target });
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        serde_json::from_slice(&bytes).map_err(|error| Error::Corrupt {
            path,
            problem: error.to_string(),
            make_target,
        })
    }

    /// Writes the manifest to `path`; the last thing that a stage does.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        atomic::write(path, |file| {
            serde_json::to_writer_pretty(&mut *file, self)?;
            file.write_all(b"\n")
        })
    }

    /// The record of the output whose path below the run's folder is `path`.
    pub fn output(&self, path: &str) -> Option<&FileRecord> {
        self.outputs.iter().find(|record| record.path == path)
    }

    /// Whether everything that this stage read from the stage of `earlier` is what stands there now.
    ///
    /// # Errors
    /// [`Error::Stale`] where `earlier` has been run again since.
    pub fn check_made_from(&self, earlier: &Self) -> Result<(), Error> {
        for input in &self.inputs {
            let now = earlier.output(&input.path);
            if now.is_some_and(|record| record.sha256 != input.sha256) {
                return Err(Error::Stale {
                    problem: format!(
                        "{} was made from another {} than the one that stands now",
                        self.stage.name(),
                        input.path
                    ),
                    make_target: self.stage.name().to_owned(),
                });
            }
        }
        Ok(())
    }
}
