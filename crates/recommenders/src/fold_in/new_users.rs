//! The users who are folded in: what they rated, and where they stand among the fitted ones.

use dataset::{Csr, History, IdIndex};

use super::KnownUser;

/// New users with the ratings that a model can use, and the places of all users once the new ones are among them.
///
/// Users are indices by ascending id, so that a new user moves every user behind. What a model holds a user is moved with them by
/// [`NewUsers::numbers`], [`NewUsers::rows`] and [`NewUsers::columns`]: one part of the model at a time, each copied once at most.
pub struct NewUsers {
    /// New user, by ascending id -> (items as the model counts them, ratings); at least one a user.
    pub ratings: Csr,
    /// Fitted and new.
    users: IdIndex,
    /// Who stands at each place of `users`.
    sources: Vec<Source>,
    /// Where each new user stands.
    places: Vec<u32>,
}

/// Where a user comes from, and the index there.
#[derive(Debug, Clone, Copy)]
enum Source {
    Fitted(u32),
    New(u32),
}

impl NewUsers {
    /// The users of `history` who rated any of a model's `items`; ratings of other items are left out.
    ///
    /// # Errors
    /// [`KnownUser`] for the first who is one of the `fitted` users.
    pub fn new(history: &History, fitted: &IdIndex, items: &IdIndex) -> Result<Self, KnownUser> {
        let item_of = items.indices_of(history.items().ids());
        let rated = |user: u32| {
            let (rated, values) = history.by_user().row(user);
            rated.iter().zip(values).filter_map(|(&item, &value)| Some((item_of[item as usize]?, value)))
        };
        let everybody = 0..history.users().len() as u32;
        let new: Vec<u32> = everybody.filter(|&user| rated(user).next().is_some()).collect();
        let id_of = |&user: &u32| history.users().id_at(user);
        if let Some(user_id) = new.iter().map(id_of).find(|&id| fitted.index_of(id).is_some()) {
            return Err(KnownUser { user_id });
        }
        let entries = (0u32..)
            .zip(&new)
            .flat_map(|(row, &user)| rated(user).map(move |(item, value)| (row, item, value)));
        let ratings = Csr::from_entries(new.len(), entries);

        let users = IdIndex::new(fitted.ids().iter().copied().chain(new.iter().map(id_of)));
        let (mut sources, mut places) = (Vec::with_capacity(users.len()), Vec::with_capacity(new.len()));
        for (place, &id) in (0u32..).zip(users.ids()) {
            let next = places.len() as u32;
            if new.get(places.len()).map(id_of) == Some(id) {
                sources.push(Source::New(next));
                places.push(place);
            } else {
                sources.push(Source::Fitted(place - next));
            }
        }
        Ok(Self { ratings, users, sources, places })
    }

    /// The ids of all users.
    pub fn users(&self) -> IdIndex {
        self.users.clone()
    }

    /// How many users are new.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Where the new user `user` stands among all.
    pub fn place(&self, user: u32) -> u32 {
        self.places[user as usize]
    }

    /// `width` numbers a user: those of the fitted users, in place, with the new users' among them.
    pub fn numbers<T: Copy + Default>(&self, fitted: Vec<T>, new: &[T], width: usize) -> Vec<T> {
        let mut all = fitted;
        all.reserve_exact(new.len());
        all.resize(self.users.len() * width, T::default());
        // From the end on: a number only moves back, to where nothing is read any more.
        for (place, source) in self.sources.iter().enumerate().rev() {
            let to = place * width;
            match *source {
                Source::Fitted(at) if at as usize == place => break,
                Source::Fitted(at) => all.copy_within(at as usize * width..(at as usize + 1) * width, to),
                Source::New(at) => {
                    all[to..to + width].copy_from_slice(&new[at as usize * width..][..width]);
                }
            }
        }
        all
    }

    /// A row a user: those of the fitted users with the new users' among them.
    pub fn rows(&self, fitted: &Csr, new: &Csr) -> Csr {
        let entries = (0u32..).zip(&self.sources).flat_map(|(place, source)| {
            let (columns, values) = match *source {
                Source::Fitted(at) => fitted.row(at),
                Source::New(at) => new.row(at),
            };
            columns.iter().zip(values).map(move |(&column, &value)| (place, column, value))
        });
        Csr::from_entries(self.users.len(), entries)
    }

