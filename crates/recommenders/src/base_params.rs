//! The hyper-parameters of all models together.

use serde::{Deserialize, Serialize};

use crate::genre::GenreParams;
use crate::item_knn::ItemKnnParams;
use crate::mf::MfParams;
use crate::{Checked, InvalidParam, Params as _};

/// Declares both structs from one list: as typed, and checked.
macro_rules! base_params {
    ($($(#[$doc:meta])* $model:ident: $params:ty,)*) => {
        /// The hyper-parameters of every model that has some, as typed by a person; a model that is not mentioned gets its
        /// defaults: `BaseSettings { mf, ..BaseSettings::default() }.check()?`.
        #[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct BaseSettings {
            $($(#[$doc])* pub $model: $params,)*
        }

        /// The same, once every value is in its range: what [`crate::BaseModel::fit`] accepts.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct BaseParams {
            $($(#[$doc])* pub $model: Checked<$params>,)*
        }

        impl BaseSettings {
            /// Checks each model's parameters.
            ///
            /// # Errors
            /// [`InvalidParam`] for the first value out of its range.
            pub fn check(self) -> Result<BaseParams, InvalidParam> {
                Ok(BaseParams { $($model: self.$model.check()?,)* })
            }
        }
    };
}

base_params! {
    /// For [`crate::BaseModel::ItemKnn`].
    item_knn: ItemKnnParams,
    /// For [`crate::BaseModel::Mf`].
    mf: MfParams,
    /// For [`crate::BaseModel::Genre`].
    genre: GenreParams,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range_and_every_model_is_checked() {
        assert!(BaseSettings::default().check().is_ok());
        let wrong = BaseSettings { item_knn: ItemKnnParams { k: 0 }, ..BaseSettings::default() };
        assert_eq!(wrong.check().unwrap_err().key, "item_knn.k");
    }
}
