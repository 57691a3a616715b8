//! Pairings made by hand, for the tests of judges: those of a sound device, and what is changed about them.

use probes::ble::IoCapability;
use probes::ble::{PairingFeatures, PairingMethod, PairingOutcome, PairingReport, SmpReason};
use probes::probe::ble_pairing::{Attempt, AttemptKind, BlePairing, Guess, Guessed, Level, PanelSeen};

/// Rows that declare the pairing of the sound device.
pub(crate) const ROW: &str = "[[auth_mech]]\nid = \"AuthMech-Ble\"\nsubject = \"user\"\nnetwork_addressable = true\n\
    factor = { kind = \"pin\", user_defined = false, pre_installed = false, used_outside_factory_default = true }\n\
    generation = { inputs = [\"random\"], length = 6, alphabet_size = 10 }\n\
    change = { each_time = true }\nbrute_force = { failures = 3, lockout_seconds = 2 }\n\
    pairing = { method = \"passkey-shown\", passkey = \"each-time\", secure_connections_only = true, \
    least_key_octets = 16, strangers = \"first-or-invited\" }\n";

/// A report that ends so.
pub(crate) fn report(outcome: PairingOutcome) -> PairingReport {
    let features = PairingFeatures {
        io: IoCapability::KeyboardOnly,
        oob: false,
        auth_req: 0x0d,
        max_key_size: 16,
        initiator_keys: 0,
        responder_keys: 3,
    };
    PairingReport {
        request: features,
        response: None,
        method: Some(PairingMethod::PasskeyTyped),
        secure_connections: Some(true),
        key_size: Some(16),
        device_key: None,
        passkey_rounds: 0,
        went_on_with_invalid_key: false,
        keys_given: Vec::new(),
        security_request: None,
        outcome,
        seconds: 0.1,
        bond: None,
    }
}

/// An attempt that ends so.
pub(crate) fn attempt(kind: AttemptKind, outcome: PairingOutcome) -> Attempt {
    let level = if outcome == PairingOutcome::Paired { Level::Authenticated } else { Level::None };
    Attempt {
        kind,
        n: 0,
        invited: kind != AttemptKind::Uninvited,
        report: Some(report(outcome)),
        level,
        left_out: None,
        trouble: None,
        seconds: 0.1,
    }
}

/// Refused for this reason.
pub(crate) fn refused(reason: u8) -> PairingOutcome {
    PairingOutcome::RefusedByDevice { reason: SmpReason(reason) }
}

/// A guess that came to this.
pub(crate) fn guess(n: u32, common: Option<&str>, result: &str) -> Guess {
    Guess {
        n,
        common: common.map(str::to_owned),
        invited: true,
        result: result.to_owned(),
        ..Guess::default()
    }
}

/// What a sound device comes to.
pub(crate) fn sound() -> BlePairing {
    use AttemptKind as Kind;
    let attempts = [
        (Kind::Uninvited, refused(0x05)),
        (Kind::RightWay, PairingOutcome::Paired),
        (Kind::JustWorks, refused(0x03)),
        (Kind::Legacy, refused(0x03)),
        (Kind::ShortKey, refused(0x06)),
        (Kind::DebugKey, refused(0x0a)),
        (Kind::OffCurve, refused(0x0b)),
        (Kind::RightWay, PairingOutcome::Paired),
        (Kind::WhileLocked, refused(0x09)),
        (Kind::AfterLock, PairingOutcome::Paired),
    ];
    let attempts = attempts
        .into_iter()
        .zip(1..)
        .map(|((kind, outcome), n)| Attempt { n, ..attempt(kind, outcome) })
        .collect();
    BlePairing {
        row: "AuthMech-Ble".to_owned(),
        attempts,
        panel: PanelSeen { readings: 2, same_as_before: Some(false), trouble: None },
        guessed: Guessed {
            left_out: None,
            tries: vec![
                guess(1, Some("000000"), "wrong"),
                guess(2, Some("123456"), "wrong"),
                guess(3, Some("111111"), "wrong"),
                guess(4, None, "refused"),
            ],
            locked_after: Some(3),
            locked_by: Some(SmpReason::REPEATED_ATTEMPTS),
            right_way_refused_while_locked: Some(true),
            still_refused_after_seconds: Some(1.2),
            recovered_after_seconds: Some(2.2),
        },
        no_way: None,
        profile: None,
    }
}

/// The sound device with another end of one kind of attempt.
pub(crate) fn with(kind: AttemptKind, outcome: PairingOutcome) -> BlePairing {
    let mut seen = sound();
    for one in seen.attempts.iter_mut().filter(|one| one.kind == kind) {
        *one = Attempt { n: one.n, ..attempt(kind, outcome.clone()) };
    }
    seen
}
