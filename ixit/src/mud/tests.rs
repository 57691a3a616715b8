use proptest::prelude::*;

use super::*;
use crate::declaration::{Declaration, SourceFile};
use crate::diagnostic::Severity;

const FILE: &str = "documents/hk-100.mud.json";
const REFERENCE: &str = include_str!("../../../lab/devices/water-heater/documents/hk-100.mud.json");

/// A declaration with these communication mechanisms.
fn declaration(com_mech: &str) -> Declaration {
    let ics = "edition = \"en303645-2.1.1\"\n[dut]\nmanufacturer = \"Hinode Kettle Works\"\nmodel = \"HK-100\"\nfirmware = \"1.4.2\"\nmud = \"hk-100.mud.json\"\n";
    let sources = vec![
        SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        SourceFile::new("ixit.toml", com_mech.as_bytes().to_vec()),
    ];
    let reading = Declaration::from_sources(sources, Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

const MECHANISMS: &str = r#"
[[com_mech]]
id = "Web"
role = "server"
endpoint = [{ transport = "tcp", port = 8443 }]
[[com_mech]]
id = "Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 8883, host = "cloud.hinode.example" }]
[[com_mech]]
id = "Update"
role = "client"
endpoint = [{ transport = "tcp", port = 8444, host = "Update.Hinode.Example." }]
[[com_mech]]
id = "Mdns"
role = "server"
endpoint = [{ transport = "udp", port = 5353 }]
[[com_mech]]
id = "Base"
role = "client"
endpoint = [{ transport = "udp", port = 53, host = "*" }]
"#;

fn read(text: &str) -> (Option<Mud>, Vec<Diagnostic>) {
    Mud::from_bytes(FILE, text.as_bytes())
}

fn compared(text: &str, com_mech: &str) -> Vec<(String, String, u32)> {
    let (mud, findings) = read(text);
    assert_eq!(findings, [], "the file itself is sound");
    compare(&mud.expect("a file"), &declaration(com_mech))
        .into_iter()
        .map(|finding| (finding.code, finding.message, finding.at.line))
        .collect()
}

/// Codes and messages of one change to the reference file.
fn spoilt(from: &str, to: &str) -> Vec<(String, String, u32)> {
    assert!(REFERENCE.contains(from), "{from} is in the file");
    let (_, findings) = read(&REFERENCE.replacen(from, to, 1));
    assert!(findings.iter().all(|finding| finding.severity == Severity::Finding
        && finding.blame == Blame::Documentation
        && CODES.iter().any(|(code, _)| *code == finding.code)
        && finding.help.is_some()
        && &*finding.at.file == FILE));
    findings.into_iter().map(|finding| (finding.code, finding.message, finding.at.line)).collect()
}

#[test]
fn the_reference_file_is_sound_and_agrees_with_the_mechanisms() {
    let (mud, findings) = read(REFERENCE);
    assert_eq!(findings, []);
    let mud = mud.expect("a file");
    assert_eq!((mud.rules.len(), mud.cache_validity, mud.is_supported), (8, 48, true));
    assert_eq!(compared(REFERENCE, MECHANISMS), []);
    assert_eq!(mud.to_json(), REFERENCE, "the file is written as it was read");
}

#[test]
fn a_rule_without_a_row_is_told_once_for_both_directions() {
    let without_update = MECHANISMS.replace("Update.Hinode.Example.", "other.example");
    let findings = compared(REFERENCE, &without_update);
    assert_eq!(
        findings.iter().map(|(code, ..)| code.as_str()).collect::<Vec<_>>(),
        ["mud-rule-undeclared", "mud-lacks-mechanism"]
    );
    assert_eq!(
        findings[0].1,
        "The rule update-out allows calls to update.hinode.example, TCP port 8444, which no communication mechanism declares"
    );
    assert_eq!(
        findings[1].1,
        "Update declares calls to other.example, TCP port 8444, and no rule of the MUD file allows it"
    );
}

#[test]
fn ports_protocols_and_sides_are_compared() {
    for (row, other) in [
        ("port = 8883", "port = 1883"),
        (
            "\"Mdns\"\nrole = \"server\"\nendpoint = [{ transport = \"udp\"",
            "\"Mdns\"\nrole = \"server\"\nendpoint = [{ transport = \"tcp\"",
        ),
        ("\"Web\"\nrole = \"server\"", "\"Web\"\nrole = \"client\""),
    ] {
        assert!(MECHANISMS.contains(row), "{row}");
        let codes: Vec<String> =
            compared(REFERENCE, &MECHANISMS.replace(row, other)).into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, ["mud-rule-undeclared", "mud-lacks-mechanism"], "{other}");
    }
}

#[test]
fn a_rule_that_allows_everything_covers_and_one_that_drops_does_not() {
    let everything = REFERENCE.replacen("\"accept\"", "\"drop\"", 1).replacen("\"accept\"", "\"drop\"", 1);
    let codes: Vec<String> = compared(&everything, MECHANISMS).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, [] as [&str; 0], "the rules of the other direction still name both");
    let all = everything.replace("\"name\": \"cloud-in\"", "\"name\": \"x\"").replacen(
        "\"accept\"",
        "\"reject\"",
        9,
    );
    let codes: Vec<String> = compared(&all, MECHANISMS).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["mud-lacks-mechanism"; 4]);
}

