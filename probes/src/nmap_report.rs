//! Reports of nmap (`-oX`) that the lab already has, read as evidence. nmap itself is never run.
//!
//! The file is hostile input: size, nesting and number of elements are bounded, entities are not expanded,
//! and what is kept is printable. A scan that was killed leaves a report that breaks off; what it holds until
//! then is read, and said to be a part.

mod element;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::disclosed::printable;
use element::Element;

/// Name under which an imported report stands among the observations.
pub const PROBE: &str = "nmap-report";
/// Version of [`HostReport`].
pub const VERSION: u32 = 1;
/// Largest report that is read, in bytes (16 MiB).
pub const BYTES_AT_MOST: usize = 16 << 20;
/// Longest text that is kept, in characters.
const TEXT_AT_MOST: usize = 4096;

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NmapReport {
    /// How and when it was made.
    pub scan: Scan,
    /// Hosts, in order.
    pub hosts: Vec<Host>,
}

/// How and when a report was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Version of nmap.
    pub version: String,
    /// Command line.
    pub arguments: String,
    /// Start, seconds since 1970 in UTC.
    pub started: Option<i64>,
    /// Duration in seconds.
    pub seconds: Option<f64>,
    /// The scan says that it came to its end.
    pub success: bool,
    /// What was asked, e.g. `syn tcp 1-65535`.
    pub asked: Vec<String>,
    /// Ports asked, over all protocols.
    pub ports_asked: u64,
    /// Why the report could not be read to its end.
    pub broken_off: Option<String>,
    /// Scripts of the whole scan.
    pub scripts: Vec<Script>,
}

/// A host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// `up`, `down`.
    pub state: String,
    /// Why nmap says so.
    pub reason: String,
    /// Addresses with their kind: `ipv4`, `ipv6`, `mac`.
    pub addresses: Vec<(String, String)>,
    /// Names.
    pub names: Vec<String>,
    /// Ports that stand there one by one.
    pub ports: Vec<Port>,
    /// States of the others with their number.
    pub others: Vec<(String, u64)>,
    /// Scripts on the host.
    pub scripts: Vec<Script>,
}

/// A port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Port {
    /// `tcp`, `udp`, `sctp`.
    pub transport: String,
    /// Port.
    pub port: u16,
    /// `open`, `closed`, `filtered`, `open|filtered` …
    pub state: String,
    /// Why nmap says so, e.g. `syn-ack`.
    pub reason: String,
    /// Time to live of the answer.
    pub reason_ttl: Option<u32>,
    /// What answers there, by nmap.
    pub service: Option<Service>,
    /// Scripts on the port.
    pub scripts: Vec<Script>,
}

/// What answers at a port, by nmap. `method` says whether it looked (`probed`) or knows the number (`table`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Name.
    pub name: String,
    /// Product.
    pub product: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Anything else.
    pub extra: Option<String>,
    /// `ssl` where it is spoken inside TLS.
    pub tunnel: Option<String>,
    /// `probed` or `table`.
    pub method: String,
    /// 0 to 10.
    pub confidence: Option<u32>,
    /// CPE names.
    pub cpes: Vec<String>,
}

/// What a script found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// Name of the script.
    pub id: String,
    /// What it printed.
    pub output: String,
    /// The same as tables.
    pub data: Vec<Node>,
}

/// Part of what a script found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Node {
    /// A table.
    Table {
        /// Name, where it has one.
        key: Option<String>,
        /// What it holds.
        nodes: Vec<Node>,
    },
    /// A value.
    Value {
        /// Name, where it has one.
        key: Option<String>,
        /// Value.
        value: String,
    },
}

/// What a report says of one host: the result of an imported observation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HostReport {
    /// How and when the report was made.
    pub scan: Scan,
    /// The host.
    pub host: Host,
}

/// Why a file is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReport {
    /// Larger than [`BYTES_AT_MOST`].
    #[error("it is larger than {} MiB", BYTES_AT_MOST >> 20)]
    TooLarge,
    /// Not UTF-8.
    #[error("it is no text in UTF-8")]
    NotText,
    /// Not XML, or XML that is not read.
    #[error("it cannot be read as XML: {0}")]
    NotXml(String),
    /// Another kind of document.
    #[error("it is no report of nmap: expected the element nmaprun, found {0}; nmap writes one with -oX")]
    OtherDocument(String),
}

