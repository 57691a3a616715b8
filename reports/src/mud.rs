//! A proposed MUD file (RFC 8520): what is declared and was seen in this run is allowed, and nothing else. What is
//! left out is told in a text beside it, so that nothing is allowed silently and nothing is dropped silently.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ixit::companion::Transport;
use ixit::mud::{Communication, Family, Mud, Peer, Ports, Rule, Side, declared};
use ixit::{At, Row};
use probes::capture::{Flow, Initiator};
use testcases::inventory::{PortState, inventories};
use testcases::texts::Language;
use testcases::traffic_seen::{Captures, Destination, Mechanisms, Standing};
use testcases::{DutState, Facts};

use crate::words::Words;

/// Most lines of one kind in the text.
const MOST_LINES: usize = 200;
/// Hours that a network may keep the file: the value of RFC 8520 for files that say nothing.
const KEPT: u16 = 48;

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The MUD file.
    pub file: String,
    /// What it rests on, and what it leaves out.
    pub beside: String,
}

/// Proposes a MUD file. `handed_in` is that of the supplier, where there is one: address and state of support are
/// taken from it.
pub fn propose(facts: &Facts<'_>, handed_in: Option<&Mud>, language: Language) -> Proposal {
    let words = Words::of(language);
    let found = Found::in_run(facts);
    let dut = &facts.declaration.ics.dut;
    let text = |value: &Option<ixit::Located<String>>| value.as_ref().map(|value| value.value.clone());
    let model = text(&dut.model).unwrap_or_default();
    let mud = Mud {
        url: handed_in
            .map_or_else(|| format!("https://mud.invalid/{}.json", in_url(&model)), |mud| mud.url.clone()),
        last_update: format!("{}T00:00:00Z", facts.date),
        cache_validity: KEPT,
        is_supported: handed_in.is_none_or(|mud| mud.is_supported),
        systeminfo: Some(format!("{model}: proposed from captures").chars().take(60).collect()),
        mfg_name: text(&dut.manufacturer),
        model_name: text(&dut.model),
        firmware_rev: text(&dut.firmware),
        rules: found.allowed.iter().flat_map(|allowed| allowed.rules()).collect(),
    };
    Proposal { file: mud.to_json(), beside: beside(words, &found, handed_in.is_some()) }
}

/// A declared communication that was seen.
struct Allowed<'d> {
    one: Communication<'d>,
    families: BTreeSet<Family>,
    /// Name or addresses of the peer, where the row names none.
    peer: Peer,
}

/// What a run shows of communication.
struct Found<'d> {
    allowed: Vec<Allowed<'d>>,
    /// Declared, and not seen.
    unseen: Vec<String>,
    /// Seen, and not declared or not comparable.
    left_out: Vec<String>,
    /// Seen, and given by the network.
    network: Vec<String>,
    captures: usize,
}

impl<'d> Found<'d> {
    fn in_run(facts: &Facts<'d>) -> Self {
        let captures = Captures::of(facts);
        let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
        let mut sightings: Vec<Sighting> = Vec::new();
        let (mut left_out, mut network) = (Vec::new(), Vec::new());
        for (number, capture) in captures.all.iter().enumerate() {
            for flow in &capture.facts.flows {
                let names = captures.names(number, flow);
                let standing = mechanisms.standing(flow, &names);
                let destination = Destination { capture, flow, names };
                match standing {
                    Standing::Declared(row) => sightings.push(Sighting::of(&destination, row)),
                    Standing::Called => sightings.extend(Sighting::of_call(&destination)),
                    Standing::Ended => {}
                    Standing::OfTheNetwork => once(&mut network, destination.item()),
                    _ => {
                        once(&mut left_out, format!("{}: {}", destination.item(), destination.description()))
                    }
                }
            }
        }
        let open = open_ports(facts);
        let (mut allowed, mut unseen) = (Vec::new(), Vec::new());
        for one in declared(facts.declaration) {
            let seen: Vec<&Sighting> = sightings.iter().filter(|seen| seen.is(&one)).collect();
            let answers =
                one.caller != Some(Side::Device) && open.contains(&(one.transport.as_str(), one.port));
            if one.host == Some("*") {
                // Address, names and time are given by the network itself; most networks need no rule for them.
                if !seen.is_empty() {
                    once(&mut network, in_words(&one));
                }
            } else if seen.is_empty() && !answers {
                once(&mut unseen, in_words(&one));
            } else {
                let mut families: BTreeSet<Family> = seen.iter().map(|seen| seen.family).collect();
                if families.is_empty() {
                    families.insert(Family::V4);
                }
                let peer = peer(&one, &seen);
                allowed.push(Allowed { one, families, peer });
            }
        }
        Self { allowed, unseen, left_out, network, captures: captures.all.len() }
    }
}

/// A flow that a row may declare.
struct Sighting {
    /// Row that declares it; `None` for calls of others to the device.
    row: Option<String>,
    transport: Transport,
    port: u16,
    family: Family,
    name: Option<String>,
    address: IpAddr,
}

impl Sighting {
    fn of(destination: &Destination<'_, '_>, row: &Row) -> Self {
        let flow = destination.flow;
        let address = flow.peer.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
        Self {
            row: Some(row.id.clone()),
            transport: transport(flow).unwrap_or(Transport::Udp),
            port: flow.port,
            family: family(address),
            name: destination.names.first().cloned(),
            address,
        }
    }

