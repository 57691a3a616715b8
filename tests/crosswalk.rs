//! `hantei crosswalk`: every provision in every format, what is chosen and nothing else, names that do not exist.

mod command;

use std::collections::BTreeSet;

use command::{code, json, run, told};
use harness::testcases::Catalogue;
use harness::testcases::guide::guides;
use harness::testcases::scheme::schemes;
use serde_json::Value;

const CROSSWALK: &str = "crosswalk";

/// What it prints with these arguments.
fn text(arguments: &[&str]) -> String {
    let output = run(&[&[CROSSWALK], arguments].concat());
    assert_eq!(code(&output), 0, "{}", told(&output));
    String::from_utf8(output.stdout).expect("text")
}

fn walk(arguments: &[&str]) -> Value {
    let output = run(&[&[CROSSWALK, "--format", "json"], arguments].concat());
    assert_eq!(code(&output), 0, "{}", told(&output));
    json(&output)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is a list"))
}

/// Every provision of the edition.
fn provisions() -> BTreeSet<String> {
    let edition = harness::ixit::Edition::ALL[0];
    Catalogue::of(edition).provisions.iter().map(|provision| provision.id.clone()).collect()
}

/// Every link, whatever it belongs to.
fn links(walk: &Value) -> Vec<&Value> {
    let of_provisions = list(walk, "provisions").iter().flat_map(|provision| list(provision, "items"));
    of_provisions.chain(list(walk, "beyond")).collect()
}

/// The cells of a table after RFC 4180, which ends every line with CR LF.
fn cells(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line ends");
    rows
}

