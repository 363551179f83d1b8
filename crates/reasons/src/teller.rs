//! From rows to sentences: each base model is asked once for all rows in whose sentences it has a part.

use std::collections::BTreeMap;

use dataset::{Candidate, History, ItemId};
use rayon::prelude::*;
use recommenders::{BaseModel, BaseParams, Because, FittedModel};

use crate::{About, Strength, Told, of_cold_user, sentence};

/// The parts that are asked of a base model; fewer are told.
const PARTS: usize = 4;

/// Base models that can be asked, and what they were fitted on.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The models; where one is missing, its theme is told without names.
    pub models: &'a [FittedModel],
    /// What the users have rated; one who is not there is cold.
    pub known: &'a History,
    /// What the models were fitted with.
    pub params: &'a BaseParams,
}

impl Teller<'_> {
    /// The sentence of each of `rows`, whose themes to be told are `chosen`; `about` says what is known of an item.
    pub fn sentences<'i>(
        &self,
        rows: &[Candidate],
        chosen: &[Vec<Strength>],
        about: impl Fn(ItemId) -> About<'i> + Sync,
    ) -> Vec<String> {
        let said: BTreeMap<(usize, BaseModel), Because> =
            self.models.iter().flat_map(|model| self.asked(model, rows, chosen)).collect();
        let sentence = |(at, row): (usize, &Candidate)| {
            let about = about(row.item_id);
            if self.known.users().index_of(row.user_id).is_none() {
                return of_cold_user(&about);
            }
            let told = |&strength: &Strength| {
                let because = strength.model.and_then(|model| said.get(&(at, model)).cloned());
                Told { strength, because }
            };
            sentence(&about, &chosen[at].iter().map(told).collect::<Vec<_>>())
        };
        rows.par_iter().enumerate().map(sentence).collect()
    }

    /// What a base model says of the rows in whose sentences it has a part.
    fn asked(
        &self,
        model: &FittedModel,
        rows: &[Candidate],
        chosen: &[Vec<Strength>],
    ) -> Vec<((usize, BaseModel), Because)> {
        let kind = model.kind();
        let has_part = |at: &usize| chosen[*at].iter().any(|strength| strength.model == Some(kind));
        let asked: Vec<usize> = (0..rows.len()).filter(has_part).collect();
        let candidates: Vec<Candidate> = asked.iter().map(|&at| rows[at]).collect();
        let evidence = model.evidence(&candidates, self.known, self.params, PARTS);
        asked.into_iter().zip(evidence).map(|(at, evidence)| ((at, kind), evidence.because)).collect()
    }
}
