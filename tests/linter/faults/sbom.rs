//! Faults of the bill of materials, and of the rows that name its components. They need the documents themselves, so
//! that the folder is copied and read as a whole. Each gives exactly the findings that it lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use harness::ixit::{Declaration, Severity, sbom::CODES};

const BILL: &str = "documents/sbom.cdx.json";
const IXIT: &str = "ixit.toml";

/// A planted fault: what is replaced in which file, and the findings, each with its file and a text of the line
/// (none for the file as a whole).
struct Fault {
    name: &'static str,
    edits: &'static [(&'static str, &'static str, &'static str)],
    moved: &'static [(&'static str, &'static str, &'static str)],
}

const MUSL: &str =
    r#"{ "type": "library", "name": "musl", "version": "1.2.5", "purl": "pkg:generic/musl@1.2.5" }"#;

const FAULTS: &[Fault] = &[
    Fault { name: "the reference folder", edits: &[], moved: &[] },
    Fault {
        name: "a component that nobody claims",
        edits: &[(
            BILL,
            MUSL,
            r#"{ "type": "library", "name": "musl", "version": "1.2.5" },
    { "type": "application", "name": "busybox", "version": "1.36.1" }"#,
        )],
        moved: &[("sbom-component-unclaimed", BILL, "busybox")],
    },
    Fault {
        name: "what is not delivered need not be claimed",
        edits: &[(
            BILL,
            MUSL,
            r#"{ "type": "library", "name": "musl", "version": "1.2.5" },
    { "type": "application", "name": "gcc", "version": "15.2", "scope": "excluded" }"#,
        )],
        moved: &[],
    },
    Fault {
        name: "what is part of a claimed component is claimed",
        edits: &[(
            BILL,
            MUSL,
            r#"{ "type": "library", "name": "musl", "version": "1.2.5", "components": [
      { "type": "library", "name": "libm", "version": "1.2.5" } ] }"#,
        )],
        moved: &[],
    },
    Fault {
        name: "a row that forgets a component",
        edits: &[(IXIT, r#"components = ["linux", "musl"]"#, r#"components = ["linux"]"#)],
        moved: &[("sbom-component-unclaimed", BILL, "\"musl\"")],
    },
    Fault {
        name: "a row that names what the bill has not",
        edits: &[(IXIT, r#"components = ["linux", "musl"]"#, r#"components = ["linux", "musl", "busybox"]"#)],
        moved: &[("sbom-lacks-component", IXIT, "busybox")],
    },
    Fault {
        name: "a row that names another version",
        edits: &[(IXIT, r#"components = ["linux", "musl"]"#, r#"components = ["linux@6.6", "musl"]"#)],
        moved: &[
            ("sbom-lacks-component", IXIT, "linux@6.6"),
            ("sbom-component-unclaimed", BILL, "\"linux\""),
        ],
    },
    Fault {
        name: "the bill of an older firmware",
        edits: &[(
            BILL,
            "\"name\": \"HK-100\",\n      \"version\": \"1.4.2\"",
            "\"name\": \"HK-100\",\n      \"version\": \"1.4.1\"",
        )],
        moved: &[("sbom-version-differs", BILL, "\"HK-100\"")],
    },
    Fault {
        name: "a description that speaks of another version",
        edits: &[(IXIT, "(U-Boot 2025.10)", "(U-Boot 2024.07)")],
        moved: &[("sbom-version-differs", IXIT, "U-Boot 2024.07")],
    },
    Fault {
        name: "a description that names a line of versions",
        edits: &[(IXIT, "Linux 6.12 with long support", "Linux 6.12.58 with long support")],
        moved: &[],
    },
    Fault {
        name: "an implementation in another version",
        edits: &[(
            BILL,
            r#""version": "0.23.35", "purl": "pkg:cargo/rustls@0.23.35""#,
            r#""version": "0.23.20", "purl": "pkg:cargo/rustls@0.23.20""#,
        )],
        moved: &[("sbom-version-differs", IXIT, "implementation = { name = \"rustls\"")],
    },
    Fault {
        name: "a component without version",
        edits: &[(BILL, r#""name": "musl", "version": "1.2.5","#, r#""name": "musl","#)],
        moved: &[("sbom-without-version", BILL, "\"musl\"")],
    },
    Fault {
        name: "a component twice",
        edits: &[(
            BILL,
            MUSL,
            r#"{ "type": "library", "name": "musl", "version": "1.2.5" },
    { "type": "library", "name": "musl", "version": "1.2.5", "purl": "" }"#,
        )],
        moved: &[("sbom-duplicate-component", BILL, "\"purl\": \"\"")],
    },
    Fault {
        name: "a package URL that is none",
        edits: &[(BILL, "pkg:generic/musl@1.2.5", "musl 1.2.5")],
        moved: &[("sbom-bad-value", BILL, "\"musl\"")],
    },
    Fault {
        name: "a bill that breaks off",
        edits: &[(BILL, "\"components\": [", "\"components\": [ oops")],
        moved: &[("sbom-not-understood", BILL, "oops")],
    },
    Fault {
        name: "a bill in XML",
        edits: &[(BILL, "{\n  \"bomFormat\"", "<bom>{\n  \"bomFormat\"")],
        moved: &[("sbom-not-understood", BILL, "")],
    },
    Fault {
        name: "a bill that was not handed in",
        edits: &[(
            IXIT,
            "sbom = { document = \"sbom.cdx.json\", components = [\"hinode-bus\"] }",
            "sbom = { document = \"bus.cdx.json\", components = [\"hinode-bus\"] }",
        )],
        moved: &[
            ("missing-document", IXIT, "bus.cdx.json"),
            ("sbom-component-unclaimed", BILL, "hinode-bus"),
        ],
    },
];

#[test]
fn every_fault_of_the_bill_gives_the_findings_that_it_lists_and_no_others() {
    let mut wrong = String::new();
    for fault in FAULTS {
        let below = tempfile::tempdir().expect("a temporary folder");
        let folder = below.path().join("device");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/devices/water-heater"), &folder);
        for (file, from, to) in fault.edits {
            let text = fs::read_to_string(folder.join(file)).expect("a file");
            assert_eq!(text.matches(from).count(), 1, "{}: {from:?} in {file}", fault.name);
            fs::write(folder.join(file), text.replacen(from, to, 1)).expect("a file");
        }
        let line = |file: &str, text: &str| match text {
            "" => 0,
            text => {
                let lines = fs::read_to_string(folder.join(file)).expect("a file");
                let at = lines.lines().position(|line| line.contains(text));
                at.unwrap_or_else(|| panic!("{}: no {text:?}", fault.name)) as u32 + 1
            }
        };
        let mut listed: Vec<(String, String, u32)> = fault
            .moved
            .iter()
            .map(|(code, file, text)| ((*code).to_owned(), (*file).to_owned(), line(file, text)))
            .collect();
        let mut seen: Vec<(String, String, u32)> = Declaration::read(&folder)
            .diagnostics
            .into_iter()
            .inspect(|one| assert_eq!(one.severity, Severity::Finding, "{one:?}"))
            .inspect(|one| assert!(one.help.as_deref().is_some_and(|help| !help.is_empty()), "{one:?}"))
            .map(|one| (one.code, one.at.file.to_string(), one.at.line))
            .collect();
        listed.sort();
        seen.sort();
        if seen != listed {
            wrong.push_str(&format!("{}:\n  seen {seen:?}\n  listed {listed:?}\n", fault.name));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_code_on_bills_is_shown_by_a_fault() {
    let shown: BTreeSet<&str> = FAULTS.iter().flat_map(|fault| fault.moved).map(|(code, ..)| *code).collect();
    let missing: Vec<&str> =
        CODES.iter().map(|(code, _)| *code).filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}
