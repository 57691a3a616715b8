//! `hantei import nmap`: a report of another tool is evidence, never a reason to pass.

#![cfg(feature = "demo")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::command::{Essence, assessment, code, demo, essence, run, told, units};
use serde_json::Value;

/// Units that rest on nothing being there that was not found.
const UNITS: [&str; 3] = ["5.6-1-2:b", "5.5-5-2:b", "5.1-5-2:a"];

/// A report in the shape of nmap's, of a host with these open ports.
fn report(address: &str, open: &[u16], exit: &str) -> String {
    let ports: String = open
        .iter()
        .map(|port| {
            format!(
                "<port protocol=\"tcp\" portid=\"{port}\"><state state=\"open\" reason=\"syn-ack\" reason_ttl=\"64\"/>\
                 <service name=\"smux\" method=\"table\" conf=\"3\"/></port>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\" args=\"nmap -p- {address}\" \
         start=\"1767225600\" version=\"7.93\">\n<scaninfo type=\"syn\" protocol=\"tcp\" numservices=\"65535\" \
         services=\"1-65535\"/>\n<host><status state=\"up\" reason=\"user-set\" reason_ttl=\"0\"/>\
         <address addr=\"{address}\" addrtype=\"ipv4\"/>\n<ports><extraports state=\"closed\" count=\"65533\"/>\n\
         {ports}</ports></host>\n<runstats><finished time=\"1767225610\" elapsed=\"9.9\" {exit}/></runstats>\n</nmaprun>\n"
    )
}

struct Imports {
    folder: tempfile::TempDir,
    run: PathBuf,
    address: String,
    web: u16,
}

impl Imports {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (_, run) = demo(folder.path(), "run", &[]);
        let manifest: Value =
            serde_json::from_slice(&fs::read(run.join("run.json")).expect("a manifest")).expect("JSON");
        let device = find(&manifest, "address").expect("the device has an address").to_string();
        let web = find(&manifest, "https").and_then(Value::as_u64).expect("a port");
        Self { folder, run, address: device.replace('"', ""), web: web.try_into().expect("a port") }
    }

    fn import(&self, text: &str, more: &[&str]) -> Output {
        let file = self.folder.path().join("report.xml");
        fs::write(&file, text).expect("a file");
        let [file, folder] = [&file, &self.run].map(|path| path.display().to_string());
        let mut arguments = vec!["import", "nmap", &file, "--run", &folder];
        arguments.extend(more);
        run(&arguments)
    }
}

fn find<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => {
            object.get(key).or_else(|| object.values().find_map(|inner| find(inner, key)))
        }
        Value::Array(items) => items.iter().find_map(|inner| find(inner, key)),
        _ => None,
    }
}

fn essences(run: &Path) -> Vec<Vec<Essence>> {
    let assessment = assessment(run);
    let units = units(&assessment);
    let of = |id: &str| units.iter().find(|unit| unit["id"] == id).map(|unit| essence(unit)).expect("a unit");
    UNITS.map(of).into()
}

fn doubts(run: &Path, port: u16) -> Vec<bool> {
    let item = format!("tcp/{port} initialized");
    essences(run)
        .iter()
        .map(|unit| {
            unit.iter().any(|(place, verdict, blame, code, by)| {
                *place == item
                    && (verdict.as_str(), blame.as_str()) == ("INCONCLUSIVE", "lab")
                    && (code.as_str(), by.as_str()) == ("inventories-disagree", "machine")
            })
        })
        .collect()
}

#[test]
fn what_another_tool_saw_is_evidence_and_a_difference_opens_the_search() {
    let imports = Imports::new();
    let before = essences(&imports.run);
    let passed = |unit: &Vec<Essence>| unit.iter().any(|(_, verdict, ..)| verdict == "PASS");
    assert!(before.iter().all(passed), "{before:?}");

    // The same inventory changes nothing.
    let same = report(&imports.address, &[imports.web], "exit=\"success\"");
    let output = imports.import(&same, &["--sample", "S1", "--state", "initialized"]);
    assert!(matches!(code(&output), 0 | 3), "{}", told(&output));
    assert_eq!(essences(&imports.run), before);
    let again = imports.import(&same, &["--state", "initialized"]);
    assert_eq!(code(&again), 2, "{}", told(&again));
    assert!(told(&again).contains("holds this report already"), "{}", told(&again));

    // One port more, by a scan that was killed: what it saw counts.
    let other = 4999;
    let more = report(&imports.address, &[imports.web, other], "");
    let output = imports.import(&more, &["--state", "initialized"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    assert!(told(&output).contains("did not come to its end"), "{}", told(&output));
    assert_eq!(doubts(&imports.run, other), [true; 3], "{:#?}", essences(&imports.run));
    assert_eq!(doubts(&imports.run, imports.web), [false; 3]);

    // The record vouches for it, and judging again gives the same bytes.
    let folder = imports.run.display().to_string();
    assert_eq!(code(&run(&["verify", &folder])), 0);
    let judged = run(&["judge", &folder]);
    assert!(told(&judged).contains("the same bytes as stored"), "{}", told(&judged));
    let stored = fs::read_dir(imports.run.join("evidence")).expect("evidence").flatten();
    let files: Vec<PathBuf> = stored.map(|entry| entry.path()).collect();
    let is_report = |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| bytes == more.as_bytes());
    let kept = files.iter().find(is_report).expect("the report is kept byte for byte");
    assert_eq!(kept.extension().and_then(|ending| ending.to_str()), Some("txt"), "no browser interprets it");
}

#[test]
fn what_is_not_about_this_run_is_refused_and_nothing_is_written() {
    let imports = Imports::new();
    let journal = || fs::read(imports.run.join("journal.jsonl")).expect("a journal");
    let before = journal();
    let own = report(&imports.address, &[imports.web], "exit=\"success\"");
    let other = report("192.0.2.77", &[80], "exit=\"success\"");
    let bomb = own.replace("<!DOCTYPE nmaprun>", "<!DOCTYPE nmaprun [<!ENTITY a \"b\">]>");
    let cases: [(&str, &[&str], &str); 5] = [
        (&other, &["--state", "initialized"], "it is about 192.0.2.77"),
        ("<html></html>", &["--state", "initialized"], "expected the element nmaprun"),
        (&bomb, &["--state", "initialized"], "declares entities"),
        (&own, &["--sample", "S9", "--state", "initialized"], "no sample S9"),
        (&own, &["--state", "asleep"], "there is no state asleep"),
    ];
    for (text, more, said) in cases {
        let output = imports.import(text, more);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains(said), "{said}: {}", told(&output));
    }
    assert_eq!(journal(), before);
    // Where the lab says that it was the same device, it is taken.
    let output = imports.import(&other, &["--state", "initialized", "--host", "192.0.2.77"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    assert_eq!(doubts(&imports.run, 80), [true; 3]);
}
