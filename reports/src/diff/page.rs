//! The diff as a person reads it: the two runs, the counts, then what moved, what is worse first.

use std::fmt::Write as _;

use testcases::Verdict;
use testcases::texts::Language;

use super::{Diff, ItemMove, Move, RunLine, Said, UnitMove};
use crate::inert;
use crate::words::{ReasonWords, Words};

/// Characters of one value that a line shows.
const SHOWN: usize = 300;

/// The diff in words, for a terminal: what devices said cannot act on it.
pub fn text(diff: &Diff, language: Language) -> String {
    let words = Words::of(language);
    let mut out = String::new();
    header(&mut out, words, diff);
    if diff.units.is_empty() {
        line(&mut out, 0, words.ui("diff-nothing"));
        return out;
    }
    out.push('\n');
    for moved in Move::ALL {
        let count = diff.counts.get(moved).copied().unwrap_or_default();
        let numbers = words
            .ui("diff-count")
            .replace("{units}", &count.units.to_string())
            .replace("{items}", &count.items.to_string());
        line(&mut out, 0, &format!("{}{}", padded(words.ui(key(*moved)), 26), numbers));
    }
    for moved in Move::ALL {
        let units: Vec<&UnitMove> = diff.units.iter().filter(|unit| unit.moved == *moved).collect();
        // Every observation names its time, so evidence differs in any two runs; only what it says is told.
        let (told, rest): (Vec<&UnitMove>, Vec<&UnitMove>) = units
            .into_iter()
            .partition(|unit| *moved != Move::Evidence || unit.items.iter().any(|item| item.reason_changed));
        if told.is_empty() && rest.is_empty() {
            continue;
        }
        out.push('\n');
        line(&mut out, 0, words.ui(key(*moved)));
        for unit in told {
            unit_lines(&mut out, words, unit);
        }
        if !rest.is_empty() {
            line(&mut out, 1, &words.ui("diff-only-evidence").replace("{n}", &rest.len().to_string()));
        }
    }
    out
}

fn header(out: &mut String, words: &Words, diff: &Diff) {
    for (name, run) in [("A", &diff.a), ("B", &diff.b)] {
        line(out, 0, &format!("{name}  {}", run_words(words, run)));
    }
    let verdicts = [
        ("verdict", diff.a.verdict, diff.b.verdict),
        ("diff-mandatory", diff.a.verdict_mandatory, diff.b.verdict_mandatory),
    ];
    for (name, before, after) in verdicts {
        let moved = now(words, Some(before), Some(after));
        line(out, 0, &format!("{}{moved}", padded(words.ui(name), 26)));
    }
    if diff.a.model != diff.b.model {
        line(out, 0, words.ui("diff-models"));
    }
    for (name, run) in [("A", &diff.a), ("B", &diff.b)] {
        if !run.complete {
            line(out, 0, &format!("{name}  {}", words.ui("partial")));
        }
    }
}

fn run_words(words: &Words, run: &RunLine) -> String {
    let stated = |value: &Option<String>| value.clone().unwrap_or_else(|| words.ui("not-stated").to_owned());
    let mut text = words
        .ui("diff-run")
        .replace("{run}", &plain(&run.run))
        .replace("{model}", &plain(&stated(&run.model)))
        .replace("{firmware}", &plain(&stated(&run.firmware)))
        .replace("{date}", &plain(&run.date));
    if run.demonstration {
        write!(text, " ({})", words.ui("running-demonstration")).expect("a String takes any text");
    }
    text
}

fn unit_lines(out: &mut String, words: &Words, unit: &UnitMove) {
    line(out, 1, &format!("{}{}", padded(&unit.id, 14), now(words, unit.before, unit.after)));
    let mut items: Vec<&ItemMove> = unit.items.iter().collect();
    items.sort_by_key(|item| item.moved);
    for item in items {
        // Of a unit that moved, items that say the same as before are no news.
        if item.moved != Move::Evidence || item.reason_changed {
            item_lines(out, words, item);
        }
    }
}

fn item_lines(out: &mut String, words: &Words, item: &ItemMove) {
    let mut place: Vec<String> = Vec::new();
    place.extend(item.state.map(|state| words.ui(&format!("state-{}", state.as_str())).to_owned()));
    place.extend(item.sample.as_deref().map(plain));
    let place = if place.is_empty() { String::new() } else { format!(" [{}]", place.join(", ")) };
    let verdict = |said: &Option<Said>| said.as_ref().map(|said| said.verdict);
    let moved = now(words, verdict(&item.before), verdict(&item.after));
    line(out, 2, &format!("{}{place}: {moved}", plain(&item.item)));
    // What only came or went and was sound has no more to say than that.
    let known = verdict(&item.before).or(verdict(&item.after));
    if matches!(item.moved, Move::New | Move::Gone) && known == Some(Verdict::Pass) {
        return;
    }
    let reason = |said: &Option<Said>| said.as_ref().map(|said| words.reason(&said.reason));
    let (before, after) = (reason(&item.before), reason(&item.after));
    // What is expected follows from the unit; it is told once, as the later run has it.
    if let Some(now) = after.as_ref().or(before.as_ref()) {
        line(out, 3, &plain(&now.text));
        if let Some(expected) = &now.expected {
            line(out, 3, &format!("{}: {}", words.ui("expected"), plain(expected)));
        }
    }
    let seen = |reason: &Option<ReasonWords>| reason.as_ref().and_then(|reason| reason.actual.clone());
    let (was, is) = (seen(&before), seen(&after));
    if let (Some(was), true) = (&was, was != is) {
        line(out, 3, &format!("{}: {}", words.ui("diff-seen-before"), plain(was)));
    }
    if let Some(is) = &is {
        line(out, 3, &format!("{}: {}", words.ui("actual"), plain(is)));
    }
}

/// `PASS → FAIL`, or what it is in one of the runs alone.
fn now(words: &Words, before: Option<Verdict>, after: Option<Verdict>) -> String {
    let said = |verdict: Verdict| words.ui(verdict.as_str()).to_owned();
    match (before, after) {
        (Some(before), Some(after)) if before == after => said(after),
        (Some(before), Some(after)) => format!("{} → {}", said(before), said(after)),
        (None, Some(after)) => words.ui("diff-now").replace("{verdict}", &said(after)),
        (Some(before), None) => words.ui("diff-was").replace("{verdict}", &said(before)),
        (None, None) => String::new(),
    }
}

fn key(moved: Move) -> &'static str {
    match moved {
        Move::Worse => "diff-worse",
        Move::Better => "diff-better",
        Move::Applicability => "diff-applicability",
        Move::New => "diff-new",
        Move::Gone => "diff-gone",
        Move::Evidence => "diff-evidence",
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(text.trim_end());
    out.push('\n');
}

/// A value on one line, without anything a terminal would act on.
fn plain(text: &str) -> String {
    let one_line: String = text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
    inert::bounded(&one_line, SHOWN)
}

/// A text filled up to some columns; Japanese takes two a character.
fn padded(text: &str, columns: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{} ", " ".repeat(columns.saturating_sub(taken)))
}
