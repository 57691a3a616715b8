//! Finds out what a TCP service speaks: it is listened to first, then asked in one protocol after another.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::dialogue::{Dialogue, Handshake};
use crate::disclosed::{printable, tell};
use crate::http_answer::{self, Answer};
use crate::probe::identify::{LoginOffer, ServiceIdentity};
use crate::service_greeting::CONSOLE;
use crate::tcp::{self, Protocol};
use crate::udp::Asking;
use crate::web_page;
use crate::web_search::{Origin, WebSearch};

/// Wait for a service that speaks first.
pub(crate) const BANNER: Duration = Duration::from_millis(700);
/// Silence that ends a banner.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);
/// Wait for an answer in one of the many protocols that are tried.
const ANSWER: Duration = Duration::from_millis(700);
/// Longest time for trying protocols. Who does not show itself by then holds its callers on purpose.
const TRYING: Duration = Duration::from_secs(75);
/// Connections refused in a row after which no further protocol is tried.
const REFUSED_AT_MOST: usize = 3;
/// Redirects followed on the same connection end.
const REDIRECTS_AT_MOST: usize = 2;

/// A recognition under way; what is known stays when it is stopped.
pub(crate) struct Recognition<'a> {
    pub(crate) talk: Dialogue<'a>,
    pub(crate) identity: ServiceIdentity,
    pub(crate) web: WebSearch,
    pub(crate) declared_paths: Vec<String>,
    pub(crate) to: SocketAddr,
    /// Longest time for trying protocols.
    pub(crate) trying: Duration,
    begun: Instant,
}

impl<'a> Recognition<'a> {
    pub(crate) fn new(context: &'a ProbeContext, to: SocketAddr, declared_paths: Vec<String>) -> Self {
        let identity = ServiceIdentity {
            port: to.port(),
            application: "unknown".to_owned(),
            tls: false,
            banner: None,
            logins: Vec::new(),
            paths: Vec::new(),
            disclosed: Vec::new(),
            ssh: None,
        };
        Self {
            talk: Dialogue::new(context, to),
            identity,
            web: WebSearch::default(),
            declared_paths,
            to,
            // The other half of a budget is for what was recognized.
            trying: context
                .seconds_left()
                .map_or(TRYING, |left| TRYING.min(Duration::from_secs_f64(left / 2.0))),
            begun: Instant::now(),
        }
    }

    /// Goes through the protocols until one answers.
    ///
    /// # Errors
    /// If not even the first connection came about.
    pub(crate) async fn run(&mut self) -> Result<(), DialError> {
        let mut stream = self.talk.connect("listening").await?;
        let banner = self.talk.read(&mut stream, BANNER, PAUSE, |_| false).await;
        if !banner.is_empty() && self.greeted(&mut stream, &banner).await {
            return Ok(());
        }
        let answer = self.talk.ask(&mut stream, &self.get("/"), http_answer::is_complete).await;
        let wants_tls = is_tls_record(&answer) || asks_for_tls(&answer);
        if !wants_tls && !answer.is_empty() {
            if self.web(&answer, false).await {
                return Ok(());
            }
            // A service that was slow to greet.
            if banner.is_empty() && self.greeted(&mut stream, &answer).await {
                return Ok(());
            }
        }
        drop(stream);
        if self.inside_tls().await {
            return Ok(());
        }
        if wants_tls && self.web(&answer, false).await {
            return Ok(());
        }
        if let Ok(mut stream) = self.talk.connect("console").await {
            self.talk.send(&mut stream, b"\r\n").await;
            let text = self.talk.read(&mut stream, CONSOLE, PAUSE, |_| false).await;
            if !text.is_empty() && self.greeted(&mut stream, &text).await {
                return Ok(());
            }
        }
        if let Ok(mut stream) = self.talk.connect("RTSP").await
            && self.rtsp(&mut stream).await
        {
            return Ok(());
        }
        self.protocols().await;
        Ok(())
    }

    /// Tries the protocols in which the client speaks first, each on a connection of its own.
    async fn protocols(&mut self) -> bool {
        let asking = Asking::new(self.to, self.to);
        let all = tcp::protocols(self.to.port());
        let mut refused = 0;
        for (index, protocol) in all.iter().enumerate() {
            if self.begun.elapsed() > self.trying || refused >= REFUSED_AT_MOST {
                let why = match refused {
                    REFUSED_AT_MOST.. => "connections were no longer taken".to_owned(),
                    _ => format!("{} s were over", self.trying.as_secs()),
                };
                let left = all.len() - index;
                self.talk.gaps.push(format!("{why}, and {left} protocols were not tried"));
                return false;
            }
            let Ok(mut stream) = self.talk.open(protocol.name).await else {
                refused += 1;
                continue;
            };
            refused = 0;
            if self.spoken(&mut stream, protocol, &asking).await {
                return true;
            }
        }
        false
    }

