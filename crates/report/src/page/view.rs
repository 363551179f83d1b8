//! What the template is given: every number already a word.

use serde::Serialize;

use super::controls::Controls;
use super::embed;
use super::table::Table;
use crate::chart::Medium;
use crate::data::{Command, Comparison, Counts, Protocol, ReportData, StageConfig, StageRun};
use crate::format;
use crate::metric::Metric;
use crate::plots::{Frame, Place, PlotSpec};

/// The page's content.
#[derive(Serialize)]
pub struct Page<'a> {
    /// CSS; our own, not escaped.
    style: String,
    /// JavaScript; our own, not escaped.
    script: String,
    dataset: &'a str,
    synthetic: bool,
    preset: &'a str,
    seed: u64,
    version: &'a str,
    k: u32,
    threshold: String,
    leak_note: Option<&'a str>,
    verdict: Verdict<'a>,
    table: Table,
    controls: Option<Controls>,
    /// JSON for the scripts; safe inside a script element.
    measurements: Option<String>,
    protocols: Vec<ProtocolRow<'a>>,
    explorer: Option<ExplorerView<'a>>,
    users_evaluated: String,
    users_left_out: String,
    facts: Vec<Fact>,
    parts: Vec<Part>,
    quality: Vec<Figure<'a>>,
    users: Vec<Figure<'a>>,
    learning: Vec<Figure<'a>>,
    data_figures: Vec<Figure<'a>>,
    stages: Vec<Stage<'a>>,
    total_time: String,
    peak_memory: String,
    configs: &'a [StageConfig],
    rerun: &'a [Command],
}

/// Does the stack earn its keep?
#[derive(Serialize)]
struct Verdict<'a> {
    /// The most important sentence first.
    sentences: Vec<String>,
    figure: Option<Figure<'a>>,
    comparisons: Vec<ComparisonRow<'a>>,
    level: String,
}

/// One comparison, in a table.
#[derive(Serialize)]
struct ComparisonRow<'a> {
    stack: &'a str,
    rival: &'a str,
    role: &'a str,
    protocol: String,
    metric: String,
    difference: String,
    interval: String,
    p_holm: String,
    /// Whether zero is outside of the interval.
    clear: bool,
}

/// What was ranked.
#[derive(Serialize)]
struct ProtocolRow<'a> {
    name: &'a str,
    ranks: &'a str,
    users_evaluated: String,
    users_left_out: String,
    candidate_recall: String,
    fingerprint: &'a str,
}

/// What stands around the explorer.
#[derive(Serialize)]
struct ExplorerView<'a> {
    /// JSON for the script; safe inside a script element.
    json: String,
    n_users: String,
    n_users_total: String,
    sampling: &'a str,
    known_order: &'a str,
    protocol: &'a str,
}

/// A number with its name.
#[derive(Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

/// One part of the split.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    purpose: &'static str,
    count: String,
    share: String,
    /// For the width of its bar, in percent: a plain decimal number.
    percent: String,
}

/// A plot on the page.
#[derive(Serialize)]
struct Figure<'a> {
    name: &'a str,
    title: &'a str,
    caption: &'a str,
    /// Our own SVG, not escaped.
    narrow: String,
    medium: String,
    /// Where the plot spans the page.
    full: Option<String>,
}

/// A stage's manifest in brief.
#[derive(Serialize)]
struct Stage<'a> {
    name: &'a str,
    version: &'a str,
    time: String,
    memory: String,
    rows_read: String,
    rows_written: String,
}

