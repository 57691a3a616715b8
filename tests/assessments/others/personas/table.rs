//! The table: persona × unit → verdict and code.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

use super::device::{Place, text_of};
use super::servers::{self, Servers};
use super::ssl3;
use crate::bench::evidence::observation;
use crate::bench::kernel_setting;

/// A persona with what has to come of it.
pub(crate) struct Persona {
    pub(crate) name: &'static str,
    /// Programs beside `ip`.
    pub(crate) programs: &'static [&'static str],
    /// Brings it up.
    pub(crate) up: fn(&mut Place, &mut Servers),
    /// Rows that it declares beside its page.
    pub(crate) rows: &'static str,
    /// Limits and what else the bench file says.
    pub(crate) bench: &'static str,
    /// Units that are decided.
    pub(crate) units: &'static [&'static str],
    /// What is decided of them, all of it.
    pub(crate) expected: &'static [Expected],
    /// What else has to hold of the run folder.
    pub(crate) also: fn(&Path),
}

/// One line of the table.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) unit: &'static str,
    item: &'static str,
    verdict: &'static str,
    code: &'static str,
}

impl Expected {
    /// As results are written for the comparison.
    pub(crate) fn line(&self) -> String {
        format!("{} {} {} {}", self.unit, self.item, self.verdict, self.code)
    }
}

const fn row(unit: &'static str, item: &'static str, verdict: &'static str, code: &'static str) -> Expected {
    Expected { unit, item, verdict, code }
}

const INVENTORY: &[&str] = &["5.1-1-2:a", "5.1-5-2:a", "5.5-5-2:b", "5.6-1-2:b"];
const TLS: &[&str] = &["5.5-1-2:a", "5.5-5-2:b", "5.6-1-2:b"];
const FAST: &str = "[limits]\nparallel = 256\ntimeout_ms = 400\n";
const HIDDEN: u16 = 51_234;

/// A packet filter that bans for two minutes whoever sends more than 100 SYN a second.
pub(crate) static BAN: Persona = Persona {
    name: "ban above 100 SYN/s",
    programs: &["nft"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, HIDDEN, |stream| servers::telnet_console(stream, "PX-1 service\r\n"));
        for rule in [
            "add table inet guard",
            "add set inet guard banned { type ipv4_addr; flags dynamic, timeout; timeout 120s; }",
            "add chain inet guard in { type filter hook input priority 0; }",
            "add rule inet guard in ip saddr @banned drop",
            "add rule inet guard in tcp flags & (syn | ack) == syn limit rate over 100/second burst 100 packets \
             add @banned { ip saddr } drop",
        ] {
            place.filter(rule);
        }
    },
    rows: "",
    // Every port below the guard's rate would take eleven minutes a state; the budget ends it before.
    bench: "[limits]\nparallel = 64\ntimeout_ms = 300\nrecovery_seconds = 150\nbudget_seconds = 200\n",
    // The other units have a row more for each UDP service that a banned tester cannot hear.
    units: &["5.1-1-2:a"],
    expected: &[row("5.1-1-2:a", "-", "INCONCLUSIVE", "observation-incomplete")],
    also: the_ban_is_seen,
};

/// A device that starts anew in the middle of the sweep and is away for 70 seconds.
pub(crate) static REBOOT: Persona = Persona {
    name: "reboot of 70 s",
    programs: &["nft"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, HIDDEN, |stream| servers::telnet_console(stream, "PX-1 service\r\n"));
        for rule in ["add table inet away", "add chain inet away in { type filter hook input priority 0; }"] {
            place.filter(rule);
        }
        let device = place.device.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(4));
            crate::bench::run_inside(&device, &["nft", "add rule inet away in drop"]);
            thread::sleep(Duration::from_secs(70));
            crate::bench::run_inside(&device, &["nft", "flush chain inet away in"]);
        });
    },
    rows: "",
    bench: "[limits]\nparallel = 128\ntimeout_ms = 300\nper_second = 5000\nrecovery_seconds = 120\n",
    units: INVENTORY,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.1-1-2:a", "tcp/51234", "FAIL", "undeclared-password-mechanism"),
        row("5.1-5-2:a", "tcp/51234", "FAIL", "undeclared-authentication-mechanism"),
        row("5.5-5-2:b", "tcp/51234", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "tcp/51234", "FAIL", "undeclared-interface-open"),
    ],
    also: |_| {},
};

