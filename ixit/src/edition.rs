//! The pair of standards that a declaration is written for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An edition with a catalogue in this build: a version of EN 303 645 and the version of
/// TS 103 701 that assesses it. The same id means different things in two editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Edition {
    /// ETSI EN 303 645 V2.1.1 assessed by ETSI TS 103 701 V1.1.1.
    #[serde(rename = "en303645-2.1.1+ts103701-1.1.1")]
    En303645V2_1_1,
}

impl Edition {
    /// All editions, oldest first.
    pub const ALL: &[Edition] = &[Edition::En303645V2_1_1];

    /// The full name, as written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::En303645V2_1_1 => "en303645-2.1.1+ts103701-1.1.1",
        }
    }

    /// The short name, also accepted.
    pub fn short(self) -> &'static str {
        match self {
            Self::En303645V2_1_1 => "en303645-2.1.1",
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The edition has no catalogue here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no catalogue for edition \"{0}\"; this build has en303645-2.1.1+ts103701-1.1.1 (short: en303645-2.1.1)"
)]
pub struct UnknownEdition(pub String);

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        Self::ALL
            .iter()
            .copied()
            .find(|edition| text == edition.name() || text == edition.short())
            .ok_or_else(|| UnknownEdition(text.to_owned()))
    }
}
