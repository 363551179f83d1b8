//! Every variant on every split of the training ratings.
//!
//! Each split has one folder, in which one run after another is made. A stage that a variant does not touch is not run again: what it left
//! stands there still. The order follows from that: first the preset as it is, with all stages; then the feature groups, which
//! need its base models; then the base models, which overwrite them.

use std::path::Path;

use artifacts::Manifest;
use artifacts::layout::PER_USER;
use artifacts::tables::PerUserRow;
use dataset::IdIndex;
use reruns::{Call, Refusal, Splits, Stages};
use stage::{CommonArgs, Progress, Run, StageName, UsageError};

use crate::configs::Configs;
use crate::costs::StageCosts;
use crate::effects::Paired;
use crate::scratch::Scratch;
use crate::variants::Variant;

/// The metric that everything is told by.
pub const METRIC: &str = "ndcg";

/// One set of costs a stage, in the order of [`StageName::TO_VERDICT`].
type RunCosts = [StageCosts; StageName::TO_VERDICT.len()];
/// NDCG of each user, in ascending order of the user; one list a meta-model.
type RunValues = Vec<Vec<(i64, f64)>>;

/// With what the runs are made.
pub struct Bench<'a> {
    /// The stages.
    pub stages: &'a Stages,
    /// What they are told.
    pub configs: &'a Configs,
    /// Where they work.
    pub scratch: &'a Scratch,
    /// Whether to show no bar.
    pub quiet: bool,
}

/// What came of one variant.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its costs on each split.
    pub costs: Vec<RunCosts>,
    /// Its ranking beside that of the preset, for each meta-model.
    pub paired: Vec<Paired>,
    /// What the stage said that refused to run it; then the rest is of no account.
    pub problem: Option<String>,
}

/// What came of all variants.
#[derive(Debug, Clone)]
pub struct Trials {
    /// In the order of the variants.
    pub of_variants: Vec<Trial>,
    /// The costs of the preset as it is on each split.
    pub full_costs: Vec<RunCosts>,
    /// The names of the meta-models.
    pub meta_models: Vec<&'static str>,
}

impl Trials {
    /// Runs everything.
    ///
    /// # Errors
    /// Where a stage cannot be started, or the preset as it is cannot be run. A variant that a stage refuses is reported in its
    /// [`Trial`].
    pub fn run(
        bench: &Bench<'_>,
        variants: &[Variant],
        meta_models: &[&'static str],
        splits: &Splits,
        users: IdIndex,
    ) -> anyhow::Result<Self> {
        let trial = || Trial {
            costs: Vec::new(),
            paired: meta_models.iter().map(|_| Paired::new(users.len())).collect(),
            problem: None,
        };
        let mut trials: Vec<Trial> = variants.iter().map(|_| trial()).collect();
        let mut full_costs = Vec::new();
        let progress = Progress::new("ablation", (splits.len() * (1 + variants.len())) as u64, bench.quiet);
        for (at, &seed) in splits.seeds().iter().enumerate() {
            let split = OneSplit { bench, folder: &bench.scratch.run(at), seed, meta_models };
            let says = |what: &str| progress.step(format!("split {} of {}, {what}", at + 1, splits.len()));
            says("the preset as it is");
            let (costs, full) = match split.run(None, None)? {
                Ok(done) => done,
                Err(Refusal { message, is_usage: true }) => return Err(UsageError(of_full(&message)).into()),
                Err(Refusal { message, .. }) => anyhow::bail!(of_full(&message)),
            };
            full_costs.push(costs);
            progress.done();
            for (variant, trial) in variants.iter().zip(&mut trials) {
                says(&variant.label());
                if trial.problem.is_none() {
                    match split.run(Some(variant), Some(&costs))? {
                        Ok((costs, values)) => {
                            trial.costs.push(costs);
                            for ((paired, of_full), of_variant) in
                                trial.paired.iter_mut().zip(&full).zip(&values)
                            {
                                paired.add_split(&users, of_full, of_variant);
                            }
                        }
                        Err(refusal) => trial.problem = Some(refusal.message),
                    }
                }
                progress.done();
            }
            Scratch::remove(split.folder)?;
        }
        Ok(Self { of_variants: trials, full_costs, meta_models: meta_models.to_vec() })
    }
}

fn of_full(message: &str) -> String {
    format!("the preset cannot be run on the training ratings alone: {message}")
}

/// One split: its folder and seed.
struct OneSplit<'a> {
    bench: &'a Bench<'a>,
    folder: &'a Path,
    seed: u64,
    meta_models: &'a [&'static str],
}

impl OneSplit<'_> {
    /// Runs the stages that `variant` touches, all without one; those it does not touch cost what they cost in the preset as it is.
    fn run(
        &self,
        variant: Option<&Variant>,
        full: Option<&RunCosts>,
    ) -> anyhow::Result<Result<(RunCosts, RunValues), Refusal>> {
        let first = variant.map_or(StageName::Split, Variant::first_stage);
        for stage in StageName::TO_VERDICT.into_iter().filter(|stage| *stage >= first) {
            let toml = self.bench.configs.toml(stage, variant)?;
            let config = self.bench.scratch.write_config(stage, &toml)?;
            let data = self.bench.scratch.data().to_string_lossy().into_owned();
            let of_split = ["--data", data.as_str()];
            let flags: &[&str] = if stage == StageName::Split { &of_split } else { &[] };
            let call = Call { config: &config, artifacts: self.folder, seed: self.seed, flags };
            if let Err(refusal) = self.bench.stages.run(stage, &call)? {
                return Ok(Err(refusal));
            }
        }
        let mut run = self.reading();
        run.require(&StageName::TO_VERDICT)?;
        let costs = |manifest: &Manifest| match full {
            Some(full) if manifest.stage < first => full[manifest.stage as usize],
            _ => StageCosts::of(manifest),
        };
        let costs: Vec<StageCosts> = run.upstream().iter().map(costs).collect();
        let costs = costs.try_into().map_err(|_| anyhow::anyhow!("not every stage has left its manifest"))?;
        Ok(Ok((costs, self.values(&mut run)?)))
    }

    fn reading(&self) -> Run {
        Run::reading(&CommonArgs {
            config: None,
            artifacts: self.folder.to_owned(),
            seed: self.seed,
            threads: 0,
            print_config: false,
            quiet: true,
            max_memory: None,
        })
    }

    fn values(&self, run: &mut Run) -> anyhow::Result<RunValues> {
        let k = self.bench.configs.k() as i32;
        let mut rows: Vec<PerUserRow> = run.read_table(PER_USER)?;
        rows.retain(|row| row.metric == METRIC && row.k == Some(k));
        let of = |model: &&'static str| -> Vec<(i64, f64)> {
            rows.iter().filter(|row| row.model == *model).map(|row| (row.user_id, row.value)).collect()
        };
        Ok(self.meta_models.iter().map(of).collect())
    }
}
