//! What a report puts into the workbook of a declaration: columns behind those of a sheet, sheets of its
//! own, and a line above all of them. [`super::import`] knows all three again and leaves them aside.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet};

use super::ExportError;
use super::alike::half_width;
use super::page::{text_format, writer};
use crate::template::Language;

/// Columns, sheets and the line above them.
#[derive(Clone, Debug, Default)]
pub struct Added {
    /// Stands above the headings of every sheet and at the head of every printed page: what keeps the result from
    /// counting, verdict, device, run. A printed page shows its beginning.
    pub line: String,
    /// Something keeps the result from counting, so the line stands out.
    pub warns: bool,
    /// Sheets before those of the declaration.
    pub before: Vec<AddedSheet>,
    /// Sheets behind them.
    pub after: Vec<AddedSheet>,
    /// Columns behind those of a sheet of the declaration, by the name of that sheet.
    pub columns: BTreeMap<String, AddedColumns>,
}

/// Columns behind those of a sheet of the declaration.
#[derive(Clone, Debug, Default)]
pub struct AddedColumns {
    /// Headings and widths.
    pub columns: Vec<AddedColumn>,
    /// Cells by what they belong to: the first cell of a row (ID or provision), or the key of a line of a form.
    pub cells: BTreeMap<String, Vec<AddedCell>>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct AddedColumn {
    /// Heading.
    pub heading: String,
    /// Width in characters.
    pub width: f64,
}

/// A cell; its text is a text, whatever it begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedCell {
    /// Text. What is longer than a cell holds is cut, with a mark.
    pub text: String,
    /// How it looks.
    pub look: Look,
}

impl AddedCell {
    /// A cell that looks like the others.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Look::Plain)
    }

    /// A cell with a look.
    pub fn new(text: impl Into<String>, look: Look) -> Self {
        Self { text: text.into(), look }
    }
}

/// How a cell looks. Nothing is said by the look alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As the cells of a declaration.
    #[default]
    Plain,
    /// The title of a sheet.
    Title,
    /// The heading of a part of a sheet.
    Section,
    /// The heading of a column within a sheet.
    Heading,
    /// A line that keeps the result from counting; it reaches over its neighbours.
    Warning,
    /// The name of a value.
    Label,
    /// PASS.
    Pass,
    /// FAIL.
    Fail,
    /// INCONCLUSIVE.
    Open,
    /// N/A and what is not claimed.
    Aside,
}

/// A sheet that is no part of the declaration.
#[derive(Clone, Debug)]
pub struct AddedSheet {
    /// Name, as spreadsheet programs take it: at most 31 characters, none of `[]:*?/\`.
    pub name: String,
    /// Columns. A sheet that is no table shows no headings.
    pub columns: Vec<AddedColumn>,
    /// Rows.
    pub rows: Vec<Vec<AddedCell>>,
    /// How many columns stay when a table is moved sideways; `None` for a sheet that is no table and has
    /// neither headings nor a filter.
    pub kept: Option<u16>,
    /// Printed on A3, because it has many columns.
    pub large: bool,
}

/// Begins the line above the headings.
const LINES: [(Language, &str); 2] = [(Language::En, "Assessment result"), (Language::Ja, "評価結果")];

/// Begins the heading of an added column.
const HEADINGS: [(Language, &str); 2] = [(Language::En, "Result: "), (Language::Ja, "結果：")];

/// Ends a text that was cut.
const CUTS: [(Language, &str); 2] = [
    (Language::En, " … [cut: a cell holds no more; the whole text is in the run folder]"),
    (Language::Ja, " …［セルの上限で省略。全文は実行フォルダーにあります］"),
];

/// Characters that a cell holds; spreadsheets count UTF-16 units.
pub(super) const CELL_LIMIT: usize = 32_767;

