//! The order of things: everything is read, a stranger tries, then all settings go through their positions together
//! and back to the first.

use std::fmt::Write as _;
use std::time::Duration;

use crate::context::ProbeContext;
use crate::http::HttpAnswer;
use crate::http::form_controls::Control;
use crate::listening::{self, Listening};
use crate::web_session::Session;

use super::page::{self, Page};
use super::visitor::Visit;
use super::{ChangeSeen, Heard, PageSeen, Params, Setting, SettingSeen, SettingsSeen, StrangerSeen};

/// Longest time of listening in one position, in seconds.
const LONGEST: f64 = 600.0;
/// Longest time from a change until the device is listened to: what was under way may come to its end.
const LONGEST_REST: f64 = 5.0;
/// Seconds of the time budget that are kept for putting everything back.
const RESERVE: f64 = 10.0;

/// What was done and seen so far.
pub(super) struct Walk<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    pub(super) seen: SettingsSeen,
    pub(super) gaps: Vec<String>,
    pub(super) tried: u64,
    pub(super) answered: u64,
    pub(super) transcript: String,
    /// Settings may be other than at first.
    pub(super) under_way: bool,
}

/// Stands for a value that nobody else has to read.
const WITHHELD: &str = "(withheld)";

/// A page and where it was read.
type Pages = Vec<(usize, Page)>;

