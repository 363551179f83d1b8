//! One user's ratings: which items, how many stars, when.

use dataset::rng;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use crate::catalogue::{Catalogue, Item, RANK, Taste};
use crate::marginals::{Marginals, Stars};
use crate::{Shape, pick};

/// In stars: the standard deviations of what a rating is made of beside [`Stars::noise`] and [`Item::quality`].
const USER_SD: f32 = 0.45;
const TASTE_SD: f32 = 0.45;
const MOOD_SD: f32 = 0.15;

/// How likely a film that is not out yet is rated, beside one that is: dates are not all right.
pub(crate) const NOT_RELEASED: f64 = 0.002;

/// How likely a rating starts a new session, and shares the second of the one before.
const NEW_SESSION: f64 = 0.065;
const SAME_SECOND: f64 = 0.15;

const DAY: f64 = 86_400.0;

/// One rating of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UserRating {
    /// The item's index in the catalogue.
    pub(crate) item: u32,
    /// 1 to 10.
    pub(crate) half_stars: u8,
    /// Seconds since 1970.
    pub(crate) timestamp: i64,
}

/// The `n` ratings of the user `id`, ascending by item; `taken` is scratch space, one `false` an item, and is left so.
pub(crate) fn ratings(
    shape: &Shape,
    catalogue: &Catalogue,
    id: u32,
    n: u32,
    taken: &mut [bool],
) -> (Vec<UserRating>, ChaCha8Rng) {
    let mut rng = rng::stream(shape.seed(), &format!("synth/user/{id}"));
    let marginals = shape.marginals();
    let last_second = marginals.last_second;
    let user = User::draw(marginals, &mut rng);
    let items = pick::pick(&user, catalogue, n as usize, taken, &mut rng);
    let mut timestamp = user.first_second;
    let mut mood = MOOD_SD * normal(&mut rng);
    let mut ratings: Vec<UserRating> = Vec::with_capacity(items.len());
    for item in items {
        if !ratings.is_empty() {
            let (gap, is_new_session) = gap(&mut rng);
            if is_new_session && timestamp + gap <= last_second {
                mood = MOOD_SD * normal(&mut rng);
                timestamp += gap;
            } else if !is_new_session {
                timestamp = (timestamp + gap).min(last_second);
            }
        }
        let half_stars = user.half_stars(&catalogue.items[item as usize], mood, &mut rng);
        ratings.push(UserRating { item, half_stars, timestamp });
    }
    ratings.sort_unstable_by_key(|rating| rating.item);
    (ratings, rng)
}

/// The seconds to the next rating, and whether it starts a new session.
fn gap(rng: &mut ChaCha8Rng) -> (i64, bool) {
    let kind = rng.random::<f64>();
    let spread = f64::from(normal(rng));
    if kind < NEW_SESSION {
        // Median 12 days, now and then years.
        (((12.0 * DAY).ln() + 1.8 * spread).exp().clamp(3600.0, 8000.0 * DAY) as i64, true)
    } else if kind < NEW_SESSION + SAME_SECOND {
        (0, false)
    } else {
        (1 + (12f64.ln() + 1.2 * spread).exp().min(1800.0) as i64, false)
    }
}

/// What a user is like.
pub(crate) struct User {
    bias: f32,
    taste: Taste,
    stars: Stars,
    whole_stars: bool,
    first_second: i64,
    /// The year of the first session: later films are rarely picked.
    first_year: u16,
}

impl User {
    fn draw(marginals: &Marginals, rng: &mut ChaCha8Rng) -> Self {
        let first_second = rng.random_range(marginals.first_second..=marginals.last_second - DAY as i64);
        Self {
            bias: USER_SD * normal(rng),
            taste: std::array::from_fn(|_| normal(rng)),
            stars: marginals.stars,
            whole_stars: rng.random_bool(marginals.stars.whole),
            first_second,
            first_year: Marginals::year(first_second),
        }
    }

    /// How well the kind of film suits this user; standard normal over users.
    fn affinity(&self, item: &Item) -> f32 {
        (0..RANK).map(|d| self.taste[d] * item.taste[d]).sum()
    }

    /// How likely the user rates a film that comes to mind, in (0, 1).
    pub(crate) fn appeal(&self, item: &Item) -> f64 {
        let suits = 1.0 / (1.0 + f64::from(-self.affinity(item)).exp());
        if item.year <= self.first_year { suits } else { NOT_RELEASED * suits }
    }

    /// The rating of `item`, 1 to 10 half stars.
    fn half_stars(&self, item: &Item, mood: f32, rng: &mut ChaCha8Rng) -> u8 {
        let stars = self.stars.mean
            + self.bias
            + item.quality
            + TASTE_SD * self.affinity(item)
            + mood
            + self.stars.noise * normal(rng);
        let half_stars = if self.whole_stars { stars.round() * 2.0 } else { (stars * 2.0).round() };
        half_stars.clamp(if self.whole_stars { 2.0 } else { 1.0 }, 10.0) as u8
    }
}

fn normal(rng: &mut ChaCha8Rng) -> f32 {
    StandardNormal.sample(rng)
}
