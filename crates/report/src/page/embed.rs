//! The data that the page's scripts work on, as compact JSON inside of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::table::kind_marks;
use crate::data::{Explorer, ExplorerUser, Landing, Measurement, ModelKind, Rated, ReportData};
use crate::metric::{Better, Columns, Metric};
use crate::{format, order};

/// JSON that may stand in a `<script>` element: no `<` in it can end the element.
fn for_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

/// A number in ten-thousandths, the digits that are printed; null where it is not finite or beyond all metrics.
fn digits(value: f64) -> Value {
    let scaled = (value * 1e4).round();
    if scaled.abs() < 1e15 { json!(scaled as i64) } else { Value::Null }
}

/// A number with at most four decimals; null where it is not finite.
fn rounded(value: f64) -> Value {
    json!((value * 1e4).round() / 1e4)
}

/// Every measurement, grouped by view: a protocol and a segment. In a view, `metrics` are indices into the list of all metrics, and a row
/// is a model's index followed by one cell a metric: null, a value, or a value with its interval. `None` where nothing was measured.
pub fn measurements(data: &ReportData) -> Option<String> {
    let finite: Vec<&Measurement> = data.measurements.iter().filter(|one| one.value.is_finite()).collect();
    if finite.is_empty() {
        return None;
    }
    let models = models(data, &finite);
    let model_at: BTreeMap<&str, usize> =
        models.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let columns: Vec<(&str, Option<u32>)> = columns(&finite);
    let column_at: BTreeMap<(&str, Option<u32>), usize> =
        columns.iter().enumerate().map(|(at, column)| (*column, at)).collect();

    let mut views: BTreeMap<(&str, &str), Rows<'_>> = BTreeMap::new();
    for &one in &finite {
        let view = views.entry((&one.protocol, &one.segment)).or_default();
        let row = view.entry(model_at[one.model.as_str()]).or_default();
        row.insert(column_at[&(one.metric.as_str(), one.k)], one);
    }
    let views: Vec<Value> =
        views.iter().map(|((protocol, segment), rows)| view(protocol, segment, rows)).collect();
    Some(for_script(&json!({
        "models": models.iter().map(|(name, kind)| {
            let (word, symbol) = kind_marks(*kind);
            json!([name, word, symbol])
        }).collect::<Vec<_>>(),
        "metrics": columns.iter().map(|(key, k)| metric(key, *k)).collect::<Vec<_>>(),
        "protocols": data.protocols.iter().map(|one| json!([
            one.name, one.ranks, format::count(one.users_left_out)
        ])).collect::<Vec<_>>(),
        "views": views,
    })))
}

/// By the model's index, by the metric's index.
type Rows<'a> = BTreeMap<usize, BTreeMap<usize, &'a Measurement>>;

