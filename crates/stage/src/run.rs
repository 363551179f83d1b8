//! One run of one stage: what it reads is checked, what it writes is recorded, and the manifest ends it.

mod forecast;
mod reading;

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use artifacts::atomic::Unfinished;
use artifacts::layout::Artifact;
use artifacts::manifest::{FileRecord, Timings, built_for};
use artifacts::table::TableWriter;
use artifacts::tables::{SCHEMA_KEY, Stored};
use artifacts::{
    Error, Layout, Manifest, Provenance, Schema, StageName, atomic, model_file, sha256_of_bytes,
    sha256_of_file,
};
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::outputs::Outputs;
use crate::{Bytes, CommonArgs, Progress};

/// What a stage says of itself in its one line: "read ...; wrote ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What was read, for example `100,836 ratings`.
    pub read: String,
    /// What was written, for example `16,134 training rows`.
    pub wrote: String,
}

/// A running stage.
pub struct Run {
    stage: StageName,
    layout: Layout,
    seed: u64,
    threads: usize,
    quiet: bool,
    max_memory: Option<Bytes>,
    config: serde_json::Value,
    provenance: Option<Provenance>,
    upstream: Vec<Manifest>,
    inputs: Vec<FileRecord>,
    outputs: Outputs,
    counts: serde_json::Map<String, serde_json::Value>,
    started: Instant,
    /// Whether the folder has been made ready: no old manifest, no leftovers.
    opened: bool,
    /// Whether this run is no run of the whole stage: it writes nothing into the folder, no manifest either.
    outside: bool,
}

impl Run {
    pub(crate) fn new(stage: StageName, common: &CommonArgs, config: serde_json::Value) -> Self {
        Self {
            stage,
            layout: Layout::new(&common.artifacts),
            seed: common.seed,
            threads: rayon::current_num_threads(),
            quiet: common.quiet,
            max_memory: common.max_memory,
            config,
            provenance: None,
            upstream: Vec::new(),
            inputs: Vec::new(),
            outputs: Outputs::default(),
            counts: serde_json::Map::new(),
            started: Instant::now(),
            opened: false,
            outside: false,
        }
    }

    /// Makes this a run that answers a question beside the pipeline: the stage's folder and its manifest stay as they are.
    pub fn leave_folder_alone(&mut self) {
        self.outside = true;
    }

    /// A run that only reads: for tools beside the stages. What it is asked to write is never asked of it.
    pub fn reading(common: &CommonArgs) -> Self {
        Self::new(StageName::Evaluate, common, serde_json::Value::Null)
    }

    /// The seed of all random streams.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether only warnings and errors are wanted.
    pub fn quiet(&self) -> bool {
        self.quiet
    }

    /// Every hyper-parameter in force.
    pub fn config(&self) -> &serde_json::Value {
        &self.config
    }

    /// The folder of this run.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Which data this run is about.
    ///
    /// # Panics
    /// Before [`Run::set_provenance`] or [`Run::require`]: a mistake in the stage.
    pub fn provenance(&self) -> &Provenance {
        #[expect(clippy::expect_used, reason = "the order of calls in a stage, not in a file")]
        self.provenance.as_ref().expect("the stage has said what it reads")
    }

    /// Says which data this run is about: the first stage's part.
    pub fn set_provenance(&mut self, provenance: Provenance) {
        self.provenance = Some(provenance);
    }

    /// The manifests of the stages that [`Run::require`] named, in that order.
    pub fn upstream(&self) -> &[Manifest] {
        &self.upstream
    }

    /// Loads the manifests of the stages whose artifacts this run reads, in running order, and checks that each was made from
    /// what the earlier ones hold now.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Corrupt`], [`Error::WrongKind`] or [`Error::Stale`].
    pub fn require(&mut self, stages: &[StageName]) -> Result<(), Error> {
        for &stage in stages {
            let manifest = Manifest::read(&self.layout, stage)?;
            for earlier in &self.upstream {
                manifest.check_made_from(earlier)?;
            }
            self.provenance.get_or_insert_with(|| manifest.provenance.clone());
            self.upstream.push(manifest);
        }
        Ok(())
    }

