//! The fingerprint of a stage's code: of the tokens, not of the text.
//!
//! It covers the sources of the stage's crate and of every crate of the workspace below it, without comments, documentation,
//! layout and `#[cfg(test)]` items; the files that these sources include; and the exact versions of all crates that they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, anyhow};
use artifacts::{Sha256Hex, sha256_of_bytes};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use toml::{Table, Value};

/// Folders of a crate that no binary is built from.
const NOT_BUILT: [&str; 4] = ["tests", "benches", "examples", "target"];

/// The packages of `Cargo.lock`, by name.
pub struct Packages {
    workspace: PathBuf,
    packages: BTreeMap<String, Package>,
}

struct Package {
    /// Version and checksum; of two versions of one package, both.
    versions: Vec<String>,
    dependencies: BTreeSet<String>,
    is_ours: bool,
}

impl Packages {
    /// Reads the lock file of `workspace`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(workspace: &Path) -> anyhow::Result<Self> {
        let path = workspace.join("Cargo.lock");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let lock: Table = text.parse().with_context(|| path.display().to_string())?;
        let mut packages = BTreeMap::<String, Package>::new();
        for entry in lock.get("package").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let dependencies = entry.get("dependencies").and_then(Value::as_array).into_iter().flatten();
            // A dependency is `name` or `name version`.
            let names = dependencies.filter_map(|name| name.as_str()?.split(' ').next().map(str::to_owned));
            let package = packages.entry(text("name")).or_insert_with(|| Package {
                versions: Vec::new(),
                dependencies: BTreeSet::new(),
                is_ours: entry.get("source").is_none(),
            });
            package.versions.push(format!("{} {}", text("version"), text("checksum")));
            package.dependencies.extend(names);
        }
        Ok(Self { workspace: workspace.to_owned(), packages })
    }

    /// The fingerprints of the packages called `names`, each with all that it is built from.
    ///
    /// # Errors
    /// Where a package is unknown or a source cannot be read.
    pub fn fingerprints(&self, names: &[&str]) -> anyhow::Result<Vec<String>> {
        let closure = |name: &&str| self.closure(name).with_context(|| format!("the code of {name}"));
        let closures: Vec<BTreeSet<String>> = names.iter().map(closure).collect::<Result<_, _>>()?;
        let ours = closures.iter().flatten().filter(|name| self.packages[*name].is_ours);
        let digests = self.digests(&ours.map(String::as_str).collect())?;
        let toolchain = fs::read(self.workspace.join("rust-toolchain.toml")).unwrap_or_default();
        let toolchain = sha256_of_bytes(&toolchain);
        let fingerprint = |closure: &BTreeSet<String>| {
            let mut lines = format!("toolchain {toolchain}\n");
            for name in closure {
                let versions = || self.packages[name].versions.join(", ");
                let what = digests.get(name.as_str()).cloned().unwrap_or_else(versions);
                let _ = writeln!(lines, "{name} {what}");
            }
            lines
        };
        Ok(closures.iter().map(fingerprint).collect())
    }

    /// The digest of each crate's sources: of each once, though most are part of several stages, and side by side.
    fn digests<'a>(&self, names: &BTreeSet<&'a str>) -> anyhow::Result<BTreeMap<&'a str, Sha256Hex>> {
        let digest =
            |name: &str| anyhow::Ok(sha256_of_bytes(&sources(&self.workspace.join("crates").join(name))?));
        let panicked = |_| anyhow!("a thread panicked");
        thread::scope(|scope| {
            let running: Vec<_> =
                names.iter().map(|&name| (name, scope.spawn(move || digest(name)))).collect();
            let done = |(name, thread): (_, thread::ScopedJoinHandle<'_, _>)| {
                Ok((name, thread.join().map_err(panicked)??))
            };
            running.into_iter().map(done).collect()
        })
    }

    fn closure(&self, name: &str) -> anyhow::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            let package =
                self.packages.get(&name).ok_or_else(|| anyhow!("Cargo.lock has no package {name}"))?;
            if found.insert(name) {
                open.extend(package.dependencies.iter().cloned());
            }
        }
        Ok(found)
    }
}

