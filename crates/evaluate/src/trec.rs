//! The test rows in TREC's formats, for `trec_eval` and the tools that read what it reads.
//!
//! `qrels` holds each test row's relevance (0 or 1); `<model>.run` the rows that the model retrieves, best first. **The score
//! column of a run is not the model's score but the number of rows from this one to the end of the user's list.** `trec_eval`
//! ignores the rank column, reads scores as f32, so that close scores become ties, and puts ties in descending order of the
//! item's name; other tools break them otherwise again. These numbers are distinct and exact in f32 for lists of up to 2^24
//! rows, so that every tool sees the one documented order and finds the numbers of `metrics.parquet`. The models' own scores
//! stand in `scores.parquet`.
//!
//! `trec_eval` counts a user without a relevant row as 0 in its means; here such a user is left out.

use std::fmt::Write as _;

use metrics::{Groups, ModelScores, RankOrder, TestRows, TieOrder};

/// The folder of the files, below the stage's.
pub const FOLDER: &str = "trec";

/// Name, below the stage's folder, and content of each file of a protocol.
pub fn files(protocol: &str, rows: &TestRows<'_>, models: &[ModelScores<'_>]) -> Vec<(String, String)> {
    let name = |file: &str| format!("{FOLDER}/{protocol}/{file}");
    let runs = models.iter().map(|model| (name(&format!("{}.run", model.name)), run(rows, model)));
    [(name("qrels"), qrels(rows))].into_iter().chain(runs).collect()
}

/// `user 0 item relevance`, a line a row.
fn qrels(rows: &TestRows<'_>) -> String {
    let mut text = String::new();
    for_each_user(rows.groups(), |user_id, range| {
        for row in range {
            let relevance = u8::from(rows.relevant()[row]);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{user_id} 0 {} {relevance}", rows.item_ids()[row]);
        }
    });
    text
}

/// `user Q0 item rank score model`, a line a retrieved row.
fn run(rows: &TestRows<'_>, model: &ModelScores<'_>) -> String {
    let mut text = String::new();
    let mut order = RankOrder::new(TieOrder::SmallerItem);
    for_each_user(rows.groups(), |user_id, range| {
        let item_ids = &rows.item_ids()[range.clone()];
        order.load(item_ids);
        order.sort(&model.scores[range]);
        let retrieved = &order.rows()[..order.n_retrieved()];
        for (rank, &row) in retrieved.iter().enumerate() {
            let (item_id, score) = (item_ids[row as usize], retrieved.len() - rank);
            let _ = writeln!(text, "{user_id} Q0 {item_id} {} {score} {}", rank + 1, model.name);
        }
    });
    text
}

fn for_each_user(groups: &Groups, mut each: impl FnMut(i64, std::ops::Range<usize>)) {
    for (user, &user_id) in groups.user_ids().iter().enumerate() {
        each(user_id, groups.rows(user));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_order_in_descending_numbers() {
        let groups = Groups::from_sorted(&[7, 7, 7, 9]).unwrap();
        let (relevant, grades) = ([true, false, true, false], [5.0, 1.0, 4.0, 2.0]);
        let rows = TestRows::new(&groups, &[10, 9, 30, 10], &relevant, &grades).unwrap();
        let models = [
            ModelScores { name: "A", scores: &[0.5, 0.5, 0.9, -1.0] },
            ModelScores { name: "B", scores: &[f64::NAN, 0.5, 0.4, f64::NAN] },
        ];
        let files = files("rated", &rows, &models);
        let file = |at: usize| (files[at].0.as_str(), files[at].1.as_str());
        assert_eq!(file(0), ("trec/rated/qrels", "7 0 10 1\n7 0 9 0\n7 0 30 1\n9 0 10 0\n"));
        let a = "7 Q0 30 1 3 A\n7 Q0 9 2 2 A\n7 Q0 10 3 1 A\n9 Q0 10 1 1 A\n"; // of the tied 9 and 10 the 9
        assert_eq!(file(1), ("trec/rated/A.run", a));
        assert_eq!(file(2), ("trec/rated/B.run", "7 Q0 9 1 2 B\n7 Q0 30 2 1 B\n"));
    }
}
