//! The published data sets by name, and sizes between and beyond them.

use std::str::FromStr;

use crate::marginals::{Activity, FEWEST, Marginals, Popularity, Stars};
use crate::{Shape, ShapeError};

/// A number of ratings whose other figures are those of MovieLens at that size.
///
/// `1m`, `10m`, `20m`, `25m` and `32m` are the published sets, with their numbers of users, films and ratings. Other numbers
/// from a million on, such as `5m` or `100m`, take figures in between (geometric means), and beyond `32m` those that this one
/// tends to: 154 ratings a user, films growing with the 0.36th power of the ratings, half of all users having rated the most
/// popular one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(u64);

/// Not the name of a scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of million ratings from 1m to 10000m, such as 25m")]
pub struct ScaleError;

/// The largest scale, in millions.
const MOST_MILLIONS: u64 = 10_000;

impl FromStr for Scale {
    type Err = ScaleError;

    fn from_str(text: &str) -> Result<Self, ScaleError> {
        let millions =
            text.strip_suffix(['m', 'M']).and_then(|number| number.parse().ok()).ok_or(ScaleError)?;
        if (1..=MOST_MILLIONS).contains(&millions) { Ok(Self(millions)) } else { Err(ScaleError) }
    }
}

/// What is known of one published set.
#[derive(Debug, Clone, Copy)]
struct Published {
    millions: u64,
    users: f64,
    /// In movies.csv; some are not rated.
    films: f64,
    ratings: f64,
    /// Ratings of the median and of the most active user, and [`Activity::bend`].
    user_median: f64,
    user_most: f64,
    bend: f64,
    /// Ratings of the median and of the most popular film, and the two ends of [`Popularity::Curve`].
    film_median: f64,
    film_most: f64,
    floor: f64,
    bottom: f64,
    stars: Stars,
    first_second: i64,
    last_second: i64,
}

/// Numbers, dates and the figures of users are the published ones (`first_second` without the handful of users of 1995). The
/// rest is chosen so that what comes out is near: `film_median` and `film_most` (123, 135, 18, 6 and 5 ratings; 3,428,
/// 34,864, 67,310, 81,491 and 102,929), `floor` and `bottom` for the number of rated films (3,706, 10,677, 26,744, 59,047 and
/// 84,432) and the Gini coefficient of their counts (.634, .805, .903, .942, .952), `bend` for the standard deviation of the
/// users' counts, `stars` for the ratings' mean and standard deviation (3.58 and 1.12, 3.51 and 1.06, 3.53 and 1.05, 3.53 and
/// 1.06, 3.54 and 1.06).
#[rustfmt::skip]
const PUBLISHED: [Published; 5] = [
    Published {
        millions: 1, users: 6_040.0, films: 3_883.0, ratings: 1_000_209.0,
        user_median: 96.0, user_most: 2_314.0, bend: 0.15,
        film_median: 118.0, film_most: 3_428.0, floor: 0.2, bottom: 1.5,
        stars: Stars { mean: 3.48, noise: 0.945, whole: 1.0 },
        first_second: 956_703_932, last_second: 1_046_454_590, // 2000-04-25, 2003-02-28
    },
    Published {
        millions: 10, users: 69_878.0, films: 10_681.0, ratings: 10_000_054.0,
        user_median: 69.0, user_most: 7_359.0, bend: 0.1,
        film_median: 135.0, film_most: 34_864.0, floor: 4.0, bottom: 0.5,
        stars: Stars { mean: 3.415, noise: 0.847, whole: 0.5 },
        first_second: 823_185_600, last_second: 1_231_131_736, // the first users of 1996, 2009-01-05
    },
    Published {
        millions: 20, users: 138_493.0, films: 27_278.0, ratings: 20_000_263.0,
        user_median: 68.0, user_most: 9_254.0, bend: 0.1,
        film_median: 16.5, film_most: 62_500.0, floor: 2.5, bottom: 0.5,
        stars: Stars { mean: 3.44, noise: 0.85, whole: 0.3 },
        first_second: 823_185_600, last_second: 1_427_784_002, // 2015-03-31
    },
    Published {
        millions: 25, users: 162_541.0, films: 62_423.0, ratings: 25_000_095.0,
        user_median: 71.0, user_most: 32_202.0, bend: 0.1,
        film_median: 5.5, film_most: 74_000.0, floor: 2.5, bottom: 0.0,
        stars: Stars { mean: 3.44, noise: 0.862, whole: 0.3 },
        first_second: 823_185_600, last_second: 1_574_327_703, // 2019-11-21
    },
    Published {
        millions: 32, users: 200_948.0, films: 87_585.0, ratings: 32_000_204.0,
        user_median: 73.0, user_most: 33_332.0, bend: 0.1,
        film_median: 4.5, film_most: 91_000.0, floor: 3.0, bottom: 0.0,
        stars: Stars { mean: 3.455, noise: 0.862, whole: 0.3 },
        first_second: 823_185_600, last_second: 1_697_164_147, // 2023-10-13
    },
];

