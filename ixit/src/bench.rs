//! The lab's side: who tests, with what, where the device is, and what may be done to it.

mod secret;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use secret::{Secret, SecretError};

use crate::described::record;

/// Names of the actions that a bench can take.
pub const ACTIONS: &[&str] = &[
    "factory_reset",
    "onboard",
    "power_off",
    "power_on",
    "link_down",
    "link_up",
    "trigger_update",
    "names_to_bench",
    "names_to_peers",
    "reconnect",
    "uplink_down",
    "uplink_up",
    "names_down",
    "names_up",
    "services_down",
    "services_up",
    "alter_software",
    "restore_software",
    "allow_pairing",
    "read_passkey",
    "confirm_number",
];

const ASSESSMENTS: &[&str] = &["first-party", "second-party", "third-party"];
const PACKAGE_KINDS: &[&str] = &["newer", "older", "same", "other-model", "stale"];
const HANDED_IN_KINDS: &[&str] = &["serial-log", "firmware-image"];
const VULNERABILITY_FORMATS: &[&str] = &["osv", "csaf"];
const PROFILES: &[&str] = &["normal", "matrix"];

/// The bench. Never the supplier's: it is used only from `--bench FILE` or after `hantei bench accept`.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    /// The laboratory.
    pub lab: Lab,
    /// Equipment used.
    pub equipment: Vec<Equipment>,
    /// Samples of the device.
    pub samples: Vec<Sample>,
    /// Other parts of the product that take part in the test: hub, app, associated service.
    pub components: Vec<Component>,
    /// Credentials by IXIT row id.
    pub credentials: BTreeMap<String, Credential>,
    /// Actions: argument lists, no shell. Keys: `factory_reset`, `onboard`, `power_off`, `power_on`,
    /// `link_down`, `link_up`, `trigger_update`, `names_to_bench` (the device finds its peers at the addresses
    /// of `world`), `names_to_peers` (it finds the peers themselves again), `reconnect` (it calls its peers anew),
    /// `uplink_down`/`up` (the way to the internet), `names_down`/`up` (the look-up of names), `services_down`/`up`
    /// (the services that it calls), `alter_software` (a change that its software verification has to detect),
    /// `restore_software`, `allow_pairing` (the device is made to take a stranger's pairing over Bluetooth LE: its
    /// button is pressed), `read_passkey` (prints the six digits that it shows), `confirm_number` (says at the device
    /// that the number which it shows is the same).
    pub actions: BTreeMap<String, Vec<String>>,
    /// The Bluetooth LE adapter of the tester.
    pub bluetooth: Bluetooth,
    /// Limits of gentleness.
    pub limits: Limits,
    /// What may disturb the device.
    pub consent: Consent,
    /// What the bench trusts in TLS.
    pub tls: Tls,
    /// Deviations from the method and the decision rule.
    pub method: Method,
    /// Addresses besides those of the samples that may be contacted (published resources): host to IP and port.
    pub hosts: BTreeMap<String, String>,
    /// Where the bench itself listens in place of a peer of the device: host to IP and port.
    pub world: BTreeMap<String, String>,
    /// An authority that the device trusts, lent for the test.
    pub authority: Option<Authority>,
    /// Where the traffic of the device is captured.
    pub capture: Capture,
    /// Data that was given to the device for the test, by row id of the IXIT: captures are searched for it.
    pub plant: BTreeMap<String, Vec<String>>,
    /// Authentic update packages that the supplier handed in.
    pub update_packages: Vec<UpdatePackage>,
    /// Other files that a person or an instrument took from the device, or the supplier handed in.
    pub handed_in: Vec<HandedIn>,
    /// Data on known vulnerabilities that the laboratory holds.
    pub vulnerability_data: Vec<VulnerabilityData>,
}

record! {
    /// The laboratory (ISO/IEC 17025 fields); a missing one never blocks, the report says "not stated".
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Lab {
        /// Name.
        name: Option<String>,
        /// Accreditation number.
        accreditation: Option<String>,
        /// `first-party`, `second-party` or `third-party`.
        assessment: Option<String>; one_of ASSESSMENTS,
        /// Operator.
        operator: Option<String>,
        /// Assessor.
        assessor: Option<String>,
        /// Who authorizes the report.
        authorizer: Option<String>,
        /// Place.
        place: Option<String>,
        /// Address and contact of the laboratory.
        contact: Option<String>,
        /// Number that the laboratory gives the report; without one the report is known by its run.
        report: Option<String>,
        /// Who ordered the test, with contact; without it the supplier of the ICS.
        customer: Option<String>,
    }
}