/// Names and contents of all files that the crate in `folder` is built from; of Rust files the tokens.
fn sources(folder: &Path) -> anyhow::Result<Vec<u8>> {
    let mut content = Vec::new();
    for file in files(folder)? {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let tokens = (file.extension().is_some_and(|extension| extension == "rs"))
            .then(|| std::str::from_utf8(&bytes).ok()?.parse::<TokenStream>().ok())
            .flatten();
        content.extend_from_slice(format!("\n{name}\n").as_bytes());
        match tokens {
            Some(tokens) => content.extend_from_slice(without_notes(tokens).to_string().as_bytes()),
            None => content.extend_from_slice(&bytes),
        }
    }
    Ok(content)
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let name = entry.file_name();
        if entry.file_type().with_context(cannot)?.is_dir() {
            if !NOT_BUILT.iter().any(|folder| name == *folder) {
                found.extend(files(&entry.path())?);
            }
        } else if !name.to_string_lossy().ends_with(".md") {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// `tokens` without documentation and without `#[cfg(test)]` items.
fn without_notes(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if !is_punct(&token, '#') {
            kept.push(inside(token));
            continue;
        }
        let bang = tokens.next_if(|next| is_punct(next, '!'));
        let Some(attribute) = tokens.next() else { break };
        let text = attribute.to_string();
        if text.starts_with("[doc =") {
            continue;
        }
        if text == "[cfg (test)]" || text == "[cfg(test)]" {
            // The item ends with its body or its semicolon.
            for token in tokens.by_ref() {
                let body = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                if body || is_punct(&token, ';') {
                    break;
                }
            }
            continue;
        }
        kept.push(token);
        kept.extend(bang);
        kept.push(inside(attribute));
    }
    kept.into_iter().collect()
}

fn inside(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Group(group) => {
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without_notes(group.stream())))
        }
        other => other,
    }
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        without_notes(text.parse().unwrap()).to_string()
    }

    #[test]
    fn comments_documentation_and_tests_do_not_count() {
        let plain = code("pub fn f(x: u8) -> u8 { x + 1 }");
        let noted = "//! A module.\n\n/// Adds one.\npub fn f(\n    x: u8, // a byte\n) -> u8 {\n    /* why */ x + 1\n}\n\
                     #[cfg(test)]\nmod tests { fn t() {} }\n#[cfg(test)]\nuse std::fmt;";
        assert_eq!(code(noted).replace(" ,", ""), plain);
        assert_ne!(code("pub fn f(x: u8) -> u8 { x + 2 }"), plain);
    }

    #[test]
    fn other_attributes_count() {
        assert_ne!(code("#[inline] fn f() {}"), code("fn f() {}"));
        assert_ne!(code("#![allow(x)] fn f() {}"), code("fn f() {}"));
    }

    #[test]
    fn the_fingerprint_follows_dependencies_and_nothing_else() {
        let workspace = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = workspace.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let package = |name: &str, dependencies: &str| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\ndependencies = [{dependencies}]\n")
        };
        let lock = package("split", "\"raw\"") + &package("evaluate", "") + &package("raw", "");
        write("Cargo.lock", &lock);
        for name in ["split", "evaluate", "raw"] {
            write(&format!("crates/{name}/src/lib.rs"), "fn f() {}");
        }
        let of = |name: &str| Packages::read(workspace.path()).unwrap().fingerprints(&[name]).unwrap();
        let (split, evaluate) = (of("split"), of("evaluate"));
        write("crates/raw/src/lib.rs", "fn g() {}");
        assert_ne!(of("split"), split);
        assert_eq!(of("evaluate"), evaluate);
        let changed = of("split");
        write("crates/raw/src/lib.rs", "/// G.\nfn g() {} // here");
        write("crates/raw/tests/t.rs", "fn t() {}");
        assert_eq!(of("split"), changed);
    }
}
