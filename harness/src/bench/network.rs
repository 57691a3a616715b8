//! A bench network of Linux network namespaces: one for the tool, with a bridge, and one for each device.
//! Nothing of it shows in the namespace that it is made from, and no route leads out of it.
//!
//! ```text
//!  NAME-tool                      NAME-d1
//!    br0  192.0.2.1/24 ── p1 ── eth0  192.0.2.11/24
//!                      ── p2 ── eth0  192.0.2.12/24   NAME-d2
//!                      ── eth1  a real interface, while the network is up
//! ```
//!
//! With a world ([`world`]) there is a third kind of namespace, `NAME-router`, which has the addresses of the
//! services that are played; the devices reach them through it, and nothing beyond.
//!
//! What is made is written down before it is made ([`ledger`]), so that [`down`] removes that and nothing
//! else, also after an [`up`] that failed or was killed.

mod error;
mod ip_tool;
mod layout;
mod ledger;
mod processes;
pub mod switch;
pub mod world;
mod world_process;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use error::NetworkError;
use ip_tool::{ip, ip_in, write_inside};
pub use layout::{LayoutError, MOST_DEVICES};
pub use ledger::runtime_folders;
use ledger::{Ledger, Line, Namespace, Taken};
pub use world::{PlayedWorld, WantedService, WorldRequest};
pub use world_process::{hardware_address, play};

/// Format name of a [`Network`] as JSON.
pub const FORMAT: &str = "hantei.bench-network/1";
/// Name of a network, unless another is asked for.
pub const DEFAULT_NAME: &str = "hantei";
/// Address of the tool, unless another is asked for (RFC 5737).
pub const DEFAULT_ADDRESS: &str = "192.0.2.1/24";
/// The bridge in the namespace of the tool.
const BRIDGE: &str = "br0";
/// The interface of a device in its namespace.
const DEVICE_INTERFACE: &str = "eth0";

/// What is to be brought up.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkRequest {
    /// Name: 1 to 12 lower-case letters, digits and hyphens, a letter first. Everything is named by it.
    pub name: String,
    /// Device namespaces, at most [`MOST_DEVICES`].
    pub devices: u8,
    /// Address of the tool with prefix length, e.g. `192.0.2.1/24`: RFC 1918, RFC 5737 or link-local.
    pub address: String,
    /// A real interface to put into the bridge. It is away from where it was until [`down`].
    pub interface: Option<String>,
    /// The world around the devices, where it is to be played.
    pub world: Option<WorldRequest>,
}

/// A network that is up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// [`FORMAT`].
    pub format: String,
    /// Name.
    pub name: String,
    /// Where the tool runs.
    pub tool: Place,
    /// Where devices run.
    pub devices: Vec<Place>,
    /// The real interface in the bridge.
    pub interface: Option<String>,
    /// The world that is played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<PlayedWorld>,
}

/// A namespace with its interface and addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Namespace, as `ip netns exec` names it.
    pub namespace: String,
    /// Interface.
    pub interface: String,
    /// Hardware address.
    pub mac: String,
    /// IPv4 address.
    pub address: Ipv4Addr,
    /// Length of the IPv4 prefix.
    pub prefix: u8,
    /// IPv6 address, prefix length 64 (RFC 4193); `None` where the kernel has no IPv6.
    pub address6: Option<Ipv6Addr>,
}

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Processes that still ran in them and were ended.
    pub ended: Vec<u32>,
    /// The real interface that is back where it was.
    pub interface: Option<String>,
    /// The real interface that is nowhere any more: unplugged, or moved by somebody else.
    pub interface_gone: Option<String>,
}

/// Brings a network up. What was made is removed again where a step fails.
///
/// # Errors
/// See [`NetworkError`].
pub fn up(request: &NetworkRequest) -> Result<Network, NetworkError> {
    let mut network = layout::lay_out(request, has_ipv6())?;
    require_root()?;
    if processes::has_own_mounts() {
        return Err(NetworkError::OwnMounts);
    }
    ip(&["-V"])?;
    for place in network.places() {
        // A network that is up is named as such, and not by its first namespace.
        if namespace_file(&place.namespace).exists() && !ledger::exists(&network.name) {
            return Err(NetworkError::ForeignNamespace(place.namespace.clone()));
        }
    }
    let taken = request.interface.as_deref().map(inspect).transpose()?;
    let mut ledger = Ledger::begin(&network.name, processes::own_namespace())?;
    let link = network.capture();
    let built =
        build(&network, taken, &mut ledger).and_then(|()| match (&request.world, &mut network.world) {
            (Some(request), Some(world)) => {
                world_process::start(request, &network.tool, &network.devices, world, (&link, &ledger))
            }
            _ => Ok(()),
        });
    match built {
        Ok(()) => Ok(network),
        Err(first) => match take_down(&ledger) {
            Ok(_) => {
                ledger.remove();
                Err(first)
            }
            Err(second) => Err(NetworkError::LeftBehind {
                name: network.name,
                first: Box::new(first),
                second: Box::new(second),
            }),
        },
    }
}

