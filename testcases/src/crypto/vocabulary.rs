//! What mechanisms are called: `catalogue/crypto/mechanisms.toml`. Nothing is guessed from a part of a name.

use std::collections::BTreeMap;

use serde::Deserialize;

/// File of the vocabulary.
pub(super) const FILE: &str = "catalogue/crypto/mechanisms.toml";

/// A mechanism.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// Id, e.g. `aes-128-gcm`.
    pub id: String,
    /// What it does, e.g. `hash`, `signature`, `protocol`.
    pub kind: String,
    /// Names by which it is declared.
    pub names: Vec<String>,
    /// Its standing depends on the key length.
    #[serde(default)]
    pub measured: bool,
    /// It works with a hash that has to be declared.
    #[serde(default)]
    pub with_hash: bool,
    /// Its strength depends on passes that have to be declared.
    #[serde(default)]
    pub counted: bool,
    /// A protocol version whose suites have to be declared as a closed list.
    #[serde(default)]
    pub suites: bool,
    /// Ids of what it consists of; it is judged by these.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// A purpose of declared cryptography.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Names.
    pub names: Vec<String>,
    /// Kinds of mechanisms that serve it.
    pub kinds: Vec<String>,
}

/// All mechanisms and purposes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Mechanisms, in the order of the file.
    pub mechanisms: Vec<Mechanism>,
    /// Purposes.
    pub purposes: Vec<Purpose>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    purpose: Vec<Purpose>,
    mechanism: Vec<Mechanism>,
}

impl Vocabulary {
    /// Reads the file.
    ///
    /// # Errors
    /// In words: it is not understood, or one name has two meanings.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|fault| format!("{FILE}: {fault}"))?;
        let mut by_name = BTreeMap::new();
        for (at, mechanism) in file.mechanism.iter().enumerate() {
            for name in mechanism.names.iter().chain([&mechanism.id]) {
                if by_name.insert(letters(name), at).is_some_and(|other| other != at) {
                    return Err(format!("{FILE}: two mechanisms are called {name}"));
                }
            }
        }
        Ok(Self { mechanisms: file.mechanism, purposes: file.purpose, by_name })
    }

    /// The mechanism of this name.
    pub fn named(&self, name: &str) -> Option<&Mechanism> {
        self.by_name.get(&letters(name)).map(|at| &self.mechanisms[*at])
    }

    /// Whether a kind of mechanism serves a purpose; `None` for a purpose that is not known.
    pub fn serves(&self, kind: &str, purpose: &str) -> Option<bool> {
        let known = self
            .purposes
            .iter()
            .find(|known| known.names.iter().any(|name| letters(name) == letters(purpose)))?;
        Some(known.kinds.iter().any(|served| served == kind))
    }
}

/// Letters and digits in upper case: what two spellings of a name have in common.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}
