#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use tokio::net::UdpSocket;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

fn device(last: u8) -> IpAddr {
    IpAddr::from([127, 73, 1, last])
}

/// A device that replies to every datagram with whatever `reply` makes of it.
async fn responder(address: IpAddr, reply: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> u16 {
    let socket = UdpSocket::bind((address, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
            for datagram in reply(&buffer[..count]) {
                socket.send_to(&datagram, from).await.unwrap();
            }
        }
    });
    port
}

fn usual_ports() -> Vec<u16> {
    let ports: BTreeSet<u16> = udp::usual().into_iter().map(|(port, _)| port).collect();
    ports.into_iter().collect()
}

/// Asks one extra port; the usual ones are told to be foreign so that no other listener matters.
async fn ask_one(address: IpAddr, port: u16, service: &str) -> (Findings, UdpService) {
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let params = Params { address, extra: vec![(port, service.to_owned())], foreign: usual_ports() };
    let findings = ask_all(params, &context).await;
    let inventory: UdpInventory = serde_json::from_value(findings.data.clone()).unwrap();
    assert_eq!(inventory.foreign, usual_ports());
    let service = inventory.services.into_iter().next().unwrap();
    (findings, service)
}

fn told(service: &UdpService, item: &str) -> Vec<String> {
    service.disclosed.iter().filter(|told| told.item == item).map(|told| told.value.clone()).collect()
}

fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

fn record(owner: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = name(owner);
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1, 0, 0, 0, 120]);
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}

/// A small responder for one web service.
fn mdns_reply(question: &[u8]) -> Vec<Vec<u8>> {
    let instance = "Heater 7._http._tcp.local";
    let asked = String::from_utf8_lossy(question).into_owned();
    let kind = question[question.len() - 3];
    assert_eq!(question[question.len() - 2], 0x80, "an answer by unicast is asked for");
    let answer = match (kind, asked.contains("_services"), asked.contains("Heater 7")) {
        (12, true, _) => record("_services._dns-sd._udp.local", 12, &name("_http._tcp.local")),
        (12, _, _) => record("_http._tcp.local", 12, &name(instance)),
        (33, _, true) => {
            record(instance, 33, &[&[0, 0, 0, 0, 0x20, 0xfb], &name("heater.local")[..]].concat())
        }
        (16, _, true) => record(instance, 16, b"\x09txtvers=1\x0dmodel=HWC-200\x08fw=2.4.1"),
        _ => return Vec::new(),
    };
    let mut reply = vec![question[0], question[1], 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    reply.extend(answer);
    vec![reply]
}

#[tokio::test]
async fn mdns_services_are_followed_to_port_and_text() {
    let port = responder(device(1), mdns_reply).await;
    let (findings, service) = ask_one(device(1), port, "mdns").await;
    assert_eq!(service.state, UdpState::Answered);
    assert_eq!(service.announced, ["_http._tcp.local", "_http._tcp.local:8443"]);
    assert_eq!(told(&service, "model"), ["HWC-200"]);
    assert_eq!(told(&service, "firmware-version"), ["2.4.1"]);
    assert_eq!(told(&service, "host-name"), ["heater.local"]);
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    assert_eq!(findings.effort.completed, 1);
}

#[tokio::test]
async fn what_answers_in_no_known_protocol_is_a_service_that_nobody_knows() {
    let garbage = responder(device(10), |_| vec![b"\x80\x00garbage HTTP/1.1 200".repeat(4)]).await;
    let asking = ["dns", "snmp", "coap", "any"].map(|service| ask_one(device(10), garbage, service));
    for (findings, found) in futures::future::join_all(asking).await {
        assert_eq!((found.service.as_str(), found.state), ("unknown", UdpState::Answered));
        assert!(found.disclosed.is_empty());
        assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    }
}

#[tokio::test]
async fn an_echo_is_an_echo_and_nothing_else() {
    let port = responder(device(20), |question| vec![question.to_vec()]).await;
    let asking = ["dns", "ntp", "coap"].map(|service| ask_one(device(20), port, service));
    for (_, found) in futures::future::join_all(asking).await {
        assert_eq!((found.service.as_str(), found.state), ("echo", UdpState::Answered));
    }
}

#[tokio::test]
async fn a_service_is_named_by_its_answer_and_not_by_what_was_asked_for() {
    // This one says something rude to all but CoAP.
    let port = responder(device(21), |question| match question {
        [0x44, 1, high, low, token @ ..] if token.len() > 4 => {
            vec![[&[0x64, 0x45, *high, *low][..], &token[..4], b"\xff</a>"].concat()]
        }
        _ => vec![b"what?".to_vec()],
    })
    .await;
    let asking = ["snmp", "any"].map(|service| ask_one(device(21), port, service));
    for (_, found) in futures::future::join_all(asking).await {
        assert_eq!(found.service, "coap");
        assert_eq!(found.announced, ["coap /a"]);
    }
}

#[tokio::test]
async fn a_service_that_answers_only_well_formed_questions_is_found_among_all() {
    let port = responder(device(22), |question| {
        if question.len() != 48 || question[0] != 0x23 {
            return Vec::new();
        }
        let mut reply = vec![0; 48];
        reply[0] = 0x24;
        reply[24..32].copy_from_slice(&question[40..48]);
        vec![reply]
    })
    .await;
    assert_eq!(ask_one(device(22), port, "any").await.1.service, "ntp");
}

#[tokio::test]
async fn a_file_server_that_answers_from_another_port_is_heard() {
    let socket = UdpSocket::bind((device(23), 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut buffer = [0; 600];
        while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
            let transfer = UdpSocket::bind((device(23), 0)).await.unwrap();
            transfer.send_to(b"\0\x05\0\x01File not found\0", from).await.unwrap();
        }
    });
    let (_, found) = ask_one(device(23), port, "tftp").await;
    assert_eq!((found.service.as_str(), found.state), ("tftp", UdpState::Answered));
}

