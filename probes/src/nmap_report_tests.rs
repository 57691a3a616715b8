use proptest::prelude::*;

use super::*;

/// Written by hand in the shape that nmap 7.93 gives its reports.
const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/share/nmap/nmap.xsl" type="text/xsl"?>
<!-- a scan -->
<nmaprun scanner="nmap" args="nmap -sS -sU -p T:1-65535,U:53,161 192.0.2.11" start="1767225600" version="7.93">
<scaninfo type="syn" protocol="tcp" numservices="65535" services="1-65535"/>
<scaninfo type="udp" protocol="udp" numservices="2" services="53,161"/>
<host starttime="1767225600"><status state="up" reason="arp-response" reason_ttl="0"/>
<address addr="192.0.2.11" addrtype="ipv4"/><address addr="02:00:5E:00:53:01" addrtype="mac" vendor="X"/>
<hostnames><hostname name="heater.example" type="PTR"/></hostnames>
<ports><extraports state="closed" count="65533"><extrareasons reason="reset" count="65533"/></extraports>
<port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="64"/>
<service name="http" product="nginx" version="1.2" extrainfo="a &amp; b" tunnel="ssl" method="probed" conf="10"><cpe>cpe:/a:x:nginx:1.2</cpe></service>
<script id="ssl-cert" output="Subject: &#xa;CN=heater"><table key="subject"><elem key="commonName">heater &lt;1&gt;</elem><table><elem>deep</elem></table></table></script></port>
<port protocol="tcp" portid="199"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="smux" method="table" conf="3"/></port>
<port protocol="udp" portid="53"><state state="closed" reason="port-unreach" reason_ttl="64"/></port>
<port protocol="udp" portid="161"><state state="open|filtered" reason="no-response" reason_ttl="0"/></port></ports>
<hostscript><script id="nbstat" output="x"/></hostscript></host>
<runstats><finished time="1767225610" elapsed="9.87" exit="success"/><hosts up="1" down="0" total="1"/></runstats>
</nmaprun>
"#;

fn address() -> IpAddr {
    [192, 0, 2, 11].into()
}

fn host(text: &str) -> HostReport {
    read(text.as_bytes()).expect("a report").of(address()).expect("the host is in it")
}

#[test]
fn everything_that_matters_is_kept() {
    let report = host(REPORT);
    assert!(report.complete());
    let scan = &report.scan;
    assert_eq!(
        (scan.version.as_str(), scan.started, scan.seconds),
        ("7.93", Some(1_767_225_600), Some(9.87))
    );
    assert_eq!((scan.ports_asked, scan.asked[0].as_str()), (65_537, "syn tcp 1-65535"));
    let Host { ports, others, addresses, names, scripts, .. } = &report.host;
    assert_eq!((addresses.len(), names[0].as_str(), scripts[0].id.as_str()), (2, "heater.example", "nbstat"));
    assert_eq!(others, &[("closed".to_owned(), 65_533)]);
    let states: Vec<_> =
        ports.iter().map(|port| (port.transport.as_str(), port.port, port.state.as_str())).collect();
    let expected =
        [("tcp", 443, "open"), ("tcp", 199, "open"), ("udp", 53, "closed"), ("udp", 161, "open|filtered")];
    assert_eq!(states, expected);
    let service = ports[0].service.as_ref().expect("a service");
    assert_eq!((service.tunnel.as_deref(), service.extra.as_deref()), (Some("ssl"), Some("a & b")));
    assert_eq!(
        (service.cpes.as_slice(), service.confidence),
        (&["cpe:/a:x:nginx:1.2".to_owned()][..], Some(10))
    );
    assert_eq!((ports[0].reason.as_str(), ports[0].reason_ttl), ("syn-ack", Some(64)));
    assert_eq!(
        ports[0].scripts[0].data,
        [Node::Table {
            key: Some("subject".into()),
            nodes: vec![
                Node::Value { key: Some("commonName".into()), value: "heater <1>".into() },
                Node::Table { key: None, nodes: vec![Node::Value { key: None, value: "deep".into() }] },
            ],
        }]
    );
    // What is merely not refused is not settled.
    assert_eq!(report.host.settled(), 65_536);
}

#[test]
fn a_scan_that_was_killed_is_a_part() {
    let cut = &REPORT[..REPORT.find("<port protocol=\"udp\"").expect("a place") + 9];
    let report = host(cut);
    assert!(!report.complete());
    assert!(report.scan.broken_off.is_some());
    assert_eq!(report.host.ports.len(), 2);
    // The whole file, and the scan says that it failed.
    let failed = host(&REPORT.replace("exit=\"success\"", "exit=\"error\""));
    assert!(!failed.complete() && failed.scan.broken_off.is_none());
    let without = host(&REPORT.replace(" exit=\"success\"", ""));
    assert!(!without.complete());
    assert!(!host(&REPORT.replace("state=\"up\"", "state=\"down\"")).complete());
}

#[test]
fn another_host_and_another_document_are_none() {
    let report = read(REPORT.as_bytes()).expect("a report");
    assert_eq!(report.of([192, 0, 2, 12].into()), None);
    let other = read(b"<html><nmaprun/></html>");
    assert_eq!(other, Err(NotAReport::OtherDocument("html".into())));
    assert!(matches!(read(b""), Err(NotAReport::NotXml(_))));
    assert!(matches!(read(b"no report"), Err(NotAReport::NotXml(_))));
    assert_eq!(read(b"\xff\xfe<nmaprun/>"), Err(NotAReport::NotText));
    assert_eq!(read(&vec![b' '; BYTES_AT_MOST + 1]), Err(NotAReport::TooLarge));
}

#[test]
fn entities_are_neither_declared_nor_expanded() {
    let bomb =
        REPORT.replace("<!DOCTYPE nmaprun>", "<!DOCTYPE nmaprun [<!ENTITY a \"b\"><!ENTITY b \"&a;&a;\">]>");
    assert!(matches!(read(bomb.as_bytes()), Err(NotAReport::NotXml(_))));
    let outside = REPORT.replace("heater &lt;1&gt;", "&outside;heater");
    let data = host(&outside).host.ports[0].scripts[0].data.clone();
    assert!(format!("{data:?}").contains("\"heater\""), "{data:?}");
}

#[test]
fn depth_length_and_letters_are_bounded() {
    let deep = format!("<nmaprun><host>{}", "<table>".repeat(100_000));
    let report = read(deep.as_bytes()).expect("what was read until then");
    assert!(report.scan.broken_off.is_some_and(|why| why.contains("deeper")));
    let hostile = REPORT.replace("product=\"nginx\"", "product=\"&#x1b;[2J\u{202e}x\"");
    let service = host(&hostile).host.ports[0].service.clone().expect("a service");
    assert_eq!(service.product.as_deref(), Some(".[2J.x"));
    let many = format!("<nmaprun {}/>", (0..50_000).map(|n| format!("a{n}=\"x\" ")).collect::<String>());
    assert!(read(many.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn arbitrary_documents_never_stop_the_reader(text in "[<>/a-zA-Z:&; \"=!\\[\\]#x0-9-]{0,200}", at in 0..REPORT.len()) {
        let _ = read(text.as_bytes());
        let mut torn = REPORT.to_owned();
        torn.insert_str(at, &text);
        let _ = read(torn.as_bytes());
    }
}