#[test]
fn every_provision_and_every_item_stands_in_every_format_and_language() {
    let wanted = provisions();
    assert_eq!(wanted.len(), 68);
    for language in ["en", "ja"] {
        let walk = walk(&["--lang", language]);
        assert_eq!(walk["format"], "hantei.crosswalk/1");
        let in_json: BTreeSet<String> = list(&walk, "provisions")
            .iter()
            .filter_map(|one| one["id"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(in_json, wanted);
        let sources = list(&walk, "sources");
        assert_eq!(sources.len(), guides().len() + schemes().len());
        for source in sources {
            for key in ["kind", "name", "title", "version", "date", "confidence", "digest"] {
                assert!(source[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {source}");
            }
        }

        let rows = cells(&text(&["--format", "csv", "--lang", language]));
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "every line has every cell");
        let in_table: BTreeSet<String> =
            rows[1..].iter().map(|row| row[0].clone()).filter(|id| !id.is_empty()).collect();
        assert_eq!(in_table, wanted);
        let bare = list(&walk, "provisions").iter().filter(|one| list(one, "items").is_empty()).count();
        assert_eq!(rows.len() - 1, links(&walk).len() + bare + list(&walk, "unlinked").len());
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "taken for a formula: {cell}");
        }

        let page = text(&["--lang", language]);
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        for id in &wanted {
            assert_eq!(page.matches(&format!("<section id=\"p-{id}\"")).count(), 1, "{id}");
        }
        let shown = page.matches("<tr data-row").count();
        assert_eq!(shown, links(&walk).len() + list(&walk, "unlinked").len());
        assert_eq!(page.matches("data-row=\"nothing\"").count(), bare);
    }
    // The same entries in another language, and other words for them.
    let (english, japanese) = (walk(&[]), walk(&["--lang", "ja"]));
    assert_eq!(links(&english).len(), links(&japanese).len());
    for (one, other) in links(&english).into_iter().zip(links(&japanese)) {
        assert_eq!((&one["item"], &one["result"]), (&other["item"], &other["result"]));
        assert!(
            one["asks"] != other["asks"] && !other["asks"].as_str().is_some_and(str::is_ascii),
            "{other}"
        );
    }
}

#[test]
fn the_page_allows_its_style_and_its_script_and_nothing_else() {
    for language in ["en", "ja"] {
        let page = text(&["--lang", language]);
        let between = |from: &str, to: &str| {
            assert_eq!(page.matches(from).count(), 1, "{from}");
            page.split(from).nth(1).and_then(|rest| rest.split(to).next()).expect("an end").to_owned()
        };
        let hash = |text: &str| {
            // The page writes signs that mean something in markup by their names.
            format!("&#x27;sha256-{}&#x27;", base64(&sha256(text)).replace('=', "&#x3D;"))
        };
        let policy = format!(
            "content=\"default-src &#x27;none&#x27;; style-src {}; script-src {}; base-uri &#x27;none&#x27;; form-action &#x27;none&#x27;\"",
            hash(&between("<style>", "</style>")),
            hash(&between("<script>", "</script>"))
        );
        assert!(page.contains(&policy), "{policy}\n{}", &page[..900]);
        // Without the script, what it would serve is not shown.
        let tool = between("<div id=\"search\"", ">");
        assert!(tool.ends_with(" hidden"), "{tool}");
        for loading in
            [" src=", "<link", "<iframe", "<object", "@import", "url(", " style=", "<form", " onclick="]
        {
            assert!(!page.contains(loading), "{loading}");
        }
    }
}

#[test]
fn what_is_chosen_is_shown_and_nothing_else() {
    let all = walk(&[]);
    let guide = &guides().first().expect("a guide").name;
    let of_guide = walk(&["--guide", guide]);
    assert!(list(&of_guide, "sources").len() == 1 && list(&of_guide, "provisions").len() == 68);
    assert!(links(&of_guide).iter().all(|link| link["source"] == guide.as_str()));
    let of_scheme = walk(&["--scheme", "psti"]);
    assert!(links(&of_scheme).iter().all(|link| link["source"] == "psti") && !links(&of_scheme).is_empty());
    let both = walk(&["--guide", guide, "--scheme", "psti"]);
    assert_eq!(links(&both).len(), links(&of_guide).len() + links(&of_scheme).len());

    let design = walk(&["--phase", "design"]);
    assert!(links(&design).iter().all(|link| link["phase"] == "design" || link["phase"] == "all"));
    assert!(links(&design).iter().all(|link| link["source_kind"] == "guide"));
    assert!(
        list(&design, "unlinked")
            .iter()
            .all(|item| ["design", "all"].contains(&item["phase"].as_str().expect("a phase")))
    );
    let users = walk(&["--role", "user"]);
    let addressed =
        |link: &Value| link["roles"].as_array().is_some_and(|roles| roles.contains(&"user".into()));
    assert!(links(&users).into_iter().chain(list(&users, "unlinked")).all(addressed));
    for narrow in [&of_guide, &of_scheme, &design, &users] {
        assert!(links(narrow).len() < links(&all).len(), "nothing was left out");
    }

    let one = walk(&["--provision", "5.1-1"]);
    assert!(list(&one, "provisions").len() == 1 && list(&one, "unlinked").is_empty());
    assert_eq!(
        one["provisions"][0],
        all["provisions"][list(&all, "provisions").iter().position(|p| p["id"] == "5.1-1").expect("there")]
    );
    if let Some((guide, viewpoint)) =
        guides().iter().find_map(|guide| Some((guide, guide.viewpoints.first()?)))
    {
        let seen = walk(&["--guide", &guide.name, "--viewpoint", &viewpoint.id]);
        let of_it = |link: &&Value| link["viewpoint"] == viewpoint.id.as_str();
        assert!(links(&seen).iter().chain(&list(&seen, "unlinked").iter().collect::<Vec<_>>()).all(of_it));
    }
}

#[test]
fn a_name_that_does_not_exist_starts_nothing_and_is_answered_with_the_nearest() {
    let guide = &guides().first().expect("a guide").name;
    let slip = format!("{guide}x");
    for (arguments, said) in [
        (["--guide", slip.as_str()], format!("did you mean {guide}?")),
        (["--scheme", "pstj"], "did you mean psti?".to_owned()),
        (["--guide", "psti"], "--scheme psti".to_owned()),
        (["--scheme", guide.as_str()], format!("--guide {guide}")),
        (["--provision", "5.1_1"], "did you mean 5.1-1?".to_owned()),
        (["--viewpoint", "no-such-viewpoint"], "there is no viewpoint".to_owned()),
        (["--phase", "desing"], "'design'".to_owned()),
        (["--role", "devloper"], "'developer'".to_owned()),
        (["--edition", "en303645-9.9.9"], "no catalogue for edition".to_owned()),
        (["--format", "xlsx"], "html".to_owned()),
    ] {
        let output = run(&[&[CROSSWALK][..], &arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(&said), "{arguments:?}: {}", told(&output));
        assert!(output.stdout.is_empty());
    }
    let output = run(&[CROSSWALK, "--scheme", "psti", "--phase", "design"]);
    assert!(code(&output) == 2 && told(&output).contains("schemes name no phase"), "{}", told(&output));
}

#[test]
fn a_file_is_written_once_and_never_over_another() {
    let below = tempfile::tempdir().expect("a folder");
    let file = below.path().join("walk.csv");
    let path = file.display().to_string();
    let arguments = [CROSSWALK, "--format", "csv", "--out", &path];
    let output = run(&arguments);
    assert!(code(&output) == 0 && output.stdout.is_empty(), "{}", told(&output));
    let written = std::fs::read_to_string(&file).expect("the table");
    assert_eq!(written, text(&["--format", "csv"]), "the same bytes again");
    std::fs::write(&file, "mine").expect("writable");
    let again = run(&arguments);
    assert!(code(&again) == 2 && told(&again).contains("never overwritten"), "{}", told(&again));
    assert_eq!(std::fs::read_to_string(&file).expect("there"), "mine");
}

fn sha256(text: &str) -> Vec<u8> {
    let digest = harness::probes::observation::digest(text.as_bytes());
    let digits = digest.strip_prefix("sha256:").expect("a digest");
    let byte = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Base64 of bytes, written for the test alone so that it does not share a fault with the page.
fn base64(bytes: &[u8]) -> String {
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let six =
        |six: &[u8]| (0..6).fold(0, |value, index| value * 2 + usize::from(*six.get(index).unwrap_or(&0)));
    let mut text: String = bits.chunks(6).map(|bits| letters[six(bits)]).collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
