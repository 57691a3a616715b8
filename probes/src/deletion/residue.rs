//! What is left after the deletion: searched in the whole of every answer, in the ways that programs write values.

use super::course::{Course, Spot};
use super::visitors::{self, Opened};
use super::{Deletion, Look, Planted, Residue, canary};
use crate::capture::TrafficFacts;
use crate::http::HttpAnswer;
use crate::login::wrong_password;
use crate::probe::access_control::neighbours;
use crate::probe::access_control::visitor::Session;

/// Who looks, in which state.
#[derive(Clone, Copy)]
struct Looking<'a> {
    state: &'static str,
    subject: &'static str,
    account: Option<&'a str>,
}

impl Looking<'_> {
    fn label(&self) -> String {
        match self.account {
            Some(account) => format!("<{} {account}>", self.subject),
            None => format!("<{}>", self.subject),
        }
    }
}

impl Course<'_> {
    /// After the reset, before anybody has set the device up.
    pub(super) async fn look_after_reset(&mut self) {
        let state = "after_reset";
        self.look_as_nobody(state).await;
        self.look_with_old_sessions(state).await;
        self.try_old_credentials(state).await;
    }

    /// In use again: as the next user where the device was reset, else as the same one.
    pub(super) async fn look_in_use(&mut self) {
        let state = "initialized";
        self.look_as_nobody(state).await;
        if self.params.erasure.resets {
            self.look_with_old_sessions(state).await;
        }
        let mut entered = Vec::new();
        for mechanism in &self.params.mechanisms {
            if !mechanism.is_web() || mechanism.label_with_user_of.is_some() {
                continue;
            }
            let (outcome, session) =
                visitors::enter(&mut self.web, self.context, mechanism, "new-user").await;
            match session {
                Some((account, session)) => entered.push((mechanism.row.clone(), account, session)),
                None if outcome == "no-credential" => {}
                None => entered.push((mechanism.row.clone(), String::new(), Session::default())),
            }
        }
        let let_in = !entered.is_empty() && entered.iter().all(|(_, account, _)| !account.is_empty());
        self.seen.brought_back = Some(let_in);
        if !let_in {
            self.gaps.push("the credential of the bench does not let in after the deletion".to_owned());
        }
        entered.retain(|(_, account, _)| !account.is_empty());
        // Pages that are open to this user lead to further ones.
        let mut done = 0;
        while done < self.spots.len() {
            let spot = self.spots[done].clone();
            done += 1;
            for (row, account, session) in &mut entered {
                if spot.admits(row) && self.is_of_port(&spot, row) {
                    let looking = Looking { state, subject: "new-user", account: Some(account) };
                    self.look(looking, session, &spot).await;
                    self.find_links(session, spot.port, spot.tls, Spot::beside);
                }
            }
        }
    }

    fn is_of_port(&self, spot: &Spot, row: &str) -> bool {
        self.params.mechanisms.iter().any(|mechanism| mechanism.row == row && mechanism.port == spot.port)
    }

    /// Everything known, paths that devices often have, and where open pages lead.
    async fn look_as_nobody(&mut self, state: &'static str) {
        let looking = Looking { state, subject: "nobody", account: None };
        let mut spots = self.spots.clone();
        let mut ports: Vec<(u16, bool)> = spots.iter().map(|spot| (spot.port, spot.tls)).collect();
        ports.sort_unstable();
        ports.dedup();
        for (port, tls) in ports {
            let usual = std::iter::once("/").chain(neighbours::USUAL);
            spots.extend(usual.map(|path| Spot::beside(port, tls, path.to_owned())));
        }
        let mut session = Session::default();
        let mut place = 0;
        while place < spots.len() {
            let spot = spots[place].clone();
            place += 1;
            self.look(looking, &mut session, &spot).await;
            let host = crate::http::host_name(self.params.address);
            for path in neighbours::links(&host, spot.port, spot.tls, &session.pages) {
                let known = |other: &Spot| (other.port, &other.path) == (spot.port, &path);
                if spots.len() < 100 && !spots.iter().any(known) {
                    spots.push(Spot::beside(spot.port, spot.tls, path));
                }
            }
        }
    }

    /// The sessions and tokens of before, where they opened something then.
    async fn look_with_old_sessions(&mut self, state: &'static str) {
        let visitors = std::mem::take(&mut self.visitors);
        for visitor in &visitors {
            let mechanism = &self.params.mechanisms[visitor.mechanism];
            let looking = Looking { state, subject: "old-session", account: Some(&visitor.account) };
            let mut forged = Session::forged(&[&visitor.session], mechanism.kind == "bearer");
            // A credential that goes with every request is tried for itself.
            if matches!(mechanism.kind.as_str(), "basic" | "digest") {
                continue;
            }
            for at in &visitor.opens {
                if self.is_late() {
                    self.not_tried(looking, &declared(at));
                    continue;
                }
                let mut session = visitor.session.clone();
                self.look(looking, &mut session, &declared(at)).await;
                let mut session = visitor.session.clone();
                let label = looking.label();
                let alive = visitors::is_let_in(&mut self.web, &mut session, &label, at).await;
                if alive != Some(true) {
                    continue;
                }
                let n = self.web.count;
                let invented = visitors::is_let_in(&mut self.web, &mut forged, "<forged>", at).await;
                // What opens with any token, opens not because of the old one.
                if invented != Some(true) {
                    self.seen.residue.push(Residue {
                        kind: "session".to_owned(),
                        of: visitor.account.clone(),
                        state: state.to_owned(),
                        subject: "old-session".to_owned(),
                        place: format!("GET {}", at.path),
                        encoding: String::new(),
                        unmistakable: true,
                        n: u64::from(n),
                    });
                    break;
                }
            }
        }
        self.visitors = visitors;
    }

    /// The passwords of before, where they have to end.
    async fn try_old_credentials(&mut self, state: &'static str) {
        let params = self.params;
        for mechanism in params.mechanisms.iter().filter(|mechanism| params.ends.contains(&mechanism.row)) {
            let worked = |held: &&super::Held| {
                held.works && held.account.split('/').next() == Some(mechanism.row.as_str())
            };
            let Some(held) = self.seen.held.iter().find(worked).cloned() else { continue };
            if held.chosen == Some(false) {
                // It is the one on the label, which is good again.
                continue;
            }
            let Some((account, user, password)) = visitors::account(self.context, mechanism) else {
                continue;
            };
            let looking = Looking { state, subject: "old-credential", account: Some(&account) };
            let at = Spot::beside(mechanism.port, mechanism.tls, mechanism.path.clone());
            if self.is_late() {
                self.not_tried(looking, &at);
                continue;
            }
            let entered = self.web.log_in(&looking.label(), mechanism, &user, &password).await;
            let n = self.web.count;
            let mut look = self.place(looking, &at);
            (look.declared, look.n, look.status) = (true, n, entered.status);
            let let_in = match entered.outcome {
                "logged-in" => Some(true),
                "refused" => Some(false),
                "sent-along" => self.opens_something(&held.account, entered.session, &looking.label()).await,
                _ => None,
            };
            (if let_in.is_some() { "looked" } else { "no-answer" }).clone_into(&mut look.result);
            if let_in.is_none() {
                self.gaps.push(format!("what became of the old credential of {account} could not be seen"));
            }
            self.seen.looks.push(look);
            if let_in == Some(true) && self.refuses_others(mechanism, &user).await {
                self.seen.residue.push(Residue {
                    kind: "credential".to_owned(),
                    of: account,
                    state: state.to_owned(),
                    subject: "old-credential".to_owned(),
                    place: format!(
                        "{} {}",
                        if mechanism.kind == "bearer" { "token" } else { "login" },
                        mechanism.path
                    ),
                    encoding: String::new(),
                    unmistakable: true,
                    n: u64::from(n),
                });
            }
        }
    }

    /// Whether a login takes a wrong credential as little as it should: else taking the old one says nothing.
    async fn refuses_others(
        &mut self,
        mechanism: &crate::probe::access_control::Mechanism,
        user: &str,
    ) -> bool {
        let entered = self.web.log_in("<wrong-credential>", mechanism, user, &wrong_password()).await;
        match entered.outcome {
            "refused" => true,
            "sent-along" => {
                let row = mechanism.row.clone();
                self.opens_something(&row, entered.session, "<wrong-credential>").await == Some(false)
            }
            _ => false,
        }
    }

    /// Whether a credential that goes along with every request opens what the old one opened.
    async fn opens_something(&mut self, account: &str, mut session: Session, label: &str) -> Option<bool> {
        let row = account.split('/').next();
        let opened = self.visitors.iter().find(|visitor| visitor.account.split('/').next() == row)?;
        let at = opened.opens.first()?.clone();
        visitors::is_let_in(&mut self.web, &mut session, label, &at).await
    }

    /// Looks at one place, and searches the whole of the answer.
    async fn look(&mut self, looking: Looking<'_>, session: &mut Session, spot: &Spot) {
        if self.is_late() {
            self.not_tried(looking, spot);
            return;
        }
        let answer =
            self.web.ask(&looking.label(), session, (spot.port, spot.tls), "GET", &spot.path, None).await;
        let mut look = self.place(looking, spot);
        look.n = self.web.count;
        look.status = answer.as_ref().map(|answer| answer.status);
        match &answer {
            Some(answer) => {
                "looked".clone_into(&mut look.result);
                self.search(answer, &look);
            }
            None => {
                "no-answer".clone_into(&mut look.result);
                self.gaps.push(format!("no answer to GET {} as {}", spot.path, looking.subject));
            }
        }
        self.seen.looks.push(look);
    }

    fn not_tried(&mut self, looking: Looking<'_>, spot: &Spot) {
        let mut look = self.place(looking, spot);
        "not-tried".clone_into(&mut look.result);
        self.seen.looks.push(look);
        let gap = "the time was over before everything was looked at".to_owned();
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn place(&self, looking: Looking<'_>, spot: &Spot) -> Look {
        Look {
            state: looking.state.to_owned(),
            subject: looking.subject.to_owned(),
            account: looking.account.map(str::to_owned),
            port: spot.port,
            target: spot.path.clone(),
            declared: spot.declared,
            ..Look::default()
        }
    }

    fn search(&mut self, answer: &HttpAnswer, look: &Look) {
        let mut whole = Vec::with_capacity(answer.body.len() + 512);
        for (name, value) in &answer.headers {
            whole.extend_from_slice(name.as_bytes());
            whole.extend_from_slice(b": ");
            whole.extend_from_slice(value.as_bytes());
            whole.push(b'\n');
        }
        whole.extend_from_slice(&answer.body);
        if answer.truncated {
            self.gaps.push(format!("the answer to GET {} was too long to be searched whole", look.target));
        }
        let mut found: Vec<(String, &'static str)> = Vec::new();
        if let Some(needles) = &self.needles {
            needles.search_alone(&whole, &mut |key, encoding| {
                if !found.iter().any(|(known, _)| known == key) {
                    found.push((key.to_owned(), encoding));
                }
            });
        }
        let unmistakable = found.into_iter().map(|(key, encoding)| (key, encoding, true));
        let text = answer.text();
        // What may be a default counts only where the same field shows it.
        let numbers = self.seen.planted.iter().zip(&self.params.deletes).filter(|(planted, datum)| {
            planted.shown
                && !planted.unmistakable
                && datum.read == look.target
                && shows(&text, &datum.field, planted)
        });
        let numbers = numbers.map(|(planted, _)| (planted.data.clone(), "plain", false));
        let all: Vec<(String, &str, bool)> = unmistakable.chain(numbers).collect();
        for (of, encoding, unmistakable) in all {
            self.seen.residue.push(Residue {
                kind: "data".to_owned(),
                of,
                state: look.state.clone(),
                subject: look.subject.clone(),
                place: format!("GET {}", look.target),
                encoding: encoding.to_owned(),
                unmistakable,
                n: u64::from(look.n),
            });
        }
    }
}

fn declared(at: &Opened) -> Spot {
    Spot { declared: true, ..Spot::beside(at.port, at.tls, at.path.clone()) }
}

/// Whether a text shows a planted value: anywhere if it can be no other, else in its field.
pub(super) fn shows(text: &str, field: &str, planted: &Planted) -> bool {
    match planted.unmistakable {
        true => text.contains(&planted.value),
        false => canary::value_of(text, field).as_deref() == Some(&planted.value),
    }
}

/// Values that the device still sends after the deletion.
pub(super) fn in_capture(seen: &mut Deletion, facts: &TrafficFacts) {
    let state = if seen.set_up_again == "bench" || !seen.resets { "initialized" } else { "after_reset" };
    for found in facts.found.iter().filter(|found| found.from_device) {
        let known = |residue: &Residue| residue.kind == "traffic" && residue.of == found.key;
        if seen.residue.iter().any(known) {
            continue;
        }
        let place = facts.flows.get(found.flow).map_or_else(String::new, |flow| {
            let peer = || flow.peer.map_or_else(|| "a peer".to_owned(), |peer| peer.to_string());
            format!("{}:{}", flow.name.clone().unwrap_or_else(peer), flow.port)
        });
        seen.residue.push(Residue {
            kind: "traffic".to_owned(),
            of: found.key.clone(),
            state: state.to_owned(),
            subject: "nobody".to_owned(),
            place,
            encoding: found.encoding.clone(),
            unmistakable: true,
            n: found.frame,
        });
    }
}
