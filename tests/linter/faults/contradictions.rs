//! Faults in guarantees and in companions that contradict one another.

use super::{Fault, IXIT, moved};
use crate::folder::Edit::{In, Text};
use crate::folder::Place;
use crate::folder::Place::{At, Row};

/// They, with their sound twins.
pub(super) static FAULTS: &[Fault] = &[
    // Guarantees.
    Fault {
        name: "a private key called public",
        edits: &[In("SecParam-WebKey", "type = \"critical\"", "type = \"public\"")],
        moved: &[moved("type-contradicts-content", At("SecParam-WebKey", "type ="), "5.4-1-1:a")],
    },
    Fault {
        name: "a certificate called critical",
        edits: &[In("SecParam-TrustAnchors", "type = \"public\"", "type = \"critical\"")],
        moved: &[
            moved("type-contradicts-content", At("SecParam-TrustAnchors", "type ="), "5.4-1-1:a"),
            moved("guarantee-below-type", At("SecParam-TrustAnchors", "\nguarantees ="), "5.4-1-1:b"),
            moved("missing-field", Row("SecParam-TrustAnchors"), "5.4-3-1:a"),
            moved("missing-field", Row("SecParam-TrustAnchors"), "5.4-4-1:a"),
            moved("missing-field", Row("SecParam-TrustAnchors"), "5.5-6-1:a"),
        ],
    },
    Fault {
        name: "a secret that others may read",
        edits: &[
            In(
                "SecParam-BusKey",
                "security_guarantees = [\"integrity\", \"confidentiality\"]",
                "security_guarantees = [\"integrity\"]",
            ),
            In(
                "SecParam-BusKey",
                "\nguarantees = [\"integrity\", \"confidentiality\"]",
                "\nguarantees = [\"integrity\"]",
            ),
        ],
        moved: &[moved("guarantee-below-type", At("SecParam-BusKey", "\nguarantees ="), "5.4-1-1:b")],
    },
    Fault {
        name: "an identity that can be tampered with",
        edits: &[
            In(
                "SecParam-CloudSecret",
                "security_guarantees = [\"confidentiality\", \"integrity\", \"tamper resistance\"]",
                "security_guarantees = [\"confidentiality\", \"integrity\"]",
            ),
            In(
                "SecParam-CloudSecret",
                "\nguarantees = [\"confidentiality\", \"integrity\", \"tamper-resistance\"]",
                "\nguarantees = [\"confidentiality\", \"integrity\"]",
            ),
        ],
        moved: &[moved("guarantee-below-type", At("SecParam-CloudSecret", "\nguarantees ="), "5.4-2-1:b")],
    },
    Fault {
        name: "guarantees in words and in the list differ",
        edits: &[In(
            "SecBoot-Chain",
            "security_guarantees = [\"integrity\", \"authenticity\"]",
            "security_guarantees = [\"integrity\"]",
        )],
        moved: &[moved("guarantees-differ", At("SecBoot-Chain", "\nguarantees ="), "5.7-1-1:a")],
    },
    Fault {
        name: "guarantees in free words are not compared",
        edits: &[In(
            "SecBoot-Chain",
            "security_guarantees = [\"integrity\", \"authenticity\"]",
            "security_guarantees = [\"only software of the maker starts\"]",
        )],
        moved: &[],
    },
    // Contradictions.
    Fault {
        name: "not automatic and starts by itself",
        edits: &[In("UpdMech-Cloud", "automatic = true, notifies", "automatic = false, notifies")],
        moved: &[moved("companions-contradict", At("UpdMech-Cloud", "\nupdate ="), "5.3-3-1:a")],
    },
    Fault {
        name: "tells nothing and says how",
        edits: &[In("UpdMech-Cloud", "notifies = true", "notifies = false")],
        moved: &[moved("companions-contradict", At("UpdMech-Cloud", "\nupdate ="), "5.3-11-1:a")],
    },
    Fault {
        name: "takes older versions and guarantees that it does not",
        edits: &[In("UpdMech-Cloud", "anti_rollback = true", "anti_rollback = false")],
        moved: &[moved("companions-contradict", At("UpdMech-Cloud", "\nupdate ="), "5.3-2-1:a")],
    },
    Fault {
        name: "never disrupts and tells of disruptions",
        edits: &[In("UpdMech-Cloud", "never_disruptive = false", "never_disruptive = true")],
        moved: &[moved("companions-contradict", At("UpdMech-Cloud", "\nupdate ="), "5.3-12-1:a")],
    },
    Fault {
        name: "in the source code and not",
        edits: &[In(
            "SecParam-BusKey",
            "provisioning = { way = \"peer\" }",
            "provisioning = { way = \"source-code\" }",
        )],
        moved: &[moved("companions-contradict", At("SecParam-BusKey", "\nprovisioning ="), "5.4-3-1:b")],
    },
    Fault {
        name: "fixed and unique",
        edits: &[In("SecParam-LabelPassword", "source = \"hardware-generator\"", "source = \"none\"")],
        moved: &[moved("companions-contradict", At("SecParam-LabelPassword", "\ngenerator ="), "5.4-4-1:b")],
    },
    Fault {
        name: "never reachable and reachable",
        edits: &[In(
            "SoftServ-Update",
            "network_accessible_in = [\"never\"]",
            "network_accessible_in = [\"initialized\", \"never\"]",
        )],
        moved: &[moved(
            "companions-contradict",
            At("SoftServ-Update", "network_accessible_in ="),
            "5.5-4-1:a",
        )],
    },
    Fault {
        name: "access by a mechanism that the service does not have",
        edits: &[In(
            "SoftServ-WebUI",
            "target = \"/schedules\", who = [\"AuthMech-WebLogin\"]",
            "target = \"/schedules\", who = [\"AuthMech-ApiToken\"]",
        )],
        moved: &[moved(
            "companions-contradict",
            At("SoftServ-WebUI", "target = \"/schedules\""),
            "5.5-4-1:a",
        )],
    },
    Fault {
        name: "disabled for ever and enabled",
        edits: &[In(
            "Intf-Debug",
            "status_in = { factory_default = \"disabled\", initialized = \"disabled\" }",
            "status_in = { factory_default = \"enabled\", initialized = \"disabled\" }",
        )],
        moved: &[moved("companions-contradict", At("Intf-Debug", "permanently_disabled ="), "5.6-1-1:a")],
    },
    Fault {
        name: "on the device alone and at a service",
        edits: &[In(
            "PersData-Schedule",
            "stored_on = [\"device\", \"associated-service\"]",
            "stored_on = [\"device\"]",
        )],
        moved: &[moved("companions-contradict", At("PersData-Schedule", "services ="), "5.11-2-1:b")],
    },
    Fault {
        name: "without consent and with its withdrawal",
        edits: &[In("PersData-Usage", "\nconsent = true", "\nconsent = false")],
        moved: &[moved("companions-contradict", At("PersData-Usage", "\nconsent ="), "6-2-1:a")],
    },
    Fault {
        name: "two defaults",
        edits: &[In("UserDec-Remote", "{ option = \"on\" }", "{ option = \"on\", default = true }")],
        moved: &[moved("companions-contradict", At("UserDec-Remote", "choices ="), "5.12-1-1:b")],
    },
    Fault {
        name: "support ends before it begins",
        edits: &[Text(IXIT, "support = { until = \"2031-12-31\"", "support = { until = \"2025-12-31\"")],
        moved: &[moved("companions-contradict", Place::Text(IXIT, "\nsupport = {"), "5.3-13-2:c")],
    },
];
