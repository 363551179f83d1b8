//! How metrics are named, ordered and compared on the page and in the plots.

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Larger values are better.
    Higher,
    /// Smaller values are better.
    Lower,
    /// Not known: no value is marked as the best.
    Unknown,
}

/// A metric as the reader meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// The key in the tables, for example `ndcg`.
    pub key: String,
    /// The heading, for example `NDCG@10`.
    pub label: String,
    /// Which way is good.
    pub better: Better,
    /// Whether values lie in [0, 1].
    pub is_share: bool,
    /// One sentence that says what it measures; empty for a key that is not known here.
    pub meaning: &'static str,
}

struct Known {
    key: &'static str,
    label: &'static str,
    at_k: bool,
    better: Better,
    is_share: bool,
    meaning: &'static str,
}

const fn share(key: &'static str, label: &'static str, at_k: bool, meaning: &'static str) -> Known {
    Known { key, label, at_k, better: Better::Higher, is_share: true, meaning }
}

const fn loss(key: &'static str, label: &'static str, meaning: &'static str) -> Known {
    Known { key, label, at_k: false, better: Better::Lower, is_share: false, meaning }
}

/// The known metrics, in the order of the table's columns: the main ones, then those that a reader asks for.
const KNOWN: [Known; 21] = [
    share("ndcg", "NDCG", true, "Rank-discounted gain of the relevant items, relative to the ideal order."),
    share("hit_rate", "Hit rate", true, "Share of users with a relevant item among the first k."),
    share(
        "precision",
        "Precision",
        true,
        "Relevant items among the first k, over min(k, the user's test items).",
    ),
    share("recall", "Recall", true, "Share of the user's relevant items that are among the first k."),
    share("map", "MAP", false, "Mean over users of the average precision."),
    share("mrr", "MRR", false, "Mean over users of one over the first relevant item's rank."),
    share("auc", "AUC", false, "Chance that a relevant item of a user's ranks above one that is not."),
    loss("rmse", "RMSE", "Root of the mean squared error, in stars."),
    share("ndcg_graded", "Graded NDCG", true, "NDCG with the stars as gains."),
    share("precision_trec", "Precision (trec)", true, "Relevant items among the first k, over k."),
    share("map_cut", "MAP", true, "Mean over users of the average precision of the first k."),
    share(
        "auc_global",
        "Global AUC",
        false,
        "Chance that a relevant rating scores above one that is not, over all users together.",
    ),
    loss("log_loss", "Log-loss", "Mean negative log-likelihood of the labels."),
    loss(
        "calibration_error",
        "ECE",
        "Expected calibration error: mean distance of probabilities from what came true.",
    ),
    loss("mae", "MAE", "Mean absolute error, in stars."),
    share("coverage", "Coverage", true, "Share of the catalogue that stands among the first k of any user."),
    Known {
        better: Better::Lower,
        ..share(
            "gini",
            "Gini",
            true,
            "How unevenly the places go to the items of the catalogue: 0 evenly, 1 to one item.",
        )
    },
    Known {
        is_share: false,
        ..share(
            "novelty",
            "Novelty",
            true,
            "Mean -log2 of the share of users who rated an item of the first k, in bits.",
        )
    },
    share("diversity", "Diversity", true, "Mean distance of the genres of two items of the first k."),
    Known {
        better: Better::Unknown,
        ..share("popularity", "Popularity", true, "Mean share of users who rated an item of the first k.")
    },
    Known {
        better: Better::Unknown,
        is_share: false,
        ..share(
            "popularity_lift",
            "Popularity lift",
            true,
            "Popularity of the first k over that of the user's own ratings, less 1.",
        )
    },
];

/// How many of them are main; how many stand before those beyond accuracy.
const N_MAIN: usize = 8;
const N_ACCURACY: usize = 15;

/// Which of the table's columns are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// What the table shows at first.
    Main,
    /// What the lists are besides accurate.
    BeyondAccuracy,
    /// Shown with all others only.
    Other,
}

impl Metric {
    /// The metric of this key; a key that is not known is its own label.
    pub fn of(key: &str, k: u32) -> Self {
        match KNOWN.iter().find(|known| known.key == key) {
            Some(known) => Self {
                key: key.to_owned(),
                label: if known.at_k { format!("{}@{k}", known.label) } else { known.label.to_owned() },
                better: known.better,
                is_share: known.is_share,
                meaning: known.meaning,
            },
            None => Self {
                key: key.to_owned(),
                label: key.to_owned(),
                better: Better::Unknown,
                is_share: false,
                meaning: "",
            },
        }
    }

    /// The metric of this key at this cut-off, or without one; a key that is not known is its own label.
    pub fn at(key: &str, k: Option<u32>) -> Self {
        let metric = Self::of(key, k.unwrap_or(0));
        let is_known = KNOWN.iter().any(|known| known.key == key);
        match k {
            Some(k) if !is_known => Self { label: format!("{key}@{k}"), ..metric },
            _ => metric,
        }
    }

    /// With which columns the table shows it; a key that is not known here is [`Columns::Other`].
    pub fn columns(&self) -> Columns {
        match KNOWN.iter().position(|known| known.key == self.key) {
            Some(0..N_MAIN) => Columns::Main,
            Some(N_ACCURACY..) => Columns::BeyondAccuracy,
            _ => Columns::Other,
        }
    }

    /// The column's place: known metrics in their order, then the others by key.
    pub fn order(key: &str) -> (usize, &str) {
        (KNOWN.iter().position(|known| known.key == key).unwrap_or(KNOWN.len()), key)
    }

    /// The best of `values` as the table prints it: equal to four decimals counts as equal.
    pub fn best(&self, values: impl Iterator<Item = f64>) -> Option<String> {
        let finite = values.filter(|value| value.is_finite());
        let best = match self.better {
            Better::Higher => finite.max_by(f64::total_cmp),
            Better::Lower => finite.min_by(f64::total_cmp),
            Better::Unknown => None,
        };
        best.map(crate::format::metric)
    }
}

#[cfg(test)]
mod tests {
    use super::Columns::{BeyondAccuracy, Main, Other};
    use super::*;

    #[test]
    fn the_best_follows_the_direction() {
        let best = |key| Metric::of(key, 10).best([0.5, f64::NAN, 0.25].into_iter());
        assert_eq!(best("ndcg").as_deref(), Some("0.5000"));
        assert_eq!(best("rmse").as_deref(), Some("0.2500"));
        assert_eq!(best("mine"), None);
    }

    #[test]
    fn the_cutoff_stands_in_the_label_where_there_is_one() {
        assert_eq!(Metric::of("precision", 5).label, "Precision@5");
        assert_eq!(Metric::of("auc", 5).label, "AUC");
        assert_eq!(Metric::at("map", None).label, "MAP");
        assert_eq!(Metric::at("mine", Some(5)).label, "mine@5");
        let columns =
            ["rmse", "ndcg_graded", "mae", "coverage", "mine"].map(|key| Metric::of(key, 5).columns());
        assert_eq!(columns, [Main, Other, Other, BeyondAccuracy, Other]);
        assert!(Metric::order("ndcg") < Metric::order("rmse"));
        assert!(Metric::order("mae") < Metric::order("a_metric_of_mine"));
    }
}
