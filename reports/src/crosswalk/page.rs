//! The cross-walk as a page: readable and complete without script, and searched by one small script of our own.
//!
//! Nothing of a device or a supplier is on it. Every value is escaped all the same, and the content security policy
//! allows this style and this script by their digests, and nothing else.

use std::collections::BTreeSet;

use handlebars::Handlebars;
use serde::Serialize;
use testcases::guide::Phase;

use super::choices::Choice;
use super::{Crosswalk, Item, Row, SourceKind, Unlinked, said};
use crate::html::source_hash;
use crate::words::Words;
use crate::{ReportError, inert};

const TEMPLATES: [(&str, &str); 2] = [
    ("crosswalk", include_str!("../../templates/crosswalk.hbs")),
    ("walk", include_str!("../../templates/crosswalk_rows.hbs")),
];
const STYLE: &str =
    concat!(include_str!("../../templates/report.css"), include_str!("../../templates/crosswalk.css"));
const SCRIPT: &str = include_str!("../../templates/crosswalk.js");

/// What the template fills in.
#[derive(Serialize)]
struct Page<'a> {
    ui: &'a std::collections::BTreeMap<String, String>,
    lang: &'static str,
    edition: &'static str,
    policy: String,
    style: String,
    script: &'static str,
    narrowed: String,
    nothing: &'static str,
    counts: Vec<Count>,
    choices: Vec<Choice>,
    provisions: Vec<Part>,
    beyond: Option<Part>,
    unlinked: Option<Part>,
    sources: Vec<SourceLine>,
}

#[derive(Serialize)]
struct Count {
    name: String,
    value: usize,
}

/// A section: a provision, or items that belong to none.
#[derive(Serialize)]
struct Part {
    anchor: String,
    id: String,
    title: String,
    /// Number of different items.
    items: usize,
    /// Its items are answered by something.
    answered: bool,
    /// Rows by source.
    rows: Vec<OfSource>,
}

#[derive(Serialize)]
struct OfSource {
    source: String,
    source_title: String,
    /// Columns of the table.
    columns: u8,
    rows: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    #[serde(skip)]
    key: String,
    #[serde(skip)]
    source: String,
    phase_id: &'static str,
    role_ids: String,
    viewpoint_id: String,
    item: String,
    title: String,
    asks: String,
    by: Option<String>,
    extent: Option<String>,
    phase: String,
    roles: String,
    viewpoint: String,
    why: Option<String>,
    way: Option<String>,
    more: Vec<Labelled>,
}

#[derive(Serialize)]
struct Labelled {
    label: String,
    text: String,
}

#[derive(Serialize)]
struct SourceLine {
    title: String,
    name: String,
    kind: String,
    version: String,
    date: String,
    confidence: String,
    items: usize,
    linked: usize,
    digest: String,
}

impl Crosswalk {
    /// As one self-contained page.
    ///
    /// # Errors
    /// [`ReportError::Template`] if template and values do not agree.
    pub fn html(&self) -> Result<Vec<u8>, ReportError> {
        let mut engine = Handlebars::new();
        engine.set_strict_mode(true);
        for (name, template) in TEMPLATES {
            engine
                .register_template_string(name, template)
                .map_err(|error| ReportError::Template(error.to_string()))?;
        }
        let page = self.page();
        engine
            .render("crosswalk", &page)
            .map(String::into_bytes)
            .map_err(|error| ReportError::Template(error.to_string()))
    }

    fn page(&self) -> Page<'static> {
        let words = self.words();
        let foot = inert::css_string(&format!("{} · {}", words.ui("crosswalk-title"), self.edition));
        // What a column says in its head, a phone says before the cell.
        let by = inert::css_string(words.ui("crosswalk-answered-by"));
        let style = format!(
            "{STYLE}:root {{ --by: {by}; }}\n@media print {{ @page {{ @bottom-left {{ content: {foot}; }} }} }}\n"
        );
        let part = |anchor: &str, rows| Part::new(anchor.to_owned(), String::new(), String::new(), rows);
        let of_rows = |rows: &[Row]| rows.iter().map(|row| line_of_row(words, row)).collect::<Vec<_>>();
        Page {
            ui: words.phrases(),
            lang: self.language.code(),
            edition: self.edition,
            policy: policy(&style),
            style,
            script: SCRIPT,
            narrowed: self.narrowed(),
            nothing: self.nothing(),
            counts: self.counts(),
            choices: self.choices(),
            provisions: self
                .provisions
                .iter()
                .map(|provision| {
                    let anchor = format!("p-{}", provision.id);
                    let (id, title) = (provision.id.clone(), provision.title.clone());
                    Part::new(anchor, id, title, of_rows(&provision.items))
                })
                .collect(),
            beyond: (!self.beyond.is_empty()).then(|| part("beyond", of_rows(&self.beyond))),
            unlinked: (!self.unlinked.is_empty()).then(|| {
                let rows = self.unlinked.iter().map(|left| line_of_left(words, left)).collect();
                part("unlinked", rows)
            }),
            sources: self.source_lines(),
        }
    }

    fn counts(&self) -> Vec<Count> {
        let bare = self.provisions.iter().filter(|provision| provision.items.is_empty()).count();
        let items: usize = self.sources.iter().map(|source| source.items).sum();
        let mut counts = vec![
            ("crosswalk-count-provisions", self.provisions.len()),
            ("crosswalk-count-bare", bare),
            ("crosswalk-count-links", self.links()),
        ];
        // Of a single provision, what else the sources say is not on the page.
        if self.filter.provision.is_none() {
            counts.push(("crosswalk-count-items", items));
            counts.push(("crosswalk-count-unlinked", self.unlinked.len()));
        }
        let name = |key: &str| self.words().ui(key).to_owned();
        counts.into_iter().map(|(key, value)| Count { name: name(key), value }).collect()
    }

    /// What was chosen, in words.
    fn narrowed(&self) -> String {
        let words = self.words();
        let filter = &self.filter;
        let told = |key: &str, value: String| format!("{} {value}", said(words, "crosswalk", key));
        let mut parts = Vec::new();
        let names: Vec<&str> = filter.guides.iter().chain(&filter.schemes).map(String::as_str).collect();
        if !names.is_empty() {
            parts.push(told("source", names.join(", ")));
        }
        parts.extend(filter.phase.map(|phase| told("phase", said(words, "guide-phase", phase.as_str()))));
        parts.extend(filter.role.map(|role| told("role", said(words, "guide-role", role.as_str()))));
        parts.extend(filter.viewpoint.as_ref().map(|viewpoint| told("viewpoint", viewpoint.clone())));
        parts.extend(filter.provision.as_ref().map(|id| told("provision", id.clone())));
        parts.join(" · ")
    }

    fn source_lines(&self) -> Vec<SourceLine> {
        let words = self.words();
        let line = |source: &super::Source| SourceLine {
            title: source.title.clone(),
            name: source.name.clone(),
            kind: said(words, "crosswalk-kind", source.kind.as_str()),
            version: words.version(&source.version).to_owned(),
            date: source.date.clone(),
            confidence: said(words, "scheme-confidence", &source.confidence),
            items: source.items,
            linked: source.linked,
            digest: source.digest.clone(),
        };
        self.sources.iter().map(line).collect()
    }
}

