//! Names and addresses of a bench network: a pure function of what was asked for.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

use super::world::{self, PlayedWorld, WorldRequest};
use super::{BRIDGE, DEVICE_INTERFACE, FORMAT, Network, NetworkRequest, Place};

/// Most device namespaces of a network.
pub const MOST_DEVICES: u8 = 64;
/// The first device has the address of the network plus this and one.
const FIRST_DEVICE: u32 = 10;

/// Why a network cannot be laid out as asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The name cannot be used.
    #[error(
        "\"{0}\" cannot name a bench network; expected 1 to 12 lower-case letters, digits and hyphens, a letter first"
    )]
    Name(String),
    /// Too many devices, or none.
    #[error("a bench network has 1 to {MOST_DEVICES} devices (none only with --interface); asked for {0}")]
    Devices(u8),
    /// The address cannot be understood.
    #[error(
        "\"{0}\" is no address with prefix length; expected e.g. 192.0.2.1/24, with a length of 16 to 28"
    )]
    Address(String),
    /// The address may belong to somebody.
    #[error(
        "{0} may belong to somebody; expected an address for private networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), for documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24) or link-local (169.254.0.0/16)"
    )]
    NotPrivate(Ipv4Addr),
    /// A service of the world cannot be played.
    #[error("{0}")]
    Service(String),
    /// The devices do not fit beside the tool.
    #[error(
        "{devices} devices do not fit into {address} beside the tool; name a larger network with --address, or another host address in it"
    )]
    TooSmall {
        /// Devices.
        devices: u8,
        /// Address of the tool with prefix length.
        address: String,
    },
}

/// Lays a network out.
pub(super) fn lay_out(request: &NetworkRequest, ipv6: bool) -> Result<Network, LayoutError> {
    check_name(&request.name)?;
    if request.devices > MOST_DEVICES || (request.devices == 0 && request.interface.is_none()) {
        return Err(LayoutError::Devices(request.devices));
    }
    let (address, prefix) = address(&request.address)?;
    let mask = u32::MAX << (32 - u32::from(prefix));
    let (network, broadcast) = (u32::from(address) & mask, u32::from(address) | !mask);
    let too_small = || LayoutError::TooSmall { devices: request.devices, address: request.address.clone() };
    if [network, broadcast].contains(&u32::from(address)) {
        return Err(too_small());
    }
    let digest = Sha256::digest(&request.name);
    // The locally administered bit makes it nobody's (IEEE 802c).
    let mac = |last: u8| {
        let [a, b, c, d] = [digest[0], digest[1], digest[2], digest[3]];
        format!("02:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{last:02x}")
    };
    // RFC 4193: 40 bits that hardly anybody else has.
    let word = |index: usize| u16::from_be_bytes([digest[index], digest[index + 1]]);
    let address6 = |host: u16| {
        ipv6.then(|| Ipv6Addr::new(0xfd00 | u16::from(digest[4]), word(5), word(7), 0, 0, 0, 0, host))
    };
    let tool = Place {
        namespace: format!("{}-tool", request.name),
        interface: BRIDGE.to_owned(),
        mac: mac(0),
        address,
        prefix,
        address6: address6(1),
    };
    let devices = (1..=request.devices).map(|number| {
        let host = network + FIRST_DEVICE + u32::from(number);
        if host >= broadcast || host == u32::from(address) {
            return Err(too_small());
        }
        Ok(Place {
            namespace: format!("{}-d{number}", request.name),
            interface: DEVICE_INTERFACE.to_owned(),
            mac: mac(number),
            address: Ipv4Addr::from(host),
            prefix,
            address6: address6(0x10 + u16::from(number)),
        })
    });
    let world = request.world.as_ref().map(|wanted: &WorldRequest| -> Result<PlayedWorld, LayoutError> {
        // The first address that the tool leaves free; devices begin later.
        let first = network + 1;
        let host = if first == u32::from(address) { first + 1 } else { first };
        let router = Place {
            namespace: format!("{}-router", request.name),
            interface: world::ROUTER_INTERFACE.to_owned(),
            mac: mac(0xfe),
            address: Ipv4Addr::from(host),
            prefix,
            address6: None,
        };
        let next = next_device(&tool, request.devices.into());
        world::lay_out(wanted, router, request.interface.as_ref().map(|_| next))
    });
    Ok(Network {
        format: FORMAT.to_owned(),
        name: request.name.clone(),
        devices: devices.collect::<Result<_, _>>()?,
        tool,
        interface: request.interface.clone(),
        world: world.transpose()?,
    })
}

/// Address of the device after `devices` others.
pub(super) fn next_device(tool: &Place, devices: usize) -> Ipv4Addr {
    let mask = u32::MAX << (32 - u32::from(tool.prefix));
    let number = u32::try_from(devices).unwrap_or(u32::MAX).saturating_add(1);
    Ipv4Addr::from((u32::from(tool.address) & mask).saturating_add(FIRST_DEVICE).saturating_add(number))
}

