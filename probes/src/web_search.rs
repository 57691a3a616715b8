//! Looks for logins behind the index page of a web server: declared paths, usual administrative paths and
//! the links of the index page, one after another, by GET alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::dialogue::Handshake;
use crate::disclosed::printable;
use crate::http::url::Url;
use crate::http_answer::{self, Answer};
use crate::probe::identify::LoginOffer;
use crate::service_recognition::Recognition;
use crate::web_page;

/// Paths under which devices keep what only an administrator may see.
const USUAL: [&str; 12] = [
    "/admin",
    "/login",
    "/settings",
    "/setup",
    "/config",
    "/management",
    "/api",
    "/cgi-bin/luci",
    "/cgi-bin/",
    "/system",
    "/status",
    "/service",
];
/// Links of the index page that are asked.
const LINKS_AT_MOST: usize = 24;
/// Paths asked beside the index page.
const PATHS_AT_MOST: usize = 40;
/// Paths without an answer after which the search ends, though the index page still answers.
const UNANSWERED_AT_MOST: usize = 3;
/// Longest time for one port.
const LONGEST: Duration = Duration::from_secs(180);
/// Rest for the device before a path without an answer is asked again.
const REST: Duration = Duration::from_millis(300);
/// Further paths named where one login shows itself at several.
const NAMED_AT_MOST: usize = 3;
/// Words of a path that may do something when it is opened. Devices that act on GET exist.
const ACTS: [&str; 23] = [
    "logout", "logoff", "signout", "reboot", "restart", "reset", "shutdown", "poweroff", "delete", "remove",
    "erase", "format", "wipe", "clear", "toggle", "on", "off", "open", "close", "start", "stop", "up",
    "down",
];

/// What became of the search.
#[derive(Default)]
pub(crate) struct WebSearch {
    /// Paths asked, the index page left out.
    asked: BTreeSet<String>,
    declared: usize,
    usual: usize,
    linked: usize,
    /// Asked because another path led there, or in a second spelling.
    followed: usize,
    /// Links that may do something.
    avoided: BTreeSet<String>,
    /// Paths beyond the limits.
    left_out: BTreeSet<String>,
    /// Logins by kind and by what makes them one, with their place among the offers.
    logins: BTreeMap<(String, String), usize>,
    /// Paths that answered with 401 and did not say how to log in.
    refused: Vec<String>,
    done: bool,
}

/// Why a path is asked.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    Declared,
    Usual,
    Linked,
    Followed,
}

impl WebSearch {
    /// In one line; empty where nothing was searched.
    pub(crate) fn line(&self, answered: usize) -> String {
        if !self.done && self.asked.is_empty() {
            return String::new();
        }
        let mut line = format!(
            "asked for a login: / and {} further paths ({} declared, {} usual ones, {} linked from /, {} that \
             these led to), {answered} answered",
            self.asked.len(),
            self.declared,
            self.usual,
            self.linked,
            self.followed,
        );
        let mut add = |paths: &BTreeSet<String>, why: &str| {
            if !paths.is_empty() {
                let named: Vec<&str> = paths.iter().take(6).map(String::as_str).collect();
                let _ = write!(line, "; {} paths not asked, {why}: {}", paths.len(), named.join(", "));
            }
        };
        add(&self.avoided, "opening them may do something");
        add(&self.left_out, "beyond the limit");
        line
    }

    pub(crate) fn note(&mut self, path: &str, origin: Origin) {
        self.asked.insert(path.to_owned());
        match origin {
            Origin::Declared => self.declared += 1,
            Origin::Usual => self.usual += 1,
            Origin::Linked => self.linked += 1,
            Origin::Followed => self.followed += 1,
        }
    }
}

