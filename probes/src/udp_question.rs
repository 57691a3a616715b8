//! Questions to UDP services in their own protocols, and what their answers tell.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::net::UdpSocket;

use crate::dialer::{DialError, Dialer};
use crate::dialogue::escaped;
use crate::disclosed::{item_of_key, printable, tell};
use crate::dns_message::{
    self, CHAOS, Data, INTERNET, Message, NAME_SERVER, Name, PTR, SRV, TXT, UNICAST_ANSWER,
};
use crate::probe::identify::Disclosure;
use crate::probe::udp_services::UdpState;
use crate::{coap_message, http_answer, snmp_message};

/// The services that can be asked, at their usual ports.
pub(crate) const KNOWN: [(u16, &str); 6] =
    [(53, "dns"), (123, "ntp"), (161, "snmp"), (1900, "ssdp"), (5353, "mdns"), (5683, "coap")];

/// Questions before silence is believed.
const TRIES: usize = 3;
/// Wait for a reply to one question.
const WAIT: Duration = Duration::from_millis(700);
/// Wait for further replies after the first, where more than one device part may answer.
const GATHER: Duration = Duration::from_millis(250);
/// Most datagrams taken for one question.
const DATAGRAMS_AT_MOST: usize = 64;
/// Longest time for following up what mDNS announces.
const FOLLOWED_FOR: Duration = Duration::from_secs(15);
/// Most announced services followed up.
const FOLLOWED_AT_MOST: usize = 32;

/// What came of asking one service.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) state: UdpState,
    pub(crate) sent: u32,
    /// Replies that were not of the protocol.
    pub(crate) strange: u32,
    pub(crate) disclosed: Vec<Disclosure>,
    pub(crate) announced: BTreeSet<String>,
    pub(crate) transcript: String,
}

/// Asks one of the [`KNOWN`] services.
pub(crate) async fn ask(dialer: &Dialer, to: SocketAddr, service: &str) -> Result<Asked, DialError> {
    let mut line = Line {
        socket: dialer.udp(to).await?,
        asked: Asked {
            state: UdpState::Silent,
            sent: 0,
            strange: 0,
            disclosed: Vec::new(),
            announced: BTreeSet::new(),
            transcript: String::new(),
        },
    };
    match service {
        "dns" => dns(&mut line).await?,
        "ntp" => ntp(&mut line).await?,
        "snmp" => snmp(&mut line).await?,
        "ssdp" => ssdp(&mut line, to).await?,
        "mdns" => mdns(&mut line).await?,
        "coap" => coap(&mut line).await?,
        _ => {}
    }
    Ok(line.asked)
}

/// A number that a device cannot guess and that differs between questions.
fn nonce() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mixed = (now.as_nanos() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 33) as u32
}

/// A socket to one service, and what was heard.
struct Line {
    socket: UdpSocket,
    asked: Asked,
}

impl Line {
    /// Sends the questions in turn until a reply is understood, then gathers for a while.
    async fn exchange<T>(
        &mut self,
        questions: &[Vec<u8>],
        gather: Duration,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, DialError> {
        let mut understood = Vec::new();
        for question in questions.iter().cycle().take(TRIES) {
            self.note("sent", question);
            self.asked.sent += 1;
            if let Err(error) = self.socket.send(question).await {
                self.refused_or(error)?;
                return Ok(understood);
            }
            let mut until = Instant::now() + WAIT;
            let mut buffer = vec![0; 9216];
            for _ in 0..DATAGRAMS_AT_MOST {
                let receiving = self.socket.recv(&mut buffer);
                match tokio::time::timeout_at(until.into(), receiving).await {
                    Err(_) => break,
                    Ok(Err(error)) => {
                        self.refused_or(error)?;
                        return Ok(understood);
                    }
                    Ok(Ok(count)) => {
                        self.note("received", &buffer[..count]);
                        match read(&buffer[..count]) {
                            None => self.asked.strange += 1,
                            Some(reply) => {
                                if understood.is_empty() {
                                    until = Instant::now() + gather;
                                }
                                understood.push(reply);
                                self.asked.state = UdpState::Answered;
                                if gather.is_zero() {
                                    break;
                                }
                            }
                        }
                    }
                }
            }
            if !understood.is_empty() {
                break;
            }
        }
        Ok(understood)
    }

    /// The host saying that the port is closed is a result; anything else is the tester's trouble.
    fn refused_or(&mut self, error: io::Error) -> Result<(), DialError> {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                self.asked.transcript.push_str("port unreachable\n");
                if self.asked.state == UdpState::Silent {
                    self.asked.state = UdpState::Refused;
                }
                Ok(())
            }
            io::ErrorKind::HostUnreachable => Ok(()),
            _ => Err(DialError::Tester(error)),
        }
    }

    fn note(&mut self, direction: &str, bytes: &[u8]) {
        if self.asked.transcript.len() < 64 * 1024 {
            let _ = writeln!(
                self.asked.transcript,
                "{direction} {} bytes: {}",
                bytes.len(),
                escaped(&bytes[..bytes.len().min(1500)])
            );
        }
    }

    fn tell(&mut self, item: &str, value: &[u8], place: &str) {
        tell(&mut self.asked.disclosed, item, value, place);
    }

    fn announce(&mut self, what: String) {
        if !what.is_empty() && self.asked.announced.len() < 256 {
            self.asked.announced.insert(what);
        }
    }
}

