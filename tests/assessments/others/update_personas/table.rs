//! The table: update persona → verdict and code.

use super::device::Habits;

/// A persona with what has to come of it.
pub(crate) struct Persona {
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) habits: Habits,
    /// What its declaration of the mechanism says.
    pub(crate) declares: Declares,
    /// Verdict and code of 5.3-1-2:a and 5.3-2-2:b; every other result of the mechanism there is wrong.
    pub(crate) expected: (&'static str, &'static str),
}

/// What a persona declares.
#[derive(Clone, Copy)]
pub(crate) struct Declares {
    /// Goes over TLS.
    pub(crate) tls: bool,
    /// Older versions are refused.
    pub(crate) refuses_older: bool,
    /// It comes back after a failure.
    pub(crate) recovers: bool,
}

impl Declares {
    /// The row.
    pub(crate) fn row(&self) -> String {
        let transport = match self.tls {
            true => ", { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.2\", \"1.3\"] }",
            false => "",
        };
        let application = if self.tls { "https" } else { "http" };
        let older = if self.refuses_older { ", \"anti-rollback\"" } else { "" };
        let recovers = self.recovers;
        format!(
            "[[upd_mech]]\nid = \"UpdMech-Net\"\n\
             description = \"Network-based. The device asks for a signed list and fetches the image that it names.\"\n\
             security_guarantees = [\"integrity\", \"authenticity\"{older}]\n\
             cryptographic_details = \"The list is signed with Ed25519 and names the digest of the image.\"\n\
             crypto = [{{ purpose = \"signature\", primitive = \"Ed25519\", key_bits = 256 }}{transport}]\n\
             initiation_and_interaction = \"By itself, or with a button.\"\n\
             configuration = \"None.\"\nupdate_checking = \"Each day.\"\nuser_notification = \"None.\"\n\
             update = {{ network_based = true, automatic = true }}\n\
             package = {{ way = \"pull\", manifest = \"/newest.json\", image = \"/{{version}}.bin\", \
             signature = {{ manifest_key = \"signature\" }}, settles_seconds = 1, recovers = {recovers} }}\n\
             endpoint = [{{ transport = \"tcp\", port = 18444, application = \"{application}\", \
             host = \"update.persona.example\" }}]\n"
        )
    }
}

const SOUND: Habits = Habits {
    looks: true,
    tls: true,
    takes_unsigned: false,
    knows_its_model: true,
    refuses_older: true,
    writes_over_itself: false,
    starts_short: false,
};
const USUAL: Declares = Declares { tls: true, refuses_older: false, recovers: false };
const PASSES: (&str, &str) = ("PASS", "update-attacks-withstood");

pub(crate) static UNSIGNED: Persona = Persona {
    name: "installs unsigned",
    habits: Habits { takes_unsigned: true, ..SOUND },
    declares: USUAL,
    expected: ("FAIL", "unauthentic-update-installed"),
};

pub(crate) static WRONG_MODEL: Persona = Persona {
    name: "installs wrong model",
    habits: Habits { knows_its_model: false, ..SOUND },
    declares: USUAL,
    expected: ("FAIL", "foreign-update-installed"),
};

pub(crate) static BRICKS: Persona = Persona {
    name: "bricks on truncated",
    habits: Habits { starts_short: true, ..SOUND },
    declares: USUAL,
    expected: ("FAIL", "update-leaves-device-dead"),
};

pub(crate) static LOST_WITH_POWER: Persona = Persona {
    name: "does not come back after power fails, with claim",
    habits: Habits { writes_over_itself: true, ..SOUND },
    declares: Declares { recovers: true, ..USUAL },
    expected: ("FAIL", "no-return-after-failed-update"),
};

pub(crate) static RECOVERS: Persona = Persona {
    name: "recovers",
    habits: SOUND,
    declares: Declares { recovers: true, ..USUAL },
    expected: PASSES,
};

pub(crate) static REFUSES_OLDER: Persona = Persona {
    name: "refuses older with claim",
    habits: SOUND,
    declares: Declares { refuses_older: true, ..USUAL },
    expected: PASSES,
};

pub(crate) static TAKES_OLDER: Persona = Persona {
    name: "accepts older without claim",
    habits: Habits { refuses_older: false, ..SOUND },
    declares: USUAL,
    expected: ("INCONCLUSIVE", "waits-for-assessor"),
};

pub(crate) static TAKES_OLDER_DESPITE: Persona = Persona {
    name: "accepts older with claim",
    habits: Habits { refuses_older: false, ..SOUND },
    declares: Declares { refuses_older: true, ..USUAL },
    expected: ("FAIL", "older-update-installed"),
};

pub(crate) static NEVER: Persona = Persona {
    name: "checks never",
    habits: Habits { looks: false, ..SOUND },
    declares: USUAL,
    expected: ("INCONCLUSIVE", "update-not-asked-for"),
};

pub(crate) static PLAIN: Persona = Persona {
    name: "checks over plain HTTP with signed image",
    habits: Habits { tls: false, ..SOUND },
    declares: Declares { tls: false, ..USUAL },
    expected: PASSES,
};

pub(crate) static PLAIN_DESPITE: Persona = Persona {
    name: "checks over plain HTTP, TLS declared",
    habits: Habits { tls: false, ..SOUND },
    declares: USUAL,
    expected: ("FAIL", "update-over-plain-http"),
};
