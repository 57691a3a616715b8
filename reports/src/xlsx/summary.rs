//! The first sheet: what was found, on what device, by whom, and what decides it.

use ixit::sheet::{AddedCell, AddedSheet, Look};

use super::{columns, headings, named, section};
use crate::view::{Badge, Page};
use crate::words::Words;

pub(super) fn sheet(words: &Words, page: &Page) -> AddedSheet {
    let mut rows = vec![vec![AddedCell::new(format!("{} – {}", page.title, page.kind), Look::Title)]];
    let warnings = [
        page.invalid.as_ref().map(|why| format!("{} {why}", words.ui("invalid"))),
        page.draft.as_ref().map(|draft| format!("{} {draft}", words.ui("draft"))),
        page.partial.then(|| words.ui("partial").to_owned()),
        page.demonstration.then(|| words.ui("demonstration").to_owned()),
    ];
    rows.extend(warnings.into_iter().flatten().map(|text| vec![AddedCell::new(text, Look::Warning)]));

    section(&mut rows, words.ui("result"));
    rows.push(vec![
        AddedCell::new(words.ui("sheet-claim"), Look::Label),
        badge(&page.verdict),
        AddedCell::plain(format!("{}\n{}", page.sentence, page.counted)),
    ]);
    let mandatory = words.ui("mandatory-verdict").trim_end_matches([':', '：']);
    rows.push(vec![AddedCell::new(mandatory, Look::Label), badge(&page.verdict_mandatory)]);

    section(&mut rows, words.ui("numbers"));
    rows.push(headings(words, &["verdict", "provisions", "cases", "units"]));
    rows.extend(page.counts.iter().map(|count| {
        let numbers = [count.provisions, count.cases, count.units].map(|n| AddedCell::plain(n.to_string()));
        [badge(&count.badge)].into_iter().chain(numbers).collect()
    }));
    rows.extend(page.coverage.iter().map(|fact| named(&fact.name, &fact.value)));

    if !page.findings.is_empty() {
        section(&mut rows, words.ui("findings"));
        rows.push(headings(
            words,
            &["verdict", "sheet-reason", "expected", "actual", "sheet-blame", "concerns"],
        ));
        rows.extend(page.findings.iter().map(|finding| {
            let sources: String = finding.sources.iter().map(|source| format!(" ({source})")).collect();
            let units: Vec<String> = finding
                .units
                .iter()
                .map(|unit| match unit.items.as_str() {
                    "" => unit.id.clone(),
                    items => format!("{} ({items})", unit.id),
                })
                .collect();
            vec![
                badge(&finding.badge),
                AddedCell::plain(&*finding.text),
                AddedCell::plain(
                    finding.expected.as_ref().map_or(String::new(), |text| text.clone() + &sources),
                ),
                AddedCell::plain(finding.actual.clone().unwrap_or_default()),
                AddedCell::plain(finding.blame.clone().unwrap_or_default()),
                AddedCell::plain(units.join("\n")),
            ]
        }));
        rows.extend(
            page.more_findings.iter().map(|more| vec![AddedCell::default(), AddedCell::plain(&**more)]),
        );
    }
    if !page.overrides.is_empty() {
        section(&mut rows, words.ui("overrides"));
        rows.push(headings(
            words,
            &["verdict", "sheet-reason", "sheet-machine-verdict", "sheet-item", "sheet-unit"],
        ));
        rows.extend(page.overrides.iter().map(|reversed| {
            vec![
                badge(&reversed.to),
                AddedCell::plain(&*reversed.text),
                badge(&reversed.from),
                AddedCell::plain(&*reversed.item),
                AddedCell::plain(&*reversed.unit),
            ]
        }));
    }
    for (key, facts) in [("identification", &page.identification), ("laboratory", &page.laboratory)] {
        section(&mut rows, words.ui(key));
        rows.extend(facts.iter().map(|fact| named(&fact.name, &fact.value)));
    }
    rows.push(Vec::new());
    for key in ["disclaimer", "footer"] {
        rows.push(vec![AddedCell::default(), AddedCell::plain(words.ui(key))]);
    }
    let widths = [30.0, 52.0, 40.0, 40.0, 18.0, 44.0].map(|width| ("sheet-summary", width));
    AddedSheet {
        name: words.ui("sheet-summary").to_owned(),
        columns: columns(words, &widths),
        rows,
        kept: None,
        large: false,
    }
}

fn badge(badge: &Badge) -> AddedCell {
    let look = match badge.class {
        "v-pass" => Look::Pass,
        "v-fail" => Look::Fail,
        "v-open" => Look::Open,
        _ => Look::Aside,
    };
    AddedCell::new(&*badge.text, look)
}