fn view(protocol: &str, segment: &str, rows: &Rows<'_>) -> Value {
    let metrics: BTreeSet<usize> = rows.values().flat_map(|row| row.keys().copied()).collect();
    // Metrics that need no relevant item count more users than the ranking metrics do.
    let all = || rows.values().flat_map(|row| row.values());
    let of_rankings = all().filter(|one| one.metric == "ndcg").map(|one| one.n_users).max();
    let n_users = of_rankings.or_else(|| all().map(|one| one.n_users).max()).unwrap_or(0);
    let cell = |one: &&Measurement| match one.interval() {
        Some((low, high)) => json!([digits(one.value), digits(low), digits(high)]),
        None => digits(one.value),
    };
    let row = |(model, row): (&usize, &BTreeMap<usize, &Measurement>)| {
        let cells = metrics.iter().map(|metric| row.get(metric).map_or(Value::Null, cell));
        Value::Array([json!(model)].into_iter().chain(cells).collect())
    };
    json!({
        "protocol": protocol,
        "segment": segment,
        "users": format::count(n_users),
        "metrics": metrics,
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn metric(key: &str, k: Option<u32>) -> Value {
    let metric = Metric::at(key, k);
    let better = match metric.better {
        Better::Higher => "higher",
        Better::Lower => "lower",
        Better::Unknown => "",
    };
    let columns = match metric.columns() {
        Columns::Main => "main",
        Columns::BeyondAccuracy => "beyond",
        Columns::Other => "other",
    };
    json!({
        "key": key, "k": k, "label": metric.label, "meaning": metric.meaning, "better": better, "columns": columns,
    })
}

/// Names and kinds: those of the main table in its order, then the others as they come.
fn models<'a>(data: &'a ReportData, measurements: &[&'a Measurement]) -> Vec<(&'a str, ModelKind)> {
    let of_table = order::by_ndcg(&data.models).into_iter().map(|row| (row.model.as_str(), row.kind));
    let others = measurements.iter().map(|one| (one.model.as_str(), one.kind));
    let mut seen = BTreeSet::new();
    of_table.chain(others).filter(|(name, _)| seen.insert(*name)).collect()
}

/// All metrics with their cut-offs, in the order of the columns.
fn columns<'a>(measurements: &[&'a Measurement]) -> Vec<(&'a str, Option<u32>)> {
    let distinct: BTreeSet<(&str, Option<u32>)> =
        measurements.iter().map(|one| (one.metric.as_str(), one.k)).collect();
    let mut columns: Vec<_> = distinct.into_iter().collect();
    columns.sort_by_key(|&(key, k)| (Metric::order(key), k));
    columns
}

/// The explorer's users; `None` where there are none.
pub fn explorer(data: &ReportData) -> Option<String> {
    let explorer = &data.explorer;
    if explorer.users.is_empty() {
        return None;
    }
    let kind = |model: &String| {
        data.models.iter().find(|row| row.model == *model).map_or("", |row| kind_marks(row.kind).0)
    };
    Some(for_script(&json!({
        "k": data.k,
        "metric": Metric::of(&explorer.metric, data.k).label,
        "models": explorer.models,
        "kinds": explorer.models.iter().map(kind).collect::<Vec<_>>(),
        "titles": explorer.titles,
        "users": explorer.users.iter().map(|one| user(explorer, one)).collect::<Vec<_>>(),
    })))
}

fn user(explorer: &Explorer, user: &ExplorerUser) -> Value {
    // An index without a title is left out, so that the page cannot trip over it.
    let known = |item: u32| (item as usize) < explorer.titles.len();
    let rated = |list: &[Rated]| -> Vec<Value> {
        list.iter().filter(|one| known(one.item)).map(|one| json!([one.item, rounded(one.stars)])).collect()
    };
    let landing = |landing: &Landing| {
        let top = landing.top.iter().filter(|one| known(one.item)).map(|one| {
            json!([one.item, rounded(one.score), u8::from(one.relevant), one.stars.map(rounded), one.why])
        });
        let ranks = user.relevant.iter().enumerate().filter(|(_, one)| known(one.item));
        let ranks = ranks.map(|(at, _)| landing.ranks.get(at).copied().flatten());
        json!([landing.value.map(rounded), top.collect::<Vec<_>>(), ranks.collect::<Vec<_>>()])
    };
    json!({
        "id": user.user_id,
        "n_known": user.n_known,
        "known": rated(&user.known),
        "candidates": user.n_candidates,
        "relevant": rated(&user.relevant),
        "models": user.landings.iter().take(explorer.models.len()).map(landing).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measurement(model: &str, segment: &str, k: Option<u32>, value: f64) -> Measurement {
        Measurement {
            model: model.to_owned(),
            kind: ModelKind::Base,
            protocol: "rated".to_owned(),
            segment: segment.to_owned(),
            metric: "ndcg".to_owned(),
            k,
            value,
            low: k.map(|_| value - 0.1),
            high: k.map(|_| value + 0.1),
            n_users: 7,
        }
    }

    #[test]
    fn a_view_holds_its_own_metrics_only() {
        let data = ReportData {
            measurements: vec![
                measurement("a</script>", "all", Some(10), 0.5),
                measurement("b", "all", Some(5), 0.25),
                measurement("b", "cold", None, 0.125),
                measurement("b", "cold", Some(10), f64::NAN),
            ],
            ..ReportData::default()
        };
        let text = measurements(&data).unwrap();
        assert!(!text.contains('<'), "{text}");
        let found: Value = serde_json::from_str(&text).unwrap();
        // The metrics are ndcg without a cut, at 5, at 10.
        assert_eq!(found["views"][0]["metrics"], json!([1, 2]));
        assert_eq!(
            found["views"][0]["rows"],
            json!([[0, null, [5000, 4000, 6000]], [1, [2500, 1500, 3500], null]])
        );
        assert_eq!(found["views"][1]["rows"], json!([[1, 1250]]));
        assert_eq!(found["models"][0], json!(["a</script>", "base", "●"]));
        assert!(measurements(&ReportData::default()).is_none());
    }
}
