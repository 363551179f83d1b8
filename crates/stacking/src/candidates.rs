//! Candidates of the full catalogue: of all items that a user has not rated, those that some base model has on top.

use dataset::{Candidate, History, ItemId, Items, UserId};
use rayon::prelude::*;
use recommenders::{CatalogueScorer, CheckedCandidates, FittedModel, Scorer as _};
use sha2::{Digest as _, Sha256};

use crate::Method;
use crate::top::Top;

/// Pairs of a user and an item that are scored together: some 60 bytes each. Neighbourhood models look an item's neighbours up once for all users of
/// a block.
const PAIRS_PER_BLOCK: usize = 1 << 20;

/// The candidates of some users, in ascending order of (user, item).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposed {
    /// Who, what, and as of when ([`AsOf`]).
    pub candidates: Vec<Candidate>,
    /// Whether a proposer has the item on top, and not only another base model.
    pub by_proposer: Vec<bool>,
}

/// The time of a candidate. A time of its own does not exist, as nobody rated it; that of a held-out rating would tell that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The user's last known rating; of a user without one, the last known rating at all.
    UsersLast,
    /// Right after the last known rating of all users: nothing that is known is later.
    Now,
}

impl AsOf {
    /// Where folds follow each other in time, candidates are asked for when the known ones are over.
    pub fn of(method: Method) -> Self {
        if method == Method::Forward { Self::Now } else { Self::UsersLast }
    }
}

/// Places of the catalogue that some model has on top for a user, and whether it proposes them.
type Tops = Vec<(u32, bool)>;

/// Ranks, for each of `users`, all `items` that the user has not rated in `history`, by each of the `models` that `setup` asks, and takes
/// the tops together: of proposers `per_proposer` items, of the others `base_depth`. With `base_depth` 0 only the proposers are asked.
///
/// Ties go to the smaller item id, as in every ranking. `users` are ascending. Takes time and no memory in proportion to users times items.
pub fn propose(
    setup: &CheckedCandidates,
    base_depth: usize,
    as_of: AsOf,
    models: &[&FittedModel],
    history: &History,
    items: &Items,
    users: &[UserId],
) -> Proposed {
    let catalogue = items.all().iter().map(|item| item.item_id).collect();
    Proposals::new(setup, base_depth, as_of, models, history, catalogue).of(users)
}

/// A model that is asked, how deep its ranking is looked at, and how many of that are proposals.
struct Asked<'a> {
    model: &'a FittedModel,
    /// The model with the catalogue looked up, where it gains from that.
    by_item: Option<CatalogueScorer<'a>>,
    depth: usize,
    n_proposals: usize,
}

/// What proposes candidates, prepared for any number of users.
pub struct Proposals<'a> {
    asked: Vec<Asked<'a>>,
    catalogue: Vec<ItemId>,
    history: &'a History,
    as_of: AsOf,
    last_of_all: i64,
}

