//! Faults in the relations between tables.

use super::{Fault, IXIT, moved};
use crate::folder::Edit::{Cut, In, Line};
use crate::folder::Place;
use crate::folder::Place::{At, Row};

/// They, with their sound twins.
pub(super) static FAULTS: &[Fault] = &[
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
            moved("user-parameter-not-deletable", At("SecParam-BluetoothPasskey", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-BluetoothBonds", "of_user"), "5.11-1-1:c"),
            moved("user-parameter-not-deletable", At("SecParam-WifiCredentials", "of_user"), "5.11-1-1:c"),
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
];
