//! What rests on what: for each section of the standard, how many planned units rest on an observation, on a document,
//! on the supplier's word or on evidence of others, and how many are open.

use testcases::assessment::{Assessment, UnitResult};
use testcases::{RestsOn, Verdict};

use super::svg::{Held, Sheet, WIDTH, columns, legend};
use super::{Drawing, Table};
use crate::words::Words;

/// Kinds in the order of the bar: key of the word, class.
const KINDS: [(&str, &str); 5] = [
    ("rests-observed", "k-observed"),
    ("rests-document", "k-document"),
    ("rests-declared", "k-declared"),
    ("rests-external", "k-external"),
    ("by-open", "k-open"),
];

/// One section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    id: String,
    /// Units by kind, in the order of [`KINDS`].
    counts: [u32; 5],
}

/// Planned units by section and by what they rest on.
pub(crate) fn sections(assessment: &Assessment) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for provision in &assessment.provisions {
        let id = provision.id.rsplit_once('-').map_or(provision.id.as_str(), |(section, _)| section);
        if sections.last().is_none_or(|section| section.id != id) {
            sections.push(Section { id: id.to_owned(), counts: [0; 5] });
        }
        let Some(section) = sections.last_mut() else { continue };
        for unit in provision.cases.iter().flat_map(|case| &case.units).filter(|unit| unit.planned) {
            if let Some(kind) = kind(unit) {
                section.counts[kind] += 1;
            }
        }
    }
    sections
}

/// Place in [`KINDS`]. Open as the coverage counts it: a question waits, or nothing could be established.
fn kind(unit: &UnitResult) -> Option<usize> {
    if unit.verdict == Verdict::Inconclusive || unit.items.iter().any(|item| item.open.is_some()) {
        return Some(4);
    }
    Some(match unit.rests_on? {
        RestsOn::Observed => 0,
        RestsOn::Document => 1,
        RestsOn::Declared => 2,
        RestsOn::External => 3,
    })
}

/// The figure; a sentence where no unit was planned.
pub(crate) fn draw(words: &Words, sections: &[Section]) -> Drawing {
    let title = words.ui("figure-rests");
    let sums: Vec<u32> =
        (0..KINDS.len()).map(|kind| sections.iter().map(|one| one.counts[kind]).sum()).collect();
    if sums.iter().sum::<u32>() == 0 {
        return Drawing::missing(title, words.ui("figure-rests-none"));
    }
    let names: Vec<&str> = KINDS.iter().map(|(key, _)| words.ui(key)).collect();
    let most = sections.iter().map(|one| one.counts.iter().sum::<u32>()).max().unwrap_or(1).max(1);
    const LABEL: f64 = 36.0;
    const ROW: f64 = 17.0;
    let said: Vec<String> = names.iter().zip(&sums).map(|(name, sum)| format!("{name} {sum}")).collect();
    let (places, rows) = legend(&said);
    let top = 6.0 + 15.0 * rows;
    let mut sheet = Sheet::new(WIDTH, top + ROW * sections.len() as f64);
    for ((text, (_, class)), [x, y]) in said.iter().zip(KINDS).zip(places) {
        segment(&mut sheet, class, [x, y + 1.0, 12.0, 10.0]);
        sheet.text("t", [x + 17.0, y + 10.0], Held::Start, text, 44);
    }
    let scale = (WIDTH - LABEL) / f64::from(most);
    for (row, section) in sections.iter().enumerate() {
        let y = top + ROW * row as f64;
        sheet.text("t quiet", [LABEL - 6.0, y + 11.0], Held::End, &section.id, 5);
        let mut before = 0;
        for ((_, class), count) in KINDS.iter().zip(section.counts) {
            if count == 0 {
                continue;
            }
            let (x, width) = (LABEL + f64::from(before) * scale, f64::from(count) * scale);
            segment(&mut sheet, class, [x + 0.5, y + 1.0, width - 1.0, ROW - 4.0]);
            let said = count.to_string();
            if width > 6.0 + 6.5 * columns(&said) as f64 {
                sheet.text(&format!("n {class}"), [x + width / 2.0, y + 11.0], Held::Middle, &said, 4);
            }
            before += count;
        }
    }
    let told: Vec<String> = names.iter().zip(&sums).map(|(name, sum)| format!("{name} {sum}")).collect();
    let mut head = vec![words.ui("figure-section").to_owned()];
    head.extend(names.iter().map(|name| (*name).to_owned()));
    let rows = sections
        .iter()
        .map(|section| {
            let title = words.texts().scenarios.get(&section.id).cloned().unwrap_or_default();
            let mut row = vec![format!("{} {title}", section.id)];
            row.extend(section.counts.iter().map(u32::to_string));
            row
        })
        .collect();
    Drawing {
        lead: Some(words.ui("figure-rests-lead").to_owned()),
        svgs: vec![sheet.finish("figure-rests", title, &told.join(", "))],
        table: Some(Table { head, rows, numbers: true }),
        ..Drawing::titled(title)
    }
}

/// A part of a bar: its pattern says what it is, not its colour alone.
fn segment(sheet: &mut Sheet, class: &str, place: [f64; 4]) {
    sheet.rect(class, place);
    match class {
        "k-document" => sheet.hatch("h-light", place, true),
        "k-declared" => sheet.hatch("h-dark", place, false),
        "k-external" => {
            sheet.hatch("h-light", place, true);
            sheet.hatch("h-light", place, false);
        }
        _ => {}
    }
}
