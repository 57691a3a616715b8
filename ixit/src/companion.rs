//! Structured companions: what lets a machine decide, beside the prose of the standard.
//!
//! A companion is part of the supplier's declaration; an assessor confirms once per row that it
//! agrees with the prose. Which keys a table takes is data (`tables/<edition>.toml`, `companions`).
//! All types are the same for every edition. One description gives type, reader, schema and written form.

use std::collections::BTreeMap;

use crate::complaints::Complaints;
use crate::described::{Described, Shape, check_names, doc_text, given, names, record};
use crate::located::Located;
use crate::node::Node;

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

const STORES: &[&str] = &["device", "associated-service"];
const STATUS: &[&str] = &["enabled", "disabled"];
const GENERATION_INPUTS: &[&str] =
    &["random", "per-device-secret", "mac", "serial", "ssid", "model", "counter", "date", "constant"];
const DESIGNATION_WAYS: &[&str] = &["label", "physical-interface"];

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
        /// The same over Bluetooth LE.
        gatt: Vec<Located<Gatt>>; example r#"[{ service = "0000180a-0000-1000-8000-00805f9b34fb" }]"#,
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
        /// The longest time of each step.
        steps: Vec<Located<Step>>; example r#"[{ step = "analysis", days = 14 }]"#,
    }
}

names! {
    /// Who is authenticated.
    pub enum Subject {
        /// A person.
        User = "user",
        /// Another machine.
        Machine = "machine",
    }
}

names! {
    /// Kind of the authentication factor.
    pub enum FactorKind {
        /// Password.
        Password = "password",
        /// PIN.
        Pin = "pin",
        /// Key.
        Key = "key",
        /// Certificate.
        Certificate = "certificate",
        /// Biometric trait.
        Biometric = "biometric",
        /// Token.
        Token = "token",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Part that the device plays in a communication.
    pub enum Role {
        /// The device answers.
        Server = "server",
        /// The device calls.
        Client = "client",
        /// Both.
        Peer = "peer",
    }
}

names! {
    /// Transport of an endpoint.
    pub enum Transport {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }
}

names! {
    /// Kinds of login that a probe can drive.
    pub enum LoginKind {
        /// HTTP basic.
        Basic = "basic",
        /// HTTP digest.
        Digest = "digest",
        /// A form posted as `application/x-www-form-urlencoded`.
        Form = "form",
        /// A JSON object posted, a bearer token in the answer.
        Bearer = "bearer",
        /// SSH with a password.
        Ssh = "ssh",
        /// The login prompt of a text console.
        Telnet = "telnet",
        /// FTP.
        Ftp = "ftp",
        /// RTSP, basic or digest as the server asks.
        Rtsp = "rtsp",
        /// MQTT with user name and password.
        Mqtt = "mqtt",
        /// CoAP over DTLS with a pre-shared key.
        CoapPsk = "coap-psk",
        /// An SNMP community.
        SnmpCommunity = "snmp-community",
    }
}

impl LoginKind {
    /// Over HTTP.
    pub fn is_web(self) -> bool {
        matches!(self, Self::Basic | Self::Digest | Self::Form | Self::Bearer)
    }
}

names! {
    /// Protocols over which something can be asked of a service.
    pub enum AccessKind {
        /// A web address: `target` is the path.
        Http = "http",
        /// An MQTT topic: `method` is `subscribe` or `publish`.
        Mqtt = "mqtt",
        /// A CoAP resource: `target` is the path.
        Coap = "coap",
        /// An RTSP stream: `target` is the path.
        Rtsp = "rtsp",
        /// An SNMP object: `target` is its identifier, `method` is `get` or `set`.
        Snmp = "snmp",
    }
}

names! {
    /// Why a component has no update mechanism.
    pub enum NoUpdateReason {
        /// An update cannot be carried out in practice.
        Impracticable = "impracticable",
        /// Left out for security.
        Security = "security",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// What a security parameter is used for.
    pub enum ParameterPurpose {
        /// Integrity or authenticity check of updates.
        UpdateCheck = "update-check",
        /// Protecting communication with associated services.
        AssociatedService = "associated-service",
        /// Authentication.
        Authentication = "authentication",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Whether an interface has to be exposed.
    pub enum Exposure {
        /// Always.
        Required = "required",
        /// Now and then.
        Intermittent = "intermittent",
        /// Never.
        Never = "never",
    }
}

names! {
    /// Where a resource is published.
    pub enum ResourceKind {
        /// A page or file on the web.
        Url = "url",
        /// A file below `documents/`.
        Document = "document",
        /// The label of the device.
        Label = "label",
        /// The user interface of the device or app.
        UserInterface = "user-interface",
    }
}

record! {
    /// The authentication factor.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Factor {
        /// Kind.
        kind: FactorKind,
        /// Chosen by the user.
        user_defined: Option<bool>,
        /// Set at manufacture.
        pre_installed: Option<bool>,
        /// Used in a state other than factory default.
        used_outside_factory_default: Option<bool>,
    }
}

record! {
    /// How pre-installed passwords are made.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Generation {
        /// Inputs: `random`, `per-device-secret`, `mac`, `serial`, `ssid`, `model`, `counter`, `date`, `constant`.
        inputs: Vec<String>; one_of GENERATION_INPUTS,
        /// Length in characters.
        length: Option<u32>,
        /// Number of different characters.
        alphabet_size: Option<u32>,
        /// The characters themselves.
        alphabet: Option<String>,
    }
}

record! {
    /// One use of cryptography.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Crypto {
        /// What for, e.g. `transport`, `signature`, `password-storage`.
        purpose: Option<String>,
        /// Protocol, e.g. `TLS`.
        protocol: Option<String>,
        /// Versions offered, e.g. `["1.2", "1.3"]`.
        versions: Vec<String>,
        /// TLS suites by IANA name, where the list is closed.
        suites: Vec<String>,
        /// Primitive, e.g. `AES-128-GCM`, `Ed25519`.
        primitive: Option<String>,
        /// Least key length in bits.
        key_bits: Option<u32>,
        /// Key of the certificate that the device shows, e.g. `EC-256`, `RSA-2048`.
        certificate_key: Option<String>,
    }
}

