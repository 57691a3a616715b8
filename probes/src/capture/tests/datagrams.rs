//! Datagrams, names, and what lies below IP.

use super::frames::*;
use crate::capture::{Frame, Initiator, LinkKind, Questions, Transport};

#[test]
fn names_are_asked_answered_and_name_the_flows_that_follow() {
    let server = ("192.0.2.53", 53);
    let mut frames = vec![
        datagram(0, (DEVICE, 40_000), server, &dns("Cloud.Example", 1, &[])),
        datagram(100, (DEVICE, 40_001), server, &dns("Cloud.Example", 1, &[])),
        datagram(200, server, (DEVICE, 40_001), &dns("Cloud.Example", 1, &[PEER, "198.51.100.8"])),
        datagram(300, (DEVICE, 40_002), server, &dns("gone.example", 28, &[])),
        datagram(400, (DEVICE, 5353), ("224.0.0.251", 5353), &dns("_x._tcp.local", 12, &[])),
    ];
    frames
        .extend(Talk::open(1_000_000, (DEVICE, 50_000), (PEER, 7000)).say(&[(true, &[0x99; 40])], 99).frames);
    let facts = facts(&frames);
    let names: Vec<_> = facts
        .names
        .iter()
        .map(|one| (one.name.as_str(), one.kind.as_str(), one.times, one.answers.len(), one.multicast))
        .collect();
    assert_eq!(
        names,
        [
            ("cloud.example", "A", 2, 2, false),
            ("gone.example", "AAAA", 1, 0, false),
            ("_x._tcp.local", "PTR", 1, 0, true)
        ]
    );
    assert!(facts.names[..2].iter().all(|one| one.server == ip(server.0)), "{:?}", facts.names);
    let [dns, mdns, cloud] = facts.flows.as_slice() else { panic!("{:#?}", facts.flows) };
    assert_eq!(
        (dns.application.as_deref(), dns.connections, dns.established, dns.clear),
        (Some("dns"), 3, 1, true)
    );
    assert_eq!((mdns.application.as_deref(), mdns.port), (Some("mdns"), 5353));
    assert_eq!(cloud.name.as_deref(), Some("cloud.example"));
}

#[test]
fn dns_over_tcp_is_read_too() {
    let message = |text: Vec<u8>| [&(text.len() as u16).to_be_bytes()[..], &text].concat();
    let question = message(dns("big.example", 16, &[]));
    let answer = message(dns("big.example", 16, &[PEER]));
    for size in [1, 1400] {
        let talk = Talk::open(0, (DEVICE, 50_000), ("192.0.2.53", 53))
            .say(&[(true, &question), (false, &answer)], size);
        let facts = facts(&talk.frames);
        let [name] = facts.names.as_slice() else { panic!("{:?}", facts.names) };
        assert_eq!((name.name.as_str(), name.kind.as_str(), name.answers.len()), ("big.example", "TXT", 1));
        assert_eq!(facts.flows[0].application.as_deref(), Some("dns"));
    }
}

#[test]
fn exchanges_begin_after_a_pause() {
    let server = ("198.51.100.123", 123);
    let mut frames = Vec::new();
    for at in [0, 64_000_000, 128_000_000] {
        frames.push(datagram(at, (DEVICE, 123), server, &[0x23; 48]));
        frames.push(datagram(at + 20_000, server, (DEVICE, 123), &[0x24; 48]));
    }
    frames.push(datagram(128_500_000, (DEVICE, 123), server, &[0x23; 48]));
    let facts = facts(&frames);
    let [flow] = facts.flows.as_slice() else { panic!("{:#?}", facts.flows) };
    assert_eq!((flow.application.as_deref(), flow.connections, flow.established), (Some("ntp"), 3, 3));
    assert_eq!(flow.attempts, [0.0, 64.0, 128.0]);
    assert_eq!((flow.sent, flow.received), (192, 144));
}

#[test]
fn an_answer_to_a_question_that_went_to_everybody_is_no_call_of_the_device() {
    let facts =
        facts(&[datagram(0, (DEVICE, 1900), ("192.0.2.50", 50_000), b"HTTP/1.1 200 OK\r\nST: x\r\n\r\n")]);
    let [flow] = facts.flows.as_slice() else { panic!("{:#?}", facts.flows) };
    assert_eq!(
        (flow.initiator, flow.port, flow.application.as_deref()),
        (Initiator::Peer, 1900, Some("ssdp"))
    );
    assert_eq!(flow.sent, 26);
}

