//! Faults in what has to be there, and in the claims of the ICS.

use super::{Fault, ICS, IXIT, NO_DEBUGGING, moved};
use crate::folder::Edit::{Add, Claim, CutProvision, CutTable, In, Line, Text};
use crate::folder::Place;
use crate::folder::Place::{At, Row, Support, Whole};

/// They, with their sound twins.
pub(super) static FAULTS: &[Fault] = &[
    // Completeness.
    Fault {
        name: "field not filled",
        edits: &[In(
            "SoftServ-Api",
            "justification = \"Operation by home automation without the cloud is a promised function of the product.\"",
            "",
        )],
        moved: &[moved("missing-field", Row("SoftServ-Api"), "5.6-5-1:a")],
    },
    Fault {
        name: "critical parameter without provisioning",
        edits: &[In(
            "SecParam-WebKey",
            "provisioning_mechanism = \"Made on the device at the first start and after each factory reset.\"",
            "",
        )],
        moved: &[moved("missing-field", Row("SecParam-WebKey"), "5.4-3-1:a")],
    },
    Fault {
        name: "field to be done",
        edits: &[In(
            "ResMech-Power",
            "security_guarantees = [\"safe state without power\", \"no loss of data\", \"the same or a better state after recovery\"]",
            "security_guarantees = [\"TBD\"]",
        )],
        moved: &[moved("placeholder-text", At("ResMech-Power", "security_guarantees ="), "5.9-1-1:a")],
    },
    Fault {
        name: "table not stated",
        edits: &[CutTable("privl_ctrl")],
        moved: &[moved("table-not-stated", Whole(IXIT), "5.6-7-1:a")],
    },
    Fault {
        name: "form not stated",
        edits: &[CutTable("conf")],
        moved: &[moved("table-not-stated", Whole(IXIT), "5.2-2-1:b")],
    },
    Fault {
        name: "a row that was only observed",
        edits: &[In("ExtSens-CO", "id = \"ExtSens-CO\"", "id = \"ExtSens-CO\"\norigin = \"observed\"")],
        moved: &[moved("row-only-observed", Row("ExtSens-CO"), "")],
    },
    Fault {
        name: "said to be empty with rows",
        edits: &[Add(IXIT, "[empty]\nacc_ctrl = \"The processor has no memory management\"")],
        moved: &[moved("empty-contradicted", Place::Text(IXIT, "acc_ctrl = \"The"), "5.6-8-1:a")],
    },
    Fault {
        name: "empty without a reason",
        edits: &[CutTable("ext_sens"), Add(IXIT, "[empty]\next_sens = \"-\"")],
        moved: &[moved("empty-without-reason", Place::Text(IXIT, "ext_sens = \"-\""), "5.8-3-1:c")],
    },
    Fault {
        name: "a form cannot be empty",
        edits: &[CutTable("conf"), Add(IXIT, "[empty]\nconf = \"Nothing is confirmed\"")],
        moved: &[
            moved("missing-field", Place::Text(IXIT, "conf = \"Nothing"), "5.2-2-1:b"),
            moved("missing-field", Place::Text(IXIT, "conf = \"Nothing"), "5.2-3-1:d"),
            moved("missing-field", Place::Text(IXIT, "conf = \"Nothing"), "5.3-8-1:b"),
            moved("missing-field", Place::Text(IXIT, "conf = \"Nothing"), "5.5-8-1:b"),
            moved("missing-field", Place::Text(IXIT, "conf = \"Nothing"), "5.6-9-1:b"),
        ],
    },
    Fault {
        name: "claimed without a measure",
        edits: &[CutTable("sec_dev"), Add(IXIT, "[empty]\nsec_dev = \"There is no such process\"")],
        moved: &[moved("claim-on-empty-table", Place::Text(IXIT, "sec_dev = \"There"), "5.6-9-1:a")],
    },
    // The ICS.
    Fault {
        name: "evidence that is another file",
        edits: &[Add(
            ICS,
            "[[external_evidence]]\nid = \"Evidence-1\"\ndocument = \"manual.md\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\ncovers = [\"5.5-2\"]\n",
        )],
        moved: &[moved("document-digest-differs", Place::Text(ICS, "sha256 = \"00"), "5.5-2-1:a")],
    },
    Fault {
        name: "evidence that ended before it began",
        edits: &[Add(
            ICS,
            "[[external_evidence]]\nid = \"Evidence-1\"\ndocument = \"manual.md\"\nissued = \"2026-01-31\"\nvalid_until = \"2025-01-31\"\ncovers = [\"5.5-2\"]\n",
        )],
        moved: &[moved("companions-contradict", Place::Text(ICS, "valid_until ="), "")],
    },
    Fault {
        name: "provision not stated",
        edits: &[CutProvision("5.6-6")],
        moved: &[moved("support-not-stated", Whole(ICS), "4-1-1:a")],
    },
    Fault {
        name: "recommendation left out without a reason",
        edits: &[Claim("5.6-6", "N", "")],
        moved: &[moved("missing-justification", Support("5.6-6"), "4-1-1:a")],
    },
    Fault {
        name: "not applicable without a rationale",
        edits: &[Claim("5.5-8", "N/A", "")],
        moved: &[
            moved("missing-rationale", Support("5.5-8"), "5.5-8-1:a"),
            moved("not-applicable-on-mandatory", Support("5.5-8"), "5.5-8-1:a"),
            moved("not-applicable-contradicted", Support("5.5-8"), "5.5-8-1:a"),
        ],
    },
    Fault {
        name: "mandatory provision left out",
        edits: &[Claim("5.4-1", "N", "detail = \"Too costly\"")],
        moved: &[moved("mandatory-not-claimed", Support("5.4-1"), "5.4-1-1:a")],
    },
    Fault {
        name: "mandatory provision left out although its condition holds",
        edits: &[Claim("5.1-4", "N", "detail = \"Too costly\"")],
        moved: &[moved("mandatory-not-claimed", Support("5.1-4"), "5.1-4-1:a")],
    },
    Fault {
        name: "measure declared and called not applicable",
        edits: &[Claim("5.7-1", "N/A", "detail = \"There is no secure boot\"")],
        moved: &[moved("not-applicable-contradicted", Support("5.7-1"), "5.7-1-1:a")],
    },
    Fault {
        name: "debug interfaces claimed without one",
        edits: NO_DEBUGGING,
        moved: &[moved("claim-without-condition", Support("5.6-4"), "5.6-4-1:a")],
    },
    Fault {
        name: "identities claimed without one",
        edits: &[In("SecParam-CloudSecret", "hard_coded_identity = true", "hard_coded_identity = false")],
        moved: &[moved("claim-without-condition", Support("5.4-2"), "5.4-2-1:a")],
    },
    Fault {
        name: "network updates claimed without any",
        edits: &[In("UpdMech-Cloud", "network_based = true", "network_based = false")],
        moved: &[moved("claim-without-condition", Support("5.3-10"), "5.3-10-1:a")],
    },
    Fault {
        name: "preset passwords claimed without one",
        edits: &[In(
            "AuthMech-Setup",
            "user_defined = false, pre_installed = true",
            "user_defined = false, pre_installed = false",
        )],
        moved: &[moved("claim-without-condition", Support("5.1-2"), "5.1-2-1:a")],
    },
    Fault {
        name: "a constrained device without a reason",
        edits: &[Text(ICS, "constrained = false", "constrained = true")],
        moved: &[
            moved("dut-not-identified", Place::Text(ICS, "constrained = true"), "5.1-5-1:a"),
            moved("claim-without-condition", Support("5.1-5"), "5.1-5-1:a"),
            moved("claim-without-condition", Support("5.3-2"), "5.3-2-1:a"),
        ],
    },
    Fault {
        name: "the model is not named",
        edits: &[Line(ICS, "model = ", "model = \"TBD\"")],
        moved: &[moved("dut-not-identified", Place::Text(ICS, "model = \"TBD\""), "")],
    },
];
