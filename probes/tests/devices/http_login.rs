//! The login probe against devices that defend themselves, and against twins that do not.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::played::{Asked, LOCAL, Said, http, run, run_agreeing};
use probes::Outcome;
use probes::http::digest::Challenge;
use probes::probe::http_login::LoginBehaviour;
use serde_json::{Value, json};

const GOOD: &str = "correct-horse-42";

fn params(port: u16, kind: &str, more: Value) -> Value {
    let mut params = json!({
        "address": LOCAL, "row": "AuthMech-Web", "port": port, "tls": false, "kind": kind,
        "path": "/login", "protected": "/settings", "burst": 10, "lockout_seconds": 1,
    });
    for (key, value) in more.as_object().expect("an object") {
        params[key] = value.clone();
    }
    params
}

async fn visit(port: u16, kind: &str, more: Value) -> (Outcome, LoginBehaviour, String) {
    let credentials = [("AuthMech-Web", "owner", GOOD)];
    let params = params(port, kind, more);
    let (observation, transcript) =
        run_agreeing("http-login", params, &[], &credentials, &["lock_out"]).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    assert!(!stored.contains(GOOD) && !transcript.contains(GOOD), "the password was written down");
    assert!(!stored.contains("Wr0ng-") && !transcript.contains("Wr0ng-"));
    (observation.outcome, observation.read().expect("a behaviour"), transcript)
}

/// A device with Basic login: `answer(wrong credentials so far)` says what a wrong one gets.
async fn basic(answer: impl Fn(u32) -> Said + Send + Sync + 'static, lock: Option<(u32, Duration)>) -> u16 {
    let state = Mutex::new((0_u32, None::<Instant>));
    http(move |asked: &Asked| {
        let Some(sent) = asked.head.split("authorization: Basic ").nth(1) else {
            return Said::page(401, "who are you");
        };
        let mut state = state.lock().expect("nobody panicked");
        let (failures, since) = &mut *state;
        if let (Some((_, length)), Some(start)) = (lock, *since) {
            if start.elapsed() < length {
                return answer(*failures + 1);
            }
            (*failures, *since) = (0, None);
        }
        // "owner:correct-horse-42"
        if sent.starts_with("b3duZXI6Y29ycmVjdC1ob3JzZS00Mg==") {
            *failures = 0;
            return Said::page(200, "settings");
        }
        *failures += 1;
        if lock.is_some_and(|(after, _)| *failures >= after) {
            *since = Some(Instant::now());
        }
        answer(*failures)
    })
    .await
}

#[tokio::test]
async fn a_lock_out_is_seen_and_its_end_awaited() {
    let port =
        basic(|n| Said::page(if n > 5 { 429 } else { 401 }, "no"), Some((5, Duration::from_millis(900))))
            .await;
    let (outcome, seen, transcript) = visit(port, "basic", json!({})).await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!(seen.negative_control.result, "rejected");
    assert_eq!(seen.good.expect("tried").result, "accepted");
    assert_eq!(seen.locked_after, Some(5));
    assert_eq!(seen.burst.len(), 8);
    assert_eq!(seen.good_refused_while_locked, Some(true));
    assert!(seen.recovered_after_seconds.is_some());
    assert!(transcript.contains("<wrong 3>: GET /settings -> 401"), "{transcript}");
}

