//! The world around the devices of a bench network: a router, and behind it the addresses of services that are
//! played. No route leads further.
//!
//! ```text
//!  NAME-tool                NAME-router
//!    br0 ── r0 ───────────── lan0  192.0.2.2/24   DHCP, names, time
//!                            wan0  198.51.100.10, …  services
//! ```

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use probes::world::router::{Kind, Service};
use serde::{Deserialize, Serialize};

use super::ip_tool::{ip, ip_in, write_inside};
use super::layout::LayoutError;
use super::ledger::Ledger;
use super::{BRIDGE, Network, NetworkError, Place};

/// The interface of the router towards the devices.
pub(super) const ROUTER_INTERFACE: &str = "lan0";
/// Its interface with the addresses of the services.
const UPLINK: &str = "wan0";
/// The end of its link at the bridge.
const ROUTER_PORT: &str = "r0";
/// The internet of the bench (RFC 5737), or the other one where the devices live in the first.
const INTERNETS: [Ipv4Addr; 2] = [Ipv4Addr::new(198, 51, 100, 0), Ipv4Addr::new(203, 0, 113, 0)];
/// The first service has the address of the internet plus this.
const FIRST_SERVICE: u32 = 10;
/// Most services.
const MOST_SERVICES: usize = 64;
/// What stands in for names that no service has.
const SINK: &str = "others.invalid";

/// What is to be played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorldRequest {
    /// Services.
    pub services: Vec<WantedService>,
    /// Names that no service has lead to a place where first octets are noted; else they do not exist.
    pub sink: bool,
    /// Added to the time that is told, in seconds.
    pub time_offset_seconds: f64,
    /// A lent authority: certificate and key as PEM. Without one, an authority is made for this bench.
    pub authority: Option<(String, String)>,
    /// Hardware address of the device at the real interface.
    pub mac: Option<[u8; 6]>,
    /// The program that plays the world, with its arguments; the folder of the world is added to them.
    pub program: Vec<String>,
    /// The program that switches it, with its arguments; name of the network, switch and position are added.
    pub switch: Vec<String>,
}

/// A service that is to be played: `HOST:PORT/KIND`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedService {
    /// Host name.
    pub name: String,
    /// Port.
    pub port: u16,
    /// What it speaks.
    pub kind: Kind,
}

impl std::str::FromStr for WantedService {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            let kinds: Vec<&str> = Kind::ALL.iter().map(|(name, _)| *name).collect();
            format!(
                "\"{text}\" is no service; expected HOST:PORT/KIND, such as cloud.example:443/https, with a kind of {}",
                kinds.join(", ")
            )
        };
        let (name, rest) = text.rsplit_once(':').ok_or_else(bad)?;
        let (port, kind) = rest.split_once('/').ok_or_else(bad)?;
        let host = name.len() <= 253
            && name.contains('.')
            && name.split('.').all(|label| (1..=63).contains(&label.len()))
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            && name.parse::<std::net::IpAddr>().is_err();
        match (port.parse::<u16>(), Kind::named(kind)) {
            (Ok(port), Some(kind)) if host && port != 0 => {
                Ok(Self { name: name.to_ascii_lowercase(), port, kind })
            }
            _ => Err(bad()),
        }
    }
}

/// A world that is played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayedWorld {
    /// The router: gateway, DHCP, resolver and time of the devices.
    pub router: Place,
    /// Services with their addresses.
    pub services: Vec<Service>,
    /// Where names lead that no service has; `None` where they do not exist.
    pub sink: Option<Ipv4Addr>,
    /// Address that DHCP gives the device at the real interface.
    pub at_interface: Option<Ipv4Addr>,
    /// Folder with `authority.pem`, which the device has to trust, and `records.jsonl`, what came to the world.
    pub folder: PathBuf,
    /// The program that switches it.
    #[serde(skip)]
    pub(super) switch: Vec<String>,
}

