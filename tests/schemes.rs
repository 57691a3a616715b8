//! Label schemes on the command line: the list, the part of a report, the file to fill in, the submission.

mod command;

use std::fs;
use std::path::Path;

use command::{code, demo, json, run, told};
use serde_json::Value;

/// A part of the plan that is soon assessed: the run is a demonstration, and not complete.
const PART: [&str; 4] = ["--only", "5.6-1*", "--decisions", "none"];

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Every scheme of this build, by name.
fn listed() -> Vec<Value> {
    let output = run(&["list", "schemes", "--json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let value = json(&output);
    assert_eq!(value["format"], "hantei.schemes/1");
    value["schemes"].as_array().expect("schemes").clone()
}

#[test]
fn every_scheme_is_listed_with_its_sources_and_how_sure_we_are() {
    let all = listed();
    assert!(!all.is_empty());
    for scheme in &all {
        assert!(scheme["requirements"].as_u64().is_some_and(|count| count > 0), "{scheme}");
        for source in scheme["sources"].as_array().expect("sources") {
            for key in ["title", "date", "read", "confidence"] {
                assert!(source[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {source}");
            }
        }
        let standing = scheme["standing"].as_str().expect("a text");
        assert!(!standing.is_empty(), "{scheme}");
    }
    let words = run(&["list", "schemes", "--lang", "ja"]);
    let words = String::from_utf8_lossy(&words.stdout).into_owned();
    for scheme in &all {
        assert!(words.contains(scheme["name"].as_str().expect("a name")), "{words}");
    }
}

#[test]
fn schemes_are_shown_in_reports_and_submitted_as_drafts_of_what_is_no_assessment() {
    let below = tempfile::tempdir().expect("a folder");
    let (_, folder) = demo(below.path(), "part", &PART);
    let path = text(&folder);
    let stored = fs::read(folder.join("assessment.json")).expect("an assessment");
    let all = listed();
    let of_kind = |kind: &str| {
        let scheme = all.iter().find(|scheme| scheme["kind"] == kind);
        scheme.and_then(|scheme| scheme["name"].as_str()).unwrap_or_else(|| panic!("no {kind}")).to_owned()
    };
    let (verdict, mapping) = (of_kind("verdict"), of_kind("mapping"));

    reports_name_the_scheme(&folder, &verdict, &mapping);
    assert_eq!(
        fs::read(folder.join("assessment.json")).expect("read"),
        stored,
        "the stored one is untouched"
    );
    what_cannot_be_understood_starts_nothing(&path, &verdict);

    let pack = text(&below.path().join("pack"));
    let refused = run(&["pack", &path, "--scheme", &verdict, "--out", &pack]);
    assert_eq!(code(&refused), 2, "{}", told(&refused));
    assert!(told(&refused).contains("demonstration") && told(&refused).contains("not complete"));
    assert!(!Path::new(&pack).exists(), "nothing was written");
    let draft = ["pack", &path, "--scheme", &verdict, "--out", &pack, "--lang", "en,ja", "--draft", "--json"];
    let output = run(&draft);
    // Nothing passes on a run that decided next to nothing; whether something failed is for the scheme to say.
    assert!([1, 3].contains(&code(&output)), "{}", told(&output));
    let index = json(&output);
    assert_eq!((&index["format"], &index["draft"]), (&"hantei.pack/1".into(), &true.into()));
    assert_ne!(index["verdict"], "PASS");
    assert!(index["missing"].as_array().is_some_and(|missing| !missing.is_empty()));
    for file in index["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        let bytes = fs::read(Path::new(&pack).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let digest = harness::probes::observation::digest(&bytes);
        assert_eq!(digest, format!("sha256:{}", file["sha256"].as_str().expect("a digest")), "{name}");
    }
    assert!(
        index["files"]
            .as_array()
            .expect("files")
            .iter()
            .all(|file| { file["name"].as_str().is_some_and(|name| !name.ends_with(".pcap")) })
    );
    let missing = fs::read_to_string(Path::new(&pack).join("missing.ja.md")).expect("written");
    assert!(missing.contains("下書き"), "{missing}");
    let again = run(&draft);
    assert_eq!(code(&again), 2, "{}", told(&again));
    assert!(told(&again).contains("not empty"));

    broken_records_are_refused_or_told(&folder, &verdict, below.path());
}

fn reports_name_the_scheme(folder: &Path, verdict: &str, mapping: &str) {
    let both = format!("{verdict},{mapping}");
    let path = text(folder);
    let output = run(&["report", &path, "--scheme", &both, "--format", "html,md,json", "--lang", "en,ja"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let stem = format!("{verdict}+{mapping}");
    let reports = folder.join("reports");
    let assessment = fs::read(reports.join(format!("assessment.{stem}.json"))).expect("written");
    let assessment: Value = serde_json::from_slice(&assessment).expect("JSON");
    let schemes = assessment["schemes"].as_array().expect("schemes");
    assert_eq!(schemes.len(), 2);
    assert_ne!(schemes[0]["verdict"], "PASS", "a run that is not complete passes nothing");
    assert_eq!(schemes[1]["verdict"], Value::Null, "a mapping has no verdict");
    let page = fs::read_to_string(reports.join(format!("report.{stem}.ja.html"))).expect("written");
    for name in [verdict, mapping] {
        assert!(page.contains(&format!("id=\"scheme-{name}\"")), "{name}");
    }
    assert!(reports.join(format!("summary.{stem}.en.md")).exists());
}

fn what_cannot_be_understood_starts_nothing(path: &str, known: &str) {
    let slip = format!("{known}x");
    for arguments in [vec!["report", path, "--scheme", &slip], vec!["pack", path, "--scheme", &slip]] {
        let output = run(&arguments);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains(&format!("did you mean {known}?")), "{}", told(&output));
    }
    let output = run(&["report", path, "--scheme", known, "--format", "junit"]);
    assert_eq!(code(&output), 2, "{}", told(&output));
}

fn broken_records_are_refused_or_told(folder: &Path, scheme: &str, below: &Path) {
    let plan = folder.join("plan.json");
    let bytes = fs::read(&plan).expect("a plan");
    fs::write(&plan, [&bytes[..], b"\n"].concat()).expect("written");
    let (path, pack) = (text(folder), text(&below.join("broken")));
    let refused = run(&["pack", &path, "--scheme", scheme, "--out", &pack]);
    assert_eq!(code(&refused), 2, "{}", told(&refused));
    assert!(told(&refused).contains("cannot vouch"), "{}", told(&refused));
    let draft = run(&["pack", &path, "--scheme", scheme, "--out", &pack, "--draft"]);
    assert_eq!(code(&draft), 4, "{}", told(&draft));
    let missing = fs::read_to_string(Path::new(&pack).join("missing.en.md")).expect("written");
    assert!(missing.contains("hantei verify"), "{missing}");
    fs::write(&plan, bytes).expect("written");
}

#[test]
fn a_file_to_fill_in_is_written_and_slips_in_it_are_found() {
    let below = tempfile::tempdir().expect("a folder");
    let folder = text(&below.path().join("device"));
    let all = listed();
    let scheme =
        all.iter().find(|scheme| scheme["fields"].as_array().is_some_and(|fields| !fields.is_empty()));
    let scheme = scheme.expect("a scheme asks for something");
    let (name, key) = (scheme["name"].as_str().expect("a name"), &scheme["fields"][0]["key"]);
    let key = key.as_str().expect("a key");
    assert_eq!(code(&run(&["init", &folder])), 0);
    let added = run(&["init", &folder, "--scheme", name]);
    assert_eq!(code(&added), 0, "{}", told(&added));
    let file = below.path().join("device/submission.toml");
    let written = fs::read_to_string(&file).expect("written");
    assert!(written.contains(&format!("[{name}]")) && written.contains(&format!("#{key} = ")), "{written}");
    assert_eq!(code(&run(&["init", &folder, "--scheme", name])), 2, "nothing is overwritten");

    let codes = |text: &str| -> Vec<String> {
        fs::write(&file, text).expect("written");
        let found = json(&run(&["check", &folder, "--json"]));
        let found = found["findings"].as_array().expect("findings").clone();
        let of_file = found.iter().filter(|one| one["file"] == "submission.toml");
        of_file.map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
    };
    assert_eq!(codes(&written), [""; 0]);
    assert_eq!(codes("[no-such-scheme]\nkey = \"x\"\n"), ["unknown-scheme"]);
    assert_eq!(codes(&format!("[{name}]\nno_such_key = \"x\"\n")), ["unknown-scheme-key"]);
}
