//! Guides on the command line: the list, a page of each over a recorded run, the file to fill in, and what a guide does
//! not do.

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use command::{code, demo, json, run, skip, told};
use harness::testcases::guide::{Guide, guides};
use harness::testcases::texts::Language;
use serde_json::Value;

/// A part of the plan that is soon assessed: the run is a demonstration, and not complete.
const PART: [&str; 4] = ["--only", "5.6-1*", "--decisions", "none"];
const IPA: &str = "ipa-dev-guidelines";

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Standings of a `hantei.guide-result/1`, by id of the item.
fn standings(result: &Value) -> BTreeMap<String, String> {
    let items = result["items"].as_array().expect("items").iter();
    let word = |value: &Value| value.as_str().expect("a text").to_owned();
    items.map(|item| (word(&item["id"]), word(&item["standing"]))).collect()
}

#[test]
fn guides_are_listed_beside_the_schemes() {
    let output = run(&["list", "schemes", "--json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let listed = json(&output);
    let all = listed["schemes"].as_array().expect("schemes");
    let of_kind = |kind: &str| -> Vec<&Value> { all.iter().filter(|one| one["kind"] == kind).collect() };
    assert!(!of_kind("verdict").is_empty(), "schemes stay");
    let listed = of_kind("guide");
    assert_eq!(listed.len(), 6);
    for (guide, row) in guides().iter().zip(&listed) {
        assert_eq!(row["name"], guide.name.as_str());
        for key in ["version", "date", "confidence", "standing", "digest"] {
            assert!(row[key].as_str().is_some_and(|text| !text.is_empty()), "{}: {key}", guide.name);
        }
        assert_eq!(row["requirements"].as_u64(), Some(guide.items.len() as u64), "{}", guide.name);
        for source in row["sources"].as_array().expect("sources") {
            for key in ["title", "date", "read", "confidence"] {
                assert!(source[key].as_str().is_some_and(|text| !text.is_empty()), "{}: {key}", guide.name);
            }
        }
    }
    for (language, kind) in [("en", "guide, for information"), ("ja", "ガイド（参考情報）")] {
        let words = run(&["list", "schemes", "--lang", language]);
        let words = String::from_utf8_lossy(&words.stdout).into_owned();
        assert_eq!(words.matches(kind).count(), 6, "{words}");
    }
}

#[test]
fn a_run_is_read_against_every_guide_and_no_verdict_moves() {
    let below = tempfile::tempdir().expect("a folder");
    let (_, folder) = demo(below.path(), "part", &PART);
    let path = text(&folder);
    let stored = fs::read(folder.join("assessment.json")).expect("an assessment");
    let journal = fs::read(folder.join("journal.jsonl")).expect("a journal");
    let names: Vec<&str> = guides().iter().map(|guide| guide.name.as_str()).collect();

    let wanted =
        ["report", &path, "--scheme", &names.join(","), "--format", "html,md,json", "--lang", "en,ja"];
    let output = run(&wanted);
    assert_eq!(code(&output), 0, "{}", told(&output));
    for guide in guides() {
        pages_show_every_item(&folder.join("reports"), guide);
    }
    assert!(
        !folder.join("reports/report.ipa-dev-guidelines.en.html").exists(),
        "a guide is no part of a report"
    );
    on_paper(&path, &folder);

    what_the_supplier_says_is_shown(&folder.join("reports"));
    a_guide_goes_beside_a_scheme(&path, &folder);
    a_guide_is_refused_where_it_does_not_belong(&path, &below.path().join("pack"));

    assert_eq!(fs::read(folder.join("assessment.json")).expect("read"), stored, "no verdict is touched");
    assert_eq!(fs::read(folder.join("journal.jsonl")).expect("read"), journal, "nothing is recorded");
    let judged = run(&["judge", &path]);
    assert!(!told(&judged).contains("differ"), "{}", told(&judged));
    assert_eq!(fs::read(folder.join("assessment.json")).expect("read"), stored);
}

fn pages_show_every_item(reports: &Path, guide: &Guide) {
    let result = read(&reports.join(format!("guide.{}.json", guide.name)));
    let result: Value = serde_json::from_str(&result).expect("JSON");
    assert_eq!(
        (&result["format"], &result["guide"]),
        (&"hantei.guide-result/1".into(), &guide.name.as_str().into())
    );
    assert_eq!((&result["complete"], &result["demonstration"]), (&false.into(), &true.into()));
    let standings = standings(&result);
    assert_eq!(standings.len(), guide.items.len(), "{}", guide.name);
    for (language, told) in [
        (Language::En, ["Open", "Partial:", "Demonstration"]),
        (Language::Ja, ["未決", "部分的な試験", "デモンストレーション"]),
    ] {
        let page = read(&reports.join(format!("guide.{}.{}.html", guide.name, language.code())));
        for words in told {
            assert!(page.contains(words), "{}: {words}", guide.name);
        }
        // One article an item, each with its standing.
        let articles: Vec<&str> = page.split("<article ").skip(1).collect();
        assert_eq!(articles.len(), guide.items.len(), "{}", guide.name);
        for (item, article) in guide.items.iter().zip(&articles) {
            assert!(article.contains(&format!(">{}</span>", item.id)), "{}", item.id);
            let class = match standings[&item.id].as_str() {
                "answered" => "s-answered",
                "answered-in-part" => "s-part",
                "declared" => "s-declared",
                "open" => "s-open",
                _ => "s-none",
            };
            assert!(article.contains(&format!("<span class=\"badge {class}\">")), "{}: {class}", item.id);
        }
        let lines = read(&reports.join(format!("guide.{}.{}.md", guide.name, language.code())));
        for item in &guide.items {
            assert!(lines.contains(&format!("| {} ", item.id)), "{} in {}", item.id, language.code());
        }
    }
}

/// PDF, where something is there to print it.
fn on_paper(path: &str, folder: &Path) {
    let output = run(&["report", path, "--scheme", IPA, "--format", "pdf", "--lang", "en,ja"]);
    if code(&output) == 2 {
        return skip("guides: on paper", told(&output).lines().next().unwrap_or_default());
    }
    assert_eq!(code(&output), 0, "{}", told(&output));
    for language in ["en", "ja"] {
        let bytes = fs::read(folder.join(format!("reports/guide.{IPA}.{language}.pdf"))).expect("written");
        assert!(bytes.starts_with(b"%PDF-"), "{language}");
    }
}

/// The reference device speaks of each of the 31 points; none is left without a standing.
fn what_the_supplier_says_is_shown(reports: &Path) {
    let result: Value =
        serde_json::from_str(&read(&reports.join(format!("guide.{IPA}.json")))).expect("JSON");
    let consider = &result["consider"];
    assert_eq!((consider["items"].as_u64(), consider["unsaid"].as_u64()), (Some(31), Some(0)), "{consider}");
    assert!(consider["no"].as_u64().is_some_and(|no| no >= 3), "{consider}");
    let standings = standings(&result);
    let guide = harness::testcases::guide::guide(IPA).expect("carried");
    for item in guide.items.iter().filter(|item| item.consider) {
        assert!(
            ["answered", "answered-in-part", "declared"].contains(&standings[&item.id].as_str()),
            "{}",
            item.id
        );
    }
    let page = read(&reports.join(format!("guide.{IPA}.ja.html")));
    assert!(page.contains("検討したが、実施していない") && page.contains("記載のないもの 0 件"));
    let map = read(&reports.join("guide.iot-ssf.en.html"));
    assert!(map.contains("<svg class=\"drawn\"") && map.contains("Accepted at most"), "the risk context");
    assert!(!read(&reports.join("guide.csa-13-steps.en.html")).contains("<svg class=\"drawn\""));
}

fn a_guide_goes_beside_a_scheme(path: &str, folder: &Path) {
    let output = run(&["report", path, "--scheme", &format!("psti,{IPA}"), "--format", "html,json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let report = read(&folder.join("reports/report.psti.en.html"));
    assert!(
        report.contains("id=\"scheme-psti\"") && !report.contains("IPA-DG-"),
        "the page of a guide is its own"
    );
    assert!(told(&output).contains(&format!("guide.{IPA}.en.html")), "{}", told(&output));
    let output = run(&["report", path, "--scheme", IPA, "--format", "json", "--lang", "en", "--stdout"]);
    assert_eq!(json(&output)["guide"], IPA);

    // It leads to the report that lies beside it: the usual one, else the one that was written with it, else none.
    let page = format!("guide.{IPA}.en.html");
    let page = || read(&folder.join("reports").join(&page));
    assert!(page().contains("href=\"report.en.html#"));
    fs::remove_file(folder.join("reports/report.en.html")).expect("the report of the run");
    assert_eq!(code(&run(&["report", path, "--scheme", &format!("psti,{IPA}"), "--lang", "en"])), 0);
    assert!(page().contains("href=\"report.psti.en.html#") && !page().contains("report.en.html"));
    fs::remove_file(folder.join("reports/report.psti.en.html")).expect("the report with a scheme");
    assert_eq!(code(&run(&["report", path, "--scheme", IPA, "--lang", "en"])), 0);
    assert!(!page().contains("href=\"report."), "a link to a file that is not there");
    let output = run(&["report", path, "--scheme", IPA, "--format", "html", "--lang", "en", "--stdout"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("href=\"report."));
    assert_eq!(code(&run(&["report", path, "--lang", "en"])), 0);
}

fn a_guide_is_refused_where_it_does_not_belong(path: &str, pack: &Path) {
    let slip = run(&["report", path, "--scheme", "ipa-dev-guideline"]);
    assert_eq!(code(&slip), 2);
    assert!(told(&slip).contains("did you mean ipa-dev-guidelines?"), "{}", told(&slip));
    let format = run(&["report", path, "--scheme", IPA, "--format", "junit"]);
    assert_eq!(code(&format), 2, "{}", told(&format));
    let refused = run(&["pack", path, "--scheme", IPA, "--out", &text(pack), "--draft"]);
    assert_eq!(code(&refused), 2, "{}", told(&refused));
    assert!(
        told(&refused).contains("is a guide") && told(&refused).contains("hantei report"),
        "{}",
        told(&refused)
    );
    assert!(!pack.exists(), "nothing was written");
}

#[test]
fn a_file_to_fill_in_is_written_and_slips_in_it_are_found() {
    let below = tempfile::tempdir().expect("a folder");
    let folder = text(&below.path().join("device"));
    assert_eq!(code(&run(&["init", &folder])), 0);
    let file = below.path().join("device/guides.toml");
    assert!(!file.exists(), "only who names a guide gets its file");
    let added = run(&["init", &folder, "--scheme", "ipa-dev-guidelines,iot-ssf", "--lang", "ja"]);
    assert_eq!(code(&added), 0, "{}", told(&added));
    let written = read(&file);
    assert_eq!(written.matches("#[considered.ipa-dev-guidelines.").count(), 31);
    assert!(written.contains("#[risk_context]") && written.contains("基本方針"), "{written}");
    assert!(!below.path().join("device/submission.toml").exists(), "a guide is no scheme");
    assert_eq!(code(&run(&["init", &folder, "--scheme", IPA])), 2, "nothing is overwritten");

    let codes = |text: &str| -> Vec<String> {
        fs::write(&file, text).expect("written");
        let found = json(&run(&["check", &folder, "--json"]));
        let found = found["findings"].as_array().expect("findings").clone();
        let of_file = found.iter().filter(|one| one["file"] == "guides.toml");
        of_file.map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
    };
    let said =
        |guide: &str, item: &str, rest: &str| codes(&format!("[considered.{guide}.\"{item}\"]\n{rest}\n"));
    let sound = "adopted = \"yes\"\nstatement = \"Handbook, chapter 3\"";
    assert_eq!(codes(&written), [""; 0]);
    assert_eq!(said(IPA, "IPA-DG-G01-P1", sound), [""; 0]);
    assert_eq!(said("ipa-guide", "IPA-DG-G01-P1", sound), ["unknown-guide"]);
    assert_eq!(said(IPA, "IPA-DG-G18-P1", sound), ["unknown-guide-item"]);
    assert_eq!(said(IPA, "IPA-DG-G01-P1", "adopted = \"no\""), ["considered-without-statement"]);
    let context = "[risk_context]\nstakeholder = [{ id = \"r\", name = \"Resident\", role = \"user\" }]\n\
        [[risk_context.incident]]\nid = \"a\"\nname = \"Scald\"\nstakeholder = \"r\"\nrecovery = \"serious\"\n\
        economic = \"limited\"\nrequirements = [\"SSF-V1-S15\", \"SSF-V9-S1\"]\n";
    assert_eq!(codes(context), ["unknown-guide-requirement"]);
}
