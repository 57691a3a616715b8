//! Structured companions: what lets a machine decide, beside the prose of the standard.
//!
//! A companion is part of the supplier's declaration; an assessor confirms once per row that it
//! agrees with the prose. Which keys a table takes is data (`tables/<edition>.toml`, `companions`).
//! All types are the same for every edition. One description gives type, reader, schema and written form.

use std::collections::BTreeMap;

use crate::complaints::Complaints;
use crate::described::{Described, Shape, check_names, doc_text, given};
use crate::located::Located;
use crate::node::Node;

mod assurances;
mod bluetooth;
mod names;
mod records;
mod trials;

pub use assurances::{Examination, Generator, OptIn, Provisioning, Review, Withdrawal};
pub use bluetooth::{Gatt, Pairing, PairingTime, PairingWay, PasskeyOrigin};
pub use names::{
    AccessKind, ChanceSource, DecisionTopic, Exposure, FactorKind, FieldKind, Guarantee, InputKind,
    InterfaceProtection, LoginKind, NoUpdateReason, OutageKind, PackageWay, ParameterContent,
    ParameterPurpose, PeerTrust, ProvisioningWay, ResourceKind, Reviewer, Role, Subject, Transport,
    UpdateChecker, UpdateStart, UpdateTrust,
};
pub use records::{
    Access, BruteForce, Choice, CredentialChange, Crypto, Designation, DesignationSource, Disclosed,
    DisclosurePolicy, Endpoint, Factor, Generation, Implementation, Login, Reconnection, Resilience,
    Resource, SbomPart, SetUp, Step, SupportPeriod, Told, Update,
};
pub use trials::{Erasure, Input, InputField, Kept, Package, Setting, SignaturePlace, Upload};

/// States of the device under test, as declarations name them.
pub const DUT_STATES: &[&str] = &[
    "factory_default",
    "initialization",
    "initialized",
    "after_reset",
    "after_detected_change",
    "outage",
    "recovered",
];

/// The same, and none of them.
const ACCESSIBLE_IN: &[&str] = &[
    "factory_default",
    "initialization",
    "initialized",
    "after_reset",
    "after_detected_change",
    "outage",
    "recovered",
    "never",
];

/// Keys of the companion `settings`, by table.
pub(crate) const SETTINGS: &[(&str, &[&str])] = &[
    ("upd_mech", &["automatic-updates", "update-notices"]),
    ("pers_data", &["consent"]),
    ("user_dec", &["decision"]),
];

const STORES: &[&str] = &["device", "associated-service"];
const STATUS: &[&str] = &["enabled", "disabled"];

/// What a process, mechanism or function can cover. Life cycle of critical parameters (14-SecMgmt): `generation`
/// to `compromise`. Topics of secure development (19-SecDev): `training` to `third-party-software`. Monitoring of
/// vulnerabilities (5-VulnMon): `sources` to `rectification`. Privileges (17-PrivlCtrl): `separation-of-duty` to
/// `least-privilege`. Data of the user (25-DelFunc): `personal-data` to `user-cryptographic-material`.
const COVERED: &[&str] = &[
    "generation",
    "provisioning",
    "storage",
    "update",
    "decommissioning",
    "expiry",
    "compromise",
    "training",
    "requirements-and-design",
    "secure-coding",
    "tooling",
    "security-testing",
    "security-review",
    "archival",
    "secure-deployment",
    "third-party-software",
    "sources",
    "frequency",
    "component-list",
    "relevance-check",
    "responsible-person",
    "rectification",
    "separation-of-duty",
    "need-to-know",
    "least-privilege",
    "personal-data",
    "user-configuration",
    "user-cryptographic-material",
];

