//! Why a run made again differs from what was recorded, where it can be told.

use std::path::Path;
use std::process::Command;

use artifacts::{Layout, StageName};
use serde_json::Value as Json;

use super::differences::{File, Outcome};
use super::{Rebuilt, Recorded};

/// The reasons, each a sentence; empty where nothing differs. `code` is what [`other_code`] found.
pub fn list(recorded: &Recorded, rebuilt: &Rebuilt, files: &[File], code: &[String]) -> Vec<String> {
    if files.iter().all(|file| file.outcome.is_same()) && rebuilt.refusal.is_none() {
        return Vec::new();
    }
    let mut reasons = Vec::new();
    if let Some((stage, message)) = &rebuilt.refusal {
        reasons.push(format!("{} cannot be run: {message}", stage.name()));
    }
    let now = env!("CARGO_PKG_VERSION");
    let versions = recorded.manifests.iter().filter(|manifest| manifest.version != now);
    reasons.extend(versions.map(|was| {
        format!("other version: {} was run by Podium {}, this is {now}", was.stage.name(), was.version)
    }));
    for (was, is) in recorded.manifests.iter().zip(&rebuilt.manifests) {
        if !was.built_for.is_empty() && was.built_for != is.built_for {
            reasons.push(format!(
                "other build: {} ran as built for {}, now for {}",
                was.stage.name(),
                was.built_for,
                is.built_for
            ));
        }
    }
    reasons.extend(other_raw_data(recorded, rebuilt));
    for (was, is) in recorded.manifests.iter().zip(&rebuilt.manifests) {
        let mut keys = Vec::new();
        other_keys("", &was.config, &is.config, &mut keys);
        reasons
            .extend(keys.into_iter().map(|key| format!("other configuration: {}: {key}", was.stage.name())));
    }
    reasons.extend(code.iter().cloned());
    if files.iter().any(|file| is_page_without_rest(recorded, file)) {
        reasons.push("the page tells how long the run took, and its manifest is of a version that did not note the rest".to_owned());
    }
    if reasons.is_empty() {
        reasons.push(
            "the version, the raw data, the seeds and the configuration are the same: what is left is other code under the same version, \
             or binaries built in another way"
                .to_owned(),
        );
    }
    reasons
}

/// Whether a file differs that holds timings, and the manifest does not say what the rest was.
fn is_page_without_rest(recorded: &Recorded, file: &File) -> bool {
    let report = artifacts::layout::REPORT;
    let path = format!("{}/{}", report.stage.name(), report.file);
    let mut outputs = recorded.manifests.iter().flat_map(|manifest| &manifest.outputs);
    file.path == path
        && file.outcome == Outcome::Differs
        && outputs.any(|output| output.path == path && output.sha256_without_timings.is_none())
}

/// The raw files that were read then and now and are not the same.
pub fn other_raw_data(recorded: &Recorded, rebuilt: &Rebuilt) -> Vec<String> {
    let Some(split) = rebuilt.manifests.first() else { return Vec::new() };
    let (was, is) = (&recorded.first().inputs, &split.inputs);
    let mut reasons = Vec::new();
    for file in was {
        match is.iter().find(|now| now.path == file.path) {
            None => reasons.push(format!("other raw data: {} was read then and not now", file.path)),
            Some(now) if now.sha256 != file.sha256 => reasons.push(format!(
                "other raw data: {} had {} bytes and SHA-256 {:.12}, now {} and {:.12}",
                file.path, file.bytes, file.sha256, now.bytes, now.sha256
            )),
            Some(_) => {}
        }
    }
    let new = is.iter().filter(|now| !was.iter().any(|file| file.path == now.path));
    reasons.extend(new.map(|now| format!("other raw data: {} is read now and was not then", now.path)));
    reasons
}

/// The keys whose values differ, with both.
fn other_keys(prefix: &str, was: &Json, is: &Json, told: &mut Vec<String>) {
    match (was, is) {
        (Json::Object(was), Json::Object(is)) => {
            let name = |key: &str| if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
            for (key, value) in was {
                match is.get(key) {
                    Some(now) => other_keys(&name(key), value, now, told),
                    None => told.push(format!("{} was {value}, there is no such key now", name(key))),
                }
            }
            for (key, value) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
                told.push(format!("{} is {value}, there was no such key", name(key)));
            }
        }
        (was, is) if was != is => told.push(format!("{prefix} was {was}, is {is}")),
        _ => {}
    }
}

/// The crates whose code is not what it was when make ran the recorded run, told by the stamps that make left in its folder and those that the
/// program `stamps` writes of the sources in the current folder. Empty where either cannot be had: a run that make did not make, or
/// binaries without sources.
pub fn other_code(recorded: &Recorded, stamps: &Path, scratch: &Path) -> Vec<String> {
    let now = Layout::new(scratch.join("stamps"));
    let _ = std::fs::create_dir_all(now.root());
    for stage in StageName::ALL {
        let _ = std::fs::write(now.root().join(format!("{}.toml", stage.name())), "");
    }
    let output = Command::new(stamps)
        .args(["--workspace", ".", "--arguments", ""])
        .arg("--config")
        .arg(now.root())
        .arg("--artifacts")
        .arg(now.root())
        .output();
    if !output.is_ok_and(|output| output.status.success()) {
        return Vec::new();
    }
    let mut told: Vec<String> = Vec::new();
    for manifest in &recorded.manifests {
        let read = |layout: &Layout| std::fs::read_to_string(layout.code_stamp(manifest.stage)).ok();
        let (Some(was), Some(is)) = (read(&recorded.layout), read(&now)) else { continue };
        let other = |line: &&str| !was.lines().any(|then| then == *line);
        let names = is.lines().filter(other).filter_map(|line| line.split(' ').next());
        for name in names.map(str::to_owned) {
            if !told.contains(&name) {
                told.push(name);
            }
        }
    }
    if told.is_empty() {
        told
    } else {
        vec![format!("other code than the run was made with: {}", told.join(", "))]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_told_with_both_values() {
        let mut told = Vec::new();
        let (was, is) = (
            json!({"gb": {"n_trees": 40, "old": 1}, "k": [1]}),
            json!({"gb": {"n_trees": 50}, "k": [1], "new": true}),
        );
        other_keys("", &was, &is, &mut told);
        assert_eq!(
            told,
            [
                "gb.n_trees was 40, is 50",
                "gb.old was 1, there is no such key now",
                "new is true, there was no such key"
            ]
        );
    }
}
