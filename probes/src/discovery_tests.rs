#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

fn device(last: u8) -> IpAddr {
    IpAddr::from([127, 73, 4, last])
}

/// Hears a group on loopback and answers from the addresses of the hosts that it plays.
async fn responder(
    group: (Ipv4Addr, Ipv6Addr, u16),
    hosts: Vec<IpAddr>,
    reply: impl Fn(IpAddr, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
) {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket.bind(&SocketAddr::new(group.0.into(), group.2).into()).unwrap();
    socket.join_multicast_v4(&group.0, &Ipv4Addr::LOCALHOST).unwrap();
    let socket = UdpSocket::from_std(socket.into()).unwrap();
    let mut ends = Vec::new();
    for host in hosts {
        ends.push((host, UdpSocket::bind((host, 0)).await.unwrap()));
    }
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
            // Other tests ask the same groups.
            if !ends.iter().any(|(host, _)| same_test(*host, from.ip())) {
                continue;
            }
            for (host, end) in &ends {
                for datagram in reply(*host, &buffer[..count]) {
                    end.send_to(&datagram, from).await.unwrap();
                }
            }
        }
    });
}

/// Each test asks from an address of its own, a hundred above its device.
fn same_test(host: IpAddr, from: IpAddr) -> bool {
    let (IpAddr::V4(host), IpAddr::V4(from)) = (host, from) else { return false };
    host.octets()[3] + 100 == from.octets()[3]
}

async fn discovered(last: u8) -> (Findings, Discovery, Arc<ProbeContext>) {
    let source = Some(device(last + 100));
    let scope = Scope { devices: vec![device(last)], source, ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = discover(device(last), &context).await;
    let discovery = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, discovery, context)
}

fn told(discovery: &Discovery, item: &str) -> Vec<String> {
    discovery.disclosed.iter().filter(|told| told.item == item).map(|told| told.value.clone()).collect()
}

#[tokio::test]
async fn silence_on_loopback_is_partial_and_not_an_empty_network() {
    let (findings, discovery, _) = discovered(1).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(findings.trouble.unwrap().contains("says nothing"));
    assert!(discovery.services.is_empty());
    assert!(findings.effort.attempted > 20);
}

#[tokio::test]
async fn a_description_on_the_device_is_read_and_one_elsewhere_is_not() {
    let listener = TcpListener::bind((device(2), 0)).await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 2048];
            let _ = stream.read(&mut buffer).await;
            let body =
                "<root><device><modelName>HK-100</modelName><serialNumber>77</serialNumber></device></root>";
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let elsewhere = TcpListener::bind((device(3), 0)).await.unwrap();
    let other = elsewhere.local_addr().unwrap();
    responder(SSDP, vec![device(2), device(4)], move |host, question| {
        if !question.starts_with(b"M-SEARCH * HTTP/1.1\r\n") {
            return Vec::new();
        }
        let answer = |usn: &str, at: SocketAddr| {
            format!("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: {usn}\r\nSERVER: x/1\r\nLOCATION: http://{at}/d.xml\r\n\r\n")
        };
        match host == device(2) {
            true => vec![answer("uuid:a", place).into_bytes(), answer("uuid:b", other).into_bytes()],
            false => vec![answer("uuid:neighbour", place).into_bytes()],
        }
    })
    .await;
    let (findings, discovery, context) = discovered(2).await;
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    let names: Vec<&str> = discovery.services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["uuid:a", "uuid:b"], "each once, and none of the neighbour");
    assert!(discovery.others_heard >= 1);
    assert_eq!(told(&discovery, "serial"), ["77"]);
    assert_eq!(told(&discovery, "model"), ["HK-100"]);
    let nobody = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(nobody.is_err(), "a description elsewhere was fetched");
    assert_eq!(context.dialer.counters.out_of_scope.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn instances_are_followed_to_port_and_text() {
    fn name(text: &str) -> Vec<u8> {
        let labels = text.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
        labels.chain([0]).collect()
    }
    fn record(owner: &str, kind: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = name(owner);
        bytes.extend([0, kind, 0, 1, 0, 0, 0, 9, 0, data.len() as u8]);
        bytes.extend(data);
        bytes
    }
    responder(MDNS, vec![device(5)], |_, question| {
        let text = String::from_utf8_lossy(question).into_owned();
        // It answers no question for the list of kinds, as some small nodes do.
        let instance = "node._matterc._udp.local";
        let answer = match question[question.len() - 3] {
            12 if text.contains("_matterc") && !text.contains("_sub") => {
                record("_matterc._udp.local", 12, &name(instance))
            }
            33 if text.contains("node") => {
                record(instance, 33, &[&[0, 0, 0, 0, 0x15, 0xa4], &name("node.local")[..]].concat())
            }
            16 if text.contains("node") => record(instance, 16, b"\x0aVP=123+456\x05SN=77"),
            _ => return Vec::new(),
        };
        vec![[&[0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0][..], &answer].concat()]
    })
    .await;
    let (_, discovery, _) = discovered(5).await;
    assert_eq!(discovery.services.len(), 1, "{discovery:?}");
    let service = &discovery.services[0];
    assert_eq!((service.kind.as_str(), service.port), ("_matterc._udp.local", Some(5540)));
    assert_eq!(service.txt, ["SN=77", "VP=123+456"]);
    assert_eq!(told(&discovery, "serial"), ["77"]);
}

#[tokio::test]
async fn matches_of_ws_discovery_belong_to_our_question() {
    responder(WS_DISCOVERY, vec![device(6)], |_, question| {
        let text = String::from_utf8_lossy(question).into_owned();
        let Some(id) = text.split("urn:uuid:").nth(1).and_then(|rest| rest.get(..36)) else { return Vec::new() };
        let answer = |id: &str, endpoint: &str| {
            format!(
                "<e:Envelope xmlns:e='x'><w:RelatesTo>urn:uuid:{id}</w:RelatesTo><d:ProbeMatches><d:ProbeMatch>\
                 <w:Address>{endpoint}</w:Address><d:Types>dn:NetworkVideoTransmitter</d:Types>\
                 <d:XAddrs>http://127.73.4.6:8000/onvif</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Envelope>"
            )
            .into_bytes()
        };
        vec![answer(id, "urn:uuid:1"), answer(&id.replace(['0', '1', '2'], "3"), "urn:uuid:2")]
    })
    .await;
    let (_, discovery, _) = discovered(6).await;
    let endpoints: Vec<&str> = discovery.services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(endpoints, ["urn:uuid:1"]);
    assert_eq!(discovery.services[0].port, Some(8000));
}

#[tokio::test]
async fn a_device_outside_the_scope_is_not_asked_for() {
    let context = ProbeContext::for_tests(Dialer::new(Scope::default(), DialLimits::default()));
    let findings = discover(device(7), &context).await;
    assert_eq!(findings.outcome, Outcome::ToolTrouble);
    assert_eq!(context.dialer.counters.udp_sockets.load(Ordering::Relaxed), 0);
}
