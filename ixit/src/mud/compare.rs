//! Rules against declared communication mechanisms.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::declared::{Communication, declared, same_name};
use super::{Family, Mud, Peer, Ports, Rule, Side};
use crate::companion::Transport;
use crate::complaints::excerpt;
use crate::declaration::{Declaration, is_placeholder};
use crate::diagnostic::Diagnostic;
use crate::document_findings::finding;
use crate::located::Located;

/// Number of TCP over IP.
const TCP: u8 = 6;
/// Number of UDP over IP.
const UDP: u8 = 17;

/// What does not agree between a MUD file and the declaration: rules without a row, rows without a rule, and another
/// device than that of the ICS.
pub fn compare(mud: &Mud, declaration: &Declaration) -> Vec<Diagnostic> {
    let mut findings = other_device(mud, declaration);
    let communications = declared(declaration);
    let mut told = BTreeSet::new();
    for rule in mud.rules.iter().filter(|rule| rule.accept) {
        if communications.iter().any(|one| covers(rule, one)) {
            continue;
        }
        // Two directions and two families are one rule to a reader.
        let key = (rule.caller(), rule.protocol, rule.called_ports(), rule.peer.clone());
        if !told.insert(key) {
            continue;
        }
        let message = format!(
            "The rule {} allows {}, which no communication mechanism declares",
            excerpt(&rule.name),
            in_words(rule)
        );
        findings.push(finding(
            "mud-rule-undeclared",
            &rule.at,
            message,
            "Add the endpoint to a row of `com_mech`, or take the rule out",
        ));
    }
    for one in &communications {
        // What the network itself gives needs no rule: address, names, time.
        if one.host == Some("*") || mud.rules.iter().any(|rule| rule.accept && covers(rule, one)) {
            continue;
        }
        let message = format!(
            "{} declares {}, and no rule of the MUD file allows it",
            excerpt(&one.row.id),
            declared_in_words(one)
        );
        findings.push(finding(
            "mud-lacks-mechanism",
            one.at,
            message,
            "Add the rule to the MUD file: a network that follows it would cut this off",
        ));
    }
    findings
}

/// Whether the rule lets this communication through, in the direction that it is about.
fn covers(rule: &Rule, one: &Communication<'_>) -> bool {
    let number = match one.transport {
        Transport::Tcp => TCP,
        Transport::Udp => UDP,
    };
    let callers = [Side::Device, Side::Peer];
    rule.protocol.is_none_or(|protocol| protocol == number)
        && callers.iter().any(|caller| {
            let ports = match caller {
                Side::Device => rule.peer_ports,
                Side::Peer => rule.device_ports,
            };
            rule.caller().is_none_or(|said| said == *caller)
                && one.caller.is_none_or(|said| said == *caller)
                && ports.is_none_or(|ports| ports.hold(one.port))
                && (*caller == Side::Peer || peer_is(rule, one.host))
        })
}

fn peer_is(rule: &Rule, host: Option<&str>) -> bool {
    let host = match host {
        None | Some("*") => return true,
        Some(host) => host,
    };
    match &rule.peer {
        // Whom a class holds is the network's to say.
        Peer::Any | Peer::MyController | Peer::Controller(_) => true,
        Peer::Name(name) => same_name(name, host),
        Peer::Network(network) => host.parse().is_ok_and(|address| is_within(network, address)),
        Peer::LocalNetworks | Peer::SameManufacturer | Peer::Manufacturer(_) | Peer::Model(_) => false,
    }
}

/// Whether an address lies in `address/length`; it does not in what is none.
pub fn is_within(network: &str, address: IpAddr) -> bool {
    let Some((first, length)) = network.split_once('/') else { return false };
    let (Ok(first), Ok(length)) = (first.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    let (first, address, bits) = match (first, address) {
        (IpAddr::V4(first), IpAddr::V4(address)) => {
            (u128::from(first.to_bits()), u128::from(address.to_bits()), 32)
        }
        (IpAddr::V6(first), IpAddr::V6(address)) => (first.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    length <= bits && (first ^ address).checked_shr(bits - length).unwrap_or(0) == 0
}

fn other_device(mud: &Mud, declaration: &Declaration) -> Vec<Diagnostic> {
    let dut = &declaration.ics.dut;
    let Some(named) = &dut.mud else { return Vec::new() };
    let differs = |said: &Option<String>, stated: &Option<Located<String>>| {
        let stated = stated.as_ref().filter(|stated| !is_placeholder(&stated.value))?;
        let said = said.as_ref().filter(|said| said.trim() != stated.value.trim())?;
        Some((said.clone(), stated.value.clone()))
    };
    [
        ("mfg-name", differs(&mud.mfg_name, &dut.manufacturer)),
        ("model-name", differs(&mud.model_name, &dut.model)),
        ("firmware-rev", differs(&mud.firmware_rev, &dut.firmware)),
    ]
    .into_iter()
    .filter_map(|(key, differs)| differs.map(|(said, stated)| (key, said, stated)))
    .map(|(key, said, stated)| {
        let message = format!(
            "`{key}` of the MUD file is \"{}\", and the ICS has \"{}\"",
            excerpt(&said),
            excerpt(&stated)
        );
        finding("mud-other-device", &named.at, message, "Hand in the MUD file of this device and version")
    })
    .collect()
}

fn in_words(rule: &Rule) -> String {
    let protocol = match rule.protocol {
        None => "every protocol".to_owned(),
        Some(TCP) => "TCP".to_owned(),
        Some(UDP) => "UDP".to_owned(),
        Some(1 | 58) => "ICMP".to_owned(),
        Some(other) => format!("IP protocol {other}"),
    };
    let port =
        |ports: Option<Ports>| ports.map_or_else(|| "any port".to_owned(), |ports| format!("port {ports}"));
    let has_ports = matches!(rule.protocol, None | Some(TCP | UDP));
    let ports = if has_ports { format!(" {}", port(rule.called_ports())) } else { String::new() };
    let peer = match &rule.peer {
        Peer::Any => "anybody".to_owned(),
        Peer::Name(name) => excerpt(name),
        Peer::Network(network) => excerpt(network),
        Peer::LocalNetworks => "the local network".to_owned(),
        Peer::MyController => "its controller".to_owned(),
        Peer::Controller(uri) => format!("the controller {}", excerpt(uri)),
        Peer::SameManufacturer => "devices of the same maker".to_owned(),
        Peer::Manufacturer(host) => format!("devices of {}", excerpt(host)),
        Peer::Model(uri) => format!("devices of the model {}", excerpt(uri)),
    };
    match rule.caller() {
        Some(Side::Device) => format!("calls to {peer}, {protocol}{ports}"),
        Some(Side::Peer) => format!("calls from {peer} to {protocol}{ports}"),
        None => format!("what goes between {peer} and the device, {protocol}{ports}"),
    }
}

fn declared_in_words(one: &Communication<'_>) -> String {
    let transport = match one.transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    };
    match (one.caller, one.host) {
        (Some(Side::Peer), _) => format!("calls to {transport} port {} of the device", one.port),
        (_, Some(host)) => format!("calls to {}, {transport} port {}", excerpt(host), one.port),
        (_, None) => format!("{transport} port {}", one.port),
    }
}

impl Family {
    /// The type of access lists for it (RFC 8519).
    pub(super) fn list_type(self) -> &'static str {
        match self {
            Self::V4 => "ipv4-acl-type",
            Self::V6 => "ipv6-acl-type",
        }
    }
}
