//! Follows connections of TCP, exchanges of datagrams, and frames below IP.

use super::analyser::{Analyser, Hit};
use super::connections::{Connection, End, Ends, Exchange, Roles, Side};
use super::datagrams::{self, Kind};
use super::facts::{Initiator, Transport};
use super::flows::{FlowKey, Moment};
use super::layers::{self, ACK, Body, FIN, Packet, RST, SYN, Segment};
use super::names::Place;
use super::stream::Piece;
use super::tls_seen::{self, Handshake};
use super::whose::Whose;

/// Octets that all connections may hold.
const HELD_AT_MOST: usize = 24 << 20;
/// Silence after which a datagram begins a new exchange, in microseconds.
const PAUSE: u64 = 1_000_000;
/// The same where the protocol has connections of its own.
const LONG_PAUSE: u64 = 10_000_000;

/// How a connection began.
#[derive(Clone, Copy, PartialEq)]
enum Beginning {
    Seen,
    /// It was under way when the capture began.
    Missed,
}

impl Analyser {
    /// A frame below IP.
    pub(super) fn link(&mut self, kind: u16, body: &[u8], whose: Whose, now: Moment) {
        let from_device = whose != Whose::Device { sent: false };
        let key = FlowKey {
            // A frame below IP begins nothing: who spoke first says little, but is all there is.
            initiator: if from_device { Initiator::Device } else { Initiator::Peer },
            transport: Transport::Link,
            device: None,
            peer: None,
            port: kind,
        };
        let flow = self.flows.open(key, None, now);
        let first = self.flows.at(flow).is_some_and(|flow| flow.frame == now.frame);
        self.flows.passed(flow, from_device, u32::try_from(body.len()).unwrap_or(u32::MAX), now.at);
        if first {
            self.flows.began(flow, Some(now.at));
            self.flows.recognized(flow, Some(&layers::link_name(kind)), false);
        }
        if !self.needles.is_empty() {
            let hits = &mut self.hits;
            self.needles.search_alone(body, &mut |key, encoding| {
                hits.push(Hit { key: key.to_owned(), encoding, from_caller: from_device });
            });
            self.note(flow, true, now);
        }
    }

    /// Opens the flow of a new connection.
    fn roles(
        &mut self,
        (caller, called): (End, End),
        source: End,
        (transport, whose): (Transport, Whose),
        beginning: Beginning,
        now: Moment,
    ) -> Roles {
        let device_calls = match whose {
            Whose::Device { sent } => sent == (source == caller),
            _ => true,
        };
        let (device, peer) = if device_calls { (caller, called) } else { (called, caller) };
        let key = FlowKey {
            initiator: match (beginning, device_calls) {
                (Beginning::Missed, _) => Initiator::Unknown,
                (Beginning::Seen, true) => Initiator::Device,
                (Beginning::Seen, false) => Initiator::Peer,
            },
            transport,
            device: self.sides.anybody().then_some(device.0),
            peer: Some(peer.0),
            port: called.1,
        };
        let flow = self.flows.open(key, Some(device.0), now);
        if let Some(name) = self.names.of(peer.0) {
            self.flows.name(flow, name, false);
        }
        self.flows.began(flow, (beginning == Beginning::Seen).then_some(now.at));
        Roles { caller, called, device_calls, flow, born: now.frame }
    }

