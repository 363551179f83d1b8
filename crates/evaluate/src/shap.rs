//! What the features contribute to the scores of a sample of the test rows: `shap.parquet`, and the plots' data.

use anyhow::Context as _;
use artifacts::layout::SHAP;
use artifacts::table::TableFile;
use artifacts::tables::{FeatureRows, ShapRow};
use artifacts::{Column, Error, Table};
use dataset::rng;
use rand::seq::index;
use rankers::contributions::{Contributions, Explainer};
use rankers::gbdt::GbdtModel;
use rankers::objective::ObjectiveKind;
use rankers::{FeatureMatrix, Fitted, MatrixError, MetaModel};
use report::ExplainedFeature;
use stage::Run;

use crate::models::{Models, read_piece};

/// Features that are told of a model, those that contribute most.
const N_FEATURES: usize = 20;

/// Some test rows with their features.
pub struct Sample {
    /// Their places among all test rows, ascending.
    places: Vec<usize>,
    /// How many test rows have been seen.
    n_seen: usize,
    user_ids: Vec<i64>,
    item_ids: Vec<i64>,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

/// What one model makes of the sample.
struct Explained {
    model: MetaModel,
    unit: &'static str,
    contributions: Contributions,
    /// The features that are told, those that contribute most first.
    strongest: Vec<usize>,
}

impl Sample {
    /// Draws which of the test rows these are: `n_wanted`, or all where there are fewer.
    pub fn draw(n_test_rows: usize, n_wanted: usize, seed: u64) -> Self {
        let n_drawn = n_wanted.min(n_test_rows);
        let mut places =
            index::sample(&mut rng::stream(seed, "evaluate/shap"), n_test_rows, n_drawn).into_vec();
        places.sort_unstable();
        let (user_ids, item_ids, names, columns) = Default::default();
        Self { places, n_seen: 0, user_ids, item_ids, names, columns }
    }

    /// All rows of the users `shown`, both ascending.
    pub fn of_users(user_ids: &[i64], shown: &[i64]) -> Self {
        let is_shown = |&at: &usize| shown.binary_search(&user_ids[at]).is_ok();
        let places = (0..user_ids.len()).filter(is_shown).collect();
        let (user_ids, item_ids, names, columns) = Default::default();
        Self { places, n_seen: 0, user_ids, item_ids, names, columns }
    }

    /// The rows of these users and items, and which of `asked` they are; what is not in the sample is left out.
    ///
    /// # Errors
    /// Where two features have one name.
    pub fn select(&self, asked: &[(i64, i64)]) -> Result<(Vec<usize>, FeatureMatrix), MatrixError> {
        let keys: Vec<(i64, i64)> =
            self.user_ids.iter().copied().zip(self.item_ids.iter().copied()).collect();
        let found =
            asked.iter().enumerate().filter_map(|(at, key)| Some((at, keys.binary_search(key).ok()?)));
        let (asked, rows): (Vec<usize>, Vec<usize>) = found.unzip();
        let column = |values: &Vec<f64>| rows.iter().map(|&row| values[row]).collect();
        let columns = self.names.iter().cloned().zip(self.columns.iter().map(column)).collect();
        Ok((asked, FeatureMatrix::from_columns(columns)?))
    }

    /// Whether there is nothing to tell of.
    fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Keeps those of a piece of the test rows that were drawn. Pieces come in order, all test rows once.
    pub fn take(&mut self, piece: &FeatureRows) {
        let (first, end) = (self.n_seen, self.n_seen + piece.user_ids.len());
        self.n_seen = end;
        let place = |at: usize| self.places.partition_point(|&place| place < at);
        let rows = || self.places[place(first)..place(end)].iter().map(|&place| place - first);
        self.user_ids.extend(rows().map(|row| piece.user_ids[row]));
        self.item_ids.extend(rows().map(|row| piece.item_ids[row]));
        if self.names.is_empty() {
            self.names.clone_from(&piece.names);
            self.columns.resize(piece.names.len(), Vec::new());
        }
        for (column, of_piece) in self.columns.iter_mut().zip(&piece.columns) {
            column.extend(rows().map(|row| of_piece[row]));
        }
    }