impl<'a> Proposals<'a> {
    /// Prepares what [`propose`] does, for the items of `catalogue`, which ascend.
    pub fn new(
        setup: &CheckedCandidates,
        base_depth: usize,
        as_of: AsOf,
        models: &[&'a FittedModel],
        history: &'a History,
        catalogue: Vec<ItemId>,
    ) -> Self {
        let asked = models.iter().filter_map(|&model| {
            let is_proposer = setup.proposers.contains(&model.kind());
            let depth = if is_proposer { setup.per_proposer.max(base_depth) } else { base_depth };
            // Beyond the proposals, a proposer's ranking is kept for its own metrics alone.
            let n_proposals = if is_proposer { setup.per_proposer } else { 0 };
            let by_item = || CatalogueScorer::new(model, &catalogue);
            (depth > 0).then(|| Asked { model, by_item: by_item(), depth, n_proposals })
        });
        let asked = asked.collect();
        let last_of_all = history.times().iter().max().copied().unwrap_or(0);
        Self { asked, catalogue, history, as_of, last_of_all }
    }

    /// The same where the history is a part of the users': the last known rating of all of them was at `last_of_all`, in seconds since 1970.
    #[must_use]
    pub fn with_last_of_all(self, last_of_all: i64) -> Self {
        Self { last_of_all, ..self }
    }

    /// The candidates of `users`, which ascend.
    pub fn of(&self, users: &[UserId]) -> Proposed {
        let mut all = Proposed::default();
        for users in users.chunks((PAIRS_PER_BLOCK / self.catalogue.len().max(1)).max(1)) {
            let rated: Vec<Vec<u32>> = users.par_iter().map(|&user_id| self.rated(user_id)).collect();
            let mut tops: Vec<Tops> = vec![Tops::new(); users.len()];
            for asked in &self.asked {
                match &asked.by_item {
                    Some(scorer) => self.by_item(asked, scorer, users, &rated, &mut tops),
                    None => self.by_candidate(asked, users, &rated, &mut tops),
                }
            }
            for (mut tops, &user_id) in tops.into_iter().zip(users) {
                tops.sort_unstable_by_key(|&(place, by_proposer)| (place, !by_proposer));
                tops.dedup_by_key(|&mut (place, _)| place);
                let at = self.time_of(user_id);
                all.candidates.extend(tops.iter().map(|&(place, _)| self.candidate(user_id, place, at)));
                all.by_proposer.extend(tops.iter().map(|&(_, by_proposer)| by_proposer));
            }
        }
        all
    }

    /// One user after the other, each on a thread of its own.
    fn by_item(
        &self,
        asked: &Asked<'_>,
        scorer: &CatalogueScorer<'_>,
        users: &[UserId],
        rated: &[Vec<u32>],
        tops: &mut [Tops],
    ) {
        let of_users = tops.par_iter_mut().zip(users).zip(rated);
        of_users.for_each_init(
            || (vec![0.0; self.catalogue.len()], Top::default()),
            |(scores, top), ((tops, &user_id), rated)| {
                scorer.score(user_id, scores);
                top.clear(asked.depth);
                let mut rated = rated.iter().copied().peekable();
                for (place, &score) in (0..).zip(scores.iter()) {
                    if rated.next_if_eq(&place).is_none() {
                        top.push(score, place);
                    }
                }
                asked.note(top.sorted().iter().map(|&(_, place)| place), tops);
            },
        );
    }

    /// All users' candidates at once, for models that share work between users.
    fn by_candidate(&self, asked: &Asked<'_>, users: &[UserId], rated: &[Vec<u32>], tops: &mut [Tops]) {
        let unrated: Vec<Vec<Candidate>> = users
            .par_iter()
            .zip(rated)
            .map(|(&user_id, rated)| {
                let at = self.time_of(user_id);
                let mut rated = rated.iter().copied().peekable();
                let unrated =
                    (0..self.catalogue.len() as u32).filter(|place| rated.next_if_eq(place).is_none());
                unrated.map(|place| self.candidate(user_id, place, at)).collect()
            })
            .collect();
        let scores = asked.model.scores(&unrated.concat());
        let mut rest = scores.as_slice();
        let of_users: Vec<_> = (tops.iter_mut().zip(&unrated).zip(rated))
            .map(|((tops, unrated), rated)| {
                let (scores, others) = rest.split_at(unrated.len());
                rest = others;
                (tops, rated, scores)
            })
            .collect();
        of_users.into_par_iter().for_each_init(Top::default, |top, (tops, rated, scores)| {
            top.clear(asked.depth);
            let mut rated = rated.iter().copied().peekable();
            let unrated = (0..self.catalogue.len() as u32).filter(|place| rated.next_if_eq(place).is_none());
            for (place, &score) in unrated.zip(scores) {
                top.push(score, place);
            }
            asked.note(top.sorted().iter().map(|&(_, place)| place), tops);
        });
    }

    /// Where the user's rated items stand in the catalogue.
    fn rated(&self, user_id: UserId) -> Vec<u32> {
        let Some(user) = self.history.users().index_of(user_id) else { return Vec::new() };
        let rated = self.history.by_user().row(user).0.iter().map(|&item| self.history.items().id_at(item));
        rated.filter_map(|item_id| self.catalogue.binary_search(&item_id).ok()).map(|at| at as u32).collect()
    }

    fn candidate(&self, user_id: UserId, place: u32, at: i64) -> Candidate {
        Candidate { user_id, item_id: self.catalogue[place as usize], at }
    }

    /// As of when a user's candidates are asked for.
    pub fn time_of(&self, user_id: UserId) -> i64 {
        match self.as_of {
            AsOf::UsersLast => {
                let user = self.history.users().index_of(user_id);
                let times = user.map_or(&[][..], |user| self.history.times_of(user));
                times.iter().max().copied().unwrap_or(self.last_of_all)
            }
            AsOf::Now => self.last_of_all.saturating_add(1),
        }
    }
}

impl Asked<'_> {
    /// Notes the ranking of a user, best first.
    fn note(&self, ranking: impl Iterator<Item = u32>, tops: &mut Tops) {
        tops.extend(ranking.enumerate().map(|(rank, place)| (place, rank < self.n_proposals)));
    }
}

