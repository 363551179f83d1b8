//! NDCG and recall of the relevant items of a segment, for many segments in one pass.

use rayon::prelude::*;

use super::rows::check_length;
use super::{ModelScores, TestRows};
use crate::dcg::Discounts;
use crate::{MetricsError, RankOrder, TieOrder};

/// Users a task.
const USERS_PER_TASK: usize = 16;
/// Metrics of each segment: NDCG, recall.
const N_METRICS: usize = 2;

/// A value of each user, model and segment; see [`evaluate_item_segments`].
#[derive(Debug, Clone)]
pub struct ItemSegmentValues {
    n_models: usize,
    n_segments: usize,
    n_users: usize,
    /// By user, model, segment, metric; NaN where the user has no relevant item in the segment.
    values: Vec<f64>,
}

impl ItemSegmentValues {
    /// The users' NDCG at the cut, one a group of rows; `None` for a user without a relevant item in the segment.
    pub fn ndcg(&self, model: usize, segment: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        self.values(model, segment, 0)
    }

    /// The users' recall at the cut, likewise.
    pub fn recall(&self, model: usize, segment: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        self.values(model, segment, 1)
    }

    fn values(
        &self,
        model: usize,
        segment: usize,
        metric: usize,
    ) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        assert!(model < self.n_models && segment < self.n_segments, "model {model}, segment {segment}");
        (0..self.n_users).map(move |user| {
            let value = self.values
                [((user * self.n_models + model) * self.n_segments + segment) * N_METRICS + metric];
            (!value.is_nan()).then_some(value)
        })
    }
}

