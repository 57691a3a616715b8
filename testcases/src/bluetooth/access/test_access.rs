//! A sound device and its weak twins, as `ble-access` sees them.

use probes::Outcome;
use probes::probe::ble_access::{BleAccess, LinkSeen, Trial, Unreached};
use serde_json::json;

use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

/// A heater with a setting, a Wi-Fi password, an update and a name.
pub(crate) const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Pairing"
network_addressable = true
pairing = { method = "passkey-shown", secure_connections_only = true, least_key_octets = 16 }
[[com_mech]]
id = "ComMech-Ble"
description = "Bluetooth LE"
gatt = [{ service = "fff0" }]
[[sec_param]]
id = "SecParam-Wifi"
type = "critical"
communication_mechanisms = ["ComMech-Ble"]
[[pers_data]]
id = "PersData-Owner"
communication_mechanisms = ["ComMech-Ble"]
[[soft_serv]]
id = "SoftServ-Ble"
allows_configuration = true
authentication_mechanism = ["AuthMech-Pairing"]
network_accessible_in = ["factory_default", "initialized"]
gatt = [
  { service = "fff0", characteristic = "fff1", readers = ["anyone"], notified = ["AuthMech-Pairing"] },
  { service = "fff0", characteristic = "fff2", readers = ["AuthMech-Pairing"], writers = ["AuthMech-Pairing"], example = "2a" },
  { service = "fff0", characteristic = "fff3", writers = ["AuthMech-Pairing"], critical = true },
  { service = "fff0", characteristic = "fff4", writers = ["AuthMech-Pairing"], example = "01", begins_update = true },
]
[[intf]]
id = "Intf-Ble"
type = ["network"]
is_air = true
gatt = [{ service = "fff0" }]
"#;

const ALL: [&str; 2] = ["SoftServ-Ble", "ComMech-Ble"];

/// What a device did.
#[derive(Clone, Debug)]
pub(crate) struct Device(pub(crate) BleAccess);

/// Trials of one subject at a link: characteristic, handle, act, who may, result, error.
type Told<'t> = (&'t str, u16, &'t str, &'t [&'t str], &'t str, Option<u8>);

const MAY: &[&str] = &["AuthMech-Pairing"];

impl Device {
    /// One that does as declared.
    pub(crate) fn sound() -> Self {
        let mut device = Self(BleAccess {
            table_complete: true,
            services: vec!["fff0".to_owned()],
            ..BleAccess::default()
        });
        device.link("stranger", "linked", [Some(false), Some(false)]);
        device.trials(&[
            ("fff1", 3, "read", &["anyone"], "granted", None),
            ("fff2", 6, "read", MAY, "refused", Some(0x05)),
            ("fff3", 8, "read", &[], "refused", Some(0x02)),
            ("fff4", 10, "read", &[], "refused", Some(0x02)),
            ("fff1", 4, "subscribe", MAY, "refused", Some(0x05)),
        ]);
        device.0.links.push(LinkSeen {
            subject: "unauthenticated".to_owned(),
            outcome: "refused".to_owned(),
            why: "the device refused to pair: 0x03 authentication requirements".to_owned(),
            invited: true,
            ..LinkSeen::default()
        });
        device.link("authenticated", "paired", [Some(true), Some(true)]);
        device.trials(&[
            ("fff1", 3, "read", &["anyone"], "granted", None),
            ("fff2", 6, "read", MAY, "granted", None),
            ("fff3", 8, "read", &[], "refused", Some(0x02)),
            ("fff4", 10, "read", &[], "refused", Some(0x02)),
            ("fff1", 4, "subscribe", MAY, "granted", None),
        ]);
        device.link("stranger", "linked", [Some(false), Some(false)]);
        device.trials(&[
            ("fff2", 6, "write", MAY, "refused", Some(0x05)),
            ("fff3", 8, "prepared-write", MAY, "refused", Some(0x05)),
            ("fff4", 10, "begin-update", MAY, "refused", Some(0x05)),
        ]);
        device.link("authenticated", "known-again", [Some(true), Some(true)]);
        device.trials(&[
            ("fff2", 6, "write", MAY, "granted", None),
            ("fff3", 8, "prepared-write", MAY, "granted", None),
            ("fff4", 10, "prepared-write", MAY, "granted", None),
        ]);
        device
    }

