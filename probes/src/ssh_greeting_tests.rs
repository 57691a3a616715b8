use proptest::prelude::*;

use super::*;

fn init(lists: [&str; 8]) -> Vec<u8> {
    let mut payload = vec![KEXINIT];
    payload.extend([7; 16]);
    lists.iter().for_each(|names| payload.extend(string(names.as_bytes())));
    payload.extend([0; 13]);
    [&b"SSH-2.0-x\r\n"[..], &packet(&payload)].concat()
}

const LISTS: [&str; 8] =
    ["curve25519-sha256,x", "ssh-ed25519,rsa-sha2-256", "a,b", "b,c", "m", "m", "none", "none"];

#[test]
fn algorithms_are_read_in_the_order_of_the_server() {
    let bytes = init(LISTS);
    let server = algorithms(first_packet(&bytes, KEXINIT).expect("a packet")).expect("lists");
    assert_eq!(server.key_exchanges, ["curve25519-sha256", "x"]);
    assert_eq!(server.ciphers, ["a", "b", "c"]);
    assert!(first_packet(&bytes[..bytes.len() - 1], KEXINIT).is_none(), "cut off");
    assert!(first_packet(&bytes, EXCHANGE_REPLY).is_none());
    let empty = init(["", "", "", "", "", "", "", ""]);
    assert!(first_packet(&empty, KEXINIT).and_then(algorithms).is_none(), "a server has algorithms");
}

#[test]
fn our_own_packets_are_well_formed() {
    let bytes = init(LISTS);
    let server = algorithms(first_packet(&bytes, KEXINIT).expect("a packet")).expect("lists");
    let ours = packet(&our_algorithms(&server, "curve25519-sha256", "ssh-ed25519"));
    assert_eq!(ours.len() % 8, 0);
    let behind_version = [&b"SSH-2.0-y\n"[..], &ours].concat();
    let read = first_packet(&behind_version, KEXINIT).and_then(algorithms).expect("lists");
    assert_eq!(read.host_key_algorithms, ["ssh-ed25519"]);
    assert_eq!(Part::P256.bytes().len(), 65);
}

#[test]
fn host_keys_have_their_length() {
    let mut modulus = vec![0, 0x9f];
    modulus.extend([1; 127]);
    let rsa = [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&modulus)].concat();
    let key = host_key(&rsa).expect("a key");
    assert_eq!((key.kind.as_str(), key.bits), ("ssh-rsa", 1024));
    assert!(key.fingerprint.starts_with("SHA256:") && key.fingerprint.len() == 7 + 43);
    assert_eq!(host_key(&rsa[..20]), None);
    assert_eq!((base64(b"ab"), base64(b"abc")), ("YWI".to_owned(), "YWJj".to_owned()));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_stop_the_readers(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [&b"SSH-2.0-x\r\n\0\0"[..], &tail].concat();
        let _ = first_packet(&bytes, KEXINIT).map(algorithms);
        let _ = algorithms(&tail);
        let _ = host_key(&tail);
    }
}
