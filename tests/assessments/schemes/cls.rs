//! Singapore CLS(IoT), levels 1 to 4, and its own numbers for home gateways.

use harness::ixit::Edition;
use harness::testcases::Catalogue;
use harness::testcases::Verdict;
use harness::testcases::scheme::{self, Applied, AppliedNeed, Requirement};

use super::varied::{Varied, applied, not_met, requirement};

/// What the supplier of the reference device states.
const STATED: &str = include_str!("../../../lab/devices/water-heater/submission.toml");

/// Everything that the supplier of a home gateway may state.
const GATEWAY: &str = r#"
[cls-iot-gateway-1]
category = "home-gateway"
applicant = "Hinode Kettle Works"
contact = "security@hinode.example"
enforced_character_kinds = 2
password_rules = "Three equal characters in a row and the name of the account are refused"
http_refused = "Nothing listens for HTTP"
wifi_password_change = "Settings, Network"
verification_key_place = "Write-protected memory"
not_isp_managed = "Sold to users"
update_signature = "Ed25519"
"#;

/// Firmware images that are not there; only their names are compared.
const ASSESSED: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// The statements of a supplier in place of those that the run has.
fn states(varied: &mut Varied, text: &str) {
    varied.without("submission.toml");
    varied.add("submission.toml", text);
}

/// Needs of a requirement that are of a check.
fn check<'a>(applied: &'a Applied, id: &str, name: &str) -> &'a AppliedNeed {
    let needs = &requirement(applied, id).needs;
    needs.iter().find(|need| need.subject == name).unwrap_or_else(|| panic!("{id} has no {name}: {needs:#?}"))
}

#[test]
fn the_reference_device_meets_levels_1_and_2() {
    for level in ["cls-iot-1", "cls-iot-2"] {
        let applied = applied(level, |varied| states(varied, STATED));
        assert_eq!(not_met(&applied), [], "{level}");
        assert_eq!(applied.verdict, Some(Verdict::Pass), "{level}");
        assert_eq!((applied.missing_fields, applied.unknown_fields), (vec![], vec![]), "{level}");
        // Three years at most, and support lasts longer.
        let until = applied.valid_until.expect("the end of support is declared");
        assert!(until.as_str() < "2031-12-31", "{until}");
    }
}

#[test]
fn a_label_ends_with_the_support() {
    let short = applied("cls-iot-1", |varied| {
        states(varied, STATED);
        varied.replace(
            "ixit.toml",
            "support = { until = \"2031-12-31\"",
            "support = { until = \"2027-03-31\"",
        );
    });
    assert_eq!(short.valid_until.as_deref(), Some("2027-03-31"));
}

#[test]
fn level_3_is_open_for_what_a_demonstration_cannot_have() {
    let applied = applied("cls-iot-3", |varied| states(varied, STATED));
    let open: Vec<(String, Verdict, Vec<String>)> = not_met(&applied);
    let open: Vec<(&str, &str)> =
        open.iter().map(|(id, _, codes)| (id.as_str(), codes[0].as_str())).collect();
    assert_eq!(
        open,
        [
            ("CK-LP-01", "check document-stated: scheme-document-not-named"),
            ("CK-LP-02", "check document-stated: scheme-document-not-named"),
            ("CK-LP-05", "check document-stated: scheme-document-not-named"),
            ("binary-analysis", "evidence binary-analysis: scheme-evidence-missing"),
        ]
    );
    assert_eq!(applied.verdict, Some(Verdict::Inconclusive));
    let missing = ["test_laboratory", "threat_model", "secure_engineering", "hardening"];
    assert_eq!(applied.missing_fields, missing.map(|key| format!("cls-iot-3.{key}")));
}