    /// A call of another that the device answered.
    fn of_call(destination: &Destination<'_, '_>) -> Option<Self> {
        let flow = destination.flow;
        let answered = flow.initiator == Initiator::Peer && (flow.established > 0 || flow.sent > 0);
        let address = flow.peer.filter(|_| answered)?;
        let transport = transport(flow)?;
        Some(Self { row: None, transport, port: flow.port, family: family(address), name: None, address })
    }

    fn is(&self, one: &Communication<'_>) -> bool {
        let same_place = self.transport == one.transport && self.port == one.port;
        match &self.row {
            // An answer to whoever asked everybody goes to another port than the declared one.
            Some(row) => *row == one.row.id && (same_place || one.caller == Some(Side::Peer)),
            None => same_place && one.caller != Some(Side::Device),
        }
    }
}

impl Allowed<'_> {
    /// Both directions, for each version of IP that was seen.
    fn rules(&self) -> Vec<Rule> {
        let caller = self.one.caller.unwrap_or(Side::Device);
        let (protocol, tcp) = match self.one.transport {
            Transport::Tcp => (6, true),
            Transport::Udp => (17, false),
        };
        let port = Some(Ports::one(self.one.port));
        let (device_ports, peer_ports) = match caller {
            Side::Device => (None, port),
            Side::Peer => (port, None),
        };
        let mut rules = Vec::new();
        for family in &self.families {
            for (sender, way) in [(Side::Device, "out"), (Side::Peer, "in")] {
                rules.push(Rule {
                    sender,
                    name: format!("{}-{}-{way}", self.one.row.id, self.one.port),
                    accept: true,
                    family: *family,
                    peer: self.peer.clone(),
                    protocol: Some(protocol),
                    device_ports,
                    peer_ports,
                    begun_by: tcp.then_some(caller),
                    at: At::whole_file(""),
                });
            }
        }
        rules
    }
}

fn peer(one: &Communication<'_>, seen: &[&Sighting]) -> Peer {
    let remote = one.row.companions.remotely_accessible.as_ref().is_some_and(|remote| remote.value);
    match (one.caller, one.host) {
        (Some(Side::Peer), _) if remote => Peer::Any,
        (Some(Side::Peer), _) => Peer::LocalNetworks,
        (_, Some(host)) if host.parse::<IpAddr>().is_err() => {
            Peer::Name(host.trim_end_matches('.').to_ascii_lowercase())
        }
        (_, _) => seen.first().map_or(Peer::LocalNetworks, |seen| match &seen.name {
            Some(name) => Peer::Name(name.clone()),
            None if seen.address.is_ipv4() => Peer::Network(format!("{}/32", seen.address)),
            None => Peer::Network(format!("{}/128", seen.address)),
        }),
    }
}

/// Ports that the searches found open in the initialized state.
fn open_ports(facts: &Facts<'_>) -> BTreeSet<(&'static str, u16)> {
    let mut open = BTreeSet::new();
    let inventories = inventories(facts, &[DutState::Initialized]);
    for one in declared(facts.declaration) {
        let answers = inventories.iter().any(|inventory| match one.transport {
            Transport::Tcp => matches!(inventory.tcp(one.port), PortState::Open),
            Transport::Udp => inventory.udp(one.port).is_some_and(|service| service.answered()),
        });
        if answers {
            open.insert((one.transport.as_str(), one.port));
        }
    }
    open
}

fn transport(flow: &Flow) -> Option<Transport> {
    match flow.transport {
        probes::capture::Transport::Tcp => Some(Transport::Tcp),
        probes::capture::Transport::Udp => Some(Transport::Udp),
        _ => None,
    }
}

fn family(address: IpAddr) -> Family {
    if address.is_ipv4() { Family::V4 } else { Family::V6 }
}

fn in_words(one: &Communication<'_>) -> String {
    let host = one.host.map(|host| format!("{host}:")).unwrap_or_default();
    format!("{}: {host}{}/{}", one.row.id, one.port, one.transport.as_str())
}

fn once(list: &mut Vec<String>, line: String) {
    if list.len() < MOST_LINES && !list.contains(&line) {
        list.push(line);
    }
}

/// A part of an address: letters and digits, everything else as `-`.
fn in_url(text: &str) -> String {
    let safe: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    if safe.is_empty() { "device".to_owned() } else { safe }
}

fn beside(words: &Words, found: &Found<'_>, handed_in: bool) -> String {
    let mut text = String::new();
    let mut paragraph = |line: &str| {
        text.push_str(line);
        text.push_str("\n\n");
    };
    paragraph(&words.ui("mud-lead").replace("{captures}", &found.captures.to_string()));
    if found.captures == 0 {
        paragraph(words.ui("mud-no-captures"));
    }
    if !handed_in {
        paragraph(words.ui("mud-set-url"));
    }
    let allowed: Vec<String> = found.allowed.iter().map(|allowed| in_words(&allowed.one)).collect();
    for (key, lines) in [
        ("mud-allowed", &allowed),
        ("mud-left-out", &found.left_out),
        ("mud-unseen", &found.unseen),
        ("mud-network", &found.network),
    ] {
        let said: Vec<String> = if lines.is_empty() {
            vec![format!("  {}", words.ui("mud-nothing"))]
        } else {
            lines.iter().map(|line| format!("  {}", one_line(line))).collect()
        };
        text.push_str(words.ui(key));
        text.push('\n');
        text.push_str(&said.join("\n"));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Names come from the device: nothing in them steers a terminal or begins a line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