/// Removes a network with everything that runs in it.
///
/// # Errors
/// See [`NetworkError`]; what could not be removed stays written down, so that it can be tried again.
pub fn down(name: &str) -> Result<Removed, NetworkError> {
    layout::check_name(name)?;
    require_root()?;
    if processes::has_own_mounts() {
        return Err(NetworkError::OwnMounts);
    }
    let ledger = Ledger::open(name)?;
    let removed = take_down(&ledger)?;
    ledger.remove();
    Ok(removed)
}

impl Network {
    /// Every namespace with its interface.
    fn places(&self) -> impl Iterator<Item = &Place> {
        let router = self.world.as_ref().map(|world| &world.router);
        std::iter::once(&self.tool).chain(router).chain(&self.devices)
    }

    /// The interface of the tool that every frame of the first device passes.
    pub fn capture(&self) -> String {
        match (&self.interface, self.devices.is_empty()) {
            (Some(interface), true) => interface.clone(),
            _ => port(1),
        }
    }

    /// The part of a `bench.toml` that names these devices as samples.
    pub fn bench_file(&self) -> String {
        let mut text = String::new();
        for (index, device) in self.devices.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            text.push_str(&self.sample(index + 1, &device.address.to_string(), ""));
            if self.world.is_some() {
                text.push_str(&format!("mac = \"{}\"\n", device.mac));
            }
        }
        if let Some(interface) = &self.interface {
            if !text.is_empty() {
                text.push('\n');
            }
            let comment = format!("   # the address of the device at {interface}");
            let given = self.world.as_ref().and_then(|world| world.at_interface);
            let address = given.map_or_else(|| "...".to_owned(), |address| address.to_string());
            text.push_str(&self.sample(self.devices.len() + 1, &address, &comment));
        }
        if let Some(world) = &self.world {
            text.push_str(&world.bench_file(self));
        }
        text
    }

    fn sample(&self, number: usize, address: &str, comment: &str) -> String {
        format!(
            "[[sample]]\nid = \"S{number}\"\naddress = \"{address}\"{comment}\nsource = \"{}\"\ninterface = \"{}\"\n",
            self.tool.address, self.tool.interface
        )
    }
}

fn build(network: &Network, taken: Option<Taken>, ledger: &mut Ledger) -> Result<(), NetworkError> {
    let tool = &network.tool;
    make_namespace(&tool.namespace, ledger)?;
    // Without snooping every port sees every group, so that no querier is needed for SSDP.
    let bridge = ["link", "add", BRIDGE, "address", &tool.mac, "type", "bridge", "mcast_snooping", "0"];
    ip_in(&tool.namespace, &bridge)?;
    if tool.address6.is_some() {
        // A router behind a real interface must not give the tool a way out.
        for setting in ["all", "default", BRIDGE] {
            write_inside(&tool.namespace, &format!("/proc/sys/net/ipv6/conf/{setting}/accept_ra"), "0\n")?;
        }
    }
    addresses(tool)?;
    ip_in(&tool.namespace, &["route", "add", "224.0.0.0/4", "dev", BRIDGE])?;
    if let Some(world) = &network.world {
        world::build(world, tool, ledger)?;
    }
    for (index, device) in network.devices.iter().enumerate() {
        make_namespace(&device.namespace, ledger)?;
        let port = port(index + 1);
        let interface = device.interface.as_str();
        // Both ends are made where they belong: nothing shows in the namespace of the caller.
        ip(&[
            "link",
            "add",
            "name",
            interface,
            "netns",
            &device.namespace,
            "type",
            "veth",
            "peer",
            "name",
            &port,
            "netns",
            &tool.namespace,
        ])?;
        ip_in(&tool.namespace, &["link", "set", &port, "master", BRIDGE, "up"])?;
        ip_in(&device.namespace, &["link", "set", interface, "address", &device.mac])?;
        addresses(device)?;
        // What the device sends to the world arrives at the tool, or at the router, and goes no further.
        let gateway = network.world.as_ref().map_or(tool.address, |world| world.router.address);
        ip_in(&device.namespace, &["route", "add", "default", "via", &gateway.to_string()])?;
        if let Some(address6) = tool.address6 {
            ip_in(&device.namespace, &["-6", "route", "add", "default", "via", &address6.to_string()])?;
        }
    }
    if let Some(taken) = taken {
        let interface = taken.interface.clone();
        ledger.note(Line::Taking(taken))?;
        ip(&["link", "set", "dev", &interface, "netns", &tool.namespace])?;
        ip_in(&tool.namespace, &["link", "set", "dev", &interface, "master", BRIDGE, "up"])?;
    }
    Ok(())
}

/// The end of a device's link at the bridge.
fn port(device: usize) -> String {
    format!("p{device}")
}

fn make_namespace(namespace: &str, ledger: &mut Ledger) -> Result<(), NetworkError> {
    ledger.note(Line::Making(namespace.to_owned()))?;
    if let Err(error) = ip(&["netns", "add", namespace]) {
        // It is not there, or it is somebody else's.
        ledger.note(Line::NotMade(namespace.to_owned()))?;
        return Err(error);
    }
    let inode = inode(namespace).ok_or_else(|| NetworkError::Replaced(namespace.to_owned()))?;
    ledger.note(Line::Made(Namespace { name: namespace.to_owned(), inode: Some(inode) }))?;
    ip_in(namespace, &["link", "set", "lo", "up"])
}

