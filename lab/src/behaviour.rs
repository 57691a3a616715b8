//! What the device does, as far as a fault can change it. The default is the sound device.

use std::time::Duration;

use crate::model;

use self::ble::BleBehaviour;

pub use crate::errands::Errands;
pub use crate::frailty::{Frailty, WaitRule};
pub use crate::input_checks::InputFlaws;
pub use crate::orders::OrderFlaws;
pub use crate::preferences::SettingFlaws;
pub use crate::security_log::LogFlaws;
pub use crate::user_data::DeletionFlaws;

pub mod ble;
pub mod pages;
pub mod updates;

pub use pages::Pages;
pub use updates::Updates;

/// Switches of the simulated device and of its maker's pages.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// The text console on TCP accepts connections.
    pub telnet_console: bool,
    /// An administration page without login on plain HTTP.
    pub plain_http_admin: bool,
    /// A second administration page behind HTTP basic authentication, on plain HTTP.
    pub basic_admin: bool,
    /// The debug port accepts connections.
    pub debug_port: bool,
    /// An MQTT broker that asks for no credentials.
    pub mqtt_broker: bool,
    /// Answers SSDP searches.
    pub ssdp: bool,
    /// Answers CoAP requests.
    pub coap: bool,
    /// Lists many resources to whoever asks over CoAP.
    pub coap_lists_much: bool,
    /// Answers ClientHellos of TLS 1.0 and 1.1.
    pub old_tls: bool,
    /// Agrees to a TLS 1.2 suite with RSA key exchange and CBC.
    pub cbc_suite: bool,
    /// The certificate ended last year.
    pub certificate_expired: bool,
    /// The certificate holds a P-384 key.
    pub certificate_p384: bool,
    /// Wrong credentials until the web login locks; `None`: never.
    pub web_lockout: Option<u32>,
    /// Wrong credentials until the API login locks; `None`: never.
    pub api_lockout: Option<u32>,
    /// Length of a lock-out.
    pub lockout: Duration,
    /// The web login counts failures for each visitor's cookie, not for the account.
    pub lockout_per_visitor: bool,
    /// A locked login takes the right password, and is open again.
    pub right_password_unlocks: bool,
    /// `guest` with the password `guest` is let in by the API.
    pub guest_on_api: bool,
    /// File transfer that lets `admin` with the password `admin` in.
    pub file_transfer: bool,
    /// The text console, and `root` needs no password there.
    pub root_console: bool,
    /// A video stream for anybody.
    pub open_stream: bool,
    /// How the password on the label is made.
    pub label_password: LabelPassword,
    /// What the set-up takes beside a sound password.
    pub set_up: SetUpRules,
    /// The label password goes on working after the set-up.
    pub label_works_on: bool,
    /// What becomes of a change of the password.
    pub password_change: PasswordChange,
    /// `admin` with the password `admin` is let in everywhere and always.
    pub default_password: bool,
    /// The status is told without a token.
    pub open_api: bool,
    /// Value of the `Server` header, if there is one.
    pub server_header: Option<&'static str>,
    /// The mDNS TXT record tells serial number and firmware version.
    pub mdns_tells_serial: bool,
    /// How the device calls its cloud.
    pub cloud_caller: Caller,
    /// How the device calls its update server.
    pub update_caller: Caller,
    /// It asks a host of the network for the time before each call, believes whoever answers, and holds the dates of
    /// certificates against that.
    pub clock_from_anyone: bool,
    /// The login page tells the hardware address.
    pub index_tells_mac: bool,
    /// The web interface, login form included, answers on plain HTTP too.
    pub plain_login: bool,
    /// What the access control leaves open.
    pub holes: Holes,
    /// How it deals with update packages.
    pub updates: Updates,
    /// The maker's disclosure policy.
    pub policy: Policy,
    /// The maker's page on the support period.
    pub support: SupportPage,
    /// The other pages of the maker, and what the device tells about itself.
    pub pages: Pages,
    /// After this many connections that said nothing, as those of a scan, the device closes every port until it
    /// is switched off and on; `None`: it does not mind.
    pub freezes_after: Option<u32>,
    /// What is wrong with the deletion of the user's data.
    pub deletion: DeletionFlaws,
    /// What is wrong with the log of security events.
    pub log: LogFlaws,
    /// What is wrong with orders of the cloud, and with the priority of local operation.
    pub orders: OrderFlaws,
    /// What goes wrong in outages and after them.
    pub frailty: Frailty,
    /// What it says beside what is declared.
    pub errands: Errands,
    /// What is wrong with the checks of input.
    pub inputs: InputFlaws,
    /// What is wrong with the settings that the user has.
    pub settings: SettingFlaws,
    /// Its Bluetooth LE side.
    pub ble: BleBehaviour,
}

/// How the password on the label is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelPassword {
    /// Drawn for each unit, as declared.
    Drawn,
    /// Drawn once for all units.
    SameOnAll,
    /// The digits of the serial number.
    FromSerial,
    /// The beginning of a digest of the serial number.
    FromSerialDigest,
    /// The MAC address.
    FromMac,
    /// The same beginning on all units, and a counter.
    Counter,
    /// Drawn for each unit, with fewer characters than declared.
    Short,
    /// One that everybody tries first.
    Common,
}

/// What the set-up takes beside a sound password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetUpRules {
    /// An empty one.
    pub takes_empty: bool,
    /// A short one.
    pub takes_short: bool,
    /// The one of the label.
    pub takes_label: bool,
    /// None at all: everything can be used with the label password.
    pub can_be_skipped: bool,
}