#[test]
fn another_device_is_named() {
    let other = REFERENCE.replace("HK-100\"", "HK-200\"").replace("1.4.2", "1.5.0");
    let codes: Vec<(String, String, u32)> = compared(&other, MECHANISMS);
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(codes.iter().all(|(code, ..)| code == "mud-other-device"), "{codes:?}");
}

#[test]
fn what_the_rfc_does_not_allow_is_named_with_its_line() {
    for (from, to, code, line) in [
        ("\"mud-version\": 1", "\"mud-version\": 2", "mud-bad-value", 3),
        ("https://www.hinode.example/mud/hk-100.json", "http://www.hinode.example/x", "mud-bad-value", 4),
        ("https://www.hinode.example/mud/hk-100.json", "https://", "mud-bad-value", 4),
        ("2026-03-02T09:00:00+09:00", "yesterday", "mud-bad-value", 5),
        ("\"cache-validity\": 48", "\"cache-validity\": 0", "mud-bad-value", 6),
        ("\"cache-validity\": 48", "\"cache-validity\": 169", "mud-bad-value", 6),
        ("\"is-supported\": true", "\"is-supported\": 1", "mud-not-understood", 7),
        ("\"cache-validity\"", "\"cache-valdity\"", "mud-not-understood", 6),
        ("ietf-acldns:dst-dnsname", "ietf-acldns:src-dnsname", "mud-not-understood", 42),
    ] {
        let findings = spoilt(from, to);
        let lines: Vec<(&str, u32)> = findings.iter().map(|(code, _, line)| (code.as_str(), *line)).collect();
        assert_eq!(lines, [(code, line)], "{from} as {to}: {findings:?}");
    }
}

#[test]
fn limits_of_the_cache_validity_are_allowed() {
    for hours in CACHE_VALIDITY {
        assert_eq!(spoilt("\"cache-validity\": 48", &format!("\"cache-validity\": {hours}")), []);
    }
}

#[test]
fn a_policy_names_lists_that_are_there() {
    let findings = spoilt("\"name\": \"to-device-ipv4\"", "\"name\": \"to-devise-ipv4\"");
    let messages: Vec<&str> = findings.iter().map(|(_, message, _)| message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`to-device-policy` names the access list to-devise-ipv4, which is not there",
            "The access list to-device-ipv4 is in no policy"
        ]
    );
    assert!(findings.iter().all(|(code, ..)| code == "mud-dangling-list"));
}

#[test]
fn a_rule_that_is_not_understood_does_not_become_a_wider_one() {
    for (from, to) in [
        ("\"destination-port\": {", "\"dest-port\": {"),
        ("\"operator\": \"eq\"", "\"operator\": \"neq\""),
        ("\"cloud.hinode.example\"", "\"*.hinode.example\""),
        ("\"from-device\",", "\"outward\","),
        ("\"protocol\": 6", "\"protocol\": 17"),
    ] {
        let text = REFERENCE.replacen(from, to, 1);
        assert_ne!(text, REFERENCE, "{from}");
        let (mud, findings) = read(&text);
        assert_eq!(mud.expect("a file").rules.len(), 7, "{to}");
        assert!(!findings.is_empty(), "{to}");
    }
}

#[test]
fn a_file_that_is_none_is_refused_in_words() {
    for text in ["", "[]", "{", "{}", "mud", "{\"ietf-mud:mud\": 3}", "\u{feff}{\"a\":1}"] {
        let (_, findings) = read(text);
        assert!(findings.iter().any(|finding| finding.code == "mud-not-understood"), "{text}");
    }
    let (mud, findings) = Mud::from_bytes(FILE, &vec![b' '; LARGEST + 1]);
    assert!(mud.is_none() && findings.len() == 1);
}