impl Recognition<'_> {
    /// Takes in what an answer at a path tells of logins. Several paths that lead to one login are one offer:
    /// the same realm, a form that is sent to the same place, the same page.
    pub(crate) fn take_in_logins(&mut self, path: &str, answer: &Answer) {
        let path = printable(path.as_bytes(), 120);
        let offers = web_page::logins(answer);
        if answer.status == 401 && offers.is_empty() {
            self.web.refused.push(path.clone());
        }
        for offer in offers {
            // A form without an address is sent to its own page.
            let action = (offer.kind == "html-form").then(|| web_page::login_action(answer)).flatten();
            let action = action.and_then(|action| self.link(&self.url(&path, false), &action));
            let same = (offer.kind.clone(), sameness(&offer, action.as_deref(), answer));
            let known = self.web.logins.get(&same).and_then(|index| self.identity.logins.get_mut(*index));
            match known {
                None => {
                    self.web.logins.insert(same, self.identity.logins.len());
                    let seen = format!("{path}: {}", offer.seen);
                    let lies_at = action.unwrap_or_else(|| path.clone());
                    self.identity.logins.push(LoginOffer { seen, path: Some(lies_at), ..offer });
                }
                Some(known) if known.seen.matches(", also at ").count() < NAMED_AT_MOST => {
                    let _ = write!(known.seen, ", also at {path}");
                }
                Some(_) => {}
            }
        }
        self.identity.paths.push(path);
    }

    /// Asks further paths of a web server whose index page, and the pages it redirects to, are known.
    pub(crate) async fn search_web(&mut self, index: &[(String, Answer)], tls: bool) {
        let mut queue = self.paths_to_ask(index, tls);
        let begun = Instant::now();
        let mut unanswered = 0;
        while let Some((path, origin)) = queue.pop_front() {
            if path == "/" || self.web.asked.contains(&path) {
                continue;
            }
            if self.web.asked.len() >= PATHS_AT_MOST {
                if origin == Origin::Declared {
                    self.talk
                        .gaps
                        .push(format!("{} was not asked for a login", printable(path.as_bytes(), 120)));
                }
                self.web.left_out.insert(path);
                continue;
            }
            if begun.elapsed() > LONGEST {
                self.end_search(&format!("{} s are over", LONGEST.as_secs()), queue.len() + 1);
                return;
            }
            self.web.note(&path, origin);
            let Some(answer) = self.page_asked_twice(&path, tls).await else {
                unanswered += 1;
                if self.page_asked_twice("/", tls).await.is_none() {
                    self.end_search("the device stopped answering", queue.len());
                    return;
                }
                if unanswered >= UNANSWERED_AT_MOST {
                    self.end_search("several paths gave no answer", queue.len());
                    return;
                }
                continue;
            };
            self.take_in_logins(&path, &answer);
            if let Some(next) = self.redirect(&answer, &path, tls) {
                // A redirect names the way to a login more surely than a guess.
                queue.push_front((next, Origin::Followed));
            } else if answer.status == 404 && origin == Origin::Usual && !path.ends_with('/') {
                queue.push_back((format!("{path}/"), Origin::Followed));
            }
        }
        self.refused_without_explanation();
        self.web.done = true;
    }

    fn end_search(&mut self, why: &str, left: usize) {
        self.refused_without_explanation();
        self.talk.gaps.push(format!("the search for logins ended, {why}; {left} paths were left"));
    }

    /// Declared paths first, then the usual ones, then links.
    fn paths_to_ask(&mut self, index: &[(String, Answer)], tls: bool) -> VecDeque<(String, Origin)> {
        let root = self.url("/", tls);
        let declared = std::mem::take(&mut self.declared_paths);
        let declared = declared.iter().filter_map(|path| root.join(path)).filter(|url| url.same_place(&root));
        let mut queue: VecDeque<(String, Origin)> =
            declared.map(|url| (url.path, Origin::Declared)).collect();
        queue.extend(USUAL.iter().map(|path| ((*path).to_owned(), Origin::Usual)));
        let mut links: Vec<String> = Vec::new();
        for (path, answer) in index {
            for link in web_page::links(answer) {
                let Some(path) = self.link(&self.url(path, tls), &link) else { continue };
                if may_act(&path) {
                    self.web.avoided.insert(printable(path.as_bytes(), 120));
                } else if path != "/" && !links.contains(&path) {
                    links.push(path);
                }
            }
        }
        self.web.left_out.extend(links.iter().skip(LINKS_AT_MOST).cloned());
        queue.extend(links.into_iter().take(LINKS_AT_MOST).map(|path| (path, Origin::Linked)));
        queue
    }

    /// The path that a link on a page leads to, if it stays at this port. Its query is dropped: it may be
    /// an order to the device.
    fn link(&self, page: &Url, link: &str) -> Option<String> {
        let link = link.trim();
        let scheme = link.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
        if link.is_empty() || link.starts_with('#') || (scheme && !link.contains("://")) {
            return None;
        }
        let url = page.join(link).filter(|url| url.same_place(page))?;
        let path = url.path.split('?').next().unwrap_or("/");
        (path.len() <= 400).then(|| path.to_owned())
    }

    fn url(&self, path: &str, tls: bool) -> Url {
        let host = match self.to.ip() {
            std::net::IpAddr::V4(address) => address.to_string(),
            std::net::IpAddr::V6(address) => format!("[{address}]"),
        };
        Url { tls, host, port: self.to.port(), path: path.to_owned() }
    }

    /// The path of a redirect that stays at this port; others are written in the transcript only.
    pub(crate) fn redirect(&self, answer: &Answer, path: &str, tls: bool) -> Option<String> {
        if !(300..400).contains(&answer.status) {
            return None;
        }
        let page = self.url(path, tls);
        let url = page.join(&answer.value("location")?).filter(|url| url.same_place(&page))?;
        (url.path.len() <= 400).then_some(url.path)
    }

    /// A page; that it gave no answer on the second try either is a gap.
    pub(crate) async fn page_asked_twice(&mut self, path: &str, tls: bool) -> Option<Answer> {
        if let Some(answer) = self.page(path, tls).await {
            return Some(answer);
        }
        tokio::time::sleep(REST).await;
        let answer = self.page(path, tls).await;
        if answer.is_none() {
            self.talk.gaps.push(format!("no answer to GET {}", printable(path.as_bytes(), 120)));
        }
        answer
    }

    async fn page(&mut self, path: &str, tls: bool) -> Option<Answer> {
        let mut stream = self.talk.open(&format!("GET {path}")).await.ok()?;
        let question = self.get(path);
        let bytes = if tls {
            let Handshake::Done(mut inside) = self.talk.handshake(stream).await else { return None };
            self.talk.ask(&mut inside, &question, http_answer::is_complete).await
        } else {
            self.talk.ask(&mut stream, &question, http_answer::is_complete).await
        };
        http_answer::parse(&bytes)
    }

    /// A refused page is no login of its own where the port shows how to log in; else it is one of which
    /// nothing more is known.
    fn refused_without_explanation(&mut self) {
        let web = |offer: &LoginOffer| offer.kind == "html-form" || offer.kind.starts_with("http-");
        if self.identity.logins.iter().any(web) {
            return;
        }
        if let Some(path) = self.web.refused.first() {
            let seen = format!("{path}: status 401, no challenge and no form");
            self.identity.logins.push(LoginOffer::unsure("http-unknown", seen));
        }
    }
}

/// What makes two offers of one kind the same login.
fn sameness(offer: &LoginOffer, action: Option<&str>, answer: &Answer) -> String {
    match (offer.kind.as_str(), action) {
        ("html-form", Some(action)) => action.to_owned(),
        ("html-form", None) => crate::observation::digest(&answer.body),
        // Of a challenge, the realm; a nonce is another one each time.
        _ => {
            let realm = offer.seen.split("realm=").nth(1).unwrap_or_default();
            let quoted = realm.strip_prefix('"').and_then(|rest| rest.split('"').next());
            quoted.or_else(|| realm.split([',', ' ']).next()).unwrap_or_default().to_owned()
        }
    }
}

fn may_act(path: &str) -> bool {
    path.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| {
        let word = word.to_ascii_lowercase();
        ACTS.contains(&word.as_str())
    })
}

#[cfg(test)]
#[path = "web_search_tests.rs"]
mod tests;
