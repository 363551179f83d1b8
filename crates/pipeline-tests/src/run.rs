//! Running the stage binaries.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The stages, in running order.
pub const STAGES: [&str; 5] = ["split", "train-base", "build-features", "train-meta", "evaluate"];

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// The path of a release binary of the workspace. The tests run what was built beside them.
///
/// # Panics
/// Where it has not been built: `make test` builds first.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    // target/release/deps/<test>
    let folder = test.ancestors().nth(2).unwrap_or(Path::new("."));
    let path = folder.join(name);
    assert!(path.is_file(), "{} is not built; run `make build` first", path.display());
    path
}

/// How a binary ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed on stdout.
    pub stdout: String,
    /// What it printed on stderr.
    pub stderr: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// The folder of one run, and how its stages are called.
#[derive(Debug, Clone)]
pub struct RunFolder {
    /// `--artifacts`.
    pub artifacts: PathBuf,
    /// `--data`.
    pub data: PathBuf,
    /// `config/<preset>`.
    pub preset: String,
    /// Flags that every stage gets.
    pub flags: Vec<String>,
    /// Flags that `split` alone gets.
    pub split_flags: Vec<String>,
}

impl RunFolder {
    /// A run of `preset` on `data` with its artifacts in `artifacts`.
    pub fn new(artifacts: impl Into<PathBuf>, data: impl Into<PathBuf>, preset: &str) -> Self {
        Self {
            artifacts: artifacts.into(),
            data: data.into(),
            preset: preset.to_owned(),
            flags: Vec::new(),
            split_flags: vec!["--preset".to_owned(), preset.to_owned()],
        }
    }

    /// The same run with a flag more for every stage.
    #[must_use]
    pub fn with_flag(mut self, flag: &str, value: impl ToString) -> Self {
        self.flags.extend([flag.to_owned(), value.to_string()]);
        self
    }

    /// The same run with a split made elsewhere.
    #[must_use]
    pub fn with_assignments(mut self, file: &Path) -> Self {
        self.split_flags.extend(["--assignments".to_owned(), file.display().to_string()]);
        self
    }

    /// The command line of `stage`.
    pub fn command(&self, stage: &str) -> Command {
        let mut command = Command::new(binary(stage));
        let config = workspace().join("config").join(&self.preset).join(format!("{stage}.toml"));
        command.arg("--config").arg(config).arg("--artifacts").arg(&self.artifacts).args(&self.flags);
        if stage == "split" {
            command.arg("--data").arg(&self.data).args(&self.split_flags);
        }
        command
    }

    /// Runs `stage` to its end.
    ///
    /// # Panics
    /// Where it cannot be started.
    pub fn run(&self, stage: &str) -> Outcome {
        match self.command(stage).output() {
            Ok(output) => output.into(),
            Err(error) => panic!("cannot start {stage}: {error}"),
        }
    }

    /// Runs `stages`, each of which must succeed.
    ///
    /// # Panics
    /// Where one fails.
    pub fn run_all(&self, stages: &[&str]) {
        for stage in stages {
            let outcome = self.run(stage);
            assert_eq!(outcome.code, Some(0), "{stage}: {}", outcome.stderr);
        }
    }

    /// The path of an artifact, for example `split/ratings.parquet`.
    pub fn path(&self, artifact: &str) -> PathBuf {
        self.artifacts.join(artifact)
    }
}
