//! The standard as data, and the judges of its test units.
//!
//! Everything here is pure: an assessment is a function of declaration, observations, decisions,
//! catalogue, crypto policy and assessment date. Data flows one way:
//! catalogue and declaration → [`plan`] → observations and decisions → [`judge`] → [`assess`].
//!
//! Where a provision lives: one folder a test scenario (`src/tso/…`), one file a test group, named
//! for what it tests. A unit without a judge of its own is asked of an assessor ([`assessor`]).

pub mod assess;
pub mod assessment;
pub mod assessor;
pub mod catalogue;
pub mod condition;
pub mod crypto;
pub mod decision;
pub mod facts;
pub mod findings;
pub mod inventory;
pub mod judge;
pub mod logic;
pub mod plan;
pub mod prompt;
pub mod reason;
pub mod selection;
pub mod state;
pub mod texts;
#[cfg(test)]
pub(crate) mod test_facts;
pub mod verdict;

pub use catalogue::Catalogue;
pub use decision::{Answer, Decision, Role};
pub use facts::{Facts, Recorded};
pub use ixit::{Blame, Edition};
pub use judge::{By, Group, ItemResult, Judge, RestsOn};
pub use prompt::{Prompt, PromptKind};
pub use reason::Reason;
pub use state::DutState;
pub use verdict::Verdict;

include!(concat!(env!("OUT_DIR"), "/group_modules.rs"));
