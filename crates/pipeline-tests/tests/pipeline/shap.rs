//! `shap.parquet`: the contributions of the strongest features of a sample of the test rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use artifacts::table::{Source, read_parquet};
use artifacts::tables::{FeatureRows, ShapRow, Stored};
use artifacts::{Layout, Schema, StageName, model_file};
use pipeline_tests::{Outcome, RunFolder};
use rankers::contributions::Explainer;
use rankers::gbdt::GbdtModel;
use rankers::{FeatureMatrix, MetaModel};

use super::fixture::finished_run;

fn table<T: Stored>(run: &RunFolder, artifact: &str) -> T {
    let path = run.path(artifact);
    let source = Source { path: &path, schema: T::SCHEMA, make_target: "evaluate" };
    T::from_table(read_parquet(source).unwrap()).unwrap()
}

fn evaluate(run: &RunFolder, flags: &[&str]) -> Outcome {
    run.command("evaluate").args(flags).output().unwrap().into()
}

#[test]
fn the_table_tells_of_test_rows_what_the_models_make_of_them() {
    let (_folder, run) = finished_run("default");
    let outcome = evaluate(&run, &["--shap-rows", "50"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let rows: Vec<ShapRow> = table(&run, "evaluate/shap.parquet");
    let test: FeatureRows = table(&run, "build-features/test.parquet");
    let row_of: BTreeMap<(i64, i64), usize> = test
        .user_ids
        .iter()
        .zip(&test.item_ids)
        .zip(0..)
        .map(|((&user, &item), row)| ((user, item), row))
        .collect();

    let kind = MetaModel::Gb;
    let path = Layout::new(&run.artifacts).folder(StageName::TrainMeta).join(Layout::meta_model(kind.key()));
    let schema = Schema { name: kind.schema(), version: kind.schema_version() };
    let model: GbdtModel =
        model_file::decode(schema, &fs::read(&path).unwrap(), &path, "train-meta").unwrap();
    let columns = test.names.iter().cloned().zip(test.columns.iter().cloned()).collect();
    let contributions = Explainer::of_booster(&model)
        .unwrap()
        .contributions(&FeatureMatrix::from_columns(columns).unwrap())
        .unwrap();

    let mut drawn: BTreeMap<&str, BTreeSet<(i64, i64)>> = BTreeMap::new();
    let mut features: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        let at = row_of[&(row.user_id, row.item_id)];
        let feature = test.names.iter().position(|name| *name == row.feature).unwrap();
        let value = test.columns[feature][at];
        assert_eq!(row.value, Some(value).filter(|value| !value.is_nan()));
        if row.model == kind.name() {
            assert_eq!(row.contribution, contributions.row(at)[feature]);
        }
        drawn.entry(&row.model).or_default().insert((row.user_id, row.item_id));
        features.entry(&row.model).or_default().insert(&row.feature);
    }
    let models: Vec<&str> = drawn.keys().copied().collect();
    assert_eq!(models, ["GBStack", "LogisticStack"]);
    assert_eq!(drawn["GBStack"], drawn["LogisticStack"]);
    assert_eq!(drawn["GBStack"].len(), 50);
    assert!(features.values().all(|features| features.len() == test.names.len().min(20)), "{features:?}");
    assert_eq!(rows.len(), features.values().map(|features| 50 * features.len()).sum::<usize>());
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let (_folder, run) = finished_run("notebook");
    let files = ["shap.parquet", "report/shap-summary.svg", "report/shap-dependence.png"];
    let there = || files.map(|file| run.path(&format!("evaluate/{file}")).is_file());
    let on_page =
        || fs::read_to_string(run.path("evaluate/report/index.html")).unwrap().contains("shap-summary");
    assert_eq!((there(), on_page()), ([false; 3], false));
    for (n_rows, told) in [("20", true), ("0", false)] {
        let outcome = evaluate(&run, &["--shap-rows", n_rows]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert_eq!((there()[0], on_page()), (told, told));
    }
    let outcome = evaluate(&run, &["--shap-rows", "20001"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("shap_rows is 20001, expected 0 to 20000"), "{}", outcome.stderr);
}
