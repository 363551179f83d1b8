//! C is chosen as cross-validation with full fits would choose it.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as such")]

mod planted;

use planted::{Planted, noise, slope};
use rankers::logistic::{Choice, ChoiceParams, LogisticParams, choose_c, fit};
use rankers::{FeatureMatrix, LabelledRows};

const GRID: [f64; 5] = [1e-4, 1e-3, 1e-2, 1.0, 100.0];

fn folds(n_rows: usize) -> Vec<i8> {
    (0..n_rows).map(|row| (row * 7 % 5) as i8).collect()
}

fn choose(data: &Planted, one_standard_error: bool) -> Choice {
    let params =
        ChoiceParams { grid: GRID.to_vec(), one_standard_error, ..ChoiceParams::default() }.check().unwrap();
    choose_c(&params, data.rows(), &folds(data.labels.len())).unwrap()
}

fn part(data: &Planted, keep: impl Fn(usize) -> bool) -> Planted {
    let rows: Vec<usize> = (0..data.labels.len()).filter(|&row| keep(row)).collect();
    let columns = data.features.names().iter().zip(data.features.columns());
    let columns = columns.map(|(name, column)| (name.clone(), rows.iter().map(|&row| column[row]).collect()));
    Planted {
        features: FeatureMatrix::from_columns(columns.collect()).unwrap(),
        labels: rows.iter().map(|&row| data.labels[row]).collect(),
    }
}

/// Columns of mean 0 and deviation 1, so that fits without a fold need no scaling of their own.
fn standardised(data: Planted) -> Planted {
    let column = |column: &[f64]| {
        let n = column.len() as f64;
        let mean = column.iter().sum::<f64>() / n;
        let deviation = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        column.iter().map(|x| (x - mean) / deviation).collect()
    };
    let columns = data.features.names().iter().cloned().zip(data.features.columns().map(column));
    Planted { features: FeatureMatrix::from_columns(columns.collect()).unwrap(), labels: data.labels }
}

#[test]
fn one_newton_step_agrees_with_full_fits() {
    let data = standardised(slope(4000, 12));
    let choice = choose(&data, false);
    let folds = folds(4000);
    let mut best = (0.0, f64::INFINITY);
    for candidate in choice.candidates() {
        let params = LogisticParams { c: candidate.c, ..LogisticParams::default() };
        let params = params.check().unwrap();
        let losses = (0..5).map(|fold| {
            let model = fit(&params, part(&data, |row| folds[row] != fold).rows()).unwrap();
            let held_out = part(&data, |row| folds[row] == fold);
            let p = model.predict(&held_out.features).unwrap();
            let rows =
                p.iter().zip(&held_out.labels).map(|(p, &label)| if label == 1.0 { *p } else { 1.0 - p });
            rows.map(|p| -p.ln()).sum::<f64>() / p.len() as f64
        });
        let exact = losses.sum::<f64>() / 5.0;
        // What one step leaves out: an independent computation (numpy; exact fits against one exact Newton step, 13 draws of rows like these)
        // differs by up to 8e-5 in size. Losses that forget to leave the fold out are 4e-3 off.
        assert!((candidate.log_loss - exact).abs() < 1e-4, "{candidate:?} {exact}");
        if exact < best.1 {
            best = (candidate.c, exact);
        }
    }
    assert_eq!(choice.c(), best.0);
}

#[test]
fn signal_wants_a_weak_penalty_and_noise_a_strong_one() {
    assert!(choose(&slope(4000, 5), false).c() >= 0.01);
    // Both 1e-4 and 1e-3 leave next to nothing of 62 coefficients on 400 rows.
    let choice = choose(&noise(400, 60), false);
    assert!(choice.c() <= 1e-3, "{choice:?}");
    let losses: Vec<f64> = choice.candidates().iter().map(|candidate| candidate.log_loss).collect();
    assert!(losses[4] > losses[2] && losses[2] > losses[0], "{losses:?}");
}

#[test]
fn one_standard_error_takes_the_stronger_penalty() {
    let data = slope(4000, 12);
    let (best, cautious) = (choose(&data, false), choose(&data, true));
    assert_eq!(best.candidates(), cautious.candidates());
    let at = |c: f64| *best.candidates().iter().find(|candidate| candidate.c == c).unwrap();
    let limit = at(best.c()).log_loss + at(best.c()).standard_error;
    let expected = best.candidates().iter().find(|candidate| candidate.log_loss <= limit).unwrap();
    assert!(cautious.c() == expected.c && cautious.c() < best.c(), "{cautious:?}");
}

#[test]
fn the_fit_is_that_of_the_chosen_c() {
    // Rows enough for the sample that the first steps are taken on.
    let data = slope(40_000, 3);
    let choice = choose(&data, false);
    let params = LogisticParams { c: choice.c(), standardise: true, ..LogisticParams::default() };
    let params = params.check().unwrap();
    let (started, plain) = (choice.fit(&params, data.rows()).unwrap(), fit(&params, data.rows()).unwrap());
    assert!(started.convergence().converged && plain.convergence().converged);
    for (a, b) in started.coefficients().iter().zip(plain.coefficients()) {
        assert!((a - b).abs() < 1e-7, "{a} {b}");
    }
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let data = slope(40_000, 3);
    let run = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            let choice = choose(&data, false);
            let params = LogisticParams::default().check().unwrap();
            let model = choice.fit(&params, data.rows()).unwrap();
            serde_json::to_string(&(choice.candidates(), model)).unwrap()
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(5));
}

#[test]
fn folds_and_grids_that_cannot_be_used_are_told() {
    let data = slope(4, 0);
    let labels = [1.0, 0.0, 1.0, 0.0];
    let rows = LabelledRows::new(&data.features, &labels);
    let params = ChoiceParams::default().check().unwrap();
    let message = |folds: &[i8]| choose_c(&params, rows, folds).unwrap_err().to_string();
    assert_eq!(message(&[0, 1]), "2 folds for 4 rows");
    assert_eq!(message(&[0, 1, -1, 0]), "fold -1 in row 2 (0-based): expected 0 to 127");
    assert_eq!(message(&[3; 4]), "all rows are in one fold: at least 2 are needed, each with rows");
    let message = |grid: &[f64]| {
        ChoiceParams { grid: grid.to_vec(), ..ChoiceParams::default() }.check().unwrap_err().to_string()
    };
    assert_eq!(message(&[]), "grid = []: expected at least one candidate for C");
    assert_eq!(message(&[1.0, 0.0]), "grid = 0: expected finite numbers above 0");
}
