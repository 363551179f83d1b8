//! The metric table: a column a metric, a row a model, the best of each column marked.

use serde::Serialize;

use crate::chart::scale;
use crate::data::{Measurement, ModelKind, ModelRow, ReportData, Segment};
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
    /// The interval, where it was taken.
    pub range: Option<Range>,
}

/// An interval as a bar below the number, in percent of the cell's width; all bars of a column have one scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Range {
    /// Its left end.
    pub left: String,
    /// How long it is.
    pub width: String,
    /// Where the value is.
    pub at: String,
    /// Its ends as text.
    pub text: String,
}

impl Table {
    /// The table of the models, with the intervals of the main protocol.
    pub fn new(data: &ReportData) -> Self {
        let rows = order::by_ndcg(&data.models);
        let mut keys: Vec<&str> = data
            .models
            .iter()
            .flat_map(|row| row.metrics.keys())
            .map(String::as_str)
            .filter(|key| rows.iter().any(|row| row.metric(key).is_some()))
            .collect();
        keys.sort_by_key(|key| Metric::order(key));
        keys.dedup();
        let metrics: Vec<Metric> = keys.into_iter().map(|key| Metric::of(key, data.k)).collect();
        let columns: Vec<Vec<Cell>> = metrics.iter().map(|metric| cells(data, &rows, metric)).collect();
        Self {
            rows: rows
                .iter()
                .enumerate()
                .map(|(at, row)| {
                    let (kind, symbol) = kind_marks(row.kind);
                    let cells = columns.iter().map(|column| column[at].clone()).collect();
                    Row { model: row.model.clone(), kind, symbol, cells }
                })
                .collect(),
            columns: metrics.iter().map(column).collect(),
        }
    }
}

/// One column's cells, one a row.
fn cells(data: &ReportData, rows: &[&ModelRow], metric: &Metric) -> Vec<Cell> {
    let of_competitors = || rows.iter().filter(|row| row.kind.competes());
    let best = metric.best(of_competitors().filter_map(|row| row.metric(&metric.key)));
    let interval = |row: &ModelRow| {
        let mut measured = data.measured(data.main_protocol(), Segment::ALL, &metric.key);
        measured.find(|one| one.model == row.model).and_then(Measurement::interval)
    };
    // Floors and ceilings would squeeze the scale: they have no bar.
    let ends = of_competitors().filter_map(|row| interval(row)).flat_map(|(low, high)| [low, high]);
    let domain = scale::extent(ends);
    rows.iter()
        .map(|row| {
            let Some(value) = row.metric(&metric.key) else {
                return Cell { text: "–".to_owned(), sort_key: String::new(), best: false, range: None };
            };
            let text = format::metric(value);
            Cell {
                best: row.kind.competes() && best.as_ref() == Some(&text),
                sort_key: value.to_string(),
                range: interval(row)
                    .zip(domain)
                    .filter(|_| row.kind.competes())
                    .map(|(ends, domain)| range(value, ends, domain)),
                text,
            }
        })
        .collect()
}

fn range(value: f64, (low, high): (f64, f64), domain: (f64, f64)) -> Range {
    let width = domain.1 - domain.0;
    let percent = |value: f64| {
        if width > 0.0 { ((value - domain.0) / width * 100.0).clamp(0.0, 100.0) } else { 50.0 }
    };
    Range {
        left: format!("{:.1}", percent(low)),
        width: format!("{:.1}", percent(high) - percent(low)),
        at: format!("{:.1}", percent(value)),
        text: format!("{} to {}", format::metric(low), format::metric(high)),
    }
}

/// The word of a kind of model, its CSS class too, and its symbol.
pub fn kind_marks(kind: ModelKind) -> (&'static str, &'static str) {
    match kind {
        ModelKind::Base => ("base", "●"),
        ModelKind::Average => ("average", "◆"),
        ModelKind::Meta => ("meta", "■"),
        ModelKind::Yardstick => ("yardstick", "▲"),
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
        let data = ReportData { models: models.to_vec(), k: 10, ..ReportData::default() };
        let table = Table::new(&data);
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

    #[test]
    fn a_yardstick_is_never_the_best_and_does_not_squeeze_the_bars() {
        let row = |model: &str, kind, value| {
            (
                ModelRow {
                    model: model.to_owned(),
                    kind,
                    metrics: [("ndcg".to_owned(), Some(value))].into(),
                },
                value,
            )
        };
        let rows = [row("Oracle", ModelKind::Yardstick, 1.0), row("mf", ModelKind::Base, 0.8)];
        let measurement = |(row, value): &(ModelRow, f64)| Measurement {
            model: row.model.clone(),
            kind: row.kind,
            protocol: "rated".to_owned(),
            segment: Segment::ALL.to_owned(),
            metric: "ndcg".to_owned(),
            k: Some(10),
            value: *value,
            low: Some(value - 0.1),
            high: Some(value + 0.1),
            n_users: 5,
        };
        let data = ReportData {
            k: 10,
            measurements: rows.iter().map(measurement).collect(),
            models: rows.into_iter().map(|(row, _)| row).collect(),
            ..ReportData::default()
        };
        let table = Table::new(&data);
        let found: Vec<_> = table.rows.iter().map(|row| (row.model.as_str(), row.cells[0].best)).collect();
        assert_eq!(found, [("mf", true), ("Oracle", false)]);
        // The scale is mf's interval, .7 to .9: mf's value stands in its middle; the oracle has no bar.
        let at = |row: usize| table.rows[row].cells[0].range.as_ref().map(|range| range.at.as_str());
        assert_eq!([at(0), at(1)], [Some("50.0"), None]);
    }
}