    /// A segment of TCP.
    pub(super) fn segment(
        &mut self,
        packet: &Packet<'_>,
        segment: Segment<'_>,
        whose: Whose,
        now: Moment,
        time: u64,
    ) {
        let source = (packet.source, segment.ports.0);
        let target = (packet.destination, segment.ports.1);
        let ends = Ends::of(source, target, 6);
        let has = |flag: u8| segment.flags & flag != 0;
        let opens = has(SYN) && !has(ACK);
        if self.held > HELD_AT_MOST {
            self.shed(now);
        }
        let known = self.connections.get(&ends).map(|connection| {
            // The same first number: it is sent again. Another: the ports are used again.
            !(opens && connection.opening != Some(segment.sequence))
        });
        if known != Some(true) {
            if !opens && has(RST) && segment.length == 0 {
                // The refusal of something that was not captured.
                return;
            }
            if self.connections.is_full() {
                self.shed(now);
            }
            let (ordered, beginning) = if opens {
                ((source, target), Beginning::Seen)
            } else if has(SYN) {
                ((target, source), Beginning::Seen)
            } else if source.1 >= target.1 {
                ((source, target), Beginning::Missed)
            } else {
                ((target, source), Beginning::Missed)
            };
            let roles = self.roles(ordered, source, (Transport::Tcp, whose), beginning, now);
            let mut connection = Connection::new(roles, time);
            if opens {
                connection.opening = Some(segment.sequence);
            }
            if let Some(before) = self.connections.insert(ends, connection) {
                self.held = self.held.saturating_sub(before.held);
                self.end(*before, now);
            }
        }
        let Some(connection) = self.connections.get(&ends) else { return };
        let from_caller = connection.roles.is_caller(source);
        let from_device = connection.roles.is_device(from_caller);
        let flow = connection.roles.flow;
        connection.last = connection.last.max(time);
        self.flows.passed(flow, from_device, segment.length, now.at);
        establish(connection, from_caller, &segment);
        let established =
            connection.established && !std::mem::replace(&mut connection.counted, connection.established);
        if established && let Some(flow) = self.flows.at(flow) {
            flow.established = flow.established.saturating_add(1);
        }
        let over = connection.over;
        let mut fresh = false;
        if segment.length > 0 && !over {
            let Connection { caller, called, conversation, roles, .. } = connection;
            let Side { direction, tail } = if from_caller { caller } else { called };
            let (told, hits, needles, holes) =
                (&mut self.told, &mut self.hits, &self.needles, &mut self.lost.holes);
            let port = roles.called.1;
            // Data may come with SYN, which takes a number of its own.
            let sequence = segment.sequence.wrapping_add(u32::from(has(SYN)));
            direction.take(sequence, segment.payload, segment.length, &mut |piece| match piece {
                Piece::Octets(octets) => {
                    fresh = true;
                    conversation.feed(from_caller, octets, port, told);
                    needles.search(tail, octets, &mut |key, encoding| {
                        hits.push(Hit { key: key.to_owned(), encoding, from_caller });
                    });
                }
                Piece::Hole => {
                    *holes += 1;
                    conversation.hole(from_caller, told);
                    tail.clear();
                }
            });
        }
        if has(RST) || connection.said_all() {
            connection.over = true;
        }
        let (over, held, before) = (connection.over && !over, connection.holds(), connection.held);
        connection.held = held;
        self.held = (self.held + held).saturating_sub(before);
        if fresh {
            self.tell(&ends, now);
        }
        if over && let Some(connection) = self.connections.get(&ends) {
            // Late repetitions may still come; they are counted.
            let roles = connection.roles;
            let ended = std::mem::replace(connection, Connection::new(roles, time));
            (connection.over, connection.counted, connection.established) = (true, true, true);
            connection.opening = ended.opening;
            self.held = self.held.saturating_sub(ended.held);
            self.end(ended, now);
        }
    }

    /// Tells the flow what a connection has become.
    fn tell(&mut self, ends: &Ends, now: Moment) {
        let Some(connection) = self.connections.get(ends) else { return };
        let roles = connection.roles;
        if !connection.told && (connection.conversation.name().is_some() || connection.conversation.clear()) {
            connection.told = true;
            // Whether it stays in the clear is known when it ends.
            self.flows.recognized(roles.flow, connection.conversation.name(), false);
        }
        if !connection.named
            && let Some(name) = connection.conversation.server_name()
        {
            connection.named = true;
            if roles.device_calls {
                self.flows.name(roles.flow, name, true);
            }
        }
        self.dns(roles, false, now);
        self.note(roles.flow, roles.device_calls, now);
    }

