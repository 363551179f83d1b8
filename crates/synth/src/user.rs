//! One user's ratings: which items, how many stars, when.

use dataset::rng;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

use crate::catalogue::{Catalogue, Item, RANK, Taste};

/// 1996-03-29 and 2018-09-24, the first and the last day of ml-latest-small, in seconds since 1970.
pub(crate) const FIRST_SECOND: i64 = 828_057_600;
pub(crate) const LAST_SECOND: i64 = 1_537_833_599;

/// In stars: the mean, and the standard deviations of what a rating is made of. With [`Item::quality`] they give a mean of 3.5
/// and a standard deviation of 1.04 over all ratings, as in ml-latest-small.
const MEAN: f32 = 3.39;
const USER_SD: f32 = 0.45;
const TASTE_SD: f32 = 0.45;
const MOOD_SD: f32 = 0.15;
const NOISE_SD: f32 = 0.82;

/// The share of users who give whole stars only.
const WHOLE_STARS: f64 = 0.3;
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
    catalogue: &Catalogue,
    seed: u64,
    id: u32,
    n: u32,
    taken: &mut [bool],
) -> (Vec<UserRating>, ChaCha8Rng) {
    let mut rng = rng::stream(seed, &format!("synth/user/{id}"));
    let user = User::draw(&mut rng);
    let items = user.pick(catalogue, n as usize, taken, &mut rng);
    let mut timestamp = user.first_second;
    let mut mood = MOOD_SD * normal(&mut rng);
    let mut ratings: Vec<UserRating> = Vec::with_capacity(items.len());
    for item in items {
        if !ratings.is_empty() {
            let (gap, is_new_session) = gap(&mut rng);
            if is_new_session && timestamp + gap <= LAST_SECOND {
                mood = MOOD_SD * normal(&mut rng);
                timestamp += gap;
            } else if !is_new_session {
                timestamp = (timestamp + gap).min(LAST_SECOND);
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
struct User {
    bias: f32,
    taste: Taste,
    whole_stars: bool,
    first_second: i64,
    /// The year of the first session: later films are rarely picked.
    first_year: u16,
}

impl User {
    fn draw(rng: &mut ChaCha8Rng) -> Self {
        let first_second = rng.random_range(FIRST_SECOND..=LAST_SECOND - DAY as i64);
        Self {
            bias: USER_SD * normal(rng),
            taste: std::array::from_fn(|_| normal(rng)),
            whole_stars: rng.random_bool(WHOLE_STARS),
            first_second,
            first_year: 1970 + (first_second as f64 / (365.2425 * DAY)) as u16,
        }
    }

    /// How well the kind of film suits this user; standard normal over users.
    fn affinity(&self, item: &Item) -> f32 {
        (0..RANK).map(|d| self.taste[d] * item.taste[d]).sum()
    }

    /// How likely the user rates a film that comes to mind, in (0, 1).
    fn appeal(&self, item: &Item) -> f64 {
        const NOT_RELEASED: f64 = 0.002;
        let suits = 1.0 / (1.0 + f64::from(-self.affinity(item)).exp());
        if item.year <= self.first_year { suits } else { NOT_RELEASED * suits }
    }

    /// Draws `n` different items by popularity times appeal, in the order in which they come to mind.
    fn pick(&self, catalogue: &Catalogue, n: usize, taken: &mut [bool], rng: &mut ChaCha8Rng) -> Vec<u32> {
        let n_items = catalogue.items.len();
        let mut picked: Vec<u32> = Vec::with_capacity(n);
        // By rejection while that is quick: memory and time follow the ratings, not the catalogue.
        let tries = if n <= n_items / 4 { 30 * n + 100 } else { 0 };
        for _ in 0..tries {
            if picked.len() == n {
                break;
            }
            let item = catalogue.popularity.sample(rng);
            if !taken[item] && rng.random::<f64>() < self.appeal(&catalogue.items[item]) {
                taken[item] = true;
                picked.push(item as u32);
            }
        }
        let missing = n - picked.len();
        if missing > 0 {
            // Efraimidis and Spirakis (2006): the smallest of Exp(1) / weight are a weighted draw without replacement.
            let mut keys: Vec<(f64, u32)> = (0..n_items)
                .filter(|&item| !taken[item])
                .map(|item| {
                    let key: f64 = Exp1.sample(rng);
                    (key / (catalogue.weights[item] * self.appeal(&catalogue.items[item])), item as u32)
                })
                .collect();
            keys.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            picked.extend(keys.into_iter().take(missing).map(|(_, item)| item));
        }
        for &item in &picked {
            taken[item as usize] = false;
        }
        picked
    }

    /// The rating of `item`, 1 to 10 half stars.
    fn half_stars(&self, item: &Item, mood: f32, rng: &mut ChaCha8Rng) -> u8 {
        let stars =
            MEAN + self.bias + item.quality + TASTE_SD * self.affinity(item) + mood + NOISE_SD * normal(rng);
        let half_stars = if self.whole_stars { stars.round() * 2.0 } else { (stars * 2.0).round() };
        half_stars.clamp(if self.whole_stars { 2.0 } else { 1.0 }, 10.0) as u8
    }
}

fn normal(rng: &mut ChaCha8Rng) -> f32 {
    StandardNormal.sample(rng)
}
