//! Columns beside those of the declaration: the verdict of every provision in the ICS, and the verdicts that
//! concern every row and field of the IXIT.

use std::collections::{BTreeMap, BTreeSet};

use ixit::Declaration;
use ixit::declaration::TableContent;
use ixit::sheet::{AddedCell, AddedColumns};
use ixit::table::{Layout, Table, tables};
use testcases::Verdict;
use testcases::assessment::{Assessment, ItemRecord, ProvisionResult, UnitResult};

use super::results::evidence;
use super::{columns, item_name, verdict};
use crate::ReportInput;
use crate::view::{blame_words, by_words};
use crate::words::Words;

/// The sheet of the provisions.
const ICS: &str = "ICS";

/// Reasons and pieces of evidence of a provision that its row shows; the rest is only counted.
const SHOWN: usize = 6;

/// Verdicts from the worst on.
const WORST_FIRST: [Verdict; 5] =
    [Verdict::Fail, Verdict::Inconclusive, Verdict::Pass, Verdict::NotClaimed, Verdict::NotApplicable];

/// What stands beside which sheet.
pub(super) fn columns_of(
    input: &ReportInput<'_>,
    words: &Words,
    declaration: &Declaration,
) -> BTreeMap<String, AddedColumns> {
    let mut beside = BTreeMap::from([(ICS.to_owned(), ics(input, words))]);
    let told = Told::of(input.assessment);
    for table in tables(declaration.edition) {
        let cells = match table.layout {
            Layout::Rows => match declaration.ixit.tables.get(&table.key) {
                Some(TableContent::Rows(rows)) => {
                    let ids = rows.iter().map(|row| row.id.as_str());
                    ids.filter_map(|id| Some((id.to_owned(), vec![told.of_row(words, id)?]))).collect()
                }
                _ => BTreeMap::new(),
            },
            Layout::Form => told.of_form(words, table),
        };
        let columns = columns(words, &[("sheet-verdicts", 44.0)]);
        beside.insert(table.id.clone(), AddedColumns { columns, cells });
    }
    beside
}

fn ics(input: &ReportInput<'_>, words: &Words) -> AddedColumns {
    let headings = [
        ("verdict", 16.0),
        ("sheet-blame", 18.0),
        ("sheet-reason", 60.0),
        ("cases", 26.0),
        ("evidence", 36.0),
    ];
    let provisions = input.assessment.provisions.iter();
    let cells = provisions.map(|provision| (provision.id.clone(), provision_cells(input, words, provision)));
    AddedColumns { columns: columns(words, &headings), cells: cells.collect() }
}

fn provision_cells(input: &ReportInput<'_>, words: &Words, provision: &ProvisionResult) -> Vec<AddedCell> {
    let deciding: Vec<(&UnitResult, &ItemRecord)> = provision
        .cases
        .iter()
        .filter(|case| case.verdict == provision.verdict)
        .flat_map(|case| &case.units)
        .filter(|unit| unit.verdict == provision.verdict)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit, item)))
        .filter(|(_, item)| item.verdict == provision.verdict)
        .collect();
    let blames =
        deciding.iter().filter_map(|(_, item)| item.blame).filter(|_| provision.verdict != Verdict::Pass);
    let blames: BTreeSet<String> = blames.map(|blame| blame_words(words, blame)).collect();
    let cases: Vec<String> = provision
        .cases
        .iter()
        .map(|case| format!("{} {}", case.id, words.ui(case.verdict.as_str())))
        .collect();
    let mut pieces: Vec<String> = Vec::new();
    for (unit, item) in &deciding {
        for piece in evidence(input, words, &unit.id, &item.evidence) {
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        }
    }
    vec![
        verdict(words, provision.verdict),
        AddedCell::plain(blames.into_iter().collect::<Vec<_>>().join("; ")),
        AddedCell::plain(reasons(words, provision, &deciding)),
        AddedCell::plain(cases.join("\n")),
        AddedCell::plain(shortened(words, pieces)),
    ]
}

