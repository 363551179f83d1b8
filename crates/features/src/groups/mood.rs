//! What the user gave shortly before and after: mood, and the kind of list that the user was going through.
//!
//! The residuals (rating less the damped baseline) of the user's known ratings, weighted by `exp(-|distance in time| / width)`;
//! under the temporal protocol those of earlier ratings only.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `mood_30s`, `mood_10m`, `mood_1d` | stars, `sum(w e) / (sum(w) + 1)` at that width | about -4.5 to 4.5 | 0 |
//! | `mood_30s_weight`, `mood_10m_weight`, `mood_1d_weight` | `ln(1 + sum(w) *` [`crate::Context::count_scale`]`)` | 0 or more | 0 |
//! | `mood_item_offset` | stars, the items' offsets `b_i` at a width of two minutes: does the user rate good ones now? | about -4.5 to 4.5 | 0 |
//! | `mood_nearest` | stars, the residual of the rating nearest in time, the earlier of two | about -4.5 to 4.5 | 0 |
//! | `mood_nearest_seconds` | `ln(1 + seconds to that rating)` | 0 to 20 | 20 |

use super::{FeatureGroup, columns};
use crate::known::{Known, Seen, TimeKernel, Weighted};
use crate::{Asked, Column};

/// Widths of the kernels, in seconds.
const WIDTHS: [f64; 3] = [30.0, 600.0, 86_400.0];
const ITEM_OFFSET_WIDTH: f64 = 120.0;
const DAMPING: f64 = 1.0;
/// About `ln(1 + 15 years in seconds)`.
const FAR: f64 = 20.0;

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Mood {
    residuals: [TimeKernel; 3],
    item_offsets: TimeKernel,
}

impl Mood {
    pub(crate) fn new(known: &Known<'_>) -> Self {
        let kernel = |values, width| TimeKernel::new(&known.users, values, width, known.earlier_only);
        Self {
            residuals: WIDTHS.map(|width| kernel(&known.baseline().by_user, width)),
            item_offsets: kernel(&known.baseline().item_offsets, ITEM_OFFSET_WIDTH),
        }
    }
}

impl FeatureGroup for Mood {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let known = asked.known;
        let names = [
            "mood_30s",
            "mood_10m",
            "mood_1d",
            "mood_30s_weight",
            "mood_10m_weight",
            "mood_1d_weight",
            "mood_item_offset",
            "mood_nearest",
            "mood_nearest_seconds",
        ];
        columns(names, asked, |place| {
            let sums = |kernel: &TimeKernel| kernel.at(&known.users, place.user, place.at);
            let [short, middle, long] =
                [&self.residuals[0], &self.residuals[1], &self.residuals[2]].map(sums);
            let mean = |sums: Weighted| sums.damped_mean(DAMPING);
            let weight = |sums: Weighted| (sums.weight * known.count_scale).ln_1p();
            let (nearest, distance) = nearest(known, place.user, place.at);
            [
                mean(short),
                mean(middle),
                mean(long),
                weight(short),
                weight(middle),
                weight(long),
                mean(sums(&self.item_offsets)),
                nearest,
                distance,
            ]
        })
    }
}

/// The residual of the user's known rating nearest to `at`, and `ln(1 + seconds)` to it.
fn nearest(known: &Known<'_>, user: Option<Seen>, at: i64) -> (f64, f64) {
    let Some(Seen { start, before, end, .. }) = user else { return (0.0, FAR) };
    let distance = |position: &usize| known.users.times[*position].abs_diff(at);
    let earlier = (before > start).then(|| before - 1);
    let later = (before < end).then_some(before);
    match earlier.into_iter().chain(later).min_by_key(distance) {
        Some(position) => (known.baseline().by_user[position], (distance(&position) as f64).ln_1p().min(FAR)),
        None => (0.0, FAR),
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind;
    use crate::groups::testing::{assert_column, candidate, compute};

    /// User 1 has the residuals -75/56 at 0 s and 30/56 at 100 s, for items of the offsets 0 and 1/8.
    #[test]
    fn residuals_fade_with_the_distance_in_time() {
        let columns = compute(FeatureGroupKind::Mood, &[candidate(1, 30, 40), candidate(3, 30, 40)], false);
        let (first, second) = (-75.0 / 56.0, 30.0 / 56.0);
        for (column, width) in [30.0, 600.0, 86_400.0].into_iter().enumerate() {
            let (w, v) = ((-40.0f64 / width).exp(), (-60.0f64 / width).exp());
            let mean = (w * first + v * second) / (w + v + 1.0);
            assert_column(&columns[column], ["mood_30s", "mood_10m", "mood_1d"][column], &[mean, 0.0]);
            let name = ["mood_30s_weight", "mood_10m_weight", "mood_1d_weight"][column];
            assert_column(&columns[column + 3], name, &[(w + v).ln_1p(), 0.0]);
        }
        let (w, v) = ((-40.0f64 / 120.0).exp(), (-60.0f64 / 120.0).exp());
        assert_column(&columns[6], "mood_item_offset", &[v * 0.125 / (w + v + 1.0), 0.0]);
        assert_column(&columns[7], "mood_nearest", &[first, 0.0]);
        assert_column(&columns[8], "mood_nearest_seconds", &[40f64.ln_1p(), 20.0]);
    }

    #[test]
    fn of_two_equally_near_the_earlier_counts() {
        let columns = compute(FeatureGroupKind::Mood, &[50, 51].map(|at| candidate(1, 30, at)), false);
        assert_column(&columns[7], "mood_nearest", &[-75.0 / 56.0, 30.0 / 56.0]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        // User 1's rating of 0 s has the residual 2 (nothing was known then); that of 100 s is not earlier than 100 s.
        let columns = compute(FeatureGroupKind::Mood, &[candidate(1, 30, 100), candidate(1, 30, 0)], true);
        let w = (-100.0f64 / 600.0).exp();
        assert_column(&columns[1], "mood_10m", &[w * 2.0 / (w + 1.0), 0.0]);
        assert_column(&columns[7], "mood_nearest", &[2.0, 0.0]);
        assert_column(&columns[8], "mood_nearest_seconds", &[100f64.ln_1p(), 20.0]);
    }
}
