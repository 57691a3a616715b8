//! What a supplier says for the cases of `hantei-plus` beyond what the standard asks (`plus.toml`). Each section is
//! for the cases that read it; whoever leaves one out gets INCONCLUSIVE there, and no verdict of the standard moves.

use std::collections::BTreeMap;

use crate::companion::{Access, Endpoint};
use crate::described::record;
use crate::located::At;

/// `plus.toml`.
#[derive(Clone, Debug, Default)]
pub struct Plus {
    /// The log of security events.
    pub security_log: Option<SecurityLog>,
    /// Operation over a service.
    pub remote_operation: Option<RemoteOperation>,
}

/// Kinds of events that a log may be declared to hold.
pub const LOG_EVENTS: &[&str] = &[
    "login",
    "login-failed",
    "logout",
    "password-changed",
    "settings-changed",
    "access-refused",
    "bad-input",
    "pairing",
    "connection",
    "update-installed",
    "update-refused",
    "reset",
    "restart",
    "tampering",
];

record! {
    /// The log of security events, and who gets at it how.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SecurityLog {
        /// How the entitled read the log; `who` names the mechanisms that entitle.
        read: Access,
        /// Ways to delete records; `who` names who may. None where nobody can.
        erase: Vec<Access>,
        /// Ways to add or alter records from outside; `who` names who may. None where nobody can.
        write: Vec<Access>,
        /// How the log is fetched to keep it elsewhere; without it, as it is read.
        export: Option<Access>,
        /// Where the device sends records of itself: `application` `syslog` (in the clear), `syslog-tls`, `mqtts`, `https` …
        push: Option<Endpoint>,
        /// Kinds of events that it holds, such as `login-failed` or `settings-changed`.
        events: Vec<String>; one_of LOG_EVENTS,
        /// By event, text that its record holds; one text or several of which each is there.
        mentions: BTreeMap<String, Vec<String>>,
        /// By event, what brings it about: each is asked in its turn as the first of its `who`, and the last leaves
        /// things as they were. Logins, right and wrong, need none.
        cause: BTreeMap<String, Vec<Access>>,
        /// Only those named in `read` may read it.
        restricted: bool = true,
        /// Key of the list of records in a JSON answer; none where the answer is the list, or lines of text.
        records: Option<String>,
        /// Key of the time stamp in a record that is a JSON object; none where lines of text begin with it. Its form
        /// is that of RFC 3339, or seconds or milliseconds since 1970.
        time: Option<String>,
        /// Longest time in seconds until an event stands in the log.
        appears_seconds: u32 = 5,
        /// Place of the section.
        at: At,
    }
}

/// What may make an order fresh.
pub const FRESHNESS: &[&str] = &["number", "time"];

record! {
    /// Operation over a service of the maker, beside local operation: orders as they are worded, and how each shows.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RemoteOperation {
        /// Communication mechanism over which orders come; its endpoint names host and port of the service.
        through: String,
        /// Topic to which the device subscribes for orders; `{serial}` stands for its serial number.
        topic: String,
        /// How the state is read locally; `who` names the mechanisms that entitle.
        seen: Access,
        /// Two orders with different effects.
        order: Vec<RemoteOrder>,
        /// The order that stops the device and leads to its safe state.
        stop: Option<RemoteOrder>,
        /// Local operations of the same kind as the orders; the last leaves things as they were.
        local: Vec<LocalOperation>,
        /// The local operation that ends a stop.
        release: Option<LocalOperation>,
        /// What makes an order fresh, so that it is obeyed once: `number` or `time`; none where orders rest on the session alone.
        freshness: Option<String>; one_of FRESHNESS,
        /// Seconds for which a local operation keeps orders out.
        local_hold_seconds: Option<u32>,
        /// Longest time in seconds until an order or operation shows in the state.
        takes_seconds: u32 = 5,
        /// Place of the section.
        at: At,
    }
}

record! {
    /// An order as it is worded.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RemoteOrder {
        /// Content: `{number}` stands for a number that rises with every order, `{time}` for the time (RFC 3339).
        says: String,
        /// Texts that the state holds when the order has taken effect.
        shows: Vec<String>,
    }
}

record! {
    /// A local operation.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LocalOperation {
        /// How it is asked for; `who` names the mechanisms that entitle.
        access: Access,
        /// Texts that the state holds when it has taken effect.
        shows: Vec<String>,
    }
}