/// Gives every host an address.
///
/// # Errors
/// Too many services, one twice, or a real interface without the hardware address of its device.
pub(super) fn lay_out(
    request: &WorldRequest,
    router: Place,
    at_interface: Option<Ipv4Addr>,
) -> Result<PlayedWorld, LayoutError> {
    if at_interface.is_some() != request.mac.is_some() {
        return Err(LayoutError::Service(
            "the world answers a device at a real interface by its hardware address; name both, --interface and \
             --mac, or neither"
                .to_owned(),
        ));
    }
    if request.services.len() > MOST_SERVICES {
        return Err(LayoutError::Service(format!(
            "a world has at most {MOST_SERVICES} services; asked for {}",
            request.services.len()
        )));
    }
    let internet = internet_beside(router.address);
    let mut addresses: BTreeMap<&str, Ipv4Addr> = BTreeMap::new();
    let mut services: Vec<Service> = Vec::new();
    for (wanted, number) in request.services.iter().zip(FIRST_SERVICE..) {
        let fresh = Ipv4Addr::from(u32::from(internet) + number);
        let address = *addresses.entry(&wanted.name).or_insert(fresh);
        let service = Service { name: wanted.name.clone(), address, port: wanted.port, kind: wanted.kind };
        if services.iter().any(|other| other.at() == service.at()) {
            return Err(LayoutError::Service(format!("{}:{} is named twice", wanted.name, wanted.port)));
        }
        services.push(service);
    }
    let sink = request.sink.then(|| Ipv4Addr::from(u32::from(internet) + 254));
    for port in sink.iter().flat_map(|_| [80, 443, 1883, 8080, 8443, 8883]) {
        let address = sink.unwrap_or(internet);
        services.push(Service { name: SINK.to_owned(), address, port, kind: Kind::Sink });
    }
    // The folder is known when the ledger is.
    Ok(PlayedWorld {
        router,
        services,
        sink,
        at_interface,
        folder: PathBuf::new(),
        switch: request.switch.clone(),
    })
}

fn internet_beside(router: Ipv4Addr) -> Ipv4Addr {
    let [first, second] = INTERNETS;
    if router.octets()[..3] == first.octets()[..3] { second } else { first }
}

/// Makes the router, and shows the tool the way to the services.
pub(super) fn build(world: &PlayedWorld, tool: &Place, ledger: &mut Ledger) -> Result<(), NetworkError> {
    let router = &world.router;
    let namespace = router.namespace.as_str();
    super::make_namespace(namespace, ledger)?;
    ip(&[
        "link",
        "add",
        "name",
        ROUTER_INTERFACE,
        "netns",
        namespace,
        "type",
        "veth",
        "peer",
        "name",
        ROUTER_PORT,
        "netns",
        &tool.namespace,
    ])?;
    ip_in(&tool.namespace, &["link", "set", ROUTER_PORT, "master", BRIDGE, "up"])?;
    ip_in(namespace, &["link", "set", ROUTER_INTERFACE, "address", &router.mac])?;
    super::addresses(router)?;
    // An empty bridge carries addresses and leads nowhere.
    ip_in(namespace, &["link", "add", UPLINK, "type", "bridge"])?;
    let mut own: Vec<Ipv4Addr> = world.services.iter().map(|service| service.address).collect();
    own.sort_unstable();
    own.dedup();
    for address in own {
        ip_in(namespace, &["addr", "add", &format!("{address}/32"), "dev", UPLINK])?;
    }
    ip_in(namespace, &["link", "set", UPLINK, "up"])?;
    // The rule of the uplink, where it fails, stands before that of the own addresses.
    ip_in(namespace, &["rule", "add", "pref", "100", "lookup", "local"])?;
    ip_in(namespace, &["rule", "del", "pref", "0"])?;
    // A router says that there is no way instead of being silent.
    write_inside(namespace, "/proc/sys/net/ipv4/ip_forward", "1\n")?;
    let internet = format!("{}/24", internet_beside(router.address));
    ip_in(&tool.namespace, &["route", "add", &internet, "via", &router.address.to_string()])
}

/// Cuts the way from the router to the services, or restores it: what goes there is unreachable meanwhile.
pub(super) fn cut(namespace: &str, router: Ipv4Addr, down: bool) -> Result<(), NetworkError> {
    let (action, already) = if down { ("add", "File exists") } else { ("del", "No such file") };
    let to = format!("{}/24", internet_beside(router));
    let rule =
        ["rule", action, "pref", "10", "iif", ROUTER_INTERFACE, "to", to.as_str(), "type", "unreachable"];
    match ip_in(namespace, &rule) {
        Err(NetworkError::Step { said, .. }) if said.contains(already) => Ok(()),
        other => other,
    }
}

