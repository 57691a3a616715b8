//! The examples of the core specification (volume 3, part H, 2.2 and appendix D), and of RFC 4493.

use super::*;

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let digits: Vec<u8> =
        text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    bytes.try_into().unwrap()
}

fn u() -> [u8; 32] {
    DEBUG_KEY_X
}

fn v() -> [u8; 32] {
    hex("55188b3d 32f6bb9a 900afcfb eed4e72a 59cb9ac2 f19d7cfb 6b4fdd49 f47fc5fd")
}

fn dh_key() -> [u8; 32] {
    hex("ec0234a3 57c8ad05 341010a6 0a397d9b 99796b13 b4f866f1 868d34f3 73bfa698")
}

fn n1() -> Block {
    hex("d5cb8454 d177733e ffffb2ec 712baeab")
}

fn n2() -> Block {
    hex("a6e8e7cc 25a75f6e 216583f7 ff3dc4cf")
}

fn addresses() -> [DeviceAddress; 2] {
    [hex("56123737bfce"), hex("a713702dcfc1")].map(|bytes| DeviceAddress::public(reversed(bytes)))
}

#[test]
fn cmac_of_the_rfc() {
    let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
    let message: [u8; 64] = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    for (length, expected) in [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ] {
        assert_eq!(cmac(key, &[&message[..length]]), hex(expected), "{length} bytes");
    }
}

#[test]
fn f4_of_the_specification() {
    assert_eq!(f4(&u(), &v(), n1(), 0), hex("f2c916f1 07a9bd1c f1eda1be a974872d"));
}

#[test]
fn f5_of_the_specification() {
    let [a1, a2] = addresses();
    let (mac_key, long_term_key) = f5(&dh_key(), n1(), n2(), a1, a2);
    assert_eq!(mac_key, hex("2965f176 a1084a02 fd3f6a20 ce636e20"));
    assert_eq!(long_term_key, hex("69867911 69d7cd23 980522b5 94750a38"));
}

#[test]
fn f6_of_the_specification() {
    let key = hex("2965f176 a1084a02 fd3f6a20 ce636e20");
    let r = hex("12a3343b b453bb54 08da42d2 0c2d0fc8");
    let check = f6(key, [n1(), n2()], r, [1, 1, 2], addresses());
    assert_eq!(check, hex("e3c47398 9cd0e8c5 d26c0b09 da958f61"));
}

#[test]
fn g2_of_the_specification() {
    assert_eq!(g2_word(&u(), &v(), n1(), n2()), 0x2f9e_d5ba);
    assert_eq!(g2(&u(), &v(), n1(), n2()), 0x2f9e_d5ba % 1_000_000);
}

#[test]
fn h6_of_the_specification() {
    // h6 is CMAC over four letters.
    let key = hex("ec0234a3 57c8ad05 341010a6 0a397d9b");
    assert_eq!(cmac(key, &[b"lebr"]), hex("2d9ae102 e76dc91c e8d3a9e2 80b16399"));
}

#[test]
fn ah_of_the_specification() {
    let key = hex("ec0234a3 57c8ad05 341010a6 0a397d9b");
    assert_eq!(ah(key, [0x70, 0x81, 0x94]), [0x0d, 0xfb, 0xaa]);
    let address = DeviceAddress::random(reversed(hex("7081940dfbaa")));
    assert!(resolves(key, address));
    assert!(!resolves([0; 16], address));
    let own = resolvable_address(key);
    assert!(own.is_resolvable() && resolves(key, own), "{own}");
}

#[test]
fn c1_of_the_specification() {
    let confirm = c1(
        [0; 16],
        hex("5783d52156ad6f0e6388274ec6702ee0"),
        [0x01, 0x01, 0x00, 0x00, 0x10, 0x07, 0x07],
        [0x02, 0x03, 0x00, 0x00, 0x08, 0x00, 0x05],
        DeviceAddress::random(reversed(hex("a1a2a3a4a5a6"))),
        DeviceAddress::public(reversed(hex("b1b2b3b4b5b6"))),
    );
    assert_eq!(confirm, hex("1e1e3fef878988ead2a74dc5bef13b86"));
}

#[test]
fn s1_of_the_specification() {
    let key = s1([0; 16], hex("000f0e0d0c0b0a091122334455667788"), hex("010203040506070899aabbccddeeff00"));
    assert_eq!(key, hex("9a1fe1f0e8b0f49b5b4216ae796da062"));
}

#[test]
fn the_common_secret_of_the_specification() {
    let pair = KeyPair::debug();
    assert_eq!(pair.public().0, DEBUG_KEY_X);
    let x = hex("1ea1f0f0 1faf1d96 09592284 f19e4c00 47b58afd 8615a69f 559077b2 2faaa190");
    let y = hex("4c55f33e 429dad37 7356703a 9ab85160 472d1130 e28e3676 5f89aff9 15b1214a");
    assert_eq!(pair.shared(&x, &y), Some(dh_key()));
    assert_eq!(pair.shared(&x, &x), None, "no point of the curve");
    assert_eq!(pair.shared(&[0; 32], &[0; 32]), None);
}

#[test]
fn a_short_key_keeps_its_lowest_bytes() {
    assert_eq!(shortened(n1(), 16), n1());
    assert_eq!(shortened(n1(), 7), hex("00000000 00000000 00ffb2ec 712baeab"));
}
