//! What a run costs: seconds, resident memory, the size of its model files.

use artifacts::{Layout, Manifest, StageName};

/// The costs of one stage, as its manifest has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageCosts {
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_memory_bytes: u64,
    model_bytes: u64,
}

/// The costs of all stages together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// User and system time of all threads.
    pub cpu_seconds: f64,
    /// By the clock, which depends on what else the machine does.
    pub wall_seconds: f64,
    /// The largest of any stage.
    pub peak_memory_bytes: i64,
    /// Of all model files.
    pub model_bytes: i64,
}

impl StageCosts {
    /// Those of the stage with this manifest.
    pub fn of(manifest: &Manifest) -> Self {
        Self {
            cpu_seconds: manifest.timings.cpu_seconds,
            wall_seconds: manifest.timings.wall_seconds,
            peak_memory_bytes: manifest.timings.peak_memory_bytes,
            model_bytes: manifest
                .outputs
                .iter()
                .filter(|file| Layout::is_model(&file.path))
                .map(|file| file.bytes)
                .sum(),
        }
    }

    fn least(self, other: Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds.min(other.cpu_seconds),
            wall_seconds: self.wall_seconds.min(other.wall_seconds),
            peak_memory_bytes: self.peak_memory_bytes.min(other.peak_memory_bytes),
            model_bytes: self.model_bytes.min(other.model_bytes),
        }
    }
}

impl Costs {
    /// The costs of a run that was made once a split: of each stage the least of any split, since whatever else the machine does can only
    /// add to them; then seconds and model files summed over the stages, and the largest of their peaks. `None` where there is no split.
    pub fn of(splits: &[[StageCosts; StageName::TO_VERDICT.len()]]) -> Option<Self> {
        let mut stages = *splits.first()?;
        for split in &splits[1..] {
            for (least, costs) in stages.iter_mut().zip(split) {
                *least = least.least(*costs);
            }
        }
        Some(Self {
            cpu_seconds: stages.iter().map(|costs| costs.cpu_seconds).sum(),
            wall_seconds: stages.iter().map(|costs| costs.wall_seconds).sum(),
            peak_memory_bytes: stages.iter().map(|costs| costs.peak_memory_bytes).max().unwrap_or(0) as i64,
            model_bytes: stages.iter().map(|costs| costs.model_bytes).sum::<u64>() as i64,
        })
    }
}

impl std::ops::Sub for Costs {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds - other.cpu_seconds,
            wall_seconds: self.wall_seconds - other.wall_seconds,
            peak_memory_bytes: self.peak_memory_bytes - other.peak_memory_bytes,
            model_bytes: self.model_bytes - other.model_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(cpu_seconds: f64, peak_memory_bytes: u64) -> StageCosts {
        StageCosts { cpu_seconds, wall_seconds: 2.0 * cpu_seconds, peak_memory_bytes, model_bytes: 7 }
    }

    #[test]
    fn the_least_of_each_stage_then_sums_and_the_largest_peak() {
        let quiet = [stage(1.0, 10), stage(5.0, 90), stage(1.0, 10), stage(1.0, 10), stage(1.0, 10)];
        let busy = [stage(3.0, 12), stage(4.0, 80), stage(1.0, 10), stage(1.0, 10), stage(1.0, 10)];
        let costs = Costs::of(&[quiet, busy]).unwrap();
        let expected = Costs { cpu_seconds: 8.0, wall_seconds: 16.0, peak_memory_bytes: 80, model_bytes: 35 };
        assert_eq!(costs, expected);
        assert_eq!(
            costs - costs,
            Costs { cpu_seconds: 0.0, wall_seconds: 0.0, peak_memory_bytes: 0, model_bytes: 0 }
        );
        assert_eq!(Costs::of(&[]), None);
    }
}
