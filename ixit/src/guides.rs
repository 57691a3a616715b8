//! What a supplier says for guides beyond the standard (`guides.toml`): which points were considered, and the risk
//! context after METI's IoT-SSF. Neither touches a verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::described::{names, record};
use crate::located::{At, Located};

/// `guides.toml`.
#[derive(Clone, Debug, Default)]
pub struct Guides {
    /// Points considered, by name of the guide, then by id of the item.
    pub considered: BTreeMap<String, BTreeMap<String, Considered>>,
    /// The risk context.
    pub risk_context: Option<RiskContext>,
}

impl Guides {
    /// What is said of an item of a guide.
    pub fn considered(&self, guide: &str, item: &str) -> Option<&Considered> {
        self.considered.get(guide)?.get(item)
    }
}

names! {
    /// What became of a point that was considered.
    #[derive(Serialize, Deserialize)]
    pub enum Adopted {
        /// It is done.
        #[serde(rename = "yes")]
        Yes = "yes",
        /// A part of it is done.
        #[serde(rename = "partly")]
        Partly = "partly",
        /// It is not done.
        #[serde(rename = "no")]
        No = "no",
    }
}

record! {
    /// A point that was considered.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Considered {
        /// Whether it is done: yes, partly or no.
        adopted: Located<Adopted>,
        /// How it is done and where that is written down, or why it is not.
        statement: Option<Located<String>>,
        /// Place of the entry.
        at: At,
    }
}

names! {
    /// How hard it is to recover from an incident: harm to life and body, privacy and reputation (IoT-SSF, axis 1).
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    pub enum Recovery {
        /// 限定的なダメージ.
        #[serde(rename = "limited")]
        Limited = "limited",
        /// 重大なダメージ.
        #[serde(rename = "serious")]
        Serious = "serious",
        /// 致命的なダメージ.
        #[serde(rename = "fatal")]
        Fatal = "fatal",
    }
}

names! {
    /// Economic effect of an incident (IoT-SSF, axis 2).
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    pub enum Economic {
        /// 限定的な経済影響.
        #[serde(rename = "limited")]
        Limited = "limited",
        /// 重大な経済影響.
        #[serde(rename = "serious")]
        Serious = "serious",
        /// 壊滅的な経済影響.
        #[serde(rename = "catastrophic")]
        Catastrophic = "catastrophic",
    }
}

names! {
    /// Part that somebody plays (IoT-SSF).
    #[derive(Serialize, Deserialize)]
    pub enum StakeholderRole {
        /// IoT利用者.
        #[serde(rename = "user")]
        User = "user",
        /// IoTサービス開発者.
        #[serde(rename = "developer")]
        Developer = "developer",
        /// IoTサービス提供者.
        #[serde(rename = "provider")]
        Provider = "provider",
        /// 制度・環境を検討する者.
        #[serde(rename = "authority")]
        Authority = "authority",
        /// Somebody near the device who neither uses nor provides it.
        #[serde(rename = "third-party")]
        ThirdParty = "third-party",
    }
}

record! {
    /// What can go wrong with the device in its use, and whom it hits (METI IoT-SSF).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RiskContext {
        /// The solution in a sentence: who uses what, where and why.
        solution: Option<Located<String>>,
        /// Who applies the framework.
        applying_party: Option<Located<String>>,
        /// Effect on people that is still accepted.
        target_recovery: Option<Located<Recovery>>,
        /// Economic effect that is still accepted.
        target_economic: Option<Located<Economic>>,
        /// Who takes part.
        stakeholder: Vec<Stakeholder>,
        /// What can happen.
        incident: Vec<Incident>,
        /// Place of the block.
        at: At,
    }
}

record! {
    /// Somebody who takes part.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Stakeholder {
        /// Id.
        id: Located<String>,
        /// Name.
        name: Located<String>,
        /// Part: user, developer, provider, authority or third-party.
        role: Located<StakeholderRole>,
    }
}

record! {
    /// Something that can happen, as one stakeholder is hit by it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Incident {
        /// Id.
        id: Located<String>,
        /// What happens.
        name: Located<String>,
        /// Id of the stakeholder who is hit.
        stakeholder: Located<String>,
        /// How hard recovery is: limited, serious or fatal.
        recovery: Located<Recovery>,
        /// Economic effect: limited, serious or catastrophic.
        economic: Located<Economic>,
        /// Why it is rated so.
        rationale: Option<Located<String>>,
        /// Requirements of the framework's annex A that answer it, such as SSF-V1-S15.
        requirements: Vec<Located<String>>,
        /// Place of the entry.
        at: At,
    }
}