/// Why the verdict is what it is; of a PASS, who decided its units.
fn reasons(words: &Words, provision: &ProvisionResult, deciding: &[(&UnitResult, &ItemRecord)]) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(provision.reason.as_ref().map(|reason| words.reason(reason).text));
    let why = provision.why.as_deref().filter(|_| provision.reason.is_none());
    lines.extend(why.map(|why| words.why(why)));
    if provision.verdict == Verdict::Pass {
        let mut decided: BTreeMap<String, usize> = BTreeMap::new();
        let units = provision.cases.iter().flat_map(|case| &case.units);
        for by in units.filter_map(|unit| unit.by) {
            *decided.entry(by_words(words, by)).or_default() += 1;
        }
        lines.extend(decided.iter().map(|(by, units)| {
            words.ui("sheet-decided-units").replace("{by}", by).replace("{n}", &units.to_string())
        }));
        return lines.join("\n");
    }
    for (unit, item) in deciding {
        let name = item_name(&item.item);
        let subject = if name.is_empty() { unit.id.clone() } else { format!("{} ({name})", unit.id) };
        let line = format!("{subject}: {}", words.reason(&item.reason).text);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    shortened(words, lines)
}

fn shortened(words: &Words, mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.truncate(SHOWN);
        lines.push(words.ui("sheet-more").replace("{n}", &more.to_string()));
    }
    lines.join("\n")
}

/// Units and their verdicts, by what they concern.
#[derive(Default)]
struct Told<'a> {
    /// By row of the IXIT.
    rows: BTreeMap<&'a str, Verdicts<'a>>,
    /// By table and field of a form, as `user_info.support`.
    fields: BTreeMap<&'a str, Verdicts<'a>>,
}

type Verdicts<'a> = Vec<(Verdict, &'a str)>;

impl<'a> Told<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        let mut told = Self::default();
        let units =
            assessment.provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units);
        for (unit, item) in units.flat_map(|unit| unit.items.iter().map(move |item| (unit, item))) {
            let one = (item.verdict, unit.id.as_str());
            let name = item.item.as_str();
            // What is judged of a part of a row is named behind it: `SoftServ-WebUI/entitled`.
            let names = [Some(name), name.rsplit_once('/').map(|(row, _)| row)];
            for name in names.into_iter().flatten() {
                add(told.rows.entry(name).or_default(), one);
            }
            for piece in &item.evidence {
                if let Some(field) = field_of_form(&piece.reference) {
                    add(told.fields.entry(field).or_default(), one);
                }
            }
        }
        told
    }

    fn of_row(&self, words: &Words, id: &str) -> Option<AddedCell> {
        self.rows.get(id).map(|verdicts| cell(words, verdicts))
    }

    /// By key of the line.
    fn of_form(&self, words: &Words, table: &Table) -> BTreeMap<String, Vec<AddedCell>> {
        let of_table = self.fields.iter().filter_map(|(field, verdicts)| {
            let line = field.strip_prefix(table.key.as_str())?.strip_prefix('.')?;
            Some((line.to_owned(), vec![cell(words, verdicts)]))
        });
        of_table.collect()
    }
}

fn add<'a>(verdicts: &mut Verdicts<'a>, one: (Verdict, &'a str)) {
    if !verdicts.contains(&one) {
        verdicts.push(one);
    }
}

/// `user_info.support` of `declaration:ixit.toml#user_info.support` and of what lies below it; `None` of a row.
fn field_of_form(reference: &str) -> Option<&str> {
    let path = reference.strip_prefix("declaration:ixit.")?.split_once('#')?.1;
    let dot = path.find('.').filter(|dot| !path[..*dot].contains('['))?;
    let end = path[dot + 1..].find(['.', '[']).map_or(path.len(), |end| dot + 1 + end);
    Some(&path[..end])
}

/// The units by verdict, the worst first, which the look repeats.
fn cell(words: &Words, verdicts: &Verdicts<'_>) -> AddedCell {
    let of = |wanted: Verdict| -> Vec<&str> {
        verdicts.iter().filter(|(known, _)| *known == wanted).map(|(_, unit)| *unit).collect()
    };
    let lines = WORST_FIRST.iter().filter_map(|wanted| {
        let units = of(*wanted);
        (!units.is_empty()).then(|| format!("{}: {}", words.ui(wanted.as_str()), units.join(", ")))
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let worst = WORST_FIRST.iter().find(|wanted| !of(**wanted).is_empty());
    let look = worst.map_or_else(Default::default, |worst| verdict(words, *worst).look);
    AddedCell::new(text, look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_forms_are_known_and_rows_are_not() {
        for (reference, field) in [
            ("declaration:ixit.toml#user_info.support", Some("user_info.support")),
            ("declaration:ixit.json#user_info.resources.support[0]", Some("user_info.resources")),
            ("declaration:ixit.toml#auth_mech[0].factor", None),
            ("declaration:ixit.toml#intf", None),
            ("declaration:ics.toml#provision.x", None),
            ("sha256:00", None),
        ] {
            assert_eq!(field_of_form(reference), field, "{reference}");
        }
    }
}