#[tokio::test]
async fn a_question_that_was_lost_is_asked_again() {
    let heard = std::sync::atomic::AtomicU32::new(0);
    let port = responder(device(24), move |question| {
        if heard.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        vec![[&[0x60, 0x00][..], &question[2..4]].concat()]
    })
    .await;
    let (_, found) = ask_one(device(24), port, "coap").await;
    assert_eq!((found.state, found.sent), (UdpState::Answered, 2));
}

#[tokio::test]
async fn a_closed_port_refuses_and_a_deaf_one_is_silent() {
    let socket = UdpSocket::bind((device(2), 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let (findings, service) = ask_one(device(2), port, "coap").await;
    assert_eq!((service.state, service.sent), (UdpState::Silent, 3));
    assert_eq!((findings.effort.attempted, findings.effort.completed), (1, 0));
    drop(socket);
    let (findings, service) = ask_one(device(2), port, "coap").await;
    assert_eq!(service.state, UdpState::Refused);
    assert_eq!(findings.effort.completed, 1);
}

#[tokio::test]
async fn a_time_server_and_a_name_server_are_known_by_their_answers() {
    let port = responder(device(3), |question| {
        let mut reply = vec![0; 48];
        reply[0] = 0x24;
        reply[24..32].copy_from_slice(&question[40..48]);
        vec![reply]
    })
    .await;
    assert_eq!(ask_one(device(3), port, "ntp").await.1.state, UdpState::Answered);

    let port = responder(device(4), |question| {
        let mut reply = question.to_vec();
        reply[2] = 0x80;
        reply[7] = 1;
        reply.extend(record("version.bind", 16, b"\x0bdnsmasq-2.9"));
        vec![reply]
    })
    .await;
    let (_, service) = ask_one(device(4), port, "dns").await;
    assert_eq!(service.state, UdpState::Answered);
    assert_eq!(told(&service, "server-software"), ["dnsmasq-2.9"]);
}

#[tokio::test]
async fn ssdp_locations_are_noted_and_not_followed() {
    let port = responder(device(5), |_| {
        vec![
            b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: Linux UPnP/1.0 Heater/2\r\nLOCATION: http://192.0.2.9/x.xml\r\n\r\n"
                .to_vec(),
        ]
    })
    .await;
    let (_, service) = ask_one(device(5), port, "ssdp").await;
    assert_eq!(service.state, UdpState::Answered);
    assert_eq!(service.announced, ["upnp:rootdevice"]);
    assert_eq!(told(&service, "server-software"), ["Linux UPnP/1.0 Heater/2"]);
    assert_eq!(told(&service, "other"), ["http://192.0.2.9/x.xml"]);
}

#[tokio::test]
async fn coap_resources_are_announced() {
    let port = responder(device(6), |question| {
        let mut reply = vec![0x64, 0x45, question[2], question[3]];
        reply.extend(&question[4..8]);
        reply.extend(b"\xff</state>,</fw>;rt=\"v\"");
        vec![reply]
    })
    .await;
    let (_, service) = ask_one(device(6), port, "coap").await;
    assert_eq!(service.announced, ["coap /fw", "coap /state"]);
}

#[tokio::test]
async fn a_service_nobody_can_ask_is_a_gap() {
    let scope = Scope { devices: vec![device(7)], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let extra = vec![(9999, "no-such-protocol".to_owned())];
    let params = Params { address: device(7), extra, foreign: usual_ports() };
    let findings = ask_all(params, &context).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert_eq!(findings.effort.attempted, 0);
}

#[tokio::test]
async fn stopped_questions_are_a_gap_and_not_silence() {
    let scope = Scope { devices: vec![device(8)], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    context.cancel.cancel();
    let params = Params { address: device(8), extra: Vec::new(), foreign: Vec::new() };
    let findings = ask_all(params, &context).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    let inventory: UdpInventory = serde_json::from_value(findings.data.clone()).unwrap();
    assert!(inventory.services.is_empty());
    assert_eq!(findings.effort.gaps.len(), udp::usual().len());
}

#[tokio::test]
async fn an_address_outside_the_scope_is_not_asked() {
    let scope = Scope { devices: vec![device(8)], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let params = Params { address: device(9), extra: Vec::new(), foreign: Vec::new() };
    let findings = ask_all(params, &context).await;
    assert_eq!(findings.outcome, Outcome::ToolTrouble);
    assert_eq!(context.dialer.counters.udp_sockets.load(std::sync::atomic::Ordering::Relaxed), 0);
}

proptest::proptest! {
    #[test]
    fn arbitrary_ssdp_replies_never_stop_the_reader(
        tail in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        let bytes = [&b"HTTP/1.1 200 OK\r\nST: a\r\n"[..], &tail].concat();
        let answer = crate::http_answer::parse(&bytes);
        proptest::prop_assert!(answer.is_some_and(|answer| answer.values("st").next().is_some()));
    }
}
