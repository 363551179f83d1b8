//! The stages of a recorded run, run again.

use std::path::Path;

use anyhow::Context as _;
use artifacts::manifest::IMPORTED;
use artifacts::{Layout, Manifest, StageName};
use reruns::{Call, Stages, config};
use stage::{Progress, UsageError};

use super::Recorded;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rebuilt {
    /// The manifests of the stages that ran, in running order.
    pub manifests: Vec<Manifest>,
    /// The stage that could not, and what it said.
    pub refusal: Option<(StageName, String)>,
}

/// Where the raw data are.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// The folder or file of the ratings.
    pub data: &'a Path,
    /// A split made elsewhere.
    pub assignments: Option<&'a Path>,
}

/// Runs the stages of `recorded` again in the folder `into`, each with the seed and the configuration of its manifest. Stops behind `split`
/// where the raw data are other ones: everything else would differ too.
///
/// # Errors
/// [`UsageError`] where the raw data are not there or the run used a split made elsewhere that is not given; where a stage cannot be started.
pub fn rebuild(
    recorded: &Recorded,
    raw: Raw<'_>,
    stages: &Stages,
    into: &Path,
    quiet: bool,
) -> anyhow::Result<Rebuilt> {
    check(recorded, raw)?;
    let layout = Layout::new(into);
    std::fs::create_dir_all(into).with_context(|| format!("cannot make {}", into.display()))?;
    let progress = Progress::new("reproduce", recorded.manifests.len() as u64, quiet);
    let mut rebuilt = Rebuilt { manifests: Vec::new(), refusal: None };
    for was in &recorded.manifests {
        progress.step(was.stage.name());
        let file = into.join(format!("{}.toml", was.stage.name()));
        std::fs::write(&file, config::to_toml(was.stage, was.config.clone())?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        let data = raw.data.to_string_lossy();
        let assignments = raw.assignments.map(|path| path.to_string_lossy());
        let names = &was.provenance;
        let mut flags: Vec<&str> = Vec::new();
        if was.stage == StageName::Split {
            flags.extend(["--data", &data, "--dataset", &names.dataset, "--preset", &names.preset]);
            if let Some(path) = &assignments {
                flags.extend(["--assignments", path]);
            }
        }
        let call = Call { config: &file, artifacts: into, seed: was.seed, flags: &flags };
        if let Err(refusal) = stages.run(was.stage, &call)? {
            rebuilt.refusal = Some((was.stage, refusal.message));
            break;
        }
        rebuilt.manifests.push(Manifest::read(&layout, was.stage)?);
        progress.done();
        if was.stage == StageName::Split && !super::reasons::other_raw_data(recorded, &rebuilt).is_empty() {
            break;
        }
    }
    Ok(rebuilt)
}

fn check(recorded: &Recorded, raw: Raw<'_>) -> Result<(), UsageError> {
    if !raw.data.exists() {
        return Err(UsageError(format!("--data {}: no such file or folder", raw.data.display())));
    }
    let inputs = recorded.manifests.iter().flat_map(|manifest| &manifest.inputs);
    if let Some(model) = inputs.into_iter().find(|input| input.role.as_deref() == Some(IMPORTED)) {
        return Err(UsageError(format!(
            "the run took a model trained elsewhere, {}: run its stages by hand, with --import",
            model.path
        )));
    }
    match (recorded.assignments(), raw.assignments) {
        (Some(record), None) => Err(UsageError(format!(
            "the run used a split made elsewhere, {}: say with --assignments (make: ASSIGNMENTS=) where it is",
            record.path
        ))),
        (_, Some(path)) if !path.is_file() => {
            Err(UsageError(format!("--assignments {}: no such file", path.display())))
        }
        _ => Ok(()),
    }
}
