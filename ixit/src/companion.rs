//! Structured companions: what lets a machine decide, beside the prose of the standard.
//!
//! A companion is part of the supplier's declaration; an assessor confirms once per row that it
//! agrees with the prose. Which keys a table takes is data (`tables/<edition>.toml`, `companions`).
//! All types are the same for every edition. One macro makes type, reader and schema.

use std::collections::BTreeMap;

use crate::located::Located;

/// All companions of a row or form; a key that was not written is `None` or empty.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// `auth_mech`: who is authenticated: `user` or `machine`.
    pub subject: Option<Located<Subject>>,
    /// `auth_mech`: reachable directly over a network interface.
    pub network_addressable: Option<Located<bool>>,
    /// `auth_mech`: the authentication factor.
    pub factor: Option<Located<Factor>>,
    /// `auth_mech`: how pre-installed passwords are made.
    pub generation: Option<Located<Generation>>,
    /// `auth_mech`, `upd_mech`, `com_mech`: the cryptography.
    pub crypto: Vec<Located<Crypto>>,
    /// `auth_mech`: the declared defence against brute force.
    pub brute_force: Option<Located<BruteForce>>,
    /// `auth_mech`: how a program logs in.
    pub login: Option<Located<Login>>,
    /// `auth_mech`, `com_mech`, `soft_serv`, `intf`, `ext_api`: where it is reached over IP.
    pub endpoint: Vec<Located<Endpoint>>,
    /// The same over Bluetooth LE.
    pub gatt: Vec<Located<Gatt>>,
    /// `com_mech`: part that the device plays.
    pub role: Option<Located<Role>>,
    /// `com_mech`, `ext_api`: reachable from outside the local network.
    pub remotely_accessible: Option<Located<bool>>,
    /// `com_mech`: the peer is an associated service.
    pub associated_service: Option<Located<bool>>,
    /// `com_mech`, `soft_serv`: one of the protocols that 5.5-5 leaves out (ARP, DHCP, DNS, ICMP, NTP).
    pub excluded_protocol: Option<Located<bool>>,
    /// `upd_mech`: the update mechanism.
    pub update: Option<Located<Update>>,
    /// `soft_comp`: why there is no update mechanism: `impracticable` or `security`.
    pub no_update_reason: Option<Located<NoUpdateReason>>,
    /// `sec_param`: a hard-coded unique identity used for security.
    pub hard_coded_identity: Option<Located<bool>>,
    /// `sec_param`: hard-coded in the source code.
    pub hard_coded_in_source: Option<Located<bool>>,
    /// `sec_param`: what it is used for.
    pub purposes: Vec<Located<ParameterPurpose>>,
    /// `net_sec_impl`: name and version.
    pub implementation: Option<Located<Implementation>>,
    /// `soft_serv`: states in which it is reachable over a network (`factory_default`, `initialized`).
    pub network_accessible_in: Vec<Located<String>>,
    /// `intf`: over the air.
    pub is_air: Option<Located<bool>>,
    /// `intf`: whether exposure is needed.
    pub exposure: Option<Located<Exposure>>,
    /// `intf`: status by DUT state where it differs from the field, e.g. `{ initialized = "disabled" }`.
    pub status_in: BTreeMap<String, Located<String>>,
    /// `intf`: what it discloses without authentication.
    pub disclosed: Vec<Located<Disclosed>>,
    /// `pers_data`: processing rests on consent.
    pub consent: Option<Located<bool>>,
    /// `pers_data`: places: `device`, `associated-service`.
    pub stored_on: Vec<Located<String>>,
    /// `user_dec`: security-relevant.
    pub security_relevant: Option<Located<bool>>,
    /// `user_dec`: options with the default marked.
    pub choices: Vec<Located<Choice>>,
    /// `inp_val`: ids of the rows that it covers.
    pub sources: Vec<Located<String>>,
    /// `user_info`: where each entry is published, by the key of the entry.
    pub resources: BTreeMap<String, Located<Resource>>,
    /// `user_info`: the support period.
    pub support: Option<Located<SupportPeriod>>,
    /// `user_info`: the model designation.
    pub designation: Option<Located<Designation>>,
    /// `vuln_types`, `upd_proc`: the longest time of each step.
    pub steps: Vec<Located<Step>>,
}

/// Declares a set of named values; `as_str` gives what files say, `ALL` every one.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// As written in files.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    };
}

names! {
    /// Who is authenticated.
    Subject {
        /// A person.
        User = "user",
        /// Another machine.
        Machine = "machine",
    }
}