    /// Reads the test rows where no protocol has.
    ///
    /// # Errors
    /// Where their file holds what it may not.
    fn complete(&mut self, run: &Run, test: &TableFile) -> Result<(), Error> {
        if self.n_seen == 0 {
            for group in 0..test.n_groups() {
                self.take(&read_piece(run, test, group)?);
            }
        }
        Ok(())
    }

    fn value(&self, feature: usize, row: usize) -> Option<f64> {
        Some(self.columns[feature][row]).filter(|value| !value.is_nan())
    }
}

/// Explains the sample's scores and writes the table: by model, then feature, then row. Returns the plots' data; neither where no rows were
/// asked for.
///
/// # Errors
/// Where the test rows hold what they may not, a model was fitted on others or is inconsistent, or the table cannot be written.
pub fn told(
    run: &mut Run,
    models: &Models,
    mut sample: Sample,
    test: &TableFile,
) -> anyhow::Result<Vec<report::Explained>> {
    run.remove_stale(SHAP.file)?;
    if sample.is_empty() {
        return Ok(Vec::new());
    }
    sample.complete(run, test)?;
    let explained = explain(models, &sample)?;
    let mut writer = run.begin_table::<Vec<ShapRow>>(SHAP)?;
    for of in &explained {
        writer.write(table(of, &sample))?;
    }
    run.end_table(SHAP, writer)?;
    Ok(for_page(&explained, &sample))
}

/// Explains the sample's scores by the first booster and by the logistic regression, where there are such.
///
/// # Errors
/// Where a model was fitted on other features, or is inconsistent.
fn explain(models: &Models, sample: &Sample) -> anyhow::Result<Vec<Explained>> {
    let columns = sample.names.iter().cloned().zip(sample.columns.iter().cloned()).collect();
    let features = FeatureMatrix::from_columns(columns)?;
    let booster = models.fitted().iter().find(|(_, fitted)| fitted.booster().is_some());
    let logistic = models.fitted().iter().find(|(_, fitted)| fitted.logistic().is_some());
    let explain = |(model, fitted): &(MetaModel, Fitted)| {
        let contributions = Explainer::new(fitted).and_then(|explainer| explainer.contributions(&features));
        let contributions =
            contributions.with_context(|| format!("{}; run `make train-meta`", model.name()))?;
        let strongest = strongest(&contributions, &sample.names);
        Ok(Explained { model: *model, unit: unit(fitted), contributions, strongest })
    };
    booster.into_iter().chain(logistic).map(explain).collect()
}

/// What a raw score is.
fn unit(fitted: &Fitted) -> &'static str {
    match fitted.booster().map(GbdtModel::objective) {
        None | Some(ObjectiveKind::BinaryLogLoss) => "log-odds",
        Some(ObjectiveKind::SquaredError) => "predicted stars",
        Some(_) => "ranking score",
    }
}

/// The features by the mean size of what they contribute, the strongest first, equal ones by name.
fn strongest(contributions: &Contributions, names: &[String]) -> Vec<usize> {
    let mut sizes = vec![0.0; contributions.n_features];
    for row in contributions.rows() {
        sizes.iter_mut().zip(row).for_each(|(size, contribution)| *size += contribution.abs());
    }
    let mut features: Vec<usize> = (0..sizes.len()).collect();
    features.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]).then_with(|| names[a].cmp(&names[b])));
    features.truncate(N_FEATURES);
    features
}

/// The columns as of `ShapRow`s, without a text of its own in each.
fn table(of: &Explained, sample: &Sample) -> Table {
    let n_rows = sample.user_ids.len();
    let cells = || of.strongest.iter().flat_map(|&feature| (0..n_rows).map(move |row| (feature, row)));
    let models: Column = cells().map(|_| of.model.name()).collect();
    let features: Column = cells().map(|(feature, _)| sample.names[feature].as_str()).collect();
    Table::new()
        .with("model", models)
        .with("user_id", cells().map(|(_, row)| sample.user_ids[row]).collect::<Vec<i64>>())
        .with("item_id", cells().map(|(_, row)| sample.item_ids[row]).collect::<Vec<i64>>())
        .with("feature", features)
        .with("value", cells().map(|(feature, row)| sample.value(feature, row)).collect::<Vec<Option<f64>>>())
        .with(
            "contribution",
            cells().map(|(feature, row)| of.contributions.row(row)[feature]).collect::<Vec<f64>>(),
        )
}

