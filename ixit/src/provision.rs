//! The provisions of an edition: id, status, title. What a provision asks for is the business of
//! the catalogue; a declaration only has to name it.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::edition::Edition;

/// A provision as an ICS lists it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// Id, e.g. `5.1-1`.
    pub id: String,
    /// `M`, `R`, `M C` or `R C`.
    pub status: String,
    /// Title in our words.
    pub title: String,
}

impl Provision {
    /// Mandatory, with or without a condition.
    pub fn is_mandatory(&self) -> bool {
        self.status.starts_with('M')
    }

    /// Depends on a condition.
    pub fn is_conditional(&self) -> bool {
        self.status.ends_with('C')
    }
}

#[derive(Deserialize)]
struct Provisions {
    provision: Vec<Provision>,
}

/// The provisions of an edition, in the order of the standard.
///
/// # Panics
/// Never for a released build: the data is part of the program and read by its tests.
pub fn provisions(edition: Edition) -> &'static [Provision] {
    static V2_1_1: OnceLock<Vec<Provision>> = OnceLock::new();
    match edition {
        Edition::En303645V2_1_1 => V2_1_1.get_or_init(|| {
            let text = include_str!("../tables/en303645-2.1.1.provisions.toml");
            let list: Provisions =
                toml::from_str(text).expect("the provisions are part of the program and tested");
            list.provision
        }),
    }
}

/// A provision by its id.
pub fn provision(edition: Edition, id: &str) -> Option<&'static Provision> {
    provisions(edition).iter().find(|provision| provision.id == id)
}

/// The provision that a provision, case or unit id (`5.1-1`, `5.1-1-2`, `5.1-1-2:a`) belongs to.
pub fn provision_of(edition: Edition, id: &str) -> Option<&'static Provision> {
    let case = id.split(':').next().unwrap_or(id);
    provision(edition, case).or_else(|| {
        let (group, number) = case.rsplit_once('-')?;
        number.parse::<u8>().ok()?;
        provision(edition, group)
    })
}