/// A supplier that names a document for each item of the life cycle, and reports of a laboratory on this firmware.
fn with_reports(varied: &mut Varied, firmware: &str) {
    let more = "test_laboratory = \"A laboratory\"\nthreat_model = \"documents/security-review.md\"\n\
        secure_engineering = \"documents/security-review.md\"\nhardening = \"documents/security-review.md\"\n";
    assert!(STATED.contains("[cls-iot-3]\n"));
    states(varied, &STATED.replace("[cls-iot-3]\n", &format!("[cls-iot-3]\n{more}")));
    let named = format!("firmware = \"1.4.2\"\nfirmware_sha256 = \"{ASSESSED}\"");
    varied.replace("ics.toml", "firmware = \"1.4.2\"", &named);
    let report = |id: &str, covers: &str| {
        format!(
            "\n[[external_evidence]]\nid = \"{id}\"\ndocument = \"security-review.md\"\nissuer = \"A laboratory\"\n\
             version = \"1.4.2\"\nfirmware_sha256 = \"{firmware}\"\ncovers = [\"{covers}\"]\n"
        )
    };
    varied.add("ics.toml", &report("Binary", "cls-iot-3:binary-analysis"));
    varied.add("ics.toml", &report("Penetration", "cls-iot-4:penetration-test"));
}

#[test]
fn reports_on_another_firmware_do_not_count() {
    let good = applied("cls-iot-4", |varied| with_reports(varied, ASSESSED));
    assert_eq!(not_met(&good), []);
    assert_eq!(good.verdict, Some(Verdict::Pass));
    let bad = applied("cls-iot-4", |varied| with_reports(varied, OTHER));
    for (id, evidence) in [("binary-analysis", "binary-analysis"), ("penetration-test", "penetration-test")] {
        let need = check(&bad, id, evidence);
        assert_eq!(need.verdict, Verdict::Inconclusive);
        assert_eq!(need.reason.code, "scheme-evidence-other-firmware");
    }
    assert_eq!(bad.verdict, Some(Verdict::Inconclusive));
}

/// A home gateway that differs from the reference device in its longest lock-out of pairing alone.
fn gateway(longest_lockout_seconds: u32) -> Applied {
    applied("cls-iot-gateway-1", |varied| {
        states(varied, GATEWAY);
        let longest = format!("longest_lockout_seconds = {longest_lockout_seconds}");
        varied.replace("ixit.toml", "longest_lockout_seconds = 64", &longest);
    })
}

#[test]
fn ninety_days_to_guess_fail_a_gateway_and_a_hundred_and_twenty_pass() {
    // 1,000,000 values; 3 guesses each 63 s are 121.5 days, each 47 s 90.7 days.
    let good = gateway(63);
    assert_eq!(
        requirement(&good, "5.1-5").verdict,
        Some(Verdict::Pass),
        "{:#?}",
        requirement(&good, "5.1-5")
    );
    assert_eq!(check(&good, "5.1-5", "guessing-takes-days").reason.code, "scheme-guessing-slow-enough");
    let bad = gateway(47);
    let need = check(&bad, "5.1-5", "guessing-takes-days");
    assert_eq!((need.verdict, need.reason.code.as_str()), (Verdict::Fail, "scheme-guessing-too-fast"));
    assert_eq!(bad.verdict, Some(Verdict::Fail));
    assert!(requirement(&bad, "5.1-5").unverified);
}

#[test]
fn a_sound_gateway_is_seen_at_its_tls_its_pairing_and_its_passwords() {
    let good = gateway(64);
    for (id, name, code) in [
        ("5.1-1", "password-composition", "scheme-password-composed"),
        ("5.1-3", "tls-at-least", "scheme-tls-new-enough"),
        ("5.1-3", "bluetooth-at-least", "scheme-bluetooth-protected"),
        ("5.3-7", "tls-at-least", "scheme-tls-new-enough"),
    ] {
        let need = check(&good, id, name);
        assert_eq!((need.verdict, need.reason.code.as_str()), (Verdict::Pass, code), "{id}: {need:#?}");
    }
    assert_eq!(not_met(&good), []);
    assert_eq!(good.verdict, Some(Verdict::Pass));
}

