//! The functions of the security manager (Core, volume 3, part H, 2.2). Every number here stands as in the
//! specification, most significant octet first; what goes over the air is turned round by the caller.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};

use super::address::DeviceAddress;
use crate::tls::client_hello::random;

/// 128 bits.
pub(crate) type Number = [u8; 16];

/// `e`: one block of AES-128.
pub(crate) fn encrypt(key: &Number, plain: &Number) -> Number {
    let mut block = (*plain).into();
    Aes128::new(&(*key).into()).encrypt_block(&mut block);
    block.into()
}

/// AES-CMAC (RFC 4493).
pub(crate) fn cmac(key: &Number, message: &[u8]) -> Number {
    let first = doubled(encrypt(key, &[0; 16]));
    let blocks = message.len().div_ceil(16).max(1);
    let mut state = [0; 16];
    for block in message.chunks(16).take(blocks - 1) {
        let block: Number = block.try_into().expect("all but the last are whole");
        state = encrypt(key, &xor(state, block));
    }
    let last = &message[(blocks - 1) * 16..];
    let mut padded = [0; 16];
    padded[..last.len()].copy_from_slice(last);
    let subkey = if last.len() == 16 {
        first
    } else {
        padded[last.len()] = 0x80;
        doubled(first)
    };
    encrypt(key, &xor(state, xor(padded, subkey)))
}

/// Times x in the field of 2^128.
fn doubled(number: Number) -> Number {
    let number = u128::from_be_bytes(number);
    let carry = if number >> 127 == 1 { 0x87 } else { 0 };
    ((number << 1) ^ carry).to_be_bytes()
}

fn xor(one: Number, other: Number) -> Number {
    (u128::from_be_bytes(one) ^ u128::from_be_bytes(other)).to_be_bytes()
}

/// `c1`: the confirm value of legacy pairing. Request and response as PDUs, their code first.
pub(crate) fn legacy_confirm(
    temporary_key: &Number,
    random: &Number,
    request: &[u8; 7],
    response: &[u8; 7],
    initiator: DeviceAddress,
    responder: DeviceAddress,
) -> Number {
    let mut first = [0; 16];
    // The PDUs were written least significant octet first.
    for place in 0..7 {
        first[place] = response[6 - place];
        first[7 + place] = request[6 - place];
    }
    first[14] = responder.kind_number();
    first[15] = initiator.kind_number();
    let mut second = [0; 16];
    second[4..10].copy_from_slice(&initiator.octets);
    second[10..].copy_from_slice(&responder.octets);
    encrypt(temporary_key, &xor(encrypt(temporary_key, &xor(*random, first)), second))
}

/// `s1`: the key of a legacy pairing.
pub(crate) fn legacy_key(temporary_key: &Number, of_responder: &Number, of_initiator: &Number) -> Number {
    let mut joined = [0; 16];
    joined[..8].copy_from_slice(&of_responder[8..]);
    joined[8..].copy_from_slice(&of_initiator[8..]);
    encrypt(temporary_key, &joined)
}

/// `f4`: the confirm value of Secure Connections.
pub(crate) fn confirm(u: &[u8; 32], v: &[u8; 32], x: &Number, z: u8) -> Number {
    cmac(x, &[&u[..], v, &[z]].concat())
}

/// `f5`: the key for the checks, and the long term key.
pub(crate) fn keys(
    shared: &[u8; 32],
    of_initiator: &Number,
    of_responder: &Number,
    initiator: DeviceAddress,
    responder: DeviceAddress,
) -> (Number, Number) {
    const SALT: Number =
        [0x6c, 0x88, 0x83, 0x91, 0xaa, 0xf5, 0xa5, 0x38, 0x60, 0x37, 0x0b, 0xdb, 0x5a, 0x60, 0x83, 0xbe];
    let key = cmac(&SALT, shared);
    let derive = |counter: u8| {
        let message = [
            &[counter],
            &b"btle"[..],
            of_initiator,
            of_responder,
            &with_kind(initiator),
            &with_kind(responder),
            &[0x01, 0x00],
        ];
        cmac(&key, &message.concat())
    };
    (derive(0), derive(1))
}

/// `f6`: the check value. `io` holds authentication requirements, OOB flag and IO capability.
pub(crate) fn check(
    key: &Number,
    own: &Number,
    other: &Number,
    r: &Number,
    io: [u8; 3],
    from: DeviceAddress,
    to: DeviceAddress,
) -> Number {
    cmac(key, &[&own[..], other, r, &io, &with_kind(from), &with_kind(to)].concat())
}

