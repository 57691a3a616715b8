//! The functions of the security manager (core specification, volume 3, part H, 2.2). Every value has its most
//! significant byte first, as in the specification; [`reversed`] turns it into what goes over the air.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey, ecdh};

use super::DeviceAddress;
use crate::chance;

/// A key, a nonce, a confirm value.
pub(crate) type Block = [u8; 16];

/// The other order of bytes.
pub(crate) fn reversed<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    bytes.reverse();
    bytes
}

/// A block that nobody foretells.
pub(crate) fn random_block() -> Block {
    let mut block = [0; 16];
    block[..8].copy_from_slice(&chance::bits().to_le_bytes());
    block[8..].copy_from_slice(&chance::bits().to_le_bytes());
    block
}

/// The security function `e`.
pub(crate) fn e(key: Block, plain: Block) -> Block {
    let mut block = plain.into();
    Aes128::new(&key.into()).encrypt_block(&mut block);
    block.into()
}

/// AES-CMAC (RFC 4493).
pub(crate) fn cmac(key: Block, parts: &[&[u8]]) -> Block {
    let message = parts.concat();
    let first = doubled(e(key, [0; 16]));
    let whole = !message.is_empty() && message.len().is_multiple_of(16);
    let body = if whole { message.len() - 16 } else { message.len() / 16 * 16 };
    let (body, rest) = message.split_at(body);
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    if !whole {
        last[rest.len()] = 0x80;
    }
    let subkey = if whole { first } else { doubled(first) };
    let chained = body.chunks_exact(16).fold([0; 16], |chained, block| {
        let mut mixed = chained;
        mixed.iter_mut().zip(block).for_each(|(one, other)| *one ^= other);
        e(key, mixed)
    });
    e(key, xor(xor(chained, last), subkey))
}

/// Twice a value in the field of CMAC.
fn doubled(block: Block) -> Block {
    let number = u128::from_be_bytes(block);
    let reduced = if number >> 127 == 1 { 0x87 } else { 0 };
    ((number << 1) ^ reduced).to_be_bytes()
}

fn xor(one: Block, other: Block) -> Block {
    (u128::from_be_bytes(one) ^ u128::from_be_bytes(other)).to_be_bytes()
}

/// An address as the functions take it: its type, then the bytes.
fn seven(address: DeviceAddress) -> [u8; 7] {
    let [f, e, d, c, b, a] = address.bytes;
    [address.kind(), a, b, c, d, e, f]
}

/// Confirm value of Secure Connections.
pub(crate) fn f4(u: &[u8; 32], v: &[u8; 32], x: Block, z: u8) -> Block {
    cmac(x, &[u, v, &[z]])
}

/// Keys of Secure Connections: the one for the checks, and the long term key.
pub(crate) fn f5(
    dh_key: &[u8; 32],
    n1: Block,
    n2: Block,
    a1: DeviceAddress,
    a2: DeviceAddress,
) -> (Block, Block) {
    const SALT: Block = 0x6c88_8391_aaf5_a538_6037_0bdb_5a60_83be_u128.to_be_bytes();
    let key = cmac(SALT, &[dh_key]);
    let derived = |counter| cmac(key, &[&[counter], b"btle", &n1, &n2, &seven(a1), &seven(a2), &[1, 0]]);
    (derived(0), derived(1))
}

/// Check value of Secure Connections; `capabilities`: requirements, out-of-band flag, input and output.
pub(crate) fn f6(
    key: Block,
    [n1, n2]: [Block; 2],
    r: Block,
    capabilities: [u8; 3],
    [a1, a2]: [DeviceAddress; 2],
) -> Block {
    cmac(key, &[&n1, &n2, &r, &capabilities, &seven(a1), &seven(a2)])
}

/// The number of a numeric comparison, six digits.
pub(crate) fn g2(u: &[u8; 32], v: &[u8; 32], x: Block, y: Block) -> u32 {
    g2_word(u, v, x, y) % 1_000_000
}

fn g2_word(u: &[u8; 32], v: &[u8; 32], x: Block, y: Block) -> u32 {
    u128::from_be_bytes(cmac(x, &[u, v, &y])) as u32
}

/// Hash of a resolvable address.
pub(crate) fn ah(key: Block, random: [u8; 3]) -> [u8; 3] {
    let mut plain = [0; 16];
    plain[13..].copy_from_slice(&random);
    let [.., a, b, c] = e(key, plain);
    [a, b, c]
}

