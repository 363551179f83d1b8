//! The items: what they are, how good and how popular, and where they stand in the space of tastes.

use dataset::rng;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::weighted::WeightedAliasIndex;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

use crate::marginals::{Marginals, Popularity};
use crate::pick::Head;
use crate::{Shape, popularity, titles};

/// The dimensions of taste.
pub(crate) const RANK: usize = 8;
/// A point in the space of tastes.
pub(crate) type Taste = [f32; RANK];

/// MovieLens' genres, and in how many of ml-latest-small's 9,742 films each is found.
pub(crate) const GENRES: [(&str, u32); 19] = [
    ("Action", 1828),
    ("Adventure", 1263),
    ("Animation", 611),
    ("Children", 664),
    ("Comedy", 3756),
    ("Crime", 1199),
    ("Documentary", 440),
    ("Drama", 4361),
    ("Fantasy", 779),
    ("Film-Noir", 87),
    ("Horror", 978),
    ("IMAX", 158),
    ("Musical", 334),
    ("Mystery", 573),
    ("Romance", 1596),
    ("Sci-Fi", 980),
    ("Thriller", 1894),
    ("War", 382),
    ("Western", 167),
];

/// How strongly an item's place in the space of tastes is that of its genres; the rest is its own.
const GENRE_SHARE: f32 = 0.8;

/// The spread of the items' quality, in stars.
const QUALITY_SD: f32 = 0.42;

/// One film.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) year: u16,
    /// Indices into [`GENRES`], ascending.
    pub(crate) genres: Vec<usize>,
    /// What it gets above the mean, in stars, whoever rates it.
    pub(crate) quality: f32,
    /// What kind of film it is; length about 1.
    pub(crate) taste: Taste,
}

/// All items, ascending by id, and how often each comes to a user's mind.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) items: Vec<Item>,
    /// Relative frequencies of the items.
    pub(crate) weights: Vec<f64>,
    /// Draws an item by these.
    pub(crate) popularity: WeightedAliasIndex<f64>,
    /// The most popular items apart, where the tail is as long as the larger sets'.
    pub(crate) head: Option<Head>,
}

impl Catalogue {
    /// Draws the items of `shape`, whose users give `counts` ratings; `None` never happens for a checked shape (it stands for no
    /// items at all).
    pub(crate) fn draw(shape: &Shape, counts: &[u32]) -> Option<Self> {
        let mut rng = rng::stream(shape.seed(), "synth/items");
        let genre_tastes: Vec<Taste> = GENRES.iter().map(|_| direction(&mut rng)).collect();
        let n_items = shape.n_items() as usize;
        let last_year = Marginals::year(shape.marginals().last_second);
        let mut last_id = 0;
        let items: Vec<Item> = (0..n_items)
            .map(|index| {
                // Ids have few gaps at first and many later, as in MovieLens.
                let spread = 30.0 * (index as f64 / n_items as f64).powi(2);
                let gap: f64 = Exp1.sample(&mut rng);
                last_id += 1 + (gap * spread) as u64;
                draw_item(last_id, last_year, &genre_tastes, &mut rng)
            })
            .collect();
        let years: Vec<u16> = items.iter().map(|item| item.year).collect();
        let weights =
            popularity::weights(shape, &years, counts, &mut rng::stream(shape.seed(), "synth/popularity"));
        let popularity = WeightedAliasIndex::new(weights.clone()).ok()?;
        let long_tail = matches!(shape.marginals().popularity, Popularity::Curve { .. });
        let head = long_tail.then(|| Head::of(&weights)).flatten();
        Some(Self { items, weights, popularity, head })
    }
}

fn draw_item(id: u64, last_year: u16, genre_tastes: &[Taste], rng: &mut ChaCha8Rng) -> Item {
    let age: f64 = Exp1.sample(rng);
    let year = last_year - (age * 24.0).min(100.0) as u16;
    let genres = draw_genres(rng);
    let own = direction(rng);
    let mut taste = [0.0f32; RANK];
    for &genre in &genres {
        add(&mut taste, &genre_tastes[genre], 1.0);
    }
    let length = norm(&taste);
    let genre_share = if length > 0.0 { GENRE_SHARE / length } else { 0.0 };
    taste = taste.map(|value| value * genre_share);
    add(&mut taste, &own, (1.0 - GENRE_SHARE * GENRE_SHARE).sqrt());
    let quality: f32 = StandardNormal.sample(rng);
    Item { id, title: titles::title(year, rng), year, genres, quality: QUALITY_SD * quality, taste }
}

/// One to five genres, the frequent ones more often; a few items have none.
fn draw_genres(rng: &mut ChaCha8Rng) -> Vec<usize> {
    let n_genres = match rng.random_range(0..1000) {
        0..4 => 0,
        4..294 => 1,
        294..644 => 2,
        644..884 => 3,
        884..970 => 4,
        _ => 5,
    };
    let mut genres: Vec<usize> = Vec::with_capacity(n_genres);
    let total: u32 = GENRES.iter().map(|(_, n)| n).sum();
    while genres.len() < n_genres {
        let mut left = rng.random_range(0..total);
        let drawn = GENRES.iter().position(|&(_, n)| {
            let here = left < n;
            left = left.saturating_sub(n);
            here
        });
        genres.extend(drawn.filter(|genre| !genres.contains(genre)));
    }
    genres.sort_unstable();
    genres
}

/// A random direction of length 1.
fn direction(rng: &mut ChaCha8Rng) -> Taste {
    let drawn: Taste = std::array::from_fn(|_| StandardNormal.sample(rng));
    let length = norm(&drawn).max(f32::MIN_POSITIVE);
    drawn.map(|value| value / length)
}

fn norm(taste: &Taste) -> f32 {
    taste.iter().map(|value| value * value).sum::<f32>().sqrt()
}

fn add(taste: &mut Taste, other: &Taste, times: f32) {
    for (value, other) in taste.iter_mut().zip(other) {
        *value += other * times;
    }
}
