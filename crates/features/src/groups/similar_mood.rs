//! What the user gave to similar items shortly before and after.
//!
//! Over the 30 known ratings of the user that are nearest in time and within an hour, the residuals (rating less the damped baseline) weighted by
//! `exp(-|distance in time| / 10 minutes) * exp(-|difference in years of release| / 5) * Jaccard similarity of the genres`. An
//! item without a year or without genres is similar to none.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `similar_mood` | stars, `sum(w e) / (sum(w) + 1)` | about -4.5 to 4.5 | 0 |
//! | `similar_mood_weight` | `sum(w)` | 0 to 30 | 0 |

use dataset::{GenreSet, Item};

use super::{FeatureGroup, columns};
use crate::known::{Known, Seen};
use crate::{Asked, Column, Context};

const NEIGHBOURS: usize = 30;
const SECONDS: f64 = 600.0;
const FARTHEST: u32 = 3600;
const YEARS: f64 = 5.0;
const DAMPING: f64 = 1.0;

/// What items are compared by.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Facts {
    year: i32,
    genres: GenreSet,
}

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarMood {
    /// Position in the users' timeline -> facts of the item rated.
    rated: Vec<Option<Facts>>,
    /// Catalogue index -> facts.
    catalogue: Vec<Option<Facts>>,
    /// Distance in seconds, up to [`FARTHEST`] -> weight.
    time_weights: Vec<f64>,
    /// Difference in years -> weight.
    year_weights: Vec<f64>,
}

impl SimilarMood {
    pub(crate) fn new(context: &Context<'_>, known: &Known<'_>) -> Self {
        let facts = |item: &Item| item.year.map(|year| Facts { year, genres: item.genres });
        let catalogue: Vec<Option<Facts>> = context.items.all().iter().map(facts).collect();
        Self {
            rated: (0..known.rated_items.len())
                .map(|position| known.rated_at(position).and_then(|item| catalogue[item]))
                .collect(),
            catalogue,
            time_weights: (0..=FARTHEST).map(|seconds| (-f64::from(seconds) / SECONDS).exp()).collect(),
            year_weights: (0..100).map(|years| (-f64::from(years) / YEARS).exp()).collect(),
        }
    }

    fn similarity(&self, one: Facts, other: Facts) -> f64 {
        let common = (one.genres.0 & other.genres.0).count_ones();
        if common == 0 {
            return 0.0;
        }
        let either = (one.genres.0 | other.genres.0).count_ones();
        let weight = self.year_weights.get(one.year.abs_diff(other.year) as usize);
        f64::from(common) / f64::from(either) * weight.copied().unwrap_or(0.0)
    }
}

impl FeatureGroup for SimilarMood {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let known = asked.known;
        columns(["similar_mood", "similar_mood_weight"], asked, |place| {
            let facts = place.catalogue.and_then(|item| self.catalogue[item as usize]);
            let (Some(user), Some(facts)) = (place.user, facts) else { return [0.0; 2] };
            let (mut sum, mut weight) = (0.0, 0.0);
            for position in nearest(known, user, place.at) {
                let distance = known.users.times[position].abs_diff(place.at);
                let Some(time_weight) = self.time_weights.get(distance as usize) else { break };
                let w = self.rated[position].map_or(0.0, |rated| time_weight * self.similarity(facts, rated));
                sum += w * known.baseline().by_user[position];
                weight += w;
            }
            [sum / (weight + DAMPING), weight]
        })
    }
}

/// The positions of the user's known ratings nearest to `at`, the nearest first and the earlier of two first.
fn nearest(known: &Known<'_>, user: Seen, at: i64) -> impl Iterator<Item = usize> {
    let times = &known.users.times;
    let (mut from, mut to) = (user.before, user.before);
    let next = move || {
        let earlier = (from > user.start).then(|| times[from - 1].abs_diff(at));
        let later = (to < user.end).then(|| times[to].abs_diff(at));
        let take_earlier = match (earlier, later) {
            (Some(earlier), Some(later)) => earlier <= later,
            (earlier, None) => {
                earlier?;
                true
            }
            (None, Some(_)) => false,
        };
        if take_earlier {
            from -= 1;
            Some(from)
        } else {
            to += 1;
            Some(to - 1)
        }
    };
    std::iter::from_fn(next).take(NEIGHBOURS)
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn similar_items_near_in_time_count() {
        // User 1 rated item 10 (1990, Comedy), -75/56 at 0 s, and item 20 (1995, Comedy and Drama), 30/56 at 100 s. Item 20
        // shares one of two genres with item 10, five years apart; items 30 and 40 lack genre or year.
        let asked =
            [candidate(1, 10, 100), candidate(1, 30, 100), candidate(1, 40, 100), candidate(3, 10, 0)];
        let columns = compute(FeatureGroupKind::SimilarMood, &asked, false);
        let (same, half) = ((-100.0f64 / 600.0).exp(), 0.5 * (-1.0f64).exp());
        let mean = (same * -75.0 + half * 30.0) / 56.0 / (same + half + 1.0);
        assert_column(&columns[0], "similar_mood", &[mean, 0.0, 0.0, 0.0]);
        assert_column(&columns[1], "similar_mood_weight", &[same + half, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn only_earlier_ratings_under_the_temporal_protocol() {
        let columns = compute(FeatureGroupKind::SimilarMood, &[candidate(1, 10, 100)], true);
        assert_column(&columns[1], "similar_mood_weight", &[(-100.0f64 / 600.0).exp()]);
    }
}
