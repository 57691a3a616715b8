//! One access list and its rules.

use super::super::{Family, MOST_RULES, Peer, Ports, Rule, Side};
use super::{bad, find, known, list_in, name_of, text};
use crate::complaints::{Complaints, excerpt};
use crate::node::{Content, Node};

/// What a rule may match.
const MATCHES: &[&str] = &["mud", "ipv4", "ipv6", "tcp", "udp", "icmp", "eth"];
/// Groups of peers.
const GROUPS: &[&str] =
    &["local-networks", "my-controller", "same-manufacturer", "controller", "manufacturer", "model"];
/// What of IP is read.
const IP: &[&str] = &[
    "src-dnsname",
    "dst-dnsname",
    "protocol",
    "source-ipv4-network",
    "destination-ipv4-network",
    "source-ipv6-network",
    "destination-ipv6-network",
];
/// Operators on one port.
const OPERATORS: &[&str] = &["eq", "lte", "gte"];
/// What becomes of a packet (RFC 8519).
const FORWARDING: &[&str] = &["accept", "drop", "reject"];

/// Reads a list into rules.
pub(super) fn list(list: &Node, sender: Side, rules: &mut Vec<Rule>, to: &mut Complaints) {
    let Some(family) = family(list, to) else { return };
    let Some(aces) = find(list, "aces") else {
        to.missing_key(&list.at, "aces", "the rules of the list");
        return;
    };
    for ace in list_in(&aces.node, "ace", "`aces` holds `ace`, a list of rules", to) {
        if rules.len() >= MOST_RULES {
            let message = format!("More than {MOST_RULES} rules, the rest is not read");
            to.error("mud-not-understood", &ace.at, message, Some("Join rules that belong together".into()));
            return;
        }
        rules.extend(rule(ace, sender, family, to));
    }
}

fn family(list: &Node, to: &mut Complaints) -> Option<Family> {
    let families = [Family::V4, Family::V6];
    let Some(written) = text(list, "type", to) else {
        to.missing_key(&list.at, "type", "`ipv4-acl-type` or `ipv6-acl-type`");
        return None;
    };
    let name = written.rsplit(':').next().unwrap_or_default();
    let family = families.into_iter().find(|family| family.list_type() == name);
    if family.is_none() {
        let at = &find(list, "type")?.node.at;
        bad(at, &written, "`ipv4-acl-type` or `ipv6-acl-type`", to);
    }
    family
}

/// A rule; `None` where it does not say clearly what it matches, which is said.
fn rule(ace: &Node, sender: Side, family: Family, to: &mut Complaints) -> Option<Rule> {
    let before = to.count();
    known(ace, &["name", "matches", "actions", "statistics"], to);
    let (name, _) = name_of(ace, to)?;
    let mut rule = Rule {
        sender,
        name: name.to_owned(),
        accept: accepts(ace, to),
        family,
        peer: Peer::Any,
        protocol: None,
        device_ports: None,
        peer_ports: None,
        begun_by: None,
        at: ace.at.clone(),
    };
    if let Some(matches) = find(ace, "matches") {
        known(&matches.node, MATCHES, to);
        for entry in matches.node.entries() {
            let node = &entry.node;
            match super::bare(&entry.key) {
                "mud" => group(node, &mut rule, to),
                key @ ("ipv4" | "ipv6") => internet(node, key, &mut rule, to),
                "tcp" => transport(node, 6, &mut rule, to),
                "udp" => transport(node, 17, &mut rule, to),
                "icmp" => protocol(node, if family == Family::V4 { 1 } else { 58 }, &mut rule, to),
                _ => {}
            }
        }
    }
    // A rule that was misread would be compared as a wider one.
    (to.count() == before).then_some(rule)
}

fn accepts(ace: &Node, to: &mut Complaints) -> bool {
    let Some(actions) = find(ace, "actions") else {
        to.missing_key(&ace.at, "actions", "`{ \"forwarding\": \"accept\" }`");
        return false;
    };
    let Some(written) = text(&actions.node, "forwarding", to) else {
        to.missing_key(&actions.node.at, "forwarding", "`accept`, `drop` or `reject`");
        return false;
    };
    let name = written.rsplit(':').next().unwrap_or_default();
    if !FORWARDING.contains(&name) {
        bad(&actions.node.at, &written, "`accept`, `drop` or `reject`", to);
    }
    name == "accept"
}

/// Sets the peer, of which a rule has one.
fn peer(node: &Node, peer: Peer, rule: &mut Rule, to: &mut Complaints) {
    if rule.peer != Peer::Any {
        let message = format!("The rule {} names its peer twice", excerpt(&rule.name));
        to.error("mud-not-understood", &node.at, message, Some("Write a rule for each peer".into()));
    }
    rule.peer = peer;
}

fn group(node: &Node, rule: &mut Rule, to: &mut Complaints) {
    known(node, GROUPS, to);
    for entry in node.entries() {
        let key = super::bare(&entry.key);
        let named = match key {
            "local-networks" => Some(Peer::LocalNetworks),
            "my-controller" => Some(Peer::MyController),
            "same-manufacturer" => Some(Peer::SameManufacturer),
            "controller" => text(node, key, to).map(Peer::Controller),
            "manufacturer" => text(node, key, to).map(Peer::Manufacturer),
            "model" => text(node, key, to).map(Peer::Model),
            _ => None,
        };
        if let Some(named) = named {
            peer(&entry.node, named, rule, to);
        }
    }
}

