//! Baselines that evidence is laid beside: as many items as they have, and no evidence where nothing was seen.

use harness::testcases::scheme::{self, Evidence, SchemeKind};

use super::varied::{applied, requirement};

/// Items of each, as its publisher counts them, or as many as our source carries.
const ITEMS: &[(&str, usize)] = &[
    ("cra-annex-1", 22),
    ("en-18031-1", 33),
    ("en-18031-2", 42),
    ("enisa-baseline", 17),
    ("enisa-supply-chain", 17),
    ("iec-62443-4-2", 7),
    ("iso-27400", 3),
    ("iso-27402", 10),
    ("iso-27404", 4),
    ("nistir-8259a", 6),
    ("nistir-8259b", 4),
    ("nistir-8425", 10),
    ("uk-code-of-practice", 13),
];

#[test]
fn each_has_the_items_that_it_should() {
    let found: Vec<(&str, usize)> = scheme::schemes()
        .iter()
        .filter(|one| one.kind == SchemeKind::Mapping)
        .map(|one| (one.name.as_str(), one.requirements.len()))
        .collect();
    assert_eq!(found, ITEMS);
}

#[test]
fn what_was_decided_is_evidence_and_what_was_not_is_none() {
    let good = applied("iso-27402", |_| {});
    assert_eq!(requirement(&good, "device-update").evidence, Some(Evidence::Available), "{good:#?}");
    assert_eq!(requirement(&good, "device-data").evidence, Some(Evidence::Partly));
    assert_eq!(requirement(&good, "dev-risk").evidence, Some(Evidence::None));
    let blind = applied("iso-27402", |varied| varied.observations.clear());
    assert_eq!(requirement(&blind, "device-interfaces").evidence, Some(Evidence::None), "{blind:#?}");
    assert_ne!(requirement(&blind, "device-update").evidence, Some(Evidence::Available));
}

#[test]
fn a_failure_is_evidence_too_and_gives_no_verdict() {
    let failing = applied("iso-27402", |varied| {
        varied.replace("ixit.toml", "inputs = [\"random\"], length = 12", "inputs = [\"mac\"], length = 12");
    });
    assert_eq!(failing.verdict, None);
    let interfaces = requirement(&failing, "device-interfaces");
    assert_eq!(interfaces.verdict, None);
    assert_eq!(interfaces.evidence, Some(Evidence::Available));
}