impl PlayedWorld {
    /// What the bench file needs beside the samples.
    pub(super) fn bench_file(&self, network: &Network) -> String {
        let mut text = format!("\n[capture]\ninterface = \"{}\"\n", network.capture());
        let mut hosts: BTreeMap<&str, &Service> = BTreeMap::new();
        for service in
            self.services.iter().filter(|service| service.kind != Kind::Ntp && service.name != SINK)
        {
            // A bench file knows a host at one port: the first that was named.
            hosts.entry(&service.name).or_insert(service);
        }
        if !hosts.is_empty() {
            text.push_str("\n[world]\n");
            for (name, service) in &hosts {
                text.push_str(&format!("\"{name}\" = \"{}:{}\"\n", network.tool.address, service.port));
            }
            text.push_str("\n[hosts]\n");
            for (name, service) in &hosts {
                text.push_str(&format!("\"{name}\" = \"{}\"\n", service.at()));
            }
        }
        text.push_str(&format!(
            "\n[authority]\ncertificate = {{ file = {} }}\nkey = {{ file = {} }}\n\n[actions]\n",
            quoted(&self.folder.join("authority.pem").display().to_string()),
            quoted(&self.folder.join("authority-key.pem").display().to_string()),
        ));
        for (action, switch, position) in super::switch::ACTIONS {
            let words = [&self.switch[..], &["--name".to_owned(), network.name.clone()]].concat();
            let words = words.iter().map(String::as_str).chain([switch.name(), position.name()]);
            let list: Vec<String> = words.map(quoted).collect();
            text.push_str(&format!("{action} = [{}]\n", list.join(", ")));
        }
        text
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::super::{NetworkRequest, switch};
    use super::*;

    fn network(address: &str, services: &[&str], sink: bool) -> Result<Network, LayoutError> {
        let world = WorldRequest {
            services: services.iter().map(|text| text.parse().unwrap()).collect(),
            sink,
            switch: vec!["hantei".into(), "bench".into(), "switch".into()],
            ..WorldRequest::default()
        };
        let request = NetworkRequest {
            name: "lab".into(),
            devices: 1,
            address: address.into(),
            interface: None,
            world: Some(world),
        };
        layout::lay_out(&request, false)
    }

    #[test]
    fn hosts_have_addresses_outside_of_the_network_of_the_devices() {
        let services = ["cloud.example:443/https", "cloud.example:8883/mqtts", "time.example:123/ntp"];
        let world = network("192.0.2.1/24", &services, true).unwrap().world.unwrap();
        assert_eq!(world.router.address, Ipv4Addr::new(192, 0, 2, 2));
        let at: Vec<String> = world.services[..4].iter().map(|service| service.at().to_string()).collect();
        assert_eq!(at, ["198.51.100.10:443", "198.51.100.10:8883", "198.51.100.12:123", "198.51.100.254:80"]);
        let beside = network("198.51.100.1/24", &services, false).unwrap().world.unwrap();
        assert_eq!(beside.services[0].address, Ipv4Addr::new(203, 0, 113, 10));
        assert!(network("192.0.2.1/24", &["a.example:1/sink", "a.example:1/http"], false).is_err());
    }

    #[test]
    fn what_is_no_service_is_refused_by_name() {
        for text in [
            "cloud",
            "cloud:443/https",
            "cloud.example:443",
            "cloud.example:0/https",
            "a..b:1/http",
            "192.0.2.7:1/http",
            "cloud.example:443/gopher",
            "a b.example:1/http",
        ] {
            let why = text.parse::<WantedService>().unwrap_err();
            assert!(why.contains(text) && why.contains("mqtts"), "{why}");
        }
    }

    #[test]
    fn the_part_of_the_bench_file_is_read() {
        let network =
            network("192.0.2.1/24", &["cloud.example:443/https", "time.example:123/ntp"], true).unwrap();
        let text = network.bench_file();
        let (bench, diagnostics) = ixit::Bench::from_bytes("bench.toml", text.as_bytes());
        let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}\n{text}"));
        assert_eq!(bench.capture.interface.as_deref(), Some("p1"));
        assert_eq!(bench.world["cloud.example"], "192.0.2.1:443");
        assert_eq!(bench.hosts["cloud.example"], "198.51.100.10:443");
        assert_eq!(bench.hosts.len(), 1);
        assert!(bench.samples[0].mac.is_some());
        for (action, ..) in switch::ACTIONS {
            assert!(ixit::bench::ACTIONS.contains(&action), "{action}");
            assert_eq!(bench.actions[action][..5], ["hantei", "bench", "switch", "--name", "lab"]);
        }
    }
}
