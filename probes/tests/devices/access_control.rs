//! The probe of access control against a device that tells its visitors apart, and against twins with one hole.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::played::{Asked, LOCAL, Said, http, run_agreeing};
use probes::Outcome;
use probes::probe::access_control::{AccessControl, Trial};
use serde_json::json;

const GOOD: &str = "correct-horse-42";
const GUEST: &str = "guest-horse-17";
const LABEL: &str = "label-horse-99";

/// What is wrong with the device.
#[derive(Clone, Copy, Default)]
struct Holes {
    open_read: bool,
    open_write: bool,
    any_token: bool,
    session_survives: bool,
    guest_writes: bool,
    label_still_good: bool,
    other_method: bool,
    other_spelling: bool,
    refuses_owner: bool,
}

struct Device {
    holes: Holes,
    target: AtomicU32,
    /// Session and whose it is.
    sessions: Mutex<Vec<(String, &'static str)>>,
    drawn: AtomicU32,
}

const FORM: &str = "<p>Please tell us who you are</p><form action=\"/login\"><input name=user><input type=password name=password></form>";

impl Device {
    fn answer(&self, asked: &Asked) -> Said {
        let whose = self.whose(asked);
        let login = |status| Said::page(status, FORM);
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/" | "/login") => login(200),
            ("POST", "/login") => self.log_in(asked),
            ("POST", "/logout") => {
                if !self.holes.session_survives {
                    self.sessions.lock().expect("sound").retain(|(id, _)| !asked.head.contains(id.as_str()));
                }
                redirect("/login")
            }
            ("GET", "/settings") if whose.is_some() || self.holes.open_read => self.settings(),
            ("GET", "//settings") if self.holes.other_spelling => self.settings(),
            ("PUT", "/settings") if self.holes.other_method => self.settings(),
            ("GET", "/settings") => login(401),
            ("POST", "/target") => {
                let may = whose == Some("owner") || (self.holes.guest_writes && whose == Some("guest"));
                if may && self.holes.refuses_owner {
                    return Said::page(403, "no");
                }
                match asked.body.split("target=").nth(1).and_then(|text| text.split('&').next()?.parse().ok())
                {
                    Some(target) if may || self.holes.open_write => {
                        self.target.store(target, Ordering::Relaxed);
                        redirect("/settings")
                    }
                    _ => redirect("/login"),
                }
            }
            _ => Said::page(404, "nothing here"),
        }
    }

    fn settings(&self) -> Said {
        let target = self.target.load(Ordering::Relaxed);
        let page = format!(
            "<h1>Settings</h1><p>Target temperature {target} degrees.</p><a href=\"/settings/help\">Help</a>\
             <form method=post action=\"/target\"><input name=target></form><form method=post action=\"/logout\"></form>"
        );
        Said(200, "content-type: text/html\r\n".to_owned(), page, std::time::Duration::ZERO)
    }

    fn whose(&self, asked: &Asked) -> Option<&'static str> {
        let cookie = asked.head.split("cookie: sid=").nth(1)?.split(['\r', ';']).next()?;
        if self.holes.any_token && cookie.len() == 8 {
            return Some("owner");
        }
        self.sessions.lock().expect("sound").iter().find(|(id, _)| id == cookie).map(|(_, whose)| *whose)
    }

    fn log_in(&self, asked: &Asked) -> Said {
        let whose =
            if asked.body.contains(GOOD) || (self.holes.label_still_good && asked.body.contains(LABEL)) {
                "owner"
            } else if asked.body.contains(GUEST) {
                "guest"
            } else {
                return Said::page(401, FORM);
            };
        let id = format!("{:08x}", 0xa000_0000 + self.drawn.fetch_add(1, Ordering::Relaxed));
        self.sessions.lock().expect("sound").push((id.clone(), whose));
        let Said(status, headers, page, delay) = redirect("/settings");
        Said(status, format!("set-cookie: sid={id}; Path=/\r\n{headers}"), page, delay)
    }
}

fn redirect(to: &str) -> Said {
    Said(303, format!("location: {to}\r\n"), String::new(), std::time::Duration::ZERO)
}

async fn visit(holes: Holes, consent: &[&str]) -> (Outcome, AccessControl, String) {
    let device = Device {
        holes,
        target: AtomicU32::new(42),
        sessions: Mutex::new(Vec::new()),
        drawn: AtomicU32::new(0),
    };
    let port = http(move |asked| device.answer(asked)).await;
    let mechanism = json!({
        "row": "Web", "kind": "form", "port": port, "tls": false, "path": "/login",
        "user_field": "user", "password_field": "password", "valid": true,
    });
    let mut label = mechanism.clone();
    (label["row"], label["valid"], label["label_with_user_of"]) =
        ("Label".into(), false.into(), "Web".into());
    let access = |method: &str, target: &str, who: &str| {
        json!({
            "rows": ["Serv"], "kind": "http", "port": port, "tls": false, "method": method, "target": target,
            "body": (method == "POST").then_some("target=47"), "who": [who], "changes": method == "POST",
        })
    };
    let params = json!({
        "address": LOCAL,
        "mechanisms": [mechanism, label],
        "accesses": [
            access("GET", "/login", "anyone"), access("GET", "/settings", "Web"), access("POST", "/target", "Web/owner"),
        ],
    });
    let credentials = [
        ("Web", "owner", GOOD),
        ("Web/guest", "guest", GUEST),
        ("label:S1", "", LABEL),
        ("label:", "", LABEL),
    ];
    let (observation, transcript) = run_agreeing("access-control", params, &[], &credentials, consent).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    for secret in [GOOD, GUEST, LABEL, "a0000000"] {
        assert!(!stored.contains(secret) && !transcript.contains(secret), "{secret} was written down");
    }
    (observation.outcome, observation.read().expect("a result"), transcript)
}