record! {
    /// The declared defence against brute force.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct BruteForce {
        /// Failures until the lock-out.
        failures: Option<u32>,
        /// Length of the lock-out in seconds.
        lockout_seconds: Option<u32>,
        /// Delay of each answer to a wrong credential, in seconds.
        delay_seconds: Option<u32>,
    }
}

record! {
    /// How a program logs in. The credentials are the lab's (`bench.toml`, `[credentials.<row id>]`).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Login {
        /// Kind.
        kind: LoginKind,
        /// Port: TCP, or UDP for `coap-psk` and `snmp-community`.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Where the credential goes: the protected page (basic, digest), the target of the form, the token endpoint,
        /// the RTSP stream, the MQTT topic, the CoAP resource, the SNMP object. Empty where the protocol has none.
        path: String = String::new(),
        /// A page that needs the login and changes nothing; the negative control. Empty: the same as `path`.
        protected: String = String::new(),
        /// Form or JSON field of the user name.
        user_field: Option<String>,
        /// Form or JSON field of the password.
        password_field: Option<String>,
        /// JSON field of the token in the answer (bearer).
        token_field: Option<String>,
    }
}

record! {
    /// How the user is made to choose the authentication value before the first use.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetUp {
        /// Row id of the pre-installed mechanism whose credential opens the set-up; none where it is open.
        opened_by: Option<String>,
        /// Where the chosen value is sent.
        path: String,
        /// Field of the chosen value.
        password_field: String,
        /// Field that repeats it.
        repeat_field: Option<String>,
        /// A JSON object, not a form.
        json: bool = false,
        /// Least length that is taken, in characters.
        least_length: Option<u32>,
    }
}

record! {
    /// How an authentication value is changed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct CredentialChange {
        /// Where the new value is sent, as a user who is logged in.
        path: Option<String>,
        /// Field of the current value.
        current_field: Option<String>,
        /// Field of the new value.
        new_field: Option<String>,
        /// Field that repeats the new value.
        repeat_field: Option<String>,
        /// A JSON object, not a form.
        json: bool = false,
        /// Row id of the mechanism whose change function changes this value too.
        through: Option<String>,
        /// Row id of the mechanism whose value takes the place of this one at set-up; from then on this one is refused.
        replaced_by: Option<String>,
    }
}

