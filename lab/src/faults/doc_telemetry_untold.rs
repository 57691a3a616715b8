//! The IXIT declares a further telemetry of which the maker's page says nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-telemetry-untold",
    kind: Kind::Documentation,
    summary: "The IXIT declares a further telemetry of which the maker's page says nothing",
    changes: &[
        Change { unit: "6-5-2:b", verdict: "FAIL", code: "telemetry-not-told" },
        Change { unit: "6-5-2:c", verdict: "FAIL", code: "telemetry-not-told" },
        Change { unit: "6-5-2:d", verdict: "FAIL", code: "telemetry-not-told" },
    ],
    apply: Apply::Documentation(|folder| {
        folder.replace(
            "ixit.toml",
            "# Table 25: deletion\n",
            "[[tel_data]]\nid = \"TelData-Crash\"\n\
             description = \"Crash reports: memory contents at a crash of the controller application.\"\n\
             purpose = \"Search for errors, by the firmware team of the maker.\"\npersonal_data = []\n\
             told = { named = [\"Crash reports\"], purposes = [\"search for errors\"], by = [\"firmware team\"] }\n\n\
             # Table 25: deletion\n",
        )
    }),
};
