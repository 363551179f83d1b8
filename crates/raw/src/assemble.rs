//! From rows in file order to sorted tables: order, duplicates, and items that only the ratings know.

use dataset::{IdIndex, Ratings};
use rayon::prelude::*;

use crate::bad_rows::BadRows;
use crate::layout::Layout;
use crate::shape::Catalogue;
use crate::table::RatingTable;
use crate::{Error, RawData, Tag, catalogue};

/// Puts together what was read.
pub(crate) fn assemble(
    layout: Layout,
    table: RatingTable,
    catalogue: Catalogue,
    tags: Vec<Tag>,
    bad_rows: BadRows,
) -> Result<RawData, Error> {
    let files = layout.files();
    let n_rows = table.n_rows;
    let n_read = table.rows.len();
    let (ratings, rows) = sorted(table);

    let file = layout.items.as_ref().unwrap_or(&layout.ratings);
    let items = catalogue::items(catalogue, &IdIndex::of(&ratings.item_ids), file)?;
    let (bad_rows, n_bad_rows) = bad_rows.into_parts();
    Ok(RawData {
        n_duplicates: (n_read - rows.len()) as u64,
        ratings,
        rows,
        items,
        tags: catalogue::in_order(tags),
        n_rows,
        n_bad_rows,
        bad_rows,
        files,
        synthetic: layout.synthetic,
    })
}

/// The ratings by (user, item), of each pair the latest: the last by (timestamp, row).
fn sorted(table: RatingTable) -> (Ratings, Vec<u64>) {
    let RatingTable { ratings, rows, .. } = table;
    let pair = |at: usize| (ratings.user_ids[at], ratings.item_ids[at]);
    // Most published files are in this order already.
    if (1..ratings.len()).into_par_iter().all(|at| pair(at - 1) < pair(at)) {
        return (ratings, rows);
    }
    let mut order: Vec<usize> = (0..ratings.len()).collect();
    order.par_sort_unstable_by_key(|&at| (pair(at), ratings.timestamps[at], at));
    let mut kept = Ratings::with_capacity(order.len());
    let mut kept_rows = Vec::with_capacity(order.len());
    for (place, &at) in order.iter().enumerate() {
        let is_last = order.get(place + 1).is_none_or(|&next| pair(next) != pair(at));
        if is_last {
            kept.push(ratings.get(at));
            kept_rows.push(rows[at]);
        }
    }
    (kept, kept_rows)
}
