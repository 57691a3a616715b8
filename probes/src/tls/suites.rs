//! Cipher suites and groups by their IANA numbers and names.

use std::sync::LazyLock;

use rustls::{CipherSuite, NamedGroup};

/// Suites that a small ClientHello for TLS 1.2 and older names: what nearly every server has one of.
pub const USUAL: [u16; 20] = [
    0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8, 0xcca9, 0xc013, 0xc009, 0xc014, 0xc00a, 0x009c, 0x009d, 0x002f,
    0x0035, 0x000a, 0x0033, 0x0039, 0x009e, 0x0005, 0x0004,
];

/// Every suite for TLS 1.2 and older that IANA lists and we know by name; signalling values left out.
pub fn classic() -> &'static [u16] {
    static SUITES: LazyLock<Vec<u16>> = LazyLock::new(|| {
        let known = |id: &u16| CipherSuite::from(*id).as_str().is_some();
        let mut suites = USUAL.to_vec();
        suites.extend((1..=0xffff_u16).filter(known).filter(|id| {
            !matches!(id, 0x00ff | 0x5600) && !(0x1301..=0x13ff).contains(id) && !USUAL.contains(id)
        }));
        suites
    });
    &SUITES
}

/// The five suites of TLS 1.3.
pub const MODERN: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/// IANA name of a suite; `0x…` for one without a name.
pub fn suite_name(id: u16) -> String {
    match CipherSuite::from(id).as_str() {
        Some(name) => name.replacen("TLS13_", "TLS_", 1),
        None => format!("0x{id:04x}"),
    }
}

/// IANA name of a group; `0x…` for one without a name.
pub fn group_name(id: u16) -> String {
    match NamedGroup::from(id) {
        NamedGroup::X25519 => "x25519".to_owned(),
        NamedGroup::X448 => "x448".to_owned(),
        group => match group.as_str() {
            Some(name) => name.replace("FFDHE", "ffdhe"),
            None => OLD_GROUPS
                .iter()
                .find(|(old, _)| *old == id)
                .map_or_else(|| format!("0x{id:04x}"), |(_, name)| (*name).to_owned()),
        },
    }
}

const OLD_GROUPS: [(u16, &str); 10] = [
    (0x000d, "sect409k1"),
    (0x000e, "sect571r1"),
    (0x0012, "secp192k1"),
    (0x0013, "secp192r1"),
    (0x0014, "secp224k1"),
    (0x0015, "secp224r1"),
    (0x0016, "secp256k1"),
    (0x001a, "brainpoolP256r1"),
    (0x001b, "brainpoolP384r1"),
    (0x001c, "brainpoolP512r1"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_weak_suites_are_asked_for() {
        for name in [
            "TLS_RSA_WITH_RC4_128_MD5",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_RSA_WITH_NULL_SHA256",
            "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
            "TLS_DH_anon_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CCM_8",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        ] {
            assert!(classic().iter().any(|id| suite_name(*id) == name), "{name}");
        }
        assert!(classic().len() > 300);
        let mut distinct = classic().to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), classic().len());
    }

    #[test]
    fn names_are_those_of_iana() {
        assert_eq!(suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
        assert_eq!(suite_name(0xfafa), "0xfafa");
        assert_eq!((group_name(0x1d), group_name(0x17)), ("x25519".to_owned(), "secp256r1".to_owned()));
    }
}
