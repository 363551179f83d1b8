//! A configuration without its comments, its layout and the order of its keys.

use std::path::Path;

use anyhow::Context as _;

/// The keys and values of the file at `path`, sorted. A file that is no TOML stands for itself: the stage will say what is
/// wrong with it.
///
/// # Errors
/// Where the file cannot be read.
pub fn canonical(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration {}", path.display()))?;
    Ok(text.parse::<toml::Table>().map_or(text, |table| table.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        let canonical = |text: &str| {
            std::fs::write(&path, text).unwrap();
            canonical(&path).unwrap()
        };
        let first = canonical("b = 1 # how many\n[t]\nx = 0.50\n");
        assert_eq!(first, canonical("# a comment\nb=1\n\n[t]\nx = 0.5"));
        assert_ne!(first, canonical("b = 2\n[t]\nx = 0.5"));
        assert_eq!(canonical("b = = 2"), "b = = 2");
    }
}
