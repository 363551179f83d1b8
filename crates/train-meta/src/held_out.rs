//! The training rows, and the part of them that early stopping looks at.

use anyhow::bail;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rankers::{FeatureMatrix, LabelledRows};

/// Features and labels of some rows.
pub struct Rows {
    pub features: FeatureMatrix,
    pub labels: Vec<f32>,
}

impl Rows {
    /// # Errors
    /// Where the columns make no matrix.
    pub fn new(names: Vec<String>, columns: Vec<Vec<f64>>, labels: &[i8]) -> anyhow::Result<Self> {
        let features = FeatureMatrix::from_columns(names.into_iter().zip(columns).collect())?;
        Ok(Self { features, labels: labels.iter().map(|&label| f32::from(label)).collect() })
    }

    /// The rows as the rankers take them.
    pub fn labelled(&self) -> LabelledRows<'_> {
        LabelledRows::new(&self.features, &self.labels)
    }

    /// Draws `held_out` of the rows: (the others, those), each in the old order.
    ///
    /// # Errors
    /// Where one of the two would be empty.
    pub fn part(&self, held_out: f64, draws: &mut ChaCha8Rng) -> anyhow::Result<(Self, Self)> {
        let choice: Vec<bool> = self.labels.iter().map(|_| draws.random::<f64>() < held_out).collect();
        let n_held_out = choice.iter().filter(|&&chosen| chosen).count();
        if n_held_out == 0 || n_held_out == choice.len() {
            bail!("gb.held_out_fraction takes {n_held_out} of {} rows: too few rows for it", choice.len());
        }
        Ok((self.those(&choice, false)?, self.those(&choice, true)?))
    }

    fn those(&self, choice: &[bool], wanted: bool) -> anyhow::Result<Self> {
        let rows = || (0..choice.len()).filter(|&row| choice[row] == wanted);
        let columns = self.features.names().iter().zip(self.features.columns());
        let columns = columns.map(|(name, column)| (name.clone(), rows().map(|row| column[row]).collect()));
        Ok(Self {
            features: FeatureMatrix::from_columns(columns.collect())?,
            labels: rows().map(|row| self.labels[row]).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dataset::rng;

    #[test]
    fn every_row_is_in_one_of_the_two_parts() {
        let column = (0..1000).map(f64::from).collect();
        let labels: Vec<i8> = (0..1000).map(|row| (row % 2) as i8).collect();
        let rows = Rows::new(vec!["x".to_owned()], vec![column], &labels).unwrap();
        let (train, held_out) = rows.part(0.1, &mut rng::stream(1, "test")).unwrap();
        assert!((70..130).contains(&held_out.labels.len()), "{}", held_out.labels.len());
        let mut all: Vec<f64> =
            [&train, &held_out].iter().flat_map(|part| part.features.column(0).to_vec()).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, (0..1000).map(f64::from).collect::<Vec<_>>());
        let parity =
            |part: &Rows| part.features.column(0).iter().map(|x| (x % 2.0) as f32).collect::<Vec<_>>();
        assert_eq!((parity(&train), parity(&held_out)), (train.labels, held_out.labels));
    }

    #[test]
    fn too_few_rows_are_an_error() {
        let rows = Rows::new(vec!["x".to_owned()], vec![vec![1.0]], &[1]).unwrap();
        assert!(rows.part(0.5, &mut rng::stream(1, "test")).is_err());
    }
}
