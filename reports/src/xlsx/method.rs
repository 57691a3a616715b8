//! How it was done: decision rule, deviations, limits, digests, tool; and the stored files of evidence.

use ixit::sheet::{AddedCell, AddedSheet, Look};

use super::{columns, named, section, table};
use crate::view::Page;
use crate::words::Words;

pub(super) fn sheet(words: &Words, page: &Page) -> AddedSheet {
    let mut rows = vec![vec![AddedCell::new(words.ui("method"), Look::Title)]];
    rows.push(vec![AddedCell::default(), AddedCell::plain(&*page.method_note)]);
    rows.extend(page.method.iter().map(|fact| named(&fact.name, &fact.value)));
    // The edition and the tool stand with the device as well; here they are part of how it was done.
    let wanted = ["edition", "date", "started", "finished", "tool"].map(|key| words.ui(key));
    let known = page.identification.iter().filter(|fact| wanted.contains(&fact.name.as_str()));
    rows.extend(known.map(|fact| named(&fact.name, &fact.value)));
    section(&mut rows, words.ui("limits"));
    rows.extend(page.limits.iter().map(|limit| vec![AddedCell::default(), AddedCell::plain(&**limit)]));
    section(&mut rows, words.ui("digests"));
    rows.extend(page.digests.iter().map(|digest| named(&digest.name, &digest.value)));
    rows.push(Vec::new());
    rows.push(vec![AddedCell::default(), AddedCell::plain(words.ui("footer"))]);
    AddedSheet {
        name: words.ui("sheet-method").to_owned(),
        columns: columns(words, &[("method", 34.0), ("method", 120.0)]),
        rows,
        kept: None,
        large: false,
    }
}

/// Every stored file of evidence once, by its whole digest.
pub(super) fn files(words: &Words, page: &Page) -> AddedSheet {
    let rows = page.evidence.iter().map(|file| {
        let units: Vec<&str> = file.used_by.iter().map(|used| used.unit.as_str()).collect();
        let name = file.href.as_deref().unwrap_or_default().trim_start_matches("../").to_owned();
        [file.digest.clone(), name, file.what.clone(), file.size.clone(), units.join(", ")]
            .map(AddedCell::plain)
            .to_vec()
    });
    let headings = [
        ("sheet-digest", 40.0),
        ("sheet-file", 40.0),
        ("sheet-what", 60.0),
        ("sheet-size", 12.0),
        ("used-by", 48.0),
    ];
    table(words, "sheet-files", &headings, 1, rows.collect())
}
