//! How many octets strangers get back over UDP for those that they send, and whether the device looks names up for
//! them.
//!
//! Every service that [`crate::udp`] knows is asked at its usual port, and declared ones where they lie. Whoever writes
//! another sender on such questions makes the device send the answers there; how much that is, is counted here,
//! nothing is sent under another name. The name that is looked up lies under `.invalid` (RFC 6761): nobody has it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use crate::context::ProbeContext;
use crate::datagram::OpenDatagrams;
use crate::dialer::{DialError, Dialer};
use crate::dialogue::escaped;
use crate::dns_message::{self, INTERNET, Name};
use crate::observation::{Effort, Outcome};
use crate::random_value;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::udp::{self, Asking, Service};
use crate::udp_question::ANY;

/// Questions under way at a time.
const AT_ONCE: usize = 16;
/// Wait for the first answer.
const WAIT: Duration = Duration::from_millis(600);
/// Wait for each further one.
const GATHER: Duration = Duration::from_millis(250);
/// Most answers taken for one question.
const ANSWERS_AT_MOST: u32 = 256;
/// Times a question is sent before silence is believed.
const TRIES: usize = 2;
/// Address record.
const ADDRESS: u16 = 1;
/// Usual port of DNS.
const DNS_PORT: u16 = 53;

/// Parameters: those of the search for UDP services, whose ports are asked here.
pub use super::udp_services::Params;

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UdpRelayFacts {
    /// Address.
    pub address: IpAddr,
    /// Questions and what came back, by port.
    pub exchanges: Vec<Exchange>,
    /// Ports asked to look a name up.
    pub recursion: Vec<Recursion>,
}

/// A question and its answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exchange {
    /// UDP port.
    pub port: u16,
    /// Service whose question it is.
    pub service: String,
    /// Octets of the question, headers left out.
    pub asked: u64,
    /// Octets of all its answers, headers left out.
    pub answered: u64,
    /// Number of answers.
    pub answers: u32,
    /// The host said that the port is closed.
    pub refused: bool,
}

/// What came of asking for a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recursion {
    /// UDP port.
    pub port: u16,
    /// The name.
    pub name: String,
    /// An answer of DNS to this question came.
    pub answered: bool,
    /// It says that names are looked up for whoever asks (RA).
    pub available: bool,
    /// Its response code.
    pub code: Option<u8>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "udp-relay",
    version: 1,
    summary: "Counts the octets that UDP services answer to a stranger's question, and asks them to look a name up",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Err(error) => trouble(format!("the parameters of udp-relay cannot be read: {error}")),
            Ok(params) => ask_all(&params, &context).await,
        }
    })
}

/// A question to be asked: one of a service by its number, or the name.
#[derive(Clone)]
enum Question {
    Service(&'static Service, usize),
    Name(String),
}

struct Answers {
    exchange: Exchange,
    recursion: Option<Recursion>,
    transcript: String,
}

async fn ask_all(params: &Params, context: &ProbeContext) -> Findings {
    let mut gaps = Vec::new();
    let questions = questions(params, &mut gaps);
    let count = questions.len() as u64;
    let mut seen = UdpRelayFacts { address: params.address, exchanges: Vec::new(), recursion: Vec::new() };
    let mut transcript = Vec::new();
    let mut tester = None;
    let asking = questions.into_iter().map(|(port, question)| async move {
        let to = SocketAddr::new(params.address, port);
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => (port, None),
            answers = exchange(&context.dialer, to, &question) => (port, Some(answers)),
        }
    });
    let mut asking = futures::stream::iter(asking).buffer_unordered(AT_ONCE);
    while let Some((port, answers)) = asking.next().await {
        match answers {
            None => gaps.push(format!("udp/{port}: stopped before its end")),
            Some(Err(error)) => {
                gaps.push(format!("udp/{port}: {error}"));
                tester = Some(error.to_string());
            }
            Some(Ok(answers)) => {
                seen.exchanges.push(answers.exchange);
                seen.recursion.extend(answers.recursion);
                transcript.push((port, answers.transcript));
            }
        }
        (context.progress)(seen.exchanges.len() as u64, count, "Answers over UDP");
    }
    drop(asking);
    seen.exchanges.sort();
    seen.recursion.sort();
    transcript.sort();
    let transcript: String =
        transcript.into_iter().map(|(port, text)| format!("== udp/{port}\n{text}\n")).collect();
    context.attach(transcript.as_bytes(), "txt");
    let outcome = match (&tester, gaps.is_empty()) {
        (Some(_), _) => Outcome::ToolTrouble,
        (None, true) => Outcome::Complete,
        (None, false) => Outcome::Partial,
    };
    let settled = |exchange: &&Exchange| exchange.refused || exchange.answers > 0;
    let completed = seen.exchanges.iter().filter(settled).count() as u64;
    let what = format!(
        "{count} UDP questions to {}, {} of them without any reply, {TRIES} tries each",
        params.address,
        seen.exchanges.len() as u64 - completed,
    );
    let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
    Findings {
        outcome,
        effort: Effort { attempted: count, completed, what, gaps, ..Effort::default() },
        trouble,
        data: serde_json::to_value(seen).expect("the result has string keys only"),
    }
}

