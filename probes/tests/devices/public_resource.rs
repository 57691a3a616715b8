//! Published pages and the identity page, as a stranger sees them.

use std::net::SocketAddr;
use std::time::Duration;

use crate::played::{LOCAL, Said, http, run};
use probes::Outcome;
use probes::probe::device_identity::DeviceIdentity;
use probes::probe::public_resource::ResourceSnapshot;
use serde_json::json;

async fn site() -> u16 {
    http(|asked| {
        let to =
            |location: &str| Said(302, format!("location: {location}\r\n"), String::new(), Duration::ZERO);
        match asked.path.as_str() {
            "/start" => to("policy"),
            "/policy" => Said::page(200, "<script>x</script><h1>How to report</h1> a &lt;flaw&gt;"),
            "/away" => to("https://elsewhere.test/x"),
            "/round" => to("/round"),
            "/wall" => Said::page(200, "<form><input type=password></form>"),
            "/id" => Said::page(200, r#"{"model":"WH-1","serial":7,"other":{}}"#),
            _ => Said::page(404, ""),
        }
    })
    .await
}

async fn open(path: &str) -> (Outcome, ResourceSnapshot) {
    let port = site().await;
    let host = [("maker.test", SocketAddr::new(LOCAL, port))];
    let (observation, _) =
        run("public-resource", json!({"url": format!("http://maker.test{path}")}), &host, &[]).await;
    (observation.outcome, observation.read().expect("a snapshot"))
}

#[tokio::test]
async fn a_redirect_inside_the_scope_is_followed() {
    let (outcome, page) = open("/start").await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!((page.status, page.text.as_str()), (Some(200), "How to report a <flaw>"));
    assert_eq!(page.redirects, ["http://maker.test/policy"]);
    assert!(page.wall.is_empty() && page.left_scope.is_none() && page.page.is_some());
}

#[tokio::test]
async fn a_redirect_out_of_the_scope_is_recorded_and_not_followed() {
    let (_, page) = open("/away").await;
    assert_eq!(page.left_scope.as_deref(), Some("https://elsewhere.test/x"));
    assert_eq!(page.status, Some(302));
}

#[tokio::test]
async fn redirects_without_end_are_left() {
    let (outcome, page) = open("/round").await;
    assert_eq!(outcome, Outcome::Partial);
    assert_eq!(page.redirects.len(), 6);
}

#[tokio::test]
async fn a_wall_is_seen() {
    assert_eq!(open("/wall").await.1.wall, ["password field"]);
}

#[tokio::test]
async fn a_host_that_the_bench_does_not_name_is_tool_trouble() {
    let (observation, _) = run("public-resource", json!({"url": "https://unknown.test/"}), &[], &[]).await;
    assert_eq!(observation.outcome, Outcome::ToolTrouble);
    let expected = "the bench file does not say where unknown.test is; add it under [hosts]";
    assert_eq!(observation.trouble.as_deref(), Some(expected));
}

#[tokio::test]
async fn the_device_tells_who_it_is_and_silence_stays_silence() {
    let port = site().await;
    for (path, outcome, model) in
        [("/id", Outcome::Complete, Some("WH-1")), ("/nothing", Outcome::Partial, None)]
    {
        let params = json!({"address": LOCAL, "tls": false, "port": port, "path": path});
        let (observation, _) = run("device-identity", params, &[], &[]).await;
        assert_eq!(observation.outcome, outcome);
        let identity: DeviceIdentity = observation.read().expect("an identity");
        assert_eq!((identity.model.as_deref(), identity.firmware), (model, None));
    }
}
