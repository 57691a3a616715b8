//! The order of everything: logins held, values planted, lesser orders, the declared one, the search, the set-up by
//! the bench, the search again.

use std::time::Duration;

use super::visitors::{self, Visitor};
use super::{Deletion, Params, residue};
use crate::capture::{Needle, Needles};
use crate::context::ProbeContext;
use crate::listening::{self, Listening};
use crate::probe::access_control::neighbours;
use crate::probe::access_control::visitor::{Session, Web};

/// Seconds of the time budget that are kept for bringing the device back.
const RESERVE: f64 = 5.0;
/// Places that are looked at in one state, at most.
const SPOTS_AT_MOST: usize = 64;
/// Longest wait until the capture is written down.
const LISTENING_ENDS: Duration = Duration::from_millis(1500);

/// A place at which data of the user may be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) port: u16,
    pub(super) tls: bool,
    pub(super) path: String,
    pub(super) declared: bool,
    /// Who may, by the declaration; empty where that is not known.
    pub(super) who: Vec<String>,
}

impl Spot {
    fn declared(port: u16, tls: bool, path: &str, who: Vec<String>) -> Self {
        Self { port, tls, path: path.to_owned(), declared: true, who }
    }

    /// Found beside what is declared.
    pub(super) fn beside(port: u16, tls: bool, path: String) -> Self {
        Self { port, tls, path, declared: false, who: Vec::new() }
    }

    /// Whether those who are let in by a mechanism may look there.
    pub(super) fn admits(&self, row: &str) -> bool {
        let of_row = |who: &String| who == "anyone" || who.split('/').next() == Some(row);
        self.who.is_empty() || self.who.iter().any(of_row)
    }
}

/// The course of one deletion.
pub(super) struct Course<'a> {
    pub(super) params: &'a Params,
    pub(super) context: &'a ProbeContext,
    pub(super) web: Web<'a>,
    pub(super) seen: &'a mut Deletion,
    /// Left out or failed: the outcome is partial.
    pub(super) gaps: Vec<String>,
    /// Logins of the user before the deletion.
    pub(super) visitors: Vec<Visitor>,
    pub(super) spots: Vec<Spot>,
    /// What is searched for; made when everything is planted.
    pub(super) needles: Option<Needles>,
    listening: Option<Listening>,
}

