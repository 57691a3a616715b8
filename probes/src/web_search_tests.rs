#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};
use crate::observation::{Observation, Outcome};
use crate::probe::identify::ServiceIdentity;
use crate::{ProbeContext, Request};

const BASIC: &str = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
const NOT_FOUND: &str = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

/// A web server with the paths that it was asked for.
struct Server {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

impl Server {
    /// Answers the n-th request by path; an empty answer closes.
    async fn up(last: u8, answer: impl Fn(&str, usize) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind((IpAddr::from([127, 74, 2, last]), 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let list = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 2048];
                let count = stream.read(&mut buffer).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                let n = {
                    let mut list = list.lock().unwrap();
                    list.push(path.clone());
                    list.len()
                };
                let _ = stream.write_all(answer(&path, n).as_bytes()).await;
            }
        });
        Self { at, asked }
    }

    async fn seen(&self, paths: &[&str]) -> (Observation, ServiceIdentity) {
        let scope = Scope { devices: vec![self.at.ip()], ..Scope::default() };
        let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
        let params = json!({ "address": self.at.ip(), "port": self.at.port(), "paths": paths });
        let request = Request { probe: "identify".into(), target: "tcp".into(), params };
        let observation = crate::run(request, context).await;
        let identity = observation.read().unwrap();
        (observation, identity)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn offers(identity: &ServiceIdentity) -> Vec<(&str, bool)> {
    identity.logins.iter().map(|offer| (offer.kind.as_str(), offer.certain)).collect()
}

#[tokio::test]
async fn a_login_that_nothing_leads_to_is_found_at_a_usual_path() {
    let with = |guarded: &'static str| {
        move |path: &str, _: usize| match path {
            "/" => page("<title>Heater</title>"),
            path if path == guarded => BASIC.to_owned(),
            _ => NOT_FOUND.to_owned(),
        }
    };
    let server = Server::up(1, with("/settings/")).await;
    let (observation, identity) = server.seen(&[]).await;
    assert_eq!(offers(&identity), [("http-basic", true)]);
    assert!(identity.logins[0].seen.starts_with("/settings/: WWW-Authenticate"), "{:?}", identity.logins);
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    assert_eq!(identity.paths[0], "/");
    assert_eq!(identity.paths.len(), server.asked().len());
    let further = format!("/ and {} further paths", server.asked().len() - 1);
    assert!(observation.effort.what.contains(&further), "{}", observation.effort.what);

    let nowhere = Server::up(1, with("/nobody/asks/this")).await;
    let (observation, identity) = nowhere.seen(&[]).await;
    assert!(identity.logins.is_empty());
    assert_eq!(observation.outcome, Outcome::Complete);
    assert!(observation.effort.what.contains("12 usual ones"), "{}", observation.effort.what);

    let (_, declared) = nowhere.seen(&["/nobody/asks/this"]).await;
    assert_eq!(offers(&declared), [("http-basic", true)]);
}

#[tokio::test]
async fn links_are_followed_at_this_port_unless_they_may_do_something() {
    let server = Server::up(2, |path, _| match path {
        "/" => page(
            "<a href='panel?relay=1'>Panel</a><a href=/logout>x</a><a href='/relay/on'>x</a>\
             <a href='http://127.74.2.99:80/far'>x</a><a href='mailto:a@b'>x</a><a href='javascript:go()'>x</a>\
             <form action='/go.cgi'></form>",
        ),
        "/panel" => "HTTP/1.1 302 Found\r\nLocation: /inner/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/inner/" => page("<form><input type=password></form>"),
        "/go.cgi" => page("<form><input type=password></form>"),
        _ => NOT_FOUND.to_owned(),
    })
    .await;
    let (observation, identity) = server.seen(&[]).await;
    assert_eq!(offers(&identity), [("html-form", true)]);
    let seen = &identity.logins[0].seen;
    assert!(seen.starts_with("/inner/: ") && seen.ends_with(", also at /go.cgi"), "{seen}");
    let asked = server.asked();
    for path in ["/panel", "/inner/", "/go.cgi"] {
        assert_eq!(asked.iter().filter(|asked| *asked == path).count(), 1, "{path}: {asked:?}");
    }
    assert!(!asked.iter().any(|path| path.contains("relay") || path == "/logout" || path == "/far"));
    assert!(
        observation
            .effort
            .what
            .contains("2 paths not asked, opening them may do something: /logout, /relay/on"),
        "{}",
        observation.effort.what
    );
}

