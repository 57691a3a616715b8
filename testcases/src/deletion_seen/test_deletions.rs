//! Deletions made by hand, for the tests of judges.

use probes::probe::deletion::{Attempt, Deletion, Held, Look, Planted, Residue, Told};

use crate::test_facts::{Seen, TestFacts};

/// A reset that a program can carry out, a deletion at the services in prose, and the data that they are about.
pub(crate) const DECLARED: &str = "[[pers_data]]\nid = \"PersData-1\"\nstored_on = [\"device\", \"associated-service\"]\n\
    [[del_func]]\nid = \"DelFunc-Reset\"\ntarget_type = \"user data on the device\"\n\
    deletes = [{ data = \"PersData-1\", port = 443, target = \"/mine\", field = \"name\", read = \"/mine\" }]\n\
    erasure = { port = 443, target = \"/reset\", confirmed_by = [\"were deleted\"], resets = true }\n\
    [[del_func]]\nid = \"DelFunc-Account\"\ntarget_type = \"personal data on associated services\"\n\
    confirmation = \"The app says so\"\n";

/// What a sound device lets see.
pub(crate) fn sound() -> Deletion {
    let planted = |data: &str, value: &str| Planted {
        data: data.to_owned(),
        value: value.to_owned(),
        target: "/mine".to_owned(),
        read: "/mine".to_owned(),
        status: Some(200),
        shown: true,
        unmistakable: true,
        note: String::new(),
    };
    let attempt = |by: &str, result: &str, status: u16| Attempt {
        by: by.to_owned(),
        status: Some(status),
        result: result.to_owned(),
        n: 7,
    };
    Deletion {
        function: "DelFunc-Reset".to_owned(),
        resets: true,
        planted: vec![planted("PersData-1", "bcdfghjkmnpq"), planted("name", "rstvwxzbcdfg")],
        held: vec![Held {
            account: "Web".to_owned(),
            outcome: "logged-in".to_owned(),
            works: true,
            chosen: Some(true),
            ends: true,
        }],
        attempts: vec![attempt("nobody", "without-effect", 401), attempt("declared", "carried-out", 200)],
        answer: Some(Told {
            status: 200,
            path: "/reset".to_owned(),
            text: "Your data were deleted.".to_owned(),
            words: vec!["were deleted".to_owned()],
            ..Told::default()
        }),
        gone_after: Some(0.1),
        looks: vec![
            look("after_reset", "nobody", None),
            look("after_reset", "old-credential", Some("Web")),
            look("initialized", "nobody", None),
            look("initialized", "new-user", Some("Web")),
        ],
        residue: Vec::new(),
        captured: None,
        set_up_again: "bench".to_owned(),
        brought_back: Some(true),
    }
}

fn look(state: &str, subject: &str, account: Option<&str>) -> Look {
    Look {
        state: state.to_owned(),
        subject: subject.to_owned(),
        account: account.map(str::to_owned),
        port: 443,
        target: "/mine".to_owned(),
        declared: true,
        status: Some(200),
        result: "looked".to_owned(),
        n: 9,
    }
}

/// Something left.
pub(crate) fn residue(kind: &str, state: &str, unmistakable: bool) -> Residue {
    Residue {
        kind: kind.to_owned(),
        of: "PersData-1".to_owned(),
        state: state.to_owned(),
        subject: "new-user".to_owned(),
        place: "GET /mine".to_owned(),
        encoding: "plain".to_owned(),
        unmistakable,
        n: 12,
    }
}

/// The declaration with one observation that looked at this many places.
pub(crate) fn seen_at(deletion: &Deletion, places: u64) -> TestFacts {
    TestFacts::declared(DECLARED).observed(Seen::by(super::PROBE, deletion).attempts(places))
}

/// The same, at many places.
pub(crate) fn seen(deletion: &Deletion) -> TestFacts {
    seen_at(deletion, 40)
}