impl<'a> Walk<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let settings = params.settings.iter().map(|setting| SettingSeen {
            row: setting.row.clone(),
            key: setting.key.clone(),
            page: setting.page.clone(),
            field: setting.field.clone(),
            ..SettingSeen::default()
        });
        Self {
            params,
            context,
            seen: SettingsSeen { settings: settings.collect(), ..SettingsSeen::default() },
            gaps: Vec::new(),
            tried: 0,
            answered: 0,
            transcript: String::new(),
            under_way: false,
        }
    }

    pub(super) async fn go(&mut self) {
        self.look().await;
        if !self.params.settings.iter().any(|setting| setting.change) {
            return;
        }
        let agreed = self.context.agrees_to("change_state");
        if !agreed {
            self.gap("no setting was changed: the bench file does not agree to change_state".to_owned());
        }
        let changed = self.changeable();
        self.let_strangers_try(&changed, agreed).await;
        if !agreed || changed.is_empty() {
            return;
        }
        self.under_way = true;
        let listened: Vec<usize> = changed.iter().copied().filter(|at| self.setting(*at).listen).collect();
        let later = changed.iter().copied().filter(|at| self.setting(*at).later.is_some()).collect();
        let positions = [
            ("off", changed.clone(), true),
            ("later", later, false),
            ("on", changed.clone(), !listened.is_empty()),
            ("withdrawn", listened, true),
        ];
        for (to, which, waits) in positions.into_iter().filter(|(_, which, _)| !which.is_empty()) {
            let listen = waits && which.iter().any(|at| self.setting(*at).listen);
            let needed = RESERVE + if listen { self.listen_seconds() } else { self.params.settle_seconds };
            if self.context.seconds_left().is_some_and(|left| left < needed) {
                self.gap("the time budget was used up".to_owned());
                break;
            }
            self.put_into(to, &which, waits, listen).await;
        }
        self.restore(&changed).await;
    }

    fn setting(&self, at: usize) -> &'a Setting {
        &self.params.settings[at]
    }

    fn listen_seconds(&self) -> f64 {
        self.params.listen_seconds.clamp(0.1, LONGEST)
    }

    /// What stands on the pages at first.
    async fn look(&mut self) {
        self.note("at first");
        let mut visit = Visit::new(self.params, self.context);
        for at in 0..self.params.settings.len() {
            let setting = self.setting(at);
            (self.context.progress)(at as u64, self.params.settings.len() as u64, "reading settings");
            let Some(answer) = self.asked(visit.open(setting).await, setting) else { continue };
            let page = Page::of(&answer, setting.json);
            self.keep_page(setting, &answer, &page);
            let control = page.control(setting).filter(|_| answer.status < 300);
            let seen = &mut self.seen.settings[at];
            seen.status = Some(answer.status);
            seen.first = control.as_ref().map(|control| page::position(setting, control).to_owned());
            seen.control = control.map(withheld);
        }
        self.transcript.push_str(&visit.transcript());
    }

    fn keep_page(&mut self, setting: &Setting, answer: &HttpAnswer, page: &Page) {
        if self.seen.pages.iter().any(|known| known.path == setting.page) {
            return;
        }
        let controls = match page {
            Page::Forms(controls) => controls.as_slice(),
            Page::Json(_) => &[],
        };
        let known = self.context.credentials.values().map(|(_, secret)| secret);
        let entered = controls.iter().filter(|control| control.kind == "password");
        let mut text = answer.text();
        for secret in entered.map(|control| &control.value).chain(known).filter(|secret| !secret.is_empty()) {
            text = text.replace(secret.as_str(), WITHHELD);
        }
        let kept = Some(self.context.attach(text.as_bytes(), "txt"));
        let controls = controls.iter().cloned().map(withheld).collect();
        self.seen.pages.push(PageSeen { path: setting.page.clone(), status: answer.status, controls, kept });
    }

    /// Settings that can be put back where they were.
    fn changeable(&mut self) -> Vec<usize> {
        let mut changeable = Vec::new();
        for at in 0..self.params.settings.len() {
            let (setting, seen) = (self.setting(at), &self.seen.settings[at]);
            match seen.first.as_deref() {
                _ if !setting.change => {}
                Some("on" | "off" | "later") => changeable.push(at),
                Some(_) => {
                    let told = format!(
                        "{} {} has none of the declared values and was left alone",
                        setting.row, setting.key
                    );
                    self.gap(told);
                }
                None if seen.status.is_some() => {
                    let told =
                        format!("{} does not show {}, so it was not changed", setting.page, setting.field);
                    self.gap(told);
                }
                None => {}
            }
        }
        changeable
    }

    async fn let_strangers_try(&mut self, which: &[usize], agreed: bool) {
        self.note("a stranger");
        let mut tried = Vec::new();
        for at in which.iter().copied().filter(|at| self.params.settings[*at].login.is_some()) {
            let setting = self.setting(at);
            let place = (self.params.address, setting.port).into();
            let mut session = Session::stranger_at(&self.context.dialer, place, setting.tls);
            let shown = session.open("a stranger", &setting.page).await;
            let mut stranger = StrangerSeen::default();
            if let Some(answer) = self.asked(shown, setting) {
                stranger.page = Some(answer.status);
                let first = self.seen.settings[at].first.as_deref();
                let to = if first == Some("off") { "on" } else { "off" };
                if agreed {
                    self.under_way = true;
                    let change = Page::of(&answer, setting.json).change(setting, to);
                    stranger.sent = Some(to.to_owned());
                    let answer = self.asked(session.ask("a stranger", change).await, setting);
                    stranger.status = answer.map(|answer| answer.status);
                    tried.push(at);
                }
            }
            self.transcript.push_str(&session.transcript);
            self.seen.settings[at].stranger = Some(stranger);
        }
        let mut visit = Visit::new(self.params, self.context);
        for (at, page) in self.read(&mut visit, &tried).await {
            let now = self.position(at, &page);
            let seen = &mut self.seen.settings[at];
            let changed = now.as_ref().map(|now| Some(now) != seen.first.as_ref());
            if let Some(stranger) = &mut seen.stranger {
                stranger.changed = changed;
            }
        }
        self.transcript.push_str(&visit.transcript());
    }

    /// Puts settings into a position, and sees that they stay there.
    async fn put_into(&mut self, to: &str, which: &[usize], waits: bool, listen: bool) {
        self.note(to);
        (self.context.progress)(0, which.len() as u64, "changing settings");
        let mut visit = Visit::new(self.params, self.context);
        for at in which {
            self.change(&mut visit, *at, to).await;
        }
        self.transcript.push_str(&visit.transcript());
        if !waits {
            return;
        }
        if listen {
            self.listen(to).await;
        } else {
            tokio::time::sleep(Duration::from_secs_f64(self.params.settle_seconds.clamp(0.0, LONGEST))).await;
        }
        let mut visit = Visit::new(self.params, self.context);
        for (at, page) in self.read(&mut visit, which).await {
            let now = self.position(at, &page);
            if let Some(change) = self.seen.settings[at].changes.last_mut().filter(|change| change.to == to) {
                change.stayed = now.filter(|_| change.offered);
            }
        }
        self.transcript.push_str(&visit.transcript());
    }

    async fn change(&mut self, visit: &mut Visit<'_>, at: usize, to: &str) {
        let setting = self.setting(at);
        let Some(answer) = self.asked(visit.open(setting).await, setting) else { return };
        let before = Page::of(&answer, setting.json);
        let mut change = ChangeSeen { to: to.to_owned(), ..ChangeSeen::default() };
        let wanted = change.wanted().to_owned();
        let control = before.control(setting);
        change.offered = control.is_some_and(|control| page::offers(setting, &control, &wanted));
        if change.offered {
            let sent = visit.send(setting, before.change(setting, &wanted)).await;
            change.status = self.asked(sent, setting).map(|answer| answer.status);
            let after = self.asked(visit.open(setting).await, setting);
            change.read = after.and_then(|answer| self.position(at, &Page::of(&answer, setting.json)));
        }
        self.seen.settings[at].changes.push(change);
    }

    async fn listen(&mut self, position: &str) {
        let wanted = self.listen_seconds();
        tokio::time::sleep(Duration::from_secs_f64((wanted / 10.0).min(LONGEST_REST))).await;
        let params = self.params;
        let hardware = params.hardware.as_deref();
        let questions = listening::questions(self.context, &params.addresses, hardware, &params.tester).await;
        self.tried += 1;
        match Listening::open(self.context, &questions) {
            Err(reason) => self.gap(format!("nobody listened in any position: {reason}")),
            Ok(mut listening) => {
                (self.context.progress)(0, wanted.ceil() as u64, "listening at the capture point");
                let broke = tokio::select! {
                    () = listening.broken() => true,
                    () = tokio::time::sleep(Duration::from_secs_f64(wanted)) => false,
                };
                match broke {
                    true => self.gap("the capture point closed by itself".to_owned()),
                    false => self.answered += 1,
                }
                let traffic = listening.close(self.context).await.facts;
                self.seen.heard.push(Heard { position: position.to_owned(), traffic });
            }
        }
    }

    /// Puts every setting back where it was.
    async fn restore(&mut self, which: &[usize]) {
        self.note("back");
        let mut visit = Visit::new(self.params, self.context);
        let mut left = false;
        for (at, page) in self.read(&mut visit, which).await {
            let (setting, first) = (self.setting(at), self.seen.settings[at].first.clone());
            let Some(first) = first else { continue };
            if self.position(at, &page).as_ref() != Some(&first) {
                let sent = visit.send(setting, page.change(setting, &first)).await;
                let _answer = self.asked(sent, setting);
            }
        }
        for (at, page) in self.read(&mut visit, which).await {
            let now = self.position(at, &page);
            let restored = now.map(|now| Some(&now) == self.seen.settings[at].first.as_ref());
            self.seen.settings[at].restored = restored;
        }
        for at in which {
            if self.seen.settings[*at].restored != Some(true) {
                left = true;
                let setting = self.setting(*at);
                self.gap(format!("{} {} is not where it was at first", setting.row, setting.key));
            }
        }
        self.under_way = left;
        self.transcript.push_str(&visit.transcript());
    }

    async fn read(&mut self, visit: &mut Visit<'_>, which: &[usize]) -> Pages {
        let mut pages = Vec::new();
        for at in which {
            let setting = self.setting(*at);
            let answer = self.asked(visit.open(setting).await, setting);
            pages.extend(answer.map(|answer| (*at, Page::of(&answer, setting.json))));
        }
        pages
    }

    fn position(&self, at: usize, page: &Page) -> Option<String> {
        let setting = self.setting(at);
        page.control(setting).map(|control| page::position(setting, &control).to_owned())
    }

    /// Counts a request and its answer.
    fn asked(&mut self, answer: Result<HttpAnswer, String>, setting: &Setting) -> Option<HttpAnswer> {
        self.tried += 1;
        match answer {
            Ok(answer) => {
                self.answered += 1;
                Some(answer)
            }
            Err(error) => {
                self.gap(format!("{}: {error}", setting.page));
                None
            }
        }
    }

    fn gap(&mut self, told: String) {
        if !self.gaps.contains(&told) {
            self.gaps.push(told);
        }
    }

    fn note(&mut self, title: &str) {
        writeln!(self.transcript, "{title}:").expect("a String takes any text");
    }
}

/// A control without the passwords and tokens that stand in it.
fn withheld(mut control: Control) -> Control {
    if matches!(control.kind.as_str(), "password" | "hidden") && !control.value.is_empty() {
        WITHHELD.clone_into(&mut control.value);
    }
    control
}
