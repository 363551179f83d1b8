//! One set of values on one split of the training ratings: the stages that it takes, and each user's metric.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use artifacts::layout::{METRICS_JSON, PER_USER};
use artifacts::manifest::Timings;
use artifacts::tables::PerUserRow;
use artifacts::{Error, Fingerprint, Layout, Manifest, StageName};
use reruns::{Call, Refusal, Stages, config};
use serde::Deserialize;
use serde_json::Value as Json;
use stage::{CommonArgs, Run, UsageError};

use crate::base::Base;
use crate::space::Space;
use crate::store::{self, Address, Store};

/// With what trials are made.
pub struct Bench<'a> {
    /// The stages.
    pub stages: &'a Stages,
    /// The run whose configuration is changed.
    pub base: &'a Base,
    /// What is searched.
    pub space: &'a Space,
    /// The training ratings as raw data.
    pub data: PathBuf,
    /// Where stages work.
    pub work: PathBuf,
    /// What they have left.
    pub store: Store,
}

/// What came of one split.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The metric of each user for whom it is defined.
    pub of_users: BTreeMap<i64, f64>,
    /// What the number depends on besides the model.
    pub fingerprint: String,
    /// What each stage cost when it ran.
    pub timings: Vec<Timings>,
}

impl Measured {
    /// The mean over users; `None` where there is none.
    pub fn mean(&self) -> Option<f64> {
        let sum: f64 = self.of_users.values().sum();
        (!self.of_users.is_empty()).then(|| sum / self.of_users.len() as f64)
    }
}

/// The part of `metrics.json` that is read.
#[derive(Deserialize)]
struct Document {
    protocols: Vec<Protocol>,
}

#[derive(Deserialize)]
struct Protocol {
    protocol: String,
    fingerprint_of: Fingerprint,
}

impl Bench<'_> {
    /// Measures `values`, one for each key of the space, on the split that `seed` draws. Stages that have run before with all that they depend on are
    /// not run again.
    ///
    /// # Errors
    /// Where a stage cannot be started or leaves what cannot be read. A stage that refuses is no error: its [`Refusal`] is the result.
    pub fn measure(
        &mut self,
        values: &[Option<Json>],
        seed: u64,
    ) -> anyhow::Result<Result<Measured, Refusal>> {
        let mut tomls = Vec::new();
        let mut addresses: Vec<Address> = Vec::new();
        for stage in StageName::TO_VERDICT {
            let toml = config::to_toml(stage, self.base.trial_config(stage, self.space, values))?;
            addresses.push(Address::of(stage, &toml, seed, addresses.last()));
            tomls.push((stage, toml));
        }
        let found: Vec<Option<Layout>> = addresses.iter().map(|address| self.store.get(address)).collect();
        let all = if let Some(all) = found.into_iter().collect::<Option<Vec<Layout>>>() {
            all
        } else {
            match self.run(&tomls, &addresses, seed)? {
                Ok(all) => all,
                Err(refusal) => return Ok(Err(refusal)),
            }
        };
        Ok(Ok(self.read(&all)?))
    }

    /// Runs the stages whose outputs the store has not, in a folder of their own.
    fn run(
        &mut self,
        tomls: &[(StageName, String)],
        addresses: &[Address],
        seed: u64,
    ) -> anyhow::Result<Result<Vec<Layout>, Refusal>> {
        store::remove(&self.work)?;
        let work = Layout::new(&self.work);
        let failed = |source| Error::Write { path: work.root().to_owned(), source };
        fs::create_dir_all(work.root()).map_err(failed)?;
        let mut all = Vec::new();
        for ((stage, toml), address) in tomls.iter().zip(addresses) {
            if let Some(kept) = self.store.get(address) {
                store::link(&kept.folder(*stage), &work.folder(*stage)).map_err(failed)?;
                all.push(kept);
                continue;
            }
            let file = work.root().join(format!("{}.toml", stage.name()));
            fs::write(&file, toml).map_err(failed)?;
            let data = self.data.to_string_lossy();
            let of_split = [
                "--data",
                &data,
                "--dataset",
                &self.base.provenance.dataset,
                "--preset",
                &self.base.provenance.preset,
            ];
            let flags: &[&str] = if *stage == StageName::Split { &of_split } else { &[] };
            let call = Call { config: &file, artifacts: work.root(), seed, flags };
            if let Err(refusal) = self.stages.run(*stage, &call)? {
                return Ok(Err(refusal));
            }
            self.store.put(address, *stage, &work)?;
            all.extend(self.store.get(address));
        }
        store::remove(&self.work)?;
        Ok(Ok(all))
    }

    /// Reads what the stages left, each in its own folder of the store.
    fn read(&self, all: &[Layout]) -> anyhow::Result<Measured> {
        let manifests =
            all.iter().zip(StageName::TO_VERDICT).map(|(layout, stage)| Manifest::read(layout, stage));
        let timings = manifests.map(|manifest| Ok(manifest?.timings)).collect::<Result<Vec<_>, Error>>()?;
        let Some(last) = all.last() else { anyhow::bail!("no stage has run") };
        let mut run = Run::reading(&CommonArgs {
            config: None,
            artifacts: last.root().to_owned(),
            seed: 0,
            threads: 0,
            print_config: false,
            quiet: true,
            max_memory: None,
        });
        run.require(&[StageName::Evaluate])?;
        let document: Document = run.read_json(METRICS_JSON)?;
        let protocol = document.protocols.into_iter().find(|of| of.protocol == self.base.protocol);
        let fingerprint = protocol.map(|protocol| protocol.fingerprint_of.digest()).unwrap_or_default();
        let rows: Vec<PerUserRow> = run.read_table(PER_USER)?;
        let k = self.base.k.map(|k| k as i32);
        let is_asked = |row: &PerUserRow| {
            row.model == self.space.model
                && row.protocol == self.base.protocol
                && row.metric == self.space.metric
                && row.k == k
        };
        let of_users = rows.into_iter().filter(is_asked).map(|row| (row.user_id, row.value)).collect();
        Ok(Measured { of_users, fingerprint, timings })
    }
}

/// That two splits were measured alike.
///
/// # Errors
/// [`UsageError`] where they were not: the values changed what is measured.
pub fn same_measure(first: &str, other: &str, number: u32) -> Result<(), UsageError> {
    if first == other {
        return Ok(());
    }
    Err(UsageError(format!(
        "trial {number} is measured under another fingerprint than the preset ({other}, {first}): a key of the space changes what is measured"
    )))
}
