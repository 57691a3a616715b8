use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

/// A login, an update mechanism and a way, each with cryptography that every catalogue knows.
const DECLARED: &str = r#"
[user_info]
support = { until = "2031-12-31" }

[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
crypto = [
  { purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"], suites = ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], groups = ["X25519"], certificate_key = "EC-256" },
  { purpose = "password-storage", primitive = "Argon2id", salted = true },
]

[[upd_mech]]
id = "UpdMech-1"
description = "Signed"
crypto = [{ purpose = "signature", primitive = "Ed25519" }]

[[com_mech]]
id = "ComMech-1"
description = "Wire"
guarantees = ["integrity", "authenticity"]
security_guarantees = ["integrity", "authenticity"]
crypto = [{ purpose = "message-authentication", primitive = "AES-128-CMAC", key_bits = 128 }]
"#;

/// The units with the row that each judges.
const UNITS: &[(&str, &str)] = &[
    ("5.1-3-1:c", "AuthMech-Web"),
    ("5.1-3-1:d", "AuthMech-Web"),
    ("5.3-7-1:c", "UpdMech-1"),
    ("5.3-7-1:d", "UpdMech-1"),
    ("5.5-1-1:c", "ComMech-1"),
    ("5.5-1-1:d", "ComMech-1"),
];

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one(unit)
}

#[test]
fn what_the_catalogues_recommend_passes_by_machine_with_policy_source_and_date() {
    for (unit, row) in UNITS {
        let result = judged(unit, DECLARED);
        assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{unit}: {result:#?}");
        let code = if unit.ends_with('c') { "cryptography-best-practice" } else { "no-attack-known" };
        assert_eq!((result.item.as_str(), result.reason.code.as_str()), (*row, code));
        assert_eq!(result.reason.args["policy"], "consumer-iot of 2026-11-21");
        assert!(result.reason.args["sources"].contains(", 20"), "{:?}", result.reason.args);
        assert!(
            result.evidence[0].reference.ends_with(".crypto") || result.evidence[0].reference.contains("#")
        );
    }
}

#[test]
fn without_the_companion_or_with_an_unknown_entry_a_person_is_asked() {
    let stripped: String = DECLARED
        .lines()
        .filter(|line| !line.starts_with("crypto") && !line.starts_with("  {") && *line != "]")
        .map(|line| format!("{line}\n"))
        .collect();
    let unknown = DECLARED
        .replace("\"Argon2id\"", "\"Hinode-Hash\"")
        .replace("\"Ed25519\"", "\"Hinode-Sign\"")
        .replace("\"AES-128-CMAC\"", "\"Hinode-Mac\"");
    for (unit, _) in UNITS {
        for ixit in [&stripped, &unknown] {
            let result = judged(unit, ixit);
            assert_eq!(
                (result.verdict, result.by),
                (Verdict::Inconclusive, By::Assisted),
                "{unit}: {result:#?}"
            );
            let open = result.open.expect("a question");
            assert_eq!(open.prejudgement, None, "{unit}");
            assert!(open.shown.iter().any(|shown| shown.label == "computed.crypto-policy"), "{unit}");
        }
    }
}

#[test]
fn what_is_broken_fails_both_units_of_a_case() {
    let broken = DECLARED
        .replace("\"Argon2id\"", "\"MD5\"")
        .replace("\"Ed25519\"", "\"RSA-PSS\", key_bits = 1024, hash = \"SHA-256\"")
        .replace("\"AES-128-CMAC\", key_bits = 128", "\"DES-CBC-MAC\", key_bits = 56");
    for (unit, _) in UNITS {
        let result = judged(unit, &broken);
        assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{unit}");
        assert_eq!(result.reason.code, "broken-cryptography");
        assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    }
}

#[test]
fn what_a_catalogue_refuses_is_no_best_practice_and_not_therefore_attacked() {
    let refused = DECLARED.replace("\"Argon2id\", salted = true", "\"SHA-256\"");
    let result = judged("5.1-3-1:c", &refused);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "cryptography-refused"));
    assert!(result.reason.args["refused"].contains("NIST SP 800-63B"), "{:?}", result.reason.args);
    let open = judged("5.1-3-1:d", &refused).open.expect("a question");
    assert_eq!(open.prejudgement, None);
}

