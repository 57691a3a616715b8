//! What faults do to the device in outages and after them, seen as its visitor and at its uplink.

use std::io::Read;
use std::time::Duration;

use crate::visitor::{ask, ask_within, bench_value, connect, get, ports, post_token, start};
use crate::wire::Capture;
use lab::{Instance, model};

/// A device that somebody uses.
fn in_use(faults: &[&str], seed: u64) -> Instance {
    let instance = start(faults, seed);
    instance.perform("onboard").unwrap();
    instance
}

fn power_fails(instance: &Instance) {
    instance.perform("power_off").unwrap();
    instance.perform("power_on").unwrap();
}

fn user_password(instance: &Instance) -> String {
    bench_value(instance, "AuthMech-ApiToken")
}

/// The status, as a program asks for it that has a token or none.
fn status(instance: &Instance, token: Option<&str>) -> String {
    let head = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    ask(instance, &format!("GET /api/status HTTP/1.1\r\nHost: device\r\n{head}Connection: close\r\n\r\n"))
}

fn token(instance: &Instance) -> String {
    let answer = post_token(instance, &user_password(instance));
    answer.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// Whether anything comes back from the web interface; a device that hangs is given two seconds.
fn answers(instance: &Instance) -> bool {
    let Ok(mut stream) = connect(instance.address(), ports(instance).https) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    // What is no handshake is answered with an alert.
    std::io::Write::write_all(&mut stream, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    matches!(stream.read(&mut [0; 16]), Ok(1..))
}

#[test]
fn a_local_interface_that_needs_the_uplink_is_gone_with_it() {
    for (faults, expected) in [(&[][..], true), (&["local-interface-needs-uplink"][..], false)] {
        let instance = in_use(faults, 61);
        assert!(answers(&instance));
        instance.perform("uplink_down").unwrap();
        assert_eq!(answers(&instance), expected, "{faults:?}");
        instance.perform("uplink_up").unwrap();
        assert!(answers(&instance));
    }
}

#[test]
fn an_api_that_needs_names_waits_for_them() {
    let instance = in_use(&["api-needs-names"], 62);
    let token = token(&instance);
    instance.perform("names_down").unwrap();
    // The pages go on, the API does not.
    assert!(get(&instance, "/identity").contains(model::MODEL));
    let request = "GET /api/status HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n";
    assert_eq!(ask_within(&instance, request, Duration::from_secs(2)), "");
    instance.perform("names_up").unwrap();
    assert!(status(&instance, Some(&token)).contains("target_celsius"));
}

#[test]
fn a_loss_of_power_takes_along_what_a_fault_says() {
    let target = format!("\"target_celsius\":{}", model::OWNER_TARGET);
    for (fault, keeps_target, keeps_password, closed) in [
        (None, true, true, true),
        (Some("settings-lost-after-power-loss"), false, true, true),
        (Some("label-password-after-power-loss"), true, false, true),
        (Some("api-open-after-power-loss"), true, true, false),
    ] {
        let instance = in_use(fault.as_slice(), 63);
        assert!(status(&instance, Some(&token(&instance))).contains(&target));
        assert!(status(&instance, None).starts_with("HTTP/1.1 401"));
        power_fails(&instance);
        let label = post_token(&instance, &bench_value(&instance, "label"));
        let user = post_token(&instance, &user_password(&instance));
        assert_eq!(
            (label.contains("\"token\""), user.contains("\"token\"")),
            (!keeps_password, keeps_password)
        );
        assert_eq!(status(&instance, None).starts_with("HTTP/1.1 401"), closed, "{fault:?}");
        if keeps_password {
            assert_eq!(
                status(&instance, Some(&token(&instance))).contains(&target),
                keeps_target,
                "{fault:?}"
            );
        }
    }
}

#[test]
fn a_port_for_the_recovery_opens_with_the_first_loss_of_power_and_not_before() {
    for (faults, expected) in [(&[][..], false), (&["debug-port-open-after-power-loss"][..], true)] {
        let instance = in_use(faults, 64);
        let open = || connect(instance.address(), ports(&instance).debug).is_ok();
        assert!(!open());
        power_fails(&instance);
        assert_eq!(open(), expected, "{faults:?}");
        instance.perform("factory_reset").unwrap();
        assert!(!open());
    }
}

/// The times of the first tries after the services have failed, in seconds from their failure.
fn tries(fault: Option<&str>, count: usize) -> Vec<f64> {
    let instance = in_use(fault.as_slice(), 65);
    let cloud = ports(&instance).cloud;
    let mut capture = Capture::of(&instance);
    instance.perform("reconnect").unwrap();
    capture.until("the cloud", |capture| capture.reached(cloud));
    capture.pass(200);
    capture.clear();
    instance.perform("services_down").unwrap();
    capture.until("the tries", |capture| capture.calls(cloud).len() >= count);
    let mut tries = capture.calls(cloud);
    tries.truncate(count);
    tries
}

#[test]
fn the_waits_before_new_tries_are_those_of_the_fault() {
    let waits = |tries: &[f64]| -> Vec<f64> { tries.windows(2).map(|pair| pair[1] - pair[0]).collect() };
    let sound = waits(&tries(None, 3));
    assert!(sound[0] >= 1.0 && sound[1] >= 2.0, "{sound:?}");
    // Twenty tries in less time than two of a sound device take.
    let hardly = tries(Some("reconnects-without-pause"), 20);
    assert!(hardly[19] < sound[0] + sound[1], "{hardly:?}");
    let same = waits(&tries(Some("reconnects-without-back-off"), 5));
    assert!(same.iter().all(|wait| *wait >= 0.5) && same[3] < 2.0, "{same:?}");
    let in_step = waits(&tries(Some("reconnects-in-step"), 3));
    assert!(in_step[0] >= 1.0 && in_step[1] >= 2.0, "{in_step:?}");
}

#[test]
fn a_device_that_gives_up_never_calls_again() {
    let instance = in_use(&["cloud-given-up-after-refusal"], 66);
    let cloud = ports(&instance).cloud;
    let mut capture = Capture::of(&instance);
    instance.perform("reconnect").unwrap();
    capture.until("the cloud", |capture| capture.reached(cloud));
    capture.pass(200);
    capture.clear();
    instance.perform("services_down").unwrap();
    capture.until("one try", |capture| !capture.calls(cloud).is_empty());
    instance.perform("services_up").unwrap();
    capture.pass(3000);
    assert_eq!(capture.calls(cloud).len(), 1);
    power_fails(&instance);
    capture.until("the cloud", |capture| capture.reached(cloud));
}

#[test]
fn a_device_that_stays_away_is_back_with_the_next_power_cycle() {
    let instance = in_use(&["away-after-link-loss"], 67);
    assert!(answers(&instance));
    let mut capture = Capture::of(&instance);
    instance.perform("link_down").unwrap();
    instance.perform("link_up").unwrap();
    capture.clear();
    capture.pass(1500);
    assert!(!answers(&instance) && capture.seen.is_empty(), "{:?}", capture.told());
    power_fails(&instance);
    assert!(answers(&instance));
}

#[test]
fn a_device_that_loses_names_asks_for_none_until_the_next_power_cycle() {
    let instance = in_use(&["names-lost-after-outage"], 68);
    let cloud = ports(&instance).cloud;
    let mut capture = Capture::of(&instance);
    instance.perform("names_down").unwrap();
    instance.perform("names_up").unwrap();
    capture.clear();
    capture.pass(1500);
    assert!(capture.names().is_empty() && capture.calls(cloud).is_empty(), "{:?}", capture.told());
    power_fails(&instance);
    capture.until("the cloud", |capture| capture.reached(cloud));
}
