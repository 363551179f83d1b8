//! Exit codes, and how an error is told.

use std::io::Write as _;
use std::process::ExitCode;

use artifacts::stream::StreamError;

/// The codes, as `--help` tells them.
pub const CODES_HELP: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, \
3 an input artifact is missing, corrupt or of another version.";

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const INPUT: u8 = 3;

/// A flag, a configuration or a raw file that the person at the shell has to mend: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// `--help` and `--version` are successes; everything else that clap says is wrong usage.
pub(crate) fn of_clap(error: &clap::Error) -> ExitCode {
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

fn code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if cause.is::<UsageError>() {
            return USAGE;
        }
        if let Some(stream) = cause.downcast_ref::<StreamError>() {
            return if stream.is_input() { INPUT } else { FAILED };
        }
        if let Some(artifact) = cause.downcast_ref::<artifacts::Error>() {
            return if artifact.is_input() { INPUT } else { FAILED };
        }
    }
    FAILED
}

/// Tells the error on stderr, causes included, and gives the exit code.
pub(crate) fn report(name: &str, error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{name}: error: {error:#}");
    ExitCode::from(code(error))
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_code_follows_the_cause() {
        let usage: anyhow::Error = UsageError("no such key".to_owned()).into();
        assert_eq!(code(&usage.context("reading the configuration")), USAGE);
        let missing = artifacts::Error::Missing { path: "a".into(), make_target: "split".to_owned() };
        assert_eq!(code(&missing.into()), INPUT);
        let full = std::io::Error::other("no space left on device");
        let write = Err::<(), _>(artifacts::Error::Write { path: "a".into(), source: full });
        assert_eq!(code(&write.context("writing the table").unwrap_err()), FAILED);
    }
}
