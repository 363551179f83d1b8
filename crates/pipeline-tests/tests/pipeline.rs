//! The stages together on a small generated data set: equal bytes, kills, damage, exit codes, make's graph, and the rules of
//! the source tree.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod pipeline {
    mod ablation;
    mod audit;
    mod bytes;
    mod dag;
    mod damage;
    mod fixture;
    mod import;
    mod interruption;
    mod memory;
    mod operator;
    mod protocols;
    mod recommend;
    mod reproduce;
    mod shap;
    mod sweep;
    mod terminal;
    mod tidy;
    mod usage;
}