/// Whether a name can be part of the names of files and namespaces.
pub(super) fn check_name(name: &str) -> Result<(), LayoutError> {
    let fits = (1..=12).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && name.starts_with(|first: char| first.is_ascii_lowercase());
    if fits { Ok(()) } else { Err(LayoutError::Name(name.to_owned())) }
}

fn address(text: &str) -> Result<(Ipv4Addr, u8), LayoutError> {
    let bad = || LayoutError::Address(text.to_owned());
    let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
    let (address, prefix): (Ipv4Addr, u8) =
        (address.parse().map_err(|_| bad())?, prefix.parse().map_err(|_| bad())?);
    if !(16..=28).contains(&prefix) {
        return Err(bad());
    }
    if address.is_private() || address.is_documentation() || address.is_link_local() {
        Ok((address, prefix))
    } else {
        Err(LayoutError::NotPrivate(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, devices: u8, address: &str) -> NetworkRequest {
        NetworkRequest { name: name.into(), devices, address: address.into(), interface: None, world: None }
    }

    #[test]
    fn devices_follow_the_tool_in_its_network() {
        let network = lay_out(&request("lab", 2, "192.0.2.1/24"), true).unwrap();
        assert_eq!(network.tool.namespace, "lab-tool");
        let addresses: Vec<String> =
            network.devices.iter().map(|device| device.address.to_string()).collect();
        assert_eq!(addresses, ["192.0.2.11", "192.0.2.12"]);
        let places: Vec<&Place> = std::iter::once(&network.tool).chain(&network.devices).collect();
        for place in &places {
            let address6 = place.address6.expect("an address");
            assert_eq!(address6.octets()[0], 0xfd, "{address6}");
            assert!(places.iter().filter(|other| other.mac == place.mac).count() == 1, "{places:?}");
            assert!(places.iter().filter(|other| other.address6 == place.address6).count() == 1);
        }
        assert_eq!(lay_out(&request("lab", 1, "10.1.2.3/16"), false).unwrap().tool.address6, None);
    }

    #[test]
    fn networks_of_different_names_share_nothing() {
        let [one, other] =
            ["one", "other"].map(|name| lay_out(&request(name, 1, "192.0.2.1/24"), true).unwrap());
        assert_ne!(one.tool.mac, other.tool.mac);
        assert_ne!(one.tool.address6, other.tool.address6);
    }

    #[test]
    fn what_cannot_be_laid_out_is_refused_by_name() {
        let refused =
            |name: &str, devices, address: &str| lay_out(&request(name, devices, address), true).unwrap_err();
        for name in ["", "Lab", "../lab", "lab/x", "-lab", "a-name-too-long"] {
            assert_eq!(refused(name, 1, "192.0.2.1/24"), LayoutError::Name(name.into()));
        }
        assert_eq!(refused("lab", 0, "192.0.2.1/24"), LayoutError::Devices(0));
        assert_eq!(refused("lab", 65, "192.0.2.1/24"), LayoutError::Devices(65));
        for address in ["192.0.2.1", "192.0.2.1/8", "192.0.2.1/32", "fd00::1/24", "x/24"] {
            assert_eq!(refused("lab", 1, address), LayoutError::Address(address.into()));
        }
        assert_eq!(refused("lab", 1, "8.8.8.8/24"), LayoutError::NotPrivate([8, 8, 8, 8].into()));
        for (devices, address) in [(6, "192.0.2.1/28"), (1, "192.0.2.11/24"), (1, "192.0.2.0/24")] {
            assert!(matches!(refused("lab", devices, address), LayoutError::TooSmall { .. }), "{address}");
        }
        assert!(lay_out(&request("lab", 4, "192.0.2.1/28"), true).is_ok());
    }

    #[test]
    fn a_real_interface_needs_no_device() {
        let with = NetworkRequest { interface: Some("eth1".into()), ..request("lab", 0, "192.0.2.1/24") };
        let network = lay_out(&with, true).unwrap();
        assert!(network.devices.is_empty());
        assert!(network.bench_file().contains("address = \"...\"   # the address of the device at eth1"));
    }

    #[test]
    fn the_part_of_the_bench_file_is_read_as_samples() {
        let network = lay_out(&request("lab", 2, "10.9.0.1/24"), true).unwrap();
        let (bench, diagnostics) = ixit::Bench::from_bytes("bench.toml", network.bench_file().as_bytes());
        let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}"));
        let second = &bench.samples[1];
        assert_eq!((second.id.as_str(), second.address.to_string()), ("S2", "10.9.0.12".to_owned()));
        assert_eq!(second.source.map(|source| source.to_string()).as_deref(), Some("10.9.0.1"));
    }
}
