//! A graph, node by node.

use super::proto::{
    Attribute, AttributeKind, DOUBLE, Dimension, Graph, Node, Shape, Tensor, TensorType, Type, ValueInfo,
};

/// The domain of trees.
pub(super) const ML_DOMAIN: &str = "ai.onnx.ml";

impl Graph {
    /// A graph with one input, `features`: rows of `n_features` f64 numbers.
    pub(super) fn of_features(name: &str, n_features: usize) -> Self {
        let input = value("features", n_features as i64, "one row a candidate, a missing value as NaN");
        Self { name: name.to_owned(), input: vec![input], ..Self::default() }
    }

    /// Adds a constant of this shape and gives its name.
    pub(super) fn constant(&mut self, name: &str, shape: &[usize], numbers: &[f64]) -> String {
        self.initializer.push(tensor(name, shape, numbers));
        name.to_owned()
    }

    /// Adds a node of ONNX's own operators, whose one output is called `output`.
    pub(super) fn apply(&mut self, operator: &str, inputs: &[&str], output: &str) -> String {
        self.node(operator, "", inputs, Vec::new(), output)
    }

    /// The same of any domain, with attributes.
    pub(super) fn node(
        &mut self,
        operator: &str,
        domain: &str,
        inputs: &[&str],
        attribute: Vec<Attribute>,
        output: &str,
    ) -> String {
        self.node.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: operator.to_owned(),
            attribute,
            domain: domain.to_owned(),
        });
        output.to_owned()
    }

    /// Says that the value `name`, one number a row, is an output.
    pub(super) fn gives(&mut self, name: &str, doc: &str) {
        self.output.push(value(name, 1, doc));
    }
}

/// A value of any number of rows.
fn value(name: &str, n_columns: i64, doc: &str) -> ValueInfo {
    let rows = Dimension { dim_value: None, dim_param: Some("rows".to_owned()) };
    let columns = Dimension { dim_value: Some(n_columns), dim_param: None };
    let shape = Some(Shape { dim: vec![rows, columns] });
    ValueInfo {
        name: name.to_owned(),
        type_: Some(Type { tensor_type: Some(TensorType { elem_type: DOUBLE, shape }) }),
        doc_string: doc.to_owned(),
    }
}

/// A tensor of f64 numbers.
fn tensor(name: &str, shape: &[usize], numbers: &[f64]) -> Tensor {
    Tensor {
        dims: shape.iter().map(|&n| n as i64).collect(),
        data_type: DOUBLE,
        name: name.to_owned(),
        raw_data: numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
    }
}

/// An attribute of one whole number.
pub(super) fn int(name: &str, int: i64) -> Attribute {
    let kind = AttributeKind::Int.into();
    Attribute { name: name.to_owned(), int: Some(int), kind, ..Attribute::default() }
}

/// An attribute of whole numbers.
pub(super) fn ints(name: &str, ints: Vec<i64>) -> Attribute {
    let kind = AttributeKind::Ints.into();
    Attribute { name: name.to_owned(), ints, kind, ..Attribute::default() }
}

/// An attribute of words.
pub(super) fn strings(name: &str, strings: &[&str]) -> Attribute {
    let strings = strings.iter().map(|text| text.as_bytes().to_vec()).collect();
    let kind = AttributeKind::Strings.into();
    Attribute { name: name.to_owned(), strings, kind, ..Attribute::default() }
}

/// An attribute of f64 numbers.
pub(super) fn doubles(name: &str, numbers: &[f64]) -> Attribute {
    let kind = AttributeKind::Tensor.into();
    let tensor = Some(tensor(name, &[numbers.len()], numbers));
    Attribute { name: name.to_owned(), tensor, kind, ..Attribute::default() }
}
