//! A `LightGBM` text model (versions 3 and 4) as a booster of ours.
//!
//! What cannot be told exactly is refused: splits on categories, several classes, averaged trees (`rf`), linear leaves (but for our own
//! export's), zeros as missing values, objectives that ours do not stand for. Every number is read to the last bit, so that raw scores differ
//! in the order of the sum at most.

use super::ImportError;
use super::blocks::{Block, Blocks, Field};
use super::lightgbm_tree::{Grown, read};
use crate::gbdt::{GbdtModel, Tree};
use crate::logistic::LogisticModel;
use crate::objective::ObjectiveKind;

/// Names that an error lists at most.
const MAX_NAMES: usize = 8;

/// What `LightGBM` calls the objectives whose models can stand in place of one of ours.
pub const fn lightgbm_objectives(of: ObjectiveKind) -> &'static [&'static str] {
    match of {
        // Both are the log-odds of a log-loss, of labels and of probabilities.
        ObjectiveKind::BinaryLogLoss => &["binary", "cross_entropy"],
        ObjectiveKind::SquaredError => &["regression"],
        ObjectiveKind::LambdaRank | ObjectiveKind::CombinedRank => &["lambdarank"],
        ObjectiveKind::XeNdcg => &["rank_xendcg"],
        ObjectiveKind::RankXent => &["cross_entropy"],
    }
}

impl GbdtModel {
    /// The model of a `LightGBM` text, over features of these names in this order, in place of a model of this objective. It has no
    /// learning curve.
    ///
    /// # Errors
    /// [`ImportError`] where the text is damaged, where the model has other features, in whatever order, or another objective, or where it
    /// holds what a booster of ours cannot say.
    pub fn from_lightgbm_text(
        text: &str,
        names: &[String],
        objective: ObjectiveKind,
    ) -> Result<Self, ImportError> {
        let mut blocks = Blocks::new(text)?;
        let Some(header) = blocks.read_next()? else {
            return Err(ImportError::new(1, "expected a header"));
        };
        check_header(&header, objective)?;
        let columns = columns(&header, names)?;
        let mut feature_ranges = vec![None; names.len()];
        if let Some(field) = header.get("feature_infos") {
            for (&column, info) in columns.iter().zip(field.words()) {
                feature_ranges[column] = range(info);
            }
        }
        let mut trees: Vec<Tree> = Vec::new();
        let mut start: Option<LogisticModel> = None;
        let mut learning_rate = 1.0;
        let mut n_trees = 0;
        while let Some(block) = blocks.read_next()? {
            n_trees += 1;
            match read(&block, &columns, names)? {
                Grown::Tree(tree) => {
                    trees.push(tree);
                    if let Some(field) = block.get("shrinkage") {
                        learning_rate = field.reals(1)?[0];
                    }
                }
                Grown::Start(_) if start.is_some() => {
                    return Err(ImportError::new(block.line, "a second linear model, expected one at most"));
                }
                Grown::Start(model) => start = Some(model),
            }
        }
        if let Some(field) = header.get("tree_sizes")
            && field.words().count() != n_trees
        {
            return Err(field.error(format!("lists {} trees, found {n_trees}", field.words().count())));
        }
        let model = Self::given(names.to_vec(), feature_ranges, objective, learning_rate, trees, start);
        model.validate().map_err(|error| ImportError::new(header.line, error.inconsistency()))?;
        Ok(model)
    }
}

fn check_header(header: &Block<'_>, objective: ObjectiveKind) -> Result<(), ImportError> {
    let version = header.field("version")?;
    if !["v3", "v4"].contains(&version.text()) {
        return Err(version.error(format!("is {:?}, expected v3 or v4", version.text())));
    }
    for key in ["num_class", "num_tree_per_iteration"] {
        let field = header.field(key)?;
        if field.number::<u64>()? != 1 {
            return Err(field.error(format!("is {}, expected 1: one score a row", field.text())));
        }
    }
    if let Some(field) = header.get("average_output") {
        return Err(
            field.error("says that the trees' mean is the score (boosting=rf): only sums are supported")
        );
    }
    check_objective(header.field("objective")?, objective)
}

fn check_objective(field: Field<'_>, objective: ObjectiveKind) -> Result<(), ImportError> {
    let known = lightgbm_objectives(objective);
    let mut words = field.words();
    let name = words.next().unwrap_or_default();
    if !known.contains(&name) {
        return Err(field.error(format!("is {:?}, expected {} here", field.text(), known.join(" or "))));
    }
    match words.find(|&word| word != "sigmoid:1") {
        Some(word) => {
            Err(field.error(format!("has {word:?}, which changes what a score means: train without")))
        }
        None => Ok(()),
    }
}

/// For each of the model's features where it stands among `names`: the names must be the same, the order may differ.
fn columns(header: &Block<'_>, names: &[String]) -> Result<Vec<usize>, ImportError> {
    let field = header.field("feature_names")?;
    let n_features = header.field("max_feature_idx")?.number::<usize>()?;
    let found: Vec<&str> = field.words().collect();
    if n_features.checked_add(1) != Some(found.len()) {
        return Err(field.error(format!("holds {} names, but max_feature_idx is {n_features}", found.len())));
    }
    // White space ends a name there.
    let expected: Vec<String> = names.iter().map(|name| name.replace(char::is_whitespace, "_")).collect();
    let mut sorted: Vec<(&str, usize)> = expected.iter().map(String::as_str).zip(0..).collect();
    sorted.sort_unstable();
    let mut is_taken = vec![false; names.len()];
    let mut columns = Vec::with_capacity(found.len());
    let mut unknown = Vec::new();
    for name in found {
        let at = sorted.partition_point(|&(other, _)| other < name);
        match sorted.get(at) {
            Some(&(other, column)) if other == name && !is_taken[column] => {
                is_taken[column] = true;
                columns.push(column);
            }
            _ => unknown.push(name),
        }
    }
    let unused: Vec<&str> = expected
        .iter()
        .zip(&is_taken)
        .filter(|(_, is_taken)| !**is_taken)
        .map(|(name, _)| name.as_str())
        .collect();
    if unknown.is_empty() && unused.is_empty() {
        return Ok(columns);
    }
    let part = |what: &str, names: &[&str]| (!names.is_empty()).then(|| format!("{what}: {}", listed(names)));
    let parts: Vec<String> = [part("the rows have no", &unknown), part("the model has no", &unused)]
        .into_iter()
        .flatten()
        .collect();
    Err(field.error(format!(
        "are not the {} features of the rows, which a model must have, in any order; {}",
        names.len(),
        parts.join("; ")
    )))
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MAX_NAMES).map(|name| name.chars().take(60).collect::<String>());
    let text = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// Smallest and largest value, from `[1.5:3]`.
fn range(info: &str) -> Option<[f64; 2]> {
    let (low, high) = info.strip_prefix('[')?.strip_suffix(']')?.split_once(':')?;
    let range = [low.parse().ok()?, high.parse().ok()?];
    range.iter().all(|bound: &f64| bound.is_finite()).then_some(range)
}
