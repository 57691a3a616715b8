//! Whether the rules of a MUD file (RFC 8520) let a flow of a capture through.
//!
//! The rules of a direction are gone through in order, the first that fits decides, and what no rule allows is
//! denied. Where a rule names its peers in a way that only the network can resolve, it is said that nobody knows.

use std::net::IpAddr;

use ixit::mud::{Family, Mud, Peer, Rule, Side, is_within};
use probes::capture::{Flow, Initiator, Transport};

use super::{for_many, is_answered_anywhere};

/// What a file says of a flow in one direction; with the place of the rule in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A rule lets it through.
    Allowed(usize),
    /// No rule lets it through.
    Denied,
    /// It depends on a rule of which a capture does not tell whether it fits.
    Unclear(usize),
}

/// Whether a rule fits a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    Unclear,
}

/// What the rules say of what `sender` sends in a flow. `names` are those of the peer, lower case.
pub(crate) fn said(mud: &Mud, flow: &Flow, names: &[String], sender: Side) -> Said {
    let mut doubtful: Vec<usize> = Vec::new();
    let otherwise =
        |doubtful: &[usize], accept: bool| doubtful.iter().copied().find(|n| mud.rules[*n].accept != accept);
    for (place, rule) in mud.rules.iter().enumerate().filter(|(_, rule)| rule.sender == sender) {
        match fit(rule, flow, names) {
            Fit::No => {}
            Fit::Unclear => doubtful.push(place),
            Fit::Yes => {
                return match otherwise(&doubtful, rule.accept) {
                    Some(doubt) => Said::Unclear(doubt),
                    None if rule.accept => Said::Allowed(place),
                    None => Said::Denied,
                };
            }
        }
    }
    otherwise(&doubtful, false).map_or(Said::Denied, Said::Unclear)
}

/// The side that calls in a flow; `None` where the beginning was not captured.
pub(crate) fn caller(flow: &Flow) -> Option<Side> {
    match flow.initiator {
        Initiator::Device => Some(Side::Device),
        Initiator::Peer => Some(Side::Peer),
        Initiator::Unknown => None,
    }
}

fn fit(rule: &Rule, flow: &Flow, names: &[String]) -> Fit {
    let number = match flow.transport {
        Transport::Tcp => 6,
        Transport::Udp => 17,
        Transport::Icmp | Transport::Link | Transport::Other => return Fit::No,
    };
    let Some(address) = flow.peer else { return Fit::No };
    let family = if address.is_ipv4() { Family::V4 } else { Family::V6 };
    if rule.family != family || rule.protocol.is_some_and(|protocol| protocol != number) {
        return Fit::No;
    }
    let Some(caller) = caller(flow) else { return Fit::Unclear };
    if rule.begun_by.is_some_and(|begun_by| begun_by != caller) {
        return Fit::No;
    }
    worse(ports_fit(rule, flow, caller), peer_fits(&rule.peer, address, names))
}

/// The port of the side that is called is known; that of the caller is not, except where a protocol has but one.
fn ports_fit(rule: &Rule, flow: &Flow, caller: Side) -> Fit {
    let (of_called, of_caller) = match caller {
        Side::Device => (rule.peer_ports, rule.device_ports),
        Side::Peer => (rule.device_ports, rule.peer_ports),
    };
    if is_answered_anywhere(flow) && caller == Side::Device {
        // What it sends comes from the port of its service, and goes to that of everybody or of whoever asked.
        let held = |ports: Option<ixit::mud::Ports>| {
            ports.is_none_or(|ports| {
                ports.hold(flow.port) || own_port(flow).is_some_and(|own| ports.hold(own))
            })
        };
        return if held(of_called) && held(of_caller) { Fit::Yes } else { Fit::No };
    }
    match (of_called, of_caller) {
        (Some(ports), _) if !ports.hold(flow.port) => Fit::No,
        (_, Some(_)) => Fit::Unclear,
        _ => Fit::Yes,
    }
}

/// The port of a service whose answers go anywhere.
fn own_port(flow: &Flow) -> Option<u16> {
    match flow.application.as_deref()? {
        "mdns" => Some(5353),
        "ssdp" => Some(1900),
        "ws-discovery" => Some(3702),
        "coap" => Some(5683),
        _ => None,
    }
}

fn peer_fits(peer: &Peer, address: IpAddr, names: &[String]) -> Fit {
    let yes_or_no = |fits: bool| if fits { Fit::Yes } else { Fit::No };
    match peer {
        Peer::Any => Fit::Yes,
        Peer::Name(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            match names {
                // Its name was asked for before anybody listened.
                [] if !for_many(address) => Fit::Unclear,
                names => yes_or_no(names.contains(&name)),
            }
        }
        Peer::Network(network) => yes_or_no(is_within(network, address)),
        Peer::LocalNetworks => is_local(address, names),
        // Whom a class holds is the network's to say.
        Peer::MyController
        | Peer::Controller(_)
        | Peer::SameManufacturer
        | Peer::Manufacturer(_)
        | Peer::Model(_) => Fit::Unclear,
    }
}

/// Whether a peer is on the local network. A test network may give hosts of the internet addresses of its own, so that
/// a private address with a public name tells neither.
fn is_local(address: IpAddr, names: &[String]) -> Fit {
    let (on_link, own) = match address {
        IpAddr::V4(address) => (address.is_link_local(), address.is_private() || address.is_loopback()),
        IpAddr::V6(address) => {
            (address.is_unicast_link_local(), address.is_unique_local() || address.is_loopback())
        }
    };
    let public = |name: &String| {
        name.contains('.')
            && ![".local", ".lan", ".home.arpa", ".internal"].iter().any(|end| name.ends_with(end))
    };
    match (on_link || for_many(address), own) {
        (true, _) => Fit::Yes,
        (false, true) if names.iter().any(public) => Fit::Unclear,
        (false, true) => Fit::Yes,
        // A local network may have global addresses of IPv6.
        (false, false) if address.is_ipv6() && !names.iter().any(public) => Fit::Unclear,
        (false, false) => Fit::No,
    }
}