record! {
    /// Something that can be asked of a service.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Access {
        /// Protocol.
        kind: AccessKind,
        /// Port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Method of the protocol, e.g. `GET`, `POST`, `subscribe`.
        method: String = String::from("GET"),
        /// Path, topic or object.
        target: String,
        /// Content that goes with it.
        body: Option<String>,
        /// Who may: row ids of authentication mechanisms, each for all its accounts, or with one account as
        /// `ROW/account`; `anyone` for what is open.
        who: Vec<String>,
        /// Asking changes something: it is asked last, with the consent of the bench, and the state is compared.
        changes: bool = false,
    }
}

record! {
    /// What the vulnerability disclosure policy promises.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DisclosurePolicy {
        /// Contact: mail address or URL.
        contact: String,
        /// Days until a report is acknowledged.
        acknowledgement_days: Option<u32>,
        /// Days between two updates of the status.
        status_days: Option<u32>,
    }
}

record! {
    /// Where something is reached over IP.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Endpoint {
        /// Transport.
        transport: Transport,
        /// Port, 1 to 65535.
        port: u16,
        /// Application protocol: `http`, `https`, `mqtt`, `mqtts`, `mdns`, `ssdp`, `coap`, `ssh`, `telnet` …
        application: Option<String>,
        /// Host name of the peer, for a client.
        host: Option<String>,
        /// Names by which clients reach the device here; its certificate has to be for one of them.
        names: Vec<String>,
    }
}

record! {
    /// Where something is reached over Bluetooth LE.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Gatt {
        /// Service UUID.
        service: String,
        /// Characteristic UUID.
        characteristic: Option<String>,
    }
}

record! {
    /// The update mechanism.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Update {
        /// Delivered over a network interface.
        network_based: Option<bool>,
        /// Checks for and installs updates without the user.
        automatic: Option<bool>,
        /// Tells the user of updates.
        notifies: Option<bool>,
        /// The user can enable and disable, or postpone.
        user_can_configure: Option<bool>,
        /// On in the initialized state.
        default_enabled: Option<bool>,
        /// The notice says which risk is mitigated.
        notice_names_risk: Option<bool>,
        /// An update never disrupts basic functioning.
        never_disruptive: Option<bool>,
        /// The user is told of a disruption.
        disruption_notice: Option<bool>,
        /// The device itself checks authenticity.
        authenticity_by_dut: Option<bool>,
        /// The device itself checks integrity.
        integrity_by_dut: Option<bool>,
        /// Older versions are refused.
        anti_rollback: Option<bool>,
        /// Looks for updates after initialization.
        check_after_initialization: Option<bool>,
        /// Period of the checks in hours.
        check_period_hours: Option<u32>,
    }
}

record! {
    /// An implementation of network or security functions.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Implementation {
        /// Name.
        name: String,
        /// Version.
        version: Option<String>,
        /// Package URL.
        purl: Option<String>,
    }
}

record! {
    /// Something disclosed without authentication.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Disclosed {
        /// Name: `model`, `serial`, `firmware-version`, `server-software`, `mac-address`, `host-name`, `service-list` …
        item: String,
        /// Security-relevant.
        security_relevant: bool,
        /// Why it is needed or harmless.
        reason: Option<String>,
    }
}

record! {
    /// An option of a user decision.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Choice {
        /// Name.
        option: String,
        /// The default.
        default: bool = false,
    }
}

record! {
    /// Where something is published.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Resource {
        /// Kind.
        kind: ResourceKind,
        /// Address (kind `url`), path below `documents/` (kind `document`), or place in words.
        place: String,
    }
}

record! {
    /// The support period.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SupportPeriod {
        /// Last day, ISO 8601.
        until: Option<String>,
        /// Length in months, counted from `from`.
        months: Option<u32>,
        /// What the months are counted from.
        from: Option<String>,
    }
}

record! {
    /// The model designation.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Designation {
        /// The designation.
        text: String,
        /// `label` or `physical-interface`.
        way: String; one_of DESIGNATION_WAYS,
    }
}

record! {
    /// A step of a procedure with its longest time.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Step {
        /// Name.
        step: String,
        /// Longest time in days.
        days: u32,
    }
}