/// Ranks each user's rows by each model, all segments together, and measures how well the relevant items of each segment are found:
/// only these count as relevant, the ranking stays whole. `segments_of` has, for each row, bit `s` set where the item is in segment `s`, of
/// `n_segments` <= 64. Ties go to the smaller item; rows of a NaN score are not retrieved.
///
/// # Errors
/// [`MetricsError::Length`] where a model or `segments_of` has more or fewer entries than there are rows.
///
/// # Panics
/// Where there are more than 64 segments.
pub fn evaluate_item_segments(
    rows: &TestRows<'_>,
    models: &[ModelScores<'_>],
    segments_of: &[u64],
    n_segments: usize,
    k: usize,
) -> Result<ItemSegmentValues, MetricsError> {
    assert!(n_segments <= 64, "{n_segments} segments");
    let groups = rows.groups();
    check_length("segments_of", segments_of.len(), groups)?;
    for model in models {
        check_length(model.name, model.scores.len(), groups)?;
    }
    let mut discounts = Discounts::new(0);
    discounts.extend_to(k.min(groups.n_rows()));
    let per_user = models.len() * n_segments * N_METRICS;
    let mut values = vec![f64::NAN; groups.len() * per_user];
    let users: Vec<usize> = (0..groups.len()).collect();
    if per_user > 0 {
        values.par_chunks_mut(USERS_PER_TASK * per_user).zip(users.par_chunks(USERS_PER_TASK)).for_each_init(
            || RankOrder::new(TieOrder::SmallerItem),
            |order, (values, users)| {
                for (values, &user) in values.chunks_exact_mut(per_user).zip(users) {
                    let range = groups.rows(user);
                    let (relevant, segments) = (&rows.relevant()[range.clone()], &segments_of[range.clone()]);
                    let n_relevant = count(relevant, segments, n_segments);
                    if n_relevant.iter().all(|&n| n == 0) {
                        continue;
                    }
                    order.load(&rows.item_ids()[range.clone()]);
                    for (values, model) in values.chunks_exact_mut(n_segments * N_METRICS).zip(models) {
                        order.sort_top(&model.scores[range.clone()], k);
                        let retrieved = &order.rows()[..order.n_retrieved().min(k)];
                        let of_segments = values.chunks_exact_mut(N_METRICS).zip(&n_relevant);
                        for (segment, (value, &n_relevant)) in of_segments.enumerate() {
                            if n_relevant > 0 {
                                let is_hit = |&row: &u32| {
                                    relevant[row as usize] && segments[row as usize] >> segment & 1 == 1
                                };
                                let hits = retrieved.iter().map(is_hit);
                                let (ndcg, recall) = of_hits(hits, n_relevant, k, &discounts);
                                value.copy_from_slice(&[ndcg, recall]);
                            }
                        }
                    }
                }
            },
        );
    }
    Ok(ItemSegmentValues { n_models: models.len(), n_segments, n_users: groups.len(), values })
}

/// How many relevant rows each segment has.
fn count(relevant: &[bool], segments: &[u64], n_segments: usize) -> Vec<usize> {
    let mut counts = vec![0; n_segments];
    for (_, segments) in relevant.iter().zip(segments).filter(|(relevant, _)| **relevant) {
        for (segment, count) in counts.iter_mut().enumerate() {
            *count += (segments >> segment & 1) as usize;
        }
    }
    counts
}

fn of_hits(
    hits: impl Iterator<Item = bool>,
    n_relevant: usize,
    k: usize,
    discounts: &Discounts,
) -> (f64, f64) {
    let (mut dcg, mut n_hits) = (0.0, 0);
    for (rank, _) in hits.enumerate().filter(|(_, is_hit)| *is_hit) {
        dcg += discounts.as_slice()[rank];
        n_hits += 1;
    }
    (dcg / discounts.sum(n_relevant.min(k)), f64::from(n_hits) / n_relevant as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Groups, Metric, Plan, evaluate};

    const SCORES: [f64; 7] = [0.9, 0.8, 0.8, 0.1, 0.5, 0.6, f64::NAN];
    const MODEL: ModelScores<'static> = ModelScores { name: "m", scores: &SCORES };

    /// User 1 has items 1 to 4, of which 1, 3 and 4 are relevant; user 2 items 1 to 3, all relevant, 3 not retrieved.
    fn of(segments_of: &[u64], n_segments: usize) -> ItemSegmentValues {
        let groups = Groups::from_sorted(&[1, 1, 1, 1, 2, 2, 2]).unwrap();
        let relevant = [true, false, true, true, true, true, true];
        let rows = TestRows::new(&groups, &[1, 2, 3, 4, 1, 2, 3], &relevant, &[0.0; 7]).unwrap();
        evaluate_item_segments(&rows, &[MODEL], segments_of, n_segments, 2).unwrap()
    }

    #[test]
    fn a_segment_of_all_items_is_the_whole() {
        let groups = Groups::from_sorted(&[1, 1, 1, 1, 2, 2, 2]).unwrap();
        let relevant = [true, false, true, true, true, true, true];
        let rows = TestRows::new(&groups, &[1, 2, 3, 4, 1, 2, 3], &relevant, &[0.0; 7]).unwrap();
        let metrics = ["ndcg", "recall"].map(|name| Metric::from_name(name).unwrap());
        let whole = evaluate(&rows, &[MODEL], &Plan::new(&metrics, &[2]).unwrap()).unwrap();
        let values = of(&[1; 7], 1);
        assert_eq!(values.ndcg(0, 0).collect::<Vec<_>>(), whole.values(0, 0).collect::<Vec<_>>());
        assert_eq!(values.recall(0, 0).collect::<Vec<_>>(), whole.values(0, 1).collect::<Vec<_>>());
    }

    #[test]
    fn only_relevant_items_of_the_segment_count() {
        // Segment 0: item 1; segment 1: items 3 and 4; segment 2: none.
        let values = of(&[1, 0, 2, 2, 1, 0, 2], 3);
        // User 1 has 1, then the tied 2 before 3: item 1 first. User 2 has 2, then 1.
        let second = crate::dcg::discount(1);
        assert_eq!(values.ndcg(0, 0).collect::<Vec<_>>(), [Some(1.0), Some(second)]);
        assert_eq!(values.recall(0, 1).collect::<Vec<_>>(), [Some(0.0), Some(0.0)]);
        assert_eq!(values.recall(0, 2).collect::<Vec<_>>(), [None, None]);
    }
}
