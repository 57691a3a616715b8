use probes::handed_in::{FileRead, FilesRead, ImageRead, KnownValue, Marker};

use crate::judge::By;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
[[auth_mech]]
id = "AuthMech-Setup"
factor = { kind = "password", user_defined = false, pre_installed = true, used_outside_factory_default = true }
[[sec_param]]
id = "SecParam-Secret"
description = "Identity"
type = "critical"
hard_coded_identity = true
hard_coded_in_source = false
[[sec_param]]
id = "SecParam-Password"
description = "Hash of the password (AuthMech-Web)."
type = "critical"
hard_coded_identity = false
hard_coded_in_source = false
[[sec_param]]
id = "SecParam-Key"
description = "Public key"
type = "public"
hard_coded_identity = false
hard_coded_in_source = false
"#;

const TRIED: &str = "tried = \"pages, exports\"\nvalue_seen = false";

fn file(keys: &[&str]) -> FileRead {
    let known = |key: &&str| KnownValue {
        key: (*key).into(),
        encoding: "plain".into(),
        offset: 7,
        line: Some(2),
        path: None,
        telling: !key.contains("weak"),
    };
    FileRead {
        kind: "serial-log".into(),
        of: "Intf-Uart".into(),
        name: "serial.log".into(),
        whole: true,
        known: keys.iter().map(known).collect(),
        ..FileRead::default()
    }
}

fn judged(ixit: &str, file: FileRead, unit: &str) -> Vec<(String, Verdict, By, String)> {
    let facts =
        TestFacts::declared(ixit).observed(Seen::by("handed-in", FilesRead { values: 3, files: vec![file] }));
    let results = facts.judge(unit).into_iter();
    results.map(|result| (result.item, result.verdict, result.by, result.reason.code)).collect()
}

fn failed(results: &[(String, Verdict, By, String)]) -> Vec<(&str, &str)> {
    let failed = results.iter().filter(|(_, verdict, by, _)| (*verdict, *by) == (Verdict::Fail, By::Machine));
    failed.map(|(item, _, _, code)| (item.as_str(), code.as_str())).collect()
}

#[test]
fn a_value_in_a_log_fails_its_parameter_and_no_other() {
    let results = judged(IXIT, file(&["credential:SecParam-Secret"]), "5.4-1-2:a");
    assert_eq!(failed(&results), [("SecParam-Secret", "value-in-the-clear")]);
    assert_eq!(results.len(), 3);
    let identity = judged(IXIT, file(&["credential:SecParam-Secret"]), "5.4-2-2:a");
    assert_eq!(failed(&identity), [("SecParam-Secret", "value-in-the-clear")]);
    // The parameter of a password is known by the mechanism that its row names.
    let results = judged(IXIT, file(&["credential:AuthMech-Web"]), "5.4-1-2:a");
    assert_eq!(failed(&results), [("SecParam-Password", "value-in-the-clear")]);
}

#[test]
fn a_label_that_no_parameter_stands_for_is_found_and_not_declared() {
    let results = judged(IXIT, file(&["label:S1"]), "5.4-1-2:a");
    assert_eq!(failed(&results), [("label:S1", "value-of-no-parameter")]);
    let named = IXIT.replace("(AuthMech-Web)", "(AuthMech-Setup)");
    let results = judged(&named, file(&["label:S1"]), "5.4-1-2:a");
    assert_eq!(failed(&results), [("SecParam-Password", "value-in-the-clear")]);
}

#[test]
fn what_may_stand_there_by_chance_and_what_is_public_fail_nobody() {
    let mut weak = file(&["credential:SecParam-Secret"]);
    weak.known[0].telling = false;
    assert_eq!(failed(&judged(IXIT, weak, "5.4-1-2:a")), []);
    assert_eq!(failed(&judged(IXIT, file(&["credential:SecParam-Key"]), "5.4-1-2:a")), []);
    assert_eq!(failed(&judged(IXIT, file(&["planted:PersData-1"]), "5.4-1-2:a")), []);
}

#[test]
fn a_private_key_in_an_image_fails_unless_one_is_declared_or_it_is_encrypted() {
    let image = |kind: &str| FileRead {
        kind: "firmware-image".into(),
        name: "image.bin".into(),
        image: Some(ImageRead {
            markers: vec![Marker { kind: kind.into(), offset: 9, label: "EC PRIVATE KEY".into() }],
            ..ImageRead::default()
        }),
        ..file(&[])
    };
    assert_eq!(
        failed(&judged(IXIT, image("private-key"), "5.4-1-2:a")),
        [("image.bin", "private-key-in-image")]
    );
    assert_eq!(failed(&judged(IXIT, image("private-key-encrypted"), "5.4-1-2:a")), []);
    let declared = IXIT.replacen("hard_coded_in_source = false", "hard_coded_in_source = true", 1);
    assert_eq!(failed(&judged(&declared, image("private-key"), "5.4-1-2:a")), []);
}

#[test]
fn a_person_passes_with_what_was_tried_and_not_what_was_read() {
    let noted = |notes: &str| {
        let facts = TestFacts::declared(IXIT).noted("5.4-1-2:a", "SecParam-Secret", "yes", notes);
        let mut results = facts.judge("5.4-1-2:a").into_iter();
        results
            .find(|result| result.item == "SecParam-Secret")
            .map(|one| (one.verdict, one.reason.code))
            .unwrap()
    };
    assert_eq!(noted(TRIED).0, Verdict::Pass);
    assert_eq!(noted("").1, "notes-incomplete");
    assert_eq!(noted(&TRIED.replace("false", "true")), (Verdict::Fail, "value-read-by-hand".to_owned()));
    assert_eq!(
        noted(&format!("{TRIED}\nchanged = true")),
        (Verdict::Fail, "value-changed-by-hand".to_owned())
    );
}
