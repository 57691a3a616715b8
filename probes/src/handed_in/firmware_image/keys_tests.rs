use proptest::prelude::*;

use super::super::built_images::KEY;
use super::*;

fn armoured(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn field(octets: &[u8]) -> Vec<u8> {
    [&(octets.len() as u32).to_be_bytes()[..], octets].concat()
}

fn element_of(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let head = if length < 128 {
        vec![tag, length as u8]
    } else {
        vec![tag, 0x82, (length >> 8) as u8, length as u8]
    };
    [head, contents.to_vec()].concat()
}

#[test]
fn protected_keys_are_told_from_open_ones() {
    let long = "QUJD".repeat(30);
    let told = |text: &str| pem(text.as_bytes()).map(|key| (key.whole, key.encrypted));
    assert_eq!(told(KEY), Some((true, false)));
    assert_eq!(told(&armoured("ENCRYPTED PRIVATE KEY", &long)), Some((true, true)));
    assert_eq!(
        told(&armoured("RSA PRIVATE KEY", &format!("Proc-Type: 4,ENCRYPTED\n\n{long}"))),
        Some((true, true))
    );
    let open = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";
    assert_eq!(told(&armoured("OPENSSH PRIVATE KEY", open)), Some((true, false)));
    let locked = "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABA8yYwFhH";
    assert_eq!(told(&armoured("OPENSSH PRIVATE KEY", locked)), Some((true, true)));
    assert_eq!(told(&armoured("PUBLIC KEY", &long)), None);
    assert_eq!(told(&armoured("CERTIFICATE", &long)), None);
    assert_eq!(told("-----BEGIN PRIVATE KEY-----"), Some((false, false)));
    assert_eq!(told(&armoured("PRIVATE KEY", "...")), Some((false, false)));
}

#[test]
fn host_keys_of_dropbear_are_told_from_public_ones() {
    let told = |fields: &[&[u8]]| {
        let octets: Vec<u8> = fields.iter().flat_map(|octets| field(octets)).collect();
        whole_file(&octets).map(|key| key.label)
    };
    let number = [0x55; 128];
    assert_eq!(
        told(&[b"ssh-rsa", &[1, 0, 1], &number, &number, &number, &number]).as_deref(),
        Some("Dropbear ssh-rsa")
    );
    assert_eq!(told(&[b"ssh-rsa", &[1, 0, 1], &number]), None);
    assert_eq!(told(&[b"ssh-ed25519", &[7; 64]]).as_deref(), Some("Dropbear ssh-ed25519"));
    assert_eq!(told(&[b"ssh-ed25519", &[7; 32]]), None);
    assert!(told(&[b"ecdsa-sha2-nistp256", b"nistp256", &[4; 65], &[9; 32]]).is_some());
    assert_eq!(told(&[b"ecdsa-sha2-nistp256", b"nistp256", &[4; 65]]), None);
}

#[test]
fn keys_in_der_are_told_from_certificates_and_public_keys() {
    let told = |octets: &[u8]| whole_file(octets).map(|key| (key.label, key.encrypted));
    let version = |number: u8| element_of(2, &[number]);
    let algorithm = element_of(0x30, &element_of(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]));
    let pkcs8 = element_of(0x30, &[version(0), algorithm.clone(), element_of(4, &[5; 40])].concat());
    assert_eq!(told(&pkcs8), Some(("DER PKCS #8".to_owned(), false)));
    let numbers: Vec<u8> = (0..8).flat_map(|_| element_of(2, &[0x55; 128])).collect();
    assert_eq!(told(&element_of(0x30, &[version(0), numbers.clone()].concat())).unwrap().0, "DER PKCS #1");
    assert_eq!(
        told(&element_of(0x30, &[version(1), element_of(4, &[5; 32])].concat())).unwrap().0,
        "DER SEC 1"
    );
    let by_password =
        element_of(0x30, &element_of(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]));
    let encrypted = element_of(0x30, &[by_password, element_of(4, &[5; 64])].concat());
    assert_eq!(told(&encrypted), Some(("DER PKCS #8".to_owned(), true)));
    // A certificate, a public key, an array of numbers.
    assert_eq!(
        told(&element_of(0x30, &[algorithm.clone(), algorithm.clone(), element_of(3, &[0; 90])].concat())),
        None
    );
    assert_eq!(told(&element_of(0x30, &[algorithm, element_of(3, &[0; 66])].concat())), None);
    assert_eq!(told(&element_of(0x30, &numbers[..264])), None);
}

proptest! {
    #[test]
    fn any_octets_are_asked(octets in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..240) {
        let _ = (pem(&octets), whole_file(&octets));
        let mut key = KEY.as_bytes()[..cut.min(KEY.len())].to_vec();
        key.extend_from_slice(&octets);
        let _ = pem(&key);
    }
}
