use ixit::Blame;

use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const UNIT: &str = "5.4-1-1:d";

/// Mechanisms of every table, each with what it cannot do without.
const MECHANISMS: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
factor = { kind = "password" }
[[auth_mech]]
id = "AuthMech-Cloud"
factor = { kind = "token" }
[[upd_mech]]
id = "UpdMech-1"
crypto = [{ purpose = "signature", primitive = "Ed25519" }]
[[com_mech]]
id = "ComMech-Web"
role = "server"
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.3"], certificate_key = "EC-256" }]
[[com_mech]]
id = "ComMech-Cloud"
role = "client"
peer_trust = "pinned"
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.3"] }]
[[com_mech]]
id = "ComMech-Bus"
role = "peer"
crypto = [{ purpose = "message-authentication", primitive = "AES-128-CMAC" }]
[[com_mech]]
id = "ComMech-Dns"
role = "client"
excluded_protocol = true
[[sec_boot]]
id = "SecBoot-1"
guarantees = ["integrity", "authenticity"]
"#;

const PARAMETERS: [(&str, &str, &str); 7] = [
    ("Password", "password", "AuthMech-Web"),
    ("Token", "token", "AuthMech-Cloud"),
    ("UpdateKey", "public-key", "UpdMech-1"),
    ("WebKey", "private-key", "ComMech-Web"),
    ("Anchors", "certificate", "ComMech-Cloud"),
    ("BusKey", "secret-key", "ComMech-Bus"),
    ("BootKey", "public-key", "SecBoot-1"),
];

fn parameters(without: &str) -> String {
    let row = |(id, content, serves): &(&str, &str, &str)| {
        format!("[[sec_param]]\nid = \"SecParam-{id}\"\ncontent = \"{content}\"\nserves = [\"{serves}\"]\n")
    };
    PARAMETERS.iter().filter(|(id, ..)| *id != without).map(row).collect()
}

fn judged(ixit: &str) -> Vec<ItemResult> {
    TestFacts::declared(ixit).judge(UNIT)
}

fn failed(ixit: &str) -> Vec<(String, String)> {
    judged(ixit)
        .into_iter()
        .filter(|result| result.verdict == Verdict::Fail)
        .map(|result| {
            assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
            assert_eq!(result.reason.code, "parameter-not-listed");
            assert_eq!(result.evidence.len(), 2, "the mechanism and the list");
            (result.item, result.reason.args["what"].clone())
        })
        .collect()
}

fn asked(ixit: &str) -> Vec<String> {
    let results = judged(ixit);
    let open: Vec<_> = results.iter().filter_map(|result| result.open.as_ref()).collect();
    assert_eq!(open.len(), 1, "{results:#?}");
    assert!(results.iter().all(|result| result.verdict != Verdict::Pass));
    let labels = open[0].shown.iter().filter(|shown| shown.label == "computed.open");
    labels.map(|shown| shown.text.clone()).collect()
}

#[test]
fn a_list_with_a_parameter_for_every_mechanism_passes() {
    let results = judged(&format!("{MECHANISMS}{}", parameters("")));
    assert_eq!(results.len(), 1, "{results:#?}");
    let result = &results[0];
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
    assert_eq!(result.reason.code, "parameters-listed-for-all");
    assert_eq!((&*result.reason.args["needs"], &*result.reason.args["parameters"]), ("7", "7"));
    assert!(!result.evidence.is_empty() && !result.vacuous);
}

#[test]
fn a_mechanism_without_its_parameter_fails_and_is_named() {
    for (id, serves, what) in [
        ("Password", "AuthMech-Web", "password"),
        ("Token", "AuthMech-Cloud", "token"),
        ("UpdateKey", "UpdMech-1", "key of the update signature"),
        ("WebKey", "ComMech-Web", "private key of the certificate"),
        ("Anchors", "ComMech-Cloud", "certificate or key of the peer"),
        ("BusKey", "ComMech-Bus", "key of the messages"),
        ("BootKey", "SecBoot-1", "key of the secure boot"),
    ] {
        let lacking = failed(&format!("{MECHANISMS}{}", parameters(id)));
        assert_eq!(lacking, [(serves.to_owned(), what.to_owned())], "{id}");
    }
}

#[test]
fn a_parameter_of_another_kind_is_not_the_one_that_is_needed() {
    let other = parameters("").replace(
        "content = \"private-key\"\nserves = [\"ComMech-Web\"]",
        "content = \"certificate\"\nserves = [\"ComMech-Web\"]",
    );
    let results = judged(&format!("{MECHANISMS}{other}"));
    let failed = results.iter().find(|result| result.verdict == Verdict::Fail).expect("a failure");
    assert_eq!((&*failed.item, &*failed.reason.args["others"]), ("ComMech-Web", "SecParam-WebKey"));
}