/// Reads a report.
///
/// # Errors
/// See [`NotAReport`]. A report that breaks off is none: see [`Scan::broken_off`].
pub fn read(bytes: &[u8]) -> Result<NmapReport, NotAReport> {
    if bytes.len() > BYTES_AT_MOST {
        return Err(NotAReport::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NotAReport::NotText)?;
    let (root, broken_off) =
        element::read(text.trim_start_matches('\u{feff}')).map_err(NotAReport::NotXml)?;
    if root.name != "nmaprun" {
        return Err(NotAReport::OtherDocument(line(&root.name)));
    }
    let finished = root.child("runstats").and_then(|stats| stats.child("finished"));
    let of_scan = |name: &'static str| {
        root.children(name).flat_map(|holder| holder.children("script")).map(script).collect::<Vec<_>>()
    };
    Ok(NmapReport {
        scan: Scan {
            version: root.text("version"),
            arguments: root.text("args"),
            started: root.number("start"),
            seconds: finished.and_then(|finished| finished.number("elapsed")),
            success: broken_off.is_none()
                && finished.is_some_and(|finished| finished.text("exit") == "success"),
            asked: root
                .children("scaninfo")
                .map(|info| {
                    let [kind, protocol, services] =
                        ["type", "protocol", "services"].map(|key| info.text(key));
                    format!("{kind} {protocol} {services}")
                })
                .collect(),
            ports_asked: root.children("scaninfo").filter_map(|info| info.number::<u64>("numservices")).sum(),
            broken_off,
            scripts: [of_scan("prescript"), of_scan("postscript")].concat(),
        },
        hosts: root.children("host").map(host).collect(),
    })
}

impl NmapReport {
    /// What it says of the host at an address.
    pub fn of(&self, address: IpAddr) -> Option<HostReport> {
        let host = self.hosts.iter().find(|host| host.has(address))?;
        Some(HostReport { scan: self.scan.clone(), host: host.clone() })
    }
}

impl Host {
    /// Whether the host has this address.
    pub fn has(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|(_, known)| known.parse() == Ok(address))
    }

    /// Ports with a clear answer, one by one and together.
    pub fn settled(&self) -> u64 {
        let clear = |state: &str| matches!(state, "open" | "closed");
        let single = self.ports.iter().filter(|port| clear(&port.state)).count() as u64;
        let others = self.others.iter().filter(|(state, _)| clear(state)).map(|(_, count)| *count);
        others.fold(single, u64::saturating_add)
    }
}

impl HostReport {
    /// The report came to its end and says so.
    pub fn complete(&self) -> bool {
        self.scan.success && self.host.state == "up"
    }
}

fn host(host: &Element) -> Host {
    let status = host.child("status");
    let of_status = |key: &str| status.map(|status| status.text(key)).unwrap_or_default();
    let ports = || host.children("ports");
    Host {
        state: of_status("state"),
        reason: of_status("reason"),
        addresses: host
            .children("address")
            .map(|address| (address.text("addrtype"), address.text("addr")))
            .collect(),
        names: host
            .children("hostnames")
            .flat_map(|names| names.children("hostname"))
            .map(|name| name.text("name"))
            .collect(),
        ports: ports().flat_map(|ports| ports.children("port")).filter_map(port).collect(),
        others: ports()
            .flat_map(|ports| ports.children("extraports"))
            .map(|others| (others.text("state"), others.number("count").unwrap_or(0)))
            .collect(),
        scripts: host
            .children("hostscript")
            .flat_map(|holder| holder.children("script"))
            .map(script)
            .collect(),
    }
}

fn port(port: &Element) -> Option<Port> {
    let state = port.child("state")?;
    Some(Port {
        transport: port.text("protocol"),
        port: port.number("portid")?,
        state: state.text("state"),
        reason: state.text("reason"),
        reason_ttl: state.number("reason_ttl"),
        service: port.child("service").map(service),
        scripts: port.children("script").map(script).collect(),
    })
}

fn service(service: &Element) -> Service {
    let some = |key: &str| Some(service.text(key)).filter(|text| !text.is_empty());
    Service {
        name: service.text("name"),
        product: some("product"),
        version: some("version"),
        extra: some("extrainfo"),
        tunnel: some("tunnel"),
        method: service.text("method"),
        confidence: service.number("conf"),
        cpes: service.children("cpe").map(|cpe| line(&cpe.content)).collect(),
    }
}

fn script(script: &Element) -> Script {
    Script { id: script.text("id"), output: script.text("output"), data: nodes(script) }
}

/// Tables in tables; the reader of elements bounds how deep they go.
fn nodes(holder: &Element) -> Vec<Node> {
    let key = |element: &Element| element.attribute("key").map(line);
    holder
        .inner
        .iter()
        .filter_map(|element| match element.name.as_str() {
            "table" => Some(Node::Table { key: key(element), nodes: nodes(element) }),
            "elem" => Some(Node::Value { key: key(element), value: line(&element.content) }),
            _ => None,
        })
        .collect()
}

impl Element {
    fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.inner.iter().filter(move |element| element.name == name)
    }

    fn child<'a>(&'a self, name: &'a str) -> Option<&'a Element> {
        self.children(name).next()
    }

    fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn text(&self, key: &str) -> String {
        self.attribute(key).map(line).unwrap_or_default()
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.attribute(key)?.trim().parse().ok()
    }
}

fn line(text: &str) -> String {
    printable(text.as_bytes(), TEXT_AT_MOST)
}

#[cfg(test)]
#[path = "nmap_report_tests.rs"]
mod tests;
