//! The input of an evaluation: the judged rows, and each model's scores of them.

use rayon::prelude::*;

use super::Groups;
use crate::MetricsError;
use crate::dcg::MAX_GRADE;

/// One model's scores.
#[derive(Debug, Clone, Copy)]
pub struct ModelScores<'a> {
    /// The model's name in the tables.
    pub name: &'a str,
    /// One score a row, higher is better; NaN where the model does not retrieve the item.
    pub scores: &'a [f64],
}

/// The rows that the models are measured on, checked.
#[derive(Debug, Clone, Copy)]
pub struct TestRows<'a> {
    groups: &'a Groups,
    item_ids: &'a [i64],
    relevant: &'a [bool],
    grades: &'a [f64],
}

impl<'a> TestRows<'a> {
    /// Rows in the order of `groups`: their items, whether each is relevant, and its grade (the rating in stars).
    /// Within a user the rows may stand in any order.
    ///
    /// A relevant item that a protocol counts but a model does not retrieve (it is not among its candidates) is a row too,
    /// with a NaN score of that model: it stands at no rank, and counts among the user's relevant rows. Items that are
    /// neither relevant nor retrieved need no row: they change only precision's min(K, the user's rows) and AUC.
    ///
    /// # Errors
    /// [`MetricsError::Length`], [`MetricsError::Grade`] for a grade that is not finite or above [`MAX_GRADE`],
    /// [`MetricsError::RepeatedItem`] where a user has an item twice.
    pub fn new(
        groups: &'a Groups,
        item_ids: &'a [i64],
        relevant: &'a [bool],
        grades: &'a [f64],
    ) -> Result<Self, MetricsError> {
        check_length("item_ids", item_ids.len(), groups)?;
        check_length("relevant", relevant.len(), groups)?;
        check_length("grades", grades.len(), groups)?;
        if let Some(row) = grades.iter().position(|grade| !(grade.is_finite() && *grade <= MAX_GRADE)) {
            return Err(MetricsError::Grade { row, grade: grades[row] });
        }
        let repeated = (0..groups.len())
            .into_par_iter()
            .with_min_len(256)
            .find_map_first(|user| Some((user, repeated_item(&item_ids[groups.rows(user)])?)));
        if let Some((user, item_id)) = repeated {
            return Err(MetricsError::RepeatedItem { user_id: groups.user_ids()[user], item_id });
        }
        Ok(Self { groups, item_ids, relevant, grades })
    }

    /// Which rows belong to which user.
    pub fn groups(&self) -> &'a Groups {
        self.groups
    }

    /// Each row's item.
    pub fn item_ids(&self) -> &'a [i64] {
        self.item_ids
    }

    /// Whether each row is relevant.
    pub fn relevant(&self) -> &'a [bool] {
        self.relevant
    }

    /// Each row's grade.
    pub fn grades(&self) -> &'a [f64] {
        self.grades
    }
}

/// That a column has as many rows as there are user ids.
pub(crate) fn check_length(column: &str, found: usize, groups: &Groups) -> Result<(), MetricsError> {
    let expected = groups.n_rows();
    if found == expected {
        return Ok(());
    }
    Err(MetricsError::Length { column: column.to_owned(), found, expected })
}

/// The smallest item that stands twice in the list.
fn repeated_item(item_ids: &[i64]) -> Option<i64> {
    if item_ids.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let mut sorted = item_ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(item_ids: &[i64], relevant: &[bool], grades: &[f64]) -> String {
        let groups = Groups::from_sorted(&[1, 1, 2]).unwrap();
        TestRows::new(&groups, item_ids, relevant, grades).unwrap_err().to_string()
    }

    #[test]
    fn wrong_rows_are_named() {
        let (labels, grades) = ([true; 3], [1.0; 3]);
        assert_eq!(
            error_of(&[5, 6], &labels, &grades),
            "item_ids has 2 rows, expected 3: one for each user id"
        );
        assert_eq!(
            error_of(&[5, 6, 5], &labels[1..], &grades),
            "relevant has 2 rows, expected 3: one for each user id"
        );
        assert_eq!(
            error_of(&[5, 6, 5], &labels, &[1.0, 2.0, f64::NAN]),
            "row 2: grade NaN, expected a finite number up to 100"
        );
        assert_eq!(
            error_of(&[5, 5, 5], &labels, &grades),
            "user 1 has item 5 in two rows, expected each item once a user"
        );
    }

    #[test]
    fn items_may_stand_in_any_order_and_return_for_another_user() {
        let groups = Groups::from_sorted(&[1, 1, 2]).unwrap();
        assert!(TestRows::new(&groups, &[6, 5, 5], &[true; 3], &[-1.0, 0.0, 100.0]).is_ok());
    }
}
