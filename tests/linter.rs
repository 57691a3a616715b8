//! `hantei check` as the linter that knows the standard: documentation faults planted in the reference declaration
//! one at a time. Each gives exactly the findings that it lists, with code, file, line and unit; nothing else moves.
//! Judged in this process, as the command does it.

#[path = "linter/faults.rs"]
mod faults;
#[path = "linter/folder.rs"]
mod folder;
#[path = "linter/faults/sbom.rs"]
mod sbom;

use std::collections::BTreeSet;

use faults::{Fault, faults};
use folder::{Edit, Folder};
use harness::ixit::{FINDING_CODES, FINDING_RELATIONS, Severity};

/// Least number of faults: with those of the lab they are at least 60.
const FEWEST: usize = 80;

/// Code, file, line and unit.
type Seen = (String, String, u32, String);

fn seen(folder: &Folder) -> Vec<Seen> {
    let mut seen: Vec<Seen> = folder
        .diagnostics()
        .into_iter()
        .inspect(|one| assert_eq!(one.severity, Severity::Finding, "{one:?}"))
        .inspect(|one| {
            assert!(one.help.as_deref().is_some_and(|help| !help.is_empty()), "no remedy: {one:?}")
        })
        .map(|one| (one.code, one.at.file.to_string(), one.at.line, one.unit.unwrap_or_default()))
        .collect();
    seen.sort();
    seen
}

fn listed(fault: &Fault, folder: &Folder) -> Vec<Seen> {
    let mut listed: Vec<Seen> = fault
        .moved
        .iter()
        .map(|moved| {
            let (file, line) = folder.line(&moved.place);
            (moved.code.to_owned(), file.to_owned(), line, moved.unit.to_owned())
        })
        .collect();
    listed.sort();
    listed
}

#[test]
fn the_reference_declaration_gives_no_finding() {
    let seen = seen(&Folder::reference());
    assert!(seen.is_empty(), "{seen:#?}");
}

#[test]
fn every_fault_gives_the_findings_that_it_lists_and_no_others() {
    let mut wrong = String::new();
    for fault in faults() {
        let mut folder = Folder::reference();
        for edit in fault.edits {
            folder.apply(edit);
        }
        let (seen, listed) = (seen(&folder), listed(fault, &folder));
        if seen != listed {
            wrong.push_str(&format!("{}:\n  seen {seen:#?}\n  listed {listed:#?}\n", fault.name));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn there_are_enough_faults_and_each_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = faults().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults().count());
    let found = faults().filter(|fault| !fault.moved.is_empty()).count();
    assert!(found >= FEWEST, "{found}");
}

/// Findings need no lab and no other fault: every relation of the pro forma and every code is shown by one.
#[test]
fn every_relation_and_every_code_is_shown_by_a_fault() {
    let shown: BTreeSet<&str> = faults().flat_map(|fault| fault.moved).map(|moved| moved.code).collect();
    assert_eq!(FINDING_RELATIONS.len(), 19);
    for (from, to, code) in FINDING_RELATIONS {
        assert!(shown.contains(code), "{from} and {to}: {code}");
    }
    let codes = FINDING_CODES.iter().chain(harness::testcases::findings::CODES);
    let missing: Vec<&str> = codes.map(|(code, _)| *code).filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Where the closed statement is missing, prose that is silent proves nothing.
#[test]
fn without_companions_there_is_no_finding_on_what_they_tell() {
    let mut folder = Folder::reference();
    folder.strip_companions();
    let of_companions: BTreeSet<&str> = FINDING_RELATIONS.iter().map(|(_, _, code)| *code).collect();
    let seen: Vec<Seen> =
        seen(&folder).into_iter().filter(|(code, ..)| of_companions.contains(code.as_str())).collect();
    assert!(seen.is_empty(), "{seen:#?}");
}

/// What is claimed under a condition is set against it, in both directions.
#[test]
fn a_condition_that_holds_contradicts_not_applicable_for_every_provision_under_one() {
    let reference = Folder::reference();
    let claimed: Vec<String> = reference.claimed_under_conditions();
    assert!(claimed.len() >= 20, "{claimed:?}");
    for provision in claimed {
        let mut folder = Folder::reference();
        folder.claim(&provision, "N/A");
        let found = seen(&folder);
        assert!(
            found.iter().any(|(code, file, line, unit)| code == "not-applicable-contradicted"
                && file == "ics.toml"
                && *line == folder.line_of_support(&provision)
                && unit.starts_with(&format!("{provision}-1:"))),
            "{provision}: {found:#?}"
        );
    }
}

#[test]
fn a_condition_that_does_not_hold_contradicts_the_claim() {
    // What makes a condition fail, and the claimed provisions that hang on it.
    let cases: &[(&str, &[Edit], &[&str])] = &[
        ("1, 2 and 8", &[Edit::CutTable("auth_mech"), EMPTY_LOGINS], &["5.1-1", "5.1-2", "5.1-4"]),
        ("3 and 4", &[Edit::Claim("5.3-14", "Y", "detail = \"Published\"")], &["5.3-14"]),
        ("5", &[Edit::Text("ics.toml", "constrained = false", "constrained = true")], &["5.1-5", "5.3-2"]),
        ("6", &[Edit::CutTable("tel_data"), EMPTY_TELEMETRY], &["6-4", "6-5"]),
        (
            "7",
            &[
                Edit::In("PersData-Account", "\nconsent = true", "\nconsent = false"),
                Edit::In("PersData-Schedule", "\nconsent = true", "\nconsent = false"),
                Edit::In("PersData-Usage", "\nconsent = true", "\nconsent = false"),
            ],
            &["6-2"],
        ),
        (
            "9",
            &[Edit::In(
                "UpdMech-Cloud",
                "automatic = true, notifies = true",
                "automatic = false, notifies = false",
            )],
            &["5.3-6"],
        ),
        (
            "10",
            &[Edit::In("SecParam-CloudSecret", "hard_coded_identity = true", "hard_coded_identity = false")],
            &["5.4-2"],
        ),
        ("11", &[Edit::In("UpdMech-Cloud", "network_based = true", "network_based = false")], &["5.3-10"]),
        (
            "12",
            &[Edit::CutTable("upd_mech"), EMPTY_UPDATES],
            &["5.3-3", "5.3-4", "5.3-5", "5.3-6", "5.3-7", "5.3-8", "5.3-9", "5.3-10", "5.3-11", "5.3-12"],
        ),
        ("13", faults::NO_DEBUGGING, &["5.6-4"]),
    ];
    for (condition, edits, provisions) in cases {
        let mut folder = Folder::reference();
        edits.iter().for_each(|edit| folder.apply(edit));
        let contradicted: BTreeSet<u32> = seen(&folder)
            .into_iter()
            .filter(|(code, file, ..)| code == "claim-without-condition" && file == "ics.toml")
            .map(|(_, _, line, _)| line)
            .collect();
        let expected: BTreeSet<u32> =
            provisions.iter().map(|provision| folder.line_of_support(provision)).collect();
        assert_eq!(contradicted, expected, "condition {condition}");
    }
}

const EMPTY_LOGINS: Edit = Edit::Add("ixit.toml", "[empty]\nauth_mech = \"Nobody logs in\"");
const EMPTY_TELEMETRY: Edit = Edit::Add("ixit.toml", "[empty]\ntel_data = \"Nothing is collected\"");
const EMPTY_UPDATES: Edit = Edit::Add("ixit.toml", "[empty]\nupd_mech = \"It cannot be updated\"");