impl<'a> Page<'a> {
    /// The content of `data` and `plots`, with the page's CSS and script.
    pub fn new(data: &'a ReportData, plots: &'a [PlotSpec<'_>], style: String, script: String) -> Self {
        let finite = |stage: &StageRun| {
            if stage.wall_seconds.is_finite() { stage.wall_seconds } else { 0.0 }
        };
        Self {
            style,
            script,
            dataset: &data.dataset,
            synthetic: data.synthetic,
            preset: &data.preset,
            seed: data.seed,
            version: &data.version,
            k: data.k,
            threshold: format::plain(data.relevance_threshold, 2),
            leak_note: data.leak_note.as_deref(),
            verdict: verdict(data, plots),
            table: Table::new(data),
            controls: Controls::new(data),
            measurements: embed::measurements(data),
            protocols: data.protocols.iter().map(protocol).collect(),
            explorer: explorer(data),
            users_evaluated: format::count(data.counts.users_evaluated),
            users_left_out: format::count(data.counts.users_left_out),
            facts: facts(&data.counts),
            parts: parts(&data.counts),
            quality: figures_at(plots, Place::Quality),
            users: figures_at(plots, Place::Users),
            learning: figures_at(plots, Place::Learning),
            data_figures: figures_at(plots, Place::Data),
            stages: data.stages.iter().map(stage).collect(),
            total_time: format::seconds(data.stages.iter().map(finite).sum()),
            peak_memory: memory(data.stages.iter().filter_map(|stage| stage.peak_memory_bytes).max()),
            configs: &data.configs,
            rerun: &data.rerun,
        }
    }
}

/// Of the comparisons, those of the first one's stack are told in sentences, under another protocol than the first one's with its name;
/// all are drawn and listed.
fn verdict<'a>(data: &'a ReportData, plots: &'a [PlotSpec<'_>]) -> Verdict<'a> {
    let sentences = match data.comparisons.first() {
        None => data.verdicts.clone(),
        Some(first) => {
            let of_first = data.comparisons.iter().filter(|one| one.stack == first.stack);
            let told = |one: &Comparison| {
                if one.protocol == first.protocol {
                    one.sentence.clone()
                } else {
                    format!("Under {}: {}", one.protocol.replace('_', " "), one.sentence)
                }
            };
            of_first.map(told).collect()
        }
    };
    let row = |one: &'a Comparison| ComparisonRow {
        stack: &one.stack,
        rival: &one.rival,
        role: &one.role,
        protocol: one.protocol.replace('_', " "),
        metric: Metric::of(&one.metric, data.k).label,
        difference: format::signed(one.difference, 4),
        interval: format!("[{}, {}]", format::signed(one.low, 4), format::signed(one.high, 4)),
        p_holm: format::p_value(one.p_holm),
        clear: one.low > 0.0 || one.high < 0.0,
    };
    Verdict {
        sentences,
        figure: plots.iter().find(|plot| plot.place == Place::Verdict).map(figure),
        comparisons: data.comparisons.iter().map(row).collect(),
        level: data.comparisons.first().map(|one| format::percent(one.level, 0)).unwrap_or_default(),
    }
}

fn memory(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "–".to_owned(), format::bytes)
}

fn stage(run: &StageRun) -> Stage<'_> {
    Stage {
        name: &run.stage,
        version: &run.version,
        time: format::seconds(run.wall_seconds),
        memory: memory(run.peak_memory_bytes),
        rows_read: format::count(run.rows_read),
        rows_written: format::count(run.rows_written),
    }
}

fn protocol(one: &Protocol) -> ProtocolRow<'_> {
    ProtocolRow {
        name: &one.name,
        ranks: &one.ranks,
        users_evaluated: format::count(one.users_evaluated),
        users_left_out: format::count(one.users_left_out),
        candidate_recall: one.candidate_recall.map_or_else(String::new, |share| format::percent(share, 1)),
        fingerprint: &one.fingerprint,
    }
}

fn explorer(data: &ReportData) -> Option<ExplorerView<'_>> {
    Some(ExplorerView {
        json: embed::explorer(data)?,
        n_users: format::count(data.explorer.users.len() as u64),
        n_users_total: format::count(data.explorer.n_users_total),
        sampling: &data.explorer.sampling,
        known_order: &data.explorer.known_order,
        protocol: &data.explorer.protocol,
    })
}

fn figures_at<'a>(plots: &'a [PlotSpec<'_>], place: Place) -> Vec<Figure<'a>> {
    plots.iter().filter(|plot| plot.place == place).map(figure).collect()
}

fn figure<'a>(plot: &'a PlotSpec<'_>) -> Figure<'a> {
    Figure {
        name: &plot.name,
        title: &plot.title,
        caption: &plot.caption,
        narrow: plot.draw(&Frame::page_narrow()).to_svg(Medium::Page),
        medium: plot.draw(&Frame::page_medium()).to_svg(Medium::Page),
        full: plot.full_width.then(|| plot.draw(&Frame::page_full()).to_svg(Medium::Page)),
    }
}

fn facts(counts: &Counts) -> Vec<Fact> {
    let cells = counts.users as f64 * counts.items as f64;
    let density = if cells > 0.0 { counts.ratings as f64 / cells } else { f64::NAN };
    vec![
        Fact { name: "Users", value: format::count(counts.users) },
        Fact { name: "Items", value: format::count(counts.items) },
        Fact { name: "Ratings", value: format::count(counts.ratings) },
        Fact { name: "Filled cells", value: format::percent(density, 2) },
        Fact { name: "Relevant ratings", value: format::percent(counts.relevant_share, 1) },
        Fact { name: "Users evaluated", value: format::count(counts.users_evaluated) },
        Fact { name: "Users left out", value: format::count(counts.users_left_out) },
    ]
}

fn parts(counts: &Counts) -> Vec<Part> {
    let total = counts.base_train.saturating_add(counts.meta_train).saturating_add(counts.test).max(1) as f64;
    [
        ("base_train", "base recommenders are fitted on it", counts.base_train),
        ("meta_train", "meta-models are fitted on it", counts.meta_train),
        ("test", "everything is measured on it", counts.test),
    ]
    .into_iter()
    .map(|(name, purpose, n)| Part {
        name,
        purpose,
        count: format::count(n),
        share: format::percent(n as f64 / total, 1),
        percent: format!("{:.2}", n as f64 / total * 100.0),
    })
    .collect()
}
