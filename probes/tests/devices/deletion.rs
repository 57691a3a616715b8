//! The probe of deletions against a device that forgets its user, and against twins with one flaw.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::played::{Asked, LOCAL, Said, http};
use probes::dialer::DialLimits;
use probes::probe::deletion::Deletion;
use probes::{Context, Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const USER: &str = "correct-horse-42";
const LABEL: &str = "label-horse-99";

/// What is wrong with the device.
#[derive(Clone, Copy, Default)]
struct Flaws {
    keeps_name: bool,
    keeps_session: bool,
    keeps_password: bool,
    any_session: bool,
    encoded_log: bool,
    needs_no_password: bool,
    refuses: bool,
    only_says: bool,
    says_nothing: bool,
    forgets_at_once: bool,
    never_answers_after: bool,
}

#[derive(Default)]
struct Memory {
    set_up: bool,
    password: String,
    former: Option<String>,
    sessions: Vec<String>,
    name: String,
    level: u32,
    log: String,
    drawn: u32,
    gone: bool,
}

struct Device {
    flaws: Flaws,
    memory: Mutex<Memory>,
}

const FORM: &str = "<form action=\"/login\"><input name=user><input type=password name=password></form>";

impl Device {
    fn new(flaws: Flaws) -> Arc<Self> {
        let device = Arc::new(Self { flaws, memory: Mutex::new(Memory::default()) });
        device.set_up();
        device
    }

    fn set_up(&self) {
        let mut memory = self.memory.lock().expect("sound");
        USER.clone_into(&mut memory.password);
        (memory.set_up, memory.level, memory.gone) = (true, 3, false);
    }

    fn erase(&self, memory: &mut Memory) {
        if self.flaws.only_says {
            return;
        }
        if !self.flaws.keeps_name {
            if self.flaws.encoded_log {
                memory.log = memory.name.bytes().map(|octet| format!("{octet:02x}")).collect();
            }
            memory.name.clear();
        }
        if !self.flaws.keeps_session {
            memory.sessions.clear();
        }
        memory.former = self.flaws.keeps_password.then(|| memory.password.clone());
        LABEL.clone_into(&mut memory.password);
        (memory.set_up, memory.level, memory.gone) = (false, 3, self.flaws.never_answers_after);
    }

    fn answer(&self, asked: &Asked) -> Said {
        let mut memory = self.memory.lock().expect("sound");
        if memory.gone {
            return Said(0, String::new(), String::new(), Duration::ZERO);
        }
        let sid = asked.head.split("cookie: sid=").nth(1).and_then(|rest| rest.split(['\r', ';']).next());
        let known = sid.is_some_and(|sid| {
            memory.sessions.iter().any(|known| known == sid) || self.flaws.any_session && sid.len() == 8
        });
        let field = |name: &str| {
            let pairs = asked.body.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/" | "/login") => Said::page(200, FORM),
            ("POST", "/login") => {
                let password = field("password").unwrap_or_default();
                if password != memory.password && Some(&password) != memory.former.as_ref() {
                    return Said::page(401, FORM);
                }
                memory.drawn += 1;
                let id = format!("{:08x}", 0xb000_0000 + memory.drawn);
                memory.sessions.push(id.clone());
                let headers = format!("set-cookie: sid={id}; Path=/\r\nlocation: /mine\r\n");
                Said(303, headers, String::new(), Duration::ZERO)
            }
            ("GET", "/log") if !memory.log.is_empty() => Said::page(200, &memory.log),
            (_, "/mine" | "/reset") if !known => Said::page(401, FORM),
            (_, "/mine" | "/reset") if !memory.set_up => {
                Said(303, "location: /start\r\n".to_owned(), String::new(), Duration::ZERO)
            }
            ("GET", "/mine") => Said::page(
                200,
                &format!(
                    "<h1>Mine</h1><p>Things of the user</p><form action=\"/mine\"><input name=name value=\"{}\">\
                     <input name=level value=\"{}\"></form><a href=\"/reset\">Reset</a>",
                    memory.name, memory.level
                ),
            ),
            ("POST", "/mine") => {
                if self.flaws.forgets_at_once {
                    return Said::page(200, "<p>Saved</p>");
                }
                if let Some(name) = field("name") {
                    memory.name = name;
                }
                if let Some(level) = field("level").and_then(|level| level.parse().ok()) {
                    memory.level = level;
                }
                Said::page(200, "<p>Saved</p>")
            }
            ("GET", "/reset") => Said::page(
                200,
                "<p>Delete everything</p><form action=\"/reset\"><input name=password></form>",
            ),
            ("POST", "/reset") => {
                let right = field("password").as_ref() == Some(&memory.password);
                if !(right || self.flaws.needs_no_password) || self.flaws.refuses {
                    return Said::page(403, "<p>No.</p>");
                }
                self.erase(&mut memory);
                match self.flaws.says_nothing {
                    true => Said(303, "location: /login\r\n".to_owned(), String::new(), Duration::ZERO),
                    false => Said::page(200, "<p>Your data <b>were</b> deleted.</p>"),
                }
            }
            _ => Said::page(404, "nothing here"),
        }
    }
}

/// What the test itself leaves out.
#[derive(Clone, Copy, Default, PartialEq)]
enum Bench {
    #[default]
    Whole,
    WithoutConsent,
    WithoutSetUp,
    WithoutTime,
    Stopped,
}

async fn visit(flaws: Flaws, bench: Bench) -> (Observation, Deletion) {
    let device = Device::new(flaws);
    let answering = Arc::clone(&device);
    let port = http(move |asked| answering.answer(asked)).await;
    let limits = DialLimits { timeout: Duration::from_millis(300), ..DialLimits::default() };
    let dialer = Dialer::new(Scope { devices: vec![LOCAL], ..Scope::default() }, limits);
    let credential = |user: &str, secret: &str| (user.to_owned(), secret.to_owned());
    let credentials = BTreeMap::from([
        ("Web".to_owned(), credential("owner", USER)),
        ("label:".to_owned(), credential("", LABEL)),
    ]);
    let cancel = CancellationToken::new();
    if bench == Bench::Stopped {
        cancel.cancel();
    }
    let texts = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&texts);
    let context = ProbeContext::new(
        dialer,
        Context::default(),
        credentials,
        cancel,
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            kept.lock().expect("sound").push_str(&String::from_utf8_lossy(bytes));
            EvidenceRef::of(bytes, "")
        }),
    );
    let context = context.with_actions(Box::new(move |action| {
        let (device, action) = (Arc::clone(&device), action.to_owned());
        Box::pin(async move {
            assert_eq!(action, "onboard");
            if bench != Bench::WithoutSetUp {
                device.set_up();
            }
            Ok(bench != Bench::WithoutSetUp)
        })
    }));
    let consent = (bench != Bench::WithoutConsent).then(|| "erase_data".to_owned());
    let context = context.with_consent(consent.into_iter().collect::<BTreeSet<String>>());
    let context = match bench {
        Bench::WithoutTime => context.with_budget(Duration::from_secs(2)),
        _ => context,
    };
    let datum = |data: &str, field: &str, kind: &str| {
        json!({
            "data": data, "port": port, "tls": false, "who": "Web", "target": "/mine", "method": "POST",
            "field": field, "kind": kind, "least": 1, "most": 9, "read": "/mine",
        })
    };
    let params = json!({
        "address": LOCAL, "function": "DelFunc-1", "seed": "s", "ends": ["Web"],
        "mechanisms": [{
            "row": "Web", "kind": "form", "port": port, "tls": false, "path": "/login", "user_field": "user",
            "password_field": "password", "valid": true,
        }],
        "deletes": [datum("PersData-1", "name", "text"), datum("level", "level", "integer")],
        "erasure": {
            "port": port, "tls": false, "who": "Web", "page": "/reset", "target": "/reset", "method": "POST",
            "password_field": "password", "confirmed_by": ["data were deleted"], "seconds": 0.2, "resets": true,
        },
        "reads": [],
    });
    let request = Request { probe: "deletion".to_owned(), target: "DelFunc-1".to_owned(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    let transcript = texts.lock().expect("sound").clone();
    for secret in [USER, LABEL, "b0000000"] {
        assert!(!stored.contains(secret) && !transcript.contains(secret), "{secret} was written down");
    }
    let seen = observation.read().unwrap_or_else(|| panic!("no result: {:?}", observation.trouble));
    (observation, seen)
}

/// What was left: kind, of what, state, subject.
fn left(seen: &Deletion) -> Vec<String> {
    let line = |residue: &probes::probe::deletion::Residue| {
        format!("{} {} {} {}", residue.kind, residue.of, residue.state, residue.subject)
    };
    let mut lines: Vec<String> = seen.residue.iter().map(line).collect();
    lines.dedup();
    lines
}

fn attempts(seen: &Deletion) -> Vec<(&str, &str)> {
    seen.attempts.iter().map(|attempt| (attempt.by.as_str(), attempt.result.as_str())).collect()
}

#[tokio::test]
async fn a_sound_device_forgets_its_user_and_says_so() {
    let (observation, seen) = visit(Flaws::default(), Bench::Whole).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    assert!(seen.planted.iter().all(|planted| planted.shown), "{:#?}", seen.planted);
    assert_eq!(
        seen.planted.iter().map(|planted| planted.unmistakable).collect::<Vec<bool>>(),
        [true, false],
        "a digit may be a default"
    );
    assert!(seen.held[0].works && seen.held[0].chosen == Some(true) && seen.held[0].ends);
    assert_eq!(
        attempts(&seen),
        [
            ("nobody", "without-effect"),
            ("without-password", "without-effect"),
            ("wrong-password", "without-effect"),
            ("declared", "carried-out"),
        ]
    );
    let told = seen.answer.as_ref().expect("an answer");
    assert_eq!((told.status, told.words.len(), told.missing.len()), (200, 1, 0));
    assert_eq!(left(&seen), Vec::<String>::new());
    assert_eq!((seen.set_up_again.as_str(), seen.brought_back), ("bench", Some(true)));
    assert!(observation.effort.completed >= 12, "{:?}", observation.effort);
    for (state, subject) in [
        ("after_reset", "nobody"),
        ("after_reset", "old-session"),
        ("after_reset", "old-credential"),
        ("initialized", "old-session"),
        ("initialized", "new-user"),
    ] {
        assert!(
            seen.looks.iter().any(|look| (look.state.as_str(), look.subject.as_str()) == (state, subject)),
            "{subject} in {state}"
        );
    }
}

#[tokio::test]
async fn what_each_careless_device_leaves_is_found() {
    let flaws = Flaws::default();
    let (_, seen) = visit(Flaws { keeps_name: true, ..flaws }, Bench::Whole).await;
    assert_eq!(left(&seen), ["data PersData-1 initialized new-user"]);
    let (_, seen) = visit(Flaws { keeps_session: true, ..flaws }, Bench::Whole).await;
    assert_eq!(left(&seen), ["session Web after_reset old-session", "session Web initialized old-session"]);
    let (_, seen) = visit(Flaws { keeps_password: true, ..flaws }, Bench::Whole).await;
    assert_eq!(left(&seen), ["credential Web after_reset old-credential"]);
    let (_, seen) = visit(Flaws { encoded_log: true, ..flaws }, Bench::Whole).await;
    assert_eq!(left(&seen)[0], "data PersData-1 after_reset nobody");
    assert_eq!(seen.residue[0].encoding, "hex");
    assert_eq!(seen.residue[0].place, "GET /log");
}

#[tokio::test]
async fn a_device_that_takes_any_session_is_not_said_to_keep_the_old_one() {
    let (_, seen) = visit(Flaws { any_session: true, ..Flaws::default() }, Bench::Whole).await;
    assert_eq!(left(&seen), Vec::<String>::new());
}

#[tokio::test]
async fn an_order_without_password_is_seen_and_the_declared_one_tried_all_the_same() {
    let (observation, seen) =
        visit(Flaws { needs_no_password: true, ..Flaws::default() }, Bench::Whole).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    assert_eq!(
        attempts(&seen),
        [("nobody", "without-effect"), ("without-password", "carried-out"), ("declared", "carried-out")]
    );
    assert_eq!(left(&seen), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_user_is_told_is_kept_whatever_happened() {
    let (_, seen) = visit(Flaws { says_nothing: true, ..Flaws::default() }, Bench::Whole).await;
    let told = seen.answer.expect("the page after the redirect");
    assert_eq!((told.path.as_str(), told.words.len(), told.missing.len()), ("/login", 0, 1));
    let (_, seen) = visit(Flaws { only_says: true, ..Flaws::default() }, Bench::Whole).await;
    assert_eq!(attempts(&seen).last(), Some(&("declared", "without-effect")));
    assert_eq!((seen.gone_after, seen.answer.as_ref().map(|told| told.words.len())), (None, Some(1)));
    assert!(left(&seen).contains(&"data PersData-1 initialized new-user".to_owned()), "{:?}", left(&seen));
}

#[tokio::test]
async fn a_refused_order_leaves_the_device_as_it_is_and_looks_for_nothing() {
    let (observation, seen) = visit(Flaws { refuses: true, ..Flaws::default() }, Bench::Whole).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(attempts(&seen).last(), Some(&("declared", "without-effect")));
    assert_eq!((seen.looks.len(), seen.brought_back), (0, Some(true)));
}

#[tokio::test]
async fn nothing_is_deleted_where_nothing_could_be_planted_or_nobody_agreed() {
    let (observation, seen) = visit(Flaws { forgets_at_once: true, ..Flaws::default() }, Bench::Whole).await;
    assert_eq!((observation.outcome, seen.attempts.len()), (Outcome::Partial, 0));
    assert!(seen.planted.iter().all(|planted| !planted.shown && !planted.note.is_empty()));
    let (observation, seen) = visit(Flaws::default(), Bench::WithoutConsent).await;
    assert_eq!((observation.outcome, seen.planted.len()), (Outcome::Partial, 0));
    assert!(observation.trouble.expect("a reason").contains("erase_data"));
}

#[tokio::test]
async fn an_effort_that_is_cut_short_is_partial_and_says_what_is_left() {
    for bench in [Bench::WithoutTime, Bench::Stopped] {
        let (observation, seen) = visit(Flaws::default(), bench).await;
        assert_eq!((observation.outcome, seen.attempts.len()), (Outcome::Partial, 0));
    }
    let (observation, seen) = visit(Flaws::default(), Bench::WithoutSetUp).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!((seen.set_up_again.as_str(), seen.brought_back), ("nobody", None));
    assert!(observation.trouble.expect("a reason").contains("set it up again"));
    let (observation, seen) =
        visit(Flaws { never_answers_after: true, ..Flaws::default() }, Bench::WithoutSetUp).await;
    assert_eq!((observation.outcome, seen.brought_back), (Outcome::Partial, None));
    assert_eq!(seen.gone_after, None, "silence shows no deletion");
}
