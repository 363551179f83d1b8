//! Why each item stands in its list: contributions of the features, and a sentence.

use artifacts::tables::ContributionRow;
use dataset::Candidate;
use rankers::contributions::Explainer;
use rankers::{FeatureMatrix, Stack};
use rayon::prelude::*;
use reasons::{About, Strength, Teller, Themes, Told};
use recommenders::BaseParams;

use crate::{CheckedListConfig, ListError, Lister, Lists, Row, UserSide};

/// The name under which the table of contributions has what every score begins with.
const BASE_VALUE: &str = "base_value";

/// What explains lists, prepared once.
pub struct Explanations {
    explainer: Explainer,
    params: BaseParams,
}

/// Of the rows of some lists, in their order.
#[derive(Default)]
pub struct Explained {
    /// A sentence each.
    pub reasons: Vec<String>,
    /// The contributions to each, where they are asked for.
    pub contributions: Vec<ContributionRow>,
}

impl Explanations {
    /// Prepares what `config` asks for: of the scores of its meta-model in `stack`, with base models that were fitted with `params`; none where it asks
    /// for neither reasons nor contributions.
    ///
    /// # Errors
    /// [`ListError`] where the meta-model is missing or unsound.
    pub fn new(
        config: &CheckedListConfig,
        stack: &Stack,
        params: BaseParams,
    ) -> Result<Option<Self>, ListError> {
        if !config.reasons && !config.contributions {
            return Ok(None);
        }
        let explainer = Explainer::new(stack.get(config.model)?)?;
        Ok(Some(Self { explainer, params }))
    }

    /// Explains the rows of `lists`, which are of users of `side`.
    pub(crate) fn of(
        &self,
        lister: &Lister<'_>,
        side: &UserSide<'_>,
        lists: &Lists,
    ) -> Result<Explained, ListError> {
        let rows: Vec<&Row> = lists.of_users.iter().flat_map(|list| &list.rows).collect();
        if rows.is_empty() {
            return Ok(Explained::default());
        }
        let column = |at: usize| rows.iter().map(|row| row.features[at]).collect();
        let columns = lists.feature_names.iter().enumerate().map(|(at, name)| (name.clone(), column(at)));
        let matrix = FeatureMatrix::from_columns(columns.collect())?;
        let contributions = self.explainer.contributions(&matrix)?;
        let reasons = if lister.config().reasons {
            let themes = Themes::new(&lists.feature_names);
            let each: Vec<&[f64]> = contributions.rows().collect();
            let chosen: Vec<Vec<Strength>> =
                each.par_iter().map(|row| Told::choose(&themes.strengths(row))).collect();
            self.sentences(lister, side, &rows, &chosen)
        } else {
            vec![String::new(); rows.len()]
        };
        let mut table = Vec::new();
        if lister.config().contributions {
            for (row, amounts) in rows.iter().zip(contributions.rows()) {
                let Candidate { user_id, item_id, .. } = row.candidate;
                let entry = |feature: &str, value: Option<f64>, contribution| ContributionRow {
                    user_id,
                    item_id,
                    feature: feature.to_owned(),
                    value,
                    contribution,
                };
                table.push(entry(BASE_VALUE, None, contributions.base));
                let features = lists.feature_names.iter().zip(&row.features).zip(amounts);
                table.extend(features.map(|((name, &value), &amount)| {
                    entry(name, (!value.is_nan()).then_some(value), amount)
                }));
            }
        }
        Ok(Explained { reasons, contributions: table })
    }

    /// The sentences of rows whose `chosen` themes are told.
    fn sentences(
        &self,
        lister: &Lister<'_>,
        side: &UserSide<'_>,
        rows: &[&Row],
        chosen: &[Vec<Strength>],
    ) -> Vec<String> {
        let facts = lister.facts();
        let about = |item_id| {
            let place = facts.place(item_id);
            About {
                items: lister.items(),
                n_ratings: facts.n_ratings(place),
                mean_rating: facts.mean_rating(place),
                mean_of_all: facts.mean_of_all(),
                year: lister.items().get(item_id).and_then(|item| item.year),
            }
        };
        let teller = Teller { models: side.models, known: side.rated, params: &self.params };
        let candidates: Vec<Candidate> = rows.iter().map(|row| row.candidate).collect();
        teller.sentences(&candidates, chosen, about)
    }
}