#[test]
fn an_empty_list_beside_mechanisms_that_need_parameters_fails() {
    let ixit = format!("[empty]\nsec_param = \"Nothing is stored\"\n{MECHANISMS}");
    assert_eq!(failed(&ixit).len(), 7);
    let silent = judged(MECHANISMS);
    assert_eq!((silent.len(), silent[0].reason.code.as_str()), (1, "table-not-stated"));
}

#[test]
fn mechanisms_and_parameters_without_closed_facts_are_for_a_person() {
    let whole = format!("{MECHANISMS}{}", parameters(""));
    assert_eq!(
        asked(&whole.replace("factor = { kind = \"password\" }", "")),
        ["AuthMech-Web: tells no closed facts"]
    );
    assert_eq!(
        asked(&whole.replace("peer_trust = \"pinned\"", "")),
        ["ComMech-Cloud: tells no closed facts"]
    );
    assert_eq!(asked(&whole.replace("excluded_protocol = true", "")), ["ComMech-Dns: tells no closed facts"]);
    let without_boot = whole.replace("[[sec_boot]]\nid = \"SecBoot-1\"", "[[code_min]]\nid = \"CodeMin-1\"");
    let without_boot = without_boot.replace("guarantees = [\"integrity\", \"authenticity\"]", "");
    assert!(asked(&without_boot).contains(&"sec_boot: tells no closed facts".to_owned()));
    // A parameter that does not tell for whom it is may be the missing one; so may one of another kind.
    let untold = whole.replace("content = \"token\"\nserves = [\"AuthMech-Cloud\"]", "");
    assert_eq!(asked(&untold), ["AuthMech-Cloud: token, perhaps SecParam-Token"]);
    let other = whole.replace("content = \"token\"", "content = \"other\"");
    assert_eq!(asked(&other), ["AuthMech-Cloud: token, perhaps SecParam-Token"]);
    let prose = whole.replace("serves = [\"AuthMech-Cloud\"]", "description = \"For AuthMech-Cloud.\"");
    assert_eq!(asked(&prose), ["AuthMech-Cloud: token, perhaps SecParam-Token"]);
}

#[test]
fn what_may_have_a_parameter_or_none_is_for_a_person() {
    let lists = |trust: &str| {
        format!("{MECHANISMS}{}", parameters("Anchors"))
            .replace("peer_trust = \"pinned\"", &format!("peer_trust = \"{trust}\""))
    };
    let perhaps = ["ComMech-Cloud: certificate or key of the peer, perhaps none"];
    assert_eq!(asked(&lists("public")), perhaps);
    assert_eq!(asked(&lists("first-use")), perhaps);
    assert_eq!(judged(&lists("none"))[0].verdict, Verdict::Pass, "who believes everybody needs none");
    let keyed = format!("{MECHANISMS}{}", parameters("BusKey"))
        .replace("message-authentication\", primitive = \"AES-128-CMAC\"", "integrity\", key_bits = 128");
    assert_eq!(asked(&keyed), ["ComMech-Bus: key of the messages, perhaps none"]);
}

#[test]
fn a_parameter_that_serves_nobody_declared_is_asked_about() {
    let dangling = format!(
        "{MECHANISMS}{}[[sec_param]]\nid = \"SecParam-9\"\ncontent = \"token\"\nserves = [\"AuthMech-9\"]\n",
        parameters("")
    );
    assert_eq!(asked(&dangling), ["SecParam-9: serves AuthMech-9, which no table has"]);
}

#[test]
fn without_companions_nothing_passes_and_nothing_fails() {
    let stripped: String = format!("{MECHANISMS}{}", parameters(""))
        .lines()
        .filter(|line| line.starts_with("[[") || line.starts_with("id"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(!asked(&stripped).is_empty());
}

#[test]
fn purposes_in_japanese_need_the_same_parameters() {
    let japanese = MECHANISMS
        .replace("\"signature\"", "\"署名\"")
        .replace("\"message-authentication\"", "\"メッセージ認証\"");
    for (without, item) in [("UpdateKey", "UpdMech-1"), ("BusKey", "ComMech-Bus")] {
        let ixit = format!("{japanese}{}", parameters(without));
        let items: Vec<String> = failed(&ixit).into_iter().map(|(item, _)| item).collect();
        assert_eq!(items, [item]);
    }
    assert!(
        judged(&format!("{japanese}{}", parameters(""))).iter().all(|result| result.verdict == Verdict::Pass)
    );
}
