//! `hantei traffic`: what it prints, its exit codes, and that it agrees with tshark.

mod command;

use std::path::{Path, PathBuf};
use std::process::Command;

use command::{code, json, run, skip, told};

/// A capture in pcap of these Ethernet frames, a millisecond apart.
fn capture(below: &Path, frames: &[Vec<u8>]) -> PathBuf {
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    for (number, frame) in frames.iter().enumerate() {
        for field in [1_700_000_000, number as u32 * 1000, frame.len() as u32, frame.len() as u32] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(frame);
    }
    let path = below.join("capture.pcap");
    std::fs::write(&path, bytes).expect("the folder takes files");
    path
}

const DEVICE: [u8; 4] = [192, 0, 2, 10];
const CLOUD: [u8; 4] = [198, 51, 100, 7];
const RESOLVER: [u8; 4] = [192, 0, 2, 53];

fn ethernet(from: [u8; 4], to: [u8; 4], protocol: u8, body: &[u8]) -> Vec<u8> {
    let total = (20 + body.len()) as u16;
    let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 1, 0, 0, 64, protocol, 0, 0]);
    bytes.extend(from);
    bytes.extend(to);
    bytes.extend(body);
    bytes
}

fn udp(from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len()) as u16;
    let body = [&from.1.to_be_bytes(), &to.1.to_be_bytes(), &length.to_be_bytes(), &[0, 0], payload].concat();
    ethernet(from.0, to.0, 17, &body)
}

fn dns(name: &str, answer: Option<[u8; 4]>) -> Vec<u8> {
    let flags = if answer.is_some() { [0x81, 0x80] } else { [1, 0] };
    let mut bytes = vec![0, 7, flags[0], flags[1], 0, 1, 0, u8::from(answer.is_some()), 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.extend([0, 0, 1, 0, 1]);
    if let Some(address) = answer {
        bytes.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        bytes.extend(address);
    }
    bytes
}

/// The device calls a port of a host, and says and hears this.
fn call(to: ([u8; 4], u16), said: &[u8], heard: &[u8]) -> Vec<Vec<u8>> {
    let from = (DEVICE, 50_000 + to.1 % 1000);
    let segment = |from: ([u8; 4], u16), to: ([u8; 4], u16), sequence: u32, flags: u8, text: &[u8]| {
        let rest = [0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0];
        let body =
            [&from.1.to_be_bytes()[..], &to.1.to_be_bytes(), &sequence.to_be_bytes(), &rest, text].concat();
        ethernet(from.0, to.0, 6, &body)
    };
    let (one, two) = said.split_at(said.len() / 2);
    vec![
        segment(from, to, 99, 2, b""),
        segment(to, from, 499, 0x12, b""),
        segment(from, to, 100, 0x10, b""),
        // Out of order, and one of them twice.
        segment(from, to, 100 + one.len() as u32, 0x18, two),
        segment(from, to, 100, 0x18, one),
        segment(from, to, 100, 0x18, one),
        segment(to, from, 500, 0x18, heard),
        segment(from, to, 100 + said.len() as u32, 0x11, b""),
        segment(to, from, 500 + heard.len() as u32, 0x11, b""),
    ]
}

fn frames() -> Vec<Vec<u8>> {
    let mut frames = vec![
        udp((DEVICE, 40_000), (RESOLVER, 53), &dns("cloud.hinode.example", None)),
        udp((RESOLVER, 53), (DEVICE, 40_000), &dns("cloud.hinode.example", Some(CLOUD))),
    ];
    frames.extend(call((CLOUD, 8883), b"\x16\x03\x01\0\x02\x01\x00", b"\x15\x03\x03\0\x02\x02\x28"));
    let request = b"GET /t HTTP/1.1\r\nHost: telemetry.example\r\nAuthorization: Basic YTpodW50ZXIy\r\n\r\n";
    frames.extend(call(([203, 0, 113, 9], 8080), request, b"HTTP/1.1 204 No Content\r\n\r\n"));
    frames
}

#[test]
fn a_capture_is_shown_and_set_against_the_declaration() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let file = capture(below.path(), &frames());
    let file = file.to_str().expect("a plain path");
    let page = run(&["traffic", file]);
    assert_eq!(code(&page), 0, "{}", told(&page));
    let text = String::from_utf8(page.stdout).expect("text");
    for expected in
        ["cloud.hinode.example:8883/tcp", "telemetry.example:8080/tcp", "password of 7 octets to telemetry"]
    {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!(text.lines().skip(1).all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("YTpodW50ZXIy"));

    let arguments =
        ["traffic", file, "--device", "192.0.2.10", "--declaration", "lab/devices/water-heater", "--json"];
    let against = run(&arguments);
    assert_eq!(code(&against), 1, "{}", told(&against));
    let value = json(&against);
    assert_eq!(value["format"], "hantei.traffic/1");
    let standings: Vec<(&str, &str)> = value["destinations"]
        .as_array()
        .expect("destinations")
        .iter()
        .map(|one| (one["destination"].as_str().unwrap_or("-"), one["standing"].as_str().unwrap_or("-")))
        .filter(|(place, _)| !place.ends_with("/udp"))
        .collect();
    assert_eq!(
        standings,
        [("cloud.hinode.example:8883/tcp", "declared"), ("telemetry.example:8080/tcp", "undeclared"),]
    );
    // The good twin: without the call that nobody declared.
    let good = capture(below.path(), &frames()[..11]);
    let good = run(&[
        "traffic",
        good.to_str().expect("a plain path"),
        arguments[2],
        arguments[3],
        arguments[4],
        arguments[5],
    ]);
    assert_eq!(code(&good), 0, "{}", told(&good));
}

#[test]
fn what_cannot_be_read_is_refused_with_what_to_do() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let text = below.path().join("notes.txt");
    std::fs::write(&text, "no capture").expect("the folder takes files");
    for (file, expected) in
        [(text.as_path(), "at octet 0 stands 6e6f2063"), (Path::new("/nonexistent"), "check the path")]
    {
        let output = run(&["traffic", file.to_str().expect("a plain path")]);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains(expected), "{}", told(&output));
    }
    let output = run(&["traffic", "x.pcap", "--declaration", "lab/devices/water-heater"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("--device"), "{}", told(&output));
}

