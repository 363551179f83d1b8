//! Tree contributions against Shapley values by their definition.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::forest::{Forest, Scratch};
use crate::gbdt::{Leaf, Split, Tree};

/// A tree grown by splitting leaves at random, the last one every other time; it need not make sense.
fn random_tree(n_features: u32, n_splits: usize, rng: &mut ChaCha8Rng) -> Tree {
    let leaf = |rng: &mut ChaCha8Rng| Leaf {
        value: rng.random::<f64>() * 2.0 - 1.0,
        weight: 1.0,
        n_rows: rng.random_range(1..20),
    };
    let mut tree = Tree { splits: Vec::new(), leaves: vec![leaf(rng)] };
    for at in 0..n_splits {
        let grown = if rng.random() { at } else { rng.random_range(0..=at) };
        let child = -1 - grown as i32;
        for split in &mut tree.splits {
            for place in [&mut split.left, &mut split.right] {
                if *place == child {
                    *place = at as i32;
                }
            }
        }
        tree.splits.push(Split {
            feature: rng.random_range(0..n_features),
            threshold: f64::from(rng.random_range(0..5)),
            default_left: rng.random(),
            left: child,
            right: -2 - at as i32,
            gain: 1.0,
            value: 0.0,
            weight: 1.0,
            n_rows: 0,
        });
        tree.leaves.push(leaf(rng));
    }
    for at in (0..n_splits).rev() {
        let [left, right] = [tree.splits[at].left, tree.splits[at].right].map(|child| n_rows(&tree, child));
        tree.splits[at].n_rows = left + right;
    }
    tree.validate(n_features as usize).unwrap();
    tree
}

fn n_rows(tree: &Tree, child: i32) -> u32 {
    if child >= 0 { tree.splits[child as usize].n_rows } else { tree.leaves[(-1 - child) as usize].n_rows }
}

/// What the tree is expected to say where only the features of `known` (bits) are: a split on another one is the mean of both sides, by the
/// numbers of training rows.
fn expected(tree: &Tree, child: i32, row: &[f64], known: usize) -> f64 {
    if child < 0 {
        return tree.leaves[(-1 - child) as usize].value;
    }
    let split = &tree.splits[child as usize];
    let x = row[split.feature as usize];
    if known >> split.feature & 1 == 1 {
        let goes_left = if x.is_nan() { split.default_left } else { x <= split.threshold };
        return expected(tree, if goes_left { split.left } else { split.right }, row, known);
    }
    let side = |child| f64::from(n_rows(tree, child)) * expected(tree, child, row, known);
    (side(split.left) + side(split.right)) / f64::from(split.n_rows)
}

/// The Shapley values by their definition: the mean over all orders of the features, which for a set of `s` of the `n - 1` others has the
/// weight `s! (n - s - 1)! / n!`.
fn by_definition(tree: &Tree, row: &[f64]) -> Vec<f64> {
    let n = row.len();
    let factorial = |n: usize| (1..=n).map(|factor| factor as f64).product::<f64>();
    let root = if tree.splits.is_empty() { -1 } else { 0 };
    let of: Vec<f64> = (0..1 << n).map(|known| expected(tree, root, row, known)).collect();
    let value = |feature: usize| {
        let without = (0..1usize << n).filter(|known| known >> feature & 1 == 0);
        let gains = without.map(|known| {
            let s = known.count_ones() as usize;
            factorial(s) * factorial(n - s - 1) / factorial(n) * (of[known | 1 << feature] - of[known])
        });
        gains.sum()
    };
    (0..n).map(value).collect()
}

fn random_row(n_features: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let value = |rng: &mut ChaCha8Rng| match rng.random_range(0..6) {
        0 => f64::NAN,
        _ => rng.random_range(-0.5..5.5),
    };
    (0..n_features).map(|_| value(rng)).collect()
}

/// Contributions to rows of `n_features` numbers, row after row as they are.
fn ours(forest: &Forest, rows: &[f64], n_features: usize) -> Vec<f64> {
    let n_rows = rows.len() / n_features;
    let column =
        |feature: usize| rows.iter().skip(feature).step_by(n_features).copied().collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..n_features).map(column).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut values = vec![0.0; rows.len()];
    forest.add(&columns, 0..n_rows, &mut values, &mut Scratch::default());
    values
}

#[test]
fn trees_contribute_their_shapley_values() {
    let mut rng = dataset::rng::stream(1, "rankers/contributions");
    let (mut repeated, mut deep, mut compared) = (0, 0, 0);
    for case in 0..400 {
        // Nine features make paths that are too long for a table.
        let (n_features, n_splits) = (1 + case % 9, rng.random_range(0..24));
        let tree = random_tree(n_features as u32, n_splits, &mut rng);
        let paths = super::paths::paths(&tree).unwrap();
        let longest = paths.iter().map(|path| path.conditions.len()).max().unwrap_or(0);
        deep += u32::from(longest > 6);
        repeated += u32::from(longest < tree.depth());
        let forest = Forest::new(std::slice::from_ref(&tree)).unwrap();
        for _ in 0..4 {
            let row = random_row(n_features, &mut rng);
            let expected_values = by_definition(&tree, &row);
            for (feature, (ours, theirs)) in
                ours(&forest, &row, n_features).iter().zip(&expected_values).enumerate()
            {
                assert!(
                    (ours - theirs).abs() < 1e-9,
                    "feature {feature}: {ours}, expected {theirs}: {tree:?}"
                );
                if !tree.splits.iter().any(|split| split.feature as usize == feature) {
                    assert_eq!(ours.to_bits(), 0, "feature {feature} is in no split");
                }
                compared += 1;
            }
            let root = if tree.splits.is_empty() { -1 } else { 0 };
            assert!((forest.base() - expected(&tree, root, &row, 0)).abs() < 1e-12);
        }
    }
    assert!(repeated > 50 && deep > 20 && compared > 5000, "{repeated} {deep} {compared}");
}

#[test]
fn a_row_is_explained_the_same_among_any_others() {
    let mut rng = dataset::rng::stream(2, "rankers/contributions");
    let trees: Vec<Tree> = (0..10).map(|_| random_tree(8, 30, &mut rng)).collect();
    let forest = Forest::new(&trees).unwrap();
    let rows: Vec<f64> = (0..20).flat_map(|_| random_row(8, &mut rng)).collect();
    let alone: Vec<f64> = rows.chunks(8).flat_map(|row| ours(&forest, row, 8)).collect();
    assert!(alone == ours(&forest, &rows, 8));
}