    /// Reads the whole messages of DNS that came.
    fn dns(&mut self, roles: Roles, multicast: bool, now: Moment) {
        for (from_caller, message) in std::mem::take(&mut self.told.dns) {
            let place = Place {
                from_device: roles.is_device(from_caller),
                server: roles.peer().0,
                multicast,
                at: now.at,
            };
            self.names.take(&message, place);
        }
    }

    /// A connection is over, or is let go.
    fn end(&mut self, mut connection: Connection, now: Moment) {
        let roles = connection.roles;
        let Connection { caller, called, conversation, .. } = &mut connection;
        for (from_caller, side) in [(true, caller), (false, called)] {
            let (told, hits, needles, holes) =
                (&mut self.told, &mut self.hits, &self.needles, &mut self.lost.holes);
            let Side { direction, tail } = side;
            direction.flush(&mut |piece| match piece {
                Piece::Octets(octets) => {
                    conversation.feed(from_caller, octets, roles.called.1, told);
                    needles.search(tail, octets, &mut |key, encoding| {
                        hits.push(Hit { key: key.to_owned(), encoding, from_caller });
                    });
                }
                Piece::Hole => {
                    *holes += 1;
                    conversation.hole(from_caller, told);
                    tail.clear();
                }
            });
        }
        if let Some(name) = conversation.server_name()
            && roles.device_calls
        {
            self.flows.name(roles.flow, name, true);
        }
        if let Some(handshake) = conversation.end(&mut self.told) {
            self.flows.shaken(roles.flow, handshake);
        }
        self.flows.recognized(roles.flow, conversation.name(), conversation.clear());
        self.dns(roles, false, now);
        self.note(roles.flow, roles.device_calls, now);
    }

    /// Makes room.
    fn shed(&mut self, now: Moment) {
        let last = |connection: &Connection| if connection.over { 0 } else { connection.last };
        for connection in self.connections.shed(last, |connection| connection.roles.born) {
            self.held = self.held.saturating_sub(connection.held);
            self.lost.shed += u64::from(!connection.over);
            if !connection.over {
                self.end(*connection, now);
            }
        }
    }

    /// Ends everything.
    pub(super) fn end_all(&mut self, now: Moment) {
        for connection in self.connections.drain(|connection| connection.roles.born) {
            if !connection.over {
                self.end(*connection, now);
            }
        }
        for exchange in self.exchanges.drain(|exchange| exchange.roles.born) {
            self.end_exchange(*exchange);
        }
    }