fn internet(node: &Node, version: &str, rule: &mut Rule, to: &mut Complaints) {
    known(node, IP, to);
    let of_list = if rule.family == Family::V4 { "ipv4" } else { "ipv6" };
    if version != of_list {
        let message = format!("`{version}` stands in a list of the type {}", rule.family.list_type());
        to.error("mud-not-understood", &node.at, message, Some(format!("Write `{of_list}` here")));
    }
    // The peer is the destination of what the device sends, and the source of what it gets.
    let (of_peer, of_device) = match rule.sender {
        Side::Device => (["dst-dnsname", "destination-"], ["src-dnsname", "source-"]),
        Side::Peer => (["src-dnsname", "source-"], ["dst-dnsname", "destination-"]),
    };
    for entry in node.entries() {
        let key = super::bare(&entry.key);
        if of_device.iter().any(|begin| key.starts_with(begin)) {
            let message = format!("`{}` names the device itself in this direction", excerpt(key));
            to.error(
                "mud-not-understood",
                &entry.key_at,
                message,
                Some(
                    "A MUD file names the other side only: the device's address is the network's to give"
                        .into(),
                ),
            );
        } else if key == of_peer[0] {
            let Some(name) = text(node, key, to) else { continue };
            if is_host_name(&name) {
                peer(&entry.node, Peer::Name(name.to_ascii_lowercase()), rule, to);
            } else {
                bad(&entry.node.at, &name, "a host name", to);
            }
        } else if key.starts_with(of_peer[1]) {
            let Some(network) = text(node, key, to) else { continue };
            if is_network(&network, rule.family) {
                peer(&entry.node, Peer::Network(network), rule, to);
            } else {
                bad(&entry.node.at, &network, "addresses, written as address/length", to);
            }
        } else if key == "protocol" {
            match entry.node.content {
                Content::Number(number) if (0..=255).contains(&number) => {
                    protocol(&entry.node, number.unsigned_abs() as u8, rule, to);
                }
                _ => to.error(
                    "mud-bad-value",
                    &entry.node.at,
                    "This is no number of a protocol over IP",
                    Some("Expected: 6 for TCP, 17 for UDP, 0 to 255".into()),
                ),
            }
        }
    }
}

fn protocol(node: &Node, number: u8, rule: &mut Rule, to: &mut Complaints) {
    if rule.protocol.is_some_and(|said| said != number) {
        let message =
            format!("The rule {} matches two protocols at once, so it matches nothing", excerpt(&rule.name));
        to.error("mud-not-understood", &node.at, message, Some("Write a rule for each protocol".into()));
    }
    rule.protocol = Some(number);
}

fn transport(node: &Node, number: u8, rule: &mut Rule, to: &mut Complaints) {
    protocol(node, number, rule, to);
    let keys: &[&str] = match number {
        6 => &["source-port", "destination-port", "direction-initiated"],
        _ => &["source-port", "destination-port"],
    };
    known(node, keys, to);
    let source = find(node, "source-port").and_then(|entry| ports(&entry.node, to));
    let destination = find(node, "destination-port").and_then(|entry| ports(&entry.node, to));
    (rule.device_ports, rule.peer_ports) = match rule.sender {
        Side::Device => (source, destination),
        Side::Peer => (destination, source),
    };
    let Some(direction) = find(node, "direction-initiated") else { return };
    rule.begun_by = match &direction.node.content {
        Content::Text(text) if text == "from-device" => Some(Side::Device),
        Content::Text(text) if text == "to-device" => Some(Side::Peer),
        Content::Text(text) => {
            bad(&direction.node.at, text, "`from-device` or `to-device`", to);
            None
        }
        _ => {
            to.wrong_type(&direction.node, "a text in quotes");
            None
        }
    };
}

fn ports(node: &Node, to: &mut Complaints) -> Option<Ports> {
    known(node, &["operator", "port", "lower-port", "upper-port"], to);
    let number = |key: &str| match find(node, key).map(|entry| &entry.node.content) {
        Some(Content::Number(number)) => u16::try_from(*number).ok(),
        _ => None,
    };
    let operator = text(node, "operator", to);
    let ports = match (number("port"), number("lower-port"), number("upper-port")) {
        (Some(port), None, None) => match operator.as_deref() {
            None | Some("eq") => Some(Ports::one(port)),
            Some("lte") => Some(Ports { first: 0, last: port }),
            Some("gte") => Some(Ports { first: port, last: u16::MAX }),
            Some(other) => {
                bad(&node.at, other, &format!("one of {}", OPERATORS.join(", ")), to);
                return None;
            }
        },
        (None, Some(first), Some(last)) if first <= last => Some(Ports { first, last }),
        _ => None,
    };
    if ports.is_none() {
        to.error(
            "mud-bad-value",
            &node.at,
            "This names no ports",
            Some(
                "Expected: { \"operator\": \"eq\", \"port\": 443 }, or `lower-port` and `upper-port`".into(),
            ),
        );
    }
    ports
}

fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_network(text: &str, family: Family) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    match family {
        Family::V4 => {
            address.parse::<std::net::Ipv4Addr>().is_ok() && length.parse().is_ok_and(|n: u8| n <= 32)
        }
        Family::V6 => {
            address.parse::<std::net::Ipv6Addr>().is_ok() && length.parse().is_ok_and(|n: u8| n <= 128)
        }
    }
}
