//! One side's ratings, in time order.

use dataset::IdIndex;

use super::Tally;

/// The ratings of some users (or of all items), earliest first; ratings of one time in the order of the other side's id.
///
/// A *position* counts through the ratings of all rows, one row after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    pub ids: IdIndex,
    offsets: Vec<usize>,
    pub times: Vec<i64>,
    tallies: Tallies,
}

/// Sums over a row's ratings. They start anew in each row, so that no rating of another row changes a bit of them.
#[derive(Debug, Clone, PartialEq)]
enum Tallies {
    /// Position -> up to and with the rating there: no later one changes a bit of it.
    Running(Vec<Tally>),
    /// Row -> over all of its ratings, where all are known at any time.
    Total(Vec<Tally>),
}

impl Timeline {
    /// Arranges the rows of `ids`: row `r` has the ratings at `places[offsets[r]..offsets[r + 1]]`, which are in time order; `rating` tells
    /// value and time of the rating at a place.
    pub fn new(
        ids: IdIndex,
        offsets: Vec<usize>,
        places: &[u32],
        rating: impl Fn(u32) -> (f32, i64),
        relevant_from: f64,
        earlier_only: bool,
    ) -> Self {
        let mut running = Vec::with_capacity(if earlier_only { places.len() } else { 0 });
        let mut total = Vec::with_capacity(if earlier_only { 0 } else { ids.len() });
        for row in offsets.windows(2) {
            let mut tally = Tally::default();
            for &place in &places[row[0]..row[1]] {
                tally.add(rating(place).0, relevant_from);
                if earlier_only {
                    running.push(tally);
                }
            }
            if !earlier_only {
                total.push(tally);
            }
        }
        let times = places.iter().map(|&place| rating(place).1).collect();
        let tallies = if earlier_only { Tallies::Running(running) } else { Tallies::Total(total) };
        Self { ids, offsets, times, tallies }
    }

    /// Rows of which only the totals are known: their positions have no times, and come before any.
    pub fn of_totals(ids: IdIndex, totals: Vec<Tally>) -> Self {
        let ends = totals.iter().scan(0, |end, total| {
            *end += total.n as usize;
            Some(*end)
        });
        let offsets = std::iter::once(0).chain(ends).collect();
        Self { ids, offsets, times: Vec::new(), tallies: Tallies::Total(totals) }
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.ids.len()
    }

    /// The positions of row `row`.
    pub fn range(&self, row: u32) -> std::ops::Range<usize> {
        self.offsets[row as usize]..self.offsets[row as usize + 1]
    }

    /// The position in row `row` before which every rating is strictly earlier than `at`.
    pub fn before(&self, row: u32, at: i64) -> usize {
        let range = self.range(row);
        let times = self.times.get(range.clone());
        times.map_or(range.end, |times| range.start + times.partition_point(|&time| time < at))
    }

    /// The tally of row `row` before position `end`, which is the row's end where all ratings are known at any time.
    pub fn tally(&self, row: u32, end: usize) -> Tally {
        match &self.tallies {
            _ if end <= self.offsets[row as usize] => Tally::default(),
            Tallies::Running(running) => running[end - 1],
            Tallies::Total(total) => total[row as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_alone() {
        let total = |n| Tally { n, n_relevant: 1, sum: 4.0, sum_of_squares: 9.0 };
        let items = Timeline::of_totals(IdIndex::new([7, 9]), vec![total(2), total(3)]);
        assert_eq!((items.range(0), items.range(1), items.before(1, -5)), (0..2, 2..5, 5));
        assert_eq!((items.tally(1, 5), items.tally(1, 2)), (total(3), Tally::default()));
    }

    #[test]
    fn rows_are_in_time_order_and_tallies_run() {
        let ratings = [(2.0, 10), (4.0, 20), (5.0, 30)];
        let rating = |place: u32| ratings[place as usize];
        let arrange = |earlier_only| {
            Timeline::new(IdIndex::new([7, 9]), vec![0, 1, 3], &[1, 0, 2], rating, 4.0, earlier_only)
        };
        let users = arrange(true);
        assert_eq!((users.range(0), users.range(1)), (0..1, 1..3));
        assert_eq!(users.times, [20, 10, 30]);
        assert_eq!([users.before(1, 10), users.before(1, 11), users.before(1, 99)], [1, 2, 3]);
        assert_eq!(users.tally(1, 1), Tally::default());
        assert_eq!((users.tally(1, 2).sum, users.tally(1, 3).sum), (2.0, 7.0));
        assert_eq!(users.tally(1, 3).n_relevant, 1);
        assert_eq!(arrange(false).tally(1, 3), users.tally(1, 3));
    }
}