async fn dns(line: &mut Line) -> Result<(), DialError> {
    let id = nonce() as u16;
    let version = dns_message::question(id, &Name::of("version.bind"), TXT, CHAOS);
    let root = dns_message::question(id, &Name::default(), NAME_SERVER, INTERNET);
    let replies = line
        .exchange(&[version, root], Duration::ZERO, |bytes| {
            // A refusal may leave the question out; an answer to another question is none.
            let ours = |(_, kind): &(Name, u16)| *kind == TXT || *kind == NAME_SERVER;
            dns_message::parse(bytes)
                .filter(|message| message.is_answer && message.id == id && message.questions.iter().all(ours))
        })
        .await?;
    for record in replies.iter().flat_map(|message| &message.records) {
        if let Data::Text(strings) = &record.data {
            line.tell("server-software", &strings.concat(), "DNS version.bind");
        }
    }
    Ok(())
}

async fn ntp(line: &mut Line) -> Result<(), DialError> {
    let mut question = vec![0; 48];
    question[0] = 0x23;
    question[40..44].copy_from_slice(&nonce().to_be_bytes());
    question[44..48].copy_from_slice(&nonce().to_be_bytes());
    let stamp = question[40..48].to_vec();
    line.exchange(&[question], Duration::ZERO, |bytes| {
        // A server repeats the time stamp of the question it answers.
        (bytes.len() >= 48 && bytes[0] & 7 == 4 && bytes[24..32] == stamp[..]).then_some(())
    })
    .await?;
    Ok(())
}

async fn snmp(line: &mut Line) -> Result<(), DialError> {
    let request = nonce();
    let questions = [1, 0].map(|version| snmp_message::get_description(version, "public", request));
    let replies =
        line.exchange(&questions, Duration::ZERO, |bytes| snmp_message::description(bytes, request)).await?;
    for description in replies {
        line.tell("server-software", &description, "SNMP sysDescr.0, community public");
    }
    Ok(())
}

async fn coap(line: &mut Line) -> Result<(), DialError> {
    let message = nonce() as u16;
    let token = nonce().to_be_bytes();
    let question = coap_message::get_resources(message, token);
    let replies =
        line.exchange(&[question], GATHER, |bytes| coap_message::parse(bytes, message, token)).await?;
    for reply in replies {
        line.tell("service-list", &reply.content, "CoAP /.well-known/core");
        for path in coap_message::paths(&reply.content) {
            line.announce(format!("coap {path}"));
        }
    }
    Ok(())
}

async fn ssdp(line: &mut Line, to: SocketAddr) -> Result<(), DialError> {
    let question = format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: {to}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"
    );
    // Devices spread their answers over the second that MX grants.
    let gather = Duration::from_millis(1200);
    let replies = line
        .exchange(&[question.into_bytes()], gather, |bytes| {
            http_answer::parse(bytes)
                .filter(|answer| answer.protocol == "HTTP" && answer.values("st").next().is_some())
        })
        .await?;
    for reply in replies {
        for (header, item) in [("SERVER", "server-software"), ("LOCATION", "other")] {
            if let Some(value) = reply.value(header) {
                line.tell(item, value.as_bytes(), &format!("SSDP {header}"));
            }
        }
        if let Some(kind) = reply.value("ST") {
            line.announce(kind);
        }
    }
    Ok(())
}

