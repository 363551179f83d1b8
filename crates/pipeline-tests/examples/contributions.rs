//! What each feature contributes to every booster's raw scores of a run's test rows, for `checks/shap`: of the rows as they are, then of the
//! same rows with holes, an eleventh of their values.
//!
//! Writes, for each booster, plain little-endian f64 into the folder OUT: `<key>.contributions` (row after row one number a feature, then
//! the base), `<key>.raw_scores` (one a row), and where it starts from a logistic regression `<key>.start`, what that alone contributes,
//! like `<key>.contributions`.

use std::error::Error;
use std::fs;
use std::path::Path;

use artifacts::layout::TEST;
use artifacts::table::{Source, read_parquet};
use artifacts::tables::{FeatureRows, Stored as _};
use artifacts::{Layout, Schema, StageName, model_file};
use rankers::contributions::{Contributions, Explainer};
use rankers::gbdt::GbdtModel;
use rankers::{FeatureMatrix, MetaModel};

fn bytes(numbers: impl IntoIterator<Item = f64>) -> Vec<u8> {
    numbers.into_iter().flat_map(f64::to_le_bytes).collect()
}

fn with_base(contributions: &Contributions) -> Vec<u8> {
    bytes(contributions.rows().flat_map(|row| row.iter().copied().chain([contributions.base])))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [run, out] = arguments.as_slice() else { return Err("expected two folders: RUN OUT".into()) };
    let (layout, out) = (Layout::new(run), Path::new(out));
    let path = layout.path(TEST);
    let source = Source { path: &path, schema: FeatureRows::SCHEMA, make_target: TEST.stage.name() };
    let rows = FeatureRows::from_table(read_parquet(source)?)?;
    let with_holes = |(feature, mut column): (usize, Vec<f64>)| {
        let hole = |row: usize, value: f64| {
            if (7 * row + 3 * feature).is_multiple_of(11) { f64::NAN } else { value }
        };
        let copy: Vec<f64> = column.iter().enumerate().map(|(row, &value)| hole(row, value)).collect();
        column.extend(copy);
        column
    };
    let columns = rows.columns.into_iter().enumerate().map(with_holes);
    let features = FeatureMatrix::from_columns(rows.names.into_iter().zip(columns).collect())?;
    for kind in MetaModel::ALL.into_iter().filter(|kind| kind.objective().is_some()) {
        let path = layout.folder(StageName::TrainMeta).join(Layout::meta_model(kind.key()));
        if !path.is_file() {
            continue;
        }
        let schema = Schema { name: kind.schema(), version: kind.schema_version() };
        let model: GbdtModel =
            model_file::decode(schema, &fs::read(&path)?, &path, StageName::TrainMeta.name())?;
        let file = |what: &str| out.join(format!("{}.{what}", kind.key()));
        let contributions = Explainer::of_booster(&model)?.contributions(&features)?;
        fs::write(file("contributions"), with_base(&contributions))?;
        fs::write(file("raw_scores"), bytes(model.predict_raw(&features)?))?;
        if let Some(start) = model.start() {
            let contributions = Explainer::of_logistic(start)?.contributions(&features)?;
            fs::write(file("start"), with_base(&contributions))?;
        }
    }
    Ok(())
}
