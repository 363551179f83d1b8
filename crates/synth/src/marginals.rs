//! What the generated counts and stars are like: a set of parameters, one for each size that was published.

/// How many ratings users give: 20 and a share that is log-normal with a bent tail, `exp(spread z - bend z^2)` for a standard
/// normal `z`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Activity {
    pub(crate) spread: f64,
    /// How much shorter than log-normal the upper tail is (0: not at all).
    pub(crate) bend: f64,
    /// What the most active user gives; nobody gives more. `None`: as drawn.
    pub(crate) most: Option<u32>,
}

/// How often items are rated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Popularity {
    /// Relative frequencies `(rank + offset n)^-exponent` (Zipf and Mandelbrot).
    Zipf { exponent: f64, offset: f64 },
    /// Expected counts `floor + (most - floor) exp(-a q^b) (1 - q)^bottom` for the item at the share `q` of all ranks: a
    /// stretched exponential (Laherrère and Sornette 1998) whose end is drawn down as in the rank-size law of Martínez-Mekler
    /// et al. (2009). `a` and `b` follow from the median and from the number of ratings.
    Curve { most: f64, median: f64, floor: f64, bottom: f64 },
}

/// What a rating is made of, in stars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stars {
    pub(crate) mean: f32,
    /// The standard deviation of what neither user nor item explains.
    pub(crate) noise: f32,
    /// The share of users who give whole stars only.
    pub(crate) whole: f64,
}

/// The parameters of a data set beside its sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Marginals {
    pub(crate) activity: Activity,
    pub(crate) popularity: Popularity,
    pub(crate) stars: Stars,
    /// The first and the last second of the ratings, since 1970.
    pub(crate) first_second: i64,
    pub(crate) last_second: i64,
}

/// Users are published with at least so many ratings.
pub(crate) const FEWEST: u32 = 20;

impl Marginals {
    /// Those of ml-latest-small: activity with median 71, mean 165, maximum 2,698 (above 20: 51, 145, 2,678); the 100th and the
    /// 972nd of 9,742 films have .35 and .08 of the first's ratings; mean 3.50 and standard deviation 1.04 stars; 1996-03-29 to
    /// 2018-09-24.
    pub(crate) const SMALL: Self = Self {
        activity: Activity { spread: 1.4, bend: 0.0, most: None },
        popularity: Popularity::Zipf { exponent: 1.5, offset: 0.015 },
        stars: Stars { mean: 3.39, noise: 0.82, whole: 0.3 },
        first_second: 828_057_600,
        last_second: 1_537_833_599,
    };

    /// The year of `second`.
    pub(crate) fn year(second: i64) -> u16 {
        1970 + (second as f64 / (365.2425 * 86_400.0)) as u16
    }
}