names! {
    /// Kind of the authentication factor.
    FactorKind {
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
    Role {
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
    Transport {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }
}

names! {
    /// Kinds of login that a probe can drive.
    LoginKind {
        /// HTTP basic.
        Basic = "basic",
        /// HTTP digest.
        Digest = "digest",
        /// A form posted as `application/x-www-form-urlencoded`.
        Form = "form",
        /// A JSON object posted, a bearer token in the answer.
        Bearer = "bearer",
    }
}

names! {
    /// Why a component has no update mechanism.
    NoUpdateReason {
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
    ParameterPurpose {
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
    Exposure {
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
    ResourceKind {
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

/// The authentication factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Kind.
    pub kind: FactorKind,
    /// Chosen by the user.
    pub user_defined: Option<bool>,
    /// Set at manufacture.
    pub pre_installed: Option<bool>,
    /// Used in a state other than factory default.
    pub used_outside_factory_default: Option<bool>,
}

/// How pre-installed passwords are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generation {
    /// Inputs: `random`, `per-device-secret`, `mac`, `serial`, `ssid`, `model`, `counter`, `date`, `constant`.
    pub inputs: Vec<String>,
    /// Length in characters.
    pub length: Option<u32>,
    /// Number of different characters.
    pub alphabet_size: Option<u32>,
}

/// One use of cryptography.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crypto {
    /// What for, e.g. `transport`, `signature`, `password-storage`.
    pub purpose: Option<String>,
    /// Protocol, e.g. `TLS`.
    pub protocol: Option<String>,
    /// Versions offered, e.g. `["1.2", "1.3"]`.
    pub versions: Vec<String>,
    /// TLS suites by IANA name, where the list is closed.
    pub suites: Vec<String>,
    /// Primitive, e.g. `AES-128-GCM`, `Ed25519`.
    pub primitive: Option<String>,
    /// Least key length in bits.
    pub key_bits: Option<u32>,
    /// Key of the certificate that the device shows, e.g. `EC-256`, `RSA-2048`.
    pub certificate_key: Option<String>,
}

/// The declared defence against brute force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BruteForce {
    /// Failures until the lock-out.
    pub failures: Option<u32>,
    /// Length of the lock-out in seconds.
    pub lockout_seconds: Option<u32>,
    /// Delay of each answer to a wrong credential, in seconds.
    pub delay_seconds: Option<u32>,
}

/// How a program logs in. The credentials are the lab's (`bench.toml`, `[credentials.<row id>]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Kind.
    pub kind: LoginKind,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// Where the credential goes: the protected page (basic, digest), the target of the form, the token endpoint.
    pub path: String,
    /// A page that needs the login and changes nothing; the negative control.
    pub protected: String,
    /// Form or JSON field of the user name.
    pub user_field: Option<String>,
    /// Form or JSON field of the password.
    pub password_field: Option<String>,
    /// JSON field of the token in the answer (bearer).
    pub token_field: Option<String>,
}

/// Where something is reached over IP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Transport.
    pub transport: Transport,
    /// Port, 1 to 65535.
    pub port: u16,
    /// Application protocol: `http`, `https`, `mqtt`, `mqtts`, `mdns`, `ssdp`, `coap`, `ssh`, `telnet` …
    pub application: Option<String>,
    /// Host name of the peer, for a client.
    pub host: Option<String>,
}

/// Where something is reached over Bluetooth LE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gatt {
    /// Service UUID.
    pub service: String,
    /// Characteristic UUID.
    pub characteristic: Option<String>,
}

/// The update mechanism.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Delivered over a network interface.
    pub network_based: Option<bool>,
    /// Checks for and installs updates without the user.
    pub automatic: Option<bool>,
    /// Tells the user of updates.
    pub notifies: Option<bool>,
    /// The user can enable and disable, or postpone.
    pub user_can_configure: Option<bool>,
    /// On in the initialized state.
    pub default_enabled: Option<bool>,
    /// The notice says which risk is mitigated.
    pub notice_names_risk: Option<bool>,
    /// An update never disrupts basic functioning.
    pub never_disruptive: Option<bool>,
    /// The user is told of a disruption.
    pub disruption_notice: Option<bool>,
    /// The device itself checks authenticity.
    pub authenticity_by_dut: Option<bool>,
    /// The device itself checks integrity.
    pub integrity_by_dut: Option<bool>,
    /// Older versions are refused.
    pub anti_rollback: Option<bool>,
    /// Looks for updates after initialization.
    pub check_after_initialization: Option<bool>,
    /// Period of the checks in hours.
    pub check_period_hours: Option<u32>,
}

/// An implementation of network or security functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implementation {
    /// Name.
    pub name: String,
    /// Version.
    pub version: Option<String>,
    /// Package URL.
    pub purl: Option<String>,
}

/// Something disclosed without authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// Name: `model`, `serial`, `firmware-version`, `server-software`, `mac-address`, `host-name`, `service-list` …
    pub item: String,
    /// Security-relevant.
    pub security_relevant: bool,
    /// Why it is needed or harmless.
    pub reason: Option<String>,
}

/// An option of a user decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Name.
    pub option: String,
    /// The default.
    pub default: bool,
}

/// Where something is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Kind.
    pub kind: ResourceKind,
    /// Address (kind `url`), path below `documents/` (kind `document`), or place in words.
    pub place: String,
}

/// The support period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportPeriod {
    /// Last day, ISO 8601.
    pub until: Option<String>,
    /// Length in months, counted from `from`.
    pub months: Option<u32>,
    /// What the months are counted from.
    pub from: Option<String>,
}

/// The model designation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Designation {
    /// The designation.
    pub text: String,
    /// `label` or `physical-interface`.
    pub way: String,
}

/// A step of a procedure with its longest time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name.
    pub step: String,
    /// Longest time in days.
    pub days: u32,
}
