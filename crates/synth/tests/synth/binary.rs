//! Flags, messages and exit codes.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn synth(args: &[&str], out: &Path) -> Output {
    Command::cargo_bin("synth").unwrap().args(args).arg("--out").arg(out).output().unwrap()
}

#[test]
fn one_line_says_what_was_made_and_quiet_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/data");
    let args = ["--users", "3", "--items", "8", "--ratings", "12", "--seed", "5"];
    let output = synth(&args, &out);
    assert_eq!(output.status.code(), Some(0));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("synth: 12 ratings of 8 items by 3 users in"), "{message}");
    assert!(output.stdout.is_empty() && message.lines().count() == 1);
    let marker = fs::read_to_string(out.join("SYNTHETIC")).unwrap();
    assert!(marker.contains("users = 3\nitems = 8\nratings = 12\nseed = 5\n"), "{marker}");
    let output = synth(&[&args[..], &["--quiet"]].concat(), &out);
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("data");
    for (args, message) in [
        (&["--ratings", "1"][..], "ratings = 1: expected 610 (one a user)"),
        (&["--users", "0"], "users = 0: expected 1 to 100000000"),
        (&["--users", "-3"], "unexpected argument '-3'"),
        (&["--users", "many"], "invalid value 'many'"),
        (&["--films", "3"], "--films"),
        (&["--scale", "25"], "expected a number of million ratings"),
        (&["--scale", "1m", "--users", "5"], "cannot be used with"),
    ] {
        let output = synth(args, &out);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(message), "{args:?}: {stderr}");
        assert!(!out.exists());
    }
    fs::write(&out, "a file").unwrap();
    assert_eq!(synth(&[], &out).status.code(), Some(2));
    let output = synth(&[], &out.join("below/a/file"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("cannot be written"), "{stderr}");
}
