//! Connections of TCP and exchanges of datagrams under way, and how many of them are kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use super::conversation::Conversation;
use super::datagrams::Kind;
use super::needles::Tail;
use super::stream::Direction;
use super::tls_seen::Handshake;

/// Connections or exchanges that are kept.
const KEPT_AT_MOST: usize = 32_768;

/// An address and a port.
pub(super) type End = (IpAddr, u16);

/// Both ends, in an order of their own, and the number of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ends {
    addresses: [u128; 2],
    ports: [u16; 2],
    protocol: u8,
}

impl Ends {
    /// Of a packet, in whichever direction it went.
    pub(super) fn of(one: End, other: End, protocol: u8) -> Self {
        let number = |address: IpAddr| match address {
            // As addresses that stand for IPv4 in IPv6.
            IpAddr::V4(four) => u128::from(four.to_bits()) | 0xffff << 32,
            IpAddr::V6(six) => six.to_bits(),
        };
        let (one, other) = ((number(one.0), one.1), (number(other.0), other.1));
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        Self { addresses: [one.0, other.0], ports: [one.1, other.1], protocol }
    }
}

/// Which end called, and which is the device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    pub(super) caller: End,
    pub(super) called: End,
    pub(super) device_calls: bool,
    /// Place of the flow.
    pub(super) flow: Option<usize>,
    /// Number of the first frame.
    pub(super) born: u64,
}

impl Roles {
    /// Whether what comes from an end comes from the caller.
    pub(super) fn is_caller(&self, source: End) -> bool {
        source == self.caller
    }

    /// Whether it comes from the device.
    pub(super) fn is_device(&self, from_caller: bool) -> bool {
        from_caller == self.device_calls
    }

    /// The end that is not the device.
    pub(super) fn peer(&self) -> End {
        if self.device_calls { self.called } else { self.caller }
    }
}

/// A connection of TCP.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) roles: Roles,
    /// Number of the first SYN; a repetition of it is no new connection.
    pub(super) opening: Option<u32>,
    pub(super) established: bool,
    /// It was counted as established.
    pub(super) counted: bool,
    /// Number after the last octet of caller, called.
    pub(super) ended: [Option<u32>; 2],
    pub(super) over: bool,
    /// Microseconds since 1970.
    pub(super) last: u64,
    /// Octets in memory when it was last counted.
    pub(super) held: usize,
    pub(super) caller: Side,
    pub(super) called: Side,
    pub(super) conversation: Conversation,
    /// What is known of the protocol was told to the flow.
    pub(super) told: bool,
    pub(super) named: bool,
}

/// One direction of it.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) direction: Direction,
    pub(super) tail: Tail,
}

impl Connection {
    /// Begins.
    pub(super) fn new(roles: Roles, at: u64) -> Self {
        Self {
            roles,
            opening: None,
            established: false,
            counted: false,
            ended: [None; 2],
            over: false,
            last: at,
            held: 0,
            caller: Side::default(),
            called: Side::default(),
            conversation: Conversation::default(),
            told: false,
            named: false,
        }
    }

    /// Whether both sides have said all, and all of it was taken.
    pub(super) fn said_all(&self) -> bool {
        let reached = |side: &Side, end: Option<u32>| end.is_some_and(|end| side.direction.reached(end));
        let [caller, called] = self.ended;
        reached(&self.caller, caller) && reached(&self.called, called)
    }

    /// Octets in memory.
    pub(super) fn holds(&self) -> usize {
        let side = |side: &Side| side.direction.held() + side.tail.held();
        side(&self.caller) + side(&self.called) + self.conversation.held()
    }
}

/// An exchange of datagrams, or of packets without ports.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) roles: Roles,
    pub(super) last: u64,
    pub(super) answered: bool,
    pub(super) kind: Option<Kind>,
    pub(super) handshake: Option<Box<Handshake>>,
    /// Protected data of caller, called.
    pub(super) data: [bool; 2],
}

impl Exchange {
    /// Begins.
    pub(super) fn new(roles: Roles, at: u64) -> Self {
        Self { roles, last: at, answered: false, kind: None, handshake: None, data: [false; 2] }
    }
}

/// Keeps the most recent of something.
#[derive(Debug)]
pub(super) struct Recent<T> {
    all: HashMap<Ends, Box<T>>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { all: HashMap::new() }
    }
}

impl<T> Recent<T> {
    /// One of them.
    pub(super) fn get(&mut self, ends: &Ends) -> Option<&mut T> {
        self.all.get_mut(ends).map(Box::as_mut)
    }

    /// Adds one; the one that was there.
    pub(super) fn insert(&mut self, ends: Ends, value: T) -> Option<Box<T>> {
        self.all.insert(ends, Box::new(value))
    }

    /// Whether there is no room for another.
    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= KEPT_AT_MOST
    }

    /// Takes out those that were quiet longest, until half is left, in order of their beginning.
    pub(super) fn shed(&mut self, last: impl Fn(&T) -> u64, born: impl Fn(&T) -> u64) -> Vec<Box<T>> {
        let mut times: Vec<u64> = self.all.values().map(|one| last(one)).collect();
        times.sort_unstable();
        let Some(border) = times.get(times.len() / 2).copied() else { return Vec::new() };
        let mut shed: Vec<Box<T>> =
            self.all.extract_if(|_, one| last(one) <= border).map(|(_, one)| one).collect();
        shed.sort_unstable_by_key(|one| born(one));
        shed
    }

    /// All of them, in order of their beginning.
    pub(super) fn drain(&mut self, born: impl Fn(&T) -> u64) -> Vec<Box<T>> {
        let mut all: Vec<Box<T>> = self.all.drain().map(|(_, one)| one).collect();
        all.sort_unstable_by_key(|one| born(one));
        all
    }
}
