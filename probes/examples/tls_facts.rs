//! Prints what the TLS probes see at an address as JSON: `tls_facts ADDRESS:PORT [NAME] [PARAMETERS]`.
//!
//! NAME is the server name sent (`-` for none); PARAMETERS is a JSON object whose entries are added to
//! those of the probe. `"probe": "dtls-server"` in it asks over UDP, `"transcript": true` prints every
//! question and answer to stderr.

use std::net::SocketAddr;
use std::sync::Arc;

use probes::dialer::DialLimits;
use probes::{Dialer, EvidenceRef, Outcome, ProbeContext, Request, Scope};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut words = std::env::args().skip(1);
    let to: Option<SocketAddr> = words.next().and_then(|word| word.parse().ok());
    let Some(to) = to else {
        eprintln!("Usage: tls_facts ADDRESS:PORT [NAME] [PARAMETERS]");
        std::process::exit(2);
    };
    let mut params = json!({"address": to.ip(), "port": to.port()});
    if let Some(name) = words.next().filter(|name| name != "-") {
        params["server_name"] = json!(name);
    }
    let more: Value = words.next().map_or(json!({}), |text| {
        serde_json::from_str(&text).unwrap_or_else(|error| {
            eprintln!("The parameters cannot be read as JSON: {error}");
            std::process::exit(2);
        })
    });
    let probe = more["probe"].as_str().unwrap_or("tls-server").to_owned();
    let transcript = more["transcript"] == true;
    for (name, value) in more.as_object().into_iter().flatten() {
        params[name] = value.clone();
    }
    let context = ProbeContext::new(
        Dialer::new(Scope { devices: vec![to.ip()], ..Scope::default() }, DialLimits::default()),
        probes::Context::default(),
        Default::default(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            if transcript {
                eprintln!("{}", String::from_utf8_lossy(bytes));
            }
            EvidenceRef::of(bytes, "")
        }),
    );
    let request = Request { probe, target: to.to_string(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    println!("{}", serde_json::to_string_pretty(&observation).expect("an observation has string keys only"));
    std::process::exit(if observation.outcome == Outcome::Complete { 0 } else { 3 });
}
