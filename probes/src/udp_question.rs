//! Asks UDP services in their own protocols and listens for what comes back. An answer in no protocol that
//! was asked for leads to the questions of all the others: a service is named by what it answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;

use crate::datagram::OpenDatagrams;
use crate::dialer::{DialError, Dialer};
use crate::dialogue::escaped;
use crate::dns_message::{self, INTERNET, UNICAST_ANSWER};
use crate::dns_service_browse::Browsed;
use crate::probe::identify::Disclosure;
use crate::probe::udp_services::UdpState;
use crate::udp::{Asking, Service, Told, services};

/// The name under which every service is asked for at one port.
pub(crate) const ANY: &str = "any";
/// What answers in no protocol that is known.
pub(crate) const UNKNOWN: &str = "unknown";

/// Questions before silence is believed; each of several is sent twice.
const TRIES: usize = 3;
/// Wait for a reply to one question.
const WAIT: Duration = Duration::from_millis(700);
/// Between the questions of all services.
const BETWEEN: Duration = Duration::from_millis(10);
/// Wait after the questions of all services.
const AFTER_ALL: Duration = Duration::from_millis(1500);
/// Wait for further replies of an mDNS responder.
const GATHER: Duration = Duration::from_millis(250);
/// Most datagrams taken for one question.
const DATAGRAMS_AT_MOST: usize = 64;
/// Longest time for following up what mDNS announces.
const FOLLOWED_FOR: Duration = Duration::from_secs(15);
/// Most questions that follow up what mDNS announces.
const FOLLOWED_AT_MOST: usize = 64;

/// What came of asking one service.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What answered, or what was asked for where nothing did.
    pub(crate) service: String,
    pub(crate) state: UdpState,
    pub(crate) sent: u32,
    pub(crate) disclosed: Vec<Disclosure>,
    pub(crate) announced: BTreeSet<String>,
    pub(crate) transcript: String,
}

/// Asks one service, or every one of them where `service` is `None`.
pub(crate) async fn ask(
    dialer: &Dialer,
    to: SocketAddr,
    service: Option<&'static Service>,
) -> Result<Asked, DialError> {
    let mut line = Line::open(dialer, to, service).await?;
    let recognized = match service {
        None => None,
        Some(service) => line.ask(service).await?,
    };
    let open = line.strange || (service.is_none() && line.asked.state == UdpState::Silent);
    let recognized = match recognized {
        None if open => {
            let mut everything = Line::open(dialer, to, None).await?;
            everything.take_over(&mut line);
            line = everything;
            line.ask_everything().await?
        }
        other => other,
    };
    if let Some((service, told)) = recognized {
        line.asked.service = service.name.to_owned();
        line.asked.state = UdpState::Answered;
        line.take(told);
        if service.name == "mdns" {
            line.browse().await?;
        }
    } else if line.strange {
        line.asked.service = UNKNOWN.to_owned();
        line.asked.state = UdpState::Answered;
    }
    Ok(line.asked)
}

/// Sends each question of a service once more, slowly, and tells whether the port is closed after all: a
/// host that tells of closed ports may do so only once a second.
pub(crate) async fn ask_slowly(
    dialer: &Dialer,
    to: SocketAddr,
    service: Option<&'static Service>,
) -> Result<Option<Asked>, DialError> {
    let Some(service) = service else { return Ok(None) };
    let mut line = Line::open(dialer, to, Some(service)).await?;
    for question in (service.questions)(&line.asking).into_iter().take(1) {
        let replies = line.exchange(&[question], 1, Duration::ZERO, service.recognize).await?;
        if let Some(told) = replies.into_iter().next() {
            line.take(told);
            line.asked.state = UdpState::Answered;
        }
    }
    if line.asked.state == UdpState::Silent && line.strange {
        line.asked.service = UNKNOWN.to_owned();
        line.asked.state = UdpState::Answered;
    }
    Ok(Some(line.asked))
}

/// A socket to one port, and what was heard.
struct Line {
    socket: UdpSocket,
    /// Hears answers from other ports of the device.
    elsewhere: Option<OpenDatagrams>,
    asking: Asking,
    asked: Asked,
    /// Something came back that is no answer to the question.
    strange: bool,
}