    /// The same as delivered, where nobody pairs and nothing is written.
    pub(crate) fn as_delivered() -> Self {
        let mut device = Self::sound();
        device.0.links.truncate(1);
        device.0.trials.retain(|trial| trial.link == 0);
        device.trials(&[
            ("fff2", 6, "prepared-write", MAY, "refused", Some(0x05)),
            ("fff3", 8, "prepared-write", MAY, "refused", Some(0x05)),
            ("fff4", 10, "prepared-write", MAY, "refused", Some(0x05)),
        ]);
        device
    }

    /// One without a way to it.
    pub(crate) fn without(kind: &str) -> Self {
        let no_way = Unreached { kind: kind.to_owned(), why: "nobody answered".to_owned() };
        Self(BleAccess { no_way: Some(no_way), ..BleAccess::default() })
    }

    pub(crate) fn link(&mut self, subject: &str, outcome: &str, protected: [Option<bool>; 2]) {
        self.0.links.push(LinkSeen {
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
            encrypted: protected[0],
            authenticated: protected[1],
            secure_connections: (protected[0] == Some(true)).then_some(true),
            key_size: (protected[0] == Some(true)).then_some(16),
            ..LinkSeen::default()
        });
    }

    pub(crate) fn trials(&mut self, told: &[Told<'_>]) {
        let link = self.0.links.len() - 1;
        for (characteristic, handle, act, who, result, error) in told {
            self.0.trials.push(Trial {
                n: 1 + self.0.trials.len() as u32,
                rows: ALL.iter().map(|row| (*row).to_owned()).collect(),
                declared: true,
                handle: *handle,
                service: "fff0".to_owned(),
                characteristic: (*characteristic).to_owned(),
                act: (*act).to_owned(),
                subject: self.0.links[link].subject.clone(),
                link,
                who: who.iter().map(|who| (*who).to_owned()).collect(),
                critical: *characteristic == "fff3",
                result: (*result).to_owned(),
                error: *error,
                ..Trial::default()
            });
        }
    }

    /// The first trial of a subject with this act.
    pub(crate) fn at(&mut self, subject: &str, characteristic: &str, act: &str) -> &mut Trial {
        self.0
            .trials
            .iter_mut()
            .find(|trial| {
                (trial.subject.as_str(), trial.characteristic.as_str(), trial.act.as_str())
                    == (subject, characteristic, act)
            })
            .expect("the device has such a trial")
    }

    /// The same where this came out otherwise.
    pub(crate) fn with(mut self, subject: &str, characteristic: &str, act: &str, result: &str) -> Self {
        let trial = self.at(subject, characteristic, act);
        (trial.result, trial.error) = (result.to_owned(), None);
        self
    }

    /// The same where nobody came as this subject, and why.
    pub(crate) fn nobody_as(mut self, subject: &str, why: &str) -> Self {
        self.0.trials.retain(|trial| trial.subject != subject);
        for link in self.0.links.iter_mut().filter(|link| link.subject == subject) {
            (link.outcome, link.why) = ("not-tried".to_owned(), why.to_owned());
        }
        self
    }

    /// The same without writes.
    pub(crate) fn without_writes(mut self) -> Self {
        self.0.trials.retain(|trial| matches!(trial.act.as_str(), "read" | "subscribe"));
        self
    }

    /// As an observation.
    pub(crate) fn seen(self) -> Seen {
        let answered = self.0.trials.len() as u64;
        let reached = self.0.no_way.is_none();
        let seen = Seen::by("ble-access", self.0).attempts(answered).params(json!({}));
        if reached { seen } else { seen.ended(Outcome::Refused, "nobody answered") }
    }

    /// With the declaration, in the initialized state.
    pub(crate) fn facts(self) -> TestFacts {
        TestFacts::declared(IXIT).observed(self.seen())
    }
}

/// The sound device in both states.
pub(crate) fn in_both_states(delivered: Device, initialized: Device) -> TestFacts {
    TestFacts::declared(IXIT)
        .observed(delivered.seen().state(DutState::FactoryDefault))
        .observed(initialized.seen())
}