#[test]
fn rules_are_bounded() {
    let ace = r#"{"name":"a","matches":{},"actions":{"forwarding":"accept"}},"#;
    let start = REFERENCE.find("\"ace\": [").expect("a list") + "\"ace\": [".len();
    let text = format!("{}{}{}", &REFERENCE[..start], ace.repeat(MOST_RULES + 5), &REFERENCE[start..]);
    let (mud, findings) = read(&text);
    assert_eq!(mud.expect("a file").rules.len(), MOST_RULES);
    assert!(findings.iter().any(|finding| finding.message.contains("the rest is not read")));
}

#[test]
fn a_declaration_without_a_mud_file_is_not_blamed() {
    let mut declaration = declaration(MECHANISMS);
    declaration.ics.dut.mud = None;
    assert_eq!(check(&declaration, Path::new("/nowhere")), []);
}

#[test]
fn networks_hold_their_addresses() {
    let rule = |network: &str| Rule {
        sender: Side::Device,
        name: "a".into(),
        accept: true,
        family: Family::V4,
        peer: Peer::Network(network.into()),
        protocol: Some(6),
        device_ports: None,
        peer_ports: Some(Ports { first: 80, last: 90 }),
        begun_by: None,
        at: At::whole_file(FILE),
    };
    let row = r#"
[[com_mech]]
id = "A"
role = "client"
endpoint = [{ transport = "tcp", port = 85, host = "192.0.2.77" }]
"#;
    let declaration = declaration(row);
    let mut mud = read(REFERENCE).0.expect("a file");
    for (network, holds) in [
        ("192.0.2.0/24", true),
        ("192.0.2.77/32", true),
        ("192.0.2.78/32", false),
        ("0.0.0.0/0", true),
        ("::/0", false),
        ("192.0.2.0/99", false),
    ] {
        mud.rules = vec![rule(network)];
        assert_eq!(compare(&mud, &declaration).is_empty(), holds, "{network}");
    }
}

fn peers() -> impl Strategy<Value = Peer> {
    prop_oneof![
        Just(Peer::Any),
        Just(Peer::LocalNetworks),
        Just(Peer::MyController),
        Just(Peer::SameManufacturer),
        "[a-z]{1,8}\\.example".prop_map(Peer::Name),
        "https://[a-z]{1,8}\\.example/".prop_map(Peer::Controller),
        "[a-z]{1,8}\\.example".prop_map(Peer::Manufacturer),
        "https://[a-z]{1,8}\\.example/m".prop_map(Peer::Model),
    ]
}

fn ports() -> impl Strategy<Value = Option<Ports>> {
    proptest::option::of(
        (any::<u16>(), any::<u16>()).prop_map(|(a, b)| Ports { first: a.min(b), last: a.max(b) }),
    )
}

prop_compose! {
    fn rules()(
        sender in prop_oneof![Just(Side::Device), Just(Side::Peer)],
        family in prop_oneof![Just(Family::V4), Just(Family::V6)],
        name in "[a-z-]{1,9}",
        accept in any::<bool>(),
        peer in peers(),
        udp in any::<bool>(),
        device_ports in ports(),
        peer_ports in ports(),
        begun_by in proptest::option::of(prop_oneof![Just(Side::Device), Just(Side::Peer)]),
    ) -> Rule {
        let (protocol, begun_by) = if udp { (Some(17), None) } else { (Some(6), begun_by) };
        Rule { sender, name, accept, family, peer, protocol, device_ports, peer_ports, begun_by, at: At::whole_file("") }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(rules in proptest::collection::vec(rules(), 0..12)) {
        let mut mud = read(REFERENCE).0.expect("a file");
        mud.rules = rules;
        // One list for each policy and version of IP.
        mud.rules.sort_by_key(|rule| (rule.sender, rule.family));
        let (again, findings) = read(&mud.to_json());
        prop_assert_eq!(&findings, &[]);
        let mut again = again.expect("a file");
        for rule in &mut again.rules {
            rule.at = At::whole_file("");
        }
        prop_assert_eq!(again, mud);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (mud, findings) = Mud::from_bytes(FILE, &bytes);
        prop_assert!(mud.is_none() && !findings.is_empty());
    }

    #[test]
    fn no_mutilated_file_makes_the_reader_panic(cut in 0..8000_usize, gone in 0..200_usize, put in "\\PC{0,6}|[\\[\\]{}:,\"0-9ntrue \\n]{0,8}") {
        let cut = cut.min(REFERENCE.len());
        let end = (cut + gone).min(REFERENCE.len());
        let text = format!("{}{put}{}", &REFERENCE[..cut], &REFERENCE[end..]);
        let (mud, findings) = read(&text);
        for finding in &findings {
            prop_assert!(finding.at.start <= finding.at.end && finding.at.end <= text.len(), "{finding:?}");
        }
        if let Some(mud) = mud {
            compare(&mud, &declaration(MECHANISMS));
        }
    }
}
