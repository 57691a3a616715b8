//! What the world consists of: a value that the bench writes down and its process reads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Where DHCP questions come to.
pub const DHCP: u16 = 67;
const DNS: u16 = 53;
const NTP: u16 = 123;

/// The world around the devices of a bench network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldPlan {
    /// Network interface of the router towards the devices.
    pub interface: String,
    /// Address of the router there: gateway, DHCP, resolver and time.
    pub router: Ipv4Addr,
    /// Length of the prefix.
    pub prefix: u8,
    /// Address of the tool, which stands in for services where the names are switched to it.
    pub bench: Ipv4Addr,
    /// Devices, which alone are answered.
    pub devices: Vec<Lease>,
    /// Services that are played.
    pub services: Vec<Service>,
    /// Where names lead that no service has.
    #[serde(default)]
    pub others: Others,
    /// Added to the time that the clock tells, in seconds; 0 for the true time.
    #[serde(default)]
    pub time_offset_seconds: f64,
}

/// A device and its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Hardware address.
    pub mac: [u8; 6],
    /// Address that DHCP gives it.
    pub address: Ipv4Addr,
    /// Its IPv6 address.
    #[serde(default)]
    pub address6: Option<Ipv6Addr>,
}

/// A service on the internet of the bench.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Host name.
    pub name: String,
    /// Address.
    pub address: Ipv4Addr,
    /// Port.
    pub port: u16,
    /// What it speaks.
    pub kind: Kind,
}

/// What a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// HTTP/1.1 inside TLS.
    Https,
    /// MQTT inside TLS.
    Mqtts,
    /// HTTP/1.1 in the clear.
    Http,
    /// MQTT in the clear.
    Mqtt,
    /// NTP.
    Ntp,
    /// TCP whose first octets are noted; nothing is answered.
    Sink,
}

impl Kind {
    /// Every kind with its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("https", Self::Https),
        ("mqtts", Self::Mqtts),
        ("http", Self::Http),
        ("mqtt", Self::Mqtt),
        ("ntp", Self::Ntp),
        ("sink", Self::Sink),
    ];

    /// Kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }
}

/// Where names lead that no service has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Others {
    /// They do not exist.
    #[default]
    Nowhere,
    /// To this address.
    To(Ipv4Addr),
}

/// What can be switched while the world is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// The resolver answers.
    pub names: bool,
    /// The services answer.
    pub services: bool,
    /// Names of services lead to the tool instead of the services.
    pub names_lead_to_bench: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { names: true, services: true, names_lead_to_bench: false }
    }
}

impl WorldPlan {
    /// Every address that a server listens at.
    pub fn listening(&self) -> Vec<SocketAddr> {
        let broadcasts = SocketAddr::from((Ipv4Addr::UNSPECIFIED, DHCP));
        let services = self.services.iter().map(Service::at);
        [broadcasts, self.resolver()].into_iter().chain(self.clocks()).chain(services).collect()
    }

    /// Where the resolver is.
    pub fn resolver(&self) -> SocketAddr {
        (self.router, DNS).into()
    }

    /// Where the time is told: at the router, and by services for it.
    pub fn clocks(&self) -> Vec<SocketAddr> {
        let services = self.services.iter().filter(|service| service.kind == Kind::Ntp).map(Service::at);
        let mut clocks: Vec<SocketAddr> = services.chain([(self.router, NTP).into()]).collect();
        clocks.sort_unstable();
        clocks.dedup();
        clocks
    }
}

impl Service {
    /// Address and port.
    pub fn at(&self) -> SocketAddr {
        (self.address, self.port).into()
    }
}

impl Lease {
    /// Its addresses.
    pub fn addresses(&self) -> Vec<IpAddr> {
        std::iter::once(IpAddr::V4(self.address)).chain(self.address6.map(IpAddr::V6)).collect()
    }
}
