//! `GenreContent`: does the item have the genres that the user liked.
//!
//! A user's profile is the mean of the multi-hot genre vectors of the items that the user rated at least `min_rating`,
//! scaled to length 1 (L2). The score is its cosine with the item's genre vector, in [0, 1]; 0 where either is missing: an
//! unknown user, a user who liked nothing with a genre, an unknown item, an item without a genre.

use dataset::{Candidate, Csr, GenreSet, History, IdIndex, Items};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{Asked, Evidence, Trait};
use crate::fold_in::{KnownUser, NewUsers};
use crate::params::in_range;
use crate::scorer::score_indexed;
use crate::validate::Demands;
use crate::{BaseModel, Checked, InvalidModel, InvalidParam, Params, Scorer};

/// The hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GenreParams {
    /// From this rating on, in stars, an item was liked; in [-100, 100].
    #[serde(serialize_with = "crate::params::shortest")]
    pub min_rating: f32,
}

impl Default for GenreParams {
    /// The reference's value.
    fn default() -> Self {
        Self { min_rating: 4.0 }
    }
}

impl Params for GenreParams {
    fn validate(&self) -> Result<(), InvalidParam> {
        in_range("genre.min_rating", self.min_rating, -100.0..=100.0)
    }
}

/// The fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenreContent {
    n_genres: usize,
    users: IdIndex,
    /// `n_genres` numbers a user, of length 1 or all 0.
    profiles: Vec<f64>,
    items: IdIndex,
    genres: Vec<GenreSet>,
}

impl GenreContent {
    /// Takes every user's profile from `history` and every item's genres from `items`.
    pub fn fit(history: &History, items: &Items, params: &Checked<GenreParams>) -> Self {
        let n_genres = items.genre_names().len();
        let genres_of: Vec<GenreSet> = (history.items().ids().iter())
            .map(|&item_id| items.get(item_id).map_or(GenreSet::default(), |item| item.genres))
            .collect();
        Self {
            users: history.users().clone(),
            profiles: profiles(history.by_user(), &genres_of, n_genres, params.min_rating),
            ..Self::without_users(items)
        }
    }

    /// The model of the catalogue alone.
    pub(crate) fn without_users(catalogue: &Items) -> Self {
        Self {
            n_genres: catalogue.genre_names().len(),
            users: IdIndex::default(),
            profiles: Vec::new(),
            items: IdIndex::new(catalogue.all().iter().map(|item| item.item_id)),
            genres: catalogue.all().iter().map(|item| item.genres).collect(),
        }
    }

    /// Whether no user is known.
    pub(crate) fn has_no_users(&self) -> bool {
        self.users.is_empty()
    }

    /// The same without users.
    pub(crate) fn forget_users(self) -> Self {
        Self { users: IdIndex::default(), profiles: Vec::new(), ..self }
    }

    /// This model with the users of `history` added. They may have rated any item of the catalogue.
    pub(crate) fn fold_in(self, history: &History, params: Checked<GenreParams>) -> Result<Self, KnownUser> {
        let new = NewUsers::new(history, &self.users, &self.items)?;
        let of_new = profiles(&new.ratings, &self.genres, self.n_genres, params.min_rating);
        let profiles = new.numbers(self.profiles, &of_new, self.n_genres);
        Ok(Self { users: new.users(), profiles, ..self })
    }

