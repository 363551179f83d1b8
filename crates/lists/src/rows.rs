//! From lists to rows of the tables.

use artifacts::tables::Recommendations;
use dataset::Items;

use crate::{Lists, Row};

/// The rows of `lists`, with one of `reasons` for each row.
pub fn rows(lists: &Lists, items: &Items, reasons: Vec<String>) -> Recommendations {
    let all =
        || lists.of_users.iter().flat_map(|list| (1..).zip(&list.rows).map(move |row| (list.user_id, row)));
    let title = |row: &Row| {
        let found = items.all().binary_search_by_key(&row.candidate.item_id, |item| item.item_id);
        found.map(|at| items.all()[at].title.clone()).unwrap_or_default()
    };
    Recommendations {
        user_ids: all().map(|(user_id, _)| user_id).collect(),
        ranks: all().map(|(_, (rank, _))| rank).collect(),
        item_ids: all().map(|(_, (_, row))| row.candidate.item_id).collect(),
        titles: all().map(|(_, (_, row))| title(row)).collect(),
        scores: all().map(|(_, (_, row))| row.score).collect(),
        probabilities: all().map(|(_, (_, row))| row.probability).collect(),
        reasons,
        columns: (0..lists.base_names.len())
            .map(|at| all().map(|(_, (_, row))| row.base[at]).collect())
            .collect(),
        names: lists.base_names.clone(),
    }
}