impl Part {
    fn new(anchor: String, id: String, title: String, lines: Vec<(String, Line)>) -> Self {
        let items: BTreeSet<&String> = lines.iter().map(|(_, line)| &line.key).collect();
        let items = items.len();
        let answered = lines.iter().any(|(_, line)| line.by.is_some());
        let columns = if answered { 4 } else { 3 };
        let mut rows: Vec<OfSource> = Vec::new();
        for (source_title, line) in lines {
            match rows.last_mut() {
                Some(last) if last.rows.last().is_some_and(|other| other.source == line.source) => {
                    last.rows.push(line);
                }
                _ => {
                    let source = line.source.clone();
                    rows.push(OfSource { source, source_title, columns, rows: vec![line] });
                }
            }
        }
        Self { anchor, id, title, items, answered, rows }
    }
}

/// A guide and a scheme may have the same name.
pub(super) fn source_key(kind: SourceKind, name: &str) -> String {
    format!("{}/{name}", kind.as_str())
}

/// Nothing but this style and this script: no picture, no font, no form, no other place.
fn policy(style: &str) -> String {
    let (style, script) = (source_hash(style), source_hash(SCRIPT));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
}

fn line_of_row(words: &Words, row: &Row) -> (String, Line) {
    let by = match row.by {
        "provision" => words.ui("crosswalk-whole-provision").to_owned(),
        "case" => format!("{} {}", words.ui("scheme-need-case"), row.result),
        "unit" => format!("{} {}", words.ui("scheme-need-unit"), row.result),
        _ => {
            let title = testcases::plus::data_of(&row.result).map(|data| data.title.of(words.language));
            [Some(row.result.as_str()), title].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    let extent = words.ui(if row.part { "crosswalk-part" } else { "crosswalk-whole" });
    let line = Line {
        by: Some(by),
        extent: Some(extent.to_owned()),
        why: row.rationale.clone(),
        way: row.way.clone(),
        more: vec![Labelled {
            label: words.ui("crosswalk-confidence-of").to_owned(),
            text: said(words, "scheme-confidence", &row.confidence),
        }],
        ..line_of_item(words, &row.item)
    };
    (row.item.source_title.clone(), line)
}

fn line_of_left(words: &Words, left: &Unlinked) -> (String, Line) {
    let labelled = |key: &str, text: String| Labelled { label: words.ui(key).to_owned(), text };
    let otherwise = left.otherwise.iter().map(|one| said(words, "crosswalk-otherwise", one));
    let otherwise: Vec<String> = otherwise.collect();
    let mut more = Vec::new();
    if !otherwise.is_empty() {
        more.push(labelled("crosswalk-otherwise", otherwise.join(", ")));
    }
    more.extend(left.wants.clone().map(|wants| labelled("crosswalk-wants", wants)));
    more.extend(left.test_words(words).map(|test| labelled("crosswalk-test", test)));
    (left.item.source_title.clone(), Line { more, ..line_of_item(words, &left.item) })
}

fn line_of_item(words: &Words, item: &Item) -> Line {
    let role_ids: Vec<&str> = item.roles.iter().map(|role| role.as_str()).collect();
    let source = source_key(item.source_kind, &item.source);
    Line {
        key: format!("{source}/{}", item.item),
        source,
        phase_id: item.phase.map_or("", Phase::as_str),
        role_ids: role_ids.join(" "),
        viewpoint_id: item.viewpoint.clone().unwrap_or_default(),
        item: item.item.clone(),
        title: item.title.clone(),
        asks: item.asks.clone(),
        by: None,
        extent: None,
        phase: item.phase_words(words),
        roles: item.role_words(words).join(" · "),
        viewpoint: item.viewpoint_words(),
        why: None,
        way: None,
        more: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_can_stand_inside_the_page() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"), "it would end the element");
        assert!(!SCRIPT.contains("<!--") && !SCRIPT.contains("innerHTML"), "nothing is read as markup");
        assert!(!STYLE.contains("url("), "nothing is loaded");
    }
}
