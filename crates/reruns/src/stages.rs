//! The stages as child processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use stage::{StageName, UsageError};

/// Where the stages are, and what each is told.
pub struct Stages {
    bin: PathBuf,
    threads: usize,
}

/// One call of one stage.
pub struct Call<'a> {
    /// Its configuration file.
    pub config: &'a Path,
    /// The folder of the run.
    pub artifacts: &'a Path,
    /// The seed of the split and of everything after it.
    pub seed: u64,
    /// What this stage alone takes.
    pub flags: &'a [&'a str],
}

/// What a stage said that could not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its message, without the name of the program that is in front.
    pub message: String,
    /// Whether its flags or its configuration are to be mended.
    pub is_usage: bool,
}

/// The exit code of wrong usage or configuration.
const USAGE: i32 = 2;

impl Stages {
    /// The stages in the folder `bin`, or beside this program; each works on so many threads, 0 for one a core.
    ///
    /// # Errors
    /// [`UsageError`] where one of them is not there.
    pub fn find(bin: Option<&Path>, threads: usize) -> anyhow::Result<Self> {
        let bin = if let Some(bin) = bin {
            bin.to_owned()
        } else {
            let this = std::env::current_exe().context("cannot tell where this program is; say --bin")?;
            this.parent().unwrap_or(Path::new(".")).to_owned()
        };
        let stages = Self { bin, threads };
        for stage in StageName::TO_VERDICT {
            let path = stages.path(stage);
            if !path.is_file() {
                let problem = format!(
                    "{} is not there; run `make build`, or say with --bin where the stages are",
                    path.display()
                );
                return Err(UsageError(problem).into());
            }
        }
        Ok(stages)
    }

    fn path(&self, stage: StageName) -> PathBuf {
        self.path_of(stage.name())
    }

    /// Where the program `name` would stand: beside the stages.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Runs `stage` to its end.
    ///
    /// # Errors
    /// Where it cannot be started. A stage that ends with another code than 0 is no error of this program: its [`Refusal`] is the result.
    pub fn run(&self, stage: StageName, call: &Call<'_>) -> anyhow::Result<Result<(), Refusal>> {
        let path = self.path(stage);
        let output = Command::new(&path)
            .arg("--config")
            .arg(call.config)
            .arg("--artifacts")
            .arg(call.artifacts)
            .args(["--seed", &call.seed.to_string(), "--threads", &self.threads.to_string(), "--quiet"])
            .args(call.flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", path.display()))?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Ok(Err(Refusal {
            message: message(stage, &said)
                .unwrap_or_else(|| format!("{} ended with {}", stage.name(), output.status)),
            is_usage: output.status.code() == Some(USAGE),
        }))
    }
}

/// The last line that the stage said, which is its error.
fn message(stage: StageName, said: &str) -> Option<String> {
    let line = said.lines().rev().find(|line| !line.trim().is_empty())?;
    let prefix = format!("{}: error: ", stage.name());
    Some(line.strip_prefix(prefix.as_str()).unwrap_or(line).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_the_error_without_the_name() {
        let said = "train-base: warning: odd\ntrain-base: error: mf.factors is 0, must be in [1, 1024]\n";
        assert_eq!(
            message(StageName::TrainBase, said).as_deref(),
            Some("mf.factors is 0, must be in [1, 1024]")
        );
        assert_eq!(message(StageName::TrainBase, "\n"), None);
    }
}