const ALL: &[&str] = &["change_state"];

/// Who got in without the right: method, target, subject, account.
fn intruders(seen: &AccessControl) -> Vec<String> {
    let granted = |trial: &&Trial| !trial.entitled && trial.result == "granted";
    let line = |trial: &Trial| {
        let account = trial.account.as_deref().map(|account| format!(" {account}")).unwrap_or_default();
        format!("{} {} {}{account}", trial.method, trial.target, trial.subject)
    };
    seen.trials.iter().filter(granted).map(line).collect()
}

#[tokio::test]
async fn a_sound_device_refuses_strangers_and_lets_in_who_may() {
    let (outcome, seen, transcript) = visit(Holes::default(), ALL).await;
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
    assert_eq!(intruders(&seen), Vec::<String>::new(), "{transcript}");
    let entitled: Vec<&Trial> = seen.trials.iter().filter(|trial| trial.entitled).collect();
    assert!(entitled.iter().all(|trial| trial.result == "granted"), "{entitled:#?}");
    // The owner changed the target, and it was seen and put back.
    let written = entitled.iter().find(|trial| trial.method == "POST").expect("the owner writes");
    assert_eq!(written.changed, Some(true));
    assert!(seen.trials.iter().any(|trial| trial.subject == "logged-out" && trial.result == "refused"));
    for subject in ["nobody", "visitor", "forged", "retired-credential", "logged-out"] {
        assert!(seen.trials.iter().any(|trial| trial.subject == subject), "{subject} was not tried");
    }
    // A wrong password gives nothing here that could be shown anywhere.
    let wrong = seen.logins.iter().find(|login| login.subject == "wrong-credential").expect("tried");
    assert_eq!(wrong.outcome, "refused");
    let guest = |trial: &&Trial| trial.account.as_deref() == Some("Web/guest") && trial.method == "POST";
    assert!(seen.trials.iter().filter(guest).all(|trial| trial.result == "refused" && !trial.entitled));
}

#[tokio::test]
async fn each_hole_is_found_by_who_gets_through_it() {
    let none = Holes::default();
    for (holes, expected) in [
        (Holes { open_read: true, ..none }, "GET /settings nobody"),
        (Holes { open_write: true, ..none }, "POST /target nobody"),
        (Holes { any_token: true, ..none }, "GET /settings forged Web"),
        (Holes { session_survives: true, ..none }, "GET /settings logged-out Web"),
        (Holes { guest_writes: true, ..none }, "POST /target authenticated Web/guest"),
        (Holes { label_still_good: true, ..none }, "GET /settings retired-credential Label"),
        (Holes { other_method: true, ..none }, "PUT /settings nobody"),
        (Holes { other_spelling: true, ..none }, "GET //settings nobody"),
    ] {
        let (_, seen, transcript) = visit(holes, ALL).await;
        let found = intruders(&seen);
        assert!(found.iter().any(|line| line == expected), "{expected} is not in {found:?}\n{transcript}");
    }
}

#[tokio::test]
async fn a_strangers_write_counts_by_the_state_though_the_answer_looks_like_a_refusal() {
    let (_, seen, _) = visit(Holes { open_write: true, ..Holes::default() }, ALL).await;
    let written =
        seen.trials.iter().find(|trial| trial.method == "POST" && trial.subject == "nobody").expect("tried");
    assert_eq!((written.status, written.changed), (Some(303), Some(true)));
}

#[tokio::test]
async fn who_may_and_is_refused_is_seen() {
    let (_, seen, _) = visit(Holes { refuses_owner: true, ..Holes::default() }, ALL).await;
    let refused = seen.trials.iter().find(|trial| trial.entitled && trial.method == "POST").expect("tried");
    assert_eq!((refused.result.as_str(), refused.changed), ("refused", Some(false)));
}

#[tokio::test]
async fn without_consent_nothing_is_changed_and_that_is_said() {
    let (outcome, seen, transcript) = visit(Holes::default(), &[]).await;
    assert_eq!(outcome, Outcome::Partial);
    let writes: Vec<&Trial> = seen.trials.iter().filter(|trial| trial.changes).collect();
    assert!(!writes.is_empty() && writes.iter().all(|trial| trial.result == "not-tried"));
    assert!(!transcript.contains("POST tcp") || !transcript.contains("/target"), "{transcript}");
}

#[tokio::test]
async fn a_device_that_is_not_there_gives_no_result_to_judge() {
    let params = json!({
        "address": LOCAL, "mechanisms": [],
        "accesses": [{ "rows": ["Serv"], "kind": "http", "port": 9, "tls": false, "method": "GET",
                       "target": "/settings", "who": ["Web"], "changes": false }],
    });
    let (observation, _) = run_agreeing("access-control", params, &[], &[], ALL).await;
    assert_ne!(observation.outcome, Outcome::Complete);
    let seen: AccessControl = observation.read().expect("a result");
    assert!(seen.trials.iter().all(|trial| trial.result == "no-answer"));
}
