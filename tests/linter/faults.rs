//! The planted faults.

use crate::folder::{Edit, Place};

use Edit::{Add, Claim, Cut, CutProvision, CutTable, In, Line, Text};
use Place::{At, Row, Support, Whole};

/// A fault of the documents with the findings that it has to give.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [Edit],
    pub(crate) moved: &'static [Moved],
}

/// A finding.
pub(crate) struct Moved {
    pub(crate) code: &'static str,
    pub(crate) place: Place,
    pub(crate) unit: &'static str,
}

const fn moved(code: &'static str, place: Place, unit: &'static str) -> Moved {
    Moved { code, place, unit }
}

const IXIT: &str = "ixit.toml";
const ICS: &str = "ics.toml";

/// No interface is one for debugging; those that are not physical have to say so too.
pub(crate) const NO_DEBUGGING: &[Edit] = &[
    In("Intf-Uart", "debug_interface = true", "debug_interface = false"),
    In("Intf-HttpsUi", "is_air = false", "is_air = false\ndebug_interface = false"),
    In("Intf-Mdns", "is_air = false", "is_air = false\ndebug_interface = false"),
    In("Intf-Debug", "is_air = false", "is_air = false\ndebug_interface = false"),
];

/// All of them; those without a finding are the sound twins.
pub(crate) static FAULTS: &[Fault] = &[
    // Parameters.
    Fault {
        name: "credential of set-up is no parameter",
        edits: &[In("SecParam-LabelPassword", "serves = [\"AuthMech-Setup\"]\n", "")],
        moved: &[moved("credential-without-parameter", Row("AuthMech-Setup"), "5.4-1-1:d")],
    },
    Fault {
        name: "a second parameter is the credential too",
        edits: &[In("SecParam-Sessions", "serves = [\"AuthMech-WebLogin\", \"AuthMech-ApiToken\"]\n", "")],
        moved: &[],
    },
    Fault {
        name: "key of updates is no parameter",
        edits: &[In("SecParam-UpdateKey", "serves = [\"UpdMech-Cloud\"]\n", "")],
        moved: &[moved("update-key-without-parameter", Row("UpdMech-Cloud"), "5.4-1-1:d")],
    },
    Fault {
        name: "key of the start is no parameter",
        edits: &[Cut("SecParam-BootKey")],
        moved: &[moved("boot-key-without-parameter", Row("SecBoot-Chain"), "5.4-1-1:d")],
    },
    Fault {
        name: "key of the wire is no parameter",
        edits: &[Cut("SecParam-BusKey")],
        moved: &[moved("communication-key-without-parameter", Row("ComMech-HeaterBus"), "5.4-1-1:d")],
    },
    Fault {
        name: "an updater that trusts its channel has no key of its own",
        edits: &[
            In("SecParam-UpdateKey", "serves = [\"UpdMech-Cloud\"]\n", ""),
            In(
                "UpdMech-Cloud",
                "trust = [\"signature\", \"authenticated-channel\"]",
                "trust = [\"authenticated-channel\"]",
            ),
            In("UpdMech-Cloud", "{ purpose = \"signature\", primitive = \"Ed25519\", key_bits = 256 },", ""),
        ],
        moved: &[],
    },
    // Interfaces.
    Fault {
        name: "mechanism over the panel",
        edits: &[In("ComMech-UpdateCheck", "interfaces = [\"Intf-Lan\"]", "interfaces = [\"Intf-Panel\"]")],
        moved: &[moved(
            "mechanism-without-interface",
            At("ComMech-UpdateCheck", "interfaces ="),
            "5.6-1-2:b",
        )],
    },
    Fault {
        name: "mechanism over a closed port",
        edits: &[In(
            "ComMech-CloudMqtt",
            "interfaces = [\"Intf-Lan\"]",
            "interfaces = [\"Intf-Lan\", \"Intf-Debug\"]",
        )],
        moved: &[moved("mechanism-without-interface", At("ComMech-CloudMqtt", "interfaces ="), "5.6-1-2:b")],
    },
    Fault {
        name: "service over the wire of the heater",
        edits: &[In(
            "SoftServ-CloudLink",
            "interfaces = [\"Intf-Lan\"]",
            "interfaces = [\"Intf-HeaterBus\"]",
        )],
        moved: &[moved("service-without-interface", At("SoftServ-CloudLink", "interfaces ="), "5.6-5-1:a")],
    },
    Fault {
        name: "discovery over an interface that is disabled",
        edits: &[In("Intf-Mdns", "status = \"enabled\"", "status = \"disabled\"")],
        moved: &[
            moved("mechanism-without-interface", At("ComMech-Mdns", "interfaces ="), "5.6-1-2:b"),
            moved("service-without-interface", At("SoftServ-WebUI", "interfaces ="), "5.6-5-1:a"),
        ],
    },
    Fault {
        name: "service in a state in which its interface is disabled",
        edits: &[In(
            "Intf-HttpsUi",
            "is_air = false",
            "is_air = false\nstatus_in = { initialized = \"disabled\" }",
        )],
        moved: &[moved("service-without-interface", At("SoftServ-Api", "interfaces ="), "5.6-5-1:a")],
    },
    Fault {
        name: "a disabled service may name a disabled interface",
        edits: &[
            In("SoftServ-Update", "interfaces = [\"Intf-Lan\"]", "interfaces = [\"Intf-Debug\"]"),
            In("SoftServ-Update", "status = \"enabled\"", "status = \"disabled\""),
        ],
        moved: &[],
    },
    // Documentation that rows need.
    Fault {
        name: "change of passwords untold",
        edits: &[Line(IXIT, "documentation_of_change_mechanisms = \"", "")],
        moved: &[moved("change-undocumented", Place::Text(IXIT, "[user_info]"), "5.1-4-1:a")],
    },
    Fault {
        name: "sensors untold",
        edits: &[Line(IXIT, "documentation_of_sensors = \"", "documentation_of_sensors = \"\"")],
        moved: &[moved(
            "sensors-undocumented",
            Place::Text(IXIT, "documentation_of_sensors = \"\""),
            "5.8-3-1:a",
        )],
    },
    Fault {
        name: "deletion untold",
        edits: &[Line(IXIT, "documentation_of_deletion = \"", "")],
        moved: &[moved("deletion-undocumented", Place::Text(IXIT, "[user_info]"), "5.11-3-1:b")],
    },
    Fault {
        name: "decisions untold",
        edits: &[Line(IXIT, "documentation_of_secure_setup = \"", "")],
        moved: &[moved("decisions-undocumented", Place::Text(IXIT, "[user_info]"), "5.12-2-1:a")],
    },
    Fault {
        name: "personal data untold",
        edits: &[Line(IXIT, "documentation_of_personal_data = \"", "")],
        moved: &[moved("personal-data-undocumented", Place::Text(IXIT, "[user_info]"), "6-1-1:a")],
    },
    Fault {
        name: "telemetry untold",
        edits: &[Line(IXIT, "documentation_of_telemetry_data = \"", "")],
        moved: &[moved("telemetry-undocumented", Place::Text(IXIT, "[user_info]"), "6-5-1:a")],
    },
    // Deletion.
    Fault {
        name: "data at a service that no function deletes",
        edits: &[In(
            "PersData-Usage",
            "services = [\"Hinode Home cloud\"]",
            "services = [\"Hinode Home cloud\", \"Hinode update service\"]",
        )],
        moved: &[moved("service-data-not-deletable", At("PersData-Usage", "services ="), "5.11-2-1:b")],
    },
    Fault {
        name: "no function deletes at services",
        edits: &[Cut("DelFunc-Account")],
        moved: &[
            moved("service-data-not-deletable", At("PersData-Account", "services ="), "5.11-2-1:b"),
            moved("service-data-not-deletable", At("PersData-Schedule", "services ="), "5.11-2-1:b"),
            moved("service-data-not-deletable", At("PersData-Usage", "services ="), "5.11-2-1:b"),
        ],
    },
    Fault {
        name: "a function that does not name its services proves nothing",
        edits: &[In("DelFunc-Account", "services = [\"Hinode Home cloud\"]\n", "")],
        moved: &[],
    },
    Fault {
        name: "keys of the user stay",
        edits: &[In(
            "DelFunc-Reset",
            "covers = [\"personal-data\", \"user-configuration\", \"user-cryptographic-material\"]",
            "covers = [\"personal-data\", \"user-configuration\"]",
        )],
        moved: &[
            moved("user-parameter-not-deletable", At("SecParam-UserPassword", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-Sessions", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-PairingCode", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-WebKey", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-StorageKey", "of_user"), "5.11-1-1:c"),
        ],
    },
    // Times.
    Fault {
        name: "acknowledgement later than published",
        edits: &[In(
            "VulnTypes-Services",
            "step = \"acknowledgement\", days = 5",
            "step = \"acknowledgement\", days = 10",
        )],
        moved: &[moved("times-exceed-policy", At("VulnTypes-Services", "steps ="), "5.2-2-1:a")],
    },
    Fault {
        name: "status later than published",
        edits: &[In(
            "VulnTypes-Firmware",
            "step = \"status update\", days = 14",
            "step = \"status update\", days = 30",
        )],
        moved: &[moved("times-exceed-policy", At("VulnTypes-Firmware", "steps ="), "5.2-2-1:a")],
    },
    Fault {
        name: "acknowledgement earlier than published",
        edits: &[In(
            "VulnTypes-Hardware",
            "step = \"acknowledgement\", days = 5",
            "step = \"acknowledgement\", days = 2",
        )],
        moved: &[],
    },
    // Implementations.
    Fault {
        name: "another version was reviewed",
        edits: &[In(
            "NetSecImpl-Network",
            "by = [\"public\", \"own-team\"], version = \"6.12.58\"",
            "by = [\"public\", \"own-team\"], version = \"6.12.57\"",
        )],
        moved: &[moved(
            "implementation-and-component-differ",
            At("NetSecImpl-Network", "review ="),
            "5.5-2-1:b",
        )],
    },
    Fault {
        name: "the package has another version",
        edits: &[In(
            "NetSecImpl-Tls",
            "purl = \"pkg:cargo/rustls@0.23.35\"",
            "purl = \"pkg:cargo/rustls@0.22.4?kind=lib\"",
        )],
        moved: &[moved(
            "implementation-and-component-differ",
            At("NetSecImpl-Tls", "implementation ="),
            "5.5-2-1:b",
        )],
    },
    Fault {
        name: "part of a component that does not exist",
        edits: &[In("NetSecImpl-Web", "part_of = [\"SoftComp-App\"]", "part_of = [\"SoftComp-Web\"]")],
        moved: &[moved("dangling-reference", At("NetSecImpl-Web", "part_of ="), "5.5-2-1:b")],
    },
    Fault {
        name: "part of a service",
        edits: &[In("NetSecImpl-Web", "part_of = [\"SoftComp-App\"]", "part_of = [\"SoftServ-WebUI\"]")],
        moved: &[moved("reference-to-wrong-table", At("NetSecImpl-Web", "part_of ="), "5.5-2-1:b")],
    },
    Fault {
        name: "report of the review is not there",
        edits: &[In(
            "NetSecImpl-Mqtt",
            "report = \"security-review.md\" }",
            "report = \"security-audit.md\" }",
        )],
        moved: &[moved("missing-document", At("NetSecImpl-Mqtt", "review ="), "5.5-2-1:b")],
    },
    // Input.
    Fault {
        name: "panel unchecked",
        edits: &[In("InpVal-Panel", "sources = [\"UserIntf-Panel\"]", "sources = [\"UserIntf-Web\"]")],
        moved: &[moved("user-interface-not-validated", Row("UserIntf-Panel"), "5.13-1-1:a")],
    },
    Fault {
        name: "orders of the cloud unchecked as an API",
        edits: &[In(
            "InpVal-Cloud",
            "sources = [\"ExtAPI-Cloud\", \"ComMech-CloudMqtt\"]",
            "sources = [\"ComMech-CloudMqtt\"]",
        )],
        moved: &[moved("api-not-validated", Row("ExtAPI-Cloud"), "5.13-1-1:a")],
    },
    Fault {
        name: "orders of the cloud unchecked as messages",
        edits: &[In(
            "InpVal-Cloud",
            "sources = [\"ExtAPI-Cloud\", \"ComMech-CloudMqtt\"]",
            "sources = [\"ExtAPI-Cloud\"]",
        )],
        moved: &[moved("remote-mechanism-not-validated", Row("ComMech-CloudMqtt"), "5.13-1-1:a")],
    },
    Fault {
        name: "a method that does not name its sources proves nothing",
        edits: &[In("InpVal-Panel", "sources = [\"UserIntf-Panel\"]", "")],
        moved: &[],
    },
    Fault {
        name: "a method that checks a sensor",
        edits: &[In("InpVal-Bus", "sources = [\"ComMech-HeaterBus\"]", "sources = [\"ExtSens-Flow\"]")],
        moved: &[moved("reference-to-wrong-table", At("InpVal-Bus", "sources ="), "5.13-1-1:a")],
    },
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
