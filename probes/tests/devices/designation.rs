//! The model designation and the passages of published pages, over the network.

use std::net::SocketAddr;
use std::time::Duration;

use crate::played::{LOCAL, Said, http, run};
use probes::Outcome;
use probes::http::page_passages::PassageKind;
use probes::probe::designation::DesignationTold;
use probes::probe::public_resource::ResourceSnapshot;
use serde_json::json;

async fn site() -> u16 {
    http(|asked| match asked.path.as_str() {
        "/about" => Said::page(200, r#"{"model":"WH-1"}"#),
        "/page" => Said::page(200, "<h1>Heater</h1><p>Model <b>WH-1</b></p>"),
        "/login" => Said::page(401, "<form><input type=password></form>"),
        "/away" => Said(302, "location: /login\r\n".to_owned(), String::new(), Duration::ZERO),
        "/long" => Said::page(200, &"ab ".repeat(400 * 1024)),
        "/privacy" => {
            Said::page(200, "<h2>Data</h2><table><tr><td>Account<td>login</tr></table><ul><li>One</ul>")
        }
        _ => Said::page(404, ""),
    })
    .await
}

async fn ask(port: u16, path: &str, key: Option<&str>) -> (Outcome, DesignationTold) {
    let params = json!({"address": LOCAL, "tls": false, "port": port, "path": path, "key": key});
    let (observation, _) = run("designation", params, &[], &[]).await;
    (observation.outcome, observation.read().expect("a designation"))
}

#[tokio::test]
async fn the_designation_is_read_from_an_object_and_from_a_page() {
    let port = site().await;
    let (outcome, told) = ask(port, "/about", Some("model")).await;
    assert_eq!((outcome, told.status, told.found.as_deref()), (Outcome::Complete, Some(200), Some("WH-1")));
    assert!(told.page.is_some_and(|page| page.starts_with("sha256:")) && told.wall.is_empty());
    assert_eq!(ask(port, "/about", Some("name")).await.1.found, None);
    assert_eq!(ask(port, "/page", None).await.1.found.as_deref(), Some("Heater Model WH-1"));
}

#[tokio::test]
async fn a_login_a_missing_page_and_a_redirect_are_seen_and_not_followed() {
    let port = site().await;
    let (outcome, told) = ask(port, "/login", Some("model")).await;
    assert_eq!((outcome, told.status, told.found), (Outcome::Complete, Some(401), None));
    assert!(!told.wall.is_empty());
    assert_eq!(ask(port, "/nothing", Some("model")).await.1.status, Some(404));
    let (_, told) = ask(port, "/away", Some("model")).await;
    assert_eq!((told.status, told.redirect.as_deref()), (Some(302), Some("/login")));
}

#[tokio::test]
async fn an_endless_answer_is_partial_and_a_closed_port_refused() {
    let port = site().await;
    let (outcome, told) = ask(port, "/long", None).await;
    assert_eq!(outcome, Outcome::Partial);
    assert!(told.cut);
    // Nobody listens at the port of discard here.
    let (outcome, told) = ask(9, "/about", Some("model")).await;
    assert_eq!((outcome, told.status), (Outcome::Refused, None));
}

#[tokio::test]
async fn what_belongs_together_on_a_page_is_kept() {
    let port = site().await;
    let host = [("maker.test", SocketAddr::new(LOCAL, port))];
    let (observation, _) =
        run("public-resource", json!({"url": "http://maker.test/privacy"}), &host, &[]).await;
    let page: ResourceSnapshot = observation.read().expect("a snapshot");
    let kinds: Vec<PassageKind> = page.passages.iter().map(|passage| passage.kind).collect();
    assert_eq!(kinds, [PassageKind::Heading, PassageKind::Row, PassageKind::Item]);
    assert_eq!(page.passages[1].text, "Account | login");
}