/// Declares the companions: one key each, with an example as TOML. Gives the structure, the reader of a
/// key and the description of a key.
macro_rules! companions {
    ($(#[$meta:meta])* $name:ident {
        $( $(#[$($attribute:tt)*])* $field:ident : $type:ty; example $example:literal $(; one_of $names:expr)? ,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub struct $name { $( $(#[$($attribute)*])* pub $field: $type ),+ }

        impl $name {
            /// Every key.
            pub const KEYS: &[&str] = &[$(stringify!($field)),+];

            /// Reads one key; `false` where there is no companion of this name.
            pub(crate) fn read_key(&mut self, key: &str, node: &Node, to: &mut Complaints) -> bool {
                match key {
                    $( stringify!($field) => {
                        let names: Option<&[&str]> = given!($($names)?);
                        if let Some(names) = names {
                            check_names(node, names, to);
                        }
                        if let Some(value) = <$type as Described>::read(node, to) {
                            self.$field = value;
                        }
                    } )+
                    _ => return false,
                }
                true
            }

            /// The values without their places, by key; keys that were not written are left out.
            pub fn content(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut object = serde_json::Map::new();
                $(
                    if let Some(value) = self.$field.write() {
                        object.insert(stringify!($field).into(), value);
                    }
                )+
                object
            }
        }

        /// Describes a companion key.
        pub(crate) fn description(key: &str) -> Option<Description> {
            match key {
                $( stringify!($field) => Some(Description {
                    key: stringify!($field),
                    doc: doc_text!($([$($attribute)*])*),
                    example: $example,
                    shape: <$type as Described>::shape().limited_to(given!($($names)?)),
                }), )+
                _ => None,
            }
        }
    };
}

/// What a companion key is, for schemas and templates.
pub(crate) struct Description {
    /// Key in files.
    pub(crate) key: &'static str,
    /// Meaning.
    pub(crate) doc: &'static str,
    /// An example as a TOML value.
    pub(crate) example: &'static str,
    /// Form.
    pub(crate) shape: Shape,
}

/// An example of a companion in a table, as a TOML value.
pub(crate) fn example(table: &str, key: &str) -> Option<&'static str> {
    match (table, key) {
        ("pers_data", "settings") => Some(
            r#"{ consent = { port = 443, tls = true, who = "AuthMech-Web", page = "/settings", field = "statistics", target = "/settings/statistics" } }"#,
        ),
        ("user_dec", "settings") => Some(
            r#"{ decision = { port = 443, tls = true, who = "AuthMech-Web", page = "/settings", field = "remote", target = "/settings/remote" } }"#,
        ),
        _ => description(key).map(|description| description.example),
    }
}

companions! {
    /// All companions of a row or form; a key that was not written is `None` or empty.
    Companions {
        /// Who is authenticated: `user` or `machine`.
        subject: Option<Located<Subject>>; example r#""user""#,
        /// Reachable directly over a network interface.
        network_addressable: Option<Located<bool>>; example r#"true"#,
        /// The authentication factor.
        factor: Option<Located<Factor>>; example r#"{ kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }"#,
        /// How pre-installed passwords are made.
        generation: Option<Located<Generation>>; example r#"{ inputs = ["random"], length = 12, alphabet_size = 32 }"#,
        /// The cryptography.
        crypto: Vec<Located<Crypto>>; example r#"[{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"], certificate_key = "EC-256" }]"#,
        /// The declared defence against brute force.
        brute_force: Option<Located<BruteForce>>; example r#"{ failures = 5, lockout_seconds = 60 }"#,
        /// How a program logs in.
        login: Option<Located<Login>>; example r#"{ kind = "form", port = 443, tls = true, path = "/login", protected = "/settings", user_field = "user", password_field = "password" }"#,
        /// How the user is made to choose the authentication value before the first use.
        set_up: Option<Located<SetUp>>; example r#"{ opened_by = "AuthMech-Label", path = "/setup", password_field = "password" }"#,
        /// How the authentication value is changed.
        change: Option<Located<CredentialChange>>; example r#"{ path = "/settings/password", current_field = "current", new_field = "new" }"#,
        /// What can be asked of the service, and by whom.
        access: Vec<Located<Access>>; example r#"[{ kind = "http", port = 443, tls = true, target = "/settings", who = ["AuthMech-Web"] }]"#,
        /// Where it is reached over IP.
        endpoint: Vec<Located<Endpoint>>; example r#"[{ transport = "tcp", port = 443, application = "https" }]"#,
        /// The same over Bluetooth LE, and who may.
        gatt: Vec<Located<Gatt>>; example r#"[{ service = "484b0100-6d75-4b8e-9f0a-2c51a7e3d900", characteristic = "484b0101-6d75-4b8e-9f0a-2c51a7e3d900", writers = ["AuthMech-BlePairing"], critical = true, largest = 32 }]"#,
        /// How it pairs over Bluetooth LE.
        pairing: Option<Located<Pairing>>; example r#"{ method = "passkey-shown", passkey = "each-time", secure_connections_only = true, least_key_octets = 16, strangers = "first-or-invited" }"#,
        /// Part that the device plays.
        role: Option<Located<Role>>; example r#""server""#,
        /// Reachable from outside the local network.
        remotely_accessible: Option<Located<bool>>; example r#"false"#,
        /// The peer is an associated service.
        associated_service: Option<Located<bool>>; example r#"true"#,
        /// One of the protocols that 5.5-5 leaves out (ARP, DHCP, DNS, ICMP, NTP).
        excluded_protocol: Option<Located<bool>>; example r#"false"#,
        /// The update mechanism.
        update: Option<Located<Update>>; example r#"{ network_based = true, automatic = true, notifies = true, check_after_initialization = true, check_period_hours = 24 }"#,
        /// Why there is no update mechanism: `impracticable` or `security`.
        no_update_reason: Option<Located<NoUpdateReason>>; example r#""impracticable""#,
        /// A hard-coded unique identity used for security.
        hard_coded_identity: Option<Located<bool>>; example r#"false"#,
        /// Hard-coded in the source code.
        hard_coded_in_source: Option<Located<bool>>; example r#"false"#,
        /// What it is used for.
        purposes: Vec<Located<ParameterPurpose>>; example r#"["update-check"]"#,
        /// Name and version.
        implementation: Option<Located<Implementation>>; example r#"{ name = "mbed TLS", version = "3.6.2", purl = "pkg:generic/mbedtls@3.6.2" }"#,
        /// States in which it is reachable over a network (`factory_default`, `initialized`); `never` for a service
        /// that only calls out.
        network_accessible_in: Vec<Located<String>>; example r#"["factory_default", "initialized"]"#; one_of ACCESSIBLE_IN,
        /// Over the air.
        is_air: Option<Located<bool>>; example r#"true"#,
        /// Whether exposure is needed.
        exposure: Option<Located<Exposure>>; example r#""required""#,
        /// Status by DUT state where it differs from the field, e.g. `{ initialized = "disabled" }`.
        status_in: BTreeMap<String, Located<String>>; example r#"{ initialized = "disabled" }"#; one_of STATUS,
        /// A password, PIN or key can be entered here.
        takes_passwords: Option<Located<bool>>; example r#"false"#,
        /// What it discloses without authentication.
        disclosed: Vec<Located<Disclosed>>; example r#"[{ item = "model", security_relevant = false, reason = "Shown so that the app finds the device" }]"#,
        /// Processing rests on consent.
        consent: Option<Located<bool>>; example r#"true"#,
        /// Places: `device`, `associated-service`.
        stored_on: Vec<Located<String>>; example r#"["device"]"#; one_of STORES,
        /// Security-relevant.
        security_relevant: Option<Located<bool>>; example r#"true"#,
        /// Options with the default marked.
        choices: Vec<Located<Choice>>; example r#"[{ option = "on", default = true }, { option = "off" }]"#,
        /// Ids of the rows that it covers.
        sources: Vec<Located<String>>; example r#"["UserIntf-1", "ExtAPI-1"]"#,
        /// Where each entry is published, by the key of the entry.
        resources: BTreeMap<String, Located<Resource>>; example r#"{ documentation_of_sensors = { kind = "url", place = "https://supplier.example/sensors" } }"#,
        /// The support period.
        support: Option<Located<SupportPeriod>>; example r#"{ until = "2030-12-31" }"#,
        /// What the vulnerability disclosure policy promises.
        disclosure_policy: Option<Located<DisclosurePolicy>>; example r#"{ contact = "security@supplier.example", acknowledgement_days = 7, status_days = 30 }"#,
        /// The model designation.
        designation: Option<Located<Designation>>; example r#"{ text = "WH-100", way = "label" }"#,
        /// Why the device believes the peer: `pinned`, `public`, `first-use` or `none`.
        peer_trust: Option<Located<PeerTrust>>; example r#""pinned""#,
        /// How the device comes back to the peer after a loss.
        reconnection: Option<Located<Reconnection>>; example r#"{ first_ms = 5000, factor_percent = 200, longest_ms = 300000, jitter_percent = 25 }"#,
        /// What the mechanism guarantees in an outage.
        resilience: Option<Located<Resilience>>; example r#"{ outages = ["link", "uplink"], goes_on = ["SoftServ-Api"], keeps = ["SoftServ-Api"], recovers_seconds = 60 }"#,
        /// The words of the published information.
        told: Option<Located<Told>>; example r#"{ named = ["water temperature"], purposes = ["forecast of wear"], by = ["maintenance department"] }"#,
        /// The package of the mechanism, as a test rig alters and offers it.
        package: Option<Located<Package>>; example r#"{ way = "pull", manifest = "/wh-100/newest.json", image = "/wh-100/{version}.bin", signature = { manifest_key = "signature" }, expires_key = "expires" }"#,
        /// Settings that the user has: `automatic-updates` and `update-notices` of an update mechanism, `consent` to
        /// the processing of personal data, `decision` of the user.
        settings: BTreeMap<String, Located<Setting>>; example r#"{ automatic-updates = { port = 443, tls = true, who = "AuthMech-Web", page = "/settings", field = "automatic", target = "/settings/updates" } }"#,
        /// Data of the user that it deletes, as a program gives them to the device and looks for them again.
        deletes: Vec<Located<Kept>>; example r#"[{ data = "PersData-1", port = 443, tls = true, who = "AuthMech-Web", target = "/schedule", field = "name", longest = 32, read = "/schedule" }]"#,
        /// How a program carries it out as the user does.
        erasure: Option<Located<Erasure>>; example r#"{ port = 443, tls = true, who = "AuthMech-Web", target = "/reset", password_field = "password", confirmed_by = ["were deleted"], resets = true }"#,
        /// What takes input that it checks.
        inputs: Vec<Located<Input>>; example r#"[{ kind = "json", port = 443, tls = true, who = "AuthMech-Web", method = "PUT", target = "/api/target", fields = [{ name = "celsius", kind = "integer", value = "40", least = 30, most = 60 }] }]"#,
        /// What it is protected by.
        guarantees: Vec<Located<Guarantee>>; example r#"["integrity", "authenticity"]"#,
        /// What the value is.
        content: Option<Located<ParameterContent>>; example r#""private-key""#,
        /// How the value comes into the device.
        provisioning: Option<Located<Provisioning>>; example r#"{ way = "production" }"#,
        /// How the value is made.
        generator: Option<Located<Generator>>; example r#"{ source = "hardware-generator", bits = 128, unique_per_device = true, standard = "AIS 20/31 PTG.2" }"#,
        /// Ids of the rows whose credential, key or certificate it is.
        serves: Vec<Located<String>>; example r#"["AuthMech-Web", "UpdMech-1"]"#,
        /// It belongs to the user, not to the device or the maker.
        of_user: Option<Located<bool>>; example r#"true"#,
        /// Ids of the interfaces over which it runs.
        interfaces: Vec<Located<String>>; example r#"["Intf-Lan"]"#,
        /// Ids of the software components that it is part of.
        part_of: Vec<Located<String>>; example r#"["SoftComp-App"]"#,
        /// Its review or evaluation.
        review: Option<Located<Review>>; example r#"{ done = true, by = ["third-party"], version = "3.6.2", covers = ["record layer"], report = "review.md" }"#,
        /// Topics, steps of the life cycle, principles or kinds of data that it covers.
        covers: Vec<Located<String>>; example r#"["generation", "provisioning"]"#; one_of COVERED,
        /// What protects the interface.
        protected_by: Vec<Located<InterfaceProtection>>; example r#"["casing", "software-disable"]"#,
        /// Disabled for ever: nothing in the field enables it again.
        permanently_disabled: Option<Located<bool>>; example r#"true"#,
        /// Disabled while it is not needed.
        disabled_while_not_needed: Option<Located<bool>>; example r#"true"#,
        /// Works in hardware, with the software embedded in it.
        in_hardware: Option<Located<bool>>; example r#"true"#,
        /// Can control access to memory.
        controls_memory: Option<Located<bool>>; example r#"true"#,
        /// Names of the associated services that keep the data, or that the function covers, as in the ICS.
        services: Vec<Located<String>>; example r#"["Maker cloud"]"#,
        /// What the decision is about.
        topic: Option<Located<DecisionTopic>>; example r#""automatic-updates""#,
        /// How consent is given.
        opt_in: Option<Located<OptIn>>; example r#"{ asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }"#,
        /// How consent is withdrawn.
        withdrawal: Option<Located<Withdrawal>>; example r#"{ places = ["device", "associated-service"], any_time = true }"#,
        /// How the telemetry is examined.
        examination: Option<Located<Examination>>; example r#"{ places = ["associated-service"], finds = ["many wrong logins"], reads = ["fault codes"] }"#,
        /// Components of a bill of materials that make it up.
        sbom: Vec<Located<SbomPart>>; example r#"[{ document = "sbom.cdx.json", components = ["linux", "musl"] }]"#,
        /// CSAF documents below `documents/` that say which known vulnerabilities do not affect the device, and why.
        vex: Vec<Located<String>>; example r#"["wh-100.vex.json"]"#,
        /// The longest time of each step.
        steps: Vec<Located<Step>>; example r#"[{ step = "analysis", days = 14 }]"#,
    }
}
