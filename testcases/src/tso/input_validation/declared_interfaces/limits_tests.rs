use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const UNIT: &str = "5.13-1-1:b";

fn row(inputs: &str) -> String {
    format!(
        "[[inp_val]]\nid = \"InpVal-1\"\ndescription = \"Checks\"\nsources = [\"UserIntf-1\"]\n{inputs}\n\
         [[user_intf]]\nid = \"UserIntf-1\"\n"
    )
}

fn form(field: &str) -> String {
    row(&format!(
        "inputs = [{{ kind = \"form\", port = 443, target = \"/set\", largest = 4096, fields = [{{ name = \"x\", {field} }}] }}]"
    ))
}

fn prejudged(ixit: &str) -> (Option<Verdict>, Vec<String>) {
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{}", result.reason.code);
    let open = result.open.expect("a question");
    let without = open.shown.iter().filter(|shown| shown.label == "computed.without-limit");
    (open.prejudgement, without.map(|shown| shown.text.clone()).collect())
}

#[test]
fn limits_that_no_good_value_keeps_fail() {
    for (field, limits) in [
        ("kind = \"integer\", value = \"5\", least = 60, most = 30", "60 to 30"),
        ("kind = \"integer\", value = \"70\", least = 30, most = 60", "30 to 60, good value 70"),
        ("kind = \"decimal\", value = \"-0.5\", least = 0", "0 to -, good value -0.5"),
        ("kind = \"text\", value = \"four\", longest = 3", "3 characters, good value of 4"),
        ("kind = \"choice\", value = \"c\", choices = [\"a\", \"b\"]", "a, b; good value c"),
    ] {
        let result = TestFacts::declared(&form(field)).judge_one(UNIT);
        assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{field}");
        assert_eq!(result.reason.code, "input-limits-contradict");
        assert_eq!(result.reason.args["limits"], limits);
    }
}

#[test]
fn what_has_all_its_limits_is_prejudged_well_and_still_for_a_person() {
    for field in [
        "kind = \"integer\", value = \"40\", least = 30, most = 60",
        "kind = \"text\", value = \"four\", longest = 4",
        "kind = \"choice\", value = \"a\", choices = [\"a\", \"b\"]",
        "kind = \"time\", value = \"06:30\"",
        "kind = \"flag\", value = \"on\"",
    ] {
        assert_eq!(prejudged(&form(field)), (Some(Verdict::Pass), Vec::new()), "{field}");
    }
}

#[test]
fn what_has_no_limit_is_named() {
    for (field, text) in [
        ("kind = \"integer\", value = \"40\"", "form /set: x: neither least nor greatest value"),
        ("kind = \"integer\", value = \"40\", least = 30", "form /set: x: no greatest value"),
        ("kind = \"text\", value = \"four\"", "form /set: x: no greatest length"),
        ("kind = \"choice\", value = \"a\"", "form /set: x: no list of choices"),
    ] {
        assert_eq!(prejudged(&form(field)), (Some(Verdict::Fail), vec![text.to_owned()]));
    }
    let large = form("kind = \"flag\", value = \"on\"").replace(", largest = 4096", "");
    assert_eq!(prejudged(&large), (Some(Verdict::Fail), vec!["form /set: no largest size".to_owned()]));
    let datagram = row("inputs = [{ kind = \"datagram\", port = 5353, example = \"hex:00\" }]");
    assert_eq!(prejudged(&datagram).0, Some(Verdict::Pass), "its transport limits it");
}

#[test]
fn without_the_companion_a_person_reads_the_prose() {
    assert_eq!(prejudged(&row("")), (None, Vec::new()));
}

#[test]
fn a_source_is_covered_by_a_row_that_names_it_and_says_what_it_does() {
    let unit = "5.13-1-1:a";
    let tables = "[empty]\next_api = \"None\"\ncom_mech = \"None\"\n";
    let of = |rows: &str| {
        let result = TestFacts::declared(&format!("{tables}{rows}")).judge_one(unit);
        (result.verdict, result.reason.code, result.evidence.len())
    };
    assert_eq!(of(&row("")), (Verdict::Pass, "input-source-covered".to_owned(), 2));
    let elsewhere = row("").replace("[\"UserIntf-1\"]", "[\"ExtAPI-9\"]");
    assert_eq!(of(&elsewhere).1, "input-source-uncovered");
    let unnamed = row("").replace("sources = [\"UserIntf-1\"]", "");
    assert_eq!(of(&unnamed).0, Verdict::Inconclusive);
    let wordless = row("").replace("description = \"Checks\"", "");
    assert_eq!(of(&wordless).0, Verdict::Inconclusive);
}

#[test]
fn communication_that_does_not_say_whether_it_is_remote_is_not_passed() {
    let ixit = format!(
        "[empty]\next_api = \"None\"\n{}[[com_mech]]\nid = \"ComMech-1\"\n",
        row("").replace("\"UserIntf-1\"]", "\"UserIntf-1\", \"ComMech-1\"]")
    );
    let results = TestFacts::declared(&ixit).judge("5.13-1-1:a");
    let open = results.iter().find(|result| result.item == "ComMech-1").expect("a result");
    assert_eq!((open.verdict, open.by), (Verdict::Inconclusive, By::Assisted));
}
