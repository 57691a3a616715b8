use crate::judge::By;
use crate::test_facts::Seen;
use crate::test_pages::{page, published};
use crate::verdict::Verdict;

const URL: &str = "https://supplier.example/setup";
const ROWS: &str = "[[user_intf]]\nid = \"UserIntf-Web\"\ndescription = \"Web interface: forms\"\n\
    [[user_intf]]\nid = \"UserIntf-Panel\"\ndescription = \"Panel with four keys\"\n";

fn judged(html: &str) -> crate::judge::ItemResult {
    published(&[("documentation_of_secure_setup", URL)], ROWS)
        .observed(Seen::by("public-resource", page(URL, 200, html)))
        .judge_one("5.13-1-2:b")
}

#[test]
fn declared_interfaces_and_apps_raise_no_suspicion() {
    let result = judged(
        "<h1>Set up</h1><p>Press the key on the panel. Open the web interface in a browser, or the app.</p>",
    );
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    let open = result.open.expect("a question");
    assert_eq!(open.prejudgement, None);
    assert!(open.shown.iter().any(|shown| shown.text.starts_with("app (in no row")), "{:#?}", open.shown);
}

#[test]
fn an_interface_of_the_device_that_no_row_names_is_pre_judged() {
    let result = judged(
        "<h1>Set up</h1><p>Press the key on the panel, or use voice control to set the temperature.</p>",
    );
    assert_eq!(result.verdict, Verdict::Inconclusive);
    let open = result.open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Fail));
    assert!(open.shown.iter().any(|shown| shown.text.starts_with("voice (in no row")));
    let denied = judged(
        "<h1>Set up</h1><p>Press the key on the panel. There is no voice control in this product.</p>",
    );
    assert_eq!(denied.open.expect("a question").prejudgement, None);
}

#[test]
fn without_any_page_the_rows_are_still_put_to_a_person() {
    let result = published(&[("documentation_of_secure_setup", URL)], ROWS).judge_one("5.13-1-2:b");
    let open = result.open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.text.contains("four keys")) && open.prejudgement.is_none());
}