fn addresses(place: &Place) -> Result<(), NetworkError> {
    let address = format!("{}/{}", place.address, place.prefix);
    ip_in(&place.namespace, &["addr", "add", &address, "dev", &place.interface])?;
    if let Some(address6) = place.address6 {
        let address6 = format!("{address6}/64");
        ip_in(&place.namespace, &["-6", "addr", "add", &address6, "dev", &place.interface, "nodad"])?;
    }
    ip_in(&place.namespace, &["link", "set", &place.interface, "up"])
}

/// Removes what a ledger names, the real interface first: it would be lost with the namespace.
fn take_down(ledger: &Ledger) -> Result<Removed, NetworkError> {
    let mut removed = Removed::default();
    let there: Vec<(&Namespace, u64)> = ledger
        .namespaces()
        .iter()
        .filter_map(|namespace| Some((namespace, inode(&namespace.name)?)))
        .collect();
    for (namespace, inode) in &there {
        if namespace.inode.is_some_and(|made| made != *inode) {
            return Err(NetworkError::Replaced(namespace.name.clone()));
        }
        if processes::own_namespace() == Some(*inode) {
            return Err(NetworkError::Inside(ledger.name().to_owned()));
        }
    }
    if let Some(taken) = ledger.taken() {
        let tool = there.first().map(|(namespace, _)| namespace.name.as_str());
        if bring_back(taken, tool, ledger.made_from())? {
            removed.interface = Some(taken.interface.clone());
        } else {
            removed.interface_gone = Some(taken.interface.clone());
        }
    }
    for (namespace, inode) in there {
        // Only what runs in a namespace that was seen to be ours.
        if namespace.inode == Some(inode) {
            removed.ended.extend(processes::end_all_in(inode));
        }
        ip(&["netns", "del", &namespace.name])?;
        removed.namespaces.push(namespace.name.clone());
    }
    Ok(removed)
}

/// Moves a real interface out of the namespace of the tool; `false` if it is nowhere any more.
fn bring_back(taken: &Taken, tool: Option<&str>, made_from: Option<u64>) -> Result<bool, NetworkError> {
    let interface = taken.interface.as_str();
    let is_it = |found: &ip_tool::Link| found.mac.as_deref() == Some(taken.mac.as_str());
    let inside = tool.and_then(|tool| Some((tool, ip_tool::link(Some(tool), interface).ok()?)));
    let Some((tool, _)) = inside.filter(|(_, link)| is_it(link)) else {
        // Never moved, or moved back before.
        return Ok(ip_tool::link(None, interface).is_ok_and(|link| is_it(&link)));
    };
    if made_from != processes::own_namespace() {
        return Err(NetworkError::OtherPlace(interface.to_owned()));
    }
    ip_in(tool, &["link", "set", "dev", interface, "nomaster"])?;
    ip_in(tool, &["link", "set", "dev", interface, "down"])?;
    ip_in(tool, &["link", "set", "dev", interface, "netns", &std::process::id().to_string()])?;
    if taken.was_up {
        ip(&["link", "set", "dev", interface, "up"])?;
    }
    Ok(true)
}

/// Whether a real interface can be taken without cutting anybody off: one that nothing else uses.
fn inspect(interface: &str) -> Result<Taken, NetworkError> {
    let refuse = |why: String| NetworkError::Interface { interface: interface.to_owned(), why };
    let link = ip_tool::link(None, interface)
        .map_err(|_| refuse("there is no such interface here; ip link shows those there are".to_owned()))?;
    if link.loopback {
        return Err(refuse("it is the loopback".to_owned()));
    }
    if let Some(master) = link.master {
        return Err(refuse(format!(
            "it belongs to {master}; take it out first (ip link set {interface} nomaster)"
        )));
    }
    if !link.addresses.is_empty() {
        return Err(refuse(format!(
            "it carries {}, so something else may use it; take them off first (ip addr flush dev {interface})",
            link.addresses.join(", ")
        )));
    }
    if Path::new("/sys/class/net").join(interface).join("phy80211").exists() {
        return Err(refuse(
            "a wireless interface cannot be bridged; put the device at a wired access point".to_owned(),
        ));
    }
    let mac =
        link.mac.ok_or_else(|| refuse("it has no hardware address, so it is no Ethernet".to_owned()))?;
    Ok(Taken { interface: interface.to_owned(), mac, was_up: link.up })
}

fn require_root() -> Result<(), NetworkError> {
    if rustix::process::geteuid().is_root() { Ok(()) } else { Err(NetworkError::NotRoot) }
}

fn has_ipv6() -> bool {
    Path::new("/proc/sys/net/ipv6").exists()
}

fn namespace_file(namespace: &str) -> PathBuf {
    Path::new("/run/netns").join(namespace)
}

/// What tells a namespace from another one of the same name.
fn inode(namespace: &str) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(namespace_file(namespace)).ok().map(|metadata| metadata.ino())
}
