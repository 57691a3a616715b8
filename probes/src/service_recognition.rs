//! Finds out what a TCP service speaks: it is listened to first, then asked in one protocol after another.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::dialogue::{Dialogue, Handshake};
use crate::disclosed::{printable, tell};
use crate::http_answer::{self, Answer};
use crate::probe::identify::{LoginOffer, ServiceIdentity};
use crate::telnet::{self, Prompt};
use crate::web_page;
use crate::web_search::{Origin, WebSearch};

/// Wait for a service that speaks first.
const BANNER: Duration = Duration::from_millis(700);
/// Silence that ends a banner.
const PAUSE: Duration = Duration::from_millis(250);
/// Wait for a console after its negotiation.
const CONSOLE: Duration = Duration::from_millis(1500);
/// Redirects followed on the same connection end.
const REDIRECTS_AT_MOST: usize = 2;

/// A recognition under way; what is known stays when it is stopped.
pub(crate) struct Recognition<'a> {
    pub(crate) talk: Dialogue<'a>,
    pub(crate) identity: ServiceIdentity,
    pub(crate) web: WebSearch,
    pub(crate) declared_paths: Vec<String>,
    pub(crate) to: SocketAddr,
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
        };
        Self { talk: Dialogue::new(context, to), identity, web: WebSearch::default(), declared_paths, to }
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
        if let Ok(mut stream) = self.talk.connect("MQTT").await
            && self.mqtt(&mut stream).await
        {
            return Ok(());
        }
        if let Ok(mut stream) = self.talk.connect("RTSP").await
            && self.rtsp(&mut stream).await
        {
            return Ok(());
        }
        if let Ok(mut stream) = self.talk.connect("console").await {
            self.talk.send(&mut stream, b"\r\n").await;
            let text = self.talk.read(&mut stream, CONSOLE, PAUSE, |_| false).await;
            if !text.is_empty() {
                self.greeted(&mut stream, &text).await;
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let host = self.to;
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: hantei\r\nAccept: text/html, application/json, */*\r\nConnection: close\r\n\r\n"
        )
        .into_bytes()
    }

    fn is(&mut self, application: &str, heard: &[u8]) {
        self.identity.application = application.to_owned();
        self.heard(heard);
    }

    fn heard(&mut self, bytes: &[u8]) {
        let banner = printable(bytes, 512).trim().to_owned();
        if self.identity.banner.is_none() && !banner.is_empty() {
            self.identity.banner = Some(banner);
        }
    }

    fn offer(&mut self, kind: &str, password: bool, seen: impl Into<String>) {
        self.identity.logins.push(LoginOffer::certain(kind, password, seen));
    }

    fn offer_unsure(&mut self, kind: &str, seen: &str) {
        self.identity.logins.push(LoginOffer::unsure(kind, seen));
    }

    fn tell(&mut self, item: &str, value: &[u8], place: &str) {
        tell(&mut self.identity.disclosed, item, value, place);
    }

    /// Recognizes a service by what it says first.
    async fn greeted(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), banner: &[u8]) -> bool {
        let first_line = banner.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if banner.starts_with(b"SSH-") {
            self.is("ssh", first_line);
            self.tell("server-software", first_line, "SSH banner");
            self.offer_unsure("ssh", "SSH authenticates; whether by password was not asked");
            return true;
        }
        if banner.starts_with(b"220") {
            self.mail_or_files(stream, banner).await;
            return true;
        }
        if banner.starts_with(b"RFB 00") {
            self.screen(stream, first_line).await;
            return true;
        }
        let mail = [(&b"+OK"[..], "pop3"), (b"* OK", "imap")];
        if let Some((_, name)) = mail.into_iter().find(|(start, _)| banner.starts_with(start)) {
            self.is(name, first_line);
            self.tell("server-software", first_line, &format!("{name} banner"));
            self.offer_unsure(name, "a mailbox opens after a login only; methods not asked");
            return true;
        }
        if telnet::hear(banner).commands > 0 || telnet::prompt(banner).is_some() {
            self.console(stream, banner).await;
            return true;
        }
        self.heard(banner);
        false
    }

    /// A remote screen (RFB, RFC 6143) names its ways to log in once the version is agreed.
    async fn screen(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), version: &[u8]) {
        const NO_LOGIN: u8 = 1;
        self.is("vnc", version);
        self.tell("server-software", version, "vnc banner");
        let old = version.starts_with(b"RFB 003.003");
        // Versions below 3.7 send one type in four bytes, the others a number of types and the types.
        let is_enough = |bytes: &[u8]| match bytes.first() {
            Some(_) if old => bytes.len() >= 4,
            Some(count) => bytes.len() > usize::from(*count),
            None => false,
        };
        let reply = self.talk.ask(stream, &[version, b"\n"].concat(), is_enough).await;
        let types = if old {
            reply.get(3..4)
        } else {
            reply.split_first().and_then(|(count, types)| types.get(..usize::from(*count)))
        };
        match types {
            Some(types) if types.contains(&NO_LOGIN) => {
                self.offer("vnc-anonymous", false, format!("security types {types:?}, 1 is none"));
            }
            Some(types) if types.iter().any(|kind| *kind != 0) => {
                self.offer("vnc", true, format!("security types {types:?}"));
            }
            _ => self.talk.gaps.push("vnc: no list of security types came".to_owned()),
        }
    }

    /// Both FTP and SMTP greet with 220; only one of them knows EHLO.
    async fn mail_or_files(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), banner: &[u8]) {
        let line_came = |bytes: &[u8]| bytes.ends_with(b"\n");
        let reply = self.talk.ask(stream, b"EHLO hantei.invalid\r\n", line_came).await;
        let kind = if reply.starts_with(b"250") { "smtp" } else { "ftp" };
        self.is(kind, banner);
        self.tell("server-software", banner.get(4..).unwrap_or_default(), &format!("{kind} greeting"));
        if kind == "smtp" {
            let offered = reply
                .split(|byte| *byte == b'\n')
                .find(|line| line.get(4..8).is_some_and(|word| word.eq_ignore_ascii_case(b"AUTH")));
            if let Some(line) = offered {
                self.offer("smtp", true, printable(line, 120).trim());
            }
            return;
        }
        // A name without a password is no attempt to log in; the answer says whether one is asked for.
        let reply = self.talk.ask(stream, b"USER anonymous\r\n", line_came).await;
        let seen = format!("USER anonymous: {}", printable(&reply, 120).trim());
        match reply.get(..3) {
            Some(b"230") => self.offer("ftp", false, seen),
            Some(_) => self.offer("ftp", true, seen),
            None => self.talk.gaps.push(
                "FTP: no reply to a user name, so nobody knows whether it asks for a password".to_owned(),
            ),
        }
    }

    async fn console(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), banner: &[u8]) {
        let mut heard = telnet::hear(banner);
        let mut text = std::mem::take(&mut heard.text);
        let mut woken = false;
        for _ in 0..4 {
            if telnet::prompt(&text).is_some() {
                break;
            }
            if heard.reply.is_empty() {
                if woken {
                    break;
                }
                woken = true;
                heard.reply = b"\r\n".to_vec();
            }
            self.talk.send(stream, &heard.reply).await;
            let more = self.talk.read(stream, CONSOLE, PAUSE, |_| false).await;
            heard = telnet::hear(&more);
            text.append(&mut heard.text);
            text.truncate(64 * 1024);
        }
        self.is("telnet", &text);
        let end = text.trim_ascii_end();
        let cut = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (before, line) = end.split_at(cut);
        let line = line.trim_ascii();
        let seen = format!("prompt: {}", printable(line, 80));
        match telnet::prompt(&text) {
            Some(Prompt::Shell) => self.offer("telnet-shell", false, seen),
            Some(Prompt::Login | Prompt::Password) => self.offer("telnet-login", true, seen),
            None => self.talk.gaps.push("telnet: no prompt was recognized".to_owned()),
        }
        if let Some(host) = line.strip_suffix(b" login:") {
            self.tell("host-name", host, "login prompt");
        }
        self.tell("other", before, "console greeting");
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
        if let Ok(stream) = self.talk.connect("MQTT in TLS").await
            && let Handshake::Done(mut inside) = self.talk.handshake(stream).await
            && self.mqtt(&mut inside).await
        {
            return true;
        }
        self.talk.gaps.push("what is spoken inside TLS is not known".to_owned());
        true
    }

    /// CONNECT of MQTT 3.1.1 without a name; the return code tells whether strangers are let in.
    async fn mqtt(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
        let mut connect = vec![0x10, 18, 0, 4];
        connect.extend(b"MQTT");
        connect.extend([4, 2, 0, 60, 0, 6]);
        connect.extend(b"hantei");
        let answer = self.talk.ask(stream, &connect, |bytes| bytes.len() >= 4).await;
        let [0x20, length, flags, code, ..] = answer[..] else { return false };
        if length < 2 || flags > 1 {
            return false;
        }
        self.is("mqtt", &[]);
        let seen = format!("CONNACK code {code}");
        match code {
            0 => {
                self.offer("mqtt-anonymous", false, seen);
                self.talk.send(stream, &[0xe0, 0]).await;
            }
            4 | 5 | 0x86 | 0x87 => self.offer("mqtt", true, seen),
            _ => self.talk.gaps.push(format!("MQTT: {seen} does not say whether a password is asked for")),
        }
        true
    }

    async fn rtsp(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
        let to = self.to;
        let options = format!("OPTIONS rtsp://{to}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: hantei\r\n\r\n");
        let bytes = self.talk.ask(stream, options.as_bytes(), http_answer::is_complete).await;
        let Some(answer) = http_answer::parse(&bytes).filter(|answer| answer.protocol == "RTSP") else {
            return false;
        };
        self.is("rtsp", &bytes);
        for server in answer.values("server") {
            self.tell("server-software", server, "Server");
        }
        let describe =
            format!("DESCRIBE rtsp://{to}/ RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n");
        let bytes = self.talk.ask(stream, describe.as_bytes(), http_answer::is_complete).await;
        let Some(answer) = http_answer::parse(&bytes) else { return true };
        for offer in web_page::logins(&answer) {
            let kind = offer.kind.replacen("http-", "rtsp-", 1);
            self.offer(&kind, offer.password, offer.seen);
        }
        if answer.status == 200 {
            self.offer("rtsp-anonymous", false, "DESCRIBE answered without a login");
        }
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
