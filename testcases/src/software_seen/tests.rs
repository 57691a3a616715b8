use probes::vulnerability::{ComponentRead, DataRead, Stated};

use super::*;
use crate::judge::{By, ItemResult};
use crate::test_facts::{Seen, TestFacts};

const UPDATED: &str = "[[soft_comp]]\nid = \"SoftComp-1\"\nupdate_mechanism = [\"UpdMech-1\"]\n\
    sbom = { document = \"bom.json\", components = [\"ring\"] }\n\
    [[upd_mech]]\nid = \"UpdMech-1\"\ndescription = \"x\"\n";

const WATCHED: &str = "[[vuln_mon]]\nid = \"VulnMon-1\"\ndescription = \"The lists are read\"\n\
    covers = [\"sources\", \"frequency\", \"component-list\", \"relevance-check\", \"responsible-person\", \"rectification\"]\n";

fn component(name: &str) -> ComponentRead {
    ComponentRead {
        name: name.to_owned(),
        version: Some("0.17.8".to_owned()),
        counts: true,
        ..ComponentRead::default()
    }
}

fn bill(names: &[&str]) -> KnownVulnerabilities {
    let bill = BillRead {
        document: "bom.json".to_owned(),
        sha256: "ab".repeat(32),
        format: "CycloneDX 1.6".to_owned(),
        components: names.iter().map(|name| component(name)).collect(),
        ..BillRead::default()
    };
    KnownVulnerabilities {
        bills: vec![bill],
        matchable: names.len() as u64,
        ..KnownVulnerabilities::default()
    }
}

fn hit(standing: Standing) -> Hit {
    Hit {
        id: "RUSTSEC-2025-0009".to_owned(),
        title: "ring 0.17.8".to_owned(),
        standing,
        published: Some("2025-03-06T12:00:00Z".to_owned()),
        fixed_in: vec!["0.17.12".to_owned()],
        ..Hit::default()
    }
}

/// A bill with data, and these hits.
fn data(hits: Vec<Hit>) -> KnownVulnerabilities {
    let data = DataRead {
        name: "osv.zip".to_owned(),
        format: "osv".to_owned(),
        sha256: "cd".repeat(32),
        whole: true,
        newest: Some("2026-11-20T22:00:00Z".to_owned()),
        records: 900,
        withdrawn: 4,
        components: 1,
        ..DataRead::default()
    };
    KnownVulnerabilities { data: vec![data], hits, ..bill(&["ring"]) }
}

fn judged(ixit: &str, unit: &str, seen: &KnownVulnerabilities) -> ItemResult {
    TestFacts::declared(ixit).observed(Seen::by(PROBE, seen)).judge_one(unit)
}

fn told(result: &ItemResult, label: &str) -> Vec<String> {
    let open = result.open.as_ref().expect("a question");
    open.shown.iter().filter(|shown| shown.label == label).map(|shown| shown.text.clone()).collect()
}

fn opinion(result: &ItemResult) -> Option<Verdict> {
    result.open.as_ref().expect("a question").prejudgement
}

#[test]
fn software_in_no_row_speaks_against_an_empty_selection() {
    let sound = judged(UPDATED, "5.3-1-1:a", &bill(&["ring"]));
    assert!(sound.vacuous && sound.verdict == Verdict::Pass, "{sound:?}");
    let more = judged(UPDATED, "5.3-1-1:a", &bill(&["ring", "busybox"]));
    assert_eq!((more.verdict, more.reason.code.as_str()), (Verdict::Inconclusive, "component-in-no-row"));
    assert_eq!(more.blame, Some(Blame::Documentation));
    assert!(more.reason.args.values().any(|found| found.to_string().contains("busybox 0.17.8")), "{more:?}");
    // Without an observation nothing is known, and nothing moves.
    assert!(TestFacts::declared(UPDATED).judge_one("5.3-1-1:a").vacuous);
    // What is part of what is claimed, and what is no software, needs no row.
    let mut nested = bill(&["ring", "inner", "logo"]);
    nested.bills[0].components[1].part_of = Some(0);
    nested.bills[0].components[2].counts = false;
    assert!(judged(UPDATED, "5.3-1-1:a", &nested).vacuous);
}

#[test]
fn bills_and_the_age_of_the_data_stand_beside_the_monitoring() {
    let result = judged(&format!("{UPDATED}{WATCHED}"), "5.2-3-1:a", &data(Vec::new()));
    assert_eq!((result.by, opinion(&result)), (By::Assisted, Some(Verdict::Pass)));
    assert!(told(&result, "observed.bill-of-materials")[0].contains("1 software components"));
    let lines = told(&result, "observed.known-vulnerabilities");
    assert!(lines[0].contains("newest record 2026-11-20") && lines[0].contains("cdcdcdcdcdcd"), "{lines:?}");
    let mut more = data(Vec::new());
    more.bills[0].components.push(component("busybox"));
    let result = judged(&format!("{UPDATED}{WATCHED}"), "5.2-3-1:a", &more);
    assert_eq!(opinion(&result), None, "what is in no row may not be watched");
}

