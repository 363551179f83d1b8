//! A batch of candidates, grouped by what is compared.

use dataset::{Candidate, IdIndex};
use rayon::prelude::*;

use super::Workspaces;
use crate::scorer::Cursor;

/// Stands for an unknown id, and for the place of a candidate with one.
const UNKNOWN: u32 = u32::MAX;

/// A score and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Answer {
    /// The score.
    pub score: f64,
    /// How much evidence there was; what is counted is the model's choice.
    pub support: f64,
}

/// The candidates whose target and other are both known, grouped by target.
pub struct Questions {
    /// Where each candidate's question stands.
    places: Vec<u32>,
    /// Who is asked.
    others: Vec<u32>,
    /// The questions about target t stand at `ends[t - 1]..ends[t]`.
    ends: Vec<usize>,
}

impl Questions {
    /// Groups `candidates`; linear in them and in the number of targets.
    pub fn new<'a>(
        candidates: &[Candidate],
        (targets, target_id): (&'a IdIndex, impl Fn(&Candidate) -> i64 + Sync),
        (others, other_id): (&'a IdIndex, impl Fn(&Candidate) -> i64 + Sync),
    ) -> Self {
        let pairs: Vec<(u32, u32)> = (candidates.par_iter())
            .map_init(
                || (Cursor::new(targets), Cursor::new(others)),
                |(targets, others), candidate| {
                    let target = targets.index_of(target_id(candidate));
                    let pair = target.zip(others.index_of(other_id(candidate)));
                    pair.unwrap_or((UNKNOWN, UNKNOWN))
                },
            )
            .collect();
        let is_known = |&&(target, _): &&(u32, u32)| target != UNKNOWN;
        let mut starts = vec![0; targets.len() + 1];
        for &(target, _) in pairs.iter().filter(is_known) {
            starts[target as usize + 1] += 1;
        }
        for target in 0..targets.len() {
            starts[target + 1] += starts[target];
        }
        let mut grouped = vec![0; starts[targets.len()]];
        let places = (pairs.iter())
            .map(|pair| {
                if !is_known(&pair) {
                    return UNKNOWN;
                }
                let &(target, other) = pair;
                let place = starts[target as usize];
                starts[target as usize] += 1;
                grouped[place] = other;
                place as u32
            })
            .collect();
        // Every start has moved on to its end.
        starts.truncate(targets.len());
        Self { places, others: grouped, ends: starts }
    }

    /// About how many targets there are questions.
    pub fn n_targets(&self) -> usize {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).filter(|(start, end)| start < end).count()
    }

    /// Answers all, `at_once` targets at a time in the order of their `place`, on the threads of the current rayon pool.
    pub fn answer<W: Send>(
        self,
        at_once: usize,
        place: impl Fn(u32) -> u32,
        workspace: impl Fn() -> W + Sync,
        answer: impl Fn(&mut W, &mut [Group<'_>]) + Sync + Send,
    ) -> Answers {
        let mut answers = vec![Answer::default(); self.others.len()];
        let (mut of_rest, mut rest) = (&self.others[..], &mut answers[..]);
        let mut groups = Vec::new();
        let mut start = 0;
        for (target, &end) in (0u32..).zip(&self.ends) {
            let (others, later) = of_rest.split_at(end - start);
            let (slots, free) = rest.split_at_mut(end - start);
            if !others.is_empty() {
                groups.push(Group { target, others, slots });
            }
            (of_rest, rest, start) = (later, free, end);
        }
        groups.sort_unstable_by_key(|group| place(group.target));
        // One by one: the first cost far more than the last.
        let workspaces = Workspaces::new(workspace);
        let blocks = groups.par_chunks_mut(at_once).with_max_len(1);
        blocks.for_each(|groups| workspaces.with(|workspace| answer(workspace, groups)));
        Answers { places: self.places, answers }
    }
}

/// The questions about one target.
pub struct Group<'a> {
    /// Which target.
    pub target: u32,
    /// Who is asked.
    pub others: &'a [u32],
    /// Where the answers belong.
    pub slots: &'a mut [Answer],
}

/// What a batch was answered.
pub struct Answers {
    places: Vec<u32>,
    answers: Vec<Answer>,
}

impl Answers {
    /// The answer of each candidate, in their order; `None` where its target or other is unknown.
    pub fn by_candidate(&self) -> impl IndexedParallelIterator<Item = Option<Answer>> {
        self.places.par_iter().map(|&place| self.answers.get(place as usize).copied())
    }
}