fn of(words: &[(Language, &'static str); 2], language: Language) -> &'static str {
    words.iter().find(|(known, _)| *known == language).map_or("", |(_, word)| word)
}

/// The line above the headings, with what it is known by.
pub(super) fn line(added: &Added, language: Language) -> String {
    format!("{} · {}", of(&LINES, language), added.line)
}

/// The heading of an added column, with what it is known by.
pub(super) fn heading(column: &AddedColumn, language: Language) -> String {
    format!("{}{}", of(&HEADINGS, language), column.heading)
}

/// Whether this is the line above the headings, in either language.
pub(super) fn is_line(text: &str) -> bool {
    LINES.iter().any(|(_, word)| begins(text, word))
}

/// Whether this is the heading of an added column, in either language.
pub(super) fn is_heading(text: &str) -> bool {
    HEADINGS.iter().any(|(_, word)| begins(text, word))
}

fn begins(text: &str, word: &str) -> bool {
    let plain = |text: &str| half_width(text.trim()).to_lowercase();
    plain(text).starts_with(plain(word).trim_end())
}

/// Whether this text was cut when it was written, in either language.
pub(super) fn is_cut(text: &str) -> bool {
    CUTS.iter().any(|(_, word)| text.trim_end().ends_with(word.trim()))
}

/// The text, cut with a mark where a cell does not hold it.
pub(super) fn fitting(text: &str, language: Language) -> String {
    if text.encode_utf16().count() <= CELL_LIMIT {
        return text.to_owned();
    }
    let mark = of(&CUTS, language);
    let room = CELL_LIMIT - mark.encode_utf16().count();
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= room
    });
    kept.chain(mark.chars()).collect()
}

/// The look of a cell. Verdicts are told apart by words, and on paper without colours by the weight.
pub(super) fn format(look: Look) -> Format {
    let verdict = |back: u32, front: u32| {
        text_format().set_bold().set_background_color(Color::RGB(back)).set_font_color(Color::RGB(front))
    };
    match look {
        Look::Plain => text_format(),
        Look::Title => Format::new().set_bold().set_font_size(16),
        Look::Section => Format::new().set_bold().set_font_size(13),
        Look::Warning => Format::new().set_bold().set_font_color(Color::RGB(0x7A0000)),
        Look::Label => text_format().set_bold(),
        Look::Heading => added_heading(),
        Look::Pass => verdict(0xE2EFDA, 0x1E4620),
        Look::Fail => verdict(0xF8CBCB, 0x7A0000),
        Look::Open => verdict(0xFFF2CC, 0x5C4400),
        Look::Aside => verdict(0xEDEDED, 0x404040),
    }
}

/// Headings of added columns are not those of the declaration.
pub(super) fn added_heading() -> Format {
    text_format()
        .set_bold()
        .set_background_color(Color::RGB(0x3B3838))
        .set_font_color(Color::White)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xBFBFBF))
}

/// Writes the line above the headings, and what stands at the head and foot of printed pages.
pub(super) fn write_line(
    worksheet: &mut Worksheet,
    added: &Added,
    language: Language,
) -> Result<(), ExportError> {
    /// Characters that the head of a page takes; programs refuse more than 255 with all marks.
    const PRINTED: usize = 120;
    let line = line(added, language);
    let mut format = Format::new().set_bold().set_align(FormatAlign::VerticalCenter);
    if added.warns {
        format = format.set_font_color(Color::RGB(0x7A0000));
    }
    worksheet.write_string_with_format(0, 0, fitting(&line, language), &format).map_err(writer)?;
    worksheet.set_row_height(0, 20.0).map_err(writer)?;
    let printed: String = line.chars().take(PRINTED).collect();
    // A mark of the head is written twice to be itself.
    worksheet.set_header(format!("&L{}", printed.replace('&', "&&")));
    worksheet.set_footer("&L&A&R&P / &N");
    // Inches; what is printed has more columns than a declaration.
    worksheet.set_margins(0.4, 0.4, 0.7, 0.6, 0.3, 0.3);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_to_what_a_cell_holds_and_known_again() {
        for language in [Language::En, Language::Ja] {
            for text in ["x".repeat(40_000), "湯".repeat(40_000), "😀".repeat(20_000)] {
                let cut = fitting(&text, language);
                let length = cut.encode_utf16().count();
                assert!((CELL_LIMIT - 1..=CELL_LIMIT).contains(&length), "{length}");
                assert!(is_cut(&cut));
            }
            let whole = "x".repeat(CELL_LIMIT);
            assert_eq!(fitting(&whole, language), whole);
            assert!(!is_cut(&whole));
        }
    }

    #[test]
    fn lines_and_headings_are_known_in_wide_letters_and_capitals_and_others_are_not() {
        for known in ["Assessment result · M-1", " ASSESSMENT RESULT", "評価結果 · M-1"] {
            assert!(is_line(known), "{known}");
        }
        for known in ["Result: Verdict", "RESULT：verdict", "結果：判定", "結果:判定"] {
            assert!(is_heading(known), "{known}");
        }
        for other in ["Results of the supplier", "Result", "", "結果", "Verdict"] {
            assert!(!is_heading(other), "{other}");
            assert!(!is_line(other), "{other}");
        }
    }
}
