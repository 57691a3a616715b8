//! From observations to what a draft is made of: a pure function.

use ixit::companion::{LoginKind, Transport};
use ixit::draft::{Found, FoundDisclosure, FoundIdentity, FoundLogin, FoundService, FoundTls};
use probes::probe::device_identity::DeviceIdentity;
use probes::probe::discovery::{DiscoveredService, Discovery};
use probes::probe::identify::{Disclosure, LoginOffer, ServiceIdentity};
use probes::probe::tcp_sweep::PortInventory;
use probes::probe::tls_server::TlsFacts;
use probes::probe::udp_services::{UdpInventory, UdpService, UdpState};
use probes::{Observation, Outcome};
use serde_json::Value;

use super::{DraftRequest, Look};

/// Applications that have a name of their own inside TLS.
const NAMED_INSIDE_TLS: &[&str] = &["http", "mqtt", "ftp", "rtsp", "smtp", "pop3", "imap"];
const UNKNOWN: &str = "unknown";
/// Protocols of announcements: name in a discovery, application and UDP port, how its disclosures begin.
const ANNOUNCING: &[(&str, &str, u16, &[&str])] = &[
    ("dns-sd", "mdns", 5353, &["mDNS", "DNS"]),
    ("ssdp", "ssdp", 1900, &["SSDP", "UPnP"]),
    ("ws-discovery", "ws-discovery", 3702, &["WS-Discovery"]),
];

/// What the observations of a look come to.
pub(super) fn of(request: &DraftRequest, seen: &[Observation]) -> Look {
    let mut found = Found {
        address: request.address.to_string(),
        date: request.date.to_string(),
        services: tcp_services(seen),
        ..Found::default()
    };
    for inventory in results::<UdpInventory>(seen, "udp-services") {
        for service in inventory.services.iter().filter(|service| service.state == UdpState::Answered) {
            // One port may have been asked in several protocols.
            let there =
                |known: &&mut FoundService| known.transport == Transport::Udp && known.port == service.port;
            match found.services.iter_mut().find(there) {
                None => found.services.push(udp_service(service)),
                Some(known) => disclose(&mut known.disclosed, &service.disclosed),
            }
        }
        found.unknown.extend(silent(&inventory));
    }
    match results::<Discovery>(seen, "discovery").next() {
        Some(discovery) => announced(&discovery, &mut found),
        None if request.address.is_loopback() => {
            found.unknown.push(
                "What the device announces was not asked: nothing is announced at a loopback address"
                    .to_owned(),
            );
        }
        None => {}
    }
    found.services.sort_by_key(|service| (service.transport == Transport::Udp, service.port));
    identities(seen, &mut found);
    let told = |item: &str| {
        let all = found.services.iter().flat_map(|service| &service.disclosed);
        all.filter(|told| told.item == item).map(|told| told.value.clone()).next()
    };
    let (model, firmware) = (told("model"), told("firmware-version"));
    found.model = found.model.or(model);
    found.firmware = found.firmware.or(firmware);
    if !request.foreign.tcp.is_empty() || !request.foreign.udp.is_empty() {
        found.unknown.push(left_out(request));
    }
    if !request.ports.is_empty() {
        found.unknown.push(format!("Only {} TCP ports were asked", request.ports.len()));
    }
    for observation in seen {
        let Observation { probe, target, effort, trouble, .. } = observation;
        found.tried.push(format!("{probe} {target}: {}", effort.what));
        let troubles = effort.gaps.iter().chain(trouble.as_ref().filter(|_| effort.gaps.is_empty()));
        found.unknown.extend(troubles.map(|gap| format!("{probe} {target}: {gap}")));
    }
    let complete = seen.iter().all(|observation| observation.outcome == Outcome::Complete);
    Look { found, complete }
}

