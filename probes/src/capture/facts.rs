//! What a capture tells. Times are seconds from the first frame of the capture.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Facts of one capture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrafficFacts {
    /// Seconds from the opening of the capture point to its closing, whether frames came or not.
    pub seconds: f64,
    /// Frames of the device, sent and received.
    pub frames: u64,
    /// Their octets on the wire.
    pub octets: u64,
    /// Frames of others, counted and not kept.
    pub others: u64,
    /// Frames between the device and the tester, which are no behaviour of its own.
    pub with_tester: u64,
    /// Frames that could not be read, or were cut.
    pub unreadable: u64,
    /// Flows, each destination once, in order of the first frame.
    pub flows: Vec<Flow>,
    /// Names that the device asked for.
    pub names: Vec<NameAsked>,
    /// What went in the clear and should be looked at: credentials, logins, identifiers.
    pub clear: Vec<ClearText>,
    /// Planted data and secrets that were found.
    pub found: Vec<NeedleFound>,
    /// What was left out for want of room or time, in words.
    pub gaps: Vec<String>,
}

/// Who began a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initiator {
    /// The device.
    Device,
    /// The other side.
    Peer,
    /// The beginning was not captured.
    Unknown,
}

/// Transport of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP and ICMPv6.
    Icmp,
    /// Below IP: ARP, LLDP …; `application` names it.
    Link,
    /// Anything else over IP; `port` is the number of the protocol.
    Other,
}

/// All that went between the device and one address and port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Who began it.
    pub initiator: Initiator,
    /// Transport.
    pub transport: Transport,
    /// Address of the device in it; where the capture is read without knowing the device, of the side that began.
    /// `None` below IP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<IpAddr>,
    /// The other side; `None` below IP.
    pub peer: Option<IpAddr>,
    /// Port of the side that was called: of the peer where the device began, else of the device.
    pub port: u16,
    /// Name of the peer: what the device asked for in TLS or HTTP, else the last name that led to this address.
    pub name: Option<String>,
    /// Application protocol as recognized by content (`tls`, `http`, `mqtt`, `dns`, `ntp`, `dhcp`, `mdns`, `arp` …);
    /// `None` if it is not known. Where connections differ, one in the clear is named.
    pub application: Option<String>,
    /// Inside TLS: protocols that were agreed on or offered (ALPN).
    pub protocols: Vec<String>,
    /// Starts of connections, seconds; for datagrams the first of each exchange. At most 256.
    pub attempts: Vec<f64>,
    /// Connections that were answered (TCP: established).
    pub established: u32,
    /// Connections, whether answered or not.
    pub connections: u32,
    /// Octets of payload from the device.
    pub sent: u64,
    /// Octets of payload to the device.
    pub received: u64,
    /// Time of the first frame.
    pub first: f64,
    /// Time of the last frame.
    pub last: f64,
    /// Number of the first frame in the capture, from 1.
    pub frame: u64,
    /// What is known of TLS in it; of the first complete handshake of each kind.
    pub tls: Vec<FlowTls>,
    /// Payload went in the clear: connections of TCP or datagrams that were recognized as no encryption.
    pub clear: bool,
}

/// A TLS handshake of the device as it went by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowTls {
    /// Versions that were offered: `1.2`, `1.3` …
    pub versions: Vec<String>,
    /// Suites that were offered, by IANA name.
    pub suites: Vec<String>,
    /// Name of the peer that was asked for.
    pub server_name: Option<String>,
    /// Application protocols offered.
    pub protocols: Vec<String>,
    /// Version that was chosen; `None` without an answer.
    pub chosen_version: Option<String>,
    /// Suite that was chosen, by IANA name.
    pub chosen_suite: Option<String>,
    /// Certificates shown, where they can be read (TLS 1.2 and older): subject names and digest of each.
    pub certificates: Vec<String>,
    /// Protected application data went both ways.
    pub data_both_ways: bool,
    /// Times that such a handshake was seen.
    pub times: u32,
}

/// A name that the device asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameAsked {
    /// Name, lower case, without the last dot.
    pub name: String,
    /// Kind of record: `A`, `AAAA`, `PTR` …
    pub kind: String,
    /// Server that was asked.
    pub server: IpAddr,
    /// Multicast DNS.
    pub multicast: bool,
    /// Times.
    pub times: u32,
    /// First time.
    pub first: f64,
    /// Addresses in the answers; empty without an answer.
    pub answers: Vec<IpAddr>,
}

/// How sure it is what was found in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The protocol says that it is one: a password of a login, a token of an authorization header.
    Certain,
    /// It looks like one.
    Likely,
}

/// Something in the clear. Its value is never kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClearText {
    /// `password`, `token`, `login-name`, `community`.
    pub what: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where it stood: `HTTP Authorization: Basic`, `MQTT CONNECT`, `form field password` …
    pub place: String,
    /// The flow, as its place in `flows`.
    pub flow: usize,
    /// Sent by the device.
    pub from_device: bool,
    /// Number of the frame, from 1.
    pub frame: u64,
    /// Time.
    pub at: f64,
    /// Length of the value in octets.
    pub length: usize,
}

/// Planted data or a secret that a capture holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedleFound {
    /// IXIT row id, or `credential:ROW`, `label:SAMPLE`.
    pub key: String,
    /// How it was written: `plain`, `base64`, `hex`, `percent`, `utf-16`, `json-escaped`.
    pub encoding: String,
    /// The flow, as its place in `flows`.
    pub flow: usize,
    /// Sent by the device.
    pub from_device: bool,
    /// Number of the frame, from 1.
    pub frame: u64,
    /// Time.
    pub at: f64,
}