#[test]
fn octets_and_conversations_agree_with_tshark() {
    const NAME: &str = "octets_and_conversations_agree_with_tshark";
    let below = tempfile::tempdir().expect("a temporary folder");
    let file = capture(below.path(), &frames());
    let file = file.to_str().expect("a plain path");
    let tshark = |arguments: &[&str]| {
        #[expect(clippy::disallowed_methods, reason = "the program that ours is compared with")]
        let output = Command::new("tshark").arg("-r").arg(file).args(arguments).output();
        output
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Some(table) = tshark(&["-q", "-z", "conv,tcp"]) else {
        return skip(NAME, "tshark is not installed or does not run");
    };
    let fields = tshark(&["-Y", "tcp", "-T", "fields", "-e", "ip.dst", "-e", "tcp.dstport", "-e", "tcp.len"]);
    let fields = fields.expect("tshark ran before");
    let value = json(&run(&["traffic", file, "--device", "192.0.2.10", "--json"]));
    let flows: Vec<_> = value["traffic"]["flows"]
        .as_array()
        .expect("flows")
        .iter()
        .filter(|flow| flow["transport"] == "tcp")
        .collect();
    assert_eq!(table.matches("<->").count(), flows.len(), "{table}");
    for flow in flows {
        let port = flow["port"].to_string();
        let sent: u64 = fields
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
            .filter(|line| line[0] == flow["peer"].as_str().unwrap_or("-") && line[1] == port)
            .map(|line| line[2].parse::<u64>().expect("a number"))
            .sum();
        assert_eq!(flow["sent"], sent, "{flow}");
    }
    // Names, as tshark reads them.
    let names =
        tshark(&["-Y", "dns.flags.response == 1", "-T", "fields", "-e", "dns.qry.name", "-e", "dns.a"]);
    assert_eq!(names.as_deref().map(str::trim), Some("cloud.hinode.example\t198.51.100.7"));
    assert_eq!(value["traffic"]["names"][0]["answers"][0], "198.51.100.7");
}
