//! What is changed: one part of the preset at a time, or several together.

use features::FeatureGroupKind;
use rankers::MetaModel;
use recommenders::BaseModel;
use stage::{StageName, UsageError};

/// Which way a preset is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A part that it has is taken away.
    Without,
    /// A part that it has not is added.
    With,
    /// Nothing: the control.
    Same,
}

/// What kind of part is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of `models` of `train-base`.
    BaseModel,
    /// One of `groups` of `build-features`.
    FeatureGroup,
    /// Several of these together. Parts that can stand in for one another are each worth nothing alone, whatever they are worth together.
    Several,
    /// None: the preset once more. Its ranking must be the same; how far its costs are apart is what costs can be told by.
    Control,
}

/// A preset with one thing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Which way.
    pub change: Change,
    /// What kind of part.
    pub kind: Kind,
    /// The part's key in the configuration; of several, their keys.
    pub name: String,
    /// The parts, each with its own kind.
    parts: Vec<(Kind, String)>,
}

impl Change {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Without => "without",
            Self::With => "with",
            Self::Same => "same",
        }
    }

    /// What turns "the variant less the preset" into "with the part less without it".
    pub fn sign(self) -> f64 {
        if self == Self::Without { -1.0 } else { 1.0 }
    }
}

impl Kind {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::BaseModel => "base_model",
            Self::FeatureGroup => "feature_group",
            Self::Several => "several",
            Self::Control => "control",
        }
    }
}

impl Variant {
    /// The preset once more.
    fn control() -> Self {
        Self { change: Change::Same, kind: Kind::Control, name: "preset".to_owned(), parts: Vec::new() }
    }

    /// The preset with or without one part.
    pub fn of(change: Change, kind: Kind, name: &str) -> Self {
        Self { change, kind, name: name.to_owned(), parts: vec![(kind, name.to_owned())] }
    }

    /// The change in words.
    pub fn label(&self) -> String {
        match self.change {
            Change::Same => "the preset once more".to_owned(),
            change => format!("{} {}", change.name(), self.name),
        }
    }

    /// The first stage that has to run again; those before it leave what they left.
    pub fn first_stage(&self) -> StageName {
        let is_group = |(kind, _): &(Kind, String)| *kind == Kind::FeatureGroup;
        let base_models_stay = !self.parts.is_empty() && self.parts.iter().all(is_group);
        if base_models_stay { StageName::BuildFeatures } else { StageName::TrainBase }
    }

    /// `names`, the preset's parts of `kind`, with the change.
    pub fn apply(&self, kind: Kind, names: &[String]) -> Vec<String> {
        let mut names: Vec<String> = names.to_vec();
        for (_, part) in self.parts.iter().filter(|(of, _)| *of == kind) {
            match self.change {
                Change::Without => names.retain(|name| name != part),
                Change::With => names.push(part.clone()),
                Change::Same => {}
            }
        }
        names
    }
}

/// The control and then, for every part there is, the variant with it or without it; `only` the parts of these names, all where it is
/// empty. Feature groups come before base models, because they reuse the base models of the preset as it is (see [`crate::trials`]).
///
/// # Errors
/// [`UsageError`] where `only` holds a name that no part has.
pub fn list(models: &[String], groups: &[String], only: &[String]) -> Result<Vec<Variant>, UsageError> {
    let all_models = BaseModel::ALL.map(BaseModel::file_stem);
    let all_groups = FeatureGroupKind::ALL.map(FeatureGroupKind::name);
    let known = || all_models.iter().chain(&all_groups);
    if let Some(name) = only.iter().find(|name| !known().any(|known| known == name)) {
        let names: Vec<&str> = known().copied().collect();
        return Err(UsageError(format!(
            "--only {name}: no base model or feature group has this name; there are {}",
            names.join(", ")
        )));
    }
    let of = |kind: Kind, all: &[&str], has: &[String]| -> Vec<Variant> {
        let is_asked = |name: &&str| only.is_empty() || only.iter().any(|only| only == name);
        let change =
            |name: &str| if has.iter().any(|has| has == name) { Change::Without } else { Change::With };
        all.iter().copied().filter(is_asked).map(|name| Variant::of(change(name), kind, name)).collect()
    };
    let mut variants = vec![Variant::control()];
    variants.extend(of(Kind::FeatureGroup, &all_groups, groups));
    variants.extend(of(Kind::BaseModel, &all_models, models));
    Ok(variants)
}

