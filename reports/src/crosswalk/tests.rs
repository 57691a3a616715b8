//! Made guides and schemes, where each thing is found or missed by one row; and what has to hold of all there are.

use ixit::Edition;
use testcases::guide::{self, Guide, Phase, Role, guides};
use testcases::scheme::{self, Scheme, schemes};
use testcases::texts::Language;

use super::*;

const EDITION: Edition = Edition::En303645V2_1_1;

/// The page is opened on phones and sent by mail.
const MOST_BYTES: usize = 1_100_000;

const HEAD: &str = r#"format = "hantei.guide/1"
name = "made"
order = 1
title = { en = "Made guide", ja = "試作の指針" }
publisher = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
edition = "en303645-2.1.1"
version = "1"
date = "2026"
confidence = "low"
source = [{ id = "s", title = "S", date = "2026", read = "memory", confidence = "low" }]
viewpoint = [{ id = "2", title = { en = "Parts", ja = "部品" } }]
group = [
  { id = "M", title = { en = "One", ja = "一" }, phase = "design", roles = ["developer"] },
  { id = "N", title = { en = "Two", ja = "二" }, phase = "all", roles = ["user", "maintainer"] },
]
"#;

const ITEMS: &str = r#"
[[item]]
id = "M-1"
group = "M"
kind = "point"
title = { en = "=Locks, \"good\"", ja = "=錠" }
asks = { en = "Lock it", ja = "施錠する" }
viewpoint = "2"
test = "functional-network"
links = [
  { unit = "5.1-5-2:b", part = true, confidence = "low", rationale = { en = "Guesses are tried", ja = "推測を試す" } },
  { provision = "5.1-1", confidence = "high", rationale = { en = "The same", ja = "同じ" } },
]

[[item]]
id = "M-2"
group = "M"
kind = "measure"
title = { en = "Plan", ja = "計画" }
asks = { en = "Plan it", ja = "計画する" }
test = "process-evidence"
wants = { en = "The plan", ja = "計画書" }

[[item]]
id = "N-1"
group = "N"
kind = "rule"
title = { en = "Replay", ja = "再送" }
asks = { en = "Refuse it", ja = "拒む" }
test = "functional-network"
links = [{ plus = "plus-replay", confidence = "low", rationale = { en = "Played", ja = "再生する" } }]
"#;

const SCHEME: &str = r#"format = "hantei.scheme/1"
name = "made"
kind = "verdict"
title = { en = "Made scheme", ja = "試作の制度" }
body = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
edition = "en303645-2.1.1"
version = "1"
date = "2026"
confidence = "low"
source = [{ id = "s", title = "S", date = "2026", read = "memory", confidence = "low" }]

[[requirement]]
id = "R-1"
title = { en = "Both", ja = "両方" }
asks = { en = "Both of it", ja = "両方" }
source = "s"
place = "1"
confidence = "medium"
needs = [{ provision = "5.1-1" }, { case = "5.1-5-2" }]

[[requirement]]
id = "R-2"
title = { en = "One way or another", ja = "いずれか" }
asks = { en = "One of them", ja = "いずれか" }
source = "s"
place = "2"
confidence = "medium"
route = [
  { id = "a", title = { en = "Way A", ja = "甲" }, needs = [{ provision = "5.1-1" }] },
  { id = "b", title = { en = "Way B", ja = "乙" }, needs = [{ stated = "key" }] },
]

[[requirement]]
id = "R-3"
title = { en = "Stated", ja = "記載" }
asks = { en = "State it", ja = "記載する" }
source = "s"
place = "3"
confidence = "medium"
needs = [{ stated = "key" }, { check = "none" }]
"#;

fn made() -> (Vec<Guide>, Vec<Scheme>) {
    let guide = guide::read(&[("guide.toml", HEAD), ("a.toml", ITEMS)]).expect("a guide");
    (vec![guide], vec![scheme::read(SCHEME).expect("a scheme")])
}

fn walk(filter: &Filter) -> Crosswalk {
    let (guides, schemes) = made();
    crosswalk(EDITION, &guides, &schemes, filter, Language::En)
}

/// Item, result, and whether it answers a part.
fn told(rows: &[Row]) -> Vec<(&str, &str, bool)> {
    rows.iter().map(|row| (row.item.item.as_str(), row.result.as_str(), row.part)).collect()
}

fn of<'a>(walk: &'a Crosswalk, id: &str) -> &'a [Row] {
    &walk.provisions.iter().find(|provision| provision.id == id).expect("a provision").items
}

fn left(walk: &Crosswalk) -> Vec<&str> {
    walk.unlinked.iter().map(|left| left.item.item.as_str()).collect()
}