record! {
    /// A piece of equipment.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Equipment {
        /// Id.
        id: String,
        /// Kind, e.g. `tester-host`, `ble-dongle`.
        kind: String = String::new(),
        /// What it is.
        description: Option<String>,
        /// Serial number.
        serial: Option<String>,
        /// End of calibration, ISO 8601.
        calibrated_until: Option<String>,
    }
}

record! {
    /// A sample of the device under test.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Sample {
        /// Id, e.g. `S1`.
        id: String,
        /// Serial number on the label.
        #[serde(default)]
        serial: Option<String>,
        /// Address.
        address: IpAddr,
        /// Its other addresses, IPv6 and link-local ones too: each is searched as the first is.
        #[serde(default)]
        further_addresses: Vec<IpAddr>,
        /// MAC address.
        #[serde(default)]
        mac: Option<String>,
        /// Address to test from.
        #[serde(default)]
        source: Option<IpAddr>,
        /// Password on the label, where there is one, as a secret.
        #[serde(default)]
        label_password: Option<Secret>,
        /// Network name that the device opens or that stands on its label.
        #[serde(default)]
        ssid: Option<String>,
        /// Network interface of the tester towards the device, for link-local addresses and raw frames.
        #[serde(default)]
        interface: Option<String>,
        /// Name that it advertises over Bluetooth LE, by which it is found whatever its address is now.
        #[serde(default)]
        bluetooth_name: Option<String>,
        /// Bluetooth LE address, where it keeps one: `00:11:22:33:44:55/public`.
        #[serde(default)]
        bluetooth_address: Option<String>,
        /// Only compared with the others (its label password is tried); nothing else is done to it.
        #[serde(default)]
        compare_only: bool = false,
        /// Day on which the laboratory received it, ISO 8601.
        #[serde(default)]
        received: Option<String>,
        /// Its condition on that day: sealed, used, without casing.
        #[serde(default)]
        condition: Option<String>,
    }
}

impl Sample {
    /// A sample of which only id and address are known.
    pub fn at(id: &str, address: IpAddr) -> Self {
        Self {
            id: id.to_owned(),
            serial: None,
            address,
            further_addresses: Vec::new(),
            mac: None,
            source: None,
            label_password: None,
            ssid: None,
            interface: None,
            bluetooth_name: None,
            bluetooth_address: None,
            compare_only: false,
            received: None,
            condition: None,
        }
    }
}

record! {
    /// A part of the product beside the device under test.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Component {
        /// Id, e.g. `hub`.
        id: String,
        /// Kind, e.g. `hub`, `app`, `associated-service`.
        kind: String = String::new(),
        /// What it is.
        description: Option<String>,
        /// Version.
        version: Option<String>,
        /// Serial number.
        serial: Option<String>,
        /// Address.
        address: Option<IpAddr>,
    }
}

record! {
    /// User name and secret for a login.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Credential {
        /// User name.
        #[serde(default)]
        user: String = String::new(),
        /// Password, key or token.
        secret: Secret,
    }
}

record! {
    /// The way of the tester to Bluetooth LE.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Bluetooth {
        /// Adapter: `hci:0`, `serial:/dev/ttyACM0`, `usb:2fe3:000c`, `tcp:127.0.0.1:9001`. None: nothing is observed
        /// over Bluetooth LE, and what rests on it stays open.
        adapter: Option<String>,
        /// Seconds for which advertising is listened to in each state.
        listen_seconds: u32 = 15,
    }
}

record! {
    /// Gentleness.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Limits {
        /// Connections under way at once.
        parallel: u32 = 64,
        /// New connections a second; 0 for no limit.
        per_second: u32 = 0,
        /// Time-out of one attempt in milliseconds.
        timeout_ms: u64 = 800,
        /// `normal`, or `matrix`: compressed clock, the device's own ports plus a random sample.
        profile: String = String::from("normal"); one_of PROFILES,
        /// Greatest number of wrong credentials tried at one login.
        max_wrong_credentials: u32 = 30,
        /// Seconds that a device which stopped answering is given to come back before the sweep of its ports
        /// is left open. The profile `matrix` waits one second.
        recovery_seconds: u32 = 180,
        /// Longest time of one observation in seconds; 0 for the time that the plan names.
        budget_seconds: u32 = 0,
    }
}