/// UDP ports at which the device says that something answers. Any protocol may be spoken there.
pub(super) fn announced_udp(discovered: &Observation) -> Vec<(u16, String)> {
    let services = discovered.read::<Discovery>().map(|discovery| discovery.services).unwrap_or_default();
    let ports =
        services.iter().filter(|service| service.kind.contains("._udp")).filter_map(|service| service.port);
    let mut ports: Vec<(u16, String)> = ports.map(|port| (port, "any".to_owned())).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// Some devices answer questions to everybody only: what announces is a service, though nothing answered a
/// question to the device alone.
fn announced(discovery: &Discovery, found: &mut Found) {
    for (protocol, application, port, places) in ANNOUNCING {
        let here: Vec<&DiscoveredService> =
            discovery.services.iter().filter(|service| service.protocol == *protocol).collect();
        if here.is_empty() {
            continue;
        }
        let there = |known: &FoundService| known.transport == Transport::Udp && known.port == *port;
        if !found.services.iter().any(there) {
            let kinds: Vec<&str> = here.iter().map(|service| service.kind.as_str()).collect();
            found.services.push(FoundService {
                transport: Transport::Udp,
                port: *port,
                application: Some((*application).to_owned()),
                seen: format!("{application}, by multicast only, announces {}", kinds.join(", ")),
                tls: None,
                logins: Vec::new(),
                disclosed: Vec::new(),
            });
        }
        let told = discovery
            .disclosed
            .iter()
            .filter(|told| places.iter().any(|place| told.place.starts_with(place)));
        let told: Vec<Disclosure> = told.cloned().collect();
        if let Some(service) = found.services.iter_mut().find(|known| there(known)) {
            disclose(&mut service.disclosed, &told);
        }
    }
    let answers = |port: u16| {
        found.services.iter().any(|known| known.transport == Transport::Udp && known.port == port)
    };
    let silent = discovery.services.iter().filter(|service| service.kind.contains("._udp"));
    let silent: Vec<String> = silent
        .filter(|service| service.port.is_some_and(|port| !answers(port)))
        .map(|service| {
            format!("announced, and gave no answer: {} at udp/{}", service.kind, service.port.unwrap_or(0))
        })
        .collect();
    found.unknown.extend(silent);
}

fn results<T: serde::de::DeserializeOwned>(seen: &[Observation], probe: &str) -> impl Iterator<Item = T> {
    seen.iter().filter(move |observation| observation.probe == probe).filter_map(Observation::read)
}

fn tcp_services(seen: &[Observation]) -> Vec<FoundService> {
    let open = results::<PortInventory>(seen, "tcp-sweep").flat_map(|inventory| inventory.open);
    open.map(|port| {
        let identity = results::<ServiceIdentity>(seen, "identify").find(|identity| identity.port == port);
        let tls = results::<TlsFacts>(seen, "tls-server").find(|facts| facts.port == port);
        tcp_service(port, identity, tls)
    })
    .collect()
}

fn tcp_service(port: u16, identity: Option<ServiceIdentity>, tls: Option<TlsFacts>) -> FoundService {
    let Some(identity) = identity else {
        return FoundService {
            transport: Transport::Tcp,
            port,
            application: None,
            seen: "open, and not identified".to_owned(),
            tls: None,
            logins: Vec::new(),
            disclosed: Vec::new(),
        };
    };
    let inside = if identity.tls { " inside TLS" } else { "" };
    let banner = identity.banner.iter().filter(|banner| !banner.is_empty());
    let banner: String = banner.map(|banner| format!(", banner {banner:?}")).collect();
    let mut seen = format!("{}{inside}{banner}", identity.application);
    let (open, asking): (Vec<&LoginOffer>, Vec<&LoginOffer>) =
        identity.logins.iter().partition(|offer| asks_for_nothing(offer));
    for offer in open {
        seen = format!("no login is asked for ({}: {}); {seen}", offer.kind, offer.seen);
    }
    let mut disclosed = Vec::new();
    disclose(&mut disclosed, &identity.disclosed);
    FoundService {
        transport: Transport::Tcp,
        port,
        application: application(&identity.application, identity.tls),
        seen,
        tls: identity.tls.then(|| tls.map(offered).unwrap_or_default()),
        logins: asking.into_iter().map(login).collect(),
        disclosed,
    }
}

fn application(name: &str, tls: bool) -> Option<String> {
    match (name, tls) {
        (UNKNOWN, _) => None,
        (name, true) if NAMED_INSIDE_TLS.contains(&name) => Some(format!("{name}s")),
        (name, _) => Some(name.to_owned()),
    }
}

fn offered(facts: TlsFacts) -> FoundTls {
    let mut tls = FoundTls::default();
    for version in facts.ssl.into_iter().chain(facts.versions).filter(|version| version.offered == Some(true))
    {
        tls.versions.push(version.version);
        for suite in version.suites {
            if !tls.suites.contains(&suite) {
                tls.suites.push(suite);
            }
        }
    }
    let key = |kind: &str, bits: Option<u32>| match bits {
        Some(bits) => format!("{kind}-{bits}"),
        None => kind.to_owned(),
    };
    tls.certificate_key = facts.chain.first().map(|leaf| key(&leaf.key_type, leaf.key_bits));
    tls
}

/// A way in without any authentication is none of the mechanisms of the device.
fn asks_for_nothing(offer: &LoginOffer) -> bool {
    offer.certain && !offer.password && offer.kind != "http-bearer"
}

fn login(offer: &LoginOffer) -> FoundLogin {
    let (name, kind) = match offer.kind.as_str() {
        "html-form" => ("form", None),
        "http-basic" => ("basic", Some(LoginKind::Basic)),
        "http-digest" => ("digest", Some(LoginKind::Digest)),
        "http-bearer" => ("bearer", None),
        "telnet-login" => ("telnet", Some(LoginKind::Telnet)),
        "ssh" if offer.certain => ("ssh", Some(LoginKind::Ssh)),
        "ftp" => ("ftp", Some(LoginKind::Ftp)),
        "mqtt" => ("mqtt", Some(LoginKind::Mqtt)),
        "rtsp-basic" | "rtsp-digest" => ("rtsp", Some(LoginKind::Rtsp)),
        other => (other, None),
    };
    // What is seen of a web login begins with its path. The target of a form is not known.
    let path = offer.seen.split_once(": ").map(|(path, _)| path).filter(|path| path.starts_with('/'));
    let login = match (kind, path) {
        (Some(kind @ (LoginKind::Basic | LoginKind::Digest)), Some(path)) => Some((kind, path.to_owned())),
        (Some(LoginKind::Basic | LoginKind::Digest) | None, _) => None,
        (Some(kind), _) => Some((kind, String::new())),
    };
    let factor = match (offer.kind.as_str(), offer.certain && offer.password) {
        ("http-bearer", _) => Some("token".to_owned()),
        (_, true) => Some("password".to_owned()),
        (_, false) => None,
    };
    FoundLogin { name: name.to_owned(), seen: offer.seen.clone(), factor, login }
}

fn udp_service(service: &UdpService) -> FoundService {
    let mut disclosed = Vec::new();
    disclose(&mut disclosed, &service.disclosed);
    let announced = match service.announced.as_slice() {
        [] => String::new(),
        names => format!(", announces {}", names.join(", ")),
    };
    FoundService {
        transport: Transport::Udp,
        port: service.port,
        application: application(&service.service, false),
        seen: format!("{}{announced}", service.service),
        tls: None,
        logins: Vec::new(),
        disclosed,
    }
}

fn disclose(list: &mut Vec<FoundDisclosure>, told: &[Disclosure]) {
    for Disclosure { item, value, place } in told {
        let told = FoundDisclosure { item: item.clone(), value: value.clone(), place: place.clone() };
        if !list.contains(&told) {
            list.push(told);
        }
    }
}

/// Silence says nothing: the services stand in one line, because a packet filter makes all of them silent.
fn silent(inventory: &UdpInventory) -> Option<String> {
    let silent = inventory.services.iter().filter(|service| service.state == UdpState::Silent);
    let names: Vec<String> =
        silent.map(|service| format!("udp/{} ({})", service.port, service.service)).collect();
    (!names.is_empty()).then(|| {
        format!("{} gave no answer and may be open all the same: {}", counted(names.len()), names.join(", "))
    })
}

fn counted(services: usize) -> String {
    if services == 1 { "1 UDP service".to_owned() } else { format!("{services} UDP services") }
}

/// What the device tells of itself where it was asked who it is is told to everybody.
fn identities(seen: &[Observation], found: &mut Found) {
    for observation in seen.iter().filter(|observation| observation.probe == "device-identity") {
        let Some(identity) = observation.read::<DeviceIdentity>() else { continue };
        let parameter = |name: &str| observation.params.get(name);
        let port = parameter("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let (Some(port), Some(path)) = (port, parameter("path").and_then(Value::as_str)) else { continue };
        let tls = parameter("tls") == Some(&Value::Bool(true));
        let told = [
            ("model", &identity.model),
            ("serial", &identity.serial),
            ("firmware-version", &identity.firmware),
        ];
        let here = |service: &&mut FoundService| service.transport == Transport::Tcp && service.port == port;
        if let Some(service) = found.services.iter_mut().find(here) {
            let told = told.iter().filter_map(|(item, value)| {
                let (item, value) = ((*item).to_owned(), value.as_ref()?.clone());
                Some(Disclosure { item, value, place: format!("GET {path}") })
            });
            disclose(&mut service.disclosed, &told.collect::<Vec<_>>());
        }
        found.model = found.model.take().or(identity.model);
        found.firmware = found.firmware.take().or(identity.firmware);
        found.identity.get_or_insert_with(|| FoundIdentity {
            application: if tls { "https" } else { "http" }.to_owned(),
            port,
            path: path.to_owned(),
        });
    }
}

/// Ports of the tester's own host are not asked: what they would answer is not the device's.
fn left_out(request: &DraftRequest) -> String {
    let tcp = request.foreign.tcp.iter().map(|port| format!("tcp/{port}"));
    let udp = request.foreign.udp.iter().map(|port| format!("udp/{port}"));
    let ports: Vec<String> = tcp.chain(udp).collect();
    format!("Not asked, because this computer itself answers there: {}", ports.join(", "))
}

#[cfg(test)]
mod tests {
    use probes::Effort;
    use serde_json::json;

    use super::*;

    fn seen(probe: &str, params: Value, data: Value) -> Observation {
        serde_json::from_value(json!({
            "format": "hantei.observation/1", "probe": probe, "version": 1, "target": probe, "params": params,
            "context": { "sample": "", "component": "", "firmware": null, "state": "", "at": "", "equipment": [] },
            "outcome": "complete", "effort": Effort { what: "asked".into(), ..Effort::default() }, "data": data,
        }))
        .expect("an observation")
    }

    fn request() -> DraftRequest {
        DraftRequest {
            address: [192, 0, 2, 9].into(),
            source: None,
            ports: Vec::new(),
            udp: Vec::new(),
            foreign: crate::bench::Foreign::default(),
            limits: ixit::bench::Limits::default(),
            date: jiff::civil::date(2026, 1, 31),
        }
    }

    fn sweep(open: &[u16]) -> Observation {
        let canary = json!({ "port": 80, "checks": 1, "failures": 0 });
        let data = json!({ "address": "192.0.2.9", "open": open, "closed": 9, "unanswered": [], "asked": 10,
            "foreign": [], "canary": canary, "repeated": 0 });
        seen("tcp-sweep", json!({}), data)
    }

    fn identify(port: u16, application: &str, tls: bool, logins: Value) -> Observation {
        let data = json!({ "port": port, "application": application, "tls": tls, "banner": null,
            "logins": logins, "paths": [], "disclosed": [{ "item": "model", "value": "WH", "place": "title" }] });
        seen("identify", json!({ "port": port }), data)
    }

    #[test]
    fn services_are_named_as_endpoints_are() {
        let found = of(
            &request(),
            &[
                sweep(&[80, 443, 4711, 9]),
                identify(80, "http", false, json!([])),
                identify(443, "http", true, json!([])),
                identify(4711, "unknown", true, json!([])),
            ],
        )
        .found;
        let names: Vec<_> = found
            .services
            .iter()
            .map(|service| (service.port, service.application.as_deref(), service.tls.is_some()))
            .collect();
        let expected =
            [(9, None, false), (80, Some("http"), false), (443, Some("https"), true), (4711, None, true)];
        assert_eq!(names, expected);
        assert_eq!(found.model.as_deref(), Some("WH"));
    }

    #[test]
    fn a_way_in_without_a_login_is_no_mechanism_and_is_said_to_be_open() {
        let offers = json!([
            { "kind": "telnet-shell", "password": false, "certain": true, "seen": "prompt: #" },
            { "kind": "http-bearer", "password": false, "certain": true, "seen": "/api: WWW-Authenticate: Bearer" },
            { "kind": "http-basic", "password": true, "certain": true, "seen": "/admin: WWW-Authenticate: Basic" },
            { "kind": "ssh", "password": true, "certain": false, "seen": "SSH-2.0-x" },
        ]);
        let found = of(&request(), &[sweep(&[23]), identify(23, "telnet", false, offers)]).found;
        let service = &found.services[0];
        assert!(service.seen.starts_with("no login is asked for (telnet-shell"), "{}", service.seen);
        let logins: Vec<_> = service
            .logins
            .iter()
            .map(|login| (login.name.as_str(), login.factor.as_deref(), login.login.clone()))
            .collect();
        assert_eq!(
            logins,
            [
                ("bearer", Some("token"), None),
                ("basic", Some("password"), Some((LoginKind::Basic, "/admin".to_owned()))),
                ("ssh", None, None),
            ]
        );
    }

    #[test]
    fn silence_is_no_service_and_no_absence() {
        let service = |port: u16, service: &str, state: &str| json!({ "port": port, "service": service, "state": state, "sent": 2, "disclosed": [], "announced": [] });
        let services = json!([
            service(53, "dns", "silent"),
            service(123, "ntp", "refused"),
            service(5353, "mdns", "answered"),
            service(9000, "unknown", "answered"),
        ]);
        let data = json!({ "address": "192.0.2.9", "services": services, "foreign": [] });
        let found = of(&request(), &[seen("udp-services", json!({}), data)]).found;
        let items: Vec<_> =
            found.services.iter().map(|service| (service.item(), service.application.as_deref())).collect();
        assert_eq!(items, [("udp/5353".to_owned(), Some("mdns")), ("udp/9000".to_owned(), None)]);
        assert_eq!(
            found.unknown,
            ["1 UDP service gave no answer and may be open all the same: udp/53 (dns)"]
        );
    }

    #[test]
    fn what_the_device_tells_when_asked_who_it_is_is_disclosed() {
        let told = json!({ "model": "WH-100", "serial": "S-1", "firmware": "2.0" });
        let params = json!({ "port": 443, "tls": true, "path": "/identity" });
        let found = of(
            &request(),
            &[sweep(&[443]), identify(443, "http", true, json!([])), seen("device-identity", params, told)],
        )
        .found;
        assert_eq!((found.model.as_deref(), found.firmware.as_deref()), (Some("WH-100"), Some("2.0")));
        assert_eq!(found.identity.map(|identity| identity.path).as_deref(), Some("/identity"));
        let items: Vec<&str> = found.services[0].disclosed.iter().map(|told| told.item.as_str()).collect();
        assert_eq!(items, ["model", "model", "serial", "firmware-version"]);
    }

    #[test]
    fn what_announces_itself_is_a_service_and_what_it_announces_is_asked() {
        let service = |protocol: &str, kind: &str, port: u16| json!({ "protocol": protocol, "name": "x", "kind": kind, "port": port });
        let data = json!({
            "services": [service("dns-sd", "_matter._udp.local", 5540), service("dns-sd", "_http._tcp.local", 80)],
            "disclosed": [{ "item": "host-name", "value": "heater", "place": "mDNS SRV target" },
                { "item": "model", "value": "WH", "place": "UPnP modelName" }],
            "others_heard": 3,
        });
        let discovered = seen("discovery", json!({}), data);
        assert_eq!(announced_udp(&discovered), [(5540, "any".to_owned())]);
        let found = of(&request(), &[sweep(&[]), discovered]).found;
        let items: Vec<_> =
            found.services.iter().map(|service| (service.item(), service.application.as_deref())).collect();
        assert_eq!(items, [("udp/5353".to_owned(), Some("mdns"))]);
        assert_eq!(found.services[0].disclosed.len(), 1, "the description is of another protocol");
        assert_eq!(found.unknown, ["announced, and gave no answer: _matter._udp.local at udp/5540"]);
    }

    #[test]
    fn what_was_left_out_is_said() {
        let narrow = DraftRequest {
            ports: vec![80, 81],
            foreign: crate::bench::Foreign { tcp: vec![22], udp: vec![123] },
            ..request()
        };
        let mut sweep = sweep(&[80]);
        sweep.outcome = Outcome::Partial;
        sweep.effort.gaps = vec!["1 ports without a clear answer".into()];
        let look = of(&narrow, &[sweep]);
        assert!(!look.complete);
        assert_eq!(
            look.found.unknown,
            [
                "Not asked, because this computer itself answers there: tcp/22, udp/123",
                "Only 2 TCP ports were asked",
                "tcp-sweep tcp-sweep: 1 ports without a clear answer",
            ]
        );
    }
}