#[test]
fn every_link_stands_with_its_provision_and_what_has_none_stands_apart() {
    let walk = walk(&Filter::default());
    assert_eq!(walk.provisions.len(), 68);
    // Of a requirement with two needs, each answers a part; of one with two ways, each answers all of it.
    assert_eq!(
        told(of(&walk, "5.1-1")),
        [("M-1", "5.1-1", false), ("R-1", "5.1-1", true), ("R-2", "5.1-1", false)]
    );
    assert_eq!(told(of(&walk, "5.1-5")), [("M-1", "5.1-5-2:b", true), ("R-1", "5.1-5-2", true)]);
    assert_eq!(of(&walk, "5.1-1")[2].way.as_deref(), Some("Way A"));
    assert!(of(&walk, "5.2-1").is_empty(), "listed without an item");
    assert_eq!(told(&walk.beyond), [("N-1", "plus-replay", false)]);
    assert_eq!(left(&walk), ["M-2", "R-3"]);
    assert_eq!(walk.unlinked[1].otherwise.iter().copied().collect::<Vec<_>>(), ["check", "stated"]);
    let counted: Vec<_> = walk.sources.iter().map(|source| (source.items, source.linked)).collect();
    assert_eq!(counted, [(3, 2), (3, 2)]);
}

#[test]
fn a_requirement_with_a_gap_is_answered_in_part_alone() {
    let (guides, _) = made();
    let part = |more: &str| {
        let text = SCHEME
            .replace("[{ provision = \"5.1-1\" }, { case = \"5.1-5-2\" }]", "[{ provision = \"5.1-1\" }]");
        let scheme = scheme::read(&text.replacen("place = \"1\"", &format!("place = \"1\"\n{more}"), 1));
        let scheme = scheme.expect("a scheme");
        let walk = crosswalk(EDITION, &guides, &[scheme], &Filter::default(), Language::En);
        of(&walk, "5.1-1").iter().find(|row| row.item.item == "R-1").expect("a row").part
    };
    assert!(!part(""));
    assert!(part("gap = { en = \"The rest\", ja = \"残り\" }"));
    assert!(part("answered = \"partly\"") && !part("answered = \"full\""));
}

#[test]
fn each_filter_takes_what_it_names_and_nothing_else() {
    let only = |filter: Filter| {
        let walk = walk(&filter);
        let linked = walk.provisions.iter().flat_map(|provision| &provision.items).chain(&walk.beyond);
        let mut items: Vec<String> = linked.map(|row| row.item.item.clone()).collect();
        items.extend(left(&walk).into_iter().map(str::to_owned));
        items.sort();
        items.dedup();
        (walk.provisions.len(), items.join(" "))
    };
    let made = || vec!["made".to_owned()];
    let all = (68, "M-1 M-2 N-1 R-1 R-2 R-3".to_owned());
    assert_eq!(only(Filter::default()), all);
    assert_eq!(only(Filter { guides: made(), schemes: made(), ..Filter::default() }), all);
    assert_eq!(only(Filter { guides: made(), ..Filter::default() }).1, "M-1 M-2 N-1");
    assert_eq!(only(Filter { schemes: made(), ..Filter::default() }).1, "R-1 R-2 R-3");
    // What is said for every phase is said for each; schemes have neither phase nor role nor viewpoint.
    assert_eq!(only(Filter { phase: Some(Phase::Design), ..Filter::default() }).1, "M-1 M-2 N-1");
    assert_eq!(only(Filter { phase: Some(Phase::Disposal), ..Filter::default() }).1, "N-1");
    assert_eq!(only(Filter { role: Some(Role::Developer), ..Filter::default() }).1, "M-1 M-2");
    assert_eq!(only(Filter { role: Some(Role::Maintainer), ..Filter::default() }).1, "N-1");
    assert_eq!(only(Filter { viewpoint: Some("2".to_owned()), ..Filter::default() }).1, "M-1");
    let provision = Filter { provision: Some("5.1-5".to_owned()), ..Filter::default() };
    assert_eq!(only(provision), (1, "M-1 R-1".to_owned()));
}

#[test]
fn the_table_is_read_as_it_was_written_and_no_cell_is_a_formula() {
    let text = walk(&Filter::default()).csv();
    let body = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let rows = read(body);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "every line has all cells");
    // Heading, 66 provisions without an item, 5 links to the other two, 1 beyond, 2 without a link.
    assert_eq!(rows.len(), 1 + 66 + 5 + 1 + 2);
    let locks = rows.iter().find(|row| row[6] == "M-1").expect("the item");
    assert_eq!((locks[0].as_str(), locks[7].as_str()), ("5.1-1", "'=Locks, \"good\""));
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    let bare = rows.iter().find(|row| row[0] == "5.2-1").expect("the provision");
    assert!(bare[6].is_empty() && bare.iter().any(|cell| cell == "No item links to it."), "{bare:?}");
    let stated = rows.iter().find(|row| row[6] == "R-3").expect("the requirement");
    assert!(stated[0].is_empty() && stated.iter().any(|cell| cell.contains("a statement of the supplier")));
}

