//! From rows in file order to sorted tables: order, duplicates, and items that only the ratings know.

use dataset::{IdIndex, Items, Ratings};
use rayon::prelude::*;

use crate::bad_rows::BadRows;
use crate::layout::Layout;
use crate::shape::Catalogue;
use crate::table::RatingTable;
use crate::{Error, RawData, Tag};

/// Puts together what was read.
pub(crate) fn assemble(
    layout: Layout,
    table: RatingTable,
    mut catalogue: Catalogue,
    mut tags: Vec<Tag>,
    bad_rows: BadRows,
) -> Result<RawData, Error> {
    let files = layout.files();
    let n_rows = table.n_rows;
    let n_read = table.rows.len();
    let (ratings, rows) = sorted(table);

    let known = IdIndex::new(catalogue.iter().map(|&(item_id, ..)| item_id));
    let rated = IdIndex::of(&ratings.item_ids);
    let unknown = rated.ids().iter().filter(|&&item_id| known.index_of(item_id).is_none());
    catalogue.extend(unknown.map(|&item_id| (item_id, String::new(), Vec::new())));
    let items = Items::new(catalogue)
        .map_err(|source| Error::Genres { file: layout.items.unwrap_or(layout.ratings), source })?;

    tags.sort_by_key(|tag| (tag.user_id, tag.item_id, tag.timestamp)); // stable: file order where equal
    let (bad_rows, n_bad_rows) = bad_rows.into_parts();
    Ok(RawData {
        n_duplicates: (n_read - rows.len()) as u64,
        ratings,
        rows,
        items,
        tags,
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
