//! A booster as an `XGBoost` model file in JSON, as versions from 2.0 on read it.
//!
//! `XGBoost` holds features, leaves and sums as f32, and sends a value left where it is below a node's condition: the condition is the first f32
//! above the threshold. A row may end in another leaf than here only where f32 cannot tell its value from the threshold, which the
//! edges of bins avoid (`gbdt/binning.rs`).
//!
//! The initial score is spread over the trees, an equal part in all leaves of each: sums on their way stay small, and lose less to rounding than
//! with the whole of it in the base score. A linear start cannot be a tree. It stands in the attribute `podium_start`, a JSON object of `intercept`, `coefficients` and `imputed` (what stands in for
//! a missing value), in the order of the features; whoever predicts adds its log-odds to the margin, in f64, or hands them in as
//! `base_margin`, at the cost of an f32 sum of larger numbers.

#![expect(clippy::struct_field_names, reason = "the keys are XGBoost's")]

use serde::Serialize;
use serde_json::{Value, json};

use crate::gbdt::{GbdtModel, Tree};
use crate::objective::ObjectiveKind;

/// The version that first had this layout.
const VERSION: [u32; 3] = [2, 0, 0];
/// The parent of a root.
const NO_PARENT: i32 = i32::MAX;

#[derive(Serialize)]
struct Model<'a> {
    learner: Learner<'a>,
    version: [u32; 3],
}

#[derive(Serialize)]
struct Learner<'a> {
    attributes: Value,
    feature_names: &'a [String],
    feature_types: [&'a str; 0],
    gradient_booster: GradientBooster,
    learner_model_param: Value,
    objective: Value,
}

#[derive(Serialize)]
struct GradientBooster {
    model: Trees,
    name: &'static str,
}

#[derive(Serialize)]
struct Trees {
    gbtree_model_param: Value,
    iteration_indptr: Vec<usize>,
    tree_info: Vec<u32>,
    trees: Vec<Nodes>,
}

/// A tree. In a leaf, `split_conditions` is its value.
#[derive(Serialize)]
struct Nodes {
    base_weights: Vec<f32>,
    categories: [u32; 0],
    categories_nodes: [u32; 0],
    categories_segments: [u32; 0],
    categories_sizes: [u32; 0],
    default_left: Vec<u8>,
    id: usize,
    left_children: Vec<i32>,
    loss_changes: Vec<f32>,
    parents: Vec<i32>,
    right_children: Vec<i32>,
    split_conditions: Vec<f32>,
    split_indices: Vec<u32>,
    split_type: Vec<u8>,
    sum_hessian: Vec<f32>,
    tree_param: Value,
}

impl GbdtModel {
    /// The model in `XGBoost`'s JSON. It predicts the same raw scores but for the rounding of f32, without the log-odds of a
    /// [`GbdtModel::start`].
    pub fn to_xgboost_json(&self) -> String {
        let n_features = self.feature_names().len();
        let trees: &[Tree] = if self.trees().is_empty() { &[Tree::constant(0.0)] } else { self.trees() };
        let offset = self.init_score() / trees.len() as f64;
        let trees: Vec<Nodes> =
            (0..).zip(trees).map(|(id, tree)| Nodes::new(id, tree, offset, n_features)).collect();
        let (base_score, objective) = objective(self.objective());
        let attributes = self.start().map_or_else(
            || json!({}),
            |start| {
                let start = json!({
                    "intercept": start.intercept(),
                    "coefficients": start.coefficients(),
                    "imputed": start.imputed(),
                });
                json!({ "podium_start": start.to_string() })
            },
        );
        let model = Model {
            learner: Learner {
                attributes,
                feature_names: self.feature_names(),
                feature_types: [],
                gradient_booster: GradientBooster {
                    model: Trees {
                        gbtree_model_param: json!({
                            "num_parallel_tree": "1",
                            "num_trees": trees.len().to_string(),
                        }),
                        iteration_indptr: (0..=trees.len()).collect(),
                        tree_info: vec![0; trees.len()],
                        trees,
                    },
                    name: "gbtree",
                },
                learner_model_param: json!({
                    "base_score": base_score,
                    "boost_from_average": "1",
                    "num_class": "0",
                    "num_feature": n_features.to_string(),
                    "num_target": "1",
                }),
                objective,
            },
            version: VERSION,
        };
        serde_json::to_string(&model).unwrap_or_else(|_| unreachable!("lists of numbers and words"))
    }
}

