//! How far the base models that predict stars are apart; the scores of other scales are left out.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `scores_mean` | stars | about that of the ratings | 0 where no score is in stars |
//! | `scores_spread` | stars, the standard deviation (divided by the number of scores) | 0 or more | 0 |
//! | `scores_min` | stars | about that of the ratings | 0 |
//! | `scores_max` | stars | about that of the ratings | 0 |
//! | `scores_range` | stars, the greatest less the least | 0 or more | 0 |

use super::FeatureGroup;
use crate::{Asked, Column};

/// The group; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disagreement;

const NAMES: [&str; 5] = ["scores_mean", "scores_spread", "scores_min", "scores_max", "scores_range"];

impl FeatureGroup for Disagreement {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        let scores: Vec<&[f64]> = asked.batch.scores_in_stars().collect();
        let mut columns = NAMES.map(|name| Column { name: name.to_owned(), values: Vec::new() });
        for row in 0..asked.places.len() {
            let of_row = scores.iter().map(|column| column[row]);
            for (column, value) in columns.iter_mut().zip(summary(of_row)) {
                column.values.push(value);
            }
        }
        columns.into()
    }
}

/// Mean, standard deviation, least, greatest and range of `scores`; zeros where there is none.
fn summary(scores: impl ExactSizeIterator<Item = f64> + Clone) -> [f64; 5] {
    let n = scores.len() as f64;
    if n == 0.0 {
        return [0.0; 5];
    }
    let mean = scores.clone().sum::<f64>() / n;
    let variance = scores.clone().map(|score| (score - mean) * (score - mean)).sum::<f64>() / n;
    let min = scores.clone().fold(f64::INFINITY, f64::min);
    let max = scores.fold(f64::NEG_INFINITY, f64::max);
    [mean, variance.sqrt(), min, max, max - min]
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn mean_spread_and_range() {
        // mean 3, variance (4 + 0 + 4) / 3
        let scores = [1.0, 3.0, 5.0].into_iter();
        assert_eq!(summary(scores), [3.0, (8.0f64 / 3.0).sqrt(), 1.0, 5.0, 4.0]);
        assert_eq!(summary([].into_iter()), [0.0; 5]);
    }
}