/// What becomes of a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordChange {
    /// The new one counts, the old one no longer.
    Sound,
    /// The old one goes on working.
    KeepsOld,
    /// It is refused.
    Refused,
    /// The API goes on asking for the old one.
    IgnoredByApi,
    /// It is said to be changed, and neither works.
    LosesPassword,
}

/// How the device calls a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// TLS 1.2 or 1.3, and the certificate of the maker's authority for the right name.
    Sound,
    /// TLS that believes every certificate.
    AnyCertificate,
    /// No TLS at all.
    Plain,
    /// TLS, and none at the next try when a handshake has failed.
    FallsBackToPlain,
    /// Offers TLS 1.0 and 1.1 beside 1.2, and goes on with them.
    OldVersions,
    /// Offers a suite without encryption, and goes on with it.
    NullSuite,
    /// Offers a suite without authentication, and goes on with it.
    AnonymousSuite,
    /// Offers a suite on RC4, and goes on with it.
    Rc4Suite,
    /// TLS that minds no name in the certificate.
    IgnoresName,
    /// TLS that takes certificates after their last day.
    TakesExpired,
    /// TLS that takes certificates before their first day.
    TakesNotYetValid,
    /// TLS that takes certificates for clients from servers.
    IgnoresKeyUsage,
    /// TLS that lets any server of the maker sign certificates.
    TakesIssuerWithoutCaBit,
    /// TLS that lets signatures pass which it cannot compute, as those over SHA-1.
    TakesUnknownSignature,
    /// TLS that takes RSA keys of 1024 bits.
    TakesSmallKey,
    /// TLS that compares the names of peer and authority, and no signature.
    ComparesNames,
    /// TLS with the same numbers each time, so that earlier answers fit.
    TakesRepeatedWords,
    /// TLS, and none when three handshakes in a row have failed.
    FallsBackInTheEnd,
}

impl Caller {
    /// It comes without TLS at times, and is served so.
    pub(crate) fn comes_plain(self) -> bool {
        matches!(self, Self::Plain | Self::FallsBackToPlain | Self::FallsBackInTheEnd)
    }
}

/// Holes in the access control of web interface and API; none is there in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// Any token is taken.
    pub any_token: bool,
    /// A token goes on after it was given back.
    pub token_outlives_logout: bool,
    /// A session goes on after the logout.
    pub session_outlives_logout: bool,
    /// The usage history is shown to anybody.
    pub open_history: bool,
    /// The form of the target temperature is taken from anybody, without a word of it.
    pub open_settings_form: bool,
    /// The target temperature is taken from programs without a token.
    pub open_put: bool,
    /// The set-up page needs no password of the label.
    pub open_setup: bool,
    /// A token of the API opens the settings.
    pub token_opens_settings: bool,
    /// Orders are refused to whoever has a good token.
    pub refuses_entitled: bool,
    /// The settings are shown to anybody who doubles the stroke in the path.
    pub second_spelling: bool,
    /// The status is told to anybody who asks with POST.
    pub status_by_post: bool,
    /// The web port connects anybody to ports of the device: CONNECT.
    pub relays: bool,
    /// A service page for anybody, of which nobody tells.
    pub service_page: bool,
}

/// How the disclosure policy is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// As it should be.
    Published,
    /// Not found.
    Missing,
    /// Behind a login.
    BehindLogin,
    /// There, without any time.
    WithoutTimeline,
    /// There, with another address for reports than declared.
    OtherContact,
    /// There, with another time for the acknowledgement than declared.
    OtherDays,
}

/// How the support period is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportPage {
    /// As it should be.
    Published,
    /// Not found.
    Missing,
    /// With another last day than declared.
    OtherDate,
    /// Behind a login.
    BehindLogin,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            telnet_console: false,
            plain_http_admin: false,
            basic_admin: false,
            debug_port: false,
            mqtt_broker: false,
            ssdp: false,
            coap: false,
            coap_lists_much: false,
            old_tls: false,
            cbc_suite: false,
            certificate_expired: false,
            certificate_p384: false,
            web_lockout: Some(model::LOCKOUT_FAILURES),
            api_lockout: Some(model::LOCKOUT_FAILURES),
            lockout: Duration::from_secs(u64::from(model::LOCKOUT_SECONDS)),
            lockout_per_visitor: false,
            right_password_unlocks: false,
            guest_on_api: false,
            file_transfer: false,
            root_console: false,
            open_stream: false,
            label_password: LabelPassword::Drawn,
            set_up: SetUpRules::default(),
            label_works_on: false,
            password_change: PasswordChange::Sound,
            default_password: false,
            open_api: false,
            server_header: None,
            mdns_tells_serial: false,
            clock_from_anyone: false,
            index_tells_mac: false,
            plain_login: false,
            holes: Holes::default(),
            cloud_caller: Caller::Sound,
            update_caller: Caller::Sound,
            updates: Updates::default(),
            policy: Policy::Published,
            support: SupportPage::Published,
            pages: Pages::default(),
            freezes_after: None,
            deletion: DeletionFlaws::default(),
            log: LogFlaws::default(),
            orders: OrderFlaws::default(),
            frailty: Frailty::default(),
            errands: Errands::default(),
            inputs: InputFlaws::default(),
            settings: SettingFlaws::default(),
            ble: BleBehaviour { without_pin: true, ..BleBehaviour::default() },
        }
    }
}
