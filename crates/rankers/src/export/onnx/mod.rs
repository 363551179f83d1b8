//! A meta-model as an ONNX file, which onnxruntime and other runtimes score with.
//!
//! Input `features`: f64, rows x features, in the order of the metadata's `feature_names`; missing values are NaN. Outputs, one number a row:
//! `raw_score`, and of a log-loss `probability`, its sigmoid (before any calibration). Thresholds are compared in f64, so that every row ends
//! in the leaves that it has here; the trees' sum alone is an f32, which is all that `TreeEnsembleRegressor` gives.

mod graph;
mod proto;

use prost::Message as _;

use crate::gbdt::{GbdtModel, Tree};
use crate::logistic::LogisticModel;
use crate::objective::ObjectiveKind;
use graph::{ML_DOMAIN, doubles, int, ints, strings};
use proto::{Attribute, DOUBLE, Entry, Graph, Model, OperatorSet};

/// The version of the file format, of 2021, and of the operators: what onnxruntime reads from 1.11 on, the first with f64 thresholds.
const IR_VERSION: i64 = 8;
const OPERATORS: i64 = 15;
const ML_OPERATORS: i64 = 3;

impl LogisticModel {
    /// The regression as an ONNX file. It predicts the same log-odds but for the order in which the terms are summed.
    pub fn to_onnx(&self) -> Vec<u8> {
        let mut graph = Graph::of_features("logistic regression", self.feature_names().len());
        add_log_odds(&mut graph, self, "raw_score");
        add_outputs(&mut graph, true);
        file(graph, self.feature_names(), "log_loss")
    }
}

impl GbdtModel {
    /// The booster as an ONNX file. It predicts the same raw scores but for the rounding of the trees' sum to f32.
    pub fn to_onnx(&self) -> Vec<u8> {
        let mut graph = Graph::of_features("gradient boosting", self.feature_names().len());
        let begin = match self.start() {
            Some(start) => add_log_odds(&mut graph, start, "start"),
            None => graph.constant("init_score", &[1], &[self.init_score()]),
        };
        let trees: &[Tree] = if self.trees().is_empty() { &[Tree::constant(0.0)] } else { self.trees() };
        let sum =
            graph.node("TreeEnsembleRegressor", ML_DOMAIN, &["features"], attributes(trees), "trees_f32");
        let sum = graph.node("Cast", "", &[&sum], vec![int("to", DOUBLE.into())], "trees");
        graph.apply("Add", &[&sum, &begin], "raw_score");
        add_outputs(&mut graph, self.objective() == ObjectiveKind::BinaryLogLoss);
        file(graph, self.feature_names(), self.objective().loss_name())
    }
}

/// Log-odds, with each feature's mean in the place of missing values.
fn add_log_odds(graph: &mut Graph, model: &LogisticModel, output: &str) -> String {
    let n = model.coefficients().len();
    let means = graph.constant("means", &[1, n], model.imputed());
    let coefficients = graph.constant("coefficients", &[n, 1], model.coefficients());
    let intercept = graph.constant("intercept", &[1], &[model.intercept()]);
    let missing = graph.apply("IsNaN", &["features"], "missing");
    let known = graph.apply("Where", &[&missing, &means, "features"], "known");
    let terms = graph.apply("MatMul", &[&known, &coefficients], "terms");
    graph.apply("Add", &[&terms, &intercept], output)
}

fn add_outputs(graph: &mut Graph, is_log_loss: bool) {
    graph.gives("raw_score", "the score before any calibration; higher is better");
    if is_log_loss {
        graph.apply("Sigmoid", &["raw_score"], "probability");
        graph.gives("probability", "the probability that the item is relevant, before any calibration");
    }
}

/// Splits, then leaves, are the nodes of a tree.
fn attributes(trees: &[Tree]) -> Vec<Attribute> {
    let mut tree_ids = Vec::new();
    let mut node_ids = Vec::new();
    let mut features = Vec::new();
    let mut modes = Vec::new();
    let mut thresholds = Vec::new();
    let mut left = Vec::new();
    let mut right = Vec::new();
    let mut missing_left = Vec::new();
    let mut leaf_trees = Vec::new();
    let mut leaf_nodes = Vec::new();
    let mut leaf_values = Vec::new();
    for (tree_id, tree) in (0..).zip(trees) {
        for (node_id, split) in (0..).zip(&tree.splits) {
            tree_ids.push(tree_id);
            node_ids.push(node_id);
            features.push(split.feature.into());
            modes.push("BRANCH_LEQ");
            thresholds.push(split.threshold);
            left.push(tree.node_of(split.left) as i64);
            right.push(tree.node_of(split.right) as i64);
            missing_left.push(split.default_left.into());
        }
        for (node_id, leaf) in (tree.splits.len() as i64..).zip(&tree.leaves) {
            tree_ids.push(tree_id);
            node_ids.push(node_id);
            features.push(0);
            modes.push("LEAF");
            thresholds.push(0.0);
            left.push(0);
            right.push(0);
            missing_left.push(0);
            leaf_trees.push(tree_id);
            leaf_nodes.push(node_id);
            leaf_values.push(leaf.value);
        }
    }
    vec![
        int("n_targets", 1),
        ints("nodes_treeids", tree_ids),
        ints("nodes_nodeids", node_ids),
        ints("nodes_featureids", features),
        strings("nodes_modes", &modes),
        doubles("nodes_values_as_tensor", &thresholds),
        ints("nodes_truenodeids", left),
        ints("nodes_falsenodeids", right),
        ints("nodes_missing_value_tracks_true", missing_left),
        ints("target_ids", vec![0; leaf_trees.len()]),
        ints("target_treeids", leaf_trees),
        ints("target_nodeids", leaf_nodes),
        doubles("target_weights_as_tensor", &leaf_values),
    ]
}