/// `g2`: the six digits of numeric comparison.
pub(crate) fn compared_digits(
    u: &[u8; 32],
    v: &[u8; 32],
    of_initiator: &Number,
    of_responder: &Number,
) -> u32 {
    let mac = cmac(of_initiator, &[&u[..], v, of_responder].concat());
    u32::from_be_bytes([mac[12], mac[13], mac[14], mac[15]]) % 1_000_000
}

/// `ah`: whether a resolvable private address was made with this identity resolving key.
pub(crate) fn resolves(identity_key: &Number, address: DeviceAddress) -> bool {
    let mut block = [0; 16];
    block[13..].copy_from_slice(&address.octets[..3]);
    encrypt(identity_key, &block)[13..] == address.octets[3..]
}

/// What is left of a key after cutting it to `size` octets: the most significant ones are zero.
pub(crate) fn cut(mut key: Number, size: u8) -> Number {
    let zeros = 16_usize.saturating_sub(usize::from(size));
    key[..zeros].fill(0);
    key
}

fn with_kind(address: DeviceAddress) -> [u8; 7] {
    let [a, b, c, d, e, f] = address.octets;
    [address.kind_number(), a, b, c, d, e, f]
}

/// A pair of keys on the curve P-256.
pub(crate) struct KeyPair {
    secret: SecretKey,
    /// Coordinates of the public key.
    pub(crate) x: [u8; 32],
    pub(crate) y: [u8; 32],
}

impl KeyPair {
    /// A pair that nobody foresees.
    pub(crate) fn fresh() -> Self {
        loop {
            // Zero and numbers beyond the order of the curve are no secrets; they come once in 2^32 times.
            if let Some(pair) = Self::of_secret(&random::<32>()) {
                return pair;
            }
        }
    }

    /// The pair that the specification publishes for protocol analysers: who uses it has no secret.
    pub(crate) fn debug() -> Self {
        Self::of_secret(&DEBUG_SECRET).expect("the specification names a valid secret")
    }

    pub(crate) fn of_secret(secret: &[u8; 32]) -> Option<Self> {
        let secret = SecretKey::from_slice(secret).ok()?;
        let point = secret.public_key().to_sec1_point(false);
        let octets: [u8; 65] = point.as_bytes().try_into().ok()?;
        let mut pair = Self { secret, x: [0; 32], y: [0; 32] };
        pair.x.copy_from_slice(&octets[1..33]);
        pair.y.copy_from_slice(&octets[33..]);
        Some(pair)
    }

    /// The shared secret; nothing if the other key is no point of the curve.
    pub(crate) fn shared(&self, x: &[u8; 32], y: &[u8; 32]) -> Option<[u8; 32]> {
        let other = PublicKey::from_sec1_bytes(&[&[0x04], &x[..], y].concat()).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), other.as_affine());
        shared.raw_secret_bytes().as_slice().try_into().ok()
    }
}

/// Whether a public key is the published one.
pub(crate) fn is_debug_key(x: &[u8; 32]) -> bool {
    *x == KeyPair::debug().x
}

const DEBUG_SECRET: [u8; 32] = [
    0x3f, 0x49, 0xf6, 0xd4, 0xa3, 0xc5, 0x5f, 0x38, 0x74, 0xc9, 0xb3, 0xe3, 0xd2, 0x10, 0x3f, 0x50, 0x4a,
    0xff, 0x60, 0x7b, 0xeb, 0x40, 0xb7, 0x99, 0x58, 0x99, 0xb8, 0xa6, 0xcd, 0x3c, 0x1a, 0xbd,
];

#[cfg(test)]
mod tests {
    //! Sample data of the specification (volume 3, part H, appendix D, and 2.2) and of RFC 4493.

    use super::*;

    fn octets<const N: usize>(hex: &str) -> [u8; N] {
        let digits: String = hex.chars().filter(|character| !character.is_whitespace()).collect();
        let octets: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect();
        octets.try_into().unwrap()
    }

    fn address(text: &str) -> DeviceAddress {
        text.parse().unwrap()
    }

