//! The table: client persona × unit → verdict and code.

use std::time::Duration;

use rustls::version::{TLS12, TLS13};

use super::device::{Beside, Calls};
use super::maker::Maker;
use rustls::CertificateError;

/// A persona with what has to come of it.
pub(crate) struct Persona {
    pub(crate) name: &'static str,
    /// How it calls its cloud.
    pub(crate) calls: fn(&Maker) -> Calls,
    /// What it does beside.
    pub(crate) beside: Beside,
    /// What its declaration of the cloud link says beside the usual, and further rows.
    pub(crate) declares: Declares,
    /// Item, units, verdict and code; every other result of the item in these units is wrong.
    pub(crate) expected: &'static [(&'static str, &'static [&'static str], &'static str, &'static str)],
}

/// What a persona declares.
pub(crate) struct Declares {
    pub(crate) versions: &'static str,
    pub(crate) suites: &'static str,
    /// Further keys of the cloud link.
    pub(crate) more: &'static str,
    /// Further rows.
    pub(crate) rows: &'static str,
}

const CLOUD: &str = "ComMech-Cloud";
/// The units that look at the cryptography of the cloud link, each with its own selection.
const LINK: &[&str] = &["5.5-1-2:a", "5.5-6-2:a", "5.5-7-2:a", "5.8-1-2:a"];
const USUAL: Beside =
    Beside { password_in_clear: false, asks_time: false, pause: (Duration::from_millis(300), 200) };
const BOTH: Declares = Declares {
    versions: "\"1.2\", \"1.3\"",
    suites: "\"TLS_AES_256_GCM_SHA384\", \"TLS_AES_128_GCM_SHA256\", \"TLS_CHACHA20_POLY1305_SHA256\", \
             \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\", \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\", \
             \"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\", \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\", \
             \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\", \"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256\"",
    more: BACK_OFF,
    rows: "",
};

impl Declares {
    /// The rows of the declaration.
    pub(crate) fn rows(&self) -> String {
        let Self { versions, suites, more, rows } = self;
        format!(
            "[[com_mech]]\nid = \"{CLOUD}\"\ndescription = \"Link to the cloud over TLS\"\nrole = \"client\"\n\
             remotely_accessible = true\nassociated_service = true\nexcluded_protocol = false\n\
             security_guarantees = [\"authentication of peers\", \"authenticity of origin\", \"integrity\", \
             \"confidentiality\"]\n\
             cryptographic_details = \"TLS; the certificate is checked against the maker's authority.\"\n\
             crypto = [{{ purpose = \"transport\", key_bits = 128, protocol = \"TLS\", versions = [{versions}], \
             suites = [{suites}] }}]\n\
             endpoint = [{{ transport = \"tcp\", port = 18883, application = \"lamp\", host = \
             \"cloud.persona.example\" }}]\n\
             resilience_measures = \"Waits longer after each failure.\"\n{more}\n\n{rows}\n"
        )
    }
}

fn nothing(_: &CertificateError) -> bool {
    false
}

pub(crate) static PINS: Persona = Persona {
    name: "pins correctly",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, LINK, "PASS", "client-cryptography-as-declared")],
};

pub(crate) static ANY_CERTIFICATE: Persona = Persona {
    name: "accepts any certificate",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], |_| true)),
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, LINK, "FAIL", "stranger-accepted")],
};

pub(crate) static IGNORES_NAME: Persona = Persona {
    name: "ignores the name",
    calls: |maker| {
        Calls::Tls(maker.client(&[&TLS12, &TLS13], |error| {
            matches!(
                error,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            )
        }))
    },
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, LINK, "FAIL", "peer-name-ignored")],
};

pub(crate) static FALLS_BACK: Persona = Persona {
    name: "falls back to plain",
    calls: |maker| Calls::TlsOrPlain(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, LINK, "FAIL", "falls-back-to-plain")],
};

pub(crate) static TLS13_ONLY: Persona = Persona {
    name: "TLS 1.3 only",
    calls: |maker| Calls::Tls(maker.client(&[&TLS13], nothing)),
    beside: USUAL,
    declares: Declares {
        versions: "\"1.3\"",
        suites: "\"TLS_AES_256_GCM_SHA384\", \"TLS_AES_128_GCM_SHA256\", \"TLS_CHACHA20_POLY1305_SHA256\"",
        ..BOTH
    },
    expected: &[(CLOUD, LINK, "PASS", "client-cryptography-as-declared")],
};

pub(crate) static TLS10: Persona = Persona {
    name: "TLS 1.0",
    calls: |maker| Calls::Tls10(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, LINK, "FAIL", "client-crypto-differs-from-declaration")],
};

pub(crate) static FIRST_USE: Persona = Persona {
    name: "trust on first use, declared",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], |_| true)),
    beside: USUAL,
    declares: Declares { more: FIRST_MET, ..BOTH },
    expected: &[(CLOUD, LINK, "INCONCLUSIVE", "waits-for-assessor")],
};

pub(crate) static PASSWORD_IN_CLEAR: Persona = Persona {
    name: "password in clear to one host beside good TLS to another",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: Beside { password_in_clear: true, ..USUAL },
    declares: BOTH,
    expected: &[
        (CLOUD, &["5.5-6-2:a"], "PASS", "client-cryptography-as-declared"),
        ("stats.persona.example:18080/tcp", &["5.5-6-2:a"], "FAIL", "secret-in-clear"),
        ("stats.persona.example:18080/tcp", &["5.5-5-2:b"], "FAIL", "undeclared-destination"),
    ],
};

pub(crate) static NO_PAUSE: Persona = Persona {
    name: "no pause after an outage",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: Beside { pause: (Duration::from_millis(5), 100), ..USUAL },
    declares: BOTH,
    expected: &[(CLOUD, &["5.9-3-2:a"], "FAIL", "reconnects-without-pause")],
};

pub(crate) static BACKS_OFF: Persona = Persona {
    name: "backs off as declared",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: USUAL,
    declares: BOTH,
    expected: &[(CLOUD, &["5.9-3-2:a"], "PASS", "reconnects-as-declared")],
};

const FIRST_MET: &str = "peer_trust = \"first-use\"\nreconnection = { first_ms = 300, factor_percent = 200, longest_ms = \
                         60000, jitter_percent = 50 }";
const BACK_OFF: &str = "peer_trust = \"pinned\"\nreconnection = { first_ms = 300, factor_percent = 200, longest_ms = \
                        60000, jitter_percent = 50 }";

pub(crate) static PLAIN_TIME: Persona = Persona {
    name: "asks time over plain NTP only, declared",
    calls: |maker| Calls::Tls(maker.client(&[&TLS12, &TLS13], nothing)),
    beside: Beside { asks_time: true, ..USUAL },
    declares: Declares {
        rows: "[[com_mech]]\nid = \"ComMech-Time\"\ndescription = \"Time over NTP\"\nrole = \"client\"\n\
               remotely_accessible = false\nassociated_service = false\nexcluded_protocol = true\n\
               security_guarantees = [\"other: no decision about security rests on it\"]\n\
               cryptographic_details = \"None.\"\n\
               endpoint = [{ transport = \"udp\", port = 123, application = \"ntp\", host = \"*\" }]\n\
               resilience_measures = \"Asks once after power-on.\"\n",
        ..BOTH
    },
    expected: &[("-", &["5.5-5-2:b"], "PASS", "only-declared-mechanisms-found")],
};
