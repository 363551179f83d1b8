//! The machinery that models of neighbours share.
//!
//! Rows of one side, the *targets*, are compared with each other through the *others* that rated both: in an item-kNN the
//! targets are the items and the others the users, in a user-kNN the other way round. A question (target, other) is
//! answered from the targets that this other rated, by how close they are to the question's target.
//!
//! There is no matrix of similarities. [`Block`] computes the rows of a few targets sparsely, and answering a batch asks for one row a
//! distinct target. Such a row costs the summed activity of the target's raters, so a batch of all targets costs the sum over
//! the others of their squared number of ratings, and less the more the targets of a block have the same raters; larger batches share rows
//! between more candidates. Memory beside the model is a block a thread (a cache line a target), 4 bytes a rating and 32 bytes a
//! candidate.

mod block;
mod lanes;
mod nearest;
mod places;
mod questions;
mod row;
mod voters;
mod votes;
mod workspaces;

use std::cmp::Reverse;

use dataset::Csr;
use serde::{Deserialize, Serialize};

use crate::InvalidModel;
use crate::fold_in::NewUsers;
use crate::validate::Demands;
pub use block::Block;
pub use lanes::{Agreement, Agreements, Common, HalfStarProducts, Lanes, Products};
pub use nearest::{Nearest, TieBreak};
pub use places::Places;
pub use questions::{Answer, Answers, Questions};
use row::Row;
pub use voters::Voter;
pub use votes::{Similarity, Votes, votes};
pub use workspaces::Workspaces;

/// More neighbours than this are not supported.
pub const MAX_K: usize = 10_000;

/// Ratings, or what is left of them, from both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// Other -> (targets, values).
    pub by_other: Csr,
    /// Target -> (others, values): the same entries.
    pub by_target: Csr,
}

/// In which way one side may hold less than the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// `by_other` may lack entries: after [`Sides::keep_most_active`] and [`Sides::with_targets`].
    LeastActive,
    /// `by_target` may lack all entries of an other: after [`Sides::with_others`].
    FoldedIn,
}

impl Sides {
    /// The sides of `by_other`, whose columns are `n_targets`.
    pub fn new(by_other: Csr, n_targets: usize) -> Self {
        let by_target = by_other.transposed(n_targets);
        Self { by_other, by_target }
    }

    /// These with the rows of others who were folded in. What they have values for is looked at when they are asked; among the others of a target they
    /// are not, so that no pair of targets is compared through them.
    pub fn with_others(self, new: &NewUsers, rows: &Csr) -> Self {
        let by_target = new.columns(self.by_target);
        Self { by_other: new.rows(&self.by_other, rows), by_target }
    }

    /// These with the rows of targets that were folded in. Questions about them are answered; among the targets of an other they are not, so that
    /// they are nobody's neighbours.
    pub fn with_targets(self, new: &NewUsers, rows: &Csr) -> Self {
        let by_other = new.columns(self.by_other);
        Self { by_target: new.rows(&self.by_target, rows), by_other }
    }

    /// Answers `questions`, a block of targets at a time, on the threads of the current rayon pool. `answer` is given a target, who is asked,
    /// and the votes of the `k` targets nearest to it that this other rated.
    pub fn answer<S: Similarity>(
        &self,
        k: usize,
        questions: Questions,
        similarity: &S,
        answer: impl Fn(u32, u32, Votes) -> Answer + Sync + Send,
    ) -> Answers {
        let n_targets = self.by_target.n_rows();
        // Ordering all ratings anew pays where much is asked.
        let places = if questions.n_targets() * 16 > n_targets {
            Places::most_rated_first(&self.by_other, n_targets)
        } else {
            Places::unchanged(&self.by_other)
        };
        let norms: Vec<f64> =
            (0..n_targets as u32).map(|place| similarity.norms()[places.target(place) as usize]).collect();
        let workspace = || (Block::<S::Sums>::new(n_targets, &places), Nearest::new(k), Row::default());
        let place_of = |target| places.of(target);
        questions.answer(S::Sums::LANES, place_of, workspace, |(block, nearest, row), groups| {
            block.fill(groups.iter().map(|group| group.target), &self.by_target);
            for (lane, group) in groups.iter_mut().enumerate() {
                let closeness = |cell: &S::Sums, norm: f64| similarity.closeness(cell.of(lane), norm);
                let place = places.of(group.target);
                let n_looks: usize = group.others.iter().map(|&other| places.row(other).0.len()).sum();
                // Where most are looked at, and more than once, each closeness is computed once.
                let all = n_looks > n_targets;
                if all {
                    let cells = block.cells().iter().zip(&norms);
                    row.fill(place, cells.map(|(cell, &norm)| closeness(cell, norm)), n_looks);
                }
                for (slot, &other) in group.slots.iter_mut().zip(group.others) {
                    let (rated, values) = places.row(other);
                    nearest.clear();
                    if all {
                        row.push(rated, values, k, nearest);
                    } else {
                        // What is in question is no neighbour of itself.
                        let others = rated.iter().zip(values).filter(|&(&rated, _)| rated != place);
                        for (&rated, &value) in others {
                            let at = rated as usize;
                            nearest.push(rated, closeness(&block.cells()[at], norms[at]), value);
                        }
                    }
                    let votes = votes::<S>(nearest, |place| self.tie_break(places.target(place)));
                    *slot = answer(group.target, other, votes);
                }
            }
        })
    }