/// A reader of RFC 4180, for the test alone.
fn read(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'), "a line ends with both");
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
fn the_page_has_every_row_and_escapes_what_it_shows() {
    let (mut guides, schemes) = made();
    guides[0].items[0].title.en = "<script>alert(1)</script>".to_owned();
    guides[0].items[1].id = "\"><img src=x>".to_owned();
    let page =
        crosswalk(EDITION, &guides, &schemes, &Filter::default(), Language::En).html().expect("a page");
    let page = String::from_utf8(page).expect("text");
    assert_eq!(page.matches("<script>").count(), 1, "our own");
    assert!(!page.contains("<img") && page.contains("&lt;script&gt;alert"));
    assert_eq!(page.matches("<tr data-row").count(), 8);
    assert_eq!(page.matches("data-row=\"nothing\"").count(), 66);
    assert!(page.contains("<span>5.1-1</span>") && page.contains("<span class=\"number\">3</span>"));
    let body =
        page.split("</style>").last().and_then(|rest| rest.split("<script>").next()).expect("between them");
    for loading in [" src=", "<link", "<iframe", " style=", " onload=", " onclick=", "<form"] {
        assert!(!body.contains(loading), "{loading}");
    }
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "#{target}");
    }
}

#[test]
fn the_same_viewpoint_id_in_two_guides_is_two_choices() {
    let (mut guides, schemes) = made();
    let other = HEAD.replace("\"made\"", "\"other\"").replace("Parts", "Wholes");
    guides.push(guide::read(&[("guide.toml", &other), ("a.toml", ITEMS)]).expect("a guide"));
    let page = crosswalk(EDITION, &guides, &schemes, &Filter::default(), Language::En).html();
    let page = String::from_utf8(page.expect("a page")).expect("text");
    for (value, text) in [("guide/made/2", "2 Parts"), ("guide/other/2", "2 Wholes")] {
        assert_eq!(page.matches(&format!("<option value=\"{value}\">{text}</option>")).count(), 1, "{value}");
    }
}

#[test]
fn a_source_of_which_nothing_is_shown_is_no_choice() {
    let page = |provision: &str| {
        let filter = Filter { provision: Some(provision.to_owned()), ..Filter::default() };
        String::from_utf8(walk(&filter).html().expect("a page")).expect("text")
    };
    assert!(page("5.1-1").contains("<option value=\"guide/made\">"));
    let bare = page("5.2-1");
    assert!(!bare.contains("<option value=\"guide/made\">") && !bare.contains("by-source"), "{bare}");
    // No guide was left out, so it is true of all of them.
    assert!(bare.contains("No item links to it.") && !bare.contains("No item of this choice"), "{bare}");
    let of_guide =
        Filter { provision: Some("5.2-1".to_owned()), guides: vec!["made".to_owned()], ..Filter::default() };
    assert!(walk(&of_guide).csv().contains("No item of this choice links to it."));
}

#[test]
fn a_page_that_shows_a_part_says_so() {
    let page = |filter: &Filter| String::from_utf8(walk(filter).html().expect("a page")).expect("text");
    assert!(!page(&Filter::default()).contains("<p class=\"banner warn\">"));
    let filter =
        Filter { phase: Some(Phase::Design), provision: Some("5.1-1".to_owned()), ..Filter::default() };
    let narrowed = page(&filter);
    assert!(
        narrowed.contains("Only a part is shown: Phase Design · Provision 5.1-1"),
        "{}",
        &narrowed[..900]
    );
}

#[test]
fn all_there_is_stands_in_each_language_once() {
    for language in Language::ALL {
        let walk = crosswalk(EDITION, guides(), schemes(), &Filter::default(), *language);
        assert_eq!(walk.provisions.len(), 68);
        let items: usize = guides().iter().map(|guide| guide.items.len()).sum::<usize>()
            + schemes().iter().map(|scheme| scheme.requirements.len()).sum::<usize>();
        let linked: usize = walk.sources.iter().map(|source| source.linked).sum();
        assert_eq!(linked + walk.unlinked.len(), items, "none is lost, none stands twice");
        let bare: Vec<&str> = walk
            .provisions
            .iter()
            .filter(|provision| provision.items.is_empty())
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(bare, ["5.3-12"], "the page names it, and says that nothing links to it");
        let links: usize = guides().iter().flat_map(|guide| &guide.items).map(|item| item.links.len()).sum();
        let of_guides = walk.provisions.iter().flat_map(|provision| &provision.items).chain(&walk.beyond);
        let of_guides = of_guides.filter(|row| row.item.source_kind == SourceKind::Guide).count();
        assert_eq!(of_guides, links, "every link has a row");
        let of_no_phrase = |cell: &&String| cell.starts_with("guide-phase") || cell.starts_with("crosswalk-");
        let table = walk.csv();
        let cells = read(table.trim_start_matches('\u{feff}'));
        assert_eq!(cells.iter().flatten().find(of_no_phrase), None);
        let page = String::from_utf8(walk.html().expect("a page")).expect("text");
        assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
        for provision in &walk.provisions {
            assert!(page.contains(&format!("<section id=\"p-{0}\"", provision.id)), "{}", provision.id);
        }
        for key in ["guide-", "crosswalk-", "scheme-confidence-"] {
            let shown = page.split("</style>").last().and_then(|rest| rest.split("<script>").next());
            let shown = shown.expect("between style and script");
            assert!(!shown.contains(&format!(">{key}")), "a phrase for {key} is missing");
        }
    }
}
