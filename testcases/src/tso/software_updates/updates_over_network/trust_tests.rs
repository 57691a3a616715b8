use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.3-10-1:b";
const SIGNED: &str = "crypto = [{ purpose = \"signature\", primitive = \"Ed25519\" }]";
const CHECKSUM: &str = "crypto = [{ purpose = \"integrity\", primitive = \"SHA-512\" }]";

fn with(trust: &str, rest: &str) -> ItemResult {
    TestFacts::declared(&format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\ndescription = \"Over the network\"\n\
         security_guarantees = [\"authenticity\"]\nupdate = {{ network_based = true{trust} }}\n\
         endpoint = [{{ transport = \"tcp\", port = 443, host = \"update.example\" }}]\n{rest}\n"
    ))
    .judge_one(UNIT)
}

fn peer(trust: &str) -> String {
    format!(
        "[[com_mech]]\nid = \"ComMech-1\"\npeer_trust = {trust:?}\n\
         endpoint = [{{ transport = \"tcp\", port = 443, host = \"update.example\" }}]"
    )
}

fn judged(trust: &str, rest: &str) -> (By, Verdict, String) {
    let result = with(trust, rest);
    (result.by, result.verdict, result.reason.code)
}

#[test]
fn each_kind_of_the_list_passes() {
    let pinned = peer("pinned");
    for (trust, rest) in [
        (", trust = [\"signature\"]", SIGNED),
        (", trust = [\"signature\", \"other\"]", SIGNED),
        (", trust = [\"authenticated-channel\"]", pinned.as_str()),
        (", trust = [\"joined-network\"]", ""),
        (", trust = [\"user-confirmation\"]", ""),
    ] {
        let pass = (By::Machine, Verdict::Pass, "update-trust-declared".to_owned());
        assert_eq!(judged(trust, rest), pass, "{trust}");
    }
}

#[test]
fn a_trust_that_other_entries_take_back_fails() {
    let everybody = peer("none");
    for (trust, rest) in [
        (", trust = [\"signature\"]", CHECKSUM),
        (", trust = [\"signature\", \"user-confirmation\"]", CHECKSUM),
        (", trust = [\"authenticated-channel\"]", everybody.as_str()),
    ] {
        let fail = (By::Machine, Verdict::Fail, "update-trust-contradicted".to_owned());
        assert_eq!(judged(trust, rest), fail, "{trust}");
    }
    let signed_too = format!("{SIGNED}\n{everybody}");
    assert_eq!(judged(", trust = [\"signature\", \"authenticated-channel\"]", &signed_too).1, Verdict::Pass);
}

#[test]
fn another_kind_and_prose_alone_are_for_a_person() {
    let first = peer("first-use");
    for (trust, rest) in [
        (", trust = [\"other\"]", SIGNED),
        (", trust = [\"signature\"]", ""),
        (", trust = [\"signature\"]", "crypto = [{ purpose = \"check\", primitive = \"Own-7\" }]"),
        // A purpose without a primitive, a broken one, and a transport without a protocol show nothing.
        (", trust = [\"signature\"]", "crypto = [{ purpose = \"signature\" }]"),
        (", trust = [\"signature\"]", "crypto = [{ purpose = \"署名\", primitive = \"独自方式\" }]"),
        (
            ", trust = [\"signature\"]",
            "crypto = [{ purpose = \"signature\", primitive = \"RSA\", key_bits = 512 }]",
        ),
        (", trust = [\"authenticated-channel\"]", "crypto = [{ purpose = \"transport\" }]"),
        (", trust = [\"authenticated-channel\"]", CHECKSUM),
        (", trust = [\"authenticated-channel\"]", first.as_str()),
        ("", SIGNED),
    ] {
        let (by, verdict, _) = judged(trust, rest);
        assert_eq!((by, verdict), (By::Assisted, Verdict::Inconclusive), "{trust}");
    }
}

#[test]
fn a_mechanism_of_which_nobody_says_that_it_is_network_based_is_never_decided() {
    let ixit =
        format!("[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = {{ trust = [\"signature\"] }}\n{SIGNED}\n");
    let result = TestFacts::declared(&ixit).judge_one(UNIT);
    assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive));
}
