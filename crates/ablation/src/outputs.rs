//! The table, in memory and on disk.

use artifacts::layout::ABLATION;
use artifacts::table::begin_parquet;
use artifacts::tables::{AblationRow, SCHEMA_KEY, Stored as _};
use stage::Run;

use crate::configs::Configs;
use crate::costs::Costs;
use crate::effects::{Effect, Effects};
use crate::trials::{METRIC, Trials};
use crate::variants::{Change, Variant};

/// One part of the preset, or one that it could have: what it is worth to one meta-model, and what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// How the preset was changed to find out.
    pub variant: Variant,
    /// What the change did to the ranking, where it could be run.
    pub effect: Option<Effect>,
    /// What the variant costs, and how much more than the preset.
    pub costs: Option<(Costs, Costs)>,
    /// Why it could not be run.
    pub problem: Option<String>,
}

impl Part {
    /// What the part adds to the metric, with its interval: least, middle, largest. That is the difference where the part was added, and
    /// its opposite where it was taken away.
    pub fn adds(&self) -> Option<[f64; 3]> {
        let Effect { difference, low, high, .. } = self.effect?;
        Some(if self.variant.change == Change::Without {
            // From zero, so that no difference has no sign.
            [0.0 - high, 0.0 - difference, 0.0 - low]
        } else {
            [low, difference, high]
        })
    }

    /// What the part costs.
    pub fn extra_costs(&self) -> Option<Costs> {
        let (_, difference) = self.costs?;
        let sign = self.variant.change.sign();
        Some(Costs {
            cpu_seconds: difference.cpu_seconds * sign,
            wall_seconds: difference.wall_seconds * sign,
            peak_memory_bytes: difference.peak_memory_bytes * sign as i64,
            model_bytes: difference.model_bytes * sign as i64,
        })
    }
}

/// All parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// By meta-model: its name, the control, and the parts, what pays most first; what could not be run stands last.
    pub of_models: Vec<(&'static str, Part, Vec<Part>)>,
    /// Over how many splits.
    pub n_splits: usize,
}

impl Parts {
    /// Puts variants, their effects and their costs together.
    pub fn new(variants: &[Variant], trials: &Trials, effects: &Effects) -> Self {
        let full = Costs::of(&trials.full_costs);
        let part = |model: usize, at: usize| {
            let trial = &trials.of_variants[at];
            let costs = Costs::of(&trial.costs).filter(|_| trial.problem.is_none());
            Part {
                variant: variants[at].clone(),
                effect: effects.get(model, at),
                costs: costs.zip(full).map(|(costs, full)| (costs, costs - full)),
                problem: trial.problem.clone(),
            }
        };
        let of_model = |(model, &name): (usize, &&'static str)| {
            let mut parts: Vec<Part> = (1..variants.len()).map(|at| part(model, at)).collect();
            let worth = |part: &Part| part.adds().map_or(f64::NEG_INFINITY, |[_, adds, _]| adds);
            parts.sort_by(|a, b| worth(b).total_cmp(&worth(a))); // stable: equals keep the order of the variants
            (name, part(model, 0), parts)
        };
        let of_models = trials.meta_models.iter().enumerate().map(of_model).collect();
        Self { of_models, n_splits: trials.full_costs.len() }
    }

    /// Whether the preset, run a second time, ranked the same to the last bit.
    pub fn control_is_same(&self) -> bool {
        let is_zero = |effect: Effect| [effect.low, effect.difference, effect.high] == [0.0; 3];
        self.of_models.iter().all(|(_, control, _)| control.effect.is_none_or(is_zero))
    }