impl Line {
    async fn open(
        dialer: &Dialer,
        to: SocketAddr,
        service: Option<&'static Service>,
    ) -> Result<Self, DialError> {
        let socket = match service.and_then(|service| service.own_port) {
            Some(port) => dialer.udp_from(to, port).await?,
            None => dialer.udp(to).await?,
        };
        let elsewhere = match service {
            Some(service) if !service.answers_from_elsewhere => None,
            _ => Some(dialer.udp_open(to).await?),
        };
        let from = socket.local_addr().map_err(DialError::Tester)?;
        Ok(Self {
            socket,
            elsewhere,
            asking: Asking::new(to, from),
            asked: Asked {
                service: service.map_or(ANY, |service| service.name).to_owned(),
                state: UdpState::Silent,
                sent: 0,
                disclosed: Vec::new(),
                announced: BTreeSet::new(),
                transcript: String::new(),
            },
            strange: false,
        })
    }

    fn take_over(&mut self, other: &mut Line) {
        self.asked.service.clone_from(&other.asked.service);
        self.asked.sent = other.asked.sent;
        self.asked.transcript = std::mem::take(&mut other.asked.transcript);
        self.strange = other.strange;
    }

    fn take(&mut self, told: Told) {
        for told in told.disclosed {
            crate::disclosed::tell(&mut self.asked.disclosed, &told.item, told.value.as_bytes(), &told.place);
        }
        self.asked.announced.extend(told.announced.into_iter().take(256));
    }

    /// Asks one service.
    async fn ask(
        &mut self,
        service: &'static Service,
    ) -> Result<Option<(&'static Service, Told)>, DialError> {
        let questions = (service.questions)(&self.asking);
        let tries = TRIES.max(questions.len() * 2);
        let replies = self.exchange(&questions, tries, service.gather, service.recognize).await?;
        Ok(merged(replies).map(|told| (service, told)))
    }

    /// Asks for every service that is known until one is recognized.
    async fn ask_everything(&mut self) -> Result<Option<(&'static Service, Told)>, DialError> {
        for _ in 0..2 {
            let questions = services().iter().flat_map(|service| (service.questions)(&self.asking));
            for question in questions.collect::<Vec<_>>() {
                if !self.send(&question).await? {
                    return Ok(None);
                }
                if let Some(found) = self.recognize_within(BETWEEN).await? {
                    return Ok(Some(found));
                }
                if self.asked.state == UdpState::Refused {
                    return Ok(None);
                }
            }
            if let Some(found) = self.recognize_within(AFTER_ALL).await? {
                return Ok(Some(found));
            }
            if self.strange {
                break;
            }
        }
        Ok(None)
    }

    async fn recognize_within(
        &mut self,
        wait: Duration,
    ) -> Result<Option<(&'static Service, Told)>, DialError> {
        let until = Instant::now() + wait;
        for _ in 0..DATAGRAMS_AT_MOST {
            let Some(bytes) = self.receive(until).await? else { return Ok(None) };
            let asking = self.asking.clone();
            let known = services()
                .iter()
                .find_map(|service| (service.recognize)(&asking, &bytes).map(|told| (*service, told)));
            if known.is_some() {
                return Ok(known);
            }
            self.strange = true;
        }
        Ok(None)
    }

    /// Sends the questions in turn until a reply is understood, then gathers for a while.
    async fn exchange<T>(
        &mut self,
        questions: &[Vec<u8>],
        tries: usize,
        gather: Duration,
        read: impl Fn(&Asking, &[u8]) -> Option<T>,
    ) -> Result<Vec<T>, DialError> {
        let mut understood = Vec::new();
        for (turn, question) in questions.iter().cycle().take(tries).enumerate() {
            // Whoever answered every question, but in no way that is known, will not do better.
            if self.strange && turn >= questions.len() {
                break;
            }
            if !self.send(question).await? {
                return Ok(understood);
            }
            let mut until = Instant::now() + WAIT;
            for _ in 0..DATAGRAMS_AT_MOST {
                let Some(bytes) = self.receive(until).await? else { break };
                match read(&self.asking, &bytes) {
                    None => self.strange = true,
                    Some(reply) => {
                        if understood.is_empty() {
                            until = Instant::now() + gather;
                        }
                        understood.push(reply);
                        if gather.is_zero() {
                            break;
                        }
                    }
                }
            }
            if !understood.is_empty() || self.asked.state == UdpState::Refused {
                break;
            }
        }
        Ok(understood)
    }

