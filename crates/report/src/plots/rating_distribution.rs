//! How often each rating value occurs, and which values count as relevant.

use super::{Place, PlotSpec};
use crate::chart::columns::{Column, Panel};
use crate::data::{RatingCount, ReportData};
use crate::format;
use crate::theme::Ink;

/// More distinct values than these are put into bins.
const MOST_COLUMNS: usize = 20;

/// The plot, where there are ratings.
pub fn plot(data: &ReportData) -> Option<PlotSpec<'_>> {
    let mut counts: Vec<RatingCount> =
        data.ratings.iter().copied().filter(|one| one.value.is_finite()).collect();
    counts.sort_by(|one, other| one.value.total_cmp(&other.value));
    let total: u64 = counts.iter().map(|one| one.count).sum();
    if total == 0 {
        return None;
    }
    let threshold = data.relevance_threshold;
    let n_relevant: u64 = counts.iter().filter(|one| one.value >= threshold).map(|one| one.count).sum();
    let binned = counts.len() > MOST_COLUMNS;
    let columns = if binned {
        bins(&counts, threshold)
    } else {
        counts.iter().map(|one| column(one, threshold)).collect()
    };
    let threshold = format::plain(threshold, 2);
    let panel = Panel { axis_label: format!("rating · relevant from {threshold} on (blue)"), columns };
    Some(PlotSpec {
        name: "rating-distribution".to_owned(),
        title: format!("How {} ratings are distributed", format::count(total)),
        caption: format!(
            "Ratings by value{}. Those of {threshold} and more (blue) count as relevant: {} of all. The larger that \
             share, the easier the task: a random order reaches roughly that precision.",
            if binned { ", in bins" } else { "" },
            format::percent(n_relevant as f64 / total as f64, 1)
        ),
        place: Place::Data,
        full_width: false,
        body: Box::new(move |scene, frame, top| {
            panel.draw(scene, frame.span(), top);
            top + Panel::HEIGHT
        }),
    })
}

fn ink(value: f64, threshold: f64) -> Ink {
    if value >= threshold { Ink::Base } else { Ink::Quiet }
}

fn column(one: &RatingCount, threshold: f64) -> Column {
    Column { name: format::plain(one.value, 2), count: one.count, ink: ink(one.value, threshold) }
}

/// [`MOST_COLUMNS`] bins of equal width over the values' range, named by their lower edge. A bin is relevant where its lower
/// edge is.
fn bins(counts: &[RatingCount], threshold: f64) -> Vec<Column> {
    let (low, high) = (counts[0].value, counts[counts.len() - 1].value);
    let width = (high - low) / MOST_COLUMNS as f64;
    let mut totals = [0u64; MOST_COLUMNS];
    for one in counts {
        // A range too wide for f64 falls into the first bin.
        let bin = ((one.value - low) / width) as usize;
        totals[bin.min(MOST_COLUMNS - 1)] += one.count;
    }
    let column = |(at, &count): (usize, &u64)| {
        let edge = low + at as f64 * width;
        Column { name: format::plain(edge, 1), count, ink: ink(edge, threshold) }
    };
    totals.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_binned_without_loss() {
        let counts: Vec<RatingCount> =
            (0..=100).map(|value| RatingCount { value: f64::from(value), count: 2 }).collect();
        let columns = bins(&counts, 80.0);
        assert_eq!(columns.len(), MOST_COLUMNS);
        assert_eq!(columns.iter().map(|column| column.count).sum::<u64>(), 202);
        // 0..5 holds five values; the last bin holds 95..=100.
        assert_eq!((columns[0].count, columns[19].count), (10, 12));
        assert_eq!(columns.iter().filter(|column| column.ink == Ink::Base).count(), 4);
    }
}
