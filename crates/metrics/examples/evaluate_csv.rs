//! Evaluates score columns of a CSV file: `cargo run -p metrics --example evaluate_csv -- FILE K,K,... [TIES] [per_user]`.
//!
//! Columns: `user_id,item_id,rating`, then one column of scores a model; no quotes. A rating of 4 or more is relevant; a
//! score of `NaN` says that the model does not retrieve the item. Rows may stand in any order. TIES is `smaller_item`,
//! `expected` or `trec_eval`. The pooled metrics are printed for every column, whether or not its scores are on the
//! scale that a metric needs; with `per_user` each user's own values instead of the means.

use std::error::Error;
use std::io::Write as _;

use metrics::pooled::{CALIBRATION_BINS, auc_global, calibration, log_loss, mae, rmse};
use metrics::{Groups, ModelScores, PerUser, Plan, TestRows, TieOrder, Ties, evaluate};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, ks, rest @ ..] = &arguments[..] else {
        return Err("usage: evaluate_csv FILE K,K,... [smaller_item|expected|trec_eval] [per_user]".into());
    };
    let ks = ks.split(',').map(str::parse::<usize>).collect::<Result<Vec<_>, _>>()?;
    let (mut ties, mut per_user) = (Ties::default(), false);
    for argument in rest {
        match argument.as_str() {
            "smaller_item" => ties = TieOrder::SmallerItem.into(),
            "trec_eval" => ties = TieOrder::TrecEval.into(),
            "expected" => ties = Ties::Expected,
            "per_user" => per_user = true,
            other => {
                return Err(format!("{other}: expected smaller_item, expected, trec_eval or per_user").into());
            }
        }
    }
    let csv = std::fs::read_to_string(path)?;
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().ok_or("the file is empty")?.split(',').skip(3).collect();
    let mut rows = Vec::new();
    for line in lines {
        let (ids, numbers): (Vec<_>, Vec<_>) =
            line.split(',').enumerate().partition(|&(column, _)| column < 2);
        let ids = ids.iter().map(|(_, id)| id.parse::<i64>()).collect::<Result<Vec<_>, _>>()?;
        let numbers =
            numbers.iter().map(|(_, number)| number.parse::<f64>()).collect::<Result<Vec<_>, _>>()?;
        if numbers.len() != names.len() + 1 {
            return Err(format!("{line}: expected {} columns", names.len() + 3).into());
        }
        rows.push((ids[0], ids[1], numbers));
    }
    rows.sort_by_key(|&(user_id, item_id, _)| (user_id, item_id));

    let column = |at: usize| rows.iter().map(|row| row.2[at]).collect::<Vec<f64>>();
    let grades = column(0);
    let relevant: Vec<bool> = grades.iter().map(|&grade| grade >= 4.0).collect();
    let items: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let groups = Groups::from_sorted(&rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let scores: Vec<Vec<f64>> = (1..=names.len()).map(column).collect();
    let models: Vec<ModelScores<'_>> =
        names.iter().zip(&scores).map(|(name, scores)| ModelScores { name, scores }).collect();
    let test_rows = TestRows::new(&groups, &items, &relevant, &grades)?;
    let result = evaluate(&test_rows, &models, &Plan::all(&ks)?.with_ties(ties))?;
    if per_user {
        return print_per_user(&result);
    }

    let mut out = std::io::stdout().lock();
    writeln!(out, "model,metric,k,mean,n_users,n_left_out")?;
    for summary in result.summaries() {
        let k = summary.k.map(|k| k.to_string()).unwrap_or_default();
        let mean = summary.mean.map(|mean| mean.to_string()).unwrap_or_default();
        let (model, metric) = (summary.model, summary.metric);
        writeln!(out, "{model},{metric},{k},{mean},{},{}", summary.n_users, summary.n_left_out)?;
    }
    for model in &models {
        let pooled = [
            ("auc_global", auc_global(model.scores, &relevant)),
            ("rmse", rmse(model.scores, &grades)),
            ("mae", mae(model.scores, &grades)),
            ("log_loss", log_loss(model.scores, &relevant)),
            (
                "calibration_error",
                calibration(model.scores, &relevant, CALIBRATION_BINS).map(|curve| curve.expected_error),
            ),
        ];
        for (metric, value) in pooled {
            writeln!(
                out,
                "{},{metric},,{},,",
                model.name,
                value.map(|value| value.to_string()).unwrap_or_default()
            )?;
        }
    }
    Ok(())
}

fn print_per_user(result: &PerUser) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "model,user_id,metric,k,value")?;
    for row in result.rows() {
        let k = row.k.map(|k| k.to_string()).unwrap_or_default();
        writeln!(out, "{},{},{},{k},{}", row.model, row.user_id, row.metric, row.value)?;
    }
    Ok(out.flush()?)
}