#[test]
fn what_ends_before_the_support_period_is_pre_judged_with_both_dates() {
    let signed = DECLARED.replace("\"Ed25519\"", "\"RSA-PSS\", key_bits = 2048, hash = \"SHA-256\"");
    for unit in ["5.3-7-1:c", "5.3-7-1:d"] {
        let open = judged(unit, &signed).open.expect("a question");
        assert_eq!(open.prejudgement, Some(Verdict::Fail), "{unit}");
        let line = "good until 2030-12-31, needed until 2031-12-31";
        assert!(open.shown.iter().any(|shown| shown.text.contains(line)), "{:?}", open.shown);
        // Until then it is best practice, and where the period is not told nobody knows.
        let shorter = signed.replace("2031-12-31", "2029-12-31");
        assert_eq!(judged(unit, &shorter).verdict, Verdict::Pass, "{unit}");
        let counted = signed.replace("until = \"2031-12-31\"", "from = \"2026-01-01\", months = 36");
        assert_eq!(judged(unit, &counted).verdict, Verdict::Pass, "{unit}");
        let untold = signed.replace("support = { until = \"2031-12-31\" }", "");
        assert_eq!(judged(unit, &untold).open.expect("a question").prejudgement, None, "{unit}");
    }
}

#[test]
fn a_guarantee_that_the_mechanism_cannot_give_fails_and_others_are_laid_out() {
    let open = judged("5.5-1-1:b", DECLARED).open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.text.contains("hides nothing")), "{:?}", open.shown);
    let promised = DECLARED
        .replace("\"integrity\", \"authenticity\"]", "\"integrity\", \"authenticity\", \"confidentiality\"]");
    let result = judged("5.5-1-1:b", &promised);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "guarantee-not-given"));
    assert_eq!(result.reason.args["guarantee"], "confidentiality");
    let without = promised.replace(
        "crypto = [{ purpose = \"message-authentication\", primitive = \"AES-128-CMAC\", key_bits = 128 }]",
        "",
    );
    assert!(judged("5.5-1-1:b", &without).open.is_some());
}

#[test]
fn what_is_carried_is_set_against_the_guarantees_of_the_way() {
    let carried = format!(
        "{DECLARED}\n[[sec_param]]\nid = \"SecParam-1\"\ndescription = \"Key\"\ntype = \"critical\"\n\
         communication_mechanisms = [\"ComMech-1\"]\nguarantees = [\"integrity\", \"confidentiality\"]\n"
    );
    let open = judged("5.5-1-1:a", &carried).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Fail));
    assert!(open.shown.iter().any(|shown| shown.text == "SecParam-1 needs confidentiality: not guaranteed"));
    let met =
        carried.replace("guarantees = [\"integrity\", \"confidentiality\"]", "guarantees = [\"integrity\"]");
    assert_eq!(judged("5.5-1-1:a", &met).open.expect("a question").prejudgement, Some(Verdict::Pass));
    let nothing = DECLARED.replace("[\"integrity\", \"authenticity\"]", "[]");
    assert_eq!(judged("5.5-1-1:a", &nothing).reason.code, "guarantee-missing");
}

#[test]
fn the_same_way_is_judged_the_same_wherever_it_is_selected() {
    let carried = |ixit: &str| {
        format!(
            "{ixit}\n[[pers_data]]\nid = \"PersData-1\"\ndescription = \"Schedule\"\nsensitive = true\n\
             communication_mechanisms = [\"ComMech-1\"]\n[[sec_param]]\nid = \"SecParam-1\"\ntype = \"critical\"\n\
             description = \"Key\"\ncommunication_mechanisms = [\"ComMech-1\"]\n"
        )
    };
    let way = "role = \"client\"\nremotely_accessible = true\nassociated_service = true\nguarantees";
    let sound = DECLARED
        .replace(
            "guarantees = [\"integrity\", \"authenticity\"]\nsec",
            &format!("{way} = [\"integrity\", \"authenticity\", \"confidentiality\"]\nsec"),
        )
        .replace(
            "security_guarantees = [\"integrity\", \"authenticity\"]",
            "security_guarantees = [\"integrity\", \"authenticity\", \"confidentiality\"]",
        )
        .replace(
            "{ purpose = \"message-authentication\", primitive = \"AES-128-CMAC\", key_bits = 128 }",
            "{ purpose = \"encryption\", primitive = \"AES-128-GCM\" }",
        );
    let refused = sound.replace(
        "{ purpose = \"encryption\", primitive = \"AES-128-GCM\" }",
        "{ purpose = \"transport\", protocol = \"TLS\", versions = [\"1.2\"], suites = [\"TLS_RSA_WITH_AES_128_CBC_SHA\"] }",
    );
    for unit in ["5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let open = judged(unit, &carried(&sound)).open.expect("a question");
        assert_eq!(open.prejudgement, Some(Verdict::Pass), "{unit}");
        let result = judged(unit, &carried(&refused));
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "cryptography-refused"),
            "{unit}"
        );
    }
}