#[test]
fn dtls_offers_and_choices_are_read() {
    let (device, peer) = ((DEVICE, 40_000), (PEER, 5684));
    let data = [&[23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4][..], &[1; 4]].concat();
    let mut choice = vec![0xfe, 0xfd];
    choice.extend([8; 32]);
    choice.extend([0, 0xc0, 0x2b, 0]);
    let frames = [
        datagram(0, device, peer, &dtls_message(1, &hello_body(&[], "coap.example", true))),
        datagram(1000, peer, device, &dtls_message(2, &choice)),
        datagram(2000, device, peer, &data),
        datagram(3000, peer, device, &data),
    ];
    let both = facts(&frames);
    let [flow] = both.flows.as_slice() else { panic!("{:#?}", both.flows) };
    assert_eq!((flow.application.as_deref(), flow.clear, flow.connections), (Some("dtls"), false, 1));
    let [tls] = flow.tls.as_slice() else { panic!("{:?}", flow.tls) };
    assert_eq!(
        (tls.versions.join(" "), tls.server_name.as_deref()),
        ("0xfefd".replace("0xfefd", "1.2"), Some("coap.example"))
    );
    assert_eq!(tls.chosen_version.as_deref(), Some("1.2"));
    assert_eq!(tls.chosen_suite.as_deref(), Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
    assert!(tls.data_both_ways && !facts(&frames[..3]).flows[0].tls[0].data_both_ways);
}

#[test]
fn communities_and_values_in_datagrams_are_found() {
    let snmp = b"\x30\x12\x02\x01\x01\x04\x06secret\xa0\x05\x02\x01\x01\x02\x00";
    let facts = facts_with(
        &[
            datagram(0, (PEER, 40_000), (DEVICE, 161), snmp),
            datagram(9, (DEVICE, 40_000), (PEER, 514), b"<13>x: user taro.yamada in"),
        ],
        &["taro.yamada"],
    );
    let [community] = facts.clear.as_slice() else { panic!("{:?}", facts.clear) };
    assert_eq!((community.what.as_str(), community.from_device, community.length), ("community", false, 6));
    let [found] = facts.found.as_slice() else { panic!("{:?}", facts.found) };
    assert_eq!((found.flow, found.from_device, found.frame), (1, true, 2));
    assert_eq!(facts.flows[1].application.as_deref(), Some("syslog"));
}

fn link(from: [u8; 6], to: [u8; 6], kind: u16, body: &[u8]) -> Frame {
    frame(0, LinkKind::Ethernet, [&to[..], &from, &kind.to_be_bytes(), body].concat())
}

fn arp(operation: u8, sender: [u8; 4], target: [u8; 4]) -> Vec<u8> {
    [&[0, 1, 8, 0, 6, 4, 0, operation][..], &[1; 6], &sender, &[2; 6], &target].concat()
}

#[test]
fn below_ip_the_hardware_address_finds_the_device() {
    let device = [192, 0, 2, 10];
    let everybody = [0xff; 6];
    let by_hardware =
        Questions { hardware: Some(DEVICE_HARDWARE), tester: vec![ip(TESTER)], ..Questions::default() };
    let mut lease = vec![2, 1, 6, 0];
    lease.resize(28, 0);
    lease.extend(DEVICE_HARDWARE);
    lease.resize(236, 0);
    lease.extend([0x63, 0x82, 0x53, 0x63, 255]);
    let discover = packet(ip("0.0.0.0"), ip("255.255.255.255"), 17, &udp((68, 67), &lease));
    let offer = packet(ip("192.0.2.9"), ip("255.255.255.255"), 17, &udp((67, 68), &lease));
    let frames = [
        link(DEVICE_HARDWARE, everybody, 0x0806, &arp(1, device, [192, 0, 2, 9])),
        link(OTHER_HARDWARE, DEVICE_HARDWARE, 0x0806, &arp(2, [192, 0, 2, 9], device)),
        // Somebody else asks for the device, the device answers the tester, others talk.
        link(OTHER_HARDWARE, everybody, 0x0806, &arp(1, [192, 0, 2, 9], device)),
        link(DEVICE_HARDWARE, OTHER_HARDWARE, 0x0806, &arp(2, device, [192, 0, 2, 1])),
        link(OTHER_HARDWARE, everybody, 0x88cc, &[0; 10]),
        link(DEVICE_HARDWARE, [1, 0x80, 0xc2, 0, 0, 14], 0x88cc, &[0; 10]),
        link(DEVICE_HARDWARE, everybody, 0x0800, &discover),
        link(OTHER_HARDWARE, everybody, 0x0800, &offer),
        link(DEVICE_HARDWARE, everybody, 0x0030, &[0xaa; 48]),
    ];
    let facts = asked(&frames, by_hardware);
    assert_eq!((facts.frames, facts.others, facts.with_tester), (6, 2, 1));
    let flows: Vec<_> = facts
        .flows
        .iter()
        .map(|flow| {
            (flow.transport, flow.initiator, flow.application.as_deref().unwrap_or("-"), flow.connections)
        })
        .collect();
    assert_eq!(
        flows,
        [
            (Transport::Link, Initiator::Device, "arp", 1),
            (Transport::Link, Initiator::Peer, "arp", 1),
            (Transport::Link, Initiator::Device, "lldp", 1),
            (Transport::Udp, Initiator::Device, "dhcp", 1),
            (Transport::Udp, Initiator::Device, "dhcp", 1),
            (Transport::Link, Initiator::Device, "llc", 1),
        ]
    );
}

#[test]
fn icmp_and_other_protocols_are_flows_without_ports() {
    let echo = |from: &str, to: &str, kind: u8| {
        frame(0, LinkKind::RawIp, packet(ip(from), ip(to), 1, &[kind, 0, 0, 0, 0, 1, 0, 1, 9, 9]))
    };
    let igmp = frame(0, LinkKind::RawIp, packet(ip(DEVICE), ip("224.0.0.22"), 2, &[0x22; 16]));
    let facts = facts(&[echo(PEER, DEVICE, 8), echo(DEVICE, PEER, 0), igmp]);
    let flows: Vec<_> = facts
        .flows
        .iter()
        .map(|flow| {
            (
                flow.transport,
                flow.initiator,
                flow.port,
                flow.application.as_deref().unwrap_or("-"),
                flow.established,
            )
        })
        .collect();
    assert_eq!(
        flows,
        [
            (Transport::Icmp, Initiator::Peer, 0, "icmp", 1),
            (Transport::Other, Initiator::Device, 2, "igmp", 0)
        ]
    );
}
