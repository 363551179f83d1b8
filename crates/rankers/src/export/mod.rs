//! A fitted booster in other tools' formats.

mod lightgbm_text;
