//! The demonstration: what a newcomer runs first, and what every later test stands on.

mod command;

use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};

use command::{assessment, code, demo, essence, json, run, told, units};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_sound_device_passes_and_the_reports_are_named() {
    let below = folder();
    let out = below.path().join("run");
    // The full profile: all 65,535 ports, in both states.
    let output = run(&["demo", "--out", &out.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let assessment = assessment(&out);
    assert_eq!(assessment["verdict"], "PASS");
    assert_eq!(assessment["complete"], true);
    assert_eq!(assessment["demonstration"], true);
    let provisions = assessment["provisions"].as_array().expect("provisions");
    assert_eq!(provisions.len(), 68);
    assert_eq!(
        provisions.iter().map(|one| one["cases"].as_array().expect("cases").len()).sum::<usize>(),
        109
    );
    assert_eq!(units(&assessment).len(), 226);
    for name in ["report.en.html", "report.ja.html", "junit.en.xml", "assessment.json"] {
        let path = out.join("reports").join(name);
        assert!(path.is_file(), "{} is missing", path.display());
        assert!(told(&output).contains(&path.display().to_string()), "{name} is not named");
    }
}

#[test]
fn every_pass_and_fail_carries_evidence_that_is_there() {
    let below = folder();
    let (output, out) = demo(below.path(), "run", &["--fault", "telnet-open"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let mut seen = 0;
    for unit in units(&assessment(&out)) {
        for item in unit["items"].as_array().expect("items") {
            if !matches!(item["verdict"].as_str(), Some("PASS" | "FAIL")) {
                continue;
            }
            let evidence = item["evidence"].as_array().expect("evidence");
            assert!(!evidence.is_empty(), "{}", unit["id"]);
            for one in evidence {
                let reference = one["ref"].as_str().expect("ref");
                if let Some(hex) = reference.strip_prefix("sha256:") {
                    let there = std::fs::read_dir(out.join("evidence"))
                        .expect("evidence")
                        .flatten()
                        .any(|entry| entry.file_name().to_string_lossy().starts_with(hex));
                    assert!(there, "{}: {reference} is not stored", unit["id"]);
                    seen += 1;
                }
            }
            if item["verdict"] == "FAIL" {
                assert!(item["reason"]["expected"]["text"].is_string(), "{}", unit["id"]);
                assert!(item["reason"]["actual"]["text"].is_string(), "{}", unit["id"]);
                assert!(item["blame"].is_string(), "{}", unit["id"]);
            }
        }
    }
    assert!(seen > 10, "only {seen} references into evidence");
}

#[test]
fn without_decisions_the_open_units_are_those_that_the_plan_gives_to_people() {
    let below = folder();
    let (output, out) = demo(below.path(), "run", &["--decisions", "none"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let assessment = assessment(&out);
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("plan.json")).expect("plan")).expect("JSON");
    let planned: Vec<&str> = plan["units"]
        .as_array()
        .expect("units")
        .iter()
        .filter(|unit| {
            unit["planned"] == true && matches!(unit["by"].as_str(), Some("assisted" | "assessor"))
        })
        .map(|unit| unit["id"].as_str().expect("id"))
        .collect();
    let open: Vec<&str> = units(&assessment)
        .into_iter()
        .filter(|unit| unit["items"].as_array().expect("items").iter().any(|item| item["open"].is_object()))
        .map(|unit| unit["id"].as_str().expect("id"))
        .collect();
    assert!(planned.len() > 80, "{}", planned.len());
    let unplanned: Vec<&&str> = open.iter().filter(|id| !planned.contains(id)).collect();
    assert_eq!(unplanned, Vec::<&&str>::new(), "nobody was told that these are asked");
    // A preparation that the machine carried out and read back leaves nothing to ask, nor does a row that closed
    // facts settle, or a selection that they show to be empty.
    // 5.9-2-1:a takes the result of 5.9-1-1, where the question is put.
    let settled: Vec<&&str> = planned.iter().filter(|id| !open.contains(id) && **id != "5.9-2-1:a").collect();
    assert!(settled.contains(&&"5.11-1-2:a") && settled.len() < 8, "{settled:?}");
    for unit in units(&assessment).into_iter().filter(|unit| settled.iter().any(|id| unit["id"] == ***id)) {
        assert_eq!((&unit["verdict"], &unit["by"]), (&"PASS".into(), &"machine".into()), "{}", unit["id"]);
    }
    for unit in units(&assessment) {
        for item in unit["items"].as_array().expect("items") {
            if item["open"].is_object() {
                assert_eq!(item["reason"]["code"], "waits-for-assessor", "{}", unit["id"]);
                assert!(item["open"]["role"].is_string(), "{}", unit["id"]);
            }
        }
    }
    let machine_left_open: Vec<&str> = units(&assessment)
        .into_iter()
        .filter(|unit| {
            unit["planned"] == true && unit["by"] == "machine" && unit["verdict"] == "INCONCLUSIVE"
        })
        .map(|unit| unit["id"].as_str().expect("id"))
        .collect();
    assert!(machine_left_open.is_empty(), "the machine left open: {machine_left_open:?}");
}

#[test]
fn it_stays_clean_beside_foreign_listeners() {
    #[expect(clippy::disallowed_methods, reason = "plays another program of the host")]
    let tcp4 = TcpListener::bind("0.0.0.0:0").expect("a port");
    #[expect(clippy::disallowed_methods, reason = "plays another program of the host")]
    let tcp6 = TcpListener::bind("[::]:0");
    #[expect(clippy::disallowed_methods, reason = "plays another program of the host")]
    let udp = UdpSocket::bind("0.0.0.0:0").expect("a port");
    let below = folder();
    let out = below.path().join("run");
    let output = run(&["demo", "--out", &out.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let page = std::fs::read_to_string(out.join("reports/report.en.html")).expect("the page");
    let port = tcp4.local_addr().expect("an address").port();
    assert!(page.contains(&port.to_string()), "the foreign port {port} is not told as a limit");
    drop((tcp6, udp));
}

#[test]
fn ten_at_once_agree() {
    let below = folder();
    let runs: Vec<_> = (0..10)
        .map(|n| {
            let out = below.path().join(n.to_string()).display().to_string();
            (command::start(&["demo", "--profile", "matrix", "--out", &out, "--seed", &n.to_string()]), n)
        })
        .collect();
    let mut first: Option<BTreeMap<String, _>> = None;
    for (mut child, n) in runs {
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "run {n}");
        let assessment = assessment(&below.path().join(n.to_string()));
        let essences: BTreeMap<String, _> = units(&assessment)
            .into_iter()
            .map(|unit| (unit["id"].as_str().expect("id").to_owned(), essence(unit)))
            .collect();
        match &first {
            None => first = Some(essences),
            Some(first) => assert_eq!(*first, essences, "run {n}"),
        }
    }
}

#[test]
fn a_narrowed_run_is_partial_and_never_passes() {
    let below = folder();
    let (output, out) = demo(below.path(), "run", &["--only", "5.6-1"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let assessment = assessment(&out);
    assert_eq!(assessment["complete"], false);
    assert_ne!(assessment["verdict"], "PASS");
    let page = std::fs::read_to_string(out.join("reports/report.en.html")).expect("the page");
    assert!(page.contains("Partial:"));
}

#[test]
fn an_unknown_fault_an_empty_plan_and_a_used_folder_start_nothing() {
    let below = folder();
    for more in [&["--fault", "no-such-fault"][..], &["--only", "9.9-9"][..]] {
        let (output, out) = demo(below.path(), "never", more);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(!out.join("run.json").exists());
    }
    std::fs::write(below.path().join("used"), "").expect("a file");
    let output = run(&["demo", "--profile", "matrix", "--out", &below.path().display().to_string()]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains(&below.path().display().to_string()), "{}", told(&output));
}

#[test]
fn lists_have_the_fixed_shapes() {
    let faults = json(&run(&["demo", "--list-faults", "--json"]));
    assert_eq!(faults["format"], "hantei.faults/1");
    let of_kind = |kind: &str| {
        faults["faults"].as_array().expect("faults").iter().filter(|one| one["kind"] == kind).count()
    };
    assert!(of_kind("device") + of_kind("documentation") >= 20);
    assert!(of_kind("lab") >= 3);
    let units = json(&run(&["list", "units", "--json"]));
    assert_eq!(units["format"], "hantei.units/1");
    assert_eq!(units["units"].as_array().expect("units").len(), 226);
    for unit in units["units"].as_array().expect("units") {
        let can: Vec<&str> =
            unit["machine_can"].as_array().expect("list").iter().filter_map(|one| one.as_str()).collect();
        // A unit of which the machine decides some rows and a person others is assisted.
        let both = can.contains(&"PASS") && can.contains(&"FAIL");
        assert!(unit["by"] != "machine" || both, "{}", unit["id"]);
        assert!(unit["criterion"].as_str().is_some_and(|text| !text.is_empty()), "{}", unit["id"]);
    }
}
