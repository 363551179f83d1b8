//! The metric table: a column a metric, a row a model, the best of each column marked.

use serde::Serialize;

use crate::data::{ModelKind, ModelRow};
use crate::metric::{Better, Metric};
use crate::{format, order};

/// The table as the template prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Left to right.
    pub columns: Vec<Column>,
    /// The best by NDCG first.
    pub rows: Vec<Row>,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// The heading.
    pub label: String,
    /// What it measures.
    pub meaning: &'static str,
    /// Which way is good, as a word.
    pub direction: &'static str,
    /// Whether the rows come in this column's order.
    pub sorted: bool,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub model: String,
    /// Its kind: `base`, `average` or `meta`, the CSS class too.
    pub kind: &'static str,
    /// The kind's symbol, as in the plots.
    pub symbol: &'static str,
    /// One value a column.
    pub cells: Vec<Cell>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// As printed; a dash where the metric is not defined.
    pub text: String,
    /// For sorting in the browser; empty where the metric is not defined.
    pub sort_key: String,
    /// Whether no model is better, to the digits printed.
    pub best: bool,
}

impl Table {
    /// The table of these models.
    pub fn new(models: &[ModelRow], k: u32) -> Self {
        let rows = order::by_ndcg(models);
        let mut keys: Vec<&str> = models
            .iter()
            .flat_map(|row| row.metrics.keys())
            .map(String::as_str)
            .filter(|key| rows.iter().any(|row| row.metric(key).is_some()))
            .collect();
        keys.sort_by_key(|key| Metric::order(key));
        keys.dedup();
        let metrics: Vec<Metric> = keys.into_iter().map(|key| Metric::of(key, k)).collect();
        let best: Vec<Option<String>> = metrics
            .iter()
            .map(|metric| metric.best(rows.iter().filter_map(|row| row.metric(&metric.key))))
            .collect();
        let cells = |row: &ModelRow| {
            metrics
                .iter()
                .zip(&best)
                .map(|(metric, best)| cell(row.metric(&metric.key), best.as_deref()))
                .collect()
        };
        Self {
            rows: rows
                .iter()
                .map(|row| {
                    let (kind, symbol) = match row.kind {
                        ModelKind::Base => ("base", "●"),
                        ModelKind::Average => ("average", "◆"),
                        ModelKind::Meta => ("meta", "■"),
                    };
                    Row { model: row.model.clone(), kind, symbol, cells: cells(row) }
                })
                .collect(),
            columns: metrics.iter().map(column).collect(),
        }
    }
}

fn column(metric: &Metric) -> Column {
    let direction = match metric.better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
        Better::Unknown => "",
    };
    Column { label: metric.label.clone(), meaning: metric.meaning, direction, sorted: metric.key == "ndcg" }
}

fn cell(value: Option<f64>, best: Option<&str>) -> Cell {
    match value {
        Some(value) => {
            let text = format::metric(value);
            Cell { best: best == Some(text.as_str()), sort_key: value.to_string(), text }
        }
        None => Cell { text: "–".to_owned(), sort_key: String::new(), best: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(model: &str, metrics: &[(&str, Option<f64>)]) -> ModelRow {
        let metrics = metrics.iter().map(|&(key, value)| (key.to_owned(), value)).collect();
        ModelRow { model: model.to_owned(), kind: ModelKind::Base, metrics }
    }

    #[test]
    fn rows_are_sorted_and_the_best_is_marked() {
        let models = [
            row("c", &[("ndcg", Some(f64::NAN)), ("rmse", Some(0.9))]),
            row("a", &[("ndcg", Some(0.8)), ("rmse", Some(0.8))]),
            row("b", &[("ndcg", Some(0.9)), ("rmse", None), ("auc", None)]),
            row("d", &[("ndcg", Some(0.900_01))]),
        ];
        let table = Table::new(&models, 10);
        // `auc` is defined for no model, so it has no column.
        assert_eq!(
            table.columns.iter().map(|column| column.label.as_str()).collect::<Vec<_>>(),
            ["NDCG@10", "RMSE"]
        );
        assert_eq!(table.rows.iter().map(|row| row.model.as_str()).collect::<Vec<_>>(), ["d", "b", "a", "c"]);
        let texts: Vec<Vec<&str>> =
            table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(texts, [["0.9000", "–"], ["0.9000", "–"], ["0.8000", "0.8000"], ["–", "0.9000"]]);
        // Equal in print, equal in rank: d and b share the first place by NDCG. The least RMSE is the best.
        let best: Vec<Vec<bool>> =
            table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.best).collect()).collect();
        assert_eq!(best, [[true, false], [true, false], [false, true], [false, false]]);
    }
}