/// Ports that a sweep names where all look alike, beside that of the page.
const LIKELY: [&str; 16] = [
    "tcp/21",
    "tcp/22",
    "tcp/23",
    "tcp/25",
    "tcp/53",
    "tcp/81",
    "tcp/443",
    "tcp/554",
    "tcp/1883",
    "tcp/5000",
    "tcp/8000",
    "tcp/8080",
    "tcp/8443",
    "tcp/8883",
    "tcp/8888",
    "tcp/49152",
];

/// What is behind a port that takes every connection, nobody can know: neither PASS nor FAIL.
const fn tarpit() -> [Expected; 5 + 3 * LIKELY.len()] {
    const NOBODY_KNOWS: [Expected; 3] = [
        row("5.1-5-2:a", "", "INCONCLUSIVE", "service-not-identified"),
        row("5.5-5-2:b", "", "INCONCLUSIVE", "all-ports-look-alike"),
        row("5.6-1-2:b", "", "INCONCLUSIVE", "all-ports-look-alike"),
    ];
    let mut rows = [row("", "-", "INCONCLUSIVE", "observation-incomplete"); 5 + 3 * LIKELY.len()];
    let mut n = 0;
    while n < rows.len() {
        if n < 4 {
            rows[n].unit = INVENTORY[n];
        } else if n == 4 {
            rows[n] = row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture");
        } else {
            rows[n] = NOBODY_KNOWS[n % 3];
            rows[n].item = LIKELY[(n - 5) / 3];
        }
        n += 1;
    }
    rows
}

/// Every port takes a connection and says nothing.
pub(crate) static TARPIT: Persona = Persona {
    name: "tarpit on every port",
    programs: &["nft"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, HIDDEN, |mut stream| {
            let _ = stream.read(&mut [0; 64]);
            thread::sleep(Duration::from_secs(2));
        });
        for rule in [
            "add table inet pit",
            "add chain inet pit in { type nat hook prerouting priority -100; }",
            "add rule inet pit in tcp dport != 80 redirect to :51234",
        ] {
            place.filter(rule);
        }
    },
    rows: "",
    // Each of the ports that are looked at would hold its caller for half a minute.
    bench: "[limits]\nparallel = 256\ntimeout_ms = 400\nbudget_seconds = 10\n",
    units: INVENTORY,
    expected: &tarpit(),
    also: |_| {},
};

/// A console and a file service where nobody looks for them.
pub(crate) static ODD_PORTS: Persona = Persona {
    name: "telnet and FTP on odd ports",
    programs: &[],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, 40_023, |stream| servers::telnet_console(stream, "\r\nPX-1 "));
        servers.tcp(&place.device, 40_021, servers::ftp);
    },
    rows: "",
    bench: FAST,
    units: INVENTORY,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.1-1-2:a", "tcp/40021", "FAIL", "undeclared-password-mechanism"),
        row("5.1-5-2:a", "tcp/40021", "FAIL", "undeclared-authentication-mechanism"),
        row("5.1-1-2:a", "tcp/40023", "FAIL", "undeclared-password-mechanism"),
        row("5.1-5-2:a", "tcp/40023", "FAIL", "undeclared-authentication-mechanism"),
        row("5.5-5-2:b", "tcp/40021", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "tcp/40021", "FAIL", "undeclared-interface-open"),
        row("5.5-5-2:b", "tcp/40023", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "tcp/40023", "FAIL", "undeclared-interface-open"),
    ],
    also: |_| {},
};

