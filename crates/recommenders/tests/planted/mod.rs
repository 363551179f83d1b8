//! Generated ratings with a structure that a base recommender must find.

use dataset::{Candidate, Items, Rating, Ratings, rng};
use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal};

/// Every fifth rating is held out.
pub struct Planted {
    pub train: Ratings,
    pub held_out: Ratings,
    pub items: Items,
}

const GENRES: [&str; 4] = ["Action", "Comedy", "Drama", "Western"];

/// 150 users and 100 items; each user rates about 40 % of the items:
/// 3.3 + generosity + quality + taste for the item's genres + noise, rounded to half stars.
pub fn generate() -> Planted {
    let mut rng = rng::stream(7, "test/planted");
    let (n_users, n_items) = (150, 100);
    let mut normal = |std: f64| -> f64 { std * Distribution::<f64>::sample(&StandardNormal, &mut rng) };
    let generosity: Vec<f64> = (0..n_users).map(|_| normal(0.4)).collect();
    let quality: Vec<f64> = (0..n_items).map(|_| normal(0.4)).collect();
    let tastes: Vec<[f64; 4]> = (0..n_users).map(|_| std::array::from_fn(|_| normal(0.8))).collect();

    let genres_of = |item: usize| [item % 4, (item / 4) % 4]; // sometimes twice the same
    let names = |item: usize| genres_of(item).map(|genre| GENRES[genre].to_owned()).to_vec();
    let id_of = |item: usize| 10 * item as i64 + 3;
    let items = (0..n_items).map(|item| (id_of(item), format!("Item {item}"), names(item))).collect();

    let (mut train, mut held_out) = (Ratings::default(), Ratings::default());
    for (user, taste) in tastes.iter().enumerate() {
        for (item, quality) in quality.iter().enumerate() {
            if rng.random_bool(0.4) {
                let liking: f64 = genres_of(item).iter().map(|&genre| taste[genre]).sum();
                let noise: f64 = StandardNormal.sample(&mut rng);
                let value = 3.3 + generosity[user] + quality + liking + 0.3 * noise;
                let value = ((value * 2.0).round() / 2.0).clamp(0.5, 5.0) as f32;
                let side = if rng.random_range(0..5) == 0 { &mut held_out } else { &mut train };
                side.push(Rating { user_id: user as i64 * 7 + 1, item_id: id_of(item), value, timestamp: 0 });
            }
        }
    }
    Planted { train, held_out, items: Items::new(items).expect("four genres") }
}

/// The questions that `ratings` answer.
pub fn candidates(ratings: &Ratings) -> Vec<Candidate> {
    ratings
        .iter()
        .map(|rating| Candidate { user_id: rating.user_id, item_id: rating.item_id, at: 0 })
        .collect()
}