    /// The rows of `ablation.parquet`.
    fn rows(&self, k: u32) -> Vec<AblationRow> {
        let row = |model: &str, part: &Part| AblationRow {
            variant: part.variant.label(),
            change: part.variant.change.name().to_owned(),
            kind: part.variant.kind.name().to_owned(),
            name: part.variant.name.clone(),
            model: model.to_owned(),
            metric: METRIC.to_owned(),
            k: k as i32,
            full: part.effect.map(|effect| effect.full),
            value: part.effect.map(|effect| effect.value),
            difference: part.effect.map(|effect| effect.difference),
            ci_low: part.effect.map(|effect| effect.low),
            ci_high: part.effect.map(|effect| effect.high),
            p: part.effect.map(|effect| effect.p),
            p_holm: part.effect.map(|effect| effect.p_holm),
            n_users: part.effect.map_or(0, |effect| effect.n_users as i32),
            n_splits: self.n_splits as i32,
            cpu_seconds: part.costs.map(|(costs, _)| costs.cpu_seconds),
            cpu_seconds_difference: part.costs.map(|(_, difference)| difference.cpu_seconds),
            wall_seconds: part.costs.map(|(costs, _)| costs.wall_seconds),
            wall_seconds_difference: part.costs.map(|(_, difference)| difference.wall_seconds),
            peak_memory_bytes: part.costs.map(|(costs, _)| costs.peak_memory_bytes),
            peak_memory_bytes_difference: part.costs.map(|(_, difference)| difference.peak_memory_bytes),
            model_bytes: part.costs.map(|(costs, _)| costs.model_bytes),
            model_bytes_difference: part.costs.map(|(_, difference)| difference.model_bytes),
            problem: part.problem.clone().unwrap_or_default(),
        };
        let of_model = |(model, control, parts): &(&'static str, Part, Vec<Part>)| {
            parts.iter().chain([control]).map(|part| row(model, part)).collect::<Vec<_>>()
        };
        self.of_models.iter().flat_map(of_model).collect()
    }
}

/// Writes `ablation.parquet`.
///
/// # Errors
/// Where it cannot be written.
pub fn write(run: &Run, configs: &Configs, parts: &Parts) -> Result<(), artifacts::Error> {
    let provenance = run.provenance();
    let metadata = [
        (SCHEMA_KEY, Vec::<AblationRow>::SCHEMA),
        ("podium.version", env!("CARGO_PKG_VERSION")),
        ("podium.stage", "ablation"),
        ("podium.dataset", &provenance.dataset),
        ("podium.preset", &provenance.preset),
        ("podium.synthetic", if provenance.synthetic { "true" } else { "false" }),
    ];
    begin_parquet(&run.layout().ablation(ABLATION), parts.rows(configs.k()).into_table(), &metadata)?.finish()
}

#[cfg(test)]
pub mod testing {
    //! A small table.

    use super::*;
    use crate::variants::Kind;

    /// A part whose variant differs by `difference`, give or take .001, and takes half a second and 2 MB less than the preset.
    pub fn part(change: Change, kind: Kind, name: &str, difference: f64) -> Part {
        let effect = Effect {
            full: 0.8,
            value: 0.8 + difference,
            difference,
            low: difference - 0.001,
            high: difference + 0.001,
            p: 0.01,
            p_holm: 0.04,
            n_users: 600,
        };
        let costs = Costs {
            cpu_seconds: 5.0,
            wall_seconds: 3.0,
            peak_memory_bytes: 90_000_000,
            model_bytes: 9_000_000,
        };
        let less =
            Costs { cpu_seconds: -0.5, wall_seconds: -0.3, peak_memory_bytes: -2_000_000, model_bytes: 0 };
        Part {
            variant: Variant::of(change, kind, name),
            effect: Some(effect),
            costs: Some((costs, less)),
            problem: None,
        }
    }

    /// One that pays, one that does not, one that would harm, one that cannot be run.
    pub fn parts() -> Parts {
        let refused = Part {
            effect: None,
            costs: None,
            problem: Some("ease: too large".to_owned()),
            ..part(Change::With, Kind::BaseModel, "ease", 0.0)
        };
        let of_model = vec![
            part(Change::Without, Kind::BaseModel, "mf", -0.004),
            part(Change::Without, Kind::FeatureGroup, "time", 0.0),
            part(Change::With, Kind::FeatureGroup, "disagreement", -0.003),
            refused,
        ];
        Parts {
            of_models: vec![("GBStack", part(Change::Same, Kind::Control, "preset", 0.0), of_model)],
            n_splits: 3,
        }
    }
}