/// HTTP on 8080 and HTTPS on 8443, both declared.
pub(crate) static WEB_PORTS: Persona = Persona {
    name: "HTTP on 8080, HTTPS on 8443",
    programs: &["openssl"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.identity_page(&place.device, 8080);
        self_signed(place, "px.persona.example", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        s_server(place, 8443, &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]);
    },
    rows: include_str!("web_ports.toml"),
    bench: FAST,
    units: TLS,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.5-1-2:a", "ComMech-Page", "INCONCLUSIVE", "waits-for-assessor"),
        row("5.5-1-2:a", "ComMech-Alternate", "INCONCLUSIVE", "waits-for-assessor"),
        row("5.5-1-2:a", "ComMech-Tls", "PASS", "cryptography-as-declared"),
        row("5.5-5-2:b", "-", "PASS", "only-declared-mechanisms-found"),
        row("5.6-1-2:b", "-", "PASS", "only-declared-interfaces-open"),
    ],
    also: |_| {},
};

/// A TLS port that ends every connection after the ClientHello by a reset.
pub(crate) static TLS_RESET: Persona = Persona {
    name: "TLS server that resets",
    programs: &[],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, 443, |mut stream| {
            let _ = stream.read(&mut [0; 2048]);
            let _ = set_socket_linger(&stream, Some(Duration::ZERO));
        });
    },
    rows: include_str!("tls.toml"),
    bench: FAST,
    units: TLS,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.5-1-2:a", "ComMech-Page", "INCONCLUSIVE", "waits-for-assessor"),
        // Whether it speaks TLS at all, nobody can know.
        row("5.5-1-2:a", "ComMech-Tls", "INCONCLUSIVE", "observation-missing"),
        row("5.5-5-2:b", "-", "PASS", "only-declared-mechanisms-found"),
        row("5.6-1-2:b", "-", "PASS", "only-declared-interfaces-open"),
    ],
    also: |_| {},
};

/// TLS 1.0 to 1.2 with a certificate that was made for another host.
pub(crate) static OLD_TLS: Persona = Persona {
    name: "TLS 1.0 to 1.2, certificate of another host",
    programs: &["openssl"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        self_signed(place, "other.persona.example", &["rsa:2048"]);
        s_server(place, 443, &["-no_tls1_3", "-cipher", "ALL:@SECLEVEL=0"]);
    },
    rows: include_str!("tls.toml"),
    bench: FAST,
    units: TLS,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.5-1-2:a", "ComMech-Page", "INCONCLUSIVE", "waits-for-assessor"),
        row("5.5-1-2:a", "ComMech-Tls", "FAIL", "crypto-differs-from-declaration"),
        row("5.5-1-2:a", "ComMech-Tls", "FAIL", "broken-cryptography-offered"),
        row("5.5-1-2:a", "ComMech-Tls", "FAIL", "certificate-for-another-host"),
        row("5.5-5-2:b", "-", "PASS", "only-declared-mechanisms-found"),
        row("5.6-1-2:b", "-", "PASS", "only-declared-interfaces-open"),
    ],
    also: |_| {},
};

/// A sound server whose certificate comes from the maker's own authority.
pub(crate) static PRIVATE_CA: Persona = Persona {
    name: "P-256 server of a private authority that the bench trusts",
    programs: &["openssl"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        private_authority(place);
        s_server(place, 443, &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]);
    },
    rows: include_str!("tls.toml"),
    bench: "[limits]\nparallel = 256\ntimeout_ms = 400\n\n[tls]\ntrust = [\"authority.pem\"]\n",
    units: TLS,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.5-1-2:a", "ComMech-Page", "INCONCLUSIVE", "waits-for-assessor"),
        row("5.5-1-2:a", "ComMech-Tls", "PASS", "cryptography-as-declared"),
        row("5.5-5-2:b", "-", "PASS", "only-declared-mechanisms-found"),
        row("5.6-1-2:b", "-", "PASS", "only-declared-interfaces-open"),
    ],
    also: |_| {},
};

/// SSL 3.0 with RC4, and nothing else.
pub(crate) static SSL3: Persona = Persona {
    name: "SSL 3.0 with RC4 only",
    programs: &["openssl"],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        self_signed(place, "px.persona.example", &["rsa:1024"]);
        let (pem, der) = (text_of(&place.path("certificate.pem")), text_of(&place.path("certificate.der")));
        place.openssl(&["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
        let certificate = fs::read(der).expect("a certificate");
        servers.tcp(&place.device, 443, move |stream| ssl3::serve(stream, &certificate));
    },
    rows: include_str!("tls.toml"),
    bench: FAST,
    units: TLS,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.5-1-2:a", "ComMech-Page", "INCONCLUSIVE", "waits-for-assessor"),
        // SSL 3.0 is the difference; its suites and its short key are part of it.
        row("5.5-1-2:a", "ComMech-Tls", "FAIL", "crypto-differs-from-declaration"),
        row("5.5-5-2:b", "-", "PASS", "only-declared-mechanisms-found"),
        row("5.6-1-2:b", "-", "PASS", "only-declared-interfaces-open"),
    ],
    also: |_| {},
};

