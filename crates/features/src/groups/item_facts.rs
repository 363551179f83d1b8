//! What the catalogue says of the item.
//!
//! | column | unit | range | where nothing is known |
//! |---|---|---|---|
//! | `item_year` | year of release | that of the catalogue | the mean year of the catalogue (0 where it has none) |
//! | `item_age` | years from the start of that year to the candidate's time | any | as if of the mean year |
//! | `item_n_genres` | genres | 0 to 64 | 0 |

use super::time::year_at;
use super::{FeatureGroup, columns};
use crate::{Asked, Column, Context};

/// The group; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFacts {
    /// Catalogue index -> year, number of genres.
    facts: Vec<(f64, f64)>,
    mean_year: f64,
}

impl ItemFacts {
    pub(crate) fn new(context: &Context<'_>) -> Self {
        let items = context.items.all();
        let years: Vec<f64> = items.iter().filter_map(|item| item.year).map(f64::from).collect();
        let mean_year = if years.is_empty() { 0.0 } else { years.iter().sum::<f64>() / years.len() as f64 };
        let facts =
            items.iter().map(|item| (item.year.map_or(mean_year, f64::from), f64::from(item.genres.len())));
        Self { facts: facts.collect(), mean_year }
    }
}

impl FeatureGroup for ItemFacts {
    fn compute(&self, asked: &Asked<'_>) -> Vec<Column> {
        columns(["item_year", "item_age", "item_n_genres"], asked, |place| {
            let unknown = (self.mean_year, 0.0);
            let (year, n_genres) = place.catalogue.map_or(unknown, |item| self.facts[item as usize]);
            [year, year_at(place.at) - year, n_genres]
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::FeatureGroupKind::ItemFacts;
    use crate::groups::testing::{assert_column, candidate, compute};

    #[test]
    fn year_age_and_genres() {
        // The mean year of the catalogue is 1995; 2000 mean years of 365.2425 days after the year 0 is 946,708,560 s.
        let at = 946_708_560;
        let asked = [candidate(1, 10, at), candidate(1, 20, at), candidate(1, 40, at), candidate(1, 50, at)];
        let columns = compute(ItemFacts, &asked, false);
        assert_column(&columns[0], "item_year", &[1990.0, 1995.0, 1995.0, 1995.0]);
        assert_column(&columns[1], "item_age", &[10.0, 5.0, 5.0, 5.0]);
        assert_column(&columns[2], "item_n_genres", &[1.0, 2.0, 1.0, 0.0]);
    }
}