#[test]
fn without_a_look_no_number_of_tls_or_bluetooth_passes() {
    let blind = applied("cls-iot-gateway-1", |varied| {
        states(varied, GATEWAY);
        varied.observations.retain(|seen| !["tls-server", "ble-pairing"].contains(&&*seen.observation.probe));
    });
    assert_eq!(check(&blind, "5.1-3", "tls-at-least").reason.code, "scheme-tls-not-seen");
    assert_eq!(check(&blind, "5.1-3", "bluetooth-at-least").reason.code, "scheme-bluetooth-not-seen");
    assert_eq!(requirement(&blind, "5.1-3").verdict, Some(Verdict::Inconclusive));
}

#[test]
fn a_number_of_one_category_is_never_applied_to_another() {
    let heater = applied("cls-iot-gateway-1", |varied| {
        states(varied, &GATEWAY.replace("home-gateway", "water-heater-controller"));
        varied.replace("ixit.toml", "longest_lockout_seconds = 64", "longest_lockout_seconds = 47");
    });
    let need = check(&heater, "5.1-5", "guessing-takes-days");
    assert_eq!((need.verdict, need.reason.code.as_str()), (Verdict::Inconclusive, "scheme-category-other"));
    let general = applied("cls-iot-1", |varied| {
        states(varied, &STATED.replace("water-heater-controller", "home-gateway"));
    });
    let need = check(&general, "CLS-category", "product-category");
    assert_eq!((need.verdict, need.reason.code.as_str()), (Verdict::Inconclusive, "scheme-category-other"));
    assert_eq!(general.verdict, Some(Verdict::Inconclusive));
}

#[test]
fn the_files_of_the_general_category_hold_no_number_of_gateways() {
    for level in 1..=4 {
        let scheme = scheme::scheme(&format!("cls-iot-{level}")).expect("a level");
        let needs = scheme.requirements.iter().flat_map(Requirement::ways).flat_map(|(_, needs)| needs);
        let checks: Vec<&str> = needs.filter_map(|need| need.check.as_deref()).collect();
        let allowed = ["product-category", "support-period", "document-stated"];
        assert!(checks.iter().all(|check| allowed.contains(check)), "{checks:?}");
        // And each number of the gateways is held back from other products.
        let scheme = scheme::scheme(&format!("cls-iot-gateway-{level}")).expect("a level");
        for need in scheme.requirements.iter().flat_map(Requirement::ways).flat_map(|(_, needs)| needs) {
            let free = need.check.as_deref().is_none_or(|check| allowed.contains(&check));
            assert!(free || need.with.contains_key("only_for"), "{need:?}");
        }
    }
}

#[test]
fn levels_1_and_2_are_what_is_mandatory_and_levels_cumulate() {
    let asked = |name: &str| -> Vec<String> {
        let all = scheme::scheme(name).expect("a level").cumulated();
        let needs = all.iter().flat_map(|one| &one.requirements).flat_map(Requirement::ways);
        let mut asked: Vec<String> =
            needs.flat_map(|(_, needs)| needs).filter_map(|need| need.provision.clone()).collect();
        asked.sort();
        asked.dedup();
        asked
    };
    let catalogue = Catalogue::of(Edition::ALL[0]);
    // 4-1 is about the statement, not about the product.
    let mandatory = catalogue.provisions.iter().filter(|one| one.mandatory() && one.id != "4-1");
    let mut mandatory: Vec<String> = mandatory.map(|one| one.id.clone()).collect();
    mandatory.sort();
    assert_eq!(asked("cls-iot-2"), mandatory);
    assert_eq!(asked("cls-iot-1").len(), 13);
    // Gateways have to do some that the standard only recommends.
    let beyond: Vec<String> =
        asked("cls-iot-gateway-2").into_iter().filter(|id| !mandatory.contains(id)).collect();
    assert_eq!(beyond, ["5.3-1", "5.3-6", "5.3-9", "5.6-5", "5.9-2"]);
    for family in ["cls-iot", "cls-iot-gateway"] {
        let top = scheme::scheme(&format!("{family}-4")).expect("a level").cumulated();
        let names: Vec<&str> = top.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, [1, 2, 3, 4].map(|level| format!("{family}-{level}")));
    }
}
