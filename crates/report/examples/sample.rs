//! Writes a report to be looked at in a browser: `cargo run --release -p report --example sample -- <folder> [generated | million]`.
//! Without a second argument it holds the reference's numbers on ml-latest-small; `generated` fills every section with generated data,
//! `million` does so from a million scored rows.

#![expect(clippy::print_stdout, reason = "a program for a person at a terminal")]

use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs};

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use fixture::generated::Size;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: sample <folder> [generated | million]")?);
    let data = match arguments.next().as_deref() {
        None => fixture::notebook(),
        Some("generated") => fixture::generated(Size { n_users: 600, n_test: (12, 60), catalogue: true }),
        Some("million") => fixture::generated(Size { n_users: 20_000, n_test: (50, 50), catalogue: false }),
        Some(other) => return Err(format!("{other}: expected generated or million").into()),
    };
    let started = Instant::now();
    let report = report::render(&data)?;
    let cold = started.elapsed();
    let started = Instant::now();
    report::render(&data)?;
    let warm = started.elapsed();
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("index.html"), &report.html)?;
    for plot in &report.plots {
        fs::write(folder.join(format!("{}.svg", plot.name)), &plot.svg)?;
        fs::write(folder.join(format!("{}.png", plot.name)), &plot.png)?;
    }
    let size = report.html.len() / 1000;
    println!(
        "{} plots and a page of {size} kB, drawn in {cold:.1?}, again in {warm:.1?}",
        report.plots.len()
    );
    Ok(())
}
