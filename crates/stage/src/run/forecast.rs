//! What a run will need, said before it begins.

use artifacts::StageName;
use artifacts::layout::Artifact;

use super::Run;
use crate::memory::available;
use crate::{Bytes, UsageError};

/// From this forecast on a run says what it will need, even unasked.
const WORTH_SAYING: Bytes = Bytes(1_000_000_000);

impl Run {
    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// A number that `stage` noted in its manifest with [`Run::count`]; 0 where it did not.
    pub fn upstream_count(&self, stage: StageName, name: &str) -> u64 {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        manifest.and_then(|manifest| manifest.counts.get(name)?.as_u64()).unwrap_or(0)
    }

    /// The size of a file that `stage` wrote, as its manifest lists it; 0 where it does not.
    pub fn upstream_bytes(&self, stage: StageName, file: &str) -> u64 {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        let record = manifest.and_then(|manifest| manifest.output(&format!("{}/{file}", stage.name())));
        record.map_or(0, |record| record.bytes)
    }

    /// How many rows a table of an earlier stage has, as its manifest lists it; 0 where it does not.
    pub fn upstream_rows(&self, artifact: Artifact) -> u64 {
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == artifact.stage);
        let below = format!("{}/{}", artifact.stage.name(), artifact.file);
        manifest.and_then(|manifest| manifest.output(&below)?.rows).unwrap_or(0)
    }

    /// Of some ways to work, the fastest first, the first whose forecast keeps within `--max-memory`; the leanest where none does.
    pub fn fitting<W>(&self, ways: impl IntoIterator<Item = W>, forecast: impl Fn(&W) -> Bytes) -> Option<W> {
        let mut leanest = None;
        for way in ways {
            let fits = self.max_memory.is_none_or(|limit| forecast(&way) <= limit);
            leanest = Some(way);
            if fits {
                break;
            }
        }
        leanest
    }

    /// Says how much memory the run will need, where that is much or a limit was given.
    ///
    /// # Errors
    /// [`UsageError`] where it is more than `--max-memory`.
    pub fn will_need(&self, forecast: Bytes) -> Result<(), UsageError> {
        if let Some(limit) = self.max_memory.filter(|&limit| forecast > limit) {
            return Err(UsageError(format!(
                "this needs about {forecast} of memory, and --max-memory allows {limit}: allow more, or use fewer ratings or models"
            )));
        }
        if let Some(available) = available().filter(|&available| forecast > available) {
            self.warn(&format!(
                "this needs about {forecast} of memory, and the machine has {available} left"
            ));
        } else if self.max_memory.is_some() || forecast >= WORTH_SAYING {
            self.say(&format!("needs about {forecast} of memory"));
        }
        Ok(())
    }
}