fn file(graph: Graph, feature_names: &[String], loss: &str) -> Vec<u8> {
    let entry = |key: &str, value: String| Entry { key: key.to_owned(), value };
    let operators = |domain: &str, version| OperatorSet { domain: domain.to_owned(), version };
    let model = Model {
        ir_version: IR_VERSION,
        producer_name: "podium".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        doc_string: "The features in the order of feature_names; a missing value is NaN.".to_owned(),
        graph: Some(graph),
        opset_import: vec![operators("", OPERATORS), operators(ML_DOMAIN, ML_OPERATORS)],
        metadata_props: vec![
            entry("feature_names", serde_json::Value::from(feature_names).to_string()),
            entry("loss", loss.to_owned()),
        ],
    };
    model.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gbdt::{Leaf, Split};
    use proto::{Node, Tensor};

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap());
        tensor.raw_data.chunks(8).map(number).collect()
    }

    fn decoded(bytes: &[u8]) -> (Model, Graph) {
        let model = Model::decode(bytes).unwrap();
        let graph = model.graph.clone().unwrap();
        (model, graph)
    }

    fn operators(graph: &Graph) -> Vec<&str> {
        graph.node.iter().map(|node| node.op_type.as_str()).collect()
    }

    fn attribute<'a>(node: &'a Node, name: &str) -> &'a Attribute {
        node.attribute.iter().find(|attribute| attribute.name == name).unwrap()
    }

    fn names() -> Vec<String> {
        vec!["a".to_owned(), "b \"x\"".to_owned()]
    }

    fn logistic() -> LogisticModel {
        LogisticModel::given(names(), vec![0.1, -2.0], 0.5, vec![3.0, 4.0])
    }

    /// `f1 <= 0.1`, missing left.
    fn stump() -> Tree {
        let split = Split {
            feature: 1,
            threshold: 0.1,
            default_left: true,
            left: -1,
            right: -2,
            gain: 1.0,
            value: 0.0,
            weight: 2.0,
            n_rows: 2,
        };
        let leaf = |value| Leaf { value, weight: 1.0, n_rows: 1 };
        Tree { splits: vec![split], leaves: vec![leaf(-0.25), leaf(0.75)] }
    }

    #[test]
    fn a_regression_is_a_product_of_known_values() {
        let (model, graph) = decoded(&logistic().to_onnx());
        assert_eq!(operators(&graph), ["IsNaN", "Where", "MatMul", "Add", "Sigmoid"]);
        let constants: Vec<(&str, Vec<i64>, Vec<f64>)> = graph
            .initializer
            .iter()
            .map(|tensor| (tensor.name.as_str(), tensor.dims.clone(), numbers(tensor)))
            .collect();
        assert_eq!(
            constants,
            [
                ("means", vec![1, 2], vec![3.0, 4.0]),
                ("coefficients", vec![2, 1], vec![0.1, -2.0]),
                ("intercept", vec![1], vec![0.5])
            ]
        );
        assert_eq!(model.metadata_props[0].value, r#"["a","b \"x\""]"#);
        let outputs: Vec<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();
        assert_eq!(outputs, ["raw_score", "probability"]);
    }

    #[test]
    fn trees_keep_their_thresholds_to_the_last_bit() {
        let objective = ObjectiveKind::BinaryLogLoss;
        let trees = vec![stump(), Tree::constant(1.5)];
        let model = GbdtModel::given(names(), vec![None; 2], objective, 0.1, trees, Some(logistic()));
        let (_, graph) = decoded(&model.to_onnx());
        assert_eq!(
            operators(&graph),
            ["IsNaN", "Where", "MatMul", "Add", "TreeEnsembleRegressor", "Cast", "Add", "Sigmoid"]
        );
        let trees = &graph.node[4];
        let ints = |name: &str| attribute(trees, name).ints.clone();
        assert_eq!(ints("nodes_treeids"), [0, 0, 0, 1]);
        assert_eq!(ints("nodes_nodeids"), [0, 1, 2, 0]);
        assert_eq!((ints("nodes_truenodeids")[0], ints("nodes_falsenodeids")[0]), (1, 2));
        assert_eq!(ints("nodes_featureids"), [1, 0, 0, 0]);
        assert_eq!(ints("nodes_missing_value_tracks_true"), [1, 0, 0, 0]);
        assert_eq!((ints("target_treeids"), ints("target_nodeids")), (vec![0, 0, 1], vec![1, 2, 0]));
        let doubles = |name: &str| numbers(attribute(trees, name).tensor.as_ref().unwrap());
        assert_eq!(doubles("nodes_values_as_tensor"), [0.1, 0.0, 0.0, 0.0]);
        assert_eq!(doubles("target_weights_as_tensor"), [-0.25, 0.75, 1.5]);
    }

    #[test]
    fn a_ranking_has_no_probability_and_no_trees_are_a_constant() {
        let model = GbdtModel::given(names(), vec![None; 2], ObjectiveKind::LambdaRank, 0.1, vec![], None);
        let (_, graph) = decoded(&model.to_onnx());
        assert_eq!(operators(&graph), ["TreeEnsembleRegressor", "Cast", "Add"]);
        assert_eq!(graph.output.len(), 1);
        assert_eq!(attribute(&graph.node[0], "nodes_modes").strings, [b"LEAF"]);
    }
}