/// Every question with its port. Ports of the tester's own host are gaps only where the declaration names them.
fn questions(params: &Params, gaps: &mut Vec<String>) -> Vec<(u16, Question)> {
    let usual = udp::usual().into_iter().map(|(port, service)| (port, service.to_owned()));
    let wanted: BTreeSet<(u16, String)> = usual.chain(params.extra.iter().cloned()).collect();
    let mut questions = Vec::new();
    // How many questions a service has does not depend on who asks.
    let number = |service: &Service| {
        let nobody = SocketAddr::new(params.address, 0);
        (service.questions)(&Asking::new(nobody, nobody)).len()
    };
    let all_of =
        |service: &'static Service| (0..number(service)).map(move |index| Question::Service(service, index));
    let mut names = BTreeSet::from([DNS_PORT]);
    for (port, service) in wanted.into_iter().filter(|(port, _)| !params.foreign.contains(port)) {
        match udp::service(&service) {
            Some(service) => {
                questions.extend(all_of(service).map(|question| (port, question)));
                if service.name == "dns" {
                    names.insert(port);
                }
            }
            None if service == ANY => {
                let every = udp::services().iter().flat_map(|service| all_of(service));
                questions.extend(every.map(|question| (port, question)));
            }
            None => gaps.push(format!("udp/{port}: no question is known for {service}")),
        }
    }
    for port in names.into_iter().filter(|port| !params.foreign.contains(port)) {
        let name = format!("hantei-{}.invalid", random_value::of_length(12).to_ascii_lowercase());
        questions.push((port, Question::Name(name)));
    }
    questions
}

/// A socket for one question.
enum Line {
    /// Hears of closed ports too.
    Straight(UdpSocket),
    /// Hears other ports of the device.
    Open(OpenDatagrams),
}

impl Line {
    async fn to(dialer: &Dialer, to: SocketAddr, question: &Question) -> Result<Self, DialError> {
        match question {
            Question::Service(service, _) if service.answers_from_elsewhere => {
                Ok(Self::Open(dialer.udp_open(to).await?))
            }
            Question::Service(Service { own_port: Some(port), .. }, _) => {
                Ok(Self::Straight(dialer.udp_from(to, *port).await?))
            }
            _ => Ok(Self::Straight(dialer.udp(to).await?)),
        }
    }

    fn here(&self, to: SocketAddr) -> SocketAddr {
        match self {
            Self::Straight(socket) => socket.local_addr().unwrap_or(to),
            Self::Open(_) => to,
        }
    }

    async fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Straight(socket) => socket.send(bytes).await,
            Self::Open(socket) => socket.send(bytes).await,
        }
    }

    async fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Straight(socket) => socket.recv(buffer).await,
            Self::Open(socket) => socket.receive(buffer).await.map(|(count, _)| count),
        }
    }
}