    const U: &str = "20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6";
    const V: &str = "55188b3d32f6bb9a900afcfbeed4e72a59cb9ac2f19d7cfb6b4fdd49f47fc5fd";
    const N1: &str = "d5cb8454d177733effffb2ec712baeab";
    const N2: &str = "a6e8e7cc25a75f6e216583f7ff3dc4cf";
    const SHARED: &str = "ec0234a357c8ad05341010a60a397d9b99796b13b4f866f1868d34f373bfa698";

    #[test]
    fn cmac_gives_the_samples_of_its_rfc() {
        let key = octets("2b7e151628aed2a6abf7158809cf4f3c");
        let message: [u8; 64] = octets(
            "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 \
             30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710",
        );
        for (length, mac) in [
            (0, "bb1d6929e95937287fa37d129b756746"),
            (16, "070a16b46b4d4144f79bdd9dd04a287c"),
            (40, "dfa66747de9ae63030ca32611497c827"),
            (64, "51f0bebf7e3b9d92fc49741779363cfe"),
        ] {
            assert_eq!(cmac(&key, &message[..length]), octets(mac), "{length} octets");
        }
    }

    #[test]
    fn legacy_functions_give_the_samples() {
        let confirm = legacy_confirm(
            &[0; 16],
            &octets("5783D52156AD6F0E6388274EC6702EE0"),
            &[0x01, 0x01, 0x00, 0x00, 0x10, 0x07, 0x07],
            &[0x02, 0x03, 0x00, 0x00, 0x08, 0x00, 0x05],
            address("A1:A2:A3:A4:A5:A6/random"),
            address("B1:B2:B3:B4:B5:B6/public"),
        );
        assert_eq!(confirm, octets("1e1e3fef878988ead2a74dc5bef13b86"));
        let key = legacy_key(
            &[0; 16],
            &octets("000F0E0D0C0B0A091122334455667788"),
            &octets("010203040506070899AABBCCDDEEFF00"),
        );
        assert_eq!(key, octets("9a1fe1f0e8b0f49b5b4216ae796da062"));
    }

    #[test]
    fn secure_connections_functions_give_the_samples() {
        assert_eq!(
            confirm(&octets(U), &octets(V), &octets(N1), 0),
            octets("f2c916f107a9bd1cf1eda1bea974872d")
        );
        let (one, other) = (address("56:12:37:37:BF:CE/public"), address("A7:13:70:2D:CF:C1/public"));
        let (check_key, long_term_key) = keys(&octets(SHARED), &octets(N1), &octets(N2), one, other);
        assert_eq!(check_key, octets("2965f176a1084a02fd3f6a20ce636e20"));
        assert_eq!(long_term_key, octets("6986791169d7cd23980522b594750a38"));
        let r = octets("12a3343bb453bb5408da42d20c2d0fc8");
        let checked = check(&check_key, &octets(N1), &octets(N2), &r, [1, 1, 2], one, other);
        assert_eq!(checked, octets("e3c473989cd0e8c5d26c0b09da958f61"));
        let digits = compared_digits(&octets(U), &octets(V), &octets(N1), &octets(N2));
        assert_eq!(digits, 0x2f9e_d5ba % 1_000_000);
    }

    #[test]
    fn the_key_agreement_gives_the_sample_and_refuses_points_off_the_curve() {
        let a = KeyPair::debug();
        assert_eq!(a.x, octets(U));
        let b = KeyPair::of_secret(&octets(V)).unwrap();
        assert_eq!(b.x, octets("1ea1f0f01faf1d9609592284f19e4c0047b58afd8615a69f559077b22faaa190"));
        assert_eq!(a.shared(&b.x, &b.y), Some(octets(SHARED)));
        assert_eq!(b.shared(&a.x, &a.y), Some(octets(SHARED)));
        assert_eq!(a.shared(&b.x, &[0; 32]), None);
        assert!(is_debug_key(&a.x) && !is_debug_key(&b.x) && !is_debug_key(&KeyPair::fresh().x));
    }

    #[test]
    fn a_private_address_is_resolved_with_its_key_alone() {
        let key = octets("ec0234a357c8ad05341010a60a397d9b");
        assert!(resolves(&key, address("70:81:94:0D:FB:AA/random")));
        assert!(!resolves(&key, address("70:81:95:0D:FB:AA/random")));
    }

    #[test]
    fn a_cut_key_keeps_its_least_significant_octets() {
        assert_eq!(cut([9; 16], 16), [9; 16]);
        assert_eq!(cut([9; 16], 7)[..10], [0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
    }
}
