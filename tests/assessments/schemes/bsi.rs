//! The IT Security Label of the BSI: the amendments of TR-03173.

use harness::testcases::Verdict;
use harness::testcases::scheme::Applied;

use super::varied::{Varied, applied, not_met, requirement};

const CATALOGUES: &str = "TR-03173, 2.1, reference catalogues";

fn of(vary: impl FnOnce(&mut Varied)) -> Applied {
    applied("bsi", |varied| {
        varied.without("submission.toml");
        varied.add("submission.toml", include_str!("../../../lab/devices/water-heater/submission.toml"));
        vary(varied);
    })
}

/// Somebody justifies what the catalogues do not list; the assessor of the test accepts it.
fn justified(varied: &mut Varied) {
    varied.add(
        "ics.toml",
        "\n[[external_evidence]]\nid = \"Cryptography-1\"\ndocument = \"security-review.md\"\nissuer = \"A laboratory\"\n\
         version = \"1.4.2\"\ncovers = [\"bsi:TR-03173, 2.1, reference catalogues\"]\n",
    );
}

/// Updates are signed with RSA of so many bits.
fn signed_with(varied: &mut Varied, bits: u32) {
    let rsa = format!("primitive = \"RSA-PSS\", key_bits = {bits}, hash = \"SHA-512\"");
    varied.replace("ixit.toml", "primitive = \"Ed25519\", key_bits = 256", &rsa);
}

#[test]
fn the_reference_device_lacks_nothing_but_evidence_for_its_cryptography() {
    // ChaCha20-Poly1305 and Bluetooth LE among others are in neither of the two catalogues.
    let applied = of(|_| {});
    let codes = vec![
        "check cryptography-by-policy: scheme-cryptography-not-listed".to_owned(),
        "evidence cryptographic-justification: scheme-evidence-missing".to_owned(),
    ];
    assert_eq!(not_met(&applied), [(CATALOGUES.to_owned(), Verdict::Inconclusive, codes)]);
    assert_eq!(applied.verdict, Some(Verdict::Inconclusive));
    assert!(applied.missing_fields.is_empty() && applied.unknown_fields.is_empty(), "{applied:?}");
}

#[test]
fn the_length_of_a_key_decides_by_the_catalogues_of_the_guideline() {
    let with = |bits| {
        of(move |varied| {
            justified(varied);
            signed_with(varied, bits);
        })
    };
    let good = with(3072);
    assert_eq!(not_met(&good), []);
    assert_eq!(good.verdict, Some(Verdict::Pass));
    assert_eq!(requirement(&good, CATALOGUES).route.as_deref(), Some("by-evidence"));
    // The standard, judged by all catalogues of this build, leaves the shorter key to a person, who says yes here.
    let bad = with(2048);
    let refused = "check cryptography-by-policy: scheme-cryptography-refused".to_owned();
    assert_eq!(not_met(&bad), [(CATALOGUES.to_owned(), Verdict::Fail, vec![refused.clone(), refused])]);
    assert_eq!(bad.verdict, Some(Verdict::Fail));
}

#[test]
fn a_supplier_who_does_not_speak_of_further_applications_is_asked() {
    let silent = applied("bsi", |varied| {
        varied.without("submission.toml");
        justified(varied);
    });
    let open: Vec<String> = not_met(&silent).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(open, ["TR-03173, 2.4", "BSI-ITSiKV, 8"]);
    assert_eq!(silent.verdict, Some(Verdict::Inconclusive));
}
