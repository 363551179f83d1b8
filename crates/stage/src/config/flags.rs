//! One flag for every key.

use clap::{Arg, ArgAction, Command};
use schemars::JsonSchema;

use super::keys::{self, Kind};

const HEADING: &str = "Configuration (each flag is also a key of the TOML file, and wins over it)";

/// `command` with one more flag for every key of `C`.
pub(crate) fn add_flags<C: JsonSchema>(command: Command) -> Command {
    keys::of::<C>().into_iter().fold(command, |command, key| {
        let help = key.help.lines().collect::<Vec<_>>().join(" ");
        let arg = Arg::new(key.flag())
            .long(key.flag())
            .help(help.trim_end_matches('.').to_owned())
            .help_heading(HEADING)
            .value_name(key.kind.placeholder())
            .allow_hyphen_values(matches!(key.kind, Kind::Integer | Kind::Number))
            .action(ArgAction::Set);
        command.arg(match key.kind {
            Kind::Boolean => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
            _ => arg,
        })
    })
}
