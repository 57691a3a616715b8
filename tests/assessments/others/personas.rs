//! Devices with a character of their own, met over a real network: what is decided of each stands in one
//! table, and no frame leaves for anywhere but the device.

pub(super) mod device;
pub(super) mod servers;
mod ssl3;
mod table;

use std::collections::BTreeSet;

use crate::command::{assessment, code, skip, told, units};
use device::Place;
use serde_json::Value;
use servers::Servers;
use table::{Expected, Persona};

/// Brings a persona up, assesses it, and holds the results against the table.
fn meet(persona: &Persona) {
    let mut place = match Place::new(persona.programs) {
        Ok(place) => place,
        Err(why) => return skip(&format!("the persona {}", persona.name), &why),
    };
    let mut servers = Servers::default();
    (persona.up)(&mut place, &mut servers);
    let (output, run) = place.assess(persona.rows, persona.bench, &persona.units.join(","));
    let told = told(&output);
    assert_ne!(code(&output), 2, "{told}");
    let assessment = assessment(&run);
    let found: BTreeSet<String> = persona.units.iter().flat_map(|unit| results(&assessment, unit)).collect();
    let expected: BTreeSet<String> = persona.expected.iter().map(Expected::line).collect();
    assert_eq!(found, expected, "{}: {told}", persona.name);
    (persona.also)(&run);
    assert_eq!(place.strays(), Vec::<String>::new(), "{}: frames left for elsewhere", persona.name);
}

/// Every result of a unit as `UNIT ITEM VERDICT CODE`; results of several states that say the same count once.
fn results(assessment: &Value, unit: &str) -> BTreeSet<String> {
    let found = units(assessment).into_iter().find(|one| one["id"] == unit);
    let items = found.unwrap_or_else(|| panic!("{unit} is not listed"))["items"].as_array().expect("items");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    items
        .iter()
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

macro_rules! met {
    ($($(#[$meta:meta])* $name:ident = $persona:path;)+) => { $(
        $(#[$meta])*
        #[test]
        fn $name() {
            meet(&$persona);
        }
    )+ };
}

met! {
    #[ignore = "the ban lasts two minutes; .ci/run full has it"]
    a_ban_of_a_fast_source_ends_in_an_honest_gap = table::BAN;
    #[ignore = "the reboot lasts 70 seconds; .ci/run full has it"]
    a_reboot_under_scan_is_waited_for = table::REBOOT;
    #[ignore = "it holds its callers, 13 minutes in all; .ci/run full has it"]
    a_tarpit_on_every_port_is_no_inventory = table::TARPIT;
    telnet_and_ftp_are_found_on_odd_ports = table::ODD_PORTS;
    web_servers_beside_the_usual_ports_are_as_declared = table::WEB_PORTS;
    a_tls_server_that_resets_is_not_judged = table::TLS_RESET;
    old_tls_with_the_certificate_of_another_host_is_found = table::OLD_TLS;
    a_server_of_a_private_authority_that_the_bench_trusts_is_sound = table::PRIVATE_CA;
    ssl3_with_rc4_is_found = table::SSL3;
    a_banner_of_escapes_and_markup_stays_inert = table::BANNER;
    udp_services_that_want_well_formed_requests_are_found = table::UDP;
}
