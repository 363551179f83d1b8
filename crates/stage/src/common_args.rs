//! The flags that every stage takes.

use std::path::PathBuf;

use crate::Bytes;

#[expect(missing_docs, reason = "clap would print it above every stage's own help")]
#[derive(Debug, Clone, clap::Args)]
pub struct CommonArgs {
    /// The stage's configuration (TOML); without it the values of the `default` preset hold
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The folder of this run, `<dataset>/<preset>`: each stage has a folder in it
    #[arg(long, value_name = "DIR", default_value = "artifacts/ml-latest-small/default")]
    pub artifacts: PathBuf,

    /// The seed of all random streams
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub seed: u64,

    /// How many threads to use; 0 is one a core. The results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads)]
    pub threads: usize,

    /// The most memory that the stage may take, for example 4GiB or 500MB: by its own forecast, it works in smaller steps
    /// where it can, and refuses to start where it would need more
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<Bytes>,

    /// Print the configuration in force as JSON, and do nothing else
    #[arg(long)]
    pub print_config: bool,

    /// Print nothing but warnings and errors
    #[arg(long)]
    pub quiet: bool,
}

/// More threads than any machine of today has are a slip of the keyboard, and would exhaust the system.
fn threads(text: &str) -> Result<usize, String> {
    let threads: usize = text.parse().map_err(|_| "expected a whole number from 0 to 1024".to_owned())?;
    if threads > 1024 { Err("expected a whole number from 0 to 1024".to_owned()) } else { Ok(threads) }
}
