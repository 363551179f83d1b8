//! Fitted meta-models in other tools' formats.

mod lightgbm_text;
mod onnx;
mod xgboost_json;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fitted;

/// A format that other tools read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `LightGBM`'s text, version 4; of boosters.
    LightGbm,
    /// `XGBoost`'s JSON; of boosters.
    XgBoost,
    /// ONNX, with its operators for trees; of all models.
    Onnx,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LightGbm, Self::XgBoost, Self::Onnx];
}

impl Fitted {
    /// The bytes of the model's file in this format; `None` where the format has no such models.
    pub fn export(&self, format: Format) -> Option<Vec<u8>> {
        match (self, format) {
            (Self::Booster(model), Format::LightGbm) => Some(model.to_lightgbm_text().into_bytes()),
            (Self::Booster(model), Format::XgBoost) => Some(model.to_xgboost_json().into_bytes()),
            (Self::Booster(model), Format::Onnx) => Some(model.to_onnx()),
            (Self::Logistic(model), Format::Onnx) => Some(model.to_onnx()),
            (Self::Logistic(_), Format::LightGbm | Format::XgBoost) => None,
        }
    }
}
