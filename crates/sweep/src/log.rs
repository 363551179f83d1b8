//! The trials that are finished: a line each in a file that is appended to and synced, so that a search that is killed loses the trial that it was
//! at and nothing else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use artifacts::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use stage::UsageError;

/// One finished trial.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Trial {
    /// From 0 on; 0 is the preset as it is.
    pub number: u32,
    /// A value for each key of the space, in its order; `None` where the preset has none.
    pub values: Vec<Option<Json>>,
    /// The mean of the metric over users on each split; empty where a stage refused.
    pub of_splits: Vec<f64>,
    /// Their mean; `None` where a stage refused.
    pub value: Option<f64>,
    /// The fingerprint of what was measured on each split.
    pub fingerprints: Vec<String>,
    /// Users on all splits together.
    pub n_users: u64,
    /// What the stages of the trial took, when they were run, on all splits together.
    pub cpu_seconds: f64,
    /// The same by the clock.
    pub wall_seconds: f64,
    /// What the stage said that refused; empty where none did.
    pub problem: String,
}

/// The file. No two programs have it open.
#[derive(Debug)]
pub struct Log {
    file: File,
    path: PathBuf,
    trials: Vec<Trial>,
}

impl Log {
    /// Opens the file at `path`, made where it is missing, and reads its trials. The first line holds `identity`: of what the trials are.
    ///
    /// # Errors
    /// [`UsageError`] where it holds trials of something else, or another search has it open; [`Error`] where it cannot be read or written, or
    /// holds what no search wrote.
    pub fn open(path: &Path, identity: &str) -> anyhow::Result<Self> {
        let write = |source| Error::Write { path: path.to_owned(), source };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(write)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(write)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(UsageError(format!("another sweep is at work in {}", folder.display())).into());
            }
            Err(TryLockError::Error(source)) => return Err(write(source).into()),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        // A line without its end was being written when the search was killed.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(write)?;
        let mut log = Self { file, path: path.to_owned(), trials: Vec::new() };
        let mut lines = text[..whole].lines();
        match lines.next() {
            None => log.append_line(&Json::from(identity).to_string())?,
            Some(line) if serde_json::from_str::<String>(line).is_ok_and(|found| found == identity) => {}
            Some(_) => {
                return Err(UsageError(format!(
                    "{} holds trials of another space, run, seed or build of the stages; remove {} (or say --anew, make: ANEW=1) to search \
                     again from the start",
                    path.display(),
                    folder.display()
                ))
                .into());
            }
        }
        for (at, line) in lines.enumerate() {
            let trial: Option<Trial> =
                serde_json::from_str(line).ok().filter(|trial: &Trial| trial.number as usize == at);
            let Some(trial) = trial else {
                return Err(Error::Corrupt {
                    path: path.to_owned(),
                    problem: format!("line {} is not trial {at}", at + 2),
                    make_target: "sweep ANEW=1".to_owned(),
                }
                .into());
            };
            log.trials.push(trial);
        }
        Ok(log)
    }

    /// The trials so far.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Adds a finished trial; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn push(&mut self, trial: Trial) -> anyhow::Result<()> {
        self.append_line(&serde_json::to_string(&trial)?)?;
        self.trials.push(trial);
        Ok(())
    }

    fn append_line(&mut self, line: &str) -> Result<(), Error> {
        let write = |source| Error::Write { path: self.path.clone(), source };
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(write)?;
        self.file.sync_data().map_err(write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(number: u32) -> Trial {
        let value = Some(0.1 + 0.2 * f64::from(number));
        Trial { number, value, values: vec![Some(Json::from(0.1 + 0.2)), None], ..Trial::default() }
    }

    #[test]
    fn half_a_line_is_forgotten_and_the_rest_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x/trials.jsonl");
        let mut log = Log::open(&path, "a").unwrap();
        log.push(trial(0)).unwrap();
        log.push(trial(1)).unwrap();
        let busy = Log::open(&path, "a").unwrap_err().to_string();
        assert!(busy.contains("another sweep is at work"), "{busy}");
        drop(log);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 5]).unwrap();
        let mut log = Log::open(&path, "a").unwrap();
        assert_eq!(log.trials(), [trial(0)]);
        log.push(trial(1)).unwrap();
        drop(log);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn trials_of_something_else_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trials.jsonl");
        drop(Log::open(&path, "a").unwrap());
        let message = Log::open(&path, "b").unwrap_err().to_string();
        assert!(message.contains("holds trials of another space, run, seed or build"), "{message}");
        fs::write(&path, "\"a\"\n{}\n").unwrap();
        let error = Log::open(&path, "a").unwrap_err();
        assert!(error.downcast_ref::<Error>().is_some_and(Error::is_input), "{error}");
    }
}
