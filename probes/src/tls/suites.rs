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
        suites.extend(UNLISTED.iter().map(|(id, _)| *id));
        suites.extend((1..=0xffff_u16).filter(known).filter(|id| {
            !matches!(id, 0x00ff | 0x5600)
                && !(0x1301..=0x13ff).contains(id)
                && !USUAL.contains(id)
                && !UNLISTED.iter().any(|(listed, _)| listed == id)
        }));
        suites
    });
    &SUITES
}

/// Suites that servers of their time offered and IANA never listed, or not under this number.
const UNLISTED: [(u16, &str); 12] = [
    (0xcc13, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    (0xcc14, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    (0xcc15, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    (0xff85, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_OLD"),
    (0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC"),
    (0xc101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC"),
    (0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"),
    (0xfee0, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA_OLD"),
    (0xfee1, "SSL_RSA_FIPS_WITH_DES_CBC_SHA_OLD"),
    (0xff00, "TLS_GOSTR341094_RSA_WITH_28147_CNT_MD5"),
    (0xff01, "TLS_RSA_WITH_28147_CNT_GOST94"),
    (0xe013, "TLS_ECC_SM4_CBC_SM3"),
];

/// The five suites of TLS 1.3.
pub const MODERN: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/// IANA name of a suite; `0x…` for one without a name.
pub fn suite_name(id: u16) -> String {
    match CipherSuite::from(id).as_str() {
        Some(name) => name.replacen("TLS13_", "TLS_", 1),
        None => UNLISTED
            .iter()
            .find(|(listed, _)| *listed == id)
            .map_or_else(|| format!("0x{id:04x}"), |(_, name)| (*name).to_owned()),
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

/// Every group that a server may know in TLS 1.2 and older, the most usual first.
pub const CLASSIC_GROUPS: [u16; 37] = [
    0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016, 0x0029, 0x0001, 0x0002, 0x0003,
    0x0004, 0x0005, 0x0006, 0x0007, 0x0008, 0x0009, 0x000a, 0x000b, 0x000c, 0x000d, 0x000e, 0x000f, 0x0010,
    0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0022, 0x0023, 0x0024, 0x0025, 0x0026, 0x0027,
];

/// Every group that TLS 1.3 may be spoken with, the most usual first.
pub const MODERN_GROUPS: [u16; 21] = [
    0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x11ec, 0x11eb, 0x11ed, 0x6399, 0x0100, 0x0101, 0x0102, 0x0103,
    0x0104, 0x001f, 0x0020, 0x0021, 0x0029, 0x0200, 0x0201, 0x0202,
];

/// Name of a signature algorithm; `0x…` for one without a name.
pub fn signature_name(id: u16) -> String {
    SIGNATURE_NAMES
        .iter()
        .find(|(known, _)| *known == id)
        .map_or_else(|| format!("0x{id:04x}"), |(_, name)| (*name).to_owned())
}

/// Names of signature algorithms: those of TLS 1.3, and hash and kind where it has none.
const SIGNATURE_NAMES: [(u16, &str); 27] = [
    (0x0101, "rsa_pkcs1_md5"),
    (0x0103, "ecdsa_md5"),
    (0x0201, "rsa_pkcs1_sha1"),
    (0x0202, "dsa_sha1"),
    (0x0203, "ecdsa_sha1"),
    (0x0301, "rsa_pkcs1_sha224"),
    (0x0302, "dsa_sha224"),
    (0x0303, "ecdsa_sha224"),
    (0x0401, "rsa_pkcs1_sha256"),
    (0x0402, "dsa_sha256"),
    (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0501, "rsa_pkcs1_sha384"),
    (0x0502, "dsa_sha384"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0601, "rsa_pkcs1_sha512"),
    (0x0602, "dsa_sha512"),
    (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"),
    (0x0806, "rsa_pss_rsae_sha512"),
    (0x0807, "ed25519"),
    (0x0808, "ed448"),
    (0x0809, "rsa_pss_pss_sha256"),
    (0x080a, "rsa_pss_pss_sha384"),
    (0x080b, "rsa_pss_pss_sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256"),
    (0x081b, "ecdsa_brainpoolP384r1tls13_sha384"),
];

const OLD_GROUPS: [(u16, &str); 32] = [
    (0x0001, "sect163k1"),
    (0x0002, "sect163r1"),
    (0x0003, "sect163r2"),
    (0x0004, "sect193r1"),
    (0x0005, "sect193r2"),
    (0x0006, "sect233k1"),
    (0x0007, "sect233r1"),
    (0x0008, "sect239k1"),
    (0x0009, "sect283k1"),
    (0x000a, "sect283r1"),
    (0x000b, "sect409k1"),
    (0x000c, "sect409r1"),
    (0x000d, "sect571k1"),
    (0x000e, "sect571r1"),
    (0x000f, "secp160k1"),
    (0x0010, "secp160r1"),
    (0x0011, "secp160r2"),
    (0x001f, "brainpoolP256r1tls13"),
    (0x0020, "brainpoolP384r1tls13"),
    (0x0021, "brainpoolP512r1tls13"),
    (0x0022, "GC256A"),
    (0x0029, "curveSM2"),
    (0x11ed, "SecP384r1MLKEM1024"),
    (0x6399, "X25519Kyber768Draft00"),
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
