//! Writes a MUD file: one list for each policy and version of IP.

use serde_json::{Map, Value, json};

use super::{Family, Mud, Peer, Ports, Rule, Side};

pub(super) fn json(mud: &Mud) -> String {
    let mut about = Map::new();
    about.insert("mud-version".into(), 1.into());
    about.insert("mud-url".into(), mud.url.as_str().into());
    about.insert("last-update".into(), mud.last_update.as_str().into());
    about.insert("cache-validity".into(), mud.cache_validity.into());
    about.insert("is-supported".into(), mud.is_supported.into());
    for (key, value) in [
        ("systeminfo", &mud.systeminfo),
        ("mfg-name", &mud.mfg_name),
        ("model-name", &mud.model_name),
        ("firmware-rev", &mud.firmware_rev),
    ] {
        if let Some(value) = value {
            about.insert(key.into(), value.as_str().into());
        }
    }
    let mut lists = Vec::new();
    for (policy, sender) in [("from-device-policy", Side::Device), ("to-device-policy", Side::Peer)] {
        let mut named = Vec::new();
        for family in [Family::V4, Family::V6] {
            let rules: Vec<Value> = mud
                .rules
                .iter()
                .filter(|rule| rule.sender == sender && rule.family == family)
                .map(ace)
                .collect();
            if rules.is_empty() {
                continue;
            }
            let name = list_name(sender, family);
            named.push(json!({ "name": name }));
            lists.push(json!({ "name": name, "type": family.list_type(), "aces": { "ace": rules } }));
        }
        about.insert(policy.into(), json!({ "access-lists": { "access-list": named } }));
    }
    let file = json!({
        "ietf-mud:mud": about,
        "ietf-access-control-list:acls": { "acl": lists },
    });
    let mut text = serde_json::to_string_pretty(&file).expect("all keys are texts");
    text.push('\n');
    text
}

fn list_name(sender: Side, family: Family) -> String {
    let direction = match sender {
        Side::Device => "from-device",
        Side::Peer => "to-device",
    };
    let family = match family {
        Family::V4 => "ipv4",
        Family::V6 => "ipv6",
    };
    format!("{direction}-{family}")
}

fn ace(rule: &Rule) -> Value {
    // The source of what the device sends is the device.
    let (source, destination) = match rule.sender {
        Side::Device => (rule.device_ports, rule.peer_ports),
        Side::Peer => (rule.peer_ports, rule.device_ports),
    };
    let peer_is = match rule.sender {
        Side::Device => "dst-dnsname",
        Side::Peer => "src-dnsname",
    };
    let family = match rule.family {
        Family::V4 => "ipv4",
        Family::V6 => "ipv6",
    };
    let mut ip = Map::new();
    let mut about = Map::new();
    let leaf = || json!([null]);
    match &rule.peer {
        Peer::Any => {}
        Peer::Name(name) => {
            ip.insert(format!("ietf-acldns:{peer_is}"), name.as_str().into());
        }
        Peer::Network(network) => {
            let side = if rule.sender == Side::Device { "destination" } else { "source" };
            ip.insert(format!("{side}-{family}-network"), network.as_str().into());
        }
        Peer::LocalNetworks => drop(about.insert("local-networks".into(), leaf())),
        Peer::MyController => drop(about.insert("my-controller".into(), leaf())),
        Peer::SameManufacturer => drop(about.insert("same-manufacturer".into(), leaf())),
        Peer::Controller(uri) => drop(about.insert("controller".into(), uri.as_str().into())),
        Peer::Manufacturer(host) => drop(about.insert("manufacturer".into(), host.as_str().into())),
        Peer::Model(uri) => drop(about.insert("model".into(), uri.as_str().into())),
    }
    if let Some(protocol) = rule.protocol {
        ip.insert("protocol".into(), protocol.into());
    }
    let mut matches = Map::new();
    if !about.is_empty() {
        matches.insert("ietf-mud:mud".into(), about.into());
    }
    if !ip.is_empty() {
        matches.insert(family.into(), ip.into());
    }
    let mut transport = Map::new();
    if let Some(begun_by) = rule.begun_by {
        let from = match begun_by {
            Side::Device => "from-device",
            Side::Peer => "to-device",
        };
        transport.insert("ietf-mud:direction-initiated".into(), from.into());
    }
    for (key, ports) in [("source-port", source), ("destination-port", destination)] {
        if let Some(ports) = ports {
            transport.insert(key.into(), port(ports));
        }
    }
    if !transport.is_empty() {
        let key = if rule.protocol == Some(17) { "udp" } else { "tcp" };
        matches.insert(key.into(), transport.into());
    }
    let forwarding = if rule.accept { "accept" } else { "drop" };
    json!({ "name": rule.name, "matches": matches, "actions": { "forwarding": forwarding } })
}

fn port(ports: Ports) -> Value {
    if ports.first == ports.last {
        json!({ "operator": "eq", "port": ports.first })
    } else {
        json!({ "lower-port": ports.first, "upper-port": ports.last })
    }
}
