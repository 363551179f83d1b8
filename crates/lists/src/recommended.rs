//! From users to rows: lists, their reasons, the table.

use artifacts::tables::{ContributionRow, Recommendations};
use dataset::UserId;

use crate::explain::Explained;
use crate::{Explanations, List, ListError, Lister, UserSide, rows};

/// What some users are recommended.
pub struct Recommended {
    /// User by user.
    pub lists: Vec<List>,
    /// The same as rows of the table.
    pub rows: Recommendations,
    /// What each feature added to each score, where the configuration asks for it.
    pub contributions: Vec<ContributionRow>,
}

impl Lister<'_> {
    /// The lists of `users`, who ascend and are of `side`, with reasons where there are `explanations`.
    ///
    /// # Errors
    /// Where the meta-model was fitted on other features.
    pub fn recommend(
        &self,
        side: &UserSide<'_>,
        explanations: Option<&Explanations>,
        users: &[UserId],
    ) -> Result<Recommended, ListError> {
        let lists = self.of(side, users)?;
        let n_rows = lists.of_users.iter().map(|list| list.rows.len()).sum();
        let Explained { reasons, contributions } = match explanations {
            Some(explanations) => explanations.of(self, side, &lists)?,
            None => Explained { reasons: vec![String::new(); n_rows], contributions: Vec::new() },
        };
        let rows = rows::rows(&lists, self.items, reasons);
        Ok(Recommended { lists: lists.of_users, rows, contributions })
    }
}
