//! `split/items.parquet`: the catalogue. Written by `split`, read by `train-base` and `evaluate`.

use dataset::{GenreSet, Item, Items};

use super::Stored;
use crate::Table;

impl Stored for Items {
    const SCHEMA: &'static str = "split.items/1";

    fn into_table(self) -> Table {
        let names = |genres: GenreSet| genres.iter().map(|at| self.genre_names()[at].clone()).collect();
        let column = |of: fn(&Item) -> i64| self.all().iter().map(of).collect::<Vec<_>>();
        Table::new()
            .with("item_id", column(|item| item.item_id))
            .with("title", self.all().iter().map(|item| item.title.clone()).collect::<Vec<_>>())
            .with("year", self.all().iter().map(|item| item.year).collect::<Vec<_>>())
            .with("genres", self.all().iter().map(|item| names(item.genres)).collect::<Vec<Vec<String>>>())
    }

    fn from_table(mut table: Table) -> Result<Self, String> {
        let ids: Vec<i64> = table.take("item_id")?;
        let titles: Vec<String> = table.take("title")?;
        let genres: Vec<Vec<String>> = table.take("genres")?;
        let rows = ids.into_iter().zip(titles).zip(genres).map(|((id, title), genres)| (id, title, genres));
        Self::new(rows.collect()).map_err(|error| error.to_string())
    }
}