#[test]
fn a_known_vulnerability_is_a_fact_and_takes_the_good_opinion_away() {
    for unit in ["5.2-3-1:b", "5.2-3-1:c"] {
        let ixit = format!("{UPDATED}{WATCHED}");
        let none = judged(&ixit, unit, &data(Vec::new()));
        assert_eq!(opinion(&none), Some(Verdict::Pass), "{unit}");
        let open = judged(&ixit, unit, &data(vec![hit(Standing::Affected)]));
        assert_eq!((open.verdict, open.by, opinion(&open)), (Verdict::Inconclusive, By::Assisted, None));
        let lines = told(&open, "observed.known-vulnerabilities");
        let line = lines.iter().find(|line| line.contains("RUSTSEC")).expect("the vulnerability");
        for part in ["ring 0.17.8", "affected", "published 2025-03-06, 625 d", "fixed in 0.17.12"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        // What cannot be compared is told, and is no match.
        let unknown = judged(&ixit, unit, &data(vec![hit(Standing::CannotBeCompared)]));
        assert_eq!(opinion(&unknown), Some(Verdict::Pass));
        assert!(
            told(&unknown, "observed.known-vulnerabilities")
                .iter()
                .any(|line| line.contains("cannot be compared"))
        );
        // The supplier answers with a reason, or without one.
        let stated = |justification: Option<&str>| Hit {
            statement: Some(Stated {
                document: "vex.json".to_owned(),
                standing: Standing::NotAffected,
                justification: justification.map(str::to_owned),
                product: "WH-100".to_owned(),
            }),
            ..hit(Standing::Affected)
        };
        let answered = judged(&ixit, unit, &data(vec![stated(Some("vulnerable_code_not_present"))]));
        assert_eq!(opinion(&answered), Some(Verdict::Pass));
        assert!(
            told(&answered, "observed.known-vulnerabilities")
                .iter()
                .any(|line| line.contains("vulnerable_code_not_present"))
        );
        assert_eq!(opinion(&judged(&ixit, unit, &data(vec![stated(None)]))), None);
    }
}

#[test]
fn without_data_nothing_of_vulnerabilities_is_shown_and_no_opinion_moves() {
    let ixit = format!("{UPDATED}{WATCHED}");
    for unit in ["5.2-3-1:b", "5.2-3-1:c"] {
        let without = judged(&ixit, unit, &bill(&["ring"]));
        let nothing = TestFacts::declared(&ixit).judge_one(unit);
        assert_eq!(opinion(&without), opinion(&nothing));
        assert_eq!(told(&without, "observed.known-vulnerabilities"), [""; 0]);
    }
}

#[test]
fn what_is_open_for_longer_than_the_steps_speaks_against_them() {
    let row = |table: &str, days: u32| {
        let action = if table == "vuln_types" { "action = \"A fix is made and published\"\n" } else { "" };
        format!(
            "{UPDATED}[[{table}]]\nid = \"Row-1\"\ndescription = \"x\"\n{action}time_frame = \"as listed\"\n\
             steps = [{{ step = \"fix\", days = {days} }}, {{ step = \"publication\", days = 14 }}]\n"
        )
    };
    for (table, unit) in [("vuln_types", "5.2-2-1:a"), ("upd_proc", "5.3-8-1:a")] {
        let open = judged(&row(table, 30), unit, &data(vec![hit(Standing::Affected)]));
        assert_eq!((opinion(&open), open.verdict), (Some(Verdict::Fail), Verdict::Inconclusive), "{unit}");
        assert!(told(&open, "observed.known-vulnerabilities").iter().any(|line| line.contains("RUSTSEC")));
        let fresh = Hit { published: Some("2026-11-01T00:00:00Z".to_owned()), ..hit(Standing::Affected) };
        assert_ne!(
            opinion(&judged(&row(table, 30), unit, &data(vec![fresh]))),
            Some(Verdict::Fail),
            "{unit}"
        );
        let none = judged(&row(table, 30), unit, &data(Vec::new()));
        let nothing = TestFacts::declared(&row(table, 30)).judge_one(unit);
        assert_eq!(opinion(&none), opinion(&nothing), "{unit}");
    }
}

#[test]
fn bills_stand_beside_the_reduction_of_code() {
    let ixit =
        format!("{UPDATED}[[code_min]]\nid = \"CodeMin-1\"\ndescription = \"The linker drops dead code\"\n");
    let result = judged(&ixit, "5.6-6-1:a", &bill(&["ring"]));
    assert_eq!(opinion(&result), Some(Verdict::Pass));
    assert!(told(&result, "observed.bill-of-materials")[0].contains("1 software components"));
}

#[test]
fn times_that_the_supplier_sets_are_set_against_what_is_open() {
    let test = TestFacts::declared(UPDATED).observed(Seen::by(PROBE, data(vec![hit(Standing::Affected)])));
    let facts = test.facts();
    let seen = SoftwareSeen::of(&facts).expect("an observation");
    assert_eq!(seen.oldest_open_days(), Some(625));
    assert_eq!(seen.against_time(Some(30), Some(Verdict::Pass)), Some(Verdict::Fail));
    assert_eq!(seen.against_time(Some(700), Some(Verdict::Pass)), None);
    assert_eq!(seen.against_time(Some(700), Some(Verdict::Fail)), Some(Verdict::Fail));
    assert_eq!(seen.against_time(None, Some(Verdict::Pass)), None);
}