/// Confirm value of legacy pairing. `request` and `response` as they went over the air.
pub(crate) fn c1(
    key: Block,
    random: Block,
    request: [u8; 7],
    response: [u8; 7],
    initiator: DeviceAddress,
    responder: DeviceAddress,
) -> Block {
    let mut p1 = [0; 16];
    p1[..7].copy_from_slice(&reversed(response));
    p1[7..14].copy_from_slice(&reversed(request));
    p1[14] = responder.kind();
    p1[15] = initiator.kind();
    let mut p2 = [0; 16];
    p2[4..10].copy_from_slice(&reversed(initiator.bytes));
    p2[10..].copy_from_slice(&reversed(responder.bytes));
    e(key, xor(e(key, xor(random, p1)), p2))
}

/// Short term key of legacy pairing.
pub(crate) fn s1(key: Block, responder: Block, initiator: Block) -> Block {
    let mut halves = [0; 16];
    halves[..8].copy_from_slice(&responder[8..]);
    halves[8..].copy_from_slice(&initiator[8..]);
    e(key, halves)
}

/// Keeps so many bytes of a key, the least significant ones.
pub(crate) fn shortened(key: Block, bytes: u8) -> Block {
    let gone = 16usize.saturating_sub(bytes.into());
    let mut short = key;
    short[..gone].fill(0);
    short
}

/// A resolvable private address of whoever has that key.
pub(crate) fn resolvable_address(key: Block) -> DeviceAddress {
    let [a, b, c, ..] = chance::bits().to_le_bytes();
    let random = [a & 0x3f | 0x40, b, c];
    let [d, e, f] = ah(key, random);
    DeviceAddress::random(reversed([random[0], random[1], random[2], d, e, f]))
}

/// Whether an address is one of whoever has that key.
pub(crate) fn resolves(key: Block, address: DeviceAddress) -> bool {
    let [f, e, d, c, b, a] = address.bytes;
    address.is_resolvable() && ah(key, [a, b, c]) == [d, e, f]
}

/// A key pair on P-256.
pub(crate) struct KeyPair {
    secret: SecretKey,
}

impl KeyPair {
    pub(crate) fn random() -> Self {
        loop {
            let bytes = [random_block(), random_block()].concat();
            // One draw in 2^32 is beyond the order of the curve.
            if let Ok(secret) = SecretKey::from_slice(&bytes) {
                return Self { secret };
            }
        }
    }

    /// The key pair that the specification publishes for debugging.
    #[cfg(test)]
    pub(crate) fn debug() -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&0x3f49_f6d4_a3c5_5f38_74c9_b3e3_d210_3f50_u128.to_be_bytes());
        bytes[16..].copy_from_slice(&0x4aff_607b_eb40_b799_5899_b8a6_cd3c_1abd_u128.to_be_bytes());
        Self { secret: SecretKey::from_slice(&bytes).unwrap() }
    }

    /// Both coordinates.
    pub(crate) fn public(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.secret.public_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        let (mut x, mut y) = ([0; 32], [0; 32]);
        // Not compressed: a type byte and two coordinates.
        x.copy_from_slice(&bytes[1..33]);
        y.copy_from_slice(&bytes[33..65]);
        (x, y)
    }

    /// The common secret; `None`: what the other side sent is no point of the curve.
    pub(crate) fn shared(&self, x: &[u8; 32], y: &[u8; 32]) -> Option<[u8; 32]> {
        let theirs = PublicKey::from_sec1_bytes(&[&[4][..], x, y].concat()).ok()?;
        let secret = ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), theirs.as_affine());
        secret.raw_secret_bytes().as_slice().try_into().ok()
    }
}

/// First coordinate of the public key that the specification publishes for debugging.
pub(crate) const DEBUG_KEY_X: [u8; 32] = [
    0x20, 0xb0, 0x03, 0xd2, 0xf2, 0x97, 0xbe, 0x2c, 0x5e, 0x2c, 0x83, 0xa7, 0xe9, 0xf9, 0xa5, 0xb9, 0xef,
    0xf4, 0x91, 0x11, 0xac, 0xf4, 0xfd, 0xdb, 0xcc, 0x03, 0x01, 0x48, 0x0e, 0x35, 0x9d, 0xe6,
];

#[cfg(test)]
mod tests;
