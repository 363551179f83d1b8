//! File by file, what the manifests say and what has been found.

use artifacts::manifest::FileRecord;
use artifacts::{Manifest, Sha256Hex};

use super::{Rebuilt, Recorded};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The same bytes.
    Same,
    /// The same bytes but for what the run cost, which the file tells.
    SameButTimings,
    /// Other bytes.
    Differs,
    /// The run had it, this one has not.
    Missing,
    /// The run had it not.
    New,
    /// Its stage was not run, because an earlier one differs or failed.
    NotRebuilt,
}

impl Outcome {
    /// In the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameButTimings => "same but for timings",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::New => "new",
            Self::NotRebuilt => "not rebuilt",
        }
    }

    /// Whether it is what was to be reproduced.
    pub fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::SameButTimings)
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below the run's folder; of a raw file, its name.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The digest in the manifest.
    pub expected: Option<Sha256Hex>,
    /// The digest now.
    pub found: Option<Sha256Hex>,
}

/// The raw files that were read, then every file that was written, stage by stage.
pub fn list(recorded: &Recorded, rebuilt: &Rebuilt) -> Vec<File> {
    let mut files = Vec::new();
    for (at, was) in recorded.manifests.iter().enumerate() {
        let is = rebuilt.manifests.get(at);
        if at == 0 {
            files.extend(pair(&was.inputs, is.map(|is| is.inputs.as_slice())));
        }
        files.extend(pair(&was.outputs, is.map(|is: &Manifest| is.outputs.as_slice())));
    }
    files
}

/// `was` against `is`, which is `None` where the stage was not run.
fn pair(was: &[FileRecord], is: Option<&[FileRecord]>) -> Vec<File> {
    let same_name = |one: &FileRecord, other: &FileRecord| one.path == other.path;
    let mut files: Vec<File> = was
        .iter()
        .map(|expected| {
            let found = is.and_then(|is| is.iter().find(|found| same_name(found, expected)));
            let outcome = match (is, found) {
                (None, _) => Outcome::NotRebuilt,
                (Some(_), None) => Outcome::Missing,
                (_, Some(found)) => outcome(expected, found),
            };
            File {
                path: expected.path.clone(),
                outcome,
                expected: Some(expected.sha256.clone()),
                found: found.map(|found| found.sha256.clone()),
            }
        })
        .collect();
    let new = is.into_iter().flatten().filter(|found| !was.iter().any(|expected| same_name(expected, found)));
    files.extend(new.map(|found| File {
        path: found.path.clone(),
        outcome: Outcome::New,
        expected: None,
        found: Some(found.sha256.clone()),
    }));
    files
}

fn outcome(expected: &FileRecord, found: &FileRecord) -> Outcome {
    let (then, now) = (&expected.sha256_without_timings, &found.sha256_without_timings);
    if expected.sha256 == found.sha256 {
        Outcome::Same
    } else if then.is_some() && then == now {
        Outcome::SameButTimings
    } else {
        Outcome::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(path: &str, sha256: &str, rest: Option<&str>) -> FileRecord {
        let sha256_without_timings = rest.map(str::to_owned);
        FileRecord { sha256_without_timings, ..FileRecord::new(path.to_owned(), sha256.to_owned(), 1) }
    }

    #[test]
    fn every_file_of_both_sides_is_told() {
        let was = [
            record("a", "1", None),
            record("b", "2", None),
            record("page", "3", Some("r")),
            record("old page", "4", None),
            record("gone", "5", None),
        ];
        let is = [
            record("a", "1", None),
            record("b", "20", None),
            record("page", "30", Some("r")),
            record("old page", "40", Some("r")),
            record("c", "6", None),
        ];
        let told: Vec<_> = pair(&was, Some(&is)).into_iter().map(|file| (file.path, file.outcome)).collect();
        let expected = [
            ("a", Outcome::Same),
            ("b", Outcome::Differs),
            ("page", Outcome::SameButTimings),
            ("old page", Outcome::Differs),
            ("gone", Outcome::Missing),
            ("c", Outcome::New),
        ];
        assert_eq!(told, expected.map(|(path, outcome)| (path.to_owned(), outcome)));
        assert!(pair(&was, None).iter().all(|file| file.outcome == Outcome::NotRebuilt));
    }
}