async fn exchange(dialer: &Dialer, to: SocketAddr, question: &Question) -> Result<Answers, DialError> {
    let line = Line::to(dialer, to, question).await?;
    let asking = Asking::new(to, line.here(to));
    let (service, bytes, mut recursion) = match question {
        Question::Service(service, index) => {
            let bytes = (service.questions)(&asking).swap_remove(*index);
            (service.name, bytes, None)
        }
        Question::Name(name) => {
            let mut bytes = dns_message::question(asking.id(), &Name::of(name), ADDRESS, INTERNET);
            // Recursion desired.
            bytes[2] |= 1;
            let (port, name) = (to.port(), name.clone());
            let recursion = Recursion { port, name, answered: false, available: false, code: None };
            ("dns", bytes, Some(recursion))
        }
    };
    let mut exchange = Exchange {
        port: to.port(),
        service: service.to_owned(),
        asked: bytes.len() as u64,
        answered: 0,
        answers: 0,
        refused: false,
    };
    let mut transcript = String::new();
    let mut buffer = vec![0; 65_536];
    for _ in 0..TRIES {
        let _ = writeln!(transcript, "sent {} bytes: {}", bytes.len(), escaped(&bytes));
        if let Err(error) = line.send(&bytes).await {
            exchange.refused |= is_refusal(error)?;
            break;
        }
        let mut until = Instant::now() + WAIT;
        while exchange.answers < ANSWERS_AT_MOST {
            match tokio::time::timeout_at(until, line.receive(&mut buffer)).await {
                Err(_) => break,
                Ok(Err(error)) => {
                    exchange.refused |= is_refusal(error)?;
                    break;
                }
                Ok(Ok(count)) => {
                    exchange.answers += 1;
                    exchange.answered += count as u64;
                    let shown = escaped(&buffer[..count.min(600)]);
                    let _ = writeln!(transcript, "received {count} bytes: {shown}");
                    if let Some(recursion) = &mut recursion {
                        take_answer(recursion, asking.id(), &buffer[..count]);
                    }
                    until = Instant::now() + GATHER;
                }
            }
        }
        if exchange.answers > 0 || exchange.refused {
            break;
        }
    }
    Ok(Answers { exchange, recursion, transcript })
}

/// Flags and code of an answer to our question.
fn take_answer(recursion: &mut Recursion, id: u16, bytes: &[u8]) {
    if let [high, low, first, second, ..] = bytes
        && u16::from_be_bytes([*high, *low]) == id
        && first & 0x80 != 0
        && bytes.len() >= 12
    {
        recursion.answered = true;
        recursion.available = second & 0x80 != 0;
        recursion.code = Some(second & 0x0f);
    }
}

/// The host saying that the port is closed is a result; anything else is the tester's trouble.
fn is_refusal(error: io::Error) -> Result<bool, DialError> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Ok(true),
        io::ErrorKind::HostUnreachable => Ok(false),
        _ => Err(DialError::Tester(error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

    use super::*;
    use crate::dialer::{DialLimits, Scope};

    /// Asks one extra port of a device that replies with what `reply` makes of a question.
    async fn facts(last: u8, service: &str, reply: fn(&[u8]) -> Vec<Vec<u8>>) -> (Findings, UdpRelayFacts) {
        let address = IpAddr::from([127, 73, 8, last]);
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
        let scope = Scope { devices: vec![address], ..Scope::default() };
        let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
        let foreign: BTreeSet<u16> = udp::usual().into_iter().map(|(port, _)| port).collect();
        let params =
            serde_json::json!({ "address": address, "extra": [(port, service)], "foreign": foreign });
        let findings = observe(params, context).await;
        let facts = serde_json::from_value(findings.data.clone()).unwrap();
        (findings, facts)
    }

    #[tokio::test]
    async fn the_octets_of_all_answers_are_counted() {
        let (findings, facts) = facts(1, "ntp", |_| vec![vec![0; 400], vec![1; 100]]).await;
        assert_eq!(findings.outcome, Outcome::Complete);
        let exchange = &facts.exchanges[0];
        assert_eq!((exchange.answers, exchange.answered, exchange.asked), (2, 500, 48));
        assert_eq!((findings.effort.attempted, findings.effort.completed), (1, 1));
        assert!(facts.recursion.is_empty());
    }

    #[tokio::test]
    async fn whoever_looks_names_up_says_so() {
        let (_, facts) = facts(2, "dns", |asked| {
            let mut answer = asked.to_vec();
            answer[2] |= 0x80;
            answer[3] = 0x83;
            vec![answer]
        })
        .await;
        assert_eq!(facts.recursion.len(), 1);
        let recursion = &facts.recursion[0];
        assert!(recursion.answered && recursion.available && recursion.name.ends_with(".invalid"));
        assert_eq!(recursion.code, Some(3));
    }

    #[tokio::test]
    async fn an_answer_to_another_question_tells_nothing_of_the_name() {
        let (_, facts) = facts(3, "dns", |asked| {
            let mut answer = asked.to_vec();
            answer[0] ^= 1;
            answer[2] |= 0x80;
            vec![answer]
        })
        .await;
        assert!(!facts.recursion[0].answered);
    }

    #[tokio::test]
    async fn silence_is_an_attempt_and_no_result() {
        let (findings, facts) = facts(4, "ntp", |_| Vec::new()).await;
        assert_eq!(findings.outcome, Outcome::Complete);
        assert_eq!((findings.effort.attempted, findings.effort.completed), (1, 0));
        assert!(!facts.exchanges[0].refused);
    }
}
