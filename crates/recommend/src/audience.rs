//! For whom: every user, some of them, or people who are not in the data set.

use std::path::Path;

use anyhow::Context as _;
use artifacts::tables::SplitRatings;
use dataset::split::Part;
use dataset::{IdIndex, ItemId, Items, Rating, Ratings, UserId};
use raw::{ItemName, OwnRating};
use stage::UsageError;

use crate::titles;

/// Who gets recommendations.
pub enum Audience {
    /// Every user of the data set: what the stage's artifact holds.
    Everybody,
    /// These users; one without ratings is a cold user.
    These(Vec<UserId>),
    /// People with ratings of their own.
    New(Box<NewUsers>),
}

/// People who are not in the data set, and what they rated.
pub struct NewUsers {
    /// Ascending by user and item.
    pub ratings: Ratings,
}

/// The ids that `--users` and `--users-file` give, ascending.
///
/// # Errors
/// [`UsageError`] where the file cannot be read or holds something else.
pub fn listed(users: &[UserId], file: Option<&Path>) -> anyhow::Result<Vec<UserId>> {
    let mut ids = users.to_vec();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|error| {
            UsageError(format!("--users-file {}: cannot be read: {error}", path.display()))
        })?;
        for (line, id) in (1..).zip(text.lines()).filter(|(_, id)| !id.trim().is_empty()) {
            let id: UserId = id.trim().parse().ok().filter(|&id| id >= 0).ok_or_else(|| {
                let shown: String = id.chars().take(40).collect();
                UsageError(format!(
                    "{}, line {line}: found \"{}\", expected the id of a user, one a line",
                    path.display(),
                    shown.escape_debug()
                ))
            })?;
            ids.push(id);
        }
    }
    if let Some(path) = file.filter(|_| ids.is_empty()) {
        return Err(UsageError(format!(
            "--users-file {}: it names no user, expected one id a line",
            path.display()
        ))
        .into());
    }
    if let Some(id) = ids.iter().find(|&&id| id < 0) {
        return Err(UsageError(format!("--users {id}: an id of a user is never negative")).into());
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Reads the ratings of people who are not in the data set. Rows without a user are one person's, whose id is the one after the largest there is; a
/// row without a time is as late as the last rating of all.
///
/// # Errors
/// Where the file is malformed, an item is not in the catalogue, a user is in the data set, or an item is rated twice.
pub fn read_new(
    path: &Path,
    split: &SplitRatings,
    items: &Items,
    range: (f32, f32),
) -> anyhow::Result<NewUsers> {
    let rows = raw::read_own_ratings(path, range).map_err(|error| UsageError(error.to_string()))?;
    let known = IdIndex::of(&split.ratings.user_ids);
    let next = known.ids().last().map_or(1, |last| last.saturating_add(1));
    let last_time = split.ratings.timestamps.iter().max().copied().unwrap_or(0);
    let at = |row: &OwnRating| format!("{}, line {}", path.display(), row.line);
    let mut ratings: Vec<Rating> = Vec::with_capacity(rows.len());
    for row in &rows {
        let item_id =
            item_of(items, &row.item).map_err(|problem| UsageError(format!("{}: {problem}", at(row))))?;
        if let Some(user_id) = row.user_id.filter(|&user_id| known.index_of(user_id).is_some()) {
            return Err(UsageError(format!(
                "{}: user {user_id} is in the data set; take an id from {next} on, or leave the column out",
                at(row)
            ))
            .into());
        }
        let user_id = row.user_id.unwrap_or(next);
        ratings.push(Rating {
            user_id,
            item_id,
            value: row.value,
            timestamp: row.timestamp.unwrap_or(last_time),
        });
    }
    ratings.sort_by_key(|rating| (rating.user_id, rating.item_id));
    if let Some(pair) = ratings
        .windows(2)
        .find(|pair| (pair[0].user_id, pair[0].item_id) == (pair[1].user_id, pair[1].item_id))
    {
        return Err(UsageError(format!("{}: item {} is rated twice", path.display(), pair[0].item_id)).into());
    }
    Ok(NewUsers { ratings: ratings.into_iter().collect() })
}

fn item_of(items: &Items, name: &ItemName) -> Result<ItemId, String> {
    match name {
        ItemName::Title(title) => titles::find(items, title),
        ItemName::Id(id) => {
            let known = items.all().binary_search_by_key(id, |item| item.item_id);
            known.map(|_| *id).map_err(|_| format!("item {id} is not in the catalogue"))
        }
    }
}

impl NewUsers {
    /// Who they are, ascending.
    pub fn ids(&self) -> Vec<UserId> {
        IdIndex::new(self.ratings.user_ids.iter().copied()).ids().to_vec()
    }

    /// Puts their ratings among the training ratings.
    ///
    /// # Errors
    /// Never where the ids are new: the rows then still ascend.
    pub fn join(&self, split: &mut SplitRatings) -> anyhow::Result<()> {
        for row in 0..self.ratings.len() {
            let rating = self.ratings.get(row);
            split.rows.push(i64::MAX);
            split.ratings.user_ids.push(rating.user_id);
            split.ratings.item_ids.push(rating.item_id);
            split.ratings.values.push(rating.value);
            split.ratings.timestamps.push(rating.timestamp);
            split.parts.push(Part::BaseTrain);
            split.folds.push(Some(0));
        }
        let ascends = split.ratings.user_ids.is_sorted();
        ascends.then_some(()).context("the ids of new users must be above those of the data set")
    }
}
