//! Declarations judged without a device: all faults at once, the plan, the spreadsheet.

mod command;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use command::{code, hantei, json, run, told};
use tempfile::TempDir;

/// The declaration of the reference device, as it is handed in.
fn reference(below: &TempDir) -> PathBuf {
    let folder = below.path().join("water-heater");
    let instance = lab::Instance::start(lab::Spec::default()).expect("the device");
    for (name, bytes) in instance.folder().expect("the declaration").0 {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file} does not contain {from:?}; adapt the test");
    fs::write(path, text.replacen(from, to, 1)).expect("a file");
}

/// 1-based line of the first occurrence.
fn line_of(folder: &Path, file: &str, text: &str) -> u64 {
    let whole = fs::read_to_string(folder.join(file)).expect("a file");
    let at = whole.find(text).unwrap_or_else(|| panic!("{file} does not contain {text:?}"));
    whole[..at].matches('\n').count() as u64 + 1
}

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_reference_declaration_is_clean() {
    let below = temporary();
    let folder = reference(&below);
    let output = run(&["check", &folder.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
}

/// The folder as it lies in the repository, which users try first.
#[test]
fn the_reference_folder_in_the_repository_is_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/devices/water-heater");
    let path = folder.display().to_string();
    let output = run(&["check", &path, "--json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert_eq!(json(&output)["findings"].as_array().map(Vec::len), Some(0), "{}", json(&output));
    let (_, diagnostics) = harness::ixit::Bench::read(&folder.join("bench.toml"));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let output = run(&["plan", &path]);
    assert_eq!(code(&output), 0, "{}", told(&output));

    let below = temporary();
    let sheet = below.path().join("declaration.xlsx").display().to_string();
    let back = below.path().join("back");
    let output = run(&["export", &path, &sheet]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let output = run(&["import", &sheet, &back.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    // Documents do not travel in a spreadsheet.
    fs::create_dir_all(back.join("documents")).expect("a folder");
    for entry in fs::read_dir(folder.join("documents")).expect("documents").flatten() {
        fs::copy(entry.path(), back.join("documents").join(entry.file_name())).expect("a copy");
    }
    let content = |folder: &Path| {
        let reading = harness::ixit::Declaration::read(folder);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        reading.declaration.expect("a declaration").content()
    };
    assert_eq!(content(&back), content(&folder));
}

#[test]
fn eight_errors_are_named_in_one_run_with_their_places() {
    let below = temporary();
    let folder = reference(&below);
    // What is written into the file, and the code that has to come back for its line.
    let planted = [
        (
            "ics.toml",
            "[provision.\"5.1-2\"]\nsupport = \"Y\"",
            "[provision.\"5.1-2\"]\nsupport = \"yes\"",
            "support = \"yes\"",
            "bad-value",
        ),
        (
            "ics.toml",
            "[provision.\"5.1-3\"]",
            "[provision.\"5.1-33\"]",
            "[provision.\"5.1-33\"]",
            "unknown-provision",
        ),
        (
            "ics.toml",
            "constrained = false",
            "constrained = \"partly\"",
            "constrained = \"partly\"",
            "wrong-type",
        ),
        (
            "ixit.toml",
            "authentication_factor = ",
            "authentification_factor = ",
            "authentification_factor = ",
            "unknown-key",
        ),
        ("ixit.toml", "subject = \"user\"", "subject = \"usr\"", "subject = \"usr\"", "bad-value"),
        (
            "ixit.toml",
            "network_addressable = true",
            "network_addressable = 1",
            "network_addressable = 1",
            "wrong-type",
        ),
        ("ixit.toml", "[[upd_mech]]", "[[update_mech]]", "[[update_mech]]", "unknown-key"),
    ];
    for (file, from, to, _, _) in planted {
        edit(&folder, file, from, to);
    }
    // The eighth: an id that stands twice.
    let text = fs::read_to_string(folder.join("ixit.toml")).expect("a file");
    fs::write(
        folder.join("ixit.toml"),
        format!("{text}\n[[code_min]]\nid = \"AuthMech-WebLogin\" # twice\ndescription = \"Unused code is left out at build time.\"\n"),
    )
    .expect("a file");
    let path = folder.display().to_string();
    let output = run(&["check", &path, "--json"]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    let findings = json(&output);
    assert_eq!(findings["format"], "hantei.findings/1");
    let errors: Vec<_> = findings["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|one| one["severity"] == "error")
        .collect();
    let mut expected: Vec<(&str, u64, &str)> =
        planted.iter().map(|(file, _, _, text, code)| (*file, line_of(&folder, file, text), *code)).collect();
    expected.push(("ixit.toml", line_of(&folder, "ixit.toml", "# twice"), "duplicate-id"));
    for (file, line, code) in expected {
        let found =
            errors.iter().find(|one| one["file"] == file && one["line"] == line && one["code"] == code);
        let found = found.unwrap_or_else(|| panic!("{code} in {file}:{line} is missing: {errors:#?}"));
        assert!(found["column"].as_u64().is_some_and(|column| column > 0), "{found}");
        assert!(found["message"].as_str().is_some_and(|text| !text.is_empty()), "{found}");
    }
    assert_eq!(errors.len(), 8, "{errors:#?}");
    // The text for people names all of them too, with the excerpt.
    let told = told(&run(&["check", &path]));
    assert!(told.contains("8 errors"), "{told}");
    assert!(told.contains("authentification_factor"), "{told}");
}

#[test]
fn eight_findings_are_named_with_unit_and_code() {
    let below = temporary();
    let folder = reference(&below);
    let provision_n = |id: &str, detail: &str| {
        let text = fs::read_to_string(folder.join("ics.toml")).expect("a file");
        let head = format!("[provision.\"{id}\"]");
        let at = text.find(&head).unwrap_or_else(|| panic!("{head}"));
        let end = text[at + 1..].find("\n[").map_or(text.len(), |next| at + 1 + next);
        let new = format!("{}{head}\n{detail}\n{}", &text[..at], &text[end..]);
        fs::write(folder.join("ics.toml"), new).expect("a file");
    };
    provision_n("5.2-2", "support = \"N\"");
    provision_n("5.2-3", "support = \"N/A\"\ndetail = \"TODO\"");
    provision_n("5.1-3", "support = \"N/A\"\ndetail = \"There is nothing to protect\"");
    provision_n("5.5-1", "support = \"N\"\ndetail = \"Too costly\"");
    // Not applicable although passwords are declared.
    provision_n("5.1-1", "support = \"N/A\"\ndetail = \"There are no passwords\"");
    let text = fs::read_to_string(folder.join("ixit.toml")).expect("a file");
    // A reference that leads nowhere, a table about which nothing is said, a field that says nothing.
    let text = replace_value(&text, "[[soft_serv]]", "authentication_mechanism", "[\"AuthMech-Nowhere\"]");
    let text = replace_value(&text, "[[sec_mgmt]]", "description", "\"TBD\"");
    let text = without_table(&text, "code_min");
    fs::write(folder.join("ixit.toml"), text).expect("a file");

    let output = run(&["check", &folder.display().to_string(), "--json"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let findings = json(&output);
    let found: BTreeSet<(String, String, String)> = findings["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .inspect(|one| assert_eq!(one["severity"], "finding", "{one}"))
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
            (text("code"), text("provision"), text("unit"))
        })
        .collect();
    for (code, provision, unit) in [
        ("missing-justification", "5.2-2", "4-1-1:a"),
        ("missing-justification", "5.2-3", "4-1-1:a"),
        ("not-applicable-on-mandatory", "5.1-3", "5.1-3-1:a"),
        ("mandatory-not-claimed", "5.5-1", "5.5-1-1:a"),
        ("not-applicable-contradicted", "5.1-1", "5.1-1-1:a"),
        ("dangling-reference", "5.5-4", "5.5-4-1:a"),
        ("placeholder-text", "5.5-8", "5.5-8-1:a"),
        ("table-not-stated", "5.6-6", "5.6-6-1:a"),
    ] {
        let wanted = (code.to_owned(), provision.to_owned(), unit.to_owned());
        assert!(found.contains(&wanted), "{wanted:?} is missing: {found:#?}");
    }
    for one in findings["findings"].as_array().expect("findings") {
        assert!(one["line"].is_u64() && one["file"].is_string(), "{one}");
    }
}

/// Replaces the value of a key in the first table of that head.
fn replace_value(text: &str, head: &str, key: &str, value: &str) -> String {
    let at = text.find(head).unwrap_or_else(|| panic!("{head}"));
    let from =
        at + text[at..].find(&format!("\n{key} = ")).unwrap_or_else(|| panic!("{key} after {head}")) + 1;
    let to = from + text[from..].find('\n').expect("a line end");
    format!("{}{key} = {value}{}", &text[..from], &text[to..])
}

/// Takes every row of a table out.
fn without_table(text: &str, table: &str) -> String {
    let head = format!("[[{table}]]");
    let mut kept = String::new();
    let mut skip = false;
    for line in text.lines() {
        if line.starts_with('[') {
            skip = line == head;
        }
        if !skip {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    assert!(!kept.contains(&head));
    kept
}

#[test]
fn the_plan_has_the_same_bytes_in_every_locale_and_order() {
    let below = temporary();
    let folder = reference(&below);
    let path = folder.display().to_string();
    let plain = run(&["plan", &path, "--json"]);
    assert_eq!(code(&plain), 0, "{}", told(&plain));
    for locale in ["C", "ja_JP.UTF-8", "tr_TR.UTF-8"] {
        let output = hantei(&["plan", &path, "--json"])
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .env("TZ", "Asia/Tokyo")
            .output()
            .expect("the program can be started");
        assert_eq!(output.stdout, plain.stdout, "{locale}");
    }
    // The same files written in another order, so that the folder lists them differently.
    let other = below.path().join("other-order");
    let mut names: Vec<_> =
        fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    names.sort_by(|a, b| b.cmp(a));
    fs::create_dir_all(&other).expect("a folder");
    for name in names {
        let from = folder.join(&name);
        if from.is_file() {
            fs::copy(&from, other.join(&name)).expect("a copy");
        }
    }
    let documents = other.join("documents");
    fs::create_dir_all(&documents).expect("a folder");
    let mut names: Vec<_> = fs::read_dir(folder.join("documents"))
        .expect("documents")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort_by(|a, b| b.cmp(a));
    for from in names {
        fs::copy(&from, documents.join(from.file_name().expect("a name"))).expect("a copy");
    }
    let output = run(&["plan", &other.display().to_string(), "--json"]);
    assert_eq!(output.stdout, plain.stdout);
}

#[test]
fn a_provision_whose_condition_does_not_hold_is_not_planned_and_says_so() {
    let below = temporary();
    let folder = reference(&below);
    let plan = json(&run(&["plan", &folder.display().to_string(), "--json"]));
    let provision = plan["provisions"]
        .as_array()
        .expect("provisions")
        .iter()
        .find(|one| one["id"] == "5.3-14")
        .expect("5.3-14");
    assert_eq!(provision["planned"], false);
    assert_eq!(provision["applicable"], false);
    assert_eq!(provision["why"], "condition-not-met");
    let unit = plan["units"]
        .as_array()
        .expect("units")
        .iter()
        .find(|one| one["id"] == "5.3-14-1:a")
        .expect("a unit");
    assert_eq!(unit["planned"], false);
    assert_eq!(unit["why"], "condition-not-met");
}

#[test]
fn a_spreadsheet_gives_the_reference_declaration_back() {
    let below = temporary();
    let folder = reference(&below);
    let sheet = below.path().join("declaration.xlsx");
    let back = below.path().join("back");
    let output = run(&["export", &folder.display().to_string(), &sheet.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let output = run(&["import", &sheet.display().to_string(), &back.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    // Documents do not travel in a spreadsheet.
    fs::create_dir_all(back.join("documents")).expect("a folder");
    for entry in fs::read_dir(folder.join("documents")).expect("documents").flatten() {
        fs::copy(entry.path(), back.join("documents").join(entry.file_name())).expect("a copy");
    }
    let read = |folder: &Path| {
        let reading = harness::ixit::Declaration::read(folder);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        reading.declaration.expect("a declaration").content()
    };
    assert_eq!(read(&back), read(&folder));
    // A file that is there is never overwritten.
    let output = run(&["import", &sheet.display().to_string(), &back.display().to_string()]);
    assert_eq!(code(&output), 2, "{}", told(&output));
}

#[test]
fn init_gives_a_folder_that_reads_without_errors_in_both_languages() {
    let below = temporary();
    for lang in ["en", "ja"] {
        let folder = below.path().join(lang).display().to_string();
        assert_eq!(code(&run(&["init", &folder, "--lang", lang])), 0);
        let output = run(&["check", &folder, "--json"]);
        assert_eq!(code(&output), 1, "an empty form has findings and no errors: {}", told(&output));
        let again = run(&["init", &folder, "--lang", lang]);
        assert_eq!(code(&again), 2, "nothing is overwritten");
    }
}

#[test]
fn a_bench_that_came_with_the_declaration_is_not_used_unasked() {
    let below = temporary();
    let folder = reference(&below).display().to_string();
    let out = below.path().join("run");
    let output = run(&["run", &folder, "--no-input", "--out", &out.display().to_string()]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("hantei bench accept"), "{}", told(&output));
    assert!(!out.exists());
}
