//! One side's ratings, in time order.

use dataset::IdIndex;

use super::Tally;

/// One rating of the history, by indices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    pub user: u32,
    pub item: u32,
    pub value: f32,
    pub time: i64,
}

/// The ratings of each user (or of each item), earliest first; ratings of one time in the order of the other side's id.
///
/// A *position* counts through the ratings of all rows, one row after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    pub ids: IdIndex,
    offsets: Vec<usize>,
    pub times: Vec<i64>,
    /// The tally of the row's ratings up to and with the one at this position. It starts anew in each row, so that
    /// no rating of another row and no later one changes a bit of it.
    running: Vec<Tally>,
    /// Position -> place among the entries that the timeline was built from.
    pub entries: Vec<u32>,
}

impl Timeline {
    /// Arranges `entries`, which are in time order, by the row that `row_of` names.
    pub fn new(ids: &IdIndex, entries: &[Entry], relevant_from: f64, row_of: impl Fn(&Entry) -> u32) -> Self {
        let mut offsets = vec![0usize; ids.len() + 1];
        for entry in entries {
            offsets[row_of(entry) as usize + 1] += 1;
        }
        for row in 0..ids.len() {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut order = vec![0u32; entries.len()];
        for (place, entry) in entries.iter().enumerate() {
            let slot = &mut next[row_of(entry) as usize];
            order[*slot] = place as u32;
            *slot += 1;
        }
        let mut running = Vec::with_capacity(entries.len());
        for row in offsets.windows(2) {
            let mut tally = Tally::default();
            for &place in &order[row[0]..row[1]] {
                tally.add(entries[place as usize].value, relevant_from);
                running.push(tally);
            }
        }
        let times = order.iter().map(|&place| entries[place as usize].time).collect();
        Self { ids: ids.clone(), offsets, times, running, entries: order }
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
        range.start + self.times[range].partition_point(|&time| time < at)
    }

    /// The tally of row `row` before position `end`.
    pub fn tally(&self, row: u32, end: usize) -> Tally {
        if end > self.offsets[row as usize] { self.running[end - 1] } else { Tally::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_time_order_and_tallies_run() {
        let entry = |user, item, value, time| Entry { user, item, value, time };
        let entries = [entry(1, 0, 2.0, 10), entry(0, 0, 4.0, 20), entry(1, 1, 5.0, 30)];
        let users = Timeline::new(&IdIndex::new([7, 9]), &entries, 4.0, |entry| entry.user);
        assert_eq!((users.range(0), users.range(1)), (0..1, 1..3));
        assert_eq!(users.times, [20, 10, 30]);
        assert_eq!(users.entries, [1, 0, 2]);
        assert_eq!([users.before(1, 10), users.before(1, 11), users.before(1, 99)], [1, 2, 3]);
        assert_eq!(users.tally(1, 1), Tally::default());
        assert_eq!((users.tally(1, 2).sum, users.tally(1, 3).sum), (2.0, 7.0));
        assert_eq!(users.tally(1, 3).n_relevant, 1);
    }
}