fn worse(one: Fit, other: Fit) -> Fit {
    match (one, other) {
        (Fit::No, _) | (_, Fit::No) => Fit::No,
        (Fit::Unclear, _) | (_, Fit::Unclear) => Fit::Unclear,
        (Fit::Yes, Fit::Yes) => Fit::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_captures::{PEER, calls};
    use super::*;
    use ixit::At;
    use ixit::mud::Ports;

    fn rule(sender: Side, peer: Peer, port: u16) -> Rule {
        Rule {
            sender,
            name: "r".to_owned(),
            accept: true,
            family: Family::V4,
            peer,
            protocol: Some(6),
            device_ports: None,
            peer_ports: Some(Ports::one(port)),
            begun_by: Some(Side::Device),
            at: At::whole_file("test"),
        }
    }

    fn mud(rules: Vec<Rule>) -> Mud {
        Mud {
            url: String::new(),
            last_update: String::new(),
            cache_validity: 48,
            is_supported: true,
            systeminfo: None,
            mfg_name: None,
            model_name: None,
            firmware_rev: None,
            rules,
        }
    }

    fn of_device(rules: Vec<Rule>, names: &[&str], port: u16) -> Said {
        let flow = calls(Transport::Tcp, "", port, "tls");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        said(&mud(rules), &flow, &names, Side::Device)
    }

    fn cloud() -> Rule {
        rule(Side::Device, Peer::Name("cloud.example".to_owned()), 8883)
    }

    #[test]
    fn a_rule_lets_its_own_peer_and_port_through_and_nothing_else() {
        assert_eq!(of_device(vec![cloud()], &["cloud.example"], 8883), Said::Allowed(0));
        assert_eq!(of_device(vec![cloud()], &["cloud.example"], 443), Said::Denied);
        assert_eq!(of_device(vec![cloud()], &["spy.example"], 8883), Said::Denied);
        assert_eq!(of_device(vec![cloud()], &[], 8883), Said::Unclear(0), "nobody knows its name");
        assert_eq!(
            of_device(vec![], &["cloud.example"], 8883),
            Said::Denied,
            "what is not allowed is denied"
        );
        let answers = rule(Side::Peer, Peer::Any, 8883);
        assert_eq!(of_device(vec![answers], &["cloud.example"], 8883), Said::Denied, "the other direction");
        let other = Rule { begun_by: Some(Side::Peer), ..cloud() };
        assert_eq!(of_device(vec![other], &["cloud.example"], 8883), Said::Denied, "begun by the other side");
        let other = Rule { family: Family::V6, ..cloud() };
        assert_eq!(of_device(vec![other], &["cloud.example"], 8883), Said::Denied, "the other version of IP");
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let drop = Rule { accept: false, peer: Peer::Any, ..cloud() };
        assert_eq!(of_device(vec![drop.clone(), cloud()], &["cloud.example"], 8883), Said::Denied);
        assert_eq!(of_device(vec![cloud(), drop], &["cloud.example"], 8883), Said::Allowed(0));
        let class = rule(Side::Device, Peer::MyController, 8883);
        assert_eq!(of_device(vec![class.clone(), cloud()], &["cloud.example"], 8883), Said::Allowed(1));
        assert_eq!(of_device(vec![class.clone()], &["cloud.example"], 8883), Said::Unclear(0));
        let class = Rule { accept: false, ..class };
        assert_eq!(of_device(vec![class, cloud()], &["cloud.example"], 8883), Said::Unclear(0));
    }

    #[test]
    fn networks_hold_what_lies_in_them() {
        let network = |text: &str| vec![rule(Side::Device, Peer::Network(text.to_owned()), 8883)];
        assert_eq!(of_device(network("198.51.100.0/24"), &[], 8883), Said::Allowed(0));
        assert_eq!(of_device(network("192.0.2.0/24"), &[], 8883), Said::Denied);
        let local = |names: &[&str], address: [u8; 4]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            is_local(IpAddr::from(address), &names)
        };
        assert_eq!(local(&[], PEER), Fit::No);
        assert_eq!(local(&[], [192, 168, 1, 9]), Fit::Yes);
        assert_eq!(local(&["hub.local"], [192, 168, 1, 9]), Fit::Yes);
        assert_eq!(local(&["cloud.example"], [192, 168, 1, 9]), Fit::Unclear);
        assert_eq!(local(&[], [224, 0, 0, 251]), Fit::Yes);
    }

    #[test]
    fn announcements_come_from_the_port_of_their_service() {
        let mut flow = calls(Transport::Udp, "", 5353, "mdns");
        flow.peer = Some([224, 0, 0, 251].into());
        let rule = |port: u16| Rule {
            protocol: Some(17),
            begun_by: None,
            device_ports: Some(Ports::one(port)),
            peer_ports: None,
            ..rule(Side::Device, Peer::LocalNetworks, 1)
        };
        assert_eq!(said(&mud(vec![rule(5353)]), &flow, &[], Side::Device), Said::Allowed(0));
        assert_eq!(said(&mud(vec![rule(1900)]), &flow, &[], Side::Device), Said::Denied);
        flow.port = 49_152;
        flow.peer = Some([192, 168, 1, 9].into());
        assert_eq!(said(&mud(vec![rule(5353)]), &flow, &[], Side::Device), Said::Allowed(0), "an answer");
    }
}
