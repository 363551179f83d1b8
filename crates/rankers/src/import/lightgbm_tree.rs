//! One tree of a `LightGBM` text.

use super::ImportError;
use super::blocks::{Block, Field};
use crate::gbdt::{Leaf, Split, Tree};
use crate::logistic::LogisticModel;

/// Bit 0 of `decision_type`.
const CATEGORICAL: u8 = 1;
/// Bit 1.
const DEFAULT_LEFT: u8 = 1 << 1;
/// What counts as 0 where zeros are missing values: numbers up to this, on both sides.
const ZERO: f64 = 1e-35f32 as f64;

/// What a tree's block stands for.
pub(super) enum Grown {
    /// A tree.
    Tree(Tree),
    /// A linear model over all rows: a tree of one leaf, as our own export writes the start of a booster.
    Start(LogisticModel),
}

/// The tree of a block; `columns` holds for each of the model's features where it stands among the rows', whose names are `names`.
pub(super) fn read(block: &Block<'_>, columns: &[usize], names: &[String]) -> Result<Grown, ImportError> {
    let n_leaves: usize = block.field("num_leaves")?.number()?;
    if let Some(field) = block.get("num_cat")
        && field.number::<u64>()? != 0
    {
        return Err(field.error("is not 0: splits on categories are not supported, only those on numbers"));
    }
    if let Some(field) = block.get("is_linear")
        && field.number::<u8>()? != 0
    {
        let own = block.get("leaf_imputed").filter(|_| n_leaves == 1).ok_or_else(|| {
            field.error("is not 0: linear leaves (linear_tree) are not supported but for the one leaf of a model that Podium exported")
        })?;
        return start(block, own, columns, names).map(Grown::Start);
    }
    let n_splits = n_leaves
        .checked_sub(1)
        .ok_or_else(|| ImportError::new(block.line, "`num_leaves` is 0, expected at least 1"))?;
    // As many leaves as are said to be there: nothing is allocated before they have been counted.
    let values = block.field("leaf_value")?.reals(n_leaves)?;
    let weights = block.reals_or_zeros("leaf_weight", n_leaves)?;
    let counts: Vec<u32> = block.list_or_zeros("leaf_count", n_leaves)?;
    let leaves = values.into_iter().zip(weights).zip(counts);
    let tree = Tree {
        splits: if n_splits == 0 { Vec::new() } else { splits(block, n_splits, columns)? },
        leaves: leaves.map(|((value, weight), n_rows)| Leaf { value, weight, n_rows }).collect(),
    };
    match tree.validate(names.len()) {
        Ok(()) => Ok(Grown::Tree(tree)),
        Err(error) => Err(ImportError::new(block.line, error.inconsistency())),
    }
}

fn splits(block: &Block<'_>, n: usize, columns: &[usize]) -> Result<Vec<Split>, ImportError> {
    let features: Vec<usize> = block.field("split_feature")?.list(n)?;
    let thresholds = block.field("threshold")?.reals(n)?;
    let decisions = block.field("decision_type")?;
    let left: Vec<i32> = block.field("left_child")?.list(n)?;
    let right: Vec<i32> = block.field("right_child")?.list(n)?;
    let gains = block.reals_or_zeros("split_gain", n)?;
    let values = block.reals_or_zeros("internal_value", n)?;
    let weights = block.reals_or_zeros("internal_weight", n)?;
    let counts: Vec<u32> = block.list_or_zeros("internal_count", n)?;
    let split = |(at, decision): (usize, u8)| {
        let feature = *columns.get(features[at]).ok_or_else(|| {
            let problem = format!("is on feature {}, but there are {}", features[at], columns.len());
            block.field("split_feature").map_or_else(|error| error, |field| field.error(problem))
        })?;
        Ok(Split {
            feature: feature as u32,
            threshold: thresholds[at],
            default_left: default_left(decisions, at, decision, thresholds[at])?,
            left: left[at],
            right: right[at],
            gain: gains[at],
            value: values[at],
            weight: weights[at],
            n_rows: counts[at],
        })
    };
    decisions.list(n)?.into_iter().enumerate().map(split).collect()
}

/// Whether a missing value goes left. `LightGBM` takes it for 0 where `missing_type` is none; where it is zero, zeros go the missing values' way,
/// which is no other than that of their comparison in a tree that can be told here.
fn default_left(decisions: Field<'_>, at: usize, decision: u8, threshold: f64) -> Result<bool, ImportError> {
    if decision & CATEGORICAL != 0 {
        return Err(decisions.error(format!(
            "number {} is {decision}, a split on categories: only numbers are supported",
            at + 1
        )));
    }
    let left = decision & DEFAULT_LEFT != 0;
    match decision >> 2 {
        0 => Ok(0.0 <= threshold),
        1 if (left && threshold >= ZERO) || (!left && threshold < -ZERO) => Ok(left),
        1 => Err(decisions.error(format!(
            "number {} is {decision}: 0 is a missing value there and goes another way than its comparison says; train with zero_as_missing=false",
            at + 1
        ))),
        2 => Ok(left),
        _ => Err(decisions.error(format!("number {} is {decision}, expected at most 11", at + 1))),
    }
}

/// The one leaf that is a linear model. `imputed` is our own key, which other readers leave alone: what stands in for a missing value.
fn start(
    block: &Block<'_>,
    imputed: Field<'_>,
    columns: &[usize],
    names: &[String],
) -> Result<LogisticModel, ImportError> {
    let n_terms: usize = block.field("num_features")?.number()?;
    let terms = block.field("leaf_features")?;
    let coefficients = block.field("leaf_coeff")?.reals(n_terms)?;
    let imputed = imputed.reals(n_terms)?;
    let intercept = block.field("leaf_const")?.reals(1)?[0];
    let mut of_columns = vec![[0.0; 2]; names.len()];
    let mut seen = vec![false; names.len()];
    for ((feature, coefficient), imputed) in
        terms.list::<usize>(n_terms)?.into_iter().zip(coefficients).zip(imputed)
    {
        let column = columns.get(feature).copied().filter(|&column| !seen[column]);
        let column = column.ok_or_else(|| {
            terms.error(format!(
                "holds {feature}, expected each of 0 to {} once",
                columns.len().saturating_sub(1)
            ))
        })?;
        seen[column] = true;
        of_columns[column] = [coefficient, imputed];
    }
    let (coefficients, imputed) =
        of_columns.into_iter().map(|[coefficient, imputed]| (coefficient, imputed)).unzip();
    Ok(LogisticModel::given(names.to_vec(), coefficients, intercept, imputed))
}
