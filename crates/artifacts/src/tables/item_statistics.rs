//! `item_statistics.parquet` of a round: what is counted of the items over the ratings of many machines. Written by whoever counted, read by
//! `operator`.

use dataset::{IdIndex, ItemStatistics};

use super::Stored;
use crate::Table;

/// A row an item that somebody rated, ascending.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemStatisticsRows(pub ItemStatistics);

impl Stored for ItemStatisticsRows {
    const SCHEMA: &'static str = "round.item_statistics/1";

    fn into_table(self) -> Table {
        let wide = |counts: Vec<u32>| counts.into_iter().map(i64::from).collect::<Vec<_>>();
        Table::new()
            .with("item_id", self.0.items.ids().to_vec())
            .with("n_ratings", wide(self.0.n_ratings))
            .with("n_relevant", wide(self.0.n_relevant))
            .with("sum", self.0.sums)
            .with("sum_of_squares", self.0.sums_of_squares)
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let ids: Vec<i64> = table.take("item_id")?;
        if let Some((before, behind)) = ids.iter().zip(ids.iter().skip(1)).find(|(a, b)| a >= b) {
            return Err(format!("item {behind} stands behind item {before}, expected each once, ascending"));
        }
        let counts = |column: &str, least: i64, values: Vec<i64>| -> Result<Vec<u32>, String> {
            let count = |value: i64| u32::try_from(value).ok().filter(|_| value >= least);
            let found = values.into_iter().map(|value| count(value).ok_or(value)).collect::<Result<_, _>>();
            found.map_err(|value| {
                format!("column `{column}` holds {value}, expected a number from {least} to {}", u32::MAX)
            })
        };
        let n_ratings = counts("n_ratings", 1, table.take("n_ratings")?)?;
        let n_relevant = counts("n_relevant", 0, table.take("n_relevant")?)?;
        let (sums, sums_of_squares): (Vec<f64>, Vec<f64>) =
            (table.take("sum")?, table.take("sum_of_squares")?);
        if !sums.iter().chain(&sums_of_squares).all(|sum| sum.is_finite()) {
            return Err("a sum is no number".to_owned());
        }
        Ok(Self(ItemStatistics { items: IdIndex::new(ids), n_ratings, n_relevant, sums, sums_of_squares }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(ids: Vec<i64>, n_ratings: Vec<i64>, sums: Vec<f64>) -> Table {
        Table::new()
            .with("item_id", ids)
            .with("n_ratings", n_ratings)
            .with("n_relevant", vec![0i64; sums.len()])
            .with("sum", sums.clone())
            .with("sum_of_squares", sums)
    }

    #[test]
    fn what_is_no_count_is_refused() {
        let problem = |table| ItemStatisticsRows::from_table(table).unwrap_err();
        assert!(
            problem(table(vec![2, 1], vec![1, 1], vec![1.0, 1.0])).starts_with("item 1 stands behind item 2")
        );
        assert!(
            problem(table(vec![1], vec![0], vec![1.0]))
                .starts_with("column `n_ratings` holds 0, expected a number from 1")
        );
        assert!(
            problem(table(vec![1], vec![1 << 40], vec![1.0]))
                .starts_with("column `n_ratings` holds 1099511627776")
        );
        assert_eq!(problem(table(vec![1], vec![1], vec![f64::NAN])), "a sum is no number");
        let sound = ItemStatisticsRows::from_table(table(vec![1, 5], vec![1, 2], vec![1.0, 4.0])).unwrap();
        assert_eq!(ItemStatisticsRows::from_table(sound.clone().into_table()), Ok(sound));
    }
}
