//! Writes a report of the reference's numbers on ml-latest-small, to be looked at in a browser:
//! `cargo run --release -p report --example sample -- <folder> [generated]`.

#![expect(clippy::print_stdout, reason = "a program for a person at a terminal")]

use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs};

#[path = "../tests/fixture/mod.rs"]
mod fixture;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: sample <folder> [generated]")?);
    let mut data = fixture::notebook();
    if arguments.next().is_some() {
        data.synthetic = true;
        "synth-small".clone_into(&mut data.dataset);
    }
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