/// The control, and the parts of all other variants as one.
///
/// # Errors
/// [`UsageError`] where the preset has some of them and not the others: to take away and to add are two questions.
pub fn together(variants: Vec<Variant>) -> Result<Vec<Variant>, UsageError> {
    let rest = &variants[1..];
    let change = rest.first().map_or(Change::Same, |first| first.change);
    if let Some(other) = rest.iter().find(|variant| variant.change != change) {
        let problem = format!(
            "--together: the preset has one of {} and {} and not the other; name parts that it has, or parts that it has not",
            rest[0].name, other.name
        );
        return Err(UsageError(problem));
    }
    let names: Vec<&str> = rest.iter().map(|variant| variant.name.as_str()).collect();
    let several = Variant {
        change,
        kind: Kind::Several,
        name: names.join(" "),
        parts: rest.iter().flat_map(|variant| variant.parts.clone()).collect(),
    };
    Ok(vec![Variant::control(), several])
}

/// The names of the meta-models of the table, of those of the preset, whose keys are `keys`: `only` these, all where it is empty.
///
/// # Errors
/// [`UsageError`] where `only` holds a name that no meta-model of the preset has.
pub fn meta_models(keys: &[String], only: &[String]) -> Result<Vec<&'static str>, UsageError> {
    let of_preset = |model: &MetaModel| keys.iter().any(|key| key == model.key());
    let all: Vec<&str> = MetaModel::ALL.into_iter().filter(of_preset).map(MetaModel::name).collect();
    if let Some(name) = only.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(UsageError(format!("--models {name}: expected some of {}", all.join(", "))));
    }
    Ok(all.into_iter().filter(|name| only.is_empty() || only.iter().any(|only| only == name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_part_there_is_gets_one_variant() {
        let variants = list(&names(&["bias", "mf"]), &names(&["base_scores"]), &[]).unwrap();
        assert_eq!(variants.len(), 1 + BaseModel::ALL.len() + FeatureGroupKind::ALL.len());
        let without: Vec<String> =
            variants.iter().filter(|v| v.change == Change::Without).map(Variant::label).collect();
        assert_eq!(without, ["without base_scores", "without bias", "without mf"]);
        assert!(variants.iter().any(|variant| variant.label() == "with ease"));
        assert_eq!(variants[0].kind, Kind::Control);
    }

    #[test]
    fn no_name_means_two_parts() {
        let variants = list(&[], &[], &[]).unwrap();
        let mut found: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), variants.len());
    }

    #[test]
    fn only_what_is_asked_for_and_the_control() {
        let variants = list(&names(&["mf"]), &names(&["mood"]), &names(&["mf", "disagreement"])).unwrap();
        let labels: Vec<String> = variants.iter().map(Variant::label).collect();
        assert_eq!(labels, ["the preset once more", "with disagreement", "without mf"]);
        let message = list(&[], &[], &names(&["mfx"])).unwrap_err().to_string();
        assert!(message.starts_with("--only mfx: no base model or feature group"), "{message}");
        assert!(message.contains("bias, itemknn") && message.contains("base_scores"), "{message}");
    }

    #[test]
    fn a_change_touches_one_name() {
        let has = names(&["a", "b"]);
        let apply = |variant: Variant| variant.apply(Kind::BaseModel, &has);
        assert_eq!(apply(Variant::of(Change::Without, Kind::BaseModel, "a")), ["b"]);
        assert_eq!(apply(Variant::of(Change::With, Kind::BaseModel, "c")), ["a", "b", "c"]);
        assert_eq!(apply(Variant::of(Change::Without, Kind::FeatureGroup, "a")), has);
        assert_eq!(apply(Variant::control()), has);
    }

    #[test]
    fn several_parts_go_at_once() {
        let (models, groups) = (names(&["bias", "mf"]), names(&["mood", "time"]));
        let of = |only: &[&str]| together(list(&models, &groups, &names(only)).unwrap());
        let [control, several] = &of(&["time", "mf"]).unwrap()[..] else { panic!() };
        assert_eq!(
            (control.first_stage(), several.first_stage()),
            (StageName::TrainBase, StageName::TrainBase)
        );
        assert_eq!(several.label(), "without time mf");
        assert_eq!(several.apply(Kind::BaseModel, &models), ["bias"]);
        assert_eq!(several.apply(Kind::FeatureGroup, &groups), ["mood"]);
        assert_eq!(of(&["time", "mood"]).unwrap()[1].first_stage(), StageName::BuildFeatures);
        let message = of(&["mf", "ease"]).unwrap_err().to_string();
        assert!(
            message.starts_with("--together: the preset has one of mf and ease and not the other"),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_meta_model_is_told_the_known_ones() {
        let of_preset = names(&["gb", "logistic"]);
        assert_eq!(meta_models(&of_preset, &names(&["GBStack"])).unwrap(), ["GBStack"]);
        assert_eq!(meta_models(&of_preset, &[]).unwrap(), ["LogisticStack", "GBStack"]);
        let message = meta_models(&of_preset, &names(&["gb"])).unwrap_err().to_string();
        assert_eq!(message, "--models gb: expected some of LogisticStack, GBStack");
    }
}