    /// A datagram, or a packet without ports.
    pub(super) fn datagram(&mut self, packet: &Packet<'_>, whose: Whose, now: Moment, time: u64) {
        let (transport, ports, payload, length) = match packet.body {
            Body::Udp { ports, payload, length } => (Transport::Udp, ports, payload, length),
            Body::Icmp(body) => {
                (Transport::Icmp, (0, 0), body, u32::try_from(body.len()).unwrap_or(u32::MAX))
            }
            Body::Other(body) => {
                let number = u16::from(packet.protocol);
                (Transport::Other, (number, number), body, u32::try_from(body.len()).unwrap_or(u32::MAX))
            }
            _ => return,
        };
        let (source, target) = ((packet.source, ports.0), (packet.destination, ports.1));
        let ends = Ends::of(source, target, packet.protocol);
        if self.exchanges.get(&ends).is_none() {
            if self.exchanges.is_full() {
                for exchange in self.exchanges.shed(|exchange| exchange.last, |exchange| exchange.roles.born)
                {
                    self.end_exchange(*exchange);
                }
            }
            let ordered = if is_answer(ports) { (target, source) } else { (source, target) };
            let roles = self.roles(ordered, source, (transport, whose), Beginning::Seen, now);
            self.exchanges.insert(ends, Exchange::new(roles, time));
        }
        let Some(exchange) = self.exchanges.get(&ends) else { return };
        let roles = exchange.roles;
        let from_caller = roles.is_caller(source);
        let kind = match transport {
            Transport::Udp => datagrams::recognize(payload, ports),
            _ => layers::protocol_name(packet.protocol).map(|name| Kind { name, clear: false }),
        };
        let pause = match exchange.kind {
            Some(Kind { name: "dtls" | "quic" | "wireguard", .. }) => LONG_PAUSE,
            _ => PAUSE,
        };
        if from_caller && time.saturating_sub(exchange.last) >= pause {
            exchange.answered = false;
            self.flows.began(roles.flow, Some(now.at));
        }
        exchange.last = exchange.last.max(time);
        if !from_caller && !exchange.answered {
            exchange.answered = true;
            if let Some(flow) = self.flows.at(roles.flow) {
                flow.established = flow.established.saturating_add(1);
            }
        }
        if exchange.kind.is_none() {
            exchange.kind = kind;
        }
        if let Some(Kind { name: "dtls", .. }) = kind {
            dtls(exchange, from_caller, payload);
        }
        self.flows.passed(roles.flow, roles.is_device(from_caller), length, now.at);
        if let Some(kind) = kind {
            self.flows.recognized(roles.flow, Some(kind.name), kind.clear);
            match kind.name {
                "dns" => self.told.dns.push((from_caller, payload.to_vec())),
                "mdns" | "llmnr" => self.told.dns.push((from_caller, payload.to_vec())),
                _ => datagrams::credentials(kind, payload, from_caller, &mut self.told.sightings),
            }
            self.dns(roles, kind.name != "dns", now);
        }
        if !self.needles.is_empty() {
            let hits = &mut self.hits;
            self.needles.search_alone(payload, &mut |key, encoding| {
                hits.push(Hit { key: key.to_owned(), encoding, from_caller });
            });
        }
        self.note(roles.flow, roles.device_calls, now);
    }

    fn end_exchange(&mut self, exchange: Exchange) {
        if let Some(mut handshake) = exchange.handshake {
            handshake.data_both_ways = exchange.data == [true; 2];
            self.flows.shaken(exchange.roles.flow, *handshake);
        }
    }
}

/// Follows the opening and the end of a connection.
fn establish(connection: &mut Connection, from_caller: bool, segment: &Segment<'_>) {
    let has = |flag: u8| segment.flags & flag != 0;
    let Connection { caller, called, ended, .. } = connection;
    let side = if from_caller { &mut *caller } else { &mut *called };
    if has(SYN) {
        side.direction.open(segment.sequence);
    }
    // Both sides agreed when the caller confirms the number of the called one, or that one sends data.
    let heard = called.direction.is_open();
    let confirms = if from_caller { heard && has(ACK) } else { segment.length > 0 && !has(SYN) };
    if confirms && !has(RST) {
        connection.established = true;
    }
    if has(FIN)
        && let Some(end) = ended.get_mut(usize::from(!from_caller))
    {
        *end = Some(segment.sequence.wrapping_add(segment.length));
    }
}

/// Whether a first datagram answers one that was not captured, or that went to a group.
fn is_answer((from, to): (u16, u16)) -> bool {
    let serves = from < 1024 || matches!(from, 1900 | 3702 | 5355 | 5683 | 5684);
    (serves && to >= 1024 && from < to) || matches!((from, to), (67, 68) | (547, 546))
}

/// Reads the hellos of DTLS.
fn dtls(exchange: &mut Exchange, from_caller: bool, payload: &[u8]) {
    let seen: &mut Handshake = exchange.handshake.get_or_insert_default();
    if let Some(offer) = tls_seen::datagram_offer(payload)
        && from_caller
    {
        seen.offer = Some(offer);
    }
    if let Some(choice) = tls_seen::datagram_choice(payload)
        && !from_caller
    {
        seen.chosen = Some(choice);
    }
    if tls_seen::is_datagram_data(payload)
        && let Some(data) = exchange.data.get_mut(usize::from(!from_caller))
    {
        *data = true;
    }
}
