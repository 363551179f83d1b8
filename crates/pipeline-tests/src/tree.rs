//! Comparing the files of two folders.

use std::collections::BTreeMap;
use std::path::Path;

/// Every file below `folder`: its path in there, and its bytes.
///
/// # Panics
/// Where something cannot be read.
pub fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display()));
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
                files.insert(name, bytes);
            }
        }
    }
    files
}

/// Checks that two runs hold the same files with the same bytes. Only what the runs cost may differ: a manifest's `timings`,
/// the page's table of timings, and in `evaluate`'s manifest the digest of that page.
///
/// # Panics
/// Names the first file that differs.
pub fn same_bytes(a: &Path, b: &Path) {
    let (a, b) = (files_below(a), files_below(b));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for (name, bytes) in &a {
        assert!(without_timings(name, bytes) == without_timings(name, &b[name]), "{name} differs");
    }
}

fn without_timings(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name.ends_with("manifest.json") {
        let mut manifest: serde_json::Value =
            serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        manifest["timings"].take();
        for output in manifest["outputs"].as_array_mut().into_iter().flatten() {
            if output["path"] == "evaluate/report/index.html" {
                output.take();
            }
        }
        return manifest.to_string().into_bytes();
    }
    if name.ends_with("index.html") {
        let page = String::from_utf8_lossy(bytes);
        let (before, rest) =
            page.split_once("id=\"timings\"").unwrap_or_else(|| panic!("{name} has no timings"));
        let (_, after) =
            rest.split_once("</table>").unwrap_or_else(|| panic!("{name} has no table of timings"));
        return format!("{before}{after}").into_bytes();
    }
    bytes.to_vec()
}