/// A banner that wants to colour the terminal, retitle it and run a script in a report.
pub(crate) static BANNER: Persona = Persona {
    name: "banner of terminal escapes and HTML",
    programs: &[],
    up: |place, servers| {
        servers.identity_page(&place.device, 80);
        servers.tcp(&place.device, 4_000, |mut stream| {
            let _ = stream.write_all(
                b"\x1b]0;owned\x07\x1b[2J\x1b[31mPX-1<script>alert(1)</script><img src=x onerror=alert(2)>\r\n",
            );
            let _ = stream.read(&mut [0; 64]);
        });
    },
    rows: "",
    bench: FAST,
    units: INVENTORY,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        // It may ask for a password in a protocol that nobody knows.
        row("5.1-1-2:a", "tcp/4000", "INCONCLUSIVE", "service-not-identified"),
        row("5.1-5-2:a", "tcp/4000", "INCONCLUSIVE", "service-not-identified"),
        row("5.5-5-2:b", "tcp/4000", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "tcp/4000", "FAIL", "undeclared-interface-open"),
    ],
    also: nothing_active,
};

/// SNMP, CoAP and TFTP that answer only what is well-formed in their protocol.
pub(crate) static UDP: Persona = Persona {
    name: "UDP services that want well-formed requests",
    programs: &[],
    up: |place, servers| {
        // As most devices do: a closed port is told of once a second.
        kernel_setting(&place.device, "/proc/sys/net/ipv4/icmp_ratelimit", "1000");
        servers.identity_page(&place.device, 80);
        servers.udp(&place.device, 5683, coap_answer);
        servers.udp(&place.device, 69, tftp_answer);
        servers.udp(&place.device, 1900, ssdp_answer);
    },
    rows: "",
    bench: FAST,
    units: INVENTORY,
    expected: &[
        row("5.5-5-2:b", "traffic", "INCONCLUSIVE", "no-capture"),
        row("5.1-1-2:a", "-", "PASS", "every-password-mechanism-declared"),
        row("5.1-5-2:a", "-", "PASS", "every-authentication-declared"),
        row("5.5-5-2:b", "udp/69", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "udp/69", "FAIL", "undeclared-interface-open"),
        row("5.5-5-2:b", "udp/1900", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "udp/1900", "FAIL", "undeclared-interface-open"),
        row("5.5-5-2:b", "udp/5683", "FAIL", "undeclared-communication-mechanism"),
        row("5.6-1-2:b", "udp/5683", "FAIL", "undeclared-interface-open"),
    ],
    also: |_| {},
};

fn self_signed(place: &Place, name: &str, key: &[&str]) {
    let (key_file, certificate) = (text_of(&place.path("key.pem")), text_of(&place.path("certificate.pem")));
    let (subject, names) = (format!("/CN={name}"), format!("subjectAltName=DNS:{name}"));
    let start = ["req", "-x509", "-nodes", "-days", "400", "-newkey"];
    let end = ["-subj", &subject, "-addext", &names, "-keyout", &key_file, "-out", &certificate];
    place.openssl(&[&start[..], key, &end].concat());
}

fn private_authority(place: &Place) {
    let path = |name: &str| text_of(&place.path(name));
    let (ca_key, ca, key, request, certificate) = (
        path("ca.key"),
        path("authority.pem"),
        path("key.pem"),
        path("request.pem"),
        path("certificate.pem"),
    );
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority =
        ["-x509", "-days", "800", "-subj", "/CN=Persona Works Root", "-keyout", &ca_key, "-out", &ca];
    place.openssl(&[&["req"][..], &curve, &authority].concat());
    let server = [
        "-subj",
        "/CN=px.persona.example",
        "-addext",
        "subjectAltName=DNS:px.persona.example",
        "-keyout",
        &key,
        "-out",
        &request,
    ];
    place.openssl(&[&["req"][..], &curve, &server].concat());
    place.openssl(&[
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        &ca,
        "-CAkey",
        &ca_key,
        "-days",
        "400",
        "-copy_extensions",
        "copy",
        "-out",
        &certificate,
    ]);
}

