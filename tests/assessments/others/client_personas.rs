//! Devices that call a cloud, each with a character of its own: what is decided of each stands in one table.

mod bench;
mod device;
pub(super) mod maker;
mod table;
mod wire;

use std::collections::BTreeSet;

use self::bench::Bench;
use harness::testcases::assessment::Assessment;
use table::Persona;

/// Brings a persona up, assesses it, and holds the results against the table.
async fn meet(persona: &Persona) {
    let bench = Bench::up(persona.calls, persona.beside).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let units: BTreeSet<&str> = persona.expected.iter().flat_map(|(_, units, ..)| *units).copied().collect();
    let units: Vec<&str> = units.into_iter().collect();
    let run = folder.path().join("run");
    let assessment = bench.assess(&persona.declares.rows(), &units.join(","), &run).await;
    for (item, units, verdict, code) in persona.expected {
        for unit in *units {
            let found = results(&assessment, unit, item);
            let expected = BTreeSet::from([format!("{verdict} {code}")]);
            assert_eq!(found, expected, "{}: {unit} {item}\n{}", persona.name, all(&assessment, unit));
        }
    }
}

/// Verdict and code of an item in a unit; results of several states that say the same count once.
fn results(assessment: &Assessment, unit: &str, item: &str) -> BTreeSet<String> {
    let items =
        assessment.provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units);
    let items = items.filter(|one| one.id == unit).flat_map(|unit| &unit.items);
    items
        .filter(|result| result.item == item)
        .map(|result| format!("{} {}", result.verdict, result.reason.code))
        .collect()
}

/// Every result of a unit in a line of its own.
fn all(assessment: &Assessment, unit: &str) -> String {
    let units =
        assessment.provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units);
    let lines: Vec<String> = units
        .filter(|one| one.id == unit)
        .flat_map(|unit| &unit.items)
        .map(|item| {
            format!(
                "{} {:?} {} {} {:?}",
                item.item, item.state, item.verdict, item.reason.code, item.reason.args
            )
        })
        .collect();
    lines.join("\n")
}

macro_rules! met {
    ($($name:ident = $persona:path;)+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            meet(&$persona).await;
        }
    )+ };
}

met! {
    pinning_passes = table::PINS;
    any_certificate_fails = table::ANY_CERTIFICATE;
    an_ignored_name_fails = table::IGNORES_NAME;
    falling_back_to_plain_fails = table::FALLS_BACK;
    tls_1_3_alone_passes = table::TLS13_ONLY;
    tls_1_0_fails = table::TLS10;
    declared_trust_on_first_use_is_for_the_assessor = table::FIRST_USE;
    a_password_in_the_clear_is_found_beside_good_tls = table::PASSWORD_IN_CLEAR;
    no_pause_after_an_outage_fails = table::NO_PAUSE;
    declared_back_off_passes = table::BACKS_OFF;
    plain_time_that_is_declared_passes = table::PLAIN_TIME;
}
