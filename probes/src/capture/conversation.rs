//! What is said on a TCP connection: recognized by its first octets, then read by the reader of its protocol.

use super::datagrams;
use super::fields;
use super::http_seen::{self, HttpSeen};
use super::mqtt_seen::{self, MqttSeen};
use super::sighting::{Sighting, Sightings};
use super::text_logins::{self, Dialogue, TextLogin};
use super::tls_seen::{Handshake, TlsSeen};

/// Octets of each side by which a protocol has to be recognized.
const HEAD_AT_MOST: usize = 2048;
/// Octets of JSON that are looked at.
const JSON_AT_MOST: usize = 16 * 1024;

/// A connection.
#[derive(Debug)]
pub(super) struct Conversation {
    state: State,
    name: Option<&'static str>,
    clear: bool,
    /// TLS that began within another protocol.
    upgraded: bool,
}

#[derive(Debug)]
enum State {
    /// Not recognized yet: the first octets of caller and called.
    Head(Vec<u8>, Vec<u8>),
    Tls(Box<TlsSeen>),
    Http(Box<HttpSeen>),
    Mqtt(Box<MqttSeen>),
    Text(Box<TextLogin>),
    /// DNS in messages with a length before: of caller and called.
    Dns(Vec<u8>, Vec<u8>),
    Json(Vec<u8>, Vec<u8>),
    /// Nothing more is read.
    Done,
}

impl Default for Conversation {
    fn default() -> Self {
        Self { state: State::Head(Vec::new(), Vec::new()), name: None, clear: false, upgraded: false }
    }
}

/// What readers of a connection tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) sightings: Sightings,
    /// Whole messages of DNS, with the side that sent them.
    pub(super) dns: Vec<(bool, Vec<u8>)>,
}

impl Conversation {
    /// Takes the next octets of a side; `port` is that of the called side.
    pub(super) fn feed(&mut self, from_caller: bool, bytes: &[u8], port: u16, told: &mut Told) {
        match &mut self.state {
            State::Head(caller, called) => {
                let side = if from_caller { &mut *caller } else { &mut *called };
                let room = HEAD_AT_MOST.saturating_sub(side.len());
                let kept = bytes.get(..room).unwrap_or(bytes);
                side.extend_from_slice(kept);
                let rest = bytes.get(kept.len()..).unwrap_or_default();
                self.recognize(port, told);
                // The rest would not have changed what it is.
                if !rest.is_empty() && !matches!(self.state, State::Head(..) | State::Done) {
                    self.feed(from_caller, rest, port, told);
                }
            }
            State::Tls(tls) => tls.feed(from_caller, bytes),
            State::Http(http) => http.feed(from_caller, bytes, &mut told.sightings),
            State::Mqtt(mqtt) => mqtt.feed(from_caller, bytes, &mut told.sightings),
            State::Text(text) => {
                let before = told.sightings.0.len();
                text.feed(from_caller, bytes, &mut told.sightings);
                let upgrade =
                    told.sightings.0.iter().skip(before).any(|(_, one)| *one == Sighting::UpgradeToTls);
                if upgrade {
                    self.upgraded = true;
                    self.clear = false;
                    self.state = State::Tls(Box::default());
                }
            }
            State::Dns(caller, called) => {
                let side = if from_caller { caller } else { called };
                side.extend_from_slice(bytes);
                while let Some(length) =
                    side.get(..2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])))
                {
                    let Some(message) = side.get(2..2 + length) else { break };
                    told.dns.push((from_caller, message.to_vec()));
                    side.drain(..2 + length);
                }
            }
            State::Json(caller, called) => {
                let side = if from_caller { caller } else { called };
                let room = JSON_AT_MOST.saturating_sub(side.len());
                side.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
            State::Done => {}
        }
    }

    /// Octets are missing from here on.
    pub(super) fn hole(&mut self, from_caller: bool, told: &mut Told) {
        match &mut self.state {
            // What follows is the middle of something.
            State::Head(caller, called) => {
                let side = if from_caller { caller } else { called };
                if !side.is_empty() {
                    self.state = State::Done;
                }
            }
            State::Tls(tls) => tls.hole(from_caller),
            State::Http(http) => http.hole(from_caller, &mut told.sightings),
            State::Mqtt(mqtt) => mqtt.hole(from_caller),
            State::Text(text) => text.hole(from_caller),
            State::Dns(..) | State::Json(..) => self.give_up(told),
            State::Done => {}
        }
    }

    /// Ends: nothing more comes. The handshake of TLS, if there was one.
    pub(super) fn end(&mut self, told: &mut Told) -> Option<Handshake> {
        match &mut self.state {
            State::Http(http) => http.end(&mut told.sightings),
            State::Json(caller, called) => {
                fields::json(caller, true, &mut told.sightings);
                fields::json(called, false, &mut told.sightings);
            }
            _ => {}
        }
        let handshake = match &self.state {
            State::Tls(tls) => tls.handshake(),
            _ => None,
        };
        self.state = State::Done;
        handshake
    }

    /// Frees what is kept; what is known stays known. The handshake of TLS is kept.
    pub(super) fn give_up(&mut self, told: &mut Told) {
        match &mut self.state {
            State::Tls(tls) => {
                tls.hole(true);
                tls.hole(false);
            }
            _ => {
                self.end(told);
            }
        }
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        match &self.state {
            State::Head(one, other) | State::Dns(one, other) | State::Json(one, other) => {
                one.capacity() + other.capacity()
            }
            State::Tls(tls) => tls.held(),
            State::Http(http) => http.held(),
            State::Mqtt(mqtt) => mqtt.held(),
            State::Text(text) => text.held(),
            State::Done => 0,
        }
    }

    /// Name of the protocol.
    pub(super) fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// It is not encrypted, as far as is known.
    pub(super) fn clear(&self) -> bool {
        self.clear
    }

    /// Name of the peer in TLS.
    pub(super) fn server_name(&self) -> Option<&str> {
        match &self.state {
            State::Tls(tls) => tls.server_name(),
            _ => None,
        }
    }

    fn recognize(&mut self, port: u16, told: &mut Told) {
        let State::Head(caller, called) = &self.state else { return };
        let full = |side: &[u8]| side.len() >= HEAD_AT_MOST;
        let http = http_seen::recognize(caller).or_else(|| http_seen::recognize(called));
        let (state, name, clear) = if TlsSeen::begins(caller)
            || (caller.is_empty() && TlsSeen::begins(called))
        {
            (State::Tls(Box::default()), Some("tls"), false)
        } else if let Some(name) = http {
            // HTTP/2 is binary after its first line.
            let state = if name == "http2" { State::Done } else { State::Http(Box::default()) };
            (state, Some(if name == "http2" { "http" } else { name }), true)
        } else if mqtt_seen::begins(caller) == Some(true) {
            (State::Mqtt(Box::default()), Some("mqtt"), true)
        } else if caller.starts_with(b"SSH-") || called.starts_with(b"SSH-") {
            (State::Done, Some("ssh"), false)
        } else if let Some(dialogue) = text_logins::recognize(caller, called) {
            // A console without options of Telnet is one by its port.
            let telnet = dialogue != Dialogue::Console
                || port == 23
                || [caller, called].iter().any(|side| side.first() == Some(&0xff));
            (State::Text(Box::new(TextLogin::new(dialogue))), telnet.then(|| dialogue.name()), true)
        } else if let Some(name) = by_form(caller, called) {
            (State::Done, Some(name), true)
        } else if is_dns(caller, port) {
            (State::Dns(Vec::new(), Vec::new()), Some("dns"), true)
        } else if fields::begins_json(caller) || fields::begins_json(called) {
            (State::Json(Vec::new(), Vec::new()), Some("json"), true)
        } else if goes_on_as_tls(caller, called) {
            (State::Tls(Box::default()), Some("tls"), false)
        } else if full(caller) || full(called) || (!may_become(caller) && !text_logins::may_become(called)) {
            (State::Done, None, false)
        } else {
            return;
        };
        let State::Head(caller, called) = std::mem::replace(&mut self.state, state) else { return };
        (self.name, self.clear) = (name, clear);
        if !caller.is_empty() {
            self.feed(true, &caller, port, told);
        }
        if !called.is_empty() {
            self.feed(false, &called, port, told);
        }
    }
}