/// Whether the meta-models may be fitted on an irrelevant candidate of round `fold`: a keyed hash, below `share`. It depends on no label, so
/// that the irrelevant candidates that are kept are a fair sample of all.
pub fn is_sampled(seed: u64, fold: i8, candidate: Candidate, share: f64) -> bool {
    let Candidate { user_id, item_id, .. } = candidate;
    let digest = Sha256::digest(format!("podium/negative/{seed}/{fold}/{user_id}/{item_id}"));
    let mut bytes = [0u8; 8];
    bytes.copy_from_slice(&digest[..8]);
    ((u64::from_be_bytes(bytes) >> 11) as f64) < share * (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings, rng};
    use recommenders::{BaseConfig, BaseModel, CandidateConfig, CandidatesFrom, Content};

    use super::*;

    /// Items 1 to 6; users 1 to 4, of whom user 4 rated nothing. Item n has 4 - n raters, but for items 4 to 6, which have none.
    fn history() -> (History, Items) {
        let rows = [(1, 1, 10), (1, 2, 30), (2, 1, 20), (2, 3, 5), (3, 1, 7), (3, 2, 8)];
        let ratings: Ratings = rows
            .map(|(user_id, item_id, timestamp)| Rating { user_id, item_id, value: 4.0, timestamp })
            .into_iter()
            .collect();
        let items = Items::new((1..=6).map(|id| (id, String::new(), Vec::new())).collect()).unwrap();
        (History::new(&ratings), items)
    }

    fn setup(per_proposer: usize) -> CheckedCandidates {
        let config = CandidateConfig {
            from: CandidatesFrom::Catalogue,
            proposers: vec!["popularity".to_owned()],
            per_proposer,
            ..CandidateConfig::default()
        };
        config.check(&[BaseModel::Popularity, BaseModel::Bias]).unwrap().unwrap()
    }

    fn of(base_depth: usize, per_proposer: usize, as_of: AsOf) -> (Vec<(i64, i64, i64)>, Vec<bool>) {
        let (history, items) = history();
        let params = BaseConfig::default().check().unwrap().1;
        let content = Content { items: &items, tags: &[] };
        let fit =
            |model: BaseModel| model.fit(&history, content, &params, rng::stream(1, "test")).unwrap().model;
        let models = [fit(BaseModel::Bias), fit(BaseModel::Popularity)];
        let models: Vec<&FittedModel> = models.iter().collect();
        let proposed = propose(&setup(per_proposer), base_depth, as_of, &models, &history, &items, &[1, 4]);
        let rows = proposed.candidates.iter().map(|row| (row.user_id, row.item_id, row.at)).collect();
        (rows, proposed.by_proposer)
    }

    #[test]
    fn the_most_popular_unrated_items_at_the_users_last_time() {
        // User 1 has not rated 3 (one rater), then 4 (none, the smallest id). User 4 is unknown: 1 and 2, at the last time of all.
        assert_eq!(
            of(0, 2, AsOf::UsersLast),
            (vec![(1, 3, 30), (1, 4, 30), (4, 1, 30), (4, 2, 30)], vec![true; 4])
        );
        assert!(of(0, 2, AsOf::Now).0.iter().all(|row| row.2 == 31));
    }

    #[test]
    fn other_models_tops_stand_beside_the_proposals() {
        // All ratings are equal, so that the bias model has the smallest ids on top: for user 1 items 3, 4, 5.
        let (rows, by_proposer) = of(3, 1, AsOf::UsersLast);
        assert_eq!(rows.iter().filter(|row| row.0 == 1).map(|row| row.1).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(by_proposer[..3], [true, false, false]);
    }

    #[test]
    fn the_sample_has_its_share_and_follows_the_seed() {
        let kept = |seed, fold| {
            let candidate = |item_id| Candidate { user_id: 7, item_id, at: 0 };
            (0..2000).filter(|&item| is_sampled(seed, fold, candidate(item), 0.2)).collect::<Vec<_>>()
        };
        assert!((320..480).contains(&kept(1, 0).len()), "{}", kept(1, 0).len()); // 400 expected, standard deviation 18
        assert_ne!(kept(1, 0), kept(2, 0));
        assert_ne!(kept(1, 0), kept(1, 1));
        assert!((0..2000).all(|item_id| is_sampled(1, 0, Candidate { user_id: 7, item_id, at: 0 }, 1.0)));
    }
}
