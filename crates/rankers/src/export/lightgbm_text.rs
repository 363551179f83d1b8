//! A booster as a `LightGBM` 4 model file, which `lgb.Booster(model_str=...)` and whatever else reads that format can score with.
//!
//! The format has no initial score: it is added to the leaves of the first tree. A linear start becomes a tree of its own, with one leaf
//! that is a linear model, as `LightGBM` writes them for `linear_tree`; where a feature is missing, `LightGBM` takes the leaf's constant
//! instead, which has the mean for every feature. A key more, `leaf_imputed`, says for our own import what each of the means is; `LightGBM` skips
//! what it does not know. Its feature names know no white space, which becomes `_`.

use std::fmt::{Display, Write as _};

use crate::gbdt::{GbdtModel, Tree};
use crate::logistic::LogisticModel;
use crate::objective::ObjectiveKind;

/// Bit 1 of `decision_type`: missing values go left.
const DEFAULT_LEFT: u8 = 1 << 1;
/// Bits 2 and 3 of `decision_type`: which values are missing; 2 stands for NaN.
const MISSING_IS_NAN: u8 = 2 << 2;

impl GbdtModel {
    /// The model in `LightGBM`'s text format, version 4. It predicts the same raw scores, missing values included, but for the rounding of
    /// the first tree's leaves.
    pub fn to_lightgbm_text(&self) -> String {
        let trees: &[Tree] = if self.trees().is_empty() { &[Tree::constant(0.0)] } else { self.trees() };
        let linear = self.start().map(|start| linear_block(start, trees.len()));
        let blocks: Vec<String> = trees
            .iter()
            .enumerate()
            .map(|(index, tree)| {
                let offset = if index == 0 { self.init_score() } else { 0.0 };
                tree_block(index, tree, offset, self.learning_rate())
            })
            .chain(linear)
            .collect();
        let names: Vec<String> =
            self.feature_names().iter().map(|name| name.replace(char::is_whitespace, "_")).collect();
        let infos = self.feature_ranges().iter().map(|range| match range {
            Some([min, max]) => format!("[{min:?}:{max:?}]"),
            None => "none".to_owned(),
        });
        let objective = match self.objective() {
            ObjectiveKind::BinaryLogLoss => "binary sigmoid:1",
            ObjectiveKind::SquaredError => "regression",
            ObjectiveKind::LambdaRank | ObjectiveKind::CombinedRank => "lambdarank",
            ObjectiveKind::XeNdcg => "rank_xendcg",
            // Soft labels, log-odds as scores; the listwise part has no name there.
            ObjectiveKind::RankXent => "cross_entropy",
        };
        let mut text = format!(
            "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={}\nobjective={objective}\n\
             feature_names={}\nfeature_infos={}\ntree_sizes={}\n\n",
            names.len().saturating_sub(1),
            names.join(" "),
            join(infos),
            join(blocks.iter().map(String::len)),
        );
        for block in blocks {
            text += &block;
        }
        text += "end of trees\n\nfeature_importances:\n";
        let mut importances = self.importances();
        importances.sort_by_key(|importance| std::cmp::Reverse(importance.n_splits));
        for importance in importances.iter().filter(|importance| importance.n_splits > 0) {
            let name = importance.feature.replace(char::is_whitespace, "_");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}={}", importance.n_splits);
        }
        text += "\nparameters:\nend of parameters\n\npandas_categorical:null\n";
        text
    }
}

/// One tree's section, two empty lines at its end included. `offset` is added to all values.
fn tree_block(index: usize, tree: &Tree, offset: f64, shrinkage: f64) -> String {
    let mut block = format!("Tree={index}\nnum_leaves={}\nnum_cat=0\n", tree.leaves.len());
    let mut line = |key: &str, values: String| {
        let _ = writeln!(block, "{key}={values}");
    };
    let splits = || tree.splits.iter();
    line("split_feature", join(splits().map(|split| split.feature)));
    line("split_gain", join(splits().map(|split| number(split.gain))));
    line("threshold", join(splits().map(|split| number(split.threshold))));
    line(
        "decision_type",
        join(splits().map(|split| MISSING_IS_NAN | if split.default_left { DEFAULT_LEFT } else { 0 })),
    );
    line("left_child", join(splits().map(|split| split.left)));
    line("right_child", join(splits().map(|split| split.right)));
    line("leaf_value", join(tree.leaves.iter().map(|leaf| number(leaf.value + offset))));
    line("leaf_weight", join(tree.leaves.iter().map(|leaf| number(leaf.weight))));
    line("leaf_count", join(tree.leaves.iter().map(|leaf| leaf.n_rows)));
    line("internal_value", join(splits().map(|split| number(split.value + offset))));
    line("internal_weight", join(splits().map(|split| number(split.weight))));
    line("internal_count", join(splits().map(|split| split.n_rows)));
    line("is_linear", "0".to_owned());
    line("shrinkage", number(shrinkage));
    block + "\n\n"
}

/// The section of a linear model: a tree of one leaf.
fn linear_block(start: &LogisticModel, index: usize) -> String {
    let at_means: f64 = start.coefficients().iter().zip(start.imputed()).map(|(c, mean)| c * mean).sum();
    let n_features = start.coefficients().len();
    format!(
        "Tree={index}\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\nleft_child=\nright_child=\n\
         leaf_value={}\nleaf_weight=0\nleaf_count=0\ninternal_value=\ninternal_weight=\ninternal_count=\nis_linear=1\n\
         leaf_const={}\nnum_features={n_features}\nleaf_features={} \nleaf_coeff={} \nshrinkage=1\nleaf_imputed={}\n\n\n",
        number(start.intercept() + at_means),
        number(start.intercept()),
        join(0..n_features),
        join(start.coefficients().iter().map(|&coefficient| number(coefficient))),
        join(start.imputed().iter().map(|&mean| number(mean))),
    )
}

/// The shortest digits that read back as the same f64, with an exponent where it is far from 1.
fn number(x: f64) -> String {
    let text = format!("{x:?}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn join<T: Display>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
}