#[tokio::test]
async fn a_device_without_lock_out_takes_the_whole_burst() {
    let port = basic(|_| Said::page(401, "no"), None).await;
    let (outcome, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!((seen.burst.len(), seen.locked_after), (10, None));
    assert_eq!(seen.good_refused_while_locked, None);
    assert!(seen.median_seconds.is_some());
    assert_eq!(seen.defence.as_deref(), Some("none"));
    assert!(seen.guesses_per_day.expect("reckoned") > 86_400.0);
    assert_eq!(seen.projected_seconds, None, "nothing is declared to be guessed");
}

#[tokio::test]
async fn without_consent_there_is_no_burst_and_all_else_is_done() {
    let port = basic(|_| Said::page(401, "no"), None).await;
    let credentials = [("AuthMech-Web", "owner", GOOD)];
    let params = params(port, "basic", json!({ "common": [["root", "root"]] }));
    let (observation, _) = run("http-login", params, &[], &credentials).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    let gap = &observation.effort.gaps[0];
    assert!(gap.contains("lock_out = true under [consent]"), "{gap}");
    let seen: LoginBehaviour = observation.read().expect("a behaviour");
    assert!(seen.burst.is_empty() && seen.defence.is_none());
    assert_eq!(seen.burst_left_out.as_deref(), Some("consent"));
    assert_eq!((seen.common_tried, seen.good.expect("tried").result.as_str()), (1, "accepted"));
}

#[tokio::test]
async fn the_limit_of_wrong_credentials_holds_for_common_ones_and_burst_together() {
    let port = basic(|_| Said::page(401, "no"), None).await;
    let more = json!({ "well_known": true, "wrong_at_most": 14, "alphabet_size": 10, "length": 4 });
    let (outcome, seen, transcript) = visit(port, "basic", more).await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!((seen.common_tried, seen.burst.len()), (4, 10));
    assert_eq!(transcript.matches("<common ").count(), 4, "{transcript}");
    assert!(seen.projected_seconds.is_some() && seen.assumptions.len() == 2, "{seen:?}");
}

#[tokio::test]
async fn a_device_that_counts_over_time_is_waited_for_between_common_credentials() {
    // Every third wrong credential locks for a moment, whatever succeeded between them.
    let state = Mutex::new((0_u32, None::<Instant>));
    let port = http(move |asked: &Asked| {
        let Some(sent) = asked.head.split("authorization: Basic ").nth(1) else {
            return Said::page(401, "who are you");
        };
        let mut state = state.lock().expect("nobody panicked");
        if state.1.is_some_and(|since| since.elapsed() < Duration::from_millis(400)) {
            return Said::page(429, "");
        }
        if sent.starts_with("b3duZXI6Y29ycmVjdC1ob3JzZS00Mg==") {
            return Said::page(200, "settings");
        }
        state.0 += 1;
        if state.0.is_multiple_of(3) {
            state.1 = Some(Instant::now());
        }
        Said::page(401, "")
    })
    .await;
    let common = json!({ "common": [["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"]], "burst": 8 });
    let (outcome, seen, transcript) = visit(port, "basic", common).await;
    assert_eq!((outcome, seen.common_tried), (Outcome::Complete, 4), "{transcript}");
    assert!(seen.locked_after.is_some_and(|after| after <= 3));
}

#[tokio::test]
async fn a_ban_of_the_source_is_a_defence_that_keeps_the_right_credential_out() {
    let lock = Some((5, Duration::from_millis(600)));
    let port = basic(|n| Said::page(if n > 5 { 0 } else { 401 }, ""), lock).await;
    let (outcome, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!((outcome, seen.locked_after), (Outcome::Complete, Some(5)));
    assert_eq!(seen.defence.as_deref(), Some("closed"));
    assert_eq!(seen.good_refused_while_locked, Some(true));
    assert!(seen.recovered_after_seconds.is_some());
}

#[tokio::test]
async fn ever_slower_answers_are_told_as_such() {
    let delay = |n: u32| Duration::from_millis(60 * u64::from(n * n));
    let port = basic(move |n| Said(401, String::new(), "no".to_owned(), delay(n)), None).await;
    let (_, seen, _) = visit(port, "basic", json!({ "burst": 7 })).await;
    assert_eq!(seen.delays_grow, Some(true), "{seen:?}");
    assert_eq!(seen.defence.as_deref(), Some("delay"));
    let even = basic(|_| Said(401, String::new(), "no".to_owned(), Duration::from_millis(50)), None).await;
    let (_, seen, _) = visit(even, "basic", json!({ "burst": 7 })).await;
    assert_eq!(seen.delays_grow, Some(false));
}

#[tokio::test]
async fn forbidden_five_times_and_then_an_error_is_a_defence() {
    let lock = Some((5, Duration::from_millis(300)));
    let port = basic(|n| Said::page(if n > 5 { 500 } else { 403 }, "no"), lock).await;
    let (_, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!((seen.locked_after, seen.defence.as_deref()), (Some(5), Some("odd-answers")));
    assert_eq!(seen.good_refused_while_locked, Some(true));
    assert!(seen.recovered_after_seconds.is_some());
}

#[tokio::test]
async fn growing_slow_is_a_defence_that_locks_nobody_out() {
    let delay = |n: u32| Duration::from_millis(if n > 3 { 900 } else { 20 });
    let port = basic(move |n| Said(401, String::new(), "no".to_owned(), delay(n)), None).await;
    let (_, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!(seen.locked_after, Some(3));
    assert_eq!(seen.good_refused_while_locked, Some(false));
    assert_eq!(seen.recovered_after_seconds, None);
}

#[tokio::test]
async fn a_silent_lock_is_seen_by_the_good_credential() {
    let port = basic(|_| Said::page(401, "no"), Some((5, Duration::from_millis(300)))).await;
    let (outcome, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!((seen.locked_after, seen.good_refused_while_locked), (Some(10), Some(true)));
}

#[tokio::test]
async fn an_open_page_ends_the_visit() {
    let port = http(|_| Said::page(200, "settings for everybody")).await;
    let (outcome, seen, _) = visit(port, "basic", json!({})).await;
    assert_eq!(outcome, Outcome::Complete);
    assert_eq!(seen.negative_control.result, "accepted");
    assert!(seen.burst.is_empty() && seen.good.is_none());
}

#[tokio::test]
async fn without_a_credential_only_the_control_is_made() {
    let port = basic(|_| Said::page(401, "no"), None).await;
    let (observation, _) = run("http-login", params(port, "basic", json!({})), &[], &[]).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(observation.effort.attempted, 1);
    assert!(observation.effort.gaps.contains(&"no credential for AuthMech-Web in the bench file".to_owned()));
}

#[tokio::test]
async fn a_common_credential_that_works_is_named_by_length_only() {
    let port = http(|asked| match asked.head.split("authorization: Basic ").nth(1) {
        Some(sent) if sent.starts_with("YWRtaW46YWRtaW4x") => Said::page(200, "settings"),
        Some(sent) if sent.starts_with("b3duZXI6Y29ycmVjdC1ob3JzZS00Mg==") => Said::page(200, "settings"),
        _ => Said::page(401, ""),
    })
    .await;
    let common = json!({"common": [["root", "root"], ["admin", "admin1"]], "burst": 2});
    let (_, seen, _) = visit(port, "basic", common).await;
    assert_eq!(seen.common_tried, 2);
    assert_eq!(seen.common_accepted, [("admin".to_owned(), 6)]);
}

#[tokio::test]
async fn digest_is_answered_and_a_wrong_password_is_not_accepted() {
    for algorithm in ["MD5", "SHA-256"] {
        let challenge = format!("Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm={algorithm}");
        let asked_for = challenge.clone();
        let port =
            http(move |asked| {
                let Some(sent) = asked.head.split("cnonce=\"").nth(1) else {
                    return Said(
                        401,
                        format!("www-authenticate: {challenge}\r\n"),
                        String::new(),
                        Duration::ZERO,
                    );
                };
                let cnonce = sent.split('"').next().unwrap_or("");
                let right = Challenge::strongest([asked_for.as_str()].into_iter())
                    .expect("a challenge")
                    .answer("GET", "/settings", "owner", GOOD, cnonce);
                Said::page(if asked.head.contains(&right) { 200 } else { 401 }, "x")
            })
            .await;
        let (_, seen, _) = visit(port, "digest", json!({"burst": 2})).await;
        assert_eq!(seen.good.expect("tried").result, "accepted", "{algorithm}");
        assert_eq!(seen.burst[0].result, "rejected");
    }
}

/// A form that answers 200 to everything; only the session decides.
#[tokio::test]
async fn a_form_is_judged_by_the_page_behind_it() {
    let port = http(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/login") => Said(
            200,
            "set-cookie: pre=1; Path=/\r\n".to_owned(),
            "<form><input type=hidden name=csrf value=tok><input type=password name=pw></form>".to_owned(),
            Duration::ZERO,
        ),
        ("POST", "/login") => {
            let right =
                asked.body == format!("csrf=tok&name=owner&pw={GOOD}") && asked.head.contains("pre=1");
            let cookie = if right { "set-cookie: sid=good; HttpOnly\r\n" } else { "set-cookie: sid=no\r\n" };
            Said(200, cookie.to_owned(), "done".to_owned(), Duration::ZERO)
        }
        _ if asked.head.contains("sid=good") => Said::page(200, "settings"),
        _ => Said(302, "location: /login\r\n".to_owned(), String::new(), Duration::ZERO),
    })
    .await;
    let fields = json!({"user_field": "name", "password_field": "pw", "burst": 3});
    let (_, seen, _) = visit(port, "form", fields).await;
    assert_eq!(seen.negative_control.result, "rejected");
    assert_eq!(seen.good.expect("tried").result, "accepted");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected" && attempt.status == Some(200)));
}

#[tokio::test]
async fn a_token_opens_the_page() {
    let port = http(|asked| match asked.path.as_str() {
        "/login" if asked.body.contains(GOOD) => Said::page(200, r#"{"access":"t0k"}"#),
        "/login" => Said::page(200, r#"{"error":"no"}"#),
        _ if asked.head.contains("Bearer t0k") => Said::page(200, "{}"),
        _ => Said::page(401, ""),
    })
    .await;
    let (_, seen, _) = visit(port, "bearer", json!({"token_field": "access", "burst": 2})).await;
    assert_eq!(seen.good.expect("tried").result, "accepted");
    assert_eq!(seen.burst[1].result, "rejected");
}