async fn mdns(line: &mut Line) -> Result<(), DialError> {
    let root = Name::of("_services._dns-sd._udp.local");
    let mut heard = Heard::default();
    let until = Instant::now() + FOLLOWED_FOR;
    heard.take(&mdns_ask(line, &root, PTR).await?, &root);
    for kind in heard.kinds.clone().into_iter().take(FOLLOWED_AT_MOST) {
        line.announce(kind.to_string());
        if Instant::now() < until {
            heard.take(&mdns_ask(line, &kind, PTR).await?, &kind);
        }
    }
    for instance in heard.instances.clone().into_iter().take(FOLLOWED_AT_MOST) {
        for kind in [SRV, TXT] {
            let known = if kind == SRV { &heard.with_service } else { &heard.with_text };
            if !known.contains(&instance) && Instant::now() < until {
                heard.take(&mdns_ask(line, &instance, kind).await?, &root);
            }
        }
    }
    if !heard.kinds.is_empty() {
        let list: Vec<String> = heard.kinds.iter().map(Name::to_string).collect();
        line.tell("service-list", list.join(", ").as_bytes(), "mDNS service list");
    }
    for (instance, port, target) in heard.services {
        if let Some(kind) = heard.kinds.iter().find(|kind| instance.ends_with(kind)) {
            line.announce(format!("{kind}:{port}"));
        }
        line.tell("host-name", target.to_string().as_bytes(), "mDNS SRV target");
        if let Some(label) = instance.0.first() {
            line.tell("other", label, "mDNS instance name");
        }
    }
    for text in heard.texts {
        let (key, value) = match text.iter().position(|byte| *byte == b'=') {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (&text[..], &b""[..]),
        };
        let key = printable(key, 64);
        // These say how to read the record or where a page lies, nothing of the device.
        if !matches!(key.to_ascii_lowercase().as_str(), "txtvers" | "protovers" | "path") {
            line.tell(item_of_key(&key).unwrap_or("other"), value, &format!("mDNS TXT {key}"));
        }
    }
    Ok(())
}

async fn mdns_ask(line: &mut Line, name: &Name, kind: u16) -> Result<Vec<Message>, DialError> {
    let id = nonce() as u16;
    let question = dns_message::question(id, name, kind, INTERNET | UNICAST_ANSWER);
    line.exchange(&[question], GATHER, |bytes| {
        // Some responders answer with id 0, as on multicast.
        dns_message::parse(bytes).filter(|message| {
            message.is_answer && message.answers > 0 && (message.id == id || message.id == 0)
        })
    })
    .await
}

/// What mDNS answers told, bounded.
#[derive(Default)]
struct Heard {
    kinds: BTreeSet<Name>,
    instances: BTreeSet<Name>,
    services: BTreeSet<(Name, u16, Name)>,
    texts: BTreeSet<Vec<u8>>,
    with_service: BTreeSet<Name>,
    with_text: BTreeSet<Name>,
}

impl Heard {
    fn take(&mut self, messages: &[Message], asked: &Name) {
        let root = Name::of("_services._dns-sd._udp.local");
        for record in messages.iter().flat_map(|message| &message.records).take(512) {
            match &record.data {
                Data::Pointer(kind) if record.name.ends_with(&root) => {
                    self.kinds.insert(kind.clone());
                }
                Data::Pointer(instance)
                    if record.name.ends_with(asked) || instance.ends_with(&record.name) =>
                {
                    self.instances.insert(instance.clone());
                }
                Data::Service { port, target } => {
                    self.services.insert((record.name.clone(), *port, target.clone()));
                    self.with_service.insert(record.name.clone());
                }
                Data::Text(strings) => {
                    self.texts.extend(strings.iter().filter(|text| !text.is_empty()).cloned());
                    self.with_text.insert(record.name.clone());
                }
                _ => {}
            }
        }
    }
}
