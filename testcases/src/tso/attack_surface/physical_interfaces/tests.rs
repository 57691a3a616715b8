use ixit::Blame;

use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const IXIT: &str = r#"
[[intf]]
id = "Intf-Lan"
description = "Socket"
type = ["network", "physical"]
status = "enabled"
exposure = "required"
[[intf]]
id = "Intf-Uart"
description = "Contacts"
type = ["physical"]
status = "disabled"
exposure = "never"
[[intf]]
id = "Intf-Usb"
description = "Service socket"
type = ["physical"]
status = "disabled"
exposure = "intermittent"
[[intf]]
id = "Intf-Ble"
description = "Radio"
type = ["network", "physical"]
status = "disabled"
is_air = true
exposure = "never"
"#;

const SIDES: &str = r#"
sides = [{ side = "rear", ports = 2, photo = { file = "sha256:aa" } }]
ports = [
  { side = "rear", what = "socket", row = "Intf-Lan" },
  { side = "rear", what = "USB socket", row = "Intf-Usb" },
]
"#;

fn noted(unit: &str, item: &str, notes: &str) -> (Verdict, String) {
    let results = TestFacts::declared(IXIT).noted(unit, item, "yes", notes).judge(unit);
    let result = results.into_iter().find(|result| result.item == item).unwrap();
    (result.verdict, result.reason.code)
}

fn expected(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn what_was_found_and_what_is_declared_are_compared() {
    let of = |notes: &str| noted("5.6-3-2:a", "-", notes);
    assert_eq!(of(SIDES), expected(Verdict::Pass, "assessor-says-yes"));
    let stray = SIDES.replace(", row = \"Intf-Usb\"", "");
    assert_eq!(of(&stray), expected(Verdict::Fail, "found-not-declared"));
    let exposed = SIDES.replace("Intf-Usb", "Intf-Uart");
    assert_eq!(of(&exposed), expected(Verdict::Fail, "exposed-though-never-required"));
    let miscounted = SIDES.replace("ports = 2", "ports = 3");
    assert_eq!(of(&miscounted), expected(Verdict::Inconclusive, "notes-contradict"));
    assert_eq!(of(""), expected(Verdict::Inconclusive, "notes-incomplete"));
}

#[test]
fn found_and_not_declared_fails_also_where_the_person_cannot_tell() {
    let stray = SIDES.replace("Intf-Usb", "Intf-Nowhere");
    let result =
        TestFacts::declared(IXIT).noted("5.6-3-2:a", "-", "cannot-tell", &stray).judge_one("5.6-3-2:a");
    assert_eq!((result.verdict, result.blame), (Verdict::Fail, Some(Blame::DeviceOrDocumentation)));
}

#[test]
fn protection_and_radio_are_held_to_the_notes() {
    let photo = "photo = { file = \"sha256:aa\" }";
    let casing = format!("protection = \"casing\"\n{photo}");
    assert_eq!(noted("5.6-3-2:b", "Intf-Uart", &casing).0, Verdict::Pass);
    let none = format!("protection = \"none\"\n{photo}");
    assert_eq!(noted("5.6-3-2:b", "Intf-Uart", &none), expected(Verdict::Fail, "nothing-protects-it"));
    let seen =
        |state: &str| noted("5.6-3-2:c", "Intf-Ble", &format!("seen = \"{state}\"\ntool = \"scanner\""));
    assert_eq!(seen("off").0, Verdict::Pass);
    assert_eq!(seen("on"), expected(Verdict::Fail, "status-differs"));
    let phases = |needed: &str, not: &str| {
        noted("5.6-3-2:d", "Intf-Usb", &format!("while_needed = \"{needed}\"\nwhile_not_needed = \"{not}\""))
    };
    assert_eq!(phases("on", "off").0, Verdict::Pass);
    assert_eq!(phases("on", "on"), expected(Verdict::Fail, "on-while-not-needed"));
    assert_eq!(phases("off", "off"), expected(Verdict::Inconclusive, "notes-contradict"));
}
