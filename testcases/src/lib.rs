//! The standard as data, and the judges of its test units.
//!
//! Everything here is pure: an assessment is a function of declaration, observations, decisions,
//! catalogue, crypto policy and assessment date. Data flows one way:
//! catalogue and declaration → [`plan`] → observations and decisions → [`judge`] → [`assess`].
//!
//! Where a provision lives: one folder a test scenario (`src/tso/…`), one file a test group, named
//! for what it tests. A unit without a judge of its own is asked of an assessor ([`assessor`]).

pub mod algebra;
pub mod assess;
pub mod assessment;
pub mod assessor;
pub mod assisted;
pub mod authentication_guarantees;
pub mod bluetooth;
pub mod catalogue;
pub mod certificate_dates;
pub mod completeness;
pub mod condition;
pub mod confirmations;
pub mod contradiction;
pub mod crypto;
pub mod cryptography_seen;
pub mod dates_in_text;
pub mod decision;
pub mod declared_cryptography;
pub mod declared_times;
pub mod deletion_seen;
pub mod denial_in_text;
pub mod english_in_text;
pub mod external;
pub mod facts;
pub mod files_seen;
pub mod findings;
pub mod firmware_seen;
pub mod guarantees;
pub mod guide;
pub mod guided;
pub mod interface_status;
pub mod inventory;
pub mod judge;
pub mod label_passwords;
pub mod logic;
pub mod login_ways;
pub mod logins;
pub mod mechanism;
pub mod outage_seen;
pub mod password_strength;
pub mod plan;
pub mod plus;
pub mod process_coverage;
pub mod prompt;
pub mod protection_means;
pub mod published;
pub mod reason;
pub mod review;
pub mod scheme;
pub mod security_txt;
pub mod selection;
pub mod settings_seen;
pub mod software_seen;
pub mod state;
pub mod switch_position;
#[cfg(test)]
pub(crate) mod test_facts;
#[cfg(test)]
pub(crate) mod test_network;
#[cfg(test)]
pub(crate) mod test_pages;
pub mod texts;
pub mod times_in_text;
pub mod tls_comparison;
pub mod traffic_seen;
pub mod updates_declared;
pub mod updates_seen;
pub mod user_data;
pub mod vacuity;
pub mod value_in_the_clear;
pub mod verdict;
pub mod words_in_text;

pub use catalogue::Catalogue;
pub use decision::{Answer, Decision, Role};
pub use facts::{Facts, Recorded};
pub use guided::Note;
pub use ixit::{Blame, Edition};
pub use judge::{By, Group, ItemResult, Judge, RestsOn};
pub use prompt::{Prompt, PromptKind};
pub use reason::Reason;
pub use state::DutState;
pub use verdict::Verdict;

include!(concat!(env!("OUT_DIR"), "/group_modules.rs"));
include!(concat!(env!("OUT_DIR"), "/observing_modules.rs"));
