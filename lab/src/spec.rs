//! What it takes to bring up an instance, and to bring up the very same one again.

use std::net::{Ipv4Addr, SocketAddrV4};

use serde::{Deserialize, Serialize};

/// An instance of the simulated device. What is `None` is chosen at the start;
/// [`Instance::spec`](crate::Instance::spec) then has all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Names of the faults that are switched on.
    #[serde(default)]
    pub faults: Vec<String>,
    /// Serial number, passwords and hardware address follow from it.
    #[serde(default)]
    pub seed: u64,
    /// Address of the device, in 127.64.0.0/10.
    #[serde(default)]
    pub address: Option<Ipv4Addr>,
    /// Address of the maker's pages, cloud and update server.
    #[serde(default)]
    pub world_address: Option<Ipv4Addr>,
    /// Address of the second sample, which is only compared with the first.
    #[serde(default)]
    pub second_address: Option<Ipv4Addr>,
    /// Where the Bluetooth LE controller of the tester is served.
    #[serde(default)]
    pub bluetooth_adapter: Option<SocketAddrV4>,
    /// Ports of all of them.
    #[serde(default)]
    pub ports: Option<Ports>,
    /// Certificate of the web interface.
    #[serde(default)]
    pub certificate: Option<StoredCertificate>,
    /// Authority of the maker, which the device trusts.
    #[serde(default)]
    pub authority: Option<StoredCertificate>,
}

/// A certificate of the simulated device with its key. Neither protects anything real.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredCertificate {
    /// Certificate, PEM.
    pub certificate: String,
    /// Key, PKCS #8 PEM.
    pub key: String,
}

/// TCP ports unless said otherwise, all above 1024. A port that a foreign program keeps from the instance
/// is moved up by 10,000 or a multiple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ports {
    /// Web interface and API on TLS.
    pub https: u16,
    /// mDNS, UDP.
    pub mdns: u16,
    /// Administration page of a fault.
    pub plain_http: u16,
    /// Administration page of a fault.
    pub basic_http: u16,
    /// Text console, closed unless a fault opens it.
    pub telnet: u16,
    /// Debug port, closed unless a fault opens it.
    pub debug: u16,
    /// MQTT broker of a fault.
    pub mqtt_broker: u16,
    /// File transfer of a fault.
    #[serde(default = "usual_ftp")]
    pub ftp: u16,
    /// Video stream of a fault.
    #[serde(default = "usual_rtsp")]
    pub rtsp: u16,
    /// SSDP of a fault, UDP.
    pub ssdp: u16,
    /// CoAP of a fault, UDP.
    pub coap: u16,
    /// Maker's pages, at the world address.
    pub maker: u16,
    /// Maker's cloud, at the world address.
    pub cloud: u16,
    /// Maker's update server, at the world address.
    pub update: u16,
    /// Look-up of names by the home router, at the world address, UDP.
    #[serde(default = "usual_names")]
    pub names: u16,
    /// Where the bench plays the cloud, at the address of the tester.
    #[serde(default = "bench_cloud")]
    pub bench_cloud: u16,
    /// Where the bench plays the update server, at the address of the tester.
    #[serde(default = "bench_update")]
    pub bench_update: u16,
}

fn bench_cloud() -> u16 {
    28883
}

fn bench_update() -> u16 {
    28444
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            https: 8443,
            mdns: 5353,
            plain_http: 8080,
            basic_http: 8081,
            telnet: 2323,
            debug: 9229,
            mqtt_broker: 1883,
            ftp: usual_ftp(),
            rtsp: usual_rtsp(),
            ssdp: 1900,
            coap: 5683,
            maker: 8080,
            cloud: 8883,
            update: 8444,
            names: usual_names(),
            bench_cloud: bench_cloud(),
            bench_update: bench_update(),
        }
    }
}

impl Ports {
    /// The usual ports, each TCP port moved out of the way of `taken`, each UDP port to one that can be opened.
    pub(crate) fn beside(taken: &[u16], udp_opens: impl Fn(u16) -> bool) -> Self {
        let mut ports = Self::default();
        for port in [&mut ports.mdns, &mut ports.ssdp, &mut ports.coap, &mut ports.names] {
            *port = moved_up(*port, &udp_opens);
        }
        for port in [
            &mut ports.https,
            &mut ports.plain_http,
            &mut ports.basic_http,
            &mut ports.telnet,
            &mut ports.debug,
            &mut ports.mqtt_broker,
            &mut ports.ftp,
            &mut ports.rtsp,
            &mut ports.maker,
            &mut ports.cloud,
            &mut ports.update,
            &mut ports.bench_cloud,
            &mut ports.bench_update,
        ] {
            *port = moved_up(*port, |port| !taken.contains(&port));
        }
        ports
    }
}

fn usual_ftp() -> u16 {
    2121
}

fn usual_names() -> u16 {
    5300
}

fn usual_rtsp() -> u16 {
    8554
}

/// The usual port or the next one 10,000 higher that is free; the usual one if none is.
fn moved_up(usual: u16, free: impl Fn(u16) -> bool) -> u16 {
    (0u16..5).filter_map(|n| usual.checked_add(n * 10_000)).find(|port| free(*port)).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_a_foreign_program_is_avoided() {
        let ports = Ports::beside(&[8443, 18443, 8883], |port| port != 5353);
        assert_eq!((ports.https, ports.cloud, ports.telnet), (28443, 18883, 2323));
        assert_eq!((ports.mdns, ports.coap), (15353, 5683));
    }
}
