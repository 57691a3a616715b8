use probes::http::page_passages::{passages_of_html, passages_of_text};
use probes::http::page_text::page_text;
use proptest::prelude::*;

use super::*;

fn page(html: &str) -> ResourceSnapshot {
    ResourceSnapshot {
        url: "https://supplier.example/privacy".into(),
        status: Some(200),
        redirects: Vec::new(),
        left_scope: None,
        content_type: Some("text/html".into()),
        page: None,
        size: html.len() as u64,
        wall: Vec::new(),
        text: page_text(html),
        certificate_trusted: None,
        certificate_note: None,
        passages: passages_of_html(html),
    }
}

fn told(named: &[&str], purposes: &[&str], by: &[&str]) -> Told {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Told { named: owned(named), purposes: owned(purposes), by: owned(by) }
}

fn usage() -> Told {
    told(&["Usage history"], &["forecast of wear"], &["maintenance"])
}

fn says(html: &str) -> Says {
    Places::of(&page(html)).say_of(&usage(), &["Account"])
}

#[test]
fn a_row_an_item_a_sentence_and_a_section_say_everything() {
    for html in [
        "<table><tr><td>Account<td>login<td>sales</tr><tr><td>Usage history<td>forecast of wear<td>Maintenance</tr></table>",
        "<ul><li>Account: login</li><li>Usage history: forecast of wear, by our maintenance</li></ul>",
        "<p>Your account is for the login. The usage history goes to our maintenance for a forecast of wear. Bye.</p>",
        "<p>We keep the usage history. Our maintenance makes a forecast of wear from it.</p>",
        "<h2>Usage history</h2><p>For the maintenance.</p><h3>Purpose</h3><p>A forecast of wear.</p>",
        "<dl><dt>Usage history<dd>Maintenance: forecast of wear</dl>",
    ] {
        assert!(matches!(says(html), Says::Everything(_)), "{html}: {:?}", says(html));
    }
}

#[test]
fn words_of_another_row_do_not_count() {
    for html in [
        "<table><tr><td>Account<td>forecast of wear<td>maintenance</tr><tr><td>Usage history<td>-</tr></table>",
        "<ul><li>Account: forecast of wear, by our maintenance</li><li>Usage history: as needed</li></ul>",
        "<p>Your account is used by our maintenance for a forecast of wear. We keep the usage history.</p>",
        "<h2>Usage history</h2><p>As needed.</p><h2>Account</h2><p>Maintenance, forecast of wear.</p>",
        "<h1>Usage history and account</h1><h2>Account</h2><p>Maintenance, forecast of wear.</p>",
        "<h1>Usage history</h1><h2>Account</h2><p>Maintenance, forecast of wear.</p>",
    ] {
        assert!(matches!(says(html), Says::Unclear(_)), "{html}: {:?}", says(html));
    }
}

#[test]
fn what_stands_nowhere_is_missing() {
    assert_eq!(says("<p>We keep your account.</p>"), Says::NotNamed(vec!["Usage history".into()]));
    let other = says("<p>The usage history goes to our maintenance for advertising.</p>");
    let Says::Otherwise { missing, passage } = other else { panic!("{other:?}") };
    assert_eq!(missing, ["forecast of wear"]);
    assert!(passage.contains("advertising"));
}

#[test]
fn what_is_denied_is_left_to_a_person() {
    for html in [
        "<p>We never send the usage history to our maintenance for a forecast of wear.</p>",
        "<p>The usage history goes to our maintenance, and is not used for a forecast of wear.</p>",
        "<table><tr><td>Usage history<td>no<td>forecast of wear<td>maintenance</tr></table>",
    ] {
        let found = says(html);
        assert!(matches!(found, Says::Unclear(_)), "{html}: {found:?}");
    }
    let Says::Unclear(lines) = says("<p>No usage history. Maintenance, forecast of wear.</p>") else {
        panic!()
    };
    assert!(lines[0].contains("seems to be denied"), "{lines:?}");
}

#[test]
fn japanese_pages_are_read() {
    let told = told(&["利用履歴"], &["摩耗の予測"], &["保守部門"]);
    let say = |html: &str| Places::of(&page(html)).say_of(&told, &["アカウント"]);
    for html in [
        "<table><tr><td>利用履歴</td><td>保守部門</td><td>摩耗の予測</td></tr></table>",
        "<p>利用履歴は保守部門が摩耗の予測に使います。アカウントはログインに使います。</p>",
        "<h2>利用履歴</h2><p>保守部門に送ります。</p><p>目的は摩耗の予測です。</p>",
    ] {
        assert!(matches!(say(html), Says::Everything(_)), "{html}: {:?}", say(html));
    }
    assert!(matches!(say("<p>利用履歴は保守部門に送りません。摩耗の予測もしません。</p>"), Says::Unclear(_)));
    assert!(matches!(say("<p>利用履歴は保守部門が広告に使います。</p>"), Says::Otherwise { .. }));
    assert!(matches!(say("<p>アカウントはログインに使います。</p>"), Says::NotNamed(_)));
    let english = say("<p>We keep the usage history for our maintenance.</p>");
    assert!(matches!(english, Says::Unclear(_)), "absence in another script tells nothing: {english:?}");
}

#[test]
fn older_observations_and_plain_text_are_read_by_sentences() {
    let text = "We keep data. The usage history goes to our maintenance for a forecast of wear.";
    let old = ResourceSnapshot { passages: Vec::new(), ..page(text) };
    assert!(matches!(Places::of(&old).say_of(&usage(), &[]), Says::Everything(_)));
    let lines = "Account: login\nUsage history: forecast of wear, maintenance\n";
    let plain = ResourceSnapshot { passages: passages_of_text(lines), ..page(lines) };
    assert!(matches!(Places::of(&plain).say_of(&usage(), &["Account"]), Says::Everything(_)));
}

proptest! {
    #[test]
    fn any_page_is_read(html in "(<(/)?(tr|td|p|li|h2|dt)>|usage history|maintenance|forecast of wear|not |。|\\PC){0,40}") {
        if let Says::Everything(_) = says(&html) {
            let text = page_text(&html).to_lowercase();
            prop_assert!(text.contains("usage history") && text.contains("maintenance"));
        }
    }
}
