//! What a program says of itself to shells and to `man`: `--completions SHELL` and `--man`, made from its flags.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Command, ValueEnum as _};
use clap_complete::Shell;

use crate::UsageError;

/// The line below `--help` that tells of it.
pub const HELP: &str = "Also: --completions SHELL (bash, zsh, fish, ...), --man.";

/// What `arguments`, without the program's name, ask for; `None` where they ask for the program's work.
///
/// # Errors
/// [`UsageError`] where the shell is not known or there are arguments besides.
fn asked(arguments: &[OsString], command: Command) -> Option<Result<Vec<u8>, UsageError>> {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let first = *words.first()?;
    let shell = match first.split_once('=') {
        Some(("--completions", shell)) => Some(shell),
        _ if first == "--completions" => words.get(1).copied().or(Some("")),
        _ if first == "--man" => None,
        _ => return None,
    };
    let expected_words = if first == "--completions" { 2 } else { 1 };
    let extra = arguments.len().saturating_sub(expected_words);
    Some(match shell {
        _ if extra > 0 => Err(UsageError(format!("{first} stands alone"))),
        Some(shell) => completions(shell, command),
        None => manual(command),
    })
}

fn completions(shell: &str, mut command: Command) -> Result<Vec<u8>, UsageError> {
    let Ok(known) = Shell::from_str(shell, true) else {
        let names: Vec<String> = Shell::value_variants().iter().map(ToString::to_string).collect();
        return Err(UsageError(format!("--completions {shell}: expected one of {}", names.join(", "))));
    };
    let name = command.get_name().to_owned();
    let mut bytes = Vec::new();
    clap_complete::generate(known, &mut command, name, &mut bytes);
    Ok(bytes)
}

fn manual(command: Command) -> Result<Vec<u8>, UsageError> {
    let mut bytes = Vec::new();
    let written = clap_mangen::Man::new(command).render(&mut bytes);
    written.map(|()| bytes).map_err(|error| UsageError(format!("--man: {error}")))
}

/// Prints what the program was asked to say of itself; `None` where it was asked for its work.
pub fn print(name: &str, command: Command) -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    Some(match asked(&arguments, command)? {
        Ok(bytes) => {
            let _ = std::io::stdout().lock().write_all(&bytes); // a reader that has gone away is no failure
            ExitCode::SUCCESS
        }
        Err(error) => crate::exit::report(name, &error.into()),
    })
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn said(arguments: &[&str]) -> Option<Result<String, String>> {
        let command =
            Command::new("split").version("1").arg(Arg::new("gb-n-trees").long("gb-n-trees").required(true));
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let told = asked(&arguments, command)?;
        Some(told.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.0))
    }

    #[test]
    fn every_flag_is_completed_and_in_the_manual() {
        for shell in ["bash", "zsh", "fish"] {
            let text = said(&["--completions", shell]).unwrap().unwrap();
            assert!(text.contains("gb-n-trees") && text.contains("split"), "{shell}: {text}");
            assert_eq!(said(&[&format!("--completions={shell}")]).unwrap().unwrap(), text);
        }
        let manual = said(&["--man"]).unwrap().unwrap();
        assert!(manual.contains(".TH split 1") && manual.contains("gb\\-n\\-trees"), "{manual}");
    }

    #[test]
    fn other_arguments_are_the_programs() {
        assert_eq!(said(&[]), None);
        assert_eq!(said(&["--gb-n-trees", "--man"]), None);
        let message = said(&["--completions", "tcsh"]).unwrap().unwrap_err();
        assert!(message.starts_with("--completions tcsh: expected one of bash, elvish, fish"), "{message}");
        assert!(said(&["--completions"]).unwrap().is_err());
        assert_eq!(said(&["--man", "x"]).unwrap().unwrap_err(), "--man stands alone");
    }
}