    /// Follows what an mDNS responder announces to instances, ports and texts.
    async fn browse(&mut self) -> Result<(), DialError> {
        let until = Instant::now() + FOLLOWED_FOR;
        let mut browsed = Browsed::default();
        let root = dns_message::Name::of(crate::udp::service::mdns::KINDS);
        let mut next = Some((root, dns_message::PTR));
        let mut questions = 0;
        while let Some((name, kind)) = next.take() {
            let question = dns_message::question(self.asking.id(), &name, kind, INTERNET | UNICAST_ANSWER);
            let read = |asking: &Asking, bytes: &[u8]| {
                // Some responders answer with id 0, as on multicast.
                dns_message::parse(bytes).filter(|message| {
                    message.is_answer && message.answers > 0 && (message.id == asking.id() || message.id == 0)
                })
            };
            let replies = self.exchange(&[question], TRIES, GATHER, read).await?;
            browsed.take(&replies);
            questions += 1;
            if questions < FOLLOWED_AT_MOST && Instant::now() < until {
                next = browsed.next_question();
            }
        }
        self.asked.disclosed.clear();
        self.take(browsed.told());
        self.asked.state = UdpState::Answered;
        Ok(())
    }

    /// Sends a question; `false` if the port turned out to be closed.
    async fn send(&mut self, question: &[u8]) -> Result<bool, DialError> {
        self.note("sent", question);
        self.asked.sent += 1;
        if let Err(error) = self.socket.send(question).await {
            self.refused_or(error)?;
            return Ok(self.asked.state != UdpState::Refused);
        }
        if let Some(elsewhere) = &self.elsewhere
            && let Err(error) = elsewhere.send(question).await
        {
            self.refused_or(error)?;
        }
        Ok(true)
    }

    /// The next datagram of the device; `None` when the time is over or the port is closed.
    async fn receive(&mut self, until: Instant) -> Result<Option<Vec<u8>>, DialError> {
        let mut buffer = vec![0; 9216];
        let mut other = vec![0; if self.elsewhere.is_some() { 9216 } else { 0 }];
        let receiving = async {
            let Some(elsewhere) = &self.elsewhere else {
                return self.socket.recv(&mut buffer).await.map(|count| (count, false));
            };
            tokio::select! {
                received = self.socket.recv(&mut buffer) => received.map(|count| (count, false)),
                received = elsewhere.receive(&mut other) => received.map(|(count, _)| (count, true)),
            }
        };
        match tokio::time::timeout_at(until.into(), receiving).await {
            Err(_) => Ok(None),
            Ok(Err(error)) => {
                self.refused_or(error)?;
                Ok(None)
            }
            Ok(Ok((count, from_elsewhere))) => {
                let mut bytes = if from_elsewhere { other } else { buffer };
                bytes.truncate(count);
                self.note("received", &bytes);
                Ok(Some(bytes))
            }
        }
    }

    /// The host saying that the port is closed is a result; anything else is the tester's trouble.
    fn refused_or(&mut self, error: io::Error) -> Result<(), DialError> {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                self.asked.transcript.push_str("port unreachable\n");
                if self.asked.state == UdpState::Silent && !self.strange {
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
            let shown = escaped(&bytes[..bytes.len().min(1500)]);
            let _ = writeln!(self.asked.transcript, "{direction} {} bytes: {shown}", bytes.len());
        }
    }
}

/// What several answers of one service told.
fn merged(replies: Vec<Told>) -> Option<Told> {
    let mut replies = replies.into_iter();
    let mut all = replies.next()?;
    for told in replies {
        for told in told.disclosed {
            crate::disclosed::tell(&mut all.disclosed, &told.item, told.value.as_bytes(), &told.place);
        }
        all.announced.extend(told.announced.into_iter().take(256));
    }
    Some(all)
}