/// Protocols that are recognized and not read.
fn by_form(caller: &[u8], called: &[u8]) -> Option<&'static str> {
    if caller.get(4..8) == Some(b"\xffSMB") || caller.get(4..8) == Some(b"\xfeSMB") {
        return Some("smb");
    }
    if called.starts_with(b"RFB 00") {
        return Some("vnc");
    }
    if caller.starts_with(b"AMQP\0") {
        return Some("amqp");
    }
    if caller.starts_with(b"<stream:stream") || caller.starts_with(b"<?xml") {
        return caller.windows(14).any(|part| part == b"<stream:stream").then_some("xmpp");
    }
    let redis = matches!(caller, [b'*', b'1'..=b'9', b'\r', b'\n', b'$', ..]);
    redis.then_some("redis")
}

/// A message of DNS with its length before it; on another port than that of DNS all of it has to be there.
fn is_dns(caller: &[u8], port: u16) -> bool {
    let Some((length, message)) = caller.split_first_chunk() else { return false };
    let whole = usize::from(u16::from_be_bytes(*length)) == message.len();
    (port == 53 && datagrams::recognize(message, (0, 53)).is_some_and(|kind| kind.name == "dns"))
        || (whole && datagrams::is_exactly_dns(message))
}

/// Whether it is TLS whose beginning was not captured: records of both sides, or of one that has said enough.
fn goes_on_as_tls(caller: &[u8], called: &[u8]) -> bool {
    let enough = |one: &[u8], other: &[u8]| {
        TlsSeen::goes_on(one) && (TlsSeen::goes_on(other) || (other.is_empty() && one.len() >= HEAD_AT_MOST))
    };
    enough(caller, called) || enough(called, caller)
}

/// Whether more octets of the caller could make it something that is recognized.
fn may_become(caller: &[u8]) -> bool {
    caller.len() < 14
        || http_seen::may_become(caller)
        || mqtt_seen::begins(caller).is_none()
        || TlsSeen::goes_on(caller)
        || caller.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b'[' | b'{'))
}
