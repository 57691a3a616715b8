//! Devices that update themselves, each with a character of its own: what is decided of each stands in one table,
//! which `docs/update-personas.md` shows.

mod bench;
mod device;
mod packages;
mod table;

use std::collections::BTreeSet;

use self::bench::Bench;
use harness::testcases::assessment::Assessment;
use table::Persona;

/// Units that the trials decide.
const UNITS: [&str; 2] = ["5.3-1-2:a", "5.3-2-2:b"];

/// Brings a persona up, assesses it, and holds the results against the table.
async fn meet(persona: &Persona) {
    let bench = Bench::up(persona.habits).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = folder.path().join("run");
    let assessment = bench.assess(&persona.declares.row(), &UNITS.join(","), &run).await;
    let (verdict, code) = persona.expected;
    for unit in UNITS {
        let (found, told) = results(&assessment, unit);
        let expected = BTreeSet::from([format!("{verdict} {code}")]);
        assert_eq!(found, expected, "{}: {unit}\n{}", persona.name, told.join("\n"));
    }
}

/// Verdict and code of every result of the mechanism in a unit, and each with what it rests on.
fn results(assessment: &Assessment, unit: &str) -> (BTreeSet<String>, Vec<String>) {
    let cases = assessment.provisions.iter().flat_map(|provision| &provision.cases);
    let items = cases.flat_map(|case| &case.units).filter(|one| one.id == unit).flat_map(|unit| &unit.items);
    items
        .filter(|result| result.item == "UpdMech-Net")
        .map(|result| {
            let found = format!("{} {}", result.verdict, result.reason.code);
            (found.clone(), format!("{found} {:?} {:?}", result.reason.args, result.effort))
        })
        .unzip()
}

/// Every persona of the table, with the test that meets it.
macro_rules! met {
    ($($name:ident = $persona:path;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                meet(&$persona).await;
            }
        )+
        static ALL: &[&Persona] = &[$(&$persona),+];
    };
}

met! {
    installing_without_signature_fails = table::UNSIGNED;
    installing_for_another_model_fails = table::WRONG_MODEL;
    ending_on_half_an_image_fails = table::BRICKS;
    not_coming_back_as_declared_fails = table::LOST_WITH_POWER;
    coming_back_as_declared_passes = table::RECOVERS;
    refusing_older_as_declared_passes = table::REFUSES_OLDER;
    taking_older_without_a_promise_is_for_the_assessor = table::TAKES_OLDER;
    taking_older_against_the_promise_fails = table::TAKES_OLDER_DESPITE;
    never_looking_shows_nothing = table::NEVER;
    plain_http_with_a_signature_passes = table::PLAIN;
    plain_http_against_declared_tls_fails = table::PLAIN_DESPITE;
}

#[test]
fn the_page_shows_the_table() {
    let page = include_str!("../../../docs/update-personas.md");
    let rows: Vec<String> = ALL
        .iter()
        .map(|persona| format!("| {} | {} | `{}` |", persona.name, persona.expected.0, persona.expected.1))
        .collect();
    let shown: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "| persona | verdict | code |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(shown, rows);
}