impl<'a> Course<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext, seen: &'a mut Deletion) -> Self {
        let web =
            Web { dialer: &context.dialer, address: params.address, transcript: String::new(), count: 0 };
        let mut spots: Vec<Spot> = Vec::new();
        let mut add = |spot: Spot| {
            let known = |other: &Spot| (other.port, &other.path) == (spot.port, &spot.path);
            if !spots.iter().any(known) {
                spots.push(spot);
            }
        };
        let of = |who: &Option<String>| who.iter().cloned().collect::<Vec<String>>();
        for datum in &params.deletes {
            add(Spot::declared(datum.port, datum.tls, &datum.read, of(&datum.who)));
        }
        for read in params.reads.iter().filter(|read| read.kind == "http" && read.method == "GET") {
            add(Spot::declared(read.port, read.tls, &read.target, read.who.clone()));
        }
        if let Some(page) = &params.erasure.page {
            add(Spot::declared(params.erasure.port, params.erasure.tls, page, of(&params.erasure.who)));
        }
        Self {
            params,
            context,
            web,
            seen,
            gaps: Vec::new(),
            visitors: Vec::new(),
            spots,
            needles: None,
            listening: None,
        }
    }

    /// # Errors
    /// Why it could not go on, in words; the sample is as far as the result says.
    pub(super) async fn go(&mut self) -> Result<(), String> {
        self.hold().await;
        self.plant().await;
        if self.seen.shown().next().is_none() {
            return Err("no value could be planted and read back, so nothing was deleted".to_owned());
        }
        if self.is_late() {
            return Err("the time was over before anything was deleted".to_owned());
        }
        self.lesser_orders().await?;
        self.make_needles();
        self.listen().await;
        self.declared_order().await?;
        self.wait_until_gone().await;
        if self.seen.gone_after.is_none() && !self.was_said_to_be_done() {
            return self.leave_as_it_is().await;
        }
        if self.params.erasure.resets {
            self.look_after_reset().await;
            self.set_up_again().await?;
        }
        self.look_in_use().await;
        Ok(())
    }

    /// Ends what goes on beside, and gives what was left out.
    pub(super) async fn close(&mut self) -> Vec<String> {
        if let Some(listening) = self.listening.take() {
            match tokio::time::timeout(LISTENING_ENDS, listening.close(self.context)).await {
                Ok(heard) => {
                    self.seen.captured = Some(heard.facts.seconds);
                    residue::in_capture(self.seen, &heard.facts);
                }
                Err(_) => self.gaps.push("the capture could not be written down in time".to_owned()),
            }
        }
        std::mem::take(&mut self.gaps)
    }

    pub(super) fn is_late(&self) -> bool {
        self.context.seconds_left().is_some_and(|left| left < RESERVE)
    }

    /// What the values are searched as, from now on.
    fn make_needles(&mut self) {
        self.needles = Some(Needles::new(&self.values()));
    }

    fn values(&self) -> Vec<Needle> {
        let shown = self.seen.planted.iter().filter(|planted| planted.shown && planted.unmistakable);
        shown.map(|planted| Needle { key: planted.data.clone(), value: planted.value.clone() }).collect()
    }

    /// Opens the capture point, where there is one: what the device says from now on is searched too.
    async fn listen(&mut self) {
        let params = self.params;
        let addresses =
            if params.addresses.is_empty() { vec![params.address] } else { params.addresses.clone() };
        let hardware = params.hardware.as_deref();
        let mut questions = listening::questions(self.context, &addresses, hardware, &params.tester).await;
        questions.needles = self.values();
        self.listening = Listening::open(self.context, &questions).ok();
    }

    /// Waits until the user of before no longer sees the first value that was planted, or the declared time is over.
    async fn wait_until_gone(&mut self) {
        let begun = tokio::time::Instant::now();
        if self.seen.declared_attempt().is_some_and(|attempt| attempt.result == "carried-out") {
            // Seen right after the order; asking again would cost the device one more failed login.
            self.seen.gone_after = Some(0.0);
            return;
        }
        let longest = Duration::from_secs_f64(self.params.erasure.seconds.clamp(0.1, 3600.0));
        let mut rest = Duration::from_millis(50);
        loop {
            if self.still_shown().await == Some(false) {
                self.seen.gone_after = Some((begun.elapsed().as_secs_f64() * 1000.0).round() / 1000.0);
                return;
            }
            if begun.elapsed() >= longest || self.is_late() {
                return;
            }
            tokio::time::sleep(rest.min(longest.saturating_sub(begun.elapsed()))).await;
            rest = (rest * 2).min(Duration::from_secs(2));
        }
    }

    fn was_said_to_be_done(&self) -> bool {
        self.seen.answer.as_ref().is_some_and(|told| !told.words.is_empty())
    }

    /// After an order without effect: the credential of the bench is looked at, and nothing else.
    async fn leave_as_it_is(&mut self) -> Result<(), String> {
        let who = self.params.erasure.who.clone();
        if self.still_shown().await == Some(true) && self.session_of(who.as_deref()).await.is_ok() {
            self.seen.brought_back = Some(true);
        }
        Err("the declared order was not seen to have an effect".to_owned())
    }

    /// Whether the former user still sees the first value that was planted, with a login of before or a new one;
    /// `None` where nothing answered.
    pub(super) async fn still_shown(&mut self) -> Option<bool> {
        let place = self.seen.planted.iter().position(|planted| planted.shown)?;
        let (planted, datum) = (self.seen.planted[place].clone(), &self.params.deletes[place]);
        let at = (datum.port, datum.tls);
        let mechanism = datum.who.as_deref().and_then(|who| visitors::mechanism_of(self.params, who));
        let held = self.visitors.iter().position(|visitor| Some(visitor.mechanism) == mechanism);
        let mut session = held.map_or_else(Session::default, |held| self.visitors[held].session.clone());
        for again in [false, true] {
            if again {
                let Some(mechanism) = mechanism else { break };
                let mechanism = &self.params.mechanisms[mechanism];
                match visitors::enter(&mut self.web, self.context, mechanism, "user").await {
                    (_, Some((_, new))) => session = new,
                    ("refused", None) => break,
                    _ => return None,
                }
            }
            let answer = self.web.ask("<user>", &mut session, at, "GET", &datum.read, None).await?;
            if residue::shows(&answer.text(), &datum.field, &planted) {
                return Some(true);
            }
            if (200..=299).contains(&answer.status) && (again || !self.params.erasure.resets) {
                return Some(false);
            }
        }
        Some(false)
    }

    /// Has the bench set the device up, as a new user does.
    pub(super) async fn set_up_again(&mut self) -> Result<(), String> {
        match (self.context.act)("onboard").await {
            Ok(true) => {
                "bench".clone_into(&mut self.seen.set_up_again);
                Ok(())
            }
            Ok(false) => {
                "nobody".clone_into(&mut self.seen.set_up_again);
                Err("the bench has no action onboard, so the device was not set up again and its next user saw \
                     nothing"
                    .to_owned())
            }
            Err(error) => Err(format!("the device could not be set up again: {error}")),
        }
    }

    /// Takes in to which places the pages of a visitor lead.
    pub(super) fn find_links(
        &mut self,
        session: &Session,
        port: u16,
        tls: bool,
        spot: fn(u16, bool, String) -> Spot,
    ) {
        let host = crate::http::host_name(self.params.address);
        for path in neighbours::links(&host, port, tls, &session.pages) {
            let known = |other: &Spot| (other.port, &other.path) == (port, &path);
            let is_login = self.params.mechanisms.iter().any(|mechanism| mechanism.path == path);
            if !is_login && self.spots.len() < SPOTS_AT_MOST && !self.spots.iter().any(known) {
                self.spots.push(spot(port, tls, path));
            }
        }
    }
}