/// `openssl s_server` with a page, in the namespace of the device.
fn s_server(place: &mut Place, port: u16, options: &[&str]) {
    let path = |name: &str| text_of(&place.path(name));
    let (key, certificate, log) = (path("key.pem"), path("certificate.pem"), place.path("s_server.log"));
    let at = port.to_string();
    let start =
        ["openssl", "s_server", "-quiet", "-www", "-accept", &at, "-key", &key, "-cert", &certificate];
    let (device, tester) = (place.device.clone(), place.tester.clone());
    place.bench.start(&device, &[&start[..], options].concat(), &log);
    let to = format!("{}:{port}", super::device::ADDRESS).parse().expect("an address");
    place.bench.wait_for(&tester, to);
}

/// Answers a CoAP request of version 1 that asks for the list of resources.
fn coap_answer(request: &[u8]) -> Option<Vec<u8>> {
    let [head, code, first, second, ..] = *request else { return None };
    let token = request.get(4..4 + usize::from(head & 0x0f))?;
    let asks = request.windows(4).any(|four| four == b"core");
    if head >> 6 != 1 || code != 1 || !asks {
        return None;
    }
    let mut answer = vec![0x60 | (head & 0x0f), 0x45, first, second];
    answer.extend(token);
    answer.extend(b"\xc1\x28\xff</temp>;rt=\"t\"");
    Some(answer)
}

/// Answers a read request of TFTP with "file not found".
fn tftp_answer(request: &[u8]) -> Option<Vec<u8>> {
    let asks = request.starts_with(&[0, 1])
        && request.ends_with(&[0])
        && request.iter().filter(|b| **b == 0).count() >= 3;
    asks.then(|| b"\x00\x05\x00\x01File not found\x00".to_vec())
}

/// Answers a search of SSDP that has every header that a search needs.
fn ssdp_answer(request: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(request).ok()?;
    let upper = text.to_ascii_uppercase();
    let complete =
        ["HOST:", "MAN: \"SSDP:DISCOVER\"", "MX:", "ST:"].iter().all(|header| upper.contains(header));
    (text.starts_with("M-SEARCH * HTTP/1.1\r\n") && text.ends_with("\r\n\r\n") && complete).then(|| {
        b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nSERVER: Linux UPnP/1.0 PX/1.0\r\n\
          ST: upnp:rootdevice\r\nUSN: uuid:00000000-0000-0000-0000-000000000001::upnp:rootdevice\r\n\r\n"
            .to_vec()
    })
}

/// The sweep tells that the device went away, and what it left open; nothing is taken for closed.
fn the_ban_is_seen(run: &Path) {
    let sweep = observation(run, "tcp-sweep", "initialized", None);
    assert_eq!(sweep["outcome"], "partial", "{sweep}");
    assert!(sweep["data"]["canary"]["failures"].as_u64() > Some(0), "{sweep}");
    assert!(sweep["effort"]["gaps"].as_array().is_some_and(|gaps| !gaps.is_empty()), "{sweep}");
    assert!(sweep["data"]["unanswered"].as_array().is_some_and(|left| !left.is_empty()), "{sweep}");
}

/// Neither the record nor the report hands on what a terminal or a browser would act on.
fn nothing_active(run: &Path) {
    let html = fs::read_to_string(run.join("reports/report.en.html")).unwrap_or_default();
    assert!(
        !html.contains("<script>alert") && !html.contains("<img src=x"),
        "the report carries markup of the device"
    );
    for file in ["assessment.json", "journal.jsonl"] {
        let bytes = fs::read(run.join(file)).expect("it is written");
        assert!(!bytes.contains(&0x1b), "{file} carries a terminal escape");
    }
}