impl Scale {
    /// The sizes and marginals, with the random streams of `seed`.
    ///
    /// # Errors
    /// [`ShapeError`] where the scale's numbers are above [`Shape`]'s limits.
    pub fn shape(self, seed: u64) -> Result<Shape, ShapeError> {
        let figures = self.figures();
        let shape =
            Shape::new(figures.users as u32, figures.films as u32, figures.ratings.round() as u64, seed)?;
        Ok(shape.with_marginals(figures.marginals()))
    }

    fn figures(self) -> Published {
        let after = PUBLISHED.iter().position(|set| set.millions >= self.0);
        match after {
            Some(at) if PUBLISHED[at].millions == self.0 || at == 0 => PUBLISHED[at],
            Some(at) => PUBLISHED[at - 1].towards(&PUBLISHED[at], self.0),
            None => PUBLISHED[PUBLISHED.len() - 1].beyond(self.0),
        }
    }
}

impl Published {
    /// The figures at `millions` ratings between these and those of `other`.
    fn towards(&self, other: &Self, millions: u64) -> Self {
        let ratings = millions as f64 * 1e6;
        let share = (ratings / self.ratings).ln() / (other.ratings / self.ratings).ln();
        let geometric = |from: f64, to: f64| (from.ln() + share * (to / from).ln()).exp();
        let linear = |from: f64, to: f64| from + share * (to - from);
        Self {
            millions,
            users: geometric(self.users, other.users),
            films: geometric(self.films, other.films),
            ratings,
            user_median: linear(self.user_median, other.user_median),
            user_most: geometric(self.user_most, other.user_most).round(),
            bend: linear(self.bend, other.bend),
            film_median: geometric(self.film_median, other.film_median),
            film_most: geometric(self.film_most, other.film_most),
            floor: linear(self.floor, other.floor),
            bottom: linear(self.bottom, other.bottom),
            ..*other
        }
    }

    /// The figures at `millions` ratings, more than here.
    fn beyond(&self, millions: u64) -> Self {
        let ratings = millions as f64 * 1e6;
        let times = ratings / self.ratings;
        let users = ratings / 154.0;
        let films = self.films * times.powf(0.36);
        Self { millions, users, films, ratings, film_most: users / 2.0, ..*self }
    }

    fn marginals(&self) -> Marginals {
        // E exp(s z - k z^2) = exp(s^2 / 2(1 + 2k)) / sqrt(1 + 2k) is the ratio of mean and median above the fewest; the median is
        // that of z = 0.
        let fewest = f64::from(FEWEST);
        let ratio = (self.ratings / self.users - fewest) / (self.user_median - fewest);
        let width = 1.0 + 2.0 * self.bend;
        let spread = (2.0 * width * (ratio.ln() + 0.5 * width.ln())).sqrt();
        Marginals {
            activity: Activity { spread, bend: self.bend, most: Some(self.user_most as u32) },
            popularity: Popularity::Curve {
                most: self.film_most,
                median: self.film_median,
                floor: self.floor,
                bottom: self.bottom,
            },
            stars: self.stars,
            first_second: self.first_second,
            last_second: self.last_second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity;

    /// Against the published figures; the standard deviation of ML-20M's users is 230.
    #[test]
    fn activity_is_that_of_the_published_sets() {
        for (name, median, most, sd) in [
            ("1m", 96, 2314, 193.0),
            ("10m", 69, 7359, 217.0),
            ("20m", 68, 9254, 230.0),
            ("25m", 71, 32_202, 268.0),
        ] {
            let shape = name.parse::<Scale>().unwrap().shape(7).unwrap();
            let mut counts = activity::ratings_of_users(&shape);
            counts.sort_unstable();
            assert_eq!((counts[0], counts[counts.len() - 1]), (20, most), "{name}");
            let middle = counts[counts.len() / 2];
            assert!(middle.abs_diff(median) <= 3, "{name}: median {middle}");
            let mean = shape.n_ratings() as f64 / counts.len() as f64;
            let squares: f64 = counts.iter().map(|&count| (f64::from(count) - mean).powi(2)).sum();
            let found = (squares / counts.len() as f64).sqrt();
            assert!((found / sd - 1.0).abs() < 0.1, "{name}: standard deviation {found}");
        }
    }

    #[test]
    fn sizes_between_and_beyond_follow_their_neighbours() {
        let sizes = |name: &str| {
            let shape = name.parse::<Scale>().unwrap().shape(1).unwrap();
            (shape.n_users(), shape.n_items(), shape.n_ratings())
        };
        assert_eq!(sizes("25m"), (162_541, 62_423, 25_000_095));
        let between = sizes("5m");
        assert!((30_000..40_000).contains(&between.0) && (7_000..9_000).contains(&between.1), "{between:?}");
        assert_eq!(sizes("100m"), (649_350, 132_000, 100_000_000));
        assert_eq!(sizes("250M").2, 250_000_000);
        for wrong in ["25", "0m", "m", "-1m", "2.5m", "10001m", "25k"] {
            assert_eq!(wrong.parse::<Scale>(), Err(ScaleError), "{wrong}");
        }
    }
}
