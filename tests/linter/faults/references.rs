//! Faults in what a row refers to.

use super::{Fault, moved};
use crate::folder::Edit::{Cut, In};
use crate::folder::Place::At;

/// They, with their sound twins.
pub(super) static FAULTS: &[Fault] = &[
    // References inside companions.
    Fault {
        name: "set-up opened by nothing",
        edits: &[In(
            "AuthMech-ApiToken",
            "set_up = { opened_by = \"AuthMech-Setup\"",
            "set_up = { opened_by = \"AuthMech-Label\"",
        )],
        moved: &[moved("dangling-reference", At("AuthMech-ApiToken", "set_up ="), "5.1-4-1:a")],
    },
    Fault {
        name: "set-up opened by a parameter",
        edits: &[In(
            "AuthMech-WebLogin",
            "set_up = { opened_by = \"AuthMech-Setup\"",
            "set_up = { opened_by = \"SecParam-LabelPassword\"",
        )],
        moved: &[moved("reference-to-wrong-table", At("AuthMech-WebLogin", "set_up ="), "5.1-4-1:a")],
    },
    Fault {
        name: "changed through nothing",
        edits: &[In(
            "AuthMech-ApiToken",
            "change = { through = \"AuthMech-WebLogin\" }",
            "change = { through = \"AuthMech-Web\" }",
        )],
        moved: &[moved("dangling-reference", At("AuthMech-ApiToken", "change ="), "5.1-4-1:a")],
    },
    Fault {
        name: "replaced by nothing",
        edits: &[In(
            "AuthMech-Setup",
            "change = { replaced_by = \"AuthMech-WebLogin\" }",
            "change = { replaced_by = \"AuthMech-Own\" }",
        )],
        moved: &[moved("dangling-reference", At("AuthMech-Setup", "change ="), "5.1-4-1:a")],
    },
    Fault {
        name: "access for nobody that is declared",
        edits: &[In(
            "SoftServ-WebUI",
            "target = \"/history\", who = [\"AuthMech-WebLogin\"]",
            "target = \"/history\", who = [\"AuthMech-Weblogin/admin\"]",
        )],
        moved: &[moved("dangling-reference", At("SoftServ-WebUI", "target = \"/history\""), "5.5-4-1:a")],
    },
    Fault {
        name: "update setting of nobody that is declared",
        edits: &[In(
            "UpdMech-Cloud",
            "automatic-updates = { port = 8443, tls = true, who = \"AuthMech-WebLogin\"",
            "automatic-updates = { port = 8443, tls = true, who = \"AuthMech-Owner\"",
        )],
        moved: &[moved("dangling-reference", At("UpdMech-Cloud", "automatic-updates ="), "5.3-6-1:b")],
    },
    Fault {
        name: "consent given by nobody that is declared",
        edits: &[In("PersData-Usage", "who = \"AuthMech-WebLogin\"", "who = \"AuthMech-App\"")],
        moved: &[moved("dangling-reference", At("PersData-Usage", "settings ="), "6-3-1:a")],
    },
    Fault {
        name: "decision taken by nobody that is declared",
        edits: &[In("UserDec-Remote", "who = \"AuthMech-Setup\"", "who = \"AuthMech-Owner\"")],
        moved: &[moved("dangling-reference", At("UserDec-Remote", "settings ="), "5.12-1-1:b")],
    },
    Fault {
        name: "data written by nobody that is declared",
        edits: &[In(
            "DelFunc-Reset",
            "{ data = \"PersData-Usage\", port = 8443, tls = true, who = \"AuthMech-WebLogin\"",
            "{ data = \"PersData-Usage\", port = 8443, tls = true, who = \"AuthMech-Owner\"",
        )],
        moved: &[moved("dangling-reference", At("DelFunc-Reset", "data = \"PersData-Usage\""), "5.11-1-1:c")],
    },
    Fault {
        name: "deleted data that is not declared",
        edits: &[In("DelFunc-Reset", "data = \"PersData-Usage\"", "data = \"PersData-History\"")],
        moved: &[moved(
            "dangling-reference",
            At("DelFunc-Reset", "data = \"PersData-History\""),
            "5.11-1-1:c",
        )],
    },
    Fault {
        name: "deletion by nobody that is declared",
        edits: &[In(
            "DelFunc-Reset",
            "erasure = { port = 8443, tls = true, who = \"AuthMech-WebLogin\"",
            "erasure = { port = 8443, tls = true, who = \"AuthMech-Owner\"",
        )],
        moved: &[moved("dangling-reference", At("DelFunc-Reset", "erasure ="), "5.11-1-1:a")],
    },
    Fault {
        name: "input of nobody that is declared",
        edits: &[In(
            "InpVal-Web",
            "{ kind = \"json\", port = 8443, tls = true, who = \"AuthMech-ApiToken\"",
            "{ kind = \"json\", port = 8443, tls = true, who = \"AuthMech-Api\"",
        )],
        moved: &[moved("dangling-reference", At("InpVal-Web", "kind = \"json\""), "5.13-1-1:b")],
    },
    Fault {
        name: "what goes on is not declared",
        edits: &[In(
            "ResMech-Local",
            "goes_on = [\"SoftServ-Api\", \"SoftServ-WebUI\"]",
            "goes_on = [\"SoftServ-Heat\", \"SoftServ-WebUI\"]",
        )],
        moved: &[moved("dangling-reference", At("ResMech-Local", "resilience ="), "5.9-1-1:b")],
    },
    Fault {
        name: "what is kept is a panel",
        edits: &[In(
            "ResMech-Power",
            "keeps = [\"SoftServ-Api\", \"SoftServ-WebUI\"]",
            "keeps = [\"UserIntf-Panel\"]",
        )],
        moved: &[moved("reference-to-wrong-table", At("ResMech-Power", "resilience ="), "5.9-1-1:b")],
    },
    Fault {
        name: "parameter of a mechanism that does not exist",
        edits: &[In(
            "SecParam-Sessions",
            "serves = [\"AuthMech-WebLogin\", \"AuthMech-ApiToken\"]",
            "serves = [\"AuthMech-WebLogin\", \"AuthMech-Session\"]",
        )],
        moved: &[moved("dangling-reference", At("SecParam-Sessions", "serves ="), "5.4-1-1:d")],
    },
    Fault {
        name: "parameter of an interface",
        edits: &[In(
            "SecParam-TrustAnchors",
            "\"ComMech-UpdateCheck\"]",
            "\"ComMech-UpdateCheck\", \"Intf-Lan\"]",
        )],
        moved: &[moved("reference-to-wrong-table", At("SecParam-TrustAnchors", "serves ="), "5.4-1-1:d")],
    },
    Fault {
        name: "interface of a mechanism not declared",
        edits: &[Cut("Intf-Mdns")],
        moved: &[
            moved("dangling-reference", At("ComMech-Mdns", "interfaces ="), "5.6-1-2:b"),
            moved("dangling-reference", At("SoftServ-WebUI", "interfaces ="), "5.6-5-1:a"),
        ],
    },
    Fault {
        name: "interface of the user is a mechanism",
        edits: &[In("UserIntf-Web", "interfaces = [\"Intf-HttpsUi\"]", "interfaces = [\"ComMech-WebUI\"]")],
        moved: &[moved("reference-to-wrong-table", At("UserIntf-Web", "interfaces ="), "5.13-1-1:a")],
    },
    Fault {
        name: "a service that the ICS does not list",
        edits: &[In(
            "PersData-Schedule",
            "services = [\"Hinode Home cloud\"]",
            "services = [\"Hinode cloud\"]",
        )],
        moved: &[
            moved("unknown-service", At("PersData-Schedule", "services ="), "5.11-2-1:b"),
            moved("service-data-not-deletable", At("PersData-Schedule", "services ="), "5.11-2-1:b"),
        ],
    },
    // References of the pro forma.
    Fault {
        name: "updated by a mechanism that does not exist",
        edits: &[In(
            "SoftComp-Bus",
            "update_mechanism = [\"UpdMech-Cloud\"]",
            "update_mechanism = [\"UpdMech-Bus\"]",
        )],
        moved: &[moved("dangling-reference", At("SoftComp-Bus", "update_mechanism ="), "5.3-1-1:a")],
    },
    Fault {
        name: "communicated by a service",
        edits: &[In(
            "PersData-Usage",
            "communication_mechanisms = [\"ComMech-CloudMqtt\"]",
            "communication_mechanisms = [\"SoftServ-CloudLink\"]",
        )],
        moved: &[moved(
            "reference-to-wrong-table",
            At("PersData-Usage", "communication_mechanisms ="),
            "5.8-1-1:a",
        )],
    },
    Fault {
        name: "telemetry with data that is not declared",
        edits: &[In(
            "TelData-Maintenance",
            "personal_data = [\"PersData-Usage\"]",
            "personal_data = [\"PersData-Use\"]",
        )],
        moved: &[moved("dangling-reference", At("TelData-Maintenance", "personal_data ="), "6-4-1:a")],
    },
];
