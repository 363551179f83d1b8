//! What the k nearest targets that somebody rated say together.

use super::{CoRating, CoRatings, Nearest, Sides};

/// How targets are compared.
pub trait Similarity: Sync {
    /// What is known of a pair of targets.
    type CoRating: CoRating;

    /// How near `target` is, by its co-ratings with the target in question; not above 0 where it is no neighbour.
    fn closeness(&self, co_rating: Self::CoRating, target: u32) -> f64;

    /// How much a neighbour's value weighs.
    fn weight(closeness: f64) -> f64;
}

/// Sums over the nearest, in the order of the targets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Votes {
    /// The sum of the weighted values.
    pub total: f64,
    /// The sum of the weights.
    pub weight: f64,
    /// How many neighbours there are.
    pub n: u32,
}

/// The votes on `target` of what `other` rated; `nearest` is memory of k places.
pub fn votes<S: Similarity>(
    (target, other): (u32, u32),
    sides: &Sides,
    similarity: &S,
    co_ratings: &CoRatings<S::CoRating>,
    nearest: &mut Nearest,
) -> Votes {
    nearest.clear();
    let (rated, values) = sides.by_other.row(other);
    // What is in question is no neighbour of itself.
    for (&rated, &value) in rated.iter().zip(values).filter(|&(&rated, _)| rated != target) {
        nearest.push(rated, similarity.closeness(co_ratings.with(rated), rated), value);
    }
    let mut votes = Votes::default();
    for neighbour in nearest.neighbours(|target| sides.tie_break(target)) {
        let weight = S::weight(neighbour.closeness);
        votes.total += weight * f64::from(neighbour.value);
        votes.weight += weight;
        votes.n += 1;
    }
    votes
}
