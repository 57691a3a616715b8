//! What the faults of the maker's pages, and of the page of the device about itself, do to them.

use std::io::{Read, Write};

use crate::visitor::{connect, get, ports, start};
use lab::model::{MODEL, page};

/// A page of the maker, as plain HTTP gives it.
fn maker_page(faults: &[&str], path: &str) -> String {
    let instance = start(faults, 31);
    let spec = instance.spec();
    let mut stream = connect(spec.world_address.unwrap(), ports(&instance).maker).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn pages_are_missing_or_closed_when_a_fault_says_so() {
    for (fault, path, status) in [
        ("sensors-page-missing", page::SENSORS, "404"),
        ("sensors-page-behind-login", page::SENSORS, "401"),
        ("personal-data-page-missing", page::PERSONAL_DATA, "404"),
        ("personal-data-page-behind-login", page::PERSONAL_DATA, "401"),
        ("deletion-page-missing", page::DELETION, "404"),
        ("setup-page-missing", page::SETUP, "404"),
    ] {
        assert!(maker_page(&[], path).starts_with("HTTP/1.0 200"), "{path}");
        assert!(maker_page(&[fault], path).starts_with(&format!("HTTP/1.0 {status}")), "{fault}");
    }
}

#[test]
fn pages_say_something_else_when_a_fault_says_so() {
    // Fault, page, what the sound page says and the faulty one does not, what both say.
    for (fault, path, lost, kept) in [
        ("sensors-page-omits-all", page::SENSORS, "carbon monoxide", "no camera"),
        ("personal-data-page-omits-usage", page::PERSONAL_DATA, "sage history", "Usage statistics"),
        ("personal-data-page-other-purpose", page::PERSONAL_DATA, "forecast of wear", "Usage history"),
        ("telemetry-not-told", page::PERSONAL_DATA, "Sign of life", "Usage history"),
        ("telemetry-page-omits-maintenance", page::PERSONAL_DATA, "operating hours", "Sign of life"),
        ("telemetry-purpose-differs", page::PERSONAL_DATA, "forecasts the wear", "operating hours"),
        ("deletion-page-omits-account", page::DELETION, "Delete account", "Delete everything"),
        ("setup-page-omits-remote-decision", page::SETUP, "emote operation", "Updates: leave"),
        ("setup-page-omits-check", page::SETUP, "Check your settings", "Remote operation"),
    ] {
        let sound = maker_page(&[], path);
        assert!(sound.contains(lost) && sound.contains(kept), "{fault}: {sound}");
        let faulty = maker_page(&[fault], path);
        assert!(faulty.starts_with("HTTP/1.0 200"), "{fault}: {faulty}");
        assert!(!faulty.contains(lost) && faulty.contains(kept), "{fault}: {faulty}");
    }
}

#[test]
fn the_contact_file_is_valid_and_expires_when_a_fault_says_so() {
    let sound = maker_page(&[], page::SECURITY_TXT);
    assert!(sound.contains("text/plain") && sound.contains("Contact: mailto:"), "{sound}");
    assert!(sound.contains(&format!("Expires: {}", lab::model::SUPPORT_UNTIL)));
    assert!(maker_page(&["security-txt-expired"], page::SECURITY_TXT).contains("Expires: 2024-"));
}

#[test]
fn the_device_tells_its_model_to_anybody_before_and_after_the_set_up() {
    let instance = start(&[], 32);
    let sound = format!("{{\"model\":\"{MODEL}\"}}");
    assert!(get(&instance, "/about").ends_with(&sound));
    instance.perform("onboard").unwrap();
    let answer = get(&instance, "/about");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&sound), "{answer}");
}

#[test]
fn the_device_tells_its_model_wrongly_when_a_fault_says_so() {
    let about = |fault| get(&start(&[fault], 33), "/about");
    assert!(about("about-missing").starts_with("HTTP/1.1 404"));
    let closed = about("about-behind-login");
    assert!(closed.starts_with("HTTP/1.1 401") && !closed.contains("\"model\""));
    let other = about("about-other-model");
    assert!(other.starts_with("HTTP/1.1 200") && other.contains("HK-90") && !other.contains(MODEL));
    let markup = about("about-model-in-markup");
    assert!(markup.starts_with("HTTP/1.1 200") && markup.contains(&format!(">{MODEL}<")), "{markup}");
}