    /// The value of `key` in the configuration that `stage` ran with.
    ///
    /// # Errors
    /// [`Error::Stale`] where the stage's manifest has no such key, or another kind of value.
    pub fn upstream_config<T: DeserializeOwned>(&self, stage: StageName, key: &str) -> Result<T, Error> {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        let value = manifest.and_then(|manifest| manifest.config.get(key)).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| Error::Stale {
            problem: format!("the manifest of {} says of `{key}`: {error}", stage.name()),
            make_target: stage.name().to_owned(),
        })
    }

    /// The whole configuration that `stage` ran with.
    ///
    /// # Errors
    /// [`Error::Stale`] where the stage's manifest holds another configuration than this version knows.
    pub fn upstream_whole_config<T: DeserializeOwned>(&self, stage: StageName) -> Result<T, Error> {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        let config = manifest.map(|manifest| manifest.config.clone()).unwrap_or_default();
        serde_json::from_value(config).map_err(|error| Error::Stale {
            problem: format!("the manifest of {} holds another configuration: {error}", stage.name()),
            make_target: stage.name().to_owned(),
        })
    }

    /// The seed that `stage` ran with.
    ///
    /// # Errors
    /// [`Error::Stale`] where the stage has not been required.
    pub fn upstream_seed(&self, stage: StageName) -> Result<u64, Error> {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        manifest.map(|manifest| manifest.seed).ok_or_else(|| Error::Stale {
            problem: format!("the manifest of {} was not read", stage.name()),
            make_target: stage.name().to_owned(),
        })
    }

    /// Whether the stage that makes `artifact` has made it.
    pub fn has(&self, artifact: Artifact) -> bool {
        let below = format!("{}/{}", artifact.stage.name(), artifact.file);
        self.upstream
            .iter()
            .any(|manifest| manifest.stage == artifact.stage && manifest.output(&below).is_some())
    }

    /// A bar over `n_steps` steps on stderr, shown once the work has taken over a second.
    pub fn progress(&self, n_steps: usize) -> Progress {
        Progress::new(self.stage.name(), n_steps as u64, self.quiet)
    }

    /// A warning on stderr, shown even with `--quiet`.
    pub fn warn(&self, message: &str) {
        let _ = writeln!(std::io::stderr(), "{}: warning: {message}", self.stage.name());
    }

    /// A line on stderr, not shown with `--quiet`.
    pub fn say(&self, message: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}: {message}", self.stage.name());
        }
    }

    /// Notes a number in the manifest.
    pub fn count(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        self.counts.insert(name.to_owned(), value.into());
    }

    /// Records raw files as read; they are hashed side by side.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn record_raw_inputs(&mut self, paths: &[&Path]) -> anyhow::Result<()> {
        let record = |path: &&Path| {
            let (sha256, bytes) =
                sha256_of_file(path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Ok(FileRecord::new(name, sha256, bytes))
        };
        let records: Vec<anyhow::Result<FileRecord>> = paths.par_iter().map(record).collect();
        records.into_iter().try_for_each(|record| record.map(|record| self.inputs.push(record)))
    }

    /// Writes a table into this stage's folder.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_table<T: Stored>(&mut self, artifact: Artifact, stored: T) -> Result<(), Error> {
        let mut writer = self.begin_table::<T>(artifact)?;
        writer.write(stored.into_table())?;
        self.end_table(artifact, writer)
    }

    /// Begins a table at any path, outside the pipeline's folders; the caller closes and finishes it.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn begin_table_at<T: Stored>(&self, path: &Path) -> Result<TableWriter, Error> {
        TableWriter::open(path, &self.metadata::<T>())
    }

    /// What a table's file says of itself.
    fn metadata<T: Stored>(&self) -> [(&str, &str); 6] {
        let provenance = self.provenance();
        [
            (SCHEMA_KEY, T::SCHEMA),
            ("podium.version", env!("CARGO_PKG_VERSION")),
            ("podium.stage", self.stage.name()),
            ("podium.dataset", &provenance.dataset),
            ("podium.preset", &provenance.preset),
            ("podium.synthetic", if provenance.synthetic { "true" } else { "false" }),
        ]
    }

    /// Begins a table in this stage's folder that is written piece by piece; [`Run::end_table`] ends it.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn begin_table<T: Stored>(&mut self, artifact: Artifact) -> Result<TableWriter, Error> {
        self.open()?;
        TableWriter::open(&self.layout.path(artifact), &self.metadata::<T>())
    }

    /// Puts a table that was written piece by piece in its place.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn end_table(&mut self, artifact: Artifact, writer: TableWriter) -> Result<(), Error> {
        let rows = writer.n_rows();
        let unfinished = writer.close()?;
        self.put(artifact.file, unfinished, Some(rows))
    }

    /// Writes a model into this stage's folder.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_model<M: Serialize>(&mut self, file: &str, schema: Schema, model: &M) -> Result<(), Error> {
        let path = self.layout.folder(self.stage).join(file);
        let bytes = model_file::encode(schema, model).map_err(|source| Error::Write { path, source })?;
        self.write_bytes(file, &bytes)
    }

    /// Writes plain bytes into this stage's folder.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_bytes(&mut self, file: &str, bytes: &[u8]) -> Result<(), Error> {
        self.open()?;
        let path = self.layout.folder(self.stage).join(file);
        let unfinished = atomic::begin(&path, |writer| writer.write_all(bytes))?;
        self.put(file, unfinished, None)
    }

    /// Writes a file that tells what the run cost: its bytes differ from run to run, those of `rest` do not.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_with_timings(&mut self, file: &str, bytes: &[u8], rest: &[u8]) -> Result<(), Error> {
        self.open()?;
        let path = self.layout.folder(self.stage).join(file);
        let unfinished = atomic::begin(&path, |writer| writer.write_all(bytes))?;
        let name = format!("{}/{file}", self.stage.name());
        self.outputs.push(name, &path, unfinished, None, Some(sha256_of_bytes(rest)))
    }

    /// Says what the raw file `path`, recorded before, was for.
    pub fn tell_role(&mut self, path: &Path, role: &str) {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        // Raw files of the same name in two folders: the one recorded last, as the stage recorded it last.
        if let Some(record) = self.inputs.iter_mut().rev().find(|record| record.path == name) {
            record.role = Some(role.to_owned());
        }
    }

    /// Writes several files into this stage's folder.
    ///
    /// # Errors
    /// [`Error::Write`] for the first that could not be written.
    pub fn write_all_bytes(&mut self, files: &[(String, &[u8])]) -> Result<(), Error> {
        files.iter().try_for_each(|(file, bytes)| self.write_bytes(file, bytes))
    }

    /// Removes a file of this stage's folder that an earlier run may have left and this one does not write.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn remove_stale(&mut self, file: &str) -> Result<(), Error> {
        self.open()?;
        remove(&self.layout.folder(self.stage).join(file))
    }

    /// Removes a folder below this stage's with all that an earlier run may have left there.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn remove_stale_folder(&mut self, folder: &str) -> Result<(), Error> {
        self.open()?;
        let path = self.layout.folder(self.stage).join(folder);
        match std::fs::remove_dir_all(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::Write { path, source })
            }
            _ => Ok(()),
        }
    }

    /// What waits for the disk does so while the stage goes on; [`Run::finish`] waits for all.
    fn put(&mut self, file: &str, unfinished: Unfinished, rows: Option<u64>) -> Result<(), Error> {
        let path = self.layout.folder(self.stage).join(file);
        self.outputs.push(format!("{}/{file}", self.stage.name()), &path, unfinished, rows, None)
    }

    /// Before the first write: the old manifest goes, since what it lists is about to change, and so does whatever a killed
    /// run left unfinished.
    fn open(&mut self) -> Result<(), Error> {
        if self.opened {
            return Ok(());
        }
        self.opened = true;
        let folder = self.layout.folder(self.stage);
        remove(&self.layout.manifest(self.stage))?;
        atomic::sweep(&folder)?;
        atomic::sweep(&folder.join(artifacts::layout::REPORT_FOLDER))
    }

    /// What the run has cost so far.
    pub fn timings(&self) -> Timings {
        let (cpu_seconds, peak_memory_bytes) = crate::resources::used();
        Timings {
            wall_seconds: self.started.elapsed().as_secs_f64(),
            cpu_seconds,
            peak_memory_bytes,
            threads: self.threads,
        }
    }

    /// What the run has read and written so far: rows of all tables.
    pub fn rows(&self) -> (u64, u64) {
        (self.inputs.iter().filter_map(|record| record.rows).sum(), self.outputs.rows())
    }

    pub(crate) fn finish(mut self, summary: &Summary) -> anyhow::Result<()> {
        let timings = if self.outside { self.timings() } else { self.conclude()? };
        self.say(&format!(
            "read {}; wrote {} in {:.2} s, {:.0} MB peak",
            summary.read,
            summary.wrote,
            timings.wall_seconds,
            timings.peak_memory_bytes as f64 / 1e6
        ));
        Ok(())
    }

    /// Waits for the outputs and writes the manifest.
    fn conclude(&mut self) -> anyhow::Result<Timings> {
        self.open()?;
        let outputs = self.outputs.finish()?;
        let timings = self.timings();
        let manifest = Manifest {
            stage: self.stage,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            built_for: built_for(),
            provenance: self.provenance().clone(),
            seed: self.seed,
            config: std::mem::take(&mut self.config),
            inputs: std::mem::take(&mut self.inputs),
            outputs,
            counts: std::mem::take(&mut self.counts),
            timings,
        };
        manifest.write(&self.layout.manifest(self.stage))?;
        Ok(timings)
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
