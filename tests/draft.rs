//! `hantei draft`: what the reference device has stands in the draft, and nothing else.

#![cfg(feature = "demo")]

mod command;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use command::{code, json, run, told};
use harness::ixit::companion::Role;
use harness::ixit::{Declaration, Row, Severity};
use lab::{Instance, Spec};

/// Tables whose rows are reached over a network.
const TABLES: [&str; 3] = ["intf", "com_mech", "soft_serv"];

/// The simulated device, set up, with its own declaration beside the draft.
struct Draft {
    device: Instance,
    folder: tempfile::TempDir,
}

impl Draft {
    fn of(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|&fault| fault.to_owned()).collect();
        let device = Instance::start(Spec { faults, ..Spec::default() }).expect("the device starts");
        device.perform("onboard").expect("it is set up");
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in device.folder().expect("a declaration").0 {
            let path = folder.path().join("reference").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        Self { device, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn draft(&self, more: &[&str]) -> Output {
        let [out, bench] =
            [self.path("draft"), self.path("reference/bench.toml")].map(|path| path.display().to_string());
        let (target, mdns) = (self.device.address().to_string(), self.mdns());
        let mut arguments = vec!["draft", &target, "--out", &out, "--bench", &bench];
        if let Some(mdns) = &mdns {
            arguments.extend(["--udp", mdns]);
        }
        arguments.extend(more);
        run(&arguments)
    }

    /// Where another program of this machine has its usual port.
    fn mdns(&self) -> Option<String> {
        let port = self.device.spec().ports.as_ref().expect("ports").mdns;
        (port != 5353).then(|| format!("{port}/mdns"))
    }

    fn read(&self, name: &str) -> Declaration {
        let reading = Declaration::read(&self.path(name));
        let errors: Vec<_> =
            reading.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
        reading.declaration.unwrap_or_else(|| panic!("{errors:#?}"))
    }
}

type Endpoint = (String, u16, Option<String>);

/// Endpoints at which the device answers by these rows: none of a client, none of what is switched off.
fn endpoints(declaration: &Declaration, table: &str) -> BTreeSet<Endpoint> {
    let answers = |row: &&Row| {
        row.companions.role.as_ref().is_none_or(|role| role.value != Role::Client)
            && row.fields.get("status").and_then(|status| status.value.as_text()) != Some("disabled")
    };
    let rows = declaration.ixit.rows(table).iter().filter(answers);
    let all = rows.flat_map(|row| &row.companions.endpoint).map(|endpoint| &endpoint.value);
    all.filter(|endpoint| endpoint.host.is_none())
        .map(|endpoint| (endpoint.transport.as_str().to_owned(), endpoint.port, endpoint.application.clone()))
        .collect()
}

/// What network interfaces tell before a login, by kind; what no judge tells apart is left to people.
fn disclosed(declaration: &Declaration) -> BTreeSet<(u16, String)> {
    let mut told = BTreeSet::new();
    for row in declaration.ixit.rows("intf") {
        let Some(endpoint) = row.companions.endpoint.first() else { continue };
        let items = row.companions.disclosed.iter().map(|disclosed| disclosed.value.item.clone());
        told.extend(items.filter(|item| item != "other").map(|item| (endpoint.value.port, item)));
    }
    told
}

fn ids(declaration: &Declaration, table: &str) -> Vec<String> {
    declaration.ixit.rows(table).iter().map(|row| row.id.clone()).collect()
}

#[test]
fn every_interface_of_the_reference_device_is_drafted_and_nothing_else() {
    let draft = Draft::of(&[]);
    let output = draft.draft(&[]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let (drafted, reference) = (draft.read("draft"), draft.read("reference"));
    for table in TABLES {
        let expected = match table {
            // The responder is declared as part of the web interface, and not as a service of its own.
            "soft_serv" => endpoints(&reference, "intf"),
            table => endpoints(&reference, table),
        };
        assert_eq!(endpoints(&drafted, table), expected, "{table}");
        let rows = drafted.ixit.rows(table);
        assert!(rows.iter().all(|row| row.observed_only), "{table}");
        // One row more: the link that carries them, as the reference declares it.
        assert_eq!(rows.len(), expected.len() + usize::from(table == "intf"), "{:?}", ids(&drafted, table));
    }
    assert_eq!(disclosed(&drafted), disclosed(&reference));

    // The two logins that can be reached over the network; the others are not offered to strangers.
    let port =
        endpoints(&reference, "intf").iter().find(|(transport, ..)| transport == "tcp").expect("a port").1;
    let logins: BTreeSet<String> = ids(&drafted, "auth_mech").into_iter().collect();
    let expected = ["form", "bearer"].map(|kind| format!("AuthMech-Tcp{port}-{kind}"));
    assert_eq!(logins, expected.into());
    let crypto = |declaration: &Declaration| {
        let rows = declaration.ixit.rows("com_mech").iter();
        let crypto = rows.flat_map(|row| &row.companions.crypto).map(|crypto| crypto.value.clone());
        let server = crypto.filter(|crypto| crypto.certificate_key.is_some());
        server
            .map(|crypto| {
                let suites: BTreeSet<String> = crypto.suites.into_iter().collect();
                (crypto.versions, suites, crypto.certificate_key)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(crypto(&drafted), crypto(&reference));

    let (dut, declared) = (&drafted.ics.dut, &reference.ics.dut);
    for (drafted, declared) in [(&dut.model, &declared.model), (&dut.firmware, &declared.firmware)] {
        let text =
            |value: &Option<harness::ixit::Located<String>>| value.as_ref().map(|value| value.value.clone());
        assert_eq!(text(drafted), text(declared));
    }
    assert_eq!(
        dut.identity.as_ref().map(|source| (source.port, source.path.clone())),
        declared.identity.as_ref().map(|source| (source.port, source.path.clone()))
    );
    checks_as_syntax(&draft.path("draft"), &drafted);
}

/// No error; and each open row, field and table is named.
fn checks_as_syntax(folder: &Path, drafted: &Declaration) {
    let output = run(&["check", &folder.display().to_string(), "--json"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let report = json(&output);
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["severity"] == "finding"), "{findings:#?}");
    let messages = |code: &str| -> Vec<&str> {
        let of_code = findings.iter().filter(|finding| finding["code"] == code);
        of_code.filter_map(|finding| finding["message"].as_str()).collect()
    };
    let questions = fs::read_to_string(folder.join("questions.md")).expect("questions");
    for table in TABLES.iter().chain(&["auth_mech"]) {
        for id in ids(drafted, table) {
            let named = |messages: &[&str]| messages.iter().any(|message| message.contains(&id));
            assert!(named(&messages("row-only-observed")), "{id}");
            assert!(named(&messages("placeholder-text")), "{id}");
            assert!(questions.contains(&format!("### {id}\n")), "{id}");
        }
    }
    assert!(messages("table-not-stated").len() > 20);
}

#[test]
fn a_console_that_is_open_is_drafted_as_well() {
    let sound = Draft::of(&[]);
    let faulty = Draft::of(&["telnet-open"]);
    let port = faulty.device.spec().ports.as_ref().expect("ports").telnet;
    let web = faulty.device.spec().ports.as_ref().expect("ports").https;
    let ports = format!("{web},{port}");
    let other = sound.device.spec().ports.as_ref().expect("ports");
    let others = format!("{},{}", other.https, other.telnet);
    for (draft, ports) in [(&sound, &others), (&faulty, &ports)] {
        let output = draft.draft(&["--ports", ports]);
        assert_eq!(code(&output), 0, "{}", told(&output));
    }
    let (sound, faulty) = (sound.read("draft"), faulty.read("draft"));
    for table in TABLES {
        assert!(!endpoints(&sound, table).contains(&("tcp".to_owned(), port, Some("telnet".to_owned()))));
        assert!(endpoints(&faulty, table).contains(&("tcp".to_owned(), port, Some("telnet".to_owned()))));
        assert_eq!(ids(&faulty, table).len(), ids(&sound, table).len() + 1, "{table}");
    }
    assert!(ids(&faulty, "auth_mech").contains(&format!("AuthMech-Tcp{port}-telnet")));
    assert_eq!(ids(&faulty, "auth_mech").len(), ids(&sound, "auth_mech").len() + 1);
}

#[test]
fn nothing_is_written_where_nothing_answers_or_something_lies() {
    let draft = Draft::of(&[]);
    // Nobody has this address: the lab keeps out of it.
    let out = draft.path("nothing").display().to_string();
    let output = run(&["draft", "127.32.0.9", "--out", &out, "--ports", "9"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    assert!(told(&output).contains("nothing answers at 127.32.0.9"), "{}", told(&output));
    assert!(!draft.path("nothing").exists());

    let there = draft.path("draft");
    fs::create_dir_all(&there).expect("a folder");
    fs::write(there.join("questions.md"), "answered").expect("a file");
    let output = draft.draft(&[]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert_eq!(fs::read_to_string(there.join("questions.md")).expect("a file"), "answered");
    assert!(!there.join("ixit.toml").exists());

    // The bench knows where the device is; another address is a mistake.
    let bench = draft.path("reference/bench.toml").display().to_string();
    let output = run(&["draft", "127.32.0.9", "--out", &out, "--bench", &bench]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("names no sample at 127.32.0.9"), "{}", told(&output));
}
