//! What the manifests say of a run.

use std::path::{Path, PathBuf};

use artifacts::manifest::{ASSIGNMENTS, FileRecord};
use artifacts::{Error, Layout, Manifest, StageName};
use stage::UsageError;

/// The manifests of a run up to one stage, of any version of Podium.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The folder of the run.
    pub layout: Layout,
    /// In running order; at least that of `split`.
    pub manifests: Vec<Manifest>,
}

impl Recorded {
    /// Reads the manifest at `path`, `<run>/<stage>/manifest.json`, and those of the earlier stages beside it.
    ///
    /// # Errors
    /// [`UsageError`] where `path` is a folder; an [`Error`] where a manifest is missing, is none, is another stage's, or does not fit the
    /// earlier ones.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        if path.is_dir() {
            let problem =
                format!("--manifest {} is a folder, expected the manifest of a stage in it", path.display());
            return Err(UsageError(problem).into());
        }
        let last = Manifest::read_any(path, "all")?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let root = match (folder.file_name(), folder.parent()) {
            (Some(_), Some(parent)) if parent.as_os_str().is_empty() => PathBuf::from("."),
            (Some(_), Some(parent)) => parent.to_owned(),
            _ => folder.join(".."),
        };
        let layout = Layout::new(root);
        let mut manifests: Vec<Manifest> = Vec::new();
        // `recommend` reads nothing of `evaluate`.
        let is_needed = |stage: &StageName| {
            *stage <= last.stage && (*stage != StageName::Evaluate || *stage == last.stage)
        };
        for stage in StageName::ALL.into_iter().filter(is_needed) {
            let manifest = if stage == last.stage {
                last.clone()
            } else {
                Manifest::read_any(&layout.manifest(stage), stage.name())?
            };
            if manifest.stage != stage {
                return Err(Error::WrongKind {
                    path: layout.manifest(stage),
                    found: format!("the manifest of {}", manifest.stage.name()),
                    expected: format!("that of {}", stage.name()),
                    make_target: stage.name().to_owned(),
                }
                .into());
            }
            for earlier in &manifests {
                manifest.check_made_from(earlier)?;
            }
            manifests.push(manifest);
        }
        Ok(Self { layout, manifests })
    }

    /// The first stage's, which says what the raw data were.
    pub fn first(&self) -> &Manifest {
        &self.manifests[0]
    }

    /// The split made elsewhere, where one was used.
    pub fn assignments(&self) -> Option<&FileRecord> {
        self.first().inputs.iter().find(|input| input.role.as_deref() == Some(ASSIGNMENTS))
    }
}
