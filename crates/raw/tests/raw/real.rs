//! The real ml-latest-small, where it is at hand.

use raw::{Options, SYNTHETIC_MARKER};

use crate::shared;

#[test]
fn ml_latest_small_has_its_published_counts() {
    let Some(folder) = shared("ml-latest-small") else { return };
    let data = raw::read(&folder, &Options::default()).unwrap();
    // Its README.txt: 100836 ratings and 3683 tag applications across 9742 movies, created by 610 users.
    let n_users = data.ratings.user_ids.chunk_by(|a, b| a == b).count();
    assert_eq!(
        (data.ratings.len(), n_users, data.items.all().len(), data.tags.len()),
        (100_836, 610, 9742, 3683)
    );
    assert_eq!((data.n_rows, data.n_duplicates, data.n_bad_rows), (100_836, 0, 0));
    // cut -d, -f3 ratings.csv | awk '{s+=$1} END {print s}'
    let total: f64 = data.ratings.values.iter().map(|&value| f64::from(value)).sum();
    assert_eq!(total, 353_083.0);
    assert_eq!(data.items.genre_names().len(), 19);
    // grep -c 'no genres listed' movies.csv
    assert_eq!(data.items.all().iter().filter(|item| item.genres.is_empty()).count(), 34);
    assert_eq!(data.items.get(1).unwrap().title, "Toy Story (1995)");
    assert_eq!(data.synthetic, folder.join(SYNTHETIC_MARKER).exists());
}