    /// As [`Self::protocols`], inside TLS.
    async fn protocols_inside_tls(&mut self) -> bool {
        let asking = Asking::new(self.to, self.to);
        for protocol in tcp::protocols(self.to.port()).into_iter().filter(|protocol| protocol.in_tls) {
            if self.begun.elapsed() > self.trying {
                self.talk.gaps.push(format!("{} s were over inside TLS", self.trying.as_secs()));
                return false;
            }
            let Ok(stream) = self.talk.open(&format!("{} in TLS", protocol.name)).await else { return false };
            let Handshake::Done(mut inside) = self.talk.handshake(stream).await else { return false };
            if self.spoken(&mut inside, protocol, &asking).await {
                return true;
            }
        }
        false
    }

    /// Asks in one protocol; takes in the answer if it is one.
    async fn spoken(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        protocol: &'static Protocol,
        asking: &Asking,
    ) -> bool {
        self.talk.send(stream, &(protocol.question)(asking)).await;
        let known = |bytes: &[u8]| (protocol.recognize)(asking, bytes).is_some();
        let answer = self.talk.read(stream, ANSWER, PAUSE, known).await;
        let Some(spoken) = (protocol.recognize)(asking, &answer) else {
            // What it says to everybody is kept for the one who looks at it.
            self.heard(&answer);
            return false;
        };
        self.identity.application = protocol.name.to_owned();
        self.identity.logins.extend(spoken.logins);
        for told in spoken.disclosed {
            tell(&mut self.identity.disclosed, &told.item, told.value.as_bytes(), &told.place);
        }
        self.talk.gaps.extend(spoken.gap);
        if !spoken.farewell.is_empty() {
            self.talk.send(stream, spoken.farewell).await;
        }
        true
    }

    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let host = self.to;
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: hantei\r\nAccept: text/html, application/json, */*\r\nConnection: close\r\n\r\n"
        )
        .into_bytes()
    }

    pub(crate) fn is(&mut self, application: &str, heard: &[u8]) {
        self.identity.application = application.to_owned();
        self.heard(heard);
    }

    pub(crate) fn heard(&mut self, bytes: &[u8]) {
        let banner = printable(bytes, 512).trim().to_owned();
        if self.identity.banner.is_none() && !banner.is_empty() {
            self.identity.banner = Some(banner);
        }
    }

    pub(crate) fn offer(&mut self, kind: &str, password: bool, seen: impl Into<String>) {
        self.identity.logins.push(LoginOffer::certain(kind, password, seen));
    }

    pub(crate) fn offer_unsure(&mut self, kind: &str, seen: &str) {
        self.identity.logins.push(LoginOffer::unsure(kind, seen));
    }

    pub(crate) fn tell(&mut self, item: &str, value: &[u8], place: &str) {
        tell(&mut self.identity.disclosed, item, value, place);
    }

    /// An answer to GET: takes it in and follows redirects on the same host, port and layer.
    async fn web(&mut self, bytes: &[u8], tls: bool) -> bool {
        let Some(answer) = http_answer::parse(bytes) else { return false };
        if answer.protocol == "RTSP" {
            if let Ok(mut stream) = self.talk.connect("RTSP").await {
                self.rtsp(&mut stream).await;
            }
            return true;
        }
        self.is("http", bytes);
        self.identity.tls = tls;
        let mut path = "/".to_owned();
        self.take_in(&path, &answer);
        let mut index = vec![(path.clone(), answer)];
        for _ in 0..REDIRECTS_AT_MOST {
            let (_, answer) = index.last().expect("it begins with the first page");
            let Some(next) = self.redirect(answer, &path, tls) else { break };
            self.web.note(&next, Origin::Followed);
            let Some(answer) = self.page_asked_twice(&next, tls).await else { break };
            path = next;
            self.take_in(&path, &answer);
            index.push((path.clone(), answer));
        }
        self.search_web(&index, tls).await;
        true
    }

    fn take_in(&mut self, path: &str, answer: &Answer) {
        self.take_in_logins(path, answer);
        web_page::disclosures(answer, &mut self.identity.disclosed);
    }

    async fn inside_tls(&mut self) -> bool {
        let Ok(stream) = self.talk.connect("TLS").await else { return false };
        let mut inside = match self.talk.handshake(stream).await {
            Handshake::NotTls => return false,
            Handshake::Failed(why) => {
                self.identity.tls = true;
                self.talk.gaps.push(format!("what is spoken inside TLS is not known: {why}"));
                return true;
            }
            Handshake::Done(inside) => inside,
        };
        self.identity.tls = true;
        let answer = self.talk.ask(&mut inside, &self.get("/"), http_answer::is_complete).await;
        if self.web(&answer, true).await || (!answer.is_empty() && self.greeted(&mut inside, &answer).await) {
            return true;
        }
        drop(inside);
        if self.protocols_inside_tls().await {
            return true;
        }
        self.talk.gaps.push("what is spoken inside TLS is not known".to_owned());
        true
    }
}

fn is_tls_record(bytes: &[u8]) -> bool {
    matches!(bytes, [0x15 | 0x16, 3, 0..=4, ..])
}

/// Web servers that were asked in the clear at a TLS port say so in words.
fn asks_for_tls(bytes: &[u8]) -> bool {
    let text = printable(bytes, 2048).to_lowercase();
    text.starts_with("http/") && text.contains(" 400 ") && text.contains("https")
}
