//! What lies beside the declared routes of a web server: links of the pages that visitors got, usual paths, other
//! spellings of a path.

use std::collections::BTreeSet;

use crate::http::url::Url;
use crate::http_answer::Answer;
use crate::web_page;

/// Links that are followed at most on one port.
const LINKS_AT_MOST: usize = 24;

/// Paths under which devices keep what only an administrator may see.
pub(crate) const USUAL: [&str; 10] = [
    "/admin",
    "/config",
    "/api",
    "/api/v1/config",
    "/backup",
    "/debug",
    "/log",
    "/status",
    "/system",
    "/cgi-bin/config",
];

/// Words of a path that may do something when it is opened.
const ACTS: [&str; 20] = [
    "logout", "logoff", "signout", "reboot", "restart", "reset", "shutdown", "poweroff", "delete", "remove",
    "erase", "format", "wipe", "clear", "toggle", "on", "off", "start", "stop", "upgrade",
];

/// Words of a path that ends a session.
const LEAVES: [&str; 5] = ["logout", "logoff", "signout", "log-out", "sign-out"];

/// Paths that pages lead to at the same port, without queries, without those that may do something.
pub(crate) fn links(
    address: &str,
    port: u16,
    tls: bool,
    pages: &[(u16, String, String)],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, path, html) in pages.iter().filter(|page| page.0 == port) {
        let here = Url { tls, host: address.to_owned(), port: *at, path: path.clone() };
        for link in raw_links(html) {
            let Some(url) = here.join(&link).filter(|url| url.same_place(&here)) else { continue };
            let path = url.path.split(['?', '#']).next().unwrap_or("/").to_owned();
            let acts = path
                .split(|letter: char| !letter.is_ascii_alphanumeric())
                .any(|word| ACTS.contains(&word.to_ascii_lowercase().as_str()));
            if !acts && path.len() <= 300 && found.len() < LINKS_AT_MOST {
                found.insert(path);
            }
        }
    }
    found
}

/// The path that ends the session, as the visitor's own pages name it: port, path, by a form.
pub(super) fn way_out(pages: &[(u16, String, String)]) -> Option<(u16, String, bool)> {
    for (port, _, html) in pages.iter().rev() {
        for link in raw_links(html) {
            let lower = link.to_ascii_lowercase();
            if link.starts_with('/') && LEAVES.iter().any(|word| lower.contains(word)) {
                let quoted =
                    [format!("action=\"{link}\""), format!("action='{link}'"), format!("action={link}")];
                return Some((*port, link.clone(), quoted.iter().any(|form| html.contains(form))));
            }
        }
    }
    None
}

/// Other spellings of a path that careless servers take for another path, or for the same.
pub(super) fn spellings(path: &str) -> Vec<String> {
    let mut all = vec![format!("/{path}"), format!("/.{path}")];
    if !path.ends_with('/') {
        all.push(format!("{path}/"));
    }
    all
}

fn raw_links(html: &str) -> Vec<String> {
    let body = html.as_bytes().to_vec();
    web_page::links(&Answer { protocol: "HTTP".to_owned(), status: 200, headers: Vec::new(), body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Vec<(u16, String, String)> {
        let html = "<a href='/log?x=1'>Log</a><a href=/reboot>R</a><a href=\"https://other.example/x\">O</a>\
                    <form method=post action=\"/logout\"><form action=save>";
        vec![(8443, "/settings/".to_owned(), html.to_owned())]
    }

    #[test]
    fn links_stay_at_the_port_and_do_nothing() {
        let found = links("192.0.2.1", 8443, true, &pages());
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["/log", "/settings/save"]);
        assert!(links("192.0.2.1", 80, false, &pages()).is_empty());
    }

    #[test]
    fn the_way_out_is_found_where_a_page_names_it() {
        assert_eq!(way_out(&pages()), Some((8443, "/logout".to_owned(), true)));
        assert_eq!(way_out(&[(80, "/".to_owned(), "<a href=/help>".to_owned())]), None);
    }
}