#[tokio::test]
async fn a_refused_page_is_a_login_only_where_nothing_explains_it() {
    let refused = |index: &'static str| {
        move |path: &str, _: usize| match path {
            "/" => page(index),
            "/api" => REFUSED.to_owned(),
            _ => NOT_FOUND.to_owned(),
        }
    };
    let bare = Server::up(3, refused("<p>Heater</p>")).await;
    let (_, identity) = bare.seen(&[]).await;
    assert_eq!(offers(&identity), [("http-unknown", false)]);
    assert!(identity.logins[0].seen.starts_with("/api: status 401"));
    let form = Server::up(3, refused("<input type=password>")).await;
    assert_eq!(offers(&form.seen(&[]).await.1), [("html-form", true)]);
}

#[tokio::test]
async fn a_device_that_stops_answering_is_left_alone_and_the_search_is_open() {
    let server = Server::up(4, |_, n| if n <= 5 { page("<p>Heater</p>") } else { String::new() }).await;
    let (observation, identity) = server.seen(&[]).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(observation.trouble.unwrap().contains("the device stopped answering"));
    assert_eq!(identity.paths.len(), 5);
    assert_eq!(server.asked().len(), 9, "two tries for a path and two for the index page");

    let one =
        Server::up(5, |path, _| if path == "/api" { String::new() } else { page("<p>Heater</p>") }).await;
    let (observation, identity) = one.seen(&[]).await;
    assert_eq!(observation.outcome, Outcome::Partial, "nobody knows what /api asks for");
    assert!(observation.trouble.unwrap().contains("no answer to GET /api"));
    assert!(identity.paths.contains(&"/service".to_owned()), "the others were asked all the same");
}

#[tokio::test]
async fn a_page_full_of_links_does_not_make_a_crawler() {
    let server = Server::up(6, |path, _| {
        let links: String = (0..200).map(|n| format!("<a href=/{}-page-{n}>x</a>", &path[1..])).collect();
        page(&links)
    })
    .await;
    let (observation, _) = server.seen(&["/a", "/b"]).await;
    assert_eq!(observation.outcome, Outcome::Complete);
    let asked = server.asked();
    assert_eq!(asked.len(), 1 + 2 + USUAL.len() + LINKS_AT_MOST, "{asked:?}");
    assert!(asked.len() <= 1 + PATHS_AT_MOST);
    assert_eq!(asked[1..3], ["/a", "/b"]);
    assert!(observation.effort.what.contains("176 paths not asked, beyond the limit"));

    let many: Vec<String> = (0..100).map(|n| format!("/declared/{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (observation, _) = server.seen(&many).await;
    assert_eq!(server.asked().len() - asked.len(), 1 + PATHS_AT_MOST);
    assert!(observation.effort.what.contains("not asked, beyond the limit: "));
    assert_eq!(observation.outcome, Outcome::Partial, "every declared path has to be asked");
}

#[tokio::test]
async fn two_logins_of_one_kind_are_two_and_one_login_at_several_paths_is_one() {
    let server = Server::up(21, |path, _| match path {
        "/" => page(
            "<form action='/enter'><input type=password></form><a href=/second>x</a><a href=/third>x</a>",
        ),
        "/second" => page("<b>the same</b><form action='enter'><input type=password></form>"),
        "/third" => page("<form action='/service/enter'><input type=password></form>"),
        "/admin" => BASIC.to_owned(),
        "/status" => BASIC.to_owned(),
        "/setup" => BASIC.replace("\"x\"", "\"factory\""),
        _ => NOT_FOUND.to_owned(),
    })
    .await;
    let (_, identity) = server.seen(&[]).await;
    let mut found: Vec<(&str, &str)> = identity
        .logins
        .iter()
        .map(|offer| (offer.kind.as_str(), offer.path.as_deref().unwrap_or_default()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("html-form", "/enter"),
            ("html-form", "/service/enter"),
            ("http-basic", "/admin"),
            ("http-basic", "/setup")
        ]
    );
}