record! {
    /// What may disturb the device, as the owner of the sample agreed. What is not agreed to is left out, and
    /// what rests on it stays open.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Consent {
        /// Wrong credentials until a login locks.
        lock_out: bool = false,
        /// A password is changed, and changed back.
        change_credentials: bool = false,
        /// Functions that change the state of the device are called.
        change_state: bool = false,
        /// Its peers are played: it is led to the bench in place of its services.
        play_peers: bool = false,
        /// Network and power are taken away and given back.
        interrupt: bool = false,
        /// Its software is altered, and restored.
        alter_software: bool = false,
        /// Update packages are offered to it, good and bad, and the declared firmware is put back.
        install_updates: bool = false,
        /// Input that it does not expect is sent to it; it may have to be started again.
        hostile_input: bool = false,
        /// Data of its user, given to it for the test, are deleted; it may be as it left the factory afterwards.
        erase_data: bool = false,
        /// It is paired with over Bluetooth LE, and may keep such a pairing.
        pair: bool = false,
    }
}

record! {
    /// An authority that the device trusts, lent by the supplier for the test: with it a played peer differs from the
    /// real one in nothing but what is tested (name, dates, signature).
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Authority {
        /// Certificate, PEM.
        certificate: Secret,
        /// Private key, PKCS #8 PEM.
        key: Secret,
    }
}

record! {
    /// Where the traffic of the device is captured.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Capture {
        /// Network interface of the tester that sees every frame of the device: its router port, a mirror port.
        interface: Option<String>,
        /// Seconds of a capture in which nothing is done to the device.
        idle_seconds: u32 = 300,
        /// Times that an outage is repeated to see how the device comes back.
        repetitions: u32 = 3,
    }
}

record! {
    /// An authentic update package that the supplier handed in: bad ones are made from it.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct UpdatePackage {
        /// Row id of the update mechanism.
        mechanism: String,
        /// `newer` or `older` than the declared firmware, `same`, for an `other-model` of the supplier, or `stale`: newer,
        /// with a list whose time is over.
        kind: String; one_of PACKAGE_KINDS,
        /// Its version.
        version: String,
        /// Its files.
        file: Vec<PackageFile>,
    }
}

record! {
    /// A file of an update package: where it comes from, and where the device asks for it.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct PackageFile {
        /// Path at the update server; any name where the user hands the package in.
        path: String,
        /// File, relative to the bench file.
        #[serde(default)]
        file: Option<String>,
        /// The contents themselves in hexadecimal digits, where they are short.
        #[serde(default)]
        hex: Option<String>,
    }
}

record! {
    /// A file that a person or an instrument took from the device, or that the supplier handed in.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct HandedIn {
        /// `serial-log` or `firmware-image`.
        kind: String; one_of HANDED_IN_KINDS,
        /// Row id of the IXIT that it tells of, e.g. the interface at which a log was taken.
        of: String,
        /// The file, relative to the bench file.
        #[serde(default)]
        file: Option<String>,
        /// The text itself, where it is short.
        #[serde(default)]
        text: Option<String>,
        /// How it was taken: rate, adapter, what was done meanwhile.
        #[serde(default)]
        taken: Option<String>,
    }
}

record! {
    /// Data on known vulnerabilities, as the laboratory got it: nothing is fetched in a run.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct VulnerabilityData {
        /// `osv` or `csaf`.
        format: String; one_of VULNERABILITY_FORMATS,
        /// File, folder of JSON files or zip archive of them, relative to the bench file.
        #[serde(default)]
        file: Option<String>,
        /// The records themselves, where they are few.
        #[serde(default)]
        text: Option<String>,
    }
}

impl Default for Bluetooth {
    fn default() -> Self {
        Self { adapter: None, listen_seconds: 15 }
    }
}

impl Default for Capture {
    fn default() -> Self {
        Self { interface: None, idle_seconds: 300, repetitions: 3 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parallel: 64,
            per_second: 0,
            timeout_ms: 800,
            profile: "normal".into(),
            max_wrong_credentials: 30,
            recovery_seconds: 180,
            budget_seconds: 0,
        }
    }
}

record! {
    /// What the bench trusts in TLS.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Tls {
        /// Certificates of authorities: PEM files, relative to the bench file. A device whose maker runs an
        /// authority of its own is checked against it.
        trust: Vec<String>,
    }
}

record! {
    /// Method notes for the report.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    pub struct Method {
        /// Deviations, additions, exclusions.
        deviations: Option<String>,
        /// Decision rule.
        decision_rule: Option<String>,
        /// What others did for the laboratory, and who: results of subcontractors and of the customer.
        subcontracted: Option<String>,
        /// Opinions and interpretations; they stand apart from the statement of conformity.
        opinions: Option<String>,
        /// Name of the policy by which cryptography is judged, e.g. `bsi`; none: that of this build. `hantei list crypto`
        /// shows the policies.
        crypto_policy: Option<String>,
        /// No answer of an assessor counts before a second person has reviewed it.
        two_person_review: bool = false,
    }
}