/// The base score that stands for a margin of 0, and the objective.
fn objective(kind: ObjectiveKind) -> (&'static str, Value) {
    let regression = |name: &str| json!({ "name": name, "reg_loss_param": { "scale_pos_weight": "1" } });
    match kind {
        // A probability: 0.5 is a margin of 0.
        ObjectiveKind::BinaryLogLoss => ("5E-1", regression("binary:logistic")),
        ObjectiveKind::RankXent => ("5E-1", regression("reg:logistic")),
        ObjectiveKind::SquaredError => ("0E0", regression("reg:squarederror")),
        ObjectiveKind::LambdaRank | ObjectiveKind::CombinedRank | ObjectiveKind::XeNdcg => {
            ("0E0", json!({ "name": "rank:ndcg", "lambdarank_param": {} }))
        }
    }
}

impl Nodes {
    /// `offset` is added to all values.
    fn new(id: usize, tree: &Tree, offset: f64, n_features: usize) -> Self {
        // The children of a node stand side by side: below the first levels, XGBoost looks for the right one behind the left one.
        let left_of = |split: usize| 1 + 2 * split;
        let n_nodes = left_of(tree.splits.len());
        let mut place = vec![0; n_nodes];
        let mut parents = vec![NO_PARENT; n_nodes];
        for (at, split) in tree.splits.iter().enumerate() {
            for (child, to) in [(split.left, left_of(at)), (split.right, left_of(at) + 1)] {
                place[tree.node_of(child)] = to;
                parents[to] = place[at] as i32;
            }
        }
        let mut nodes = Self {
            base_weights: vec![0.0; n_nodes],
            categories: [],
            categories_nodes: [],
            categories_segments: [],
            categories_sizes: [],
            default_left: vec![0; n_nodes],
            id,
            left_children: vec![-1; n_nodes],
            loss_changes: vec![0.0; n_nodes],
            parents,
            right_children: vec![-1; n_nodes],
            split_conditions: vec![0.0; n_nodes],
            split_indices: vec![0; n_nodes],
            split_type: vec![0; n_nodes],
            sum_hessian: vec![0.0; n_nodes],
            tree_param: json!({
                "num_deleted": "0",
                "num_feature": n_features.to_string(),
                "num_nodes": n_nodes.to_string(),
                "size_leaf_vector": "1",
            }),
        };
        for (at, split) in tree.splits.iter().enumerate() {
            let to = place[at];
            nodes.base_weights[to] = single(split.value + offset);
            nodes.default_left[to] = split.default_left.into();
            nodes.left_children[to] = left_of(at) as i32;
            nodes.right_children[to] = left_of(at) as i32 + 1;
            nodes.loss_changes[to] = single(split.gain);
            nodes.split_conditions[to] = first_above(split.threshold);
            nodes.split_indices[to] = split.feature;
            nodes.sum_hessian[to] = single(split.weight);
        }
        for (leaf, &to) in tree.leaves.iter().zip(&place[tree.splits.len()..]) {
            nodes.base_weights[to] = single(leaf.value + offset);
            nodes.split_conditions[to] = single(leaf.value + offset);
            nodes.sum_hessian[to] = single(leaf.weight);
        }
        nodes
    }
}

/// The nearest f32 that is finite.
fn single(x: f64) -> f32 {
    (x as f32).clamp(f32::MIN, f32::MAX)
}

/// The smallest f32 above `threshold`: an f32 is below it where it is at most `threshold`. For thresholds from the largest f32 on, that one,
/// which is right for all values but itself.
fn first_above(threshold: f64) -> f32 {
    let nearest = threshold as f32;
    let above = if f64::from(nearest) > threshold { nearest } else { nearest.next_up() };
    above.clamp(f32::MIN, f32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn conditions_of_thresholds_at_the_edges() {
        assert_eq!(first_above(1.5), 1.5f32.next_up());
        assert_eq!(first_above(0.0), f32::from_bits(1));
        assert_eq!(first_above(-1e-300), 0.0);
        assert_eq!((first_above(f64::MAX), first_above(f64::MIN)), (f32::MAX, f32::MIN));
    }

    proptest! {
        #[test]
        fn an_f32_is_below_the_condition_where_it_is_at_most_the_threshold(
            threshold in -1e6..1e6f64,
            steps in -3i32..=3,
        ) {
            let mut x = threshold as f32;
            for _ in 0..steps.abs() {
                x = if steps > 0 { x.next_up() } else { x.next_down() };
            }
            prop_assert_eq!(x < first_above(threshold), f64::from(x) <= threshold);
        }
    }
}
