use super::*;
use crate::test_facts::TestFacts;

const ENTRY: &str = "documentation_of_personal_data";
const UNIT: &str = "6-1-1:a";

fn declared(prose: &str, resource: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = {prose:?}\n[user_info.resources]\n{ENTRY} = {resource}\n"
    ))
}

#[test]
fn a_place_that_is_none_fails_the_units_that_ask_for_one() {
    for (resource, code) in [
        ("{ kind = \"user-interface\", place = \"tbd\" }", "publication-without-place"),
        ("{ kind = \"url\", place = \"\" }", "publication-without-place"),
        ("{ kind = \"document\", place = \"documents/privacy.md\" }", "published-document-not-handed-in"),
    ] {
        let facts = declared("Page of the maker", resource);
        let result = facts.judge_one(UNIT);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{resource}");
        assert_eq!(result.blame, Some(Blame::Documentation));
        assert_eq!(
            result.evidence[0].reference,
            format!("declaration:ixit.toml#user_info.resources.{ENTRY}")
        );
    }
    let label = declared("On the label", "{ kind = \"label\", place = \"rear\" }");
    assert!(contradiction(&label.facts(), ENTRY).is_none());
}

#[test]
fn a_condition_in_the_prose_is_pointed_out_where_it_is_not_denied() {
    let resource = "{ kind = \"user-interface\", place = \"Settings, Privacy\" }";
    for (prose, wanted) in [
        ("In the portal, for registered customers", Some(Verdict::Fail)),
        ("ポータルに掲載（会員限定）", Some(Verdict::Fail)),
        ("Free to read, no login required", None),
        ("Page of the maker", None),
    ] {
        let open = declared(prose, resource).judge_one(UNIT).open.expect("a question");
        assert_eq!(open.prejudgement, wanted, "{prose}");
        assert_eq!(open.shown.iter().any(|shown| shown.label == "computed.condition"), wanted.is_some());
    }
}