    /// What carried the scores: each genre's term of the cosine.
    pub(crate) fn evidence(&self, asked: &Asked<'_>) -> Vec<Evidence> {
        asked.each(self, |candidate, score| {
            let user = self.users.index_of(candidate.user_id);
            let known = user.zip(self.items.index_of(candidate.item_id));
            let shares = known.into_iter().flat_map(|(user, item)| {
                let genres = self.genres[item as usize];
                let profile = &self.profiles[user as usize * self.n_genres..][..self.n_genres];
                let length = f64::from(genres.len()).sqrt();
                genres.iter().map(move |genre| (Trait::Genre(genre), profile[genre] / length))
            });
            asked.traits(score, 0.0, shares)
        })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// [`InvalidModel`] with the first thing that does not fit.
    pub fn validate(&self) -> Result<(), InvalidModel> {
        let demand = Demands { model: BaseModel::Genre.name() };
        demand.that(self.n_genres <= GenreSet::CAPACITY, "it has too many genres")?;
        demand.ids("user", &self.users)?;
        demand.ids("item", &self.items)?;
        demand.numbers("profile numbers", &self.profiles, self.users.len().checked_mul(self.n_genres))?;
        demand.that(self.genres.len() == self.items.len(), "the number of its genre sets is wrong")?;
        let known = self.genres.iter().all(|genres| genres.iter().all(|genre| genre < self.n_genres));
        demand.that(known, "an item has a genre that does not exist")
    }
}

/// The profile of each row of `ratings`, user -> (items, ratings), with the genres of each item.
fn profiles(ratings: &Csr, genres_of: &[GenreSet], n_genres: usize, min_rating: f32) -> Vec<f64> {
    let mut profiles = vec![0.0; ratings.n_rows() * n_genres];
    for user in 0..ratings.n_rows() {
        let profile = &mut profiles[user * n_genres..][..n_genres];
        let (rated, values) = ratings.row(user as u32);
        for (&item, _) in rated.iter().zip(values).filter(|&(_, &value)| value >= min_rating) {
            for genre in genres_of[item as usize].iter() {
                profile[genre] += 1.0;
            }
        }
        // The mean differs from these counts by a factor only, which scaling to length 1 takes away.
        let length = profile.iter().map(|count| count * count).sum::<f64>().sqrt();
        if length > 0.0 {
            for count in profile {
                *count /= length;
            }
        }
    }
    profiles
}

impl Scorer for GenreContent {
    fn score(&self, candidates: &[Candidate], out: &mut [f64]) {
        score_indexed(candidates, out, &self.users, [&self.items], |user, [item]| {
            let (Some(user), Some(item)) = (user, item) else {
                return 0.0;
            };
            let genres = self.genres[item as usize];
            if genres.is_empty() {
                return 0.0;
            }
            let profile = &self.profiles[user as usize * self.n_genres..][..self.n_genres];
            let dot = genres.iter().map(|genre| profile[genre]).sum::<f64>();
            dot / f64::from(genres.len()).sqrt()
        });
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn fitted() -> GenreContent {
        let row = |id, genres: &[&str]| (id, String::new(), genres.iter().map(ToString::to_string).collect());
        let items = Items::new(vec![
            row(10, &["Action", "Crime"]),
            row(20, &["Action"]),
            row(30, &["Drama"]),
            row(40, &[]),
            row(50, &["Crime"]),
        ])
        .unwrap();
        let rating = |user_id, item_id, value| Rating { user_id, item_id, value, timestamp: 0 };
        let ratings: Ratings = [
            rating(1, 10, 4.0),
            rating(1, 20, 5.0),
            rating(1, 30, 3.5),
            rating(1, 40, 5.0),
            rating(2, 30, 1.0),
        ]
        .into_iter()
        .collect();
        GenreContent::fit(&History::new(&ratings), &items, &GenreParams::default().check().unwrap())
    }

    #[test]
    fn score_is_the_cosine_of_profile_and_genres() {
        // User 1 liked 10, 20 and 40: Action 2, Crime 1, length sqrt(5). Drama got 3.5 stars only.
        let ask = |user_id, item_id| fitted().scores(&[Candidate { user_id, item_id, at: 0 }])[0];
        let sqrt5 = 5f64.sqrt();
        assert!((ask(1, 20) - 2.0 / sqrt5).abs() < 1e-15);
        assert!((ask(1, 50) - 1.0 / sqrt5).abs() < 1e-15);
        assert!((ask(1, 10) - 3.0 / (sqrt5 * 2f64.sqrt())).abs() < 1e-15);
        assert_eq!(ask(1, 30), 0.0); // no genre in common
        assert_eq!(ask(1, 40), 0.0); // an item without a genre
        assert_eq!(ask(2, 30), 0.0); // a user who liked nothing
        assert_eq!([ask(9, 10), ask(1, 99), ask(9, 99)], [0.0; 3]); // unknown
    }

    #[test]
    fn genres_out_of_range_and_missing_profiles_are_unsound() {
        let model = fitted();
        assert_eq!(model.validate(), Ok(()));
        let mut unknown_genre = model.clone();
        unknown_genre.genres[0].insert(3);
        assert!(unknown_genre.validate().is_err());
        assert!(GenreContent { n_genres: 65, ..model.clone() }.validate().is_err());
        assert!(GenreContent { n_genres: usize::MAX, ..model.clone() }.validate().is_err());
        assert!(GenreContent { profiles: vec![0.0; 5], ..model.clone() }.validate().is_err());
        assert!(GenreContent { genres: vec![], ..model }.validate().is_err());
    }

    #[test]
    fn a_minimum_out_of_range_is_refused() {
        let error = GenreParams { min_rating: f32::NAN }.check().unwrap_err();
        assert_eq!(error.to_string(), "genre.min_rating is NaN, must be in [-100, 100]");
    }
}
