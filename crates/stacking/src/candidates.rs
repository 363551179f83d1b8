//! Candidates of the full catalogue: of all items that a user has not rated, those that some base model has on top.

use dataset::{Candidate, History, ItemId, Items, UserId};
use metrics::{RankOrder, TieOrder};
use rayon::prelude::*;
use recommenders::{CheckedCandidates, FittedModel, Scorer as _};
use sha2::{Digest as _, Sha256};

use crate::Method;

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

/// Places among a user's unrated items that some model has on top, and whether it proposes them.
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
    let catalogue: Vec<ItemId> = items.all().iter().map(|item| item.item_id).collect();
    let asked: Vec<(&FittedModel, bool, usize)> = models
        .iter()
        .filter_map(|&model| {
            let is_proposer = setup.proposers.contains(&model.kind());
            let depth = if is_proposer { setup.per_proposer.max(base_depth) } else { base_depth };
            (depth > 0).then_some((model, is_proposer, depth))
        })
        .collect();
    let last_of_all = (0..history.users().len() as u32).flat_map(|user| history.times_of(user)).max();
    let last_of_all = last_of_all.copied().unwrap_or(0);
    let users_per_block = (PAIRS_PER_BLOCK / catalogue.len().max(1)).max(1);
    let mut all = Proposed::default();
    let mut scores = Vec::new();
    for users in users.chunks(users_per_block) {
        let unrated: Vec<Vec<Candidate>> = users
            .par_iter()
            .map(|&user_id| unrated(history, &catalogue, user_id, as_of, last_of_all))
            .collect();
        let candidates = unrated.concat();
        let mut tops: Vec<Tops> = vec![Tops::new(); users.len()];
        scores.resize(candidates.len(), 0.0);
        for &(model, is_proposer, depth) in &asked {
            model.score(&candidates, &mut scores);
            // Beyond the proposals, a proposer's ranking is kept for its own metrics alone.
            let n_proposals = if is_proposer { setup.per_proposer } else { 0 };
            let mut rest = scores.as_slice();
            let of_users: Vec<(&mut Tops, &Vec<Candidate>, &[f64])> = tops
                .iter_mut()
                .zip(&unrated)
                .map(|(tops, unrated)| {
                    let (scores, others) = rest.split_at(unrated.len());
                    rest = others;
                    (tops, unrated, scores)
                })
                .collect();
            of_users.into_par_iter().for_each_init(
                || (RankOrder::new(TieOrder::SmallerItem), Vec::new()),
                |(order, ids), (tops, unrated, scores)| {
                    ids.clear();
                    ids.extend(unrated.iter().map(|candidate| candidate.item_id));
                    order.load(ids);
                    let top = order.sort_top(scores, depth).iter().enumerate();
                    tops.extend(top.map(|(rank, &row)| (row, rank < n_proposals)));
                },
            );
        }
        for (mut tops, unrated) in tops.into_iter().zip(&unrated) {
            tops.sort_unstable_by_key(|&(row, by_proposer)| (row, !by_proposer));
            tops.dedup_by_key(|&mut (row, _)| row);
            all.candidates.extend(tops.iter().map(|&(row, _)| unrated[row as usize]));
            all.by_proposer.extend(tops.iter().map(|&(_, by_proposer)| by_proposer));
        }
    }
    all
}

/// All items that the user has not rated.
fn unrated(
    history: &History,
    catalogue: &[ItemId],
    user_id: UserId,
    as_of: AsOf,
    last_of_all: i64,
) -> Vec<Candidate> {
    let user = history.users().index_of(user_id);
    let (rated, times) =
        user.map_or((&[][..], &[][..]), |user| (history.by_user().row(user).0, history.times_of(user)));
    let at = match as_of {
        AsOf::UsersLast => times.iter().max().copied().unwrap_or(last_of_all),
        AsOf::Now => last_of_all.saturating_add(1),
    };
    let mut rated = rated.iter().map(|&item| history.items().id_at(item)).peekable();
    let is_unrated = |item_id: &ItemId| {
        while rated.next_if(|rated| rated < item_id).is_some() {}
        rated.next_if_eq(item_id).is_none()
    };
    let candidate = |item_id| Candidate { user_id, item_id, at };
    catalogue.iter().copied().filter(is_unrated).map(candidate).collect()
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