    /// Of equally close targets, the one with fewer ratings comes first (what few know says more about who knows it), then
    /// the one of larger id.
    pub fn tie_break(&self, target: u32) -> TieBreak {
        (self.by_target.row(target).0.len() as u32, Reverse(target))
    }

    /// Leaves in every row of `by_other` the `max` targets that have the most values, of equally many those of smaller index. They have the most in
    /// common with others. `by_target` stays as it is, and with it every row of sums over all that the target in question has; the sums
    /// with a target that was left out of a row lack that row's product.
    pub fn keep_most_active(&mut self, max: usize) {
        let rows = 0..self.by_other.n_rows() as u32;
        let activity = |target: u32| (Reverse(self.by_target.row(target).0.len()), target);
        // The last that is kept in each row, where any is left out.
        let last_kept = |other: u32| {
            let mut targets = self.by_other.row(other).0.to_vec();
            let cut = targets.len() > max;
            cut.then(|| activity(*targets.select_nth_unstable_by_key(max - 1, |&target| activity(target)).1))
        };
        let last_kept: Vec<_> = rows.clone().map(last_kept).collect();
        if last_kept.iter().all(Option::is_none) {
            return;
        }
        let entries = rows.flat_map(|other| {
            let (targets, values) = self.by_other.row(other);
            let last = last_kept[other as usize];
            let kept = targets.iter().zip(values).map(move |(&target, &value)| (other, target, value));
            kept.filter(move |&(_, target, _)| last.is_none_or(|last| activity(target) <= last))
        });
        self.by_other = Csr::from_entries(self.by_other.n_rows(), entries);
    }

    /// Whether both sides hold the same entries, for this many rows a side, but for what may be `lacking`.
    pub fn validate(
        &self,
        demand: Demands,
        (target, n_targets): (&str, usize),
        (other, n_others): (&str, usize),
        lacking: Lacking,
    ) -> Result<(), InvalidModel> {
        demand.sparse(other, &self.by_other, n_others, n_targets)?;
        demand.sparse(target, &self.by_target, n_targets, n_others)?;
        let full = self.by_target.transposed(n_others);
        let same = |other: u32| {
            let (found, of_targets) = (self.by_other.row(other), full.row(other));
            match lacking {
                Lacking::LeastActive => is_part_of(found, of_targets),
                Lacking::FoldedIn => found == of_targets || of_targets.0.is_empty(),
            }
        };
        demand.that((0..n_others as u32).all(same), "its two sides hold different ratings")
    }
}

/// The sum of each row's squared values.
pub fn squared_norms(rows: &Csr) -> Vec<f64> {
    let squared = |row| rows.row(row).1.iter().map(|&value| f64::from(value).powi(2)).sum();
    (0..rows.n_rows() as u32).map(squared).collect()
}

/// Whether the entries of one row are among those of another, in the same order.
fn is_part_of((columns, values): (&[u32], &[f32]), (of_columns, of_values): (&[u32], &[f32])) -> bool {
    let mut all = of_columns.iter().zip(of_values);
    columns.iter().zip(values).all(|entry| all.any(|one| one == entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Others 0 to 2; target 1 has three values, targets 0 and 2 have two.
    fn sides() -> Sides {
        let entries =
            [(0, 0, 1.0), (0, 1, 2.0), (0, 2, 3.0), (1, 1, 4.0), (1, 2, 5.0), (2, 0, 6.0), (2, 1, 7.0)];
        Sides::new(Csr::from_entries(3, entries.into_iter()), 3)
    }

    #[test]
    fn the_most_active_targets_are_kept() {
        let rows = |max| {
            let mut sides = sides();
            sides.keep_most_active(max);
            assert_eq!(sides.by_target, self::sides().by_target);
            [0, 1, 2].map(|other| sides.by_other.row(other).0.to_vec())
        };
        assert_eq!(rows(3), [vec![0, 1, 2], vec![1, 2], vec![0, 1]]);
        assert_eq!(rows(2), [vec![0, 1], vec![1, 2], vec![0, 1]]); // target 0 before target 2, which has as many
        assert_eq!(rows(1), [vec![1], vec![1], vec![1]]);
    }

    #[test]
    fn missing_entries_are_noticed_where_none_may_be() {
        let demand = Demands { model: "test" };
        let mut sides = sides();
        let (least_active, folded_in) = (Lacking::LeastActive, Lacking::FoldedIn);
        let mut sound = |max, lacking| {
            sides.keep_most_active(max);
            sides.validate(demand, ("target", 3), ("other", 3), lacking).is_ok()
        };
        assert_eq!(
            [sound(3, folded_in), sound(3, least_active), sound(2, folded_in), sound(2, least_active)],
            [true, true, false, true]
        );
        sides.by_other = Csr::from_entries(3, [(0, 0, 9.0)].into_iter());
        assert!(sides.validate(demand, ("target", 3), ("other", 3), least_active).is_err());
        // An other that no target has may have values; one that some target has may not have more.
        let by_target = Csr::from_entries(3, [(0, 0, 1.0)].into_iter());
        let sound = |entries: &[(u32, u32, f32)]| {
            let by_other = Csr::from_entries(3, entries.iter().copied());
            let sides = Sides { by_other, by_target: by_target.clone() };
            sides.validate(demand, ("target", 3), ("other", 3), folded_in).is_ok()
        };
        assert!(
            sound(&[(0, 0, 1.0), (2, 1, 3.0)])
                && !sound(&[(0, 0, 1.0), (0, 1, 3.0)])
                && !sound(&[(2, 1, 3.0)])
        );
    }
}
