//! `per_user.parquet`, piece by piece: it has a row for each user, model and metric, which is more than should be in memory at once.

use artifacts::table::{ROW_GROUP_ROWS, TableWriter};
use artifacts::{Column, Error, Table};
use metrics::{PerUser, PerUserValue};

use crate::measure::Measured;

/// How many rows the table of all protocols has.
pub fn n_rows(all: &[Measured]) -> u64 {
    all.iter().map(|measured| measured.per_user.n_defined() as u64).sum()
}

/// Writes the table of all protocols: by protocol, then model, user, metric.
///
/// # Errors
/// [`Error::Write`].
pub fn write(writer: &mut TableWriter, all: &[Measured]) -> Result<(), Error> {
    for measured in all {
        write_protocol(writer, measured.protocol.name(), &measured.per_user)?;
    }
    if writer.n_rows() == 0 {
        writer.write(table("", &[]))?;
    }
    Ok(())
}

fn write_protocol(writer: &mut TableWriter, protocol: &str, per_user: &PerUser) -> Result<(), Error> {
    let n_users = per_user.user_ids().len();
    let users_at_once = (ROW_GROUP_ROWS / per_user.columns().len().max(1)).max(1);
    for model in 0..per_user.models().len() {
        for first in (0..n_users).step_by(users_at_once) {
            let users = first..n_users.min(first + users_at_once);
            let values: Vec<PerUserValue<'_>> = per_user.rows_of(model, users).collect();
            writer.write(table(protocol, &values))?;
        }
    }
    Ok(())
}

/// The same columns as of `PerUserRow`s, without a text of its own in each.
fn table(protocol: &str, values: &[PerUserValue<'_>]) -> Table {
    let models: Column = values.iter().map(|value| value.model).collect();
    let metrics: Column = values.iter().map(|value| value.metric).collect();
    let protocols: Column = values.iter().map(|_| protocol).collect();
    Table::new()
        .with("model", models)
        .with("user_id", values.iter().map(|value| value.user_id).collect::<Vec<i64>>())
        .with("metric", metrics)
        .with("k", values.iter().map(|value| value.k.map(|k| k as i32)).collect::<Vec<Option<i32>>>())
        .with("value", values.iter().map(|value| value.value).collect::<Vec<f64>>())
        .with("protocol", protocols)
}

#[cfg(test)]
mod tests {
    use artifacts::tables::{PerUserRow, Stored as _};

    use super::*;

    #[test]
    fn the_columns_are_those_of_the_rows() {
        let value = |user_id, k| PerUserValue { model: "M", user_id, metric: "ndcg", k, value: 0.5 };
        let row = |user_id, k| PerUserRow {
            model: "M".to_owned(),
            user_id,
            metric: "ndcg".to_owned(),
            k,
            value: 0.5,
            protocol: "rated".to_owned(),
        };
        let rows = vec![row(1, Some(10)), row(2, None)];
        assert_eq!(table("rated", &[value(1, Some(10)), value(2, None)]), rows.into_table());
        assert_eq!(table("rated", &[]), Vec::<PerUserRow>::new().into_table());
    }
}
