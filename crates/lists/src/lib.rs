//! Lists: the best items of the whole catalogue for each user, from fitted models.
//!
//! * [`Lister`]: what belongs to the items and to the models, prepared once: which items can be candidates ([`ItemFacts`]), the meta-models, the
//!   configuration ([`ListConfig`]).
//! * [`UserSide`]: what belongs to some users: what they rated, and the base models and features that know it. All users at once, or a block
//!   of them after the other: a user's list does not depend on who else is there.
//! * [`Explanations`]: why each item stands in its list.
//!
//! [`Lister::recommend`] makes of them the rows of `recommendations.parquet`.

mod candidates;
mod config;
mod error;
mod explain;
mod held;
mod item_facts;
mod lister;
mod recommended;
mod rows;
mod user_side;

pub use config::{CheckedListConfig, InvalidListConfig, ListConfig, RerankConfig};
pub use error::ListError;
pub use explain::Explanations;
pub use held::Held;
pub use item_facts::ItemFacts;
pub use lister::{List, Lister, Lists, Row};
pub use recommended::Recommended;
pub use user_side::UserSide;
