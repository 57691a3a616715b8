//! Which row declares a flow.

use std::net::IpAddr;

use ixit::companion::{Endpoint, Role, Transport as DeclaredTransport};
use ixit::{Declaration, Row};
use probes::capture::{Flow, Initiator, Transport};

use super::for_many;

/// Protocols that every device of a network needs and whose peers the network names.
const OF_THE_NETWORK: &[&str] = &["arp", "eapol", "dhcp", "dhcpv6", "bootp", "dns", "icmp", "icmpv6", "ntp"];

/// Protocols whose answers go to the port of whoever asked, so that an answer looks like a call.
const ANSWERED_ANYWHERE: &[&str] = &["mdns", "ssdp", "ws-discovery", "coap"];

/// Number of the Internet Group Management Protocol.
const IGMP: u16 = 2;

/// What the declaration says of a flow.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'d> {
    /// A row declares it.
    Declared(&'d Row),
    /// A protocol of the network itself: ARP, DHCP, DNS, ICMP, NTP.
    OfTheNetwork,
    /// The other side began it: what listens is found by the search for open ports.
    Called,
    /// Nobody knows who began it, and no row declares it.
    OriginUnknown,
    /// The end of an exchange from before the capture, in which nothing was said any more.
    Ended,
    /// Declarations have no words for it: below IP, or neither TCP nor UDP.
    NotComparable,
    /// The address has no name, and a row declares a named host at this port.
    WithoutName(&'d Row),
    /// No row declares it.
    Undeclared,
}

/// Rows that declare whom the device talks to.
#[derive(Clone, Debug)]
pub struct Mechanisms<'d> {
    table: &'static str,
    rows: Vec<&'d Row>,
}

impl<'d> Mechanisms<'d> {
    /// The rows of a table, without those that only an observation proposes.
    pub fn of(declaration: &'d Declaration, table: &'static str) -> Self {
        Self::of_tables(declaration, &[table])
    }

    /// The rows of several tables; the first is the one that is named.
    pub fn of_tables(declaration: &'d Declaration, tables: &[&'static str]) -> Self {
        let rows = tables.iter().flat_map(|table| declaration.ixit.rows(table));
        let rows = rows.filter(|row| !row.observed_only).collect();
        Self { table: tables.first().copied().unwrap_or("com_mech"), rows }
    }

    /// One row alone.
    pub fn only(table: &'static str, row: &'d Row) -> Self {
        Self { table, rows: vec![row] }
    }

    /// Table.
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// No row names a peer with an endpoint, and some may name one in prose.
    pub fn in_prose_only(&self) -> bool {
        let calls = |row: &&&Row| {
            let serves = |role: &ixit::Located<Role>| role.value == Role::Server;
            !row.companions.role.as_ref().is_some_and(serves)
        };
        let mut calling = self.rows.iter().filter(calls).peekable();
        calling.peek().is_some()
            && !calling
                .any(|row| row.companions.endpoint.iter().any(|endpoint| endpoint.value.host.is_some()))
    }

    /// The declared peers in one line.
    pub fn line(&self) -> String {
        let endpoints = self.rows.iter().flat_map(|row| &row.companions.endpoint);
        let peers = endpoints.filter_map(|endpoint| {
            let endpoint = &endpoint.value;
            let host = match endpoint.host.as_deref()? {
                "*" => "any address",
                host => host,
            };
            Some(format!("{host} {}/{}", endpoint.transport.as_str(), endpoint.port))
        });
        let mut peers: Vec<String> = peers.collect();
        let mut known = std::collections::BTreeSet::new();
        peers.retain(|peer| known.insert(peer.clone()));
        if peers.is_empty() { "none".to_owned() } else { peers.join(", ") }
    }

    /// Where the expectation comes from.
    pub fn source(&self) -> String {
        let file = self.rows.first().map_or("ixit.toml", |row| &row.at.file);
        format!("declaration:{file}#{}", self.table)
    }

    /// The row that declares a flow of the device to a peer of these names.
    pub fn row(&self, flow: &Flow, names: &[String]) -> Option<&'d Row> {
        self.find(|endpoint| same_place(endpoint, flow) && is_peer(endpoint, flow, names))
    }

    /// Whether a row declares the port of the device at which a peer called.
    pub fn serves(&self, flow: &Flow) -> bool {
        self.find(|endpoint| endpoint.host.is_none() && same_place(endpoint, flow)).is_some()
    }

    /// What the declaration says of a flow.
    pub fn standing(&self, flow: &Flow, names: &[String]) -> Standing<'d> {
        if flow.initiator == Initiator::Peer {
            return Standing::Called;
        }
        if let Some(row) = self.row(flow, names) {
            return Standing::Declared(row);
        }
        if is_of_the_network(flow) {
            return Standing::OfTheNetwork;
        }
        match flow.transport {
            Transport::Other if flow.port == IGMP => Standing::OfTheNetwork,
            Transport::Link | Transport::Other | Transport::Icmp => Standing::NotComparable,
            Transport::Tcp | Transport::Udp if flow.initiator == Initiator::Unknown => {
                let silent = flow.sent == 0 && flow.received == 0;
                if silent { Standing::Ended } else { Standing::OriginUnknown }
            }
            Transport::Tcp | Transport::Udp if names.is_empty() && !flow.peer.is_some_and(for_many) => {
                let named = |endpoint: &Endpoint| same_place(endpoint, flow) && endpoint.host.is_some();
                self.find(named).map_or(Standing::Undeclared, Standing::WithoutName)
            }
            Transport::Tcp | Transport::Udp => Standing::Undeclared,
        }
    }

    fn find(&self, fits: impl Fn(&Endpoint) -> bool) -> Option<&'d Row> {
        self.rows
            .iter()
            .copied()
            .find(|row| row.companions.endpoint.iter().any(|endpoint| fits(&endpoint.value)))
    }
}

/// Whether a flow is of a protocol that every device of a network needs.
pub(crate) fn is_of_the_network(flow: &Flow) -> bool {
    let application = flow.application.as_deref().unwrap_or_default();
    OF_THE_NETWORK.contains(&application) || flow.transport == Transport::Icmp
}

/// Whether the answers of the flow's protocol go to the port of whoever asked.
pub(crate) fn is_answered_anywhere(flow: &Flow) -> bool {
    flow.application.as_deref().is_some_and(|name| ANSWERED_ANYWHERE.contains(&name))
}

fn same_place(endpoint: &Endpoint, flow: &Flow) -> bool {
    let transport = match endpoint.transport {
        DeclaredTransport::Tcp => flow.transport == Transport::Tcp,
        DeclaredTransport::Udp => flow.transport == Transport::Udp,
    };
    let answer = endpoint.host.is_none()
        && flow.application.as_deref().is_some_and(|name| {
            ANSWERED_ANYWHERE.contains(&name) && endpoint.application.as_deref() == Some(name)
        });
    transport && (endpoint.port == flow.port || answer)
}

fn is_peer(endpoint: &Endpoint, flow: &Flow, names: &[String]) -> bool {
    let Some(host) = endpoint.host.as_deref() else {
        // What the device serves it also says to everybody, and answers to whoever asked everybody.
        return is_answered_anywhere(flow) || flow.peer.is_some_and(for_many);
    };
    let host = host.trim_end_matches('.').to_lowercase();
    if host == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return flow.peer == Some(address);
    }
    names.contains(&host)
}
