//! The log of security events: records are added by the device alone, the oldest goes first, nobody deletes any.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::http::{self, Page};

/// Most records that are kept.
const KEPT: usize = 128;

/// What is wrong with the log; nothing in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogFlaws {
    /// Failed logins are not written down.
    pub misses_failed_logins: bool,
    /// Whoever asks deletes all records.
    pub erasable_by_anybody: bool,
    /// Whoever asks reads the records.
    pub open: bool,
    /// Records do not say when.
    pub without_time: bool,
}

/// The log.
#[derive(Debug, Default)]
pub(crate) struct SecurityLog {
    flaws: LogFlaws,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    written: u64,
    records: VecDeque<Record>,
}

#[derive(Debug)]
struct Record {
    number: u64,
    at: jiff::Timestamp,
    event: &'static str,
    at_what: &'static str,
}

impl SecurityLog {
    pub(crate) fn new(flaws: LogFlaws) -> Self {
        Self { flaws, kept: Mutex::default() }
    }

    /// Writes an event down, without any value that somebody entered.
    pub(crate) fn note(&self, event: &'static str, at_what: &'static str) {
        if self.flaws.misses_failed_logins && event == "login refused" {
            return;
        }
        let mut kept = self.kept();
        kept.written += 1;
        let record = Record { number: kept.written, at: jiff::Timestamp::now(), event, at_what };
        if kept.records.len() >= KEPT {
            kept.records.pop_front();
        }
        kept.records.push_back(record);
    }

    /// What a reset leaves: that there was one.
    pub(crate) fn begin_anew(&self) {
        self.kept().records.clear();
        self.note("reset", "device");
    }

    /// The answer to a request: to be read by whoever may, and no more; `None` where that takes a token.
    pub(crate) fn answer(&self, method: &Method, may: bool) -> Option<Page> {
        match *method == Method::GET {
            true => (self.flaws.open || may).then(|| self.page()),
            false => Some(self.refuse_or_erase(*method == Method::DELETE)),
        }
    }

    fn page(&self) -> Page {
        let kept = self.kept();
        let described = |record: &Record| -> Value {
            let at = record.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
            match self.flaws.without_time {
                true => json!({ "number": record.number, "event": record.event, "what": record.at_what }),
                false => {
                    json!({ "number": record.number, "at": at, "event": record.event, "what": record.at_what })
                }
            }
        };
        let records: Vec<Value> = kept.records.iter().map(described).collect();
        http::json(StatusCode::OK, &json!({ "records": records }))
    }

    /// The answer to whoever wants to delete or write: nobody can.
    fn refuse_or_erase(&self, deletes: bool) -> Page {
        if deletes && self.flaws.erasable_by_anybody {
            self.kept().records.clear();
            return http::json(StatusCode::OK, &json!({ "records": [] }));
        }
        let told = json!({ "error": "the log can be read only" });
        http::with_header(http::json(StatusCode::METHOD_NOT_ALLOWED, &told), hyper::header::ALLOW, "GET")
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // No code panics while it holds the lock half way through a change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(log: &SecurityLog) -> Vec<&'static str> {
        log.kept().records.iter().map(|record| record.event).collect()
    }

    #[test]
    fn records_are_added_the_oldest_goes_first_and_nobody_deletes() {
        let log = SecurityLog::new(LogFlaws::default());
        log.note("login refused", "web");
        for _ in 0..KEPT - 1 {
            log.note("login", "web");
        }
        assert_eq!(log.refuse_or_erase(true).status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!((events(&log).len(), events(&log)[0]), (KEPT, "login refused"));
        log.note("login", "web");
        assert_eq!((events(&log).len(), events(&log)[0]), (KEPT, "login"));
        log.begin_anew();
        assert_eq!(events(&log), ["reset"]);
    }

    #[test]
    fn each_flaw_shows() {
        let log = SecurityLog::new(LogFlaws {
            misses_failed_logins: true,
            erasable_by_anybody: true,
            ..LogFlaws::default()
        });
        log.note("login refused", "web");
        log.note("login", "web");
        assert_eq!(events(&log), ["login"]);
        assert_eq!(log.refuse_or_erase(false).status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(log.refuse_or_erase(true).status(), StatusCode::OK);
        assert!(events(&log).is_empty());
    }
}
