//! Software that others wrote, as it stands in devices: one file a product in `products/`, which says how it
//! is started and what has to be found. Each is met as a device that declares nothing of it.

#![allow(dead_code, reason = "the place of the personas has more than is used here")]

mod product;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::personas::device::Place;
use super::personas::servers::Servers;
use crate::bench::evidence::{observation, observations};
use crate::command::{assessment, code, skip, told, units};
use product::Product;
use serde_json::Value;

const IDENTITY_PORT: u16 = 8999;
const STATES: [&str; 2] = ["factory_default", "initialized"];
/// The units that rest on the inventory.
const UNITS: [&str; 3] = ["5.1-5-2:a", "5.5-5-2:b", "5.6-1-2:b"];

/// Brings a product up, assesses it, and holds what was found against its file.
fn meet(name: &str, text: &str) {
    let product: Product = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let programs: Vec<&str> = product.programs.iter().map(String::as_str).collect();
    let mut place = match Place::new(&programs) {
        Ok(place) => place,
        Err(why) => return skip(&format!("the product {name}"), &why),
    };
    place.identity_port = IDENTITY_PORT;
    let mut servers = Servers::default();
    servers.identity_page(&place.device, IDENTITY_PORT);
    if let Err(why) = product.start(&mut place) {
        return skip(&format!("the product {name}"), &why);
    }
    let limits = "[limits]\nparallel = 256\ntimeout_ms = 400\n";
    let (output, run) = place.assess("", limits, &UNITS.join(","));
    let told = told(&output);
    assert_eq!(code(&output), 1, "{told}");
    for state in STATES {
        inventory(&product, &run, state);
    }
    let assessment = assessment(&run);
    let found: BTreeSet<String> = UNITS.iter().flat_map(|unit| results(&assessment, unit)).collect();
    let expected: BTreeSet<String> = product.expected.iter().cloned().collect();
    assert_eq!(found, expected, "{name}: {told}");
    assert_eq!(place.strays(), Vec::<String>::new(), "{name}: frames left for elsewhere");
}

/// Ports, and what answers behind them.
fn inventory(product: &Product, run: &Path, state: &str) {
    let sweep = observation(run, "tcp-sweep", state, None);
    assert_eq!(sweep["outcome"], "complete", "{sweep}");
    let mut open: BTreeSet<u16> = product.tcp_ports();
    open.insert(IDENTITY_PORT);
    assert_eq!(sweep["data"]["open"], serde_json::json!(open), "{state}");
    for (port, application) in &product.tcp {
        let port: u16 = port.parse().expect("a port");
        let identity = observation(run, "identify", state, Some(port));
        if application != "*" {
            assert_eq!(identity["data"]["application"], application.as_str(), "{state} {identity}");
        }
    }
    let asked = observations(run, "udp-services", state);
    let mut answered: BTreeMap<String, String> = BTreeMap::new();
    let services =
        asked.iter().flat_map(|one| one["data"]["services"].as_array().cloned().unwrap_or_default());
    for service in services.filter(|service| service["state"] == "answered") {
        let names = answered.entry(service["port"].to_string()).or_default();
        let name = service["service"].as_str().unwrap_or("-");
        *names = if names.is_empty() { name.to_owned() } else { format!("{names} {name}") };
    }
    assert_eq!(answered, product.udp, "{state}");
}

/// Every result of a unit that is no PASS, as `UNIT ITEM VERDICT CODE`.
fn results(assessment: &Value, unit: &str) -> BTreeSet<String> {
    let found = units(assessment).into_iter().find(|one| one["id"] == unit);
    let items = found.unwrap_or_else(|| panic!("{unit} is not listed"))["items"].as_array().expect("items");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    items
        .iter()
        .filter(|item| item["verdict"] != "PASS")
        .map(|item| {
            format!(
                "{unit} {} {} {}",
                text(&item["item"]),
                text(&item["verdict"]),
                text(&item["reason"]["code"])
            )
        })
        .collect()
}

macro_rules! products {
    ($($name:ident = $file:literal;)+) => { $(
        #[test]
        #[ignore = "a network namespace and a Debian package each; .ci/run full has it"]
        fn $name() {
            meet($file, include_str!(concat!("products/", $file, ".toml")));
        }
    )+ };
}

products! {
    avahi = "avahi";
    busybox_httpd = "busybox-httpd";
    busybox_telnetd = "busybox-telnetd";
    dropbear = "dropbear";
    libcoap = "libcoap";
    lighttpd = "lighttpd";
    minidlna = "minidlna";
    miniupnpd = "miniupnpd";
    mosquitto_open = "mosquitto-open";
    mosquitto_password = "mosquitto-password";
    motion = "motion";
    nginx = "nginx";
    openssh = "openssh";
    rtsp = "rtsp";
    snmpd = "snmpd";
    vsftpd = "vsftpd";
}

/// A file that no test names would never be tried.
#[test]
fn every_file_of_a_product_has_its_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assessments/others/products");
    let source = include_str!("products.rs");
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let file = entry.file_name().into_string().expect("a name");
        if let Some(name) = file.strip_suffix(".toml") {
            assert!(source.contains(&format!("= \"{name}\";")), "{name} has no test");
        }
    }
}
