//! The same metrics for parts of the users and of the items.
//!
//! A segment of users takes the means over these users. A segment of items keeps the whole ranking and counts as relevant only the user's
//! relevant items of the segment; users without one are left out.

use dataset::Lookup;
use metrics::statistics::UserSample;
use metrics::{ModelScores, PerUser, TestRows, evaluate_item_segments};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Number;
use crate::config::Checked;
use crate::inputs::Inputs;
use crate::rows::Rows;

/// A way to part users or items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Segmentation {
    /// Users by their training ratings: `user_activity:0` are cold users.
    UserActivity,
    /// Items by their training ratings: `head`, `middle` and `tail` have a third of these each; `cold` items have none.
    ItemPopularity,
    /// Items by their genres; an item may be in several.
    Genre,
}

/// The least training ratings of each class of users.
const ACTIVITY_FROM: [usize; 6] = [0, 1, 10, 30, 100, 300];

/// Items of one kind: a name, and for each row whether its item is one.
struct ItemSegments {
    names: Vec<String>,
    /// Of each row, bit `s` where the item is in segment `s`.
    of_rows: Vec<u64>,
}

/// NDCG and recall at the report's cut, of every segment that `config` asks for and every model; segments without a user are left out.
pub fn measure(
    rows: &Rows,
    test_rows: &TestRows<'_>,
    scores: &[ModelScores<'_>],
    per_user: &PerUser,
    inputs: &Inputs,
    config: &Checked,
) -> anyhow::Result<Vec<Number>> {
    let of = |segmentation: &Segmentation| match segmentation {
        Segmentation::UserActivity => Ok(of_users(per_user, inputs, config)),
        Segmentation::ItemPopularity => of_items(&by_popularity(rows, inputs), test_rows, scores, config),
        Segmentation::Genre => of_items(&by_genre(rows, inputs), test_rows, scores, config),
    };
    let numbers: Vec<Vec<Number>> = config.segments.par_iter().map(of).collect::<anyhow::Result<_>>()?;
    Ok(numbers.concat())
}

fn of_users(per_user: &PerUser, inputs: &Inputs, config: &Checked) -> Vec<Number> {
    let k = config.report_k as usize;
    let class_of = |user_id: &i64| {
        let n = inputs.n_known_of_user(*user_id);
        ACTIVITY_FROM.partition_point(|&from| from <= n) - 1
    };
    let classes: Vec<usize> = per_user.user_ids().iter().map(class_of).collect();
    let mut all = Vec::new();
    let mut numbers = Vec::new();
    let mut sample = UserSample::new(classes.len());
    let most = super::at_once(classes.len());
    for (class, from) in ACTIVITY_FROM.iter().enumerate() {
        let segment = match ACTIVITY_FROM.get(class + 1) {
            Some(next) if next - from == 1 => format!("user_activity:{from}"),
            Some(next) => format!("user_activity:{from}-{}", next - 1),
            None => format!("user_activity:{from}+"),
        };
        for (model, name) in per_user.models().iter().enumerate() {
            for metric in ["ndcg", "recall"] {
                let Some(column) = per_user.column_index(metric, Some(k)) else { continue };
                let values: Vec<Option<f64>> = per_user
                    .values(model, column)
                    .zip(&classes)
                    .map(|(value, &of)| value.filter(|_| of == class))
                    .collect();
                numbers.push(Number::mean(name, &segment, metric, Some(k), &values));
                sample.push_mean(values);
            }
        }
        if numbers.len() >= most {
            all.extend(with_intervals(std::mem::take(&mut numbers), &sample, config));
            sample = UserSample::new(classes.len());
        }
    }
    all.extend(with_intervals(numbers, &sample, config));
    all
}

fn of_items(
    segments: &ItemSegments,
    test_rows: &TestRows<'_>,
    scores: &[ModelScores<'_>],
    config: &Checked,
) -> anyhow::Result<Vec<Number>> {
    let k = config.report_k as usize;
    let (n_segments, n_users) = (segments.names.len(), test_rows.groups().len());
    let mut of_models: Vec<Vec<Number>> = Vec::new();
    for models in scores.chunks(super::at_once(2 * n_segments * n_users)) {
        let values = evaluate_item_segments(test_rows, models, &segments.of_rows, n_segments, k)?;
        let mut sample = UserSample::new(n_users);
        let mut numbers = Vec::new();
        for (model, scores) in models.iter().enumerate() {
            for (segment, name) in segments.names.iter().enumerate() {
                let ndcg: Vec<Option<f64>> = values.ndcg(model, segment).collect();
                let recall: Vec<Option<f64>> = values.recall(model, segment).collect();
                for (metric, values) in [("ndcg", ndcg), ("recall", recall)] {
                    numbers.push(Number::mean(scores.name, name, metric, Some(k), &values));
                    sample.push_mean(values);
                }
            }
        }
        drop(values);
        let numbers = with_intervals(numbers, &sample, config);
        of_models.extend(numbers.chunks((2 * n_segments).max(1)).map(<[Number]>::to_vec));
    }
    let of_segment = |segment: usize| of_models.iter().flat_map(move |of| &of[2 * segment..2 * segment + 2]);
    Ok((0..n_segments).flat_map(of_segment).cloned().collect())
}

fn with_intervals(mut numbers: Vec<Number>, sample: &UserSample, config: &Checked) -> Vec<Number> {
    for (number, interval) in numbers.iter_mut().zip(config.bootstrap.intervals(sample)) {
        number.interval = interval;
    }
    numbers
}

/// `head` are the most rated items that together have a third of the training ratings, `middle` the next, `tail` the others.
fn by_popularity(rows: &Rows, inputs: &Inputs) -> ItemSegments {
    let mut items: Vec<usize> = (0..inputs.known.of_items.len()).collect();
    items.sort_by_key(|&item| (std::cmp::Reverse(inputs.known.of_items[item]), item));
    let n_known: u64 = inputs.known.of_items.iter().map(|&n| u64::from(n)).sum();
    let mut class = vec![3u32; items.len()];
    let mut before = 0;
    for item in items {
        let n = inputs.known.of_items[item];
        if n > 0 {
            class[item] = (3 * before / n_known.max(1)).min(2) as u32;
            before += u64::from(n);
        }
    }
    let lookup = Lookup::new(inputs.catalogue(), rows.item_ids.len());
    let of_row = |item_id: &i64| lookup.index_of(*item_id).map_or(0, |item| 1 << class[item as usize]);
    ItemSegments {
        names: ["head", "middle", "tail", "cold"].map(|name| format!("item_popularity:{name}")).to_vec(),
        of_rows: rows.item_ids.iter().map(of_row).collect(),
    }
}

fn by_genre(rows: &Rows, inputs: &Inputs) -> ItemSegments {
    let lookup = Lookup::new(inputs.catalogue(), rows.item_ids.len());
    let of_row = |item_id: &i64| {
        lookup.index_of(*item_id).map_or(0, |item| inputs.items.all()[item as usize].genres.0)
    };
    ItemSegments {
        names: inputs.items.genre_names().iter().map(|genre| format!("genre:{genre}")).collect(),
        of_rows: rows.item_ids.iter().map(of_row).collect(),
    }
}
