//! Published pages made by hand, for the tests of judges.

use probes::http::page_passages::passages_of_html;
use probes::http::page_text::{page_text, wall_signs};
use probes::probe::public_resource::ResourceSnapshot;

use crate::test_facts::{Seen, TestFacts};

/// An HTML page as a stranger got it.
pub(crate) fn page(url: &str, status: u16, html: &str) -> ResourceSnapshot {
    ResourceSnapshot {
        url: url.into(),
        status: Some(status),
        redirects: Vec::new(),
        left_scope: None,
        content_type: Some("text/html; charset=utf-8".into()),
        page: Some(format!("sha256:{}", "2".repeat(64))),
        size: html.len() as u64,
        wall: wall_signs(status, html),
        text: page_text(html),
        certificate_trusted: None,
        certificate_note: None,
        passages: passages_of_html(html),
    }
}

/// A declaration with entries of `user_info` that are published at addresses, and further tables.
pub(crate) fn published(entries: &[(&str, &str)], tables: &str) -> TestFacts {
    let prose: String =
        entries.iter().map(|(entry, _)| format!("{entry} = \"Page of the maker\"\n")).collect();
    let places: String = entries
        .iter()
        .map(|(entry, url)| format!("{entry} = {{ kind = \"url\", place = \"{url}\" }}\n"))
        .collect();
    TestFacts::declared(&format!("[user_info]\n{prose}[user_info.resources]\n{places}{tables}"))
}

/// The same with one entry, whose page was got.
pub(crate) fn got(entry: &str, tables: &str, status: u16, html: &str) -> TestFacts {
    const URL: &str = "https://supplier.example/page";
    published(&[(entry, URL)], tables).observed(Seen::by("public-resource", page(URL, status, html)))
}
