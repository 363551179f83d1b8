//! The rows that the meta-models are fitted on: all of them, or those of some users where there are more than meta-models need.

use artifacts::layout::META_TRAIN;
use artifacts::tables::{FeatureRows, Stored as _};
use dataset::rng;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use stage::{Run, grouped};

/// Reads the training rows, at most `max_rows` of them (0 for all): whole users, drawn by chance. Of the others only the user ids are ever in
/// memory together.
///
/// # Errors
/// Where the file is missing or corrupt.
pub fn read(run: &mut Run, max_rows: usize) -> anyhow::Result<FeatureRows> {
    let file = run.open_table::<FeatureRows>(META_TRAIN)?;
    let n_rows = file.n_rows();
    run.count("rows_of_table", n_rows);
    let corrupt = |problem| run.corrupt(META_TRAIN, problem);
    if max_rows == 0 || n_rows <= max_rows {
        return Ok(FeatureRows::from_file(&file).map_err(corrupt)?);
    }
    let mut user_ids: Vec<i64> = Vec::new();
    // The number comes from a file: it may be any.
    user_ids
        .try_reserve_exact(n_rows)
        .map_err(|_| corrupt(format!("its {n_rows} rows do not fit into memory")))?;
    for cut in file.cuts() {
        let keys = file.read_groups(cut, |name| name == "user_id");
        user_ids.append(&mut keys.and_then(|mut keys| keys.take("user_id")).map_err(corrupt)?);
    }
    let is_kept = rows_of_some_users(&user_ids, max_rows, &mut rng::stream(run.seed(), "train-meta/sample"));
    let n_users = user_ids.chunk_by(|a, b| a == b).count();
    drop(user_ids);
    let mut kept = FeatureRows::default();
    let mut start = 0;
    for cut in file.cuts() {
        let rows = file.read_groups(cut, |_| true).and_then(FeatureRows::from_table).map_err(corrupt)?;
        let end = start + rows.user_ids.len();
        append(&mut kept, rows, &is_kept[start..end]);
        start = end;
    }
    run.say(&format!(
        "fits on {} of {} rows: those of {} of {} users (max_rows = {max_rows})",
        grouped(kept.user_ids.len()),
        grouped(n_rows),
        grouped(kept.user_ids.chunk_by(|a, b| a == b).count()),
        grouped(n_users),
    ));
    Ok(kept)
}

/// Which rows are kept: all those of users taken in an order drawn by chance, for as long as they are at most `max_rows`; of one user at least.
/// Rows of a user stand together.
fn rows_of_some_users(user_ids: &[i64], max_rows: usize, rng: &mut ChaCha8Rng) -> Vec<bool> {
    let mut start = 0;
    let mut users: Vec<(u64, usize, usize)> = Vec::new();
    for user in user_ids.chunk_by(|a, b| a == b) {
        users.push((rng.next_u64(), start, user.len()));
        start += user.len();
    }
    users.sort_unstable();
    let mut is_kept = vec![false; user_ids.len()];
    let mut n_kept = 0;
    for (_, first, n) in users {
        if n_kept > 0 && n_kept + n > max_rows {
            break;
        }
        is_kept[first..first + n].fill(true);
        n_kept += n;
    }
    is_kept
}

/// Appends the rows that are kept.
fn append(to: &mut FeatureRows, rows: FeatureRows, is_kept: &[bool]) {
    fn extend<T>(to: &mut Vec<T>, values: Vec<T>, is_kept: &[bool]) {
        to.extend(values.into_iter().zip(is_kept).filter_map(|(value, &kept)| kept.then_some(value)));
    }
    extend(&mut to.user_ids, rows.user_ids, is_kept);
    extend(&mut to.item_ids, rows.item_ids, is_kept);
    extend(&mut to.timestamps, rows.timestamps, is_kept);
    extend(&mut to.folds, rows.folds, is_kept);
    extend(&mut to.ratings, rows.ratings, is_kept);
    extend(&mut to.labels, rows.labels, is_kept);
    if to.names.is_empty() {
        to.columns = vec![Vec::new(); rows.columns.len()];
        to.names = rows.names;
    }
    for (to, column) in to.columns.iter_mut().zip(rows.columns) {
        extend(to, column, is_kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_kept_whole() {
        let user_ids: Vec<i64> = (0..1000).flat_map(|user| vec![user; 1 + user as usize % 7]).collect();
        let of = |max_rows| rows_of_some_users(&user_ids, max_rows, &mut rng::stream(1, "train-meta/sample"));
        let is_kept = of(1500);
        let n_kept = is_kept.iter().filter(|&&kept| kept).count();
        assert!((1493..=1500).contains(&n_kept), "{n_kept}");
        let users = user_ids.chunk_by(|a, b| a == b);
        let mut start = 0;
        for user in users {
            assert!(is_kept[start..start + user.len()].iter().all(|&kept| kept == is_kept[start]));
            start += user.len();
        }
        // A smaller sample is part of a larger one.
        assert!(of(300).iter().zip(&is_kept).all(|(&few, &many)| many || !few));
        assert!(of(1).iter().filter(|&&kept| kept).count() > 0);
    }

    #[test]
    fn kept_rows_are_appended_piece_by_piece() {
        let piece = |first: i64| FeatureRows {
            user_ids: vec![first, first + 1],
            item_ids: vec![7, 8],
            timestamps: vec![0, 1],
            folds: vec![Some(0), None],
            ratings: vec![1.0, 2.0],
            labels: vec![0, 1],
            names: vec!["x".to_owned()],
            columns: vec![vec![first as f64, 0.5]],
        };
        let mut kept = FeatureRows::default();
        append(&mut kept, piece(1), &[true, false]);
        append(&mut kept, piece(3), &[false, true]);
        assert_eq!(
            (kept.user_ids, kept.columns, kept.labels),
            (vec![1, 4], vec![vec![1.0, 0.5]], vec![0, 1])
        );
    }
}
