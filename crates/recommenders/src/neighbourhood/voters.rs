//! Who the votes of an answer are from, one by one.

use rayon::prelude::*;

use super::{Block, Lanes, Nearest, Places, Sides, Similarity, Workspaces};

/// One of the nearest targets that somebody rated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voter {
    /// Which target.
    pub target: u32,
    /// How much it weighs.
    pub weight: f64,
    /// What it was given.
    pub value: f32,
}

impl Sides {
    /// The nearest `k` behind the answer to each of `questions` (target, other), in the order in which [`super::Votes`] are summed. A row of
    /// sums is computed once a distinct target, on the threads of the current rayon pool.
    pub fn voters<S: Similarity>(
        &self,
        k: usize,
        questions: &[(u32, u32)],
        similarity: &S,
    ) -> Vec<Vec<Voter>> {
        let mut order: Vec<usize> = (0..questions.len()).collect();
        order.sort_by_key(|&at| questions[at].0);
        let groups: Vec<&[usize]> = order.chunk_by(|&a, &b| questions[a].0 == questions[b].0).collect();
        let places = Places::unchanged(&self.by_other);
        let n_targets = self.by_target.n_rows();
        let workspaces = Workspaces::new(|| (Block::<S::Sums>::new(n_targets, &places), Nearest::new(k)));
        let of_block = |groups: &[&[usize]]| {
            workspaces.with(|(block, nearest)| {
                block.fill(groups.iter().map(|group| questions[group[0]].0), &self.by_target);
                let mut found = Vec::new();
                for (lane, group) in groups.iter().enumerate() {
                    for &at in *group {
                        let (target, other) = questions[at];
                        let (rated, values) = self.by_other.row(other);
                        nearest.clear();
                        for (&rated, &value) in
                            rated.iter().zip(values).filter(|&(&rated, _)| rated != target)
                        {
                            let place = rated as usize;
                            let co_rating = block.cells()[place].of(lane);
                            nearest.push(
                                rated,
                                similarity.closeness(co_rating, similarity.norms()[place]),
                                value,
                            );
                        }
                        let voters = nearest.neighbours(|target| self.tie_break(target)).iter();
                        let voters = voters.map(|neighbour| Voter {
                            target: neighbour.target,
                            weight: S::weight(neighbour.closeness),
                            value: neighbour.value,
                        });
                        found.push((at, voters.collect::<Vec<_>>()));
                    }
                }
                found
            })
        };
        let blocks = groups.par_chunks(S::Sums::LANES).with_max_len(1);
        let found: Vec<Vec<(usize, Vec<Voter>)>> = blocks.map(of_block).collect();
        let mut voters = vec![Vec::new(); questions.len()];
        for (at, of_question) in found.into_iter().flatten() {
            voters[at] = of_question;
        }
        voters
    }
}
