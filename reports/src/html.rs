//! One self-contained page: readable without script, clean in print, nothing loaded from anywhere.
//!
//! The device and the supplier's files are hostile input: every value is escaped by the template
//! engine, and a content security policy allows the page's own style and nothing else.

use handlebars::Handlebars;
use sha2::{Digest, Sha256};

use crate::inert;
use crate::view::Page;
use crate::{ReportError, ReportInput};

const TEMPLATE: &str = include_str!("../templates/report.hbs");
const EVIDENCE: &str = include_str!("../templates/evidence.hbs");
const SUBJECTS: &str = include_str!("../templates/subjects.hbs");
const COVER: &str = include_str!("../templates/cover.hbs");
const DRAWINGS: &str = include_str!("../templates/drawings.hbs");
const UNIT: &str = include_str!("../templates/unit.hbs");
const STATEMENT: &str = include_str!("../templates/statement.hbs");
pub(crate) const SCHEMES: &[(&str, &str)] = &[
    ("schemes", include_str!("../templates/schemes.hbs")),
    ("requirements", include_str!("../templates/requirements.hbs")),
    ("needs", include_str!("../templates/needs.hbs")),
];
pub(crate) const STYLE: &str = concat!(
    include_str!("../templates/report.css"),
    include_str!("../templates/figures.css"),
    include_str!("../templates/schemes.css")
);

/// Writes the page.
///
/// # Errors
/// [`ReportError::Template`] if template and values do not agree.
pub fn html(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    let templates = [
        ("report", TEMPLATE),
        ("evidence", EVIDENCE),
        ("subjects", SUBJECTS),
        ("cover", COVER),
        ("drawings", DRAWINGS),
        ("statement", STATEMENT),
        ("unit", UNIT),
    ];
    for (name, template) in templates.iter().chain(SCHEMES) {
        engine
            .register_template_string(name, template)
            .map_err(|error| ReportError::Template(error.to_string()))?;
    }
    let page = Page::new(input);
    let style = style(&page);
    let mut values = serde_json::to_value(&page).map_err(|error| ReportError::Template(error.to_string()))?;
    inert::clean(&mut values);
    // Figures are markup of our own; what is foreign in them was made harmless when it was drawn.
    for (place, svgs) in page.svgs().enumerate() {
        values["drawings"][place]["svgs"] = svgs.into();
    }
    // Requirements lead to places of this very page.
    values["report"] = "".into();
    values["policy"] = policy(&style).into();
    values["style"] = style.into();
    engine
        .render("report", &values)
        .map(String::into_bytes)
        .map_err(|error| ReportError::Template(error.to_string()))
}

/// The page for paper: without links to files beside it. A printer turns them into places of the machine
/// that prints, which nobody can follow and nobody has to know.
///
/// # Errors
/// As [`html`].
pub fn printable(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let page = html(input)?;
    let page = without_file_links(&String::from_utf8_lossy(&page));
    // Nobody unfolds paper.
    Ok(page.replace("<details class=\"numbers\">", "<details class=\"numbers\" open>").into_bytes())
}

/// Values cannot be meant: a quotation mark in one is escaped.
fn without_file_links(page: &str) -> String {
    let mut parts = page.split(" href=\"../");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    out
}

/// The style with the line that stands at the foot of every printed page.
fn style(page: &Page) -> String {
    let line = inert::css_string(&inert::shown(&page.running_line()));
    format!("{STYLE}@media print {{ @page {{ @bottom-left {{ content: {line}; }} }} }}\n")
}

/// Nothing but this style: no script, no picture, no font, no form, no other place.
pub(crate) fn policy(style: &str) -> String {
    let style = source_hash(style);
    format!("default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'")
}

/// A style or a script of our own, as a content security policy names it.
pub(crate) fn source_hash(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            if index <= chunk.len() {
                let six = (word >> (18 - 6 * index)) & 0x3f;
                text.push(char::from(ALPHABET[six as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_examples_of_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn paper_has_links_inside_alone() {
        let page = "<a href=\"../evidence/1.json\">1</a> <a class=\"x\" href=\"../evidence/2.txt\">2</a> <a href=\"#e\">e</a>";
        assert_eq!(without_file_links(page), "<a>1</a> <a class=\"x\">2</a> <a href=\"#e\">e</a>");
    }

    #[test]
    fn the_style_can_stand_inside_the_page() {
        assert!(!STYLE.contains("</"), "it would end the element");
        assert!(!STYLE.contains("url("), "nothing is loaded");
    }
}