    /// A column a fitted user: each where its user stands among all; those of new users are empty.
    pub fn columns(&self, fitted: Csr) -> Csr {
        let n_fitted = self.sources.len() - self.places.len();
        if self.places.first().is_none_or(|&first| first as usize >= n_fitted) {
            return fitted; // all new users stand behind
        }
        let fitted_at = (0u32..).zip(&self.sources);
        let places: Vec<u32> = fitted_at
            .filter(|(_, source)| matches!(source, Source::Fitted(_)))
            .map(|(place, _)| place)
            .collect();
        let places = &places;
        let entries = (0..fitted.n_rows() as u32).flat_map(|row| {
            let (columns, values) = fitted.row(row);
            columns.iter().zip(values).map(move |(&column, &value)| (row, places[column as usize], value))
        });
        Csr::from_entries(fitted.n_rows(), entries)
    }
}

#[cfg(test)]
mod tests {
    use dataset::{Rating, Ratings};

    use super::*;

    fn new_users(ratings: &[(i64, i64, f32)]) -> Result<NewUsers, KnownUser> {
        let rating = |&(user_id, item_id, value)| Rating { user_id, item_id, value, timestamp: 0 };
        let history = History::new(&ratings.iter().map(rating).collect::<Ratings>());
        NewUsers::new(&history, &IdIndex::new([10, 20, 30]), &IdIndex::new([1, 3, 5]))
    }

    #[test]
    fn what_is_held_a_user_moves_with_the_user() {
        // 15 and 40 are new; 25 rated nothing that is known.
        let new = new_users(&[(40, 5, 4.0), (15, 1, 2.0), (15, 4, 5.0), (15, 3, 3.0), (25, 2, 1.0)]).unwrap();
        assert_eq!(new.users().ids(), [10, 15, 20, 30, 40]);
        assert_eq!((new.len(), new.place(0), new.place(1)), (2, 1, 4));
        assert_eq!(new.ratings.row(0), (&[0, 1][..], &[2.0, 3.0][..]));
        assert_eq!(new.ratings.row(1), (&[2][..], &[4.0][..]));
        assert_eq!(new.numbers(vec![1, 2, 3], &[7, 8], 1), [1, 7, 2, 3, 8]);
        let pairs = new.numbers(vec![1, 1, 2, 2, 3, 3], &[7, 7, 8, 8], 2);
        assert_eq!(pairs, [1, 1, 7, 7, 2, 2, 3, 3, 8, 8]);

        let fitted = Csr::from_entries(3, [(0, 2, 1.0), (1, 0, 2.0), (2, 1, 3.0)].into_iter());
        let rows = new.rows(&fitted, &new.ratings);
        assert_eq!(
            [0, 1, 2, 3, 4].map(|row| rows.row(row).1.to_vec()),
            [vec![1.0], vec![2.0, 3.0], vec![2.0], vec![3.0], vec![4.0]]
        );
        let columns = new.columns(fitted);
        assert_eq!([0, 1, 2].map(|row| columns.row(row).0.to_vec()), [vec![3], vec![0], vec![2]]);
    }

    #[test]
    fn nothing_moves_where_all_new_users_stand_behind() {
        let new = new_users(&[(31, 5, 4.0)]).unwrap();
        let fitted = Csr::from_entries(1, [(0, 2, 1.0)].into_iter());
        assert_eq!(new.columns(fitted.clone()), fitted);
        assert_eq!(new.numbers(vec![1, 2, 3], &[4], 1), [1, 2, 3, 4]);
        let nobody = new_users(&[(31, 4, 4.0)]).unwrap();
        assert_eq!((nobody.len(), nobody.users().ids()), (0, &[10, 20, 30][..]));
        assert_eq!(nobody.numbers(vec![1, 2, 3], &[], 1), [1, 2, 3]);
    }

    #[test]
    fn a_fitted_user_is_refused() {
        let error = new_users(&[(15, 1, 2.0), (20, 1, 2.0)]).map(|_| ()).unwrap_err();
        assert_eq!(error, KnownUser { user_id: 20 });
        assert!(error.to_string().contains("user 20"), "{error}");
    }
}