/// The plots' data.
fn for_page(explained: &[Explained], sample: &Sample) -> Vec<report::Explained> {
    let of_model = |of: &Explained| {
        let feature = |&feature: &usize| ExplainedFeature {
            name: sample.names[feature].clone(),
            rows: of
                .contributions
                .rows()
                .enumerate()
                .map(|(row, of_row)| (sample.value(feature, row), of_row[feature]))
                .collect(),
        };
        report::Explained {
            model: of.model.name().to_owned(),
            unit: of.unit.to_owned(),
            is_linear: of.model == MetaModel::Logistic,
            n_features: of.contributions.n_features,
            features: of.strongest.iter().map(feature).collect(),
        }
    };
    explained.iter().map(of_model).collect()
}

#[cfg(test)]
mod tests {
    use artifacts::tables::Stored as _;

    use super::*;

    fn piece(users: std::ops::Range<i64>) -> FeatureRows {
        FeatureRows {
            user_ids: users.clone().collect(),
            item_ids: users.clone().map(|user| user * 10).collect(),
            names: vec!["a".to_owned(), "b".to_owned()],
            columns: vec![users.clone().map(|user| user as f64).collect(), users.map(|_| f64::NAN).collect()],
            ..FeatureRows::default()
        }
    }

    #[test]
    fn the_sample_does_not_depend_on_the_cuts() {
        let drawn = |cuts: &[i64]| {
            let mut sample = Sample::draw(100, 12, 7);
            let mut first = 0;
            for &end in cuts {
                sample.take(&piece(first..end));
                first = end;
            }
            assert_eq!(
                sample.columns[0],
                sample.user_ids.iter().map(|&user| user as f64).collect::<Vec<f64>>()
            );
            assert!(
                sample.user_ids.is_sorted_by(|a, b| a < b) && sample.item_ids[3] == 10 * sample.user_ids[3]
            );
            sample.user_ids
        };
        let whole = drawn(&[100]);
        assert_eq!(whole.len(), 12);
        assert!(whole == drawn(&[1, 1, 40, 99, 100]));
        // All of fewer rows.
        let mut few = Sample::draw(3, 12, 7);
        few.take(&piece(0..3));
        assert_eq!(few.user_ids, [0, 1, 2]);
        assert!(Sample::draw(3, 0, 7).is_empty());
    }

    #[test]
    fn the_columns_are_those_of_the_rows() {
        let mut sample = Sample::draw(2, 2, 7);
        sample.take(&piece(1..3));
        let contributions = Contributions { base: 0.5, n_features: 2, values: vec![1.0, -3.0, 2.0, 0.25] };
        // The mean sizes are 1.5 and 1.625.
        let strongest = strongest(&contributions, &sample.names);
        assert_eq!(strongest, [1, 0]);
        let explained = Explained { model: MetaModel::Gb, unit: "log-odds", contributions, strongest };
        let row = |user_id, feature: &str, value, contribution| ShapRow {
            model: "GBStack".to_owned(),
            user_id,
            item_id: user_id * 10,
            feature: feature.to_owned(),
            value,
            contribution,
        };
        let rows = vec![
            row(1, "b", None, -3.0),
            row(2, "b", None, 0.25),
            row(1, "a", Some(1.0), 1.0),
            row(2, "a", Some(2.0), 2.0),
        ];
        assert_eq!(table(&explained, &sample), rows.into_table());
        let page = &for_page(&[explained], &sample)[0];
        assert_eq!(page.features[0].rows, [(None, -3.0), (None, 0.25)]);
    }
}
