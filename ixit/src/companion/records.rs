//! Structures that companions are made of.

use super::names::{
    AccessKind, FactorKind, LoginKind, OutageKind, ResourceKind, Transport, UpdateChecker, UpdateStart,
    UpdateTrust,
};
use crate::described::record;
use crate::located::Located;

const GENERATION_INPUTS: &[&str] =
    &["random", "per-device-secret", "mac", "serial", "ssid", "model", "counter", "date", "constant"];

const NOTICE_WAYS: &[&str] = &["panel", "web-interface", "app", "push", "mail", "light-or-sound", "web-page"];

const DESIGNATION_WAYS: &[&str] = &["label", "physical-interface"];

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
        /// Groups of the key agreement, where the list is closed, e.g. `["X25519", "P-256"]`.
        groups: Vec<String>,
        /// Hash that the primitive works with, e.g. `SHA-256` beside `RSA-PSS`.
        hash: Option<String>,
        /// Passes of a key derivation or password hash, where its strength is counted in them.
        iterations: Option<u32>,
        /// A salt of its own for every stored password.
        salted: Option<bool>,
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
        /// Failures are counted for each sender apart, so that the lock-out holds for that sender alone.
        per_sender: Option<bool>,
        /// The lock-out ends only when a person ends it.
        permanent: Option<bool>,
        /// Where each lock-out lasts longer than the one before: the longest, in seconds.
        longest_lockout_seconds: Option<u32>,
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
        /// The value is another one each time that it is used, without anybody changing it.
        each_time: bool = false,
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
        /// Host name of the peer, for a client; `*` for whatever address the network gives (DHCP, DNS, NTP).
        host: Option<String>,
        /// Names by which clients reach the device here; its certificate has to be for one of them.
        names: Vec<String>,
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
        /// Who looks for updates.
        checked_by: Option<UpdateChecker>,
        /// What starts an update.
        started_by: Vec<UpdateStart>,
        /// The user can enable and disable, or postpone, the notices.
        notices_configurable: Option<bool>,
        /// The notices are on in the initialized state.
        notices_default_enabled: Option<bool>,
        /// Where the user is told: `panel`, `web-interface`, `app`, `push`, `mail`, `light-or-sound`, `web-page`.
        notice_ways: Vec<String>; one_of NOTICE_WAYS,
        /// The device itself tells the user of a disruption.
        disruption_notice_on_device: Option<bool>,
        /// On what the check of an update rests.
        trust: Vec<UpdateTrust>,
        /// An update for another model is refused.
        bound_to_model: Option<bool>,
        /// Authenticity and integrity are checked before the installation.
        verified_before_installation: Option<bool>,
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
        /// Where a physical interface tells it over IP.
        source: Option<DesignationSource>,
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

record! {
    /// What a bill of materials says of a software component.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SbomPart {
        /// Path of the bill below `documents/`.
        document: Located<String>,
        /// Components that make it up, by name (`name`, `group/name`, `name@version`) or package URL; none for all
        /// that the bill names.
        components: Vec<Located<String>>,
    }
}

record! {
    /// Where the model designation can be read over a network interface.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DesignationSource {
        /// TCP port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Path.
        path: String,
        /// Key of a JSON answer; none for a page.
        key: Option<String>,
    }
}

record! {
    /// How the device comes back to a peer after a loss.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Reconnection {
        /// Wait before the first new try, in milliseconds.
        first_ms: u32,
        /// What each further wait is multiplied by, in hundredths; 100 for waits of the same length.
        factor_percent: u32 = 200,
        /// Longest wait in milliseconds.
        longest_ms: Option<u32>,
        /// Chance that is added to a wait, in percent of it.
        jitter_percent: u32 = 0,
    }
}

record! {
    /// What a mechanism against outages guarantees.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Resilience {
        /// Outages that it covers.
        outages: Vec<OutageKind>,
        /// Rows of services or programming interfaces whose declared accesses go on during an outage of the
        /// uplink, of names or of services.
        goes_on: Vec<String>,
        /// Rows whose declared accesses give after the outage what they gave before it.
        keeps: Vec<String>,
        /// Longest time in seconds from the end of the outage until the device is back.
        recovers_seconds: Option<u32>,
    }
}

record! {
    /// What published information says of a row, in its own words.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Told {
        /// Words that name the thing itself.
        named: Vec<String>,
        /// Words that name the purposes.
        purposes: Vec<String>,
        /// Words that name who uses it.
        by: Vec<String>,
    }
}
