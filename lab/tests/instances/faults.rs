//! What the faults of the device do to it, over its sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::visitor::{bench_value, connect, get, ports, post_login, post_token, start};
use lab::model::page;

#[test]
fn faults_open_what_they_say() {
    let faults = [
        "telnet-open",
        "debug-port-open",
        "http-plain-open",
        "http-basic-undeclared",
        "mqtt-broker-open",
        "ssdp-open",
        "coap-open",
    ];
    let instance = start(&faults, 8);
    let ports = ports(&instance);
    for (port, send, expected) in [
        (ports.telnet, "", "login: "),
        (ports.debug, "", "debug monitor"),
        (ports.plain_http, "GET / HTTP/1.0\r\n\r\n", "Service menu"),
        (ports.basic_http, "GET / HTTP/1.0\r\n\r\n", "www-authenticate: Basic"),
        (ports.mqtt_broker, "\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0", " \x02\0\0"),
    ] {
        let mut stream = connect(instance.address(), port).unwrap();
        stream.write_all(send.as_bytes()).unwrap();
        let mut seen = Vec::new();
        let mut part = [0; 512];
        while !seen.windows(expected.len()).any(|window| window == expected.as_bytes()) {
            let length = stream.read(&mut part).unwrap();
            assert!(length > 0, "port {port} said {}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&part[..length]);
        }
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let core = b"\x40\x01\x12\x34\xbb.well-known\x04core";
    for (port, question) in
        [(ports.ssdp, &b"M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\n\r\n"[..]), (ports.coap, core)]
    {
        socket.send_to(question, (instance.address(), port)).unwrap();
        let mut answer = [0; 1024];
        let (_, from) = socket.recv_from(&mut answer).unwrap();
        assert_eq!(from, SocketAddr::from((instance.address(), port)));
    }
}

/// A page of the maker, as plain HTTP gives it.
fn maker_page(faults: &[&str], path: &str) -> String {
    let instance = start(faults, 12);
    let spec = instance.spec();
    let mut stream = connect(spec.world_address.unwrap(), ports(&instance).maker).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_makers_pages_are_wrong_when_a_fault_says_so() {
    let policy = maker_page(&[], page::POLICY);
    assert!(policy.starts_with("HTTP/1.0 200") && policy.contains("within 5 days"), "{policy}");
    assert!(maker_page(&["policy-missing"], page::POLICY).starts_with("HTTP/1.0 404"));
    assert!(maker_page(&["policy-behind-login"], page::POLICY).starts_with("HTTP/1.0 401"));
    assert!(!maker_page(&["policy-without-timeline"], page::POLICY).contains("days until"));
    assert!(maker_page(&[], page::SUPPORT).contains(lab::model::SUPPORT_UNTIL));
    assert!(!maker_page(&["support-page-other-date"], page::SUPPORT).contains(lab::model::SUPPORT_UNTIL));
    assert!(maker_page(&["support-page-missing"], page::SUPPORT).starts_with("HTTP/1.0 404"));
}

#[test]
fn a_login_without_or_with_a_late_lock_goes_on() {
    for fault in ["lockout-missing-web", "lockout-late-web"] {
        let instance = start(&[fault], 13);
        instance.perform("onboard").unwrap();
        for _ in 0..8 {
            assert!(post_login(&instance, "wrong").starts_with("HTTP/1.1 401"), "{fault}");
        }
        let user = bench_value(&instance, "AuthMech-WebLogin");
        assert!(post_login(&instance, &user).contains("location: /settings"), "{fault}");
    }
    let instance = start(&["lockout-missing-api"], 13);
    instance.perform("onboard").unwrap();
    for _ in 0..8 {
        assert!(post_token(&instance, "wrong").starts_with("HTTP/1.1 401"));
    }
}

#[test]
fn passwords_are_wrong_when_a_fault_says_so() {
    let instance = start(&["default-password"], 14);
    instance.perform("onboard").unwrap();
    assert!(post_login(&instance, "admin").contains("location: /settings"));
    assert!(post_token(&instance, "admin").contains("\"token\""));
}

#[test]
fn the_device_tells_more_when_a_fault_says_so() {
    assert!(get(&start(&["api-without-login"], 15), "/api/status").starts_with("HTTP/1.1 200"));
    let sound = get(&start(&[], 15), "/");
    assert!(!sound.to_lowercase().contains("server:"));
    assert!(get(&start(&["server-header-version"], 15), "/").contains("server: lighttpd/1.4.35"));

    let question = b"\0\x07\0\0\0\x01\0\0\0\0\0\0\x06_https\x04_tcp\x05local\0\0\x0c\0\x01";
    for (faults, tells) in [(&[][..], false), (&["mdns-tells-serial"][..], true)] {
        let instance = start(faults, 15);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        socket.send_to(question, (instance.address(), ports(&instance).mdns)).unwrap();
        let mut answer = [0; 1024];
        let length = socket.recv(&mut answer).unwrap();
        assert_eq!(answer[..length].windows(7).any(|part| part == b"serial="), tells);
    }
}

/// A ClientHello of the given version without extensions.
fn hello(version: [u8; 2], suites: &[u8]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend_from_slice(&[9; 32]);
    body.extend_from_slice(&[0, 0, u8::try_from(suites.len()).unwrap()]);
    body.extend_from_slice(suites);
    body.extend_from_slice(&[1, 0]);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend_from_slice(&body);
    record
}

#[test]
fn old_versions_and_suites_are_agreed_to_when_a_fault_says_so() {
    let alert = 0x15;
    let handshake = 0x16;
    for (faults, version, expected) in [
        (&[][..], [3, 1], alert),
        (&["tls10-offered"][..], [3, 1], handshake),
        (&["tls10-offered"][..], [3, 2], handshake),
        (&["tls10-offered"][..], [3, 3], alert),
        (&[][..], [3, 3], alert),
        (&["cbc-suite-offered"][..], [3, 3], handshake),
        (&["cbc-suite-offered"][..], [3, 1], alert),
    ] {
        let instance = start(faults, 16);
        let mut stream = connect(instance.address(), ports(&instance).https).unwrap();
        stream.write_all(&hello(version, &[0, 0x2F, 0, 0x35])).unwrap();
        let mut kind = [0];
        stream.read_exact(&mut kind).unwrap();
        assert_eq!(kind[0], expected, "{faults:?} {version:?}");
        if expected == handshake {
            let mut rest = [0; 10];
            stream.read_exact(&mut rest).unwrap();
            assert_eq!(rest[8..], version, "the version of the ServerHello");
        }
        assert!(get(&instance, "/identity").starts_with("HTTP/1.1 200"), "current TLS goes on working");
    }
}

#[test]
fn the_certificate_is_another_when_a_fault_says_so() {
    let certificate = |faults: &[&str]| {
        let stored = start(faults, 17).spec().certificate.clone().unwrap();
        rustls::pki_types::pem::PemObject::from_pem_slice(stored.certificate.as_bytes())
            .map(|der: rustls::pki_types::CertificateDer<'_>| der.to_vec())
            .unwrap()
    };
    let holds = |der: &[u8], part: &[u8]| der.windows(part.len()).any(|window| window == part);
    let p384 = [0x2B, 0x81, 0x04, 0x00, 0x22];
    assert!(!holds(&certificate(&[]), &p384));
    assert!(holds(&certificate(&["certificate-other-key"]), &p384));
    let this_year = jiff::Zoned::now().year() % 100;
    let ended = format!("{:02}", this_year - 1);
    // UTCTime (tag 23, 13 octets), first the beginning, then the end.
    let ends_with_year = |der: &[u8]| {
        let at = der.windows(2).rposition(|window| window == [23, 13]).unwrap() + 2;
        String::from_utf8(der[at..at + 2].to_vec()).unwrap()
    };
    assert_eq!(ends_with_year(&certificate(&["certificate-expired"])), ended);
    assert_ne!(ends_with_year(&certificate(&[])), ended);
}

/// Whom a heater admits over Bluetooth LE and what it tells is shown for each weakness in the tests of its Bluetooth
/// side; here, that a fault is the weakness of its name and nothing else.
#[test]
fn a_fault_of_bluetooth_is_the_weakness_of_its_name() {
    use lab::behaviour::{Behaviour, ble::WEAKNESSES};
    let mut left: Vec<&str> = WEAKNESSES.iter().map(|(name, _)| *name).collect();
    for fault in lab::faults() {
        let Some(name) = fault.name.strip_prefix("ble-") else { continue };
        let lab::Apply::Device(apply) = fault.apply else {
            panic!("{} is no fault of the device", fault.name)
        };
        let (_, weaken) = WEAKNESSES.iter().find(|(other, _)| *other == name).unwrap();
        let (mut faulty, mut expected) = (Behaviour::default(), Behaviour::default());
        apply(&mut faulty);
        weaken(&mut expected.ble);
        assert_eq!(format!("{faulty:?}"), format!("{expected:?}"), "{name}");
        left.retain(|other| *other != name);
    }
    // The assessed device has no PIN over Bluetooth LE.
    assert_eq!(left, ["app-pin-without-lockout"]);
}

#[test]
fn the_bluetooth_side_of_an_instance_is_faulty_when_a_fault_says_so() {
    let address = |faults: &[&str]| start(faults, 16).bluetooth().address();
    let (first, second) = (address(&[]), address(&[]));
    assert!(first.random && second.random && first != second, "a sound device draws its address");
    let (first, second) = (address(&["ble-static-address"]), address(&["ble-static-address"]));
    assert!(!first.random && first == second, "a faulty one keeps it");
}
