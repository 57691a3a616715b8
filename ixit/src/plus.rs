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
