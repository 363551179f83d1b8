//! The tie rule: the one place that says in which order rows stand.
//!
//! Rows are ordered by descending score; rows of equal score by the smaller item id, so that the order depends on
//! neither the row order nor the sort. 0 and -0 are equal. A NaN score is no statement about the item: a model does not
//! retrieve such rows. [`crate::RankOrder`], which orders all rows, puts them last, below minus infinity; a metric's
//! [`crate::RankedList`] ends before them.
//!
//! `trec_eval` differs: it reads scores as f32, so that f64 scores closer than that are tied, and it puts tied
//! documents in *descending string* order of their names ("9" before "10"). [`TieOrder::TrecEval`] does the same, for
//! comparisons to the last digit.

/// What decides between rows of one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TieOrder {
    /// Equal f64 scores: the smaller item id first. The order of every number that this project reports.
    #[default]
    SmallerItem,
    /// Equal f32 scores: descending decimal string of the item id, as `trec_eval` does.
    TrecEval,
}

impl TieOrder {
    /// Fills `rows` with all rows of the list in the order in which they would stand if all scores were equal.
    pub(super) fn order_items(self, item_ids: &[i64], rows: &mut Vec<u32>) {
        rows.clear();
        rows.extend(0..item_ids.len() as u32);
        match self {
            Self::SmallerItem => {
                if !item_ids.is_sorted() {
                    rows.sort_by_key(|&row| item_ids[row as usize]);
                }
            }
            Self::TrecEval => rows.sort_by_cached_key(|&row| {
                let name = item_ids[row as usize].to_string();
                std::cmp::Reverse(name)
            }),
        }
    }

    /// A key that sorts scores in ascending order from the best to the worst; equal keys are ties.
    pub(super) fn score_key(self, score: f64) -> u64 {
        match self {
            Self::SmallerItem => descending_key(score),
            Self::TrecEval => descending_key(f64::from(score as f32)),
        }
    }
}

/// A number that is smaller for a better score and equal for equal ones; the largest of all for NaN.
pub(crate) fn descending_key(score: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    if score.is_nan() {
        return u64::MAX;
    }
    let bits = (score + 0.0).to_bits(); // -0 + 0 is +0
    let ascending = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    !ascending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_from_best_to_worst() {
        let best_first = [
            f64::INFINITY,
            1e300,
            2.0,
            1.0,
            f64::MIN_POSITIVE,
            0.0,
            -1.0,
            -1e300,
            f64::NEG_INFINITY,
            f64::NAN,
        ];
        let keys = best_first.map(descending_key);
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:x?}");
        assert_eq!(descending_key(0.0), descending_key(-0.0));
        assert_eq!(descending_key(f64::NAN), descending_key(-f64::NAN));
    }

    #[test]
    fn trec_eval_ties_what_an_f32_cannot_tell_apart() {
        let (a, b) = (1.0, 1.0 + 1e-9);
        assert_ne!(TieOrder::SmallerItem.score_key(a), TieOrder::SmallerItem.score_key(b));
        assert_eq!(TieOrder::TrecEval.score_key(a), TieOrder::TrecEval.score_key(b));
    }

    #[test]
    fn tied_items_by_number_or_by_descending_string() {
        let mut rows = Vec::new();
        let item_ids = [10, 9, 100];
        TieOrder::SmallerItem.order_items(&item_ids, &mut rows);
        assert_eq!(rows, [1, 0, 2]); // 9, 10, 100
        TieOrder::TrecEval.order_items(&item_ids, &mut rows);
        assert_eq!(rows, [1, 2, 0]); // "9", "100", "10"
    }
}
