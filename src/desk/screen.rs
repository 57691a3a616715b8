//! The desk drawn: list, pane, and the line in which the person answers.

use harness::testcases::texts::{Language, Texts};
use harness::testcases::{Decision, DutState, Verdict};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::Preview;
use super::form::{Complaint, Form, Step, Subject};
use super::questions::{Question, changes};
use super::seat::{List, Pane, Seat};
use super::words::{self, Words};
use crate::folding::{fold, harmless, one_paragraph};
use crate::prompting::{Ground, Page, Words as PageWords};

/// What the screen needs besides the seat.
pub(super) struct Surroundings<'a> {
    pub(super) language: Language,
    pub(super) ground: &'a Ground,
    /// Heading: the device.
    pub(super) device: &'a str,
    /// The evidence that is shown.
    pub(super) preview: Option<Preview>,
}

/// Least size that can be worked with, columns and lines.
const LEAST: (u16, u16) = (60, 16);

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, seat: &Seat, around: &Surroundings<'_>) {
    let words = words::of(around.language);
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let lines = fold(words.narrow, 0, usize::from(area.width.max(10)));
        frame.render_widget(Paragraph::new(lines.into_iter().map(Line::from).collect::<Vec<_>>()), area);
        return;
    }
    let asking = seat.form.as_ref().map(|form| form_lines(form, around, words, usize::from(area.width)));
    let below = asking.as_ref().map_or(2, |lines| lines.len() + 2).min(usize::from(area.height) / 2);
    let below = u16::try_from(below).unwrap_or(2);
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(5), Constraint::Length(below)]).areas(area);
    heading(frame, head, seat, around, words);
    let wide = (area.width / 3).clamp(24, 44);
    let [left, right] = Layout::horizontal([Constraint::Length(wide), Constraint::Min(30)]).areas(body);
    list(frame, left, seat, around, words);
    pane(frame, right, seat, around, words);
    match asking {
        Some(lines) => {
            let block = Block::default().borders(Borders::TOP).title(words.typing);
            frame.render_widget(Paragraph::new(lines).block(block), foot);
        }
        None => footer(frame, foot, seat, words),
    }
    if seat.help {
        help(frame, area, words);
    }
}

fn strong() -> Style {
    Style::default().add_modifier(Modifier::BOLD)
}

fn quiet() -> Style {
    Style::default().add_modifier(Modifier::DIM)
}

fn heading(frame: &mut Frame<'_>, area: Rect, seat: &Seat, around: &Surroundings<'_>, words: &Words) {
    let person = if seat.person.is_empty() { words.nobody } else { &seat.person };
    let counts = format!("{} {}   {} {}", words.open, seat.open.len(), words.answered, seat.answered.len());
    let line = Line::from(vec![
        Span::styled(format!(" {} ", harmless(around.device)), strong()),
        Span::raw(format!("  {counts}   ")),
        Span::styled(harmless(person), quiet()),
    ]);
    frame.render_widget(Paragraph::new(line), area);
}

fn list(frame: &mut Frame<'_>, area: Rect, seat: &Seat, around: &Surroundings<'_>, words: &Words) {
    let title = match seat.list {
        List::Open => words.open,
        List::Answered => words.answered,
    };
    let block = Block::default().borders(Borders::ALL).title(title);
    let inner = block.inner(area);
    let (lines, cursor) = match seat.list {
        List::Open => open_lines(seat, around, words, usize::from(inner.width)),
        List::Answered => answered_lines(seat, words),
    };
    // The cursor stays in the middle where the list is longer than the screen.
    let height = usize::from(inner.height);
    let first = cursor.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    let first = u16::try_from(first).unwrap_or(u16::MAX);
    frame.render_widget(Paragraph::new(lines).block(block).scroll((first, 0)), area);
}

/// The open questions below their groups, and the line of the cursor.
fn open_lines(
    seat: &Seat,
    around: &Surroundings<'_>,
    words: &Words,
    width: usize,
) -> (Vec<Line<'static>>, usize) {
    let listed = seat.listed();
    if listed.is_empty() {
        return (vec![Line::styled(words.nothing_open, quiet())], 0);
    }
    let mut lines = Vec::new();
    let mut cursor = 0;
    let mut group = None;
    for (place, at) in listed.into_iter().enumerate() {
        let question = &seat.open[at];
        if group.as_ref() != Some(&question.group()) {
            group = Some(question.group());
            let heading = group_heading(question, around, words);
            lines.extend(fold(&heading, 0, width).into_iter().map(|line| Line::styled(line, quiet())));
        }
        let chosen = place == seat.at;
        if chosen {
            cursor = lines.len();
        }
        lines.push(entry(chosen, mark(question), question.name()));
    }
    (lines, cursor)
}

fn group_heading(question: &Question, around: &Surroundings<'_>, words: &Words) -> String {
    let page = PageWords::of(around.language);
    let state = question.prompt.state.map_or(words.any_state, |state: DutState| page.state_of(state));
    let texts = Texts::of(around.language);
    let named = question.equipment.iter().map(|name| texts.equipment.get(name).unwrap_or(name).as_str());
    let equipment: Vec<&str> = named.collect();
    if equipment.is_empty() { state.to_owned() } else { format!("{state}, {}", equipment.join(", ")) }
}

/// What the facts suggest, or that an earlier answer does not count any more.
fn mark(question: &Question) -> char {
    match (&question.earlier, question.prompt.prejudgement) {
        (Some(_), _) => '~',
        (None, Some(Verdict::Pass)) => 'P',
        (None, Some(Verdict::Fail)) => 'F',
        _ => '?',
    }
}

fn answered_lines(seat: &Seat, words: &Words) -> (Vec<Line<'static>>, usize) {
    let listed = seat.listed();
    if listed.is_empty() {
        return (vec![Line::styled(words.nothing_answered, quiet())], 0);
    }
    let line = |(place, at): (usize, usize)| {
        let answered = &seat.answered[at];
        let mark = if answered.review.is_some() { '✓' } else { '·' };
        entry(place == seat.at, mark, &answered.decision.prompt)
    };
    (listed.into_iter().enumerate().map(line).collect(), seat.at)
}

fn entry(chosen: bool, mark: char, name: &str) -> Line<'static> {
    let pointer = if chosen { '▸' } else { ' ' };
    let text = format!("{pointer}{mark} {}", harmless(name));
    let style = if chosen { Style::default().add_modifier(Modifier::REVERSED) } else { Style::default() };
    Line::styled(text, style)
}

fn pane(frame: &mut Frame<'_>, area: Rect, seat: &Seat, around: &Surroundings<'_>, words: &Words) {
    let tab = |pane: Pane, name: &'static str| {
        let style = if seat.list == List::Open && seat.pane == pane { strong() } else { quiet() };
        Span::styled(format!(" {name} "), style)
    };
    let title = match seat.list {
        List::Open => Line::from(vec![
            tab(Pane::Facts, words.facts),
            tab(Pane::Evidence, words.evidence),
            tab(Pane::Changes, words.changes),
        ]),
        List::Answered => Line::from(format!(" {} ", words.was_shown)),
    };
    let block = Block::default().borders(Borders::ALL).title(title);
    let width = usize::from(block.inner(area).width);
    let height = block.inner(area).height;
    let lines = match (seat.list, seat.pane) {
        (List::Answered, _) => answer_lines(seat, around, words, width),
        (List::Open, Pane::Facts) => fact_lines(seat, around, width),
        (List::Open, Pane::Evidence) => evidence_lines(seat, around, words, width),
        (List::Open, Pane::Changes) => change_lines(seat, words, width),
    };
    let most = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(height);
    let text: Vec<Line<'_>> = lines.into_iter().map(Line::from).collect();
    frame.render_widget(Paragraph::new(text).block(block).scroll((seat.scroll.min(most), 0)), area);
}

fn fact_lines(seat: &Seat, around: &Surroundings<'_>, width: usize) -> Vec<String> {
    let Some(question) = seat.question() else { return Vec::new() };
    let page = Page {
        prompt: &question.prompt,
        ground: around.ground,
        language: around.language,
        number: (seat.at + 1, Some(seat.listed().len())),
        columns: width.saturating_sub(1),
        coloured: false,
    };
    // The rule above belongs to a scrolling terminal.
    page.text().lines().skip(2).map(str::to_owned).collect()
}

fn evidence_lines(seat: &Seat, around: &Surroundings<'_>, words: &Words, width: usize) -> Vec<String> {
    let Some(question) = seat.question() else { return Vec::new() };
    if question.evidence.is_empty() {
        return vec![words.no_evidence.to_owned()];
    }
    let shown = seat.evidence.min(question.evidence.len() - 1);
    let mut lines = Vec::new();
    for (at, evidence) in question.evidence.iter().enumerate() {
        let place = if evidence.at.is_empty() { String::new() } else { format!("  {}", evidence.at) };
        let mark = if at == shown { '▶' } else { ' ' };
        let line = format!("{mark} {}{place}", evidence.reference);
        lines.extend(fold(&one_paragraph(&line), 0, width));
    }
    lines.push(String::new());
    if let Some(preview) = &around.preview {
        match preview {
            Preview::Lines(text, more) => {
                lines.extend(text.iter().flat_map(|line| cut(line, width)));
                if *more {
                    lines.push(words.more.to_owned());
                }
            }
            Preview::Binary(size, kind) => lines.push(format!("{kind}, {size} {}", words.bytes)),
            Preview::Declared => lines.push(words.declared.to_owned()),
            Preview::Missing => lines.push(words.missing.to_owned()),
        }
    }
    lines
}

/// A line as it stands, cut to the width.
fn cut(line: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for character in line.chars() {
        let columns = unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
        if used + columns > width {
            rows.push(String::new());
            used = 0;
        }
        rows.last_mut().expect("there is always a row").push(character);
        used += columns;
    }
    rows
}

fn change_lines(seat: &Seat, words: &Words, width: usize) -> Vec<String> {
    let Some(question) = seat.question() else { return Vec::new() };
    let Some(earlier) = &question.earlier else { return vec![words.no_earlier.to_owned()] };
    let mut lines = said(&earlier.decision, words, width);
    if earlier.decision.facts != question.prompt.facts {
        lines.push(words.stale.to_owned());
    }
    if let Some(review) = &earlier.objection {
        lines.extend(reviewed(review, words, width));
    }
    lines.push(String::new());
    let Some(before) = &earlier.shown else {
        lines.extend(fold(words.not_kept, 0, width));
        return lines;
    };
    let changes = changes(before, &question.prompt.shown);
    if changes.is_empty() {
        lines.push(words.no_difference.to_owned());
    }
    for (label, was, is) in changes {
        lines.push(one_paragraph(&label));
        for (name, text) in [(words.before, was), (words.now, is)] {
            let text = text.map_or_else(|| "-".to_owned(), |text| one_paragraph(&text));
            let text = format!("  {name}: {text}");
            lines.extend(fold(&text, 0, width.saturating_sub(2)).iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

fn answer_lines(seat: &Seat, around: &Surroundings<'_>, words: &Words, width: usize) -> Vec<String> {
    let Some(answered) = seat.answer() else { return Vec::new() };
    let mut lines = said(&answered.decision, words, width);
    match &answered.review {
        Some(review) => lines.extend(reviewed(review, words, width)),
        None => lines.push(words.not_reviewed.to_owned()),
    }
    for (key, note) in &answered.decision.notes {
        lines.extend(fold(&one_paragraph(&format!("{key}: {}", note.line())), 0, width));
    }
    lines.push(String::new());
    let prompt = answered.prompt();
    let page = Page {
        prompt: &prompt,
        ground: around.ground,
        language: around.language,
        number: (seat.at + 1, Some(seat.listed().len())),
        columns: width.saturating_sub(1),
        coloured: false,
    };
    lines.extend(page.text().lines().skip(3).map(str::to_owned));
    lines
}

/// An answer with who gave it, when and why.
fn said(decision: &Decision, words: &Words, width: usize) -> Vec<String> {
    let date = decision.date.split('T').next().unwrap_or_default();
    let text = format!(
        "{}: {}  ({} {}, {date})",
        decision.prompt,
        decision.answer.as_text(),
        words.by,
        decision.person
    );
    let mut lines = fold(&one_paragraph(&text), 0, width);
    if !decision.reason.is_empty() {
        lines.extend(fold(&one_paragraph(&format!("{}: {}", words.why, decision.reason)), 0, width));
    }
    for attachment in &decision.attachments {
        lines.extend(fold(&one_paragraph(&format!("{}: {attachment}", words.attached)), 0, width));
    }
    lines
}

fn reviewed(review: &Decision, words: &Words, width: usize) -> Vec<String> {
    let what = if review.answer.as_text() == "no" { words.objects } else { words.agrees };
    let reason = if review.reason.is_empty() { String::new() } else { format!(": {}", review.reason) };
    fold(&one_paragraph(&format!("{} {what}{reason}", review.person)), 0, width)
}

/// What is asked in the line of the person, and what was said so far.
fn form_lines(form: &Form, around: &Surroundings<'_>, words: &Words, width: usize) -> Vec<Line<'static>> {
    let page = PageWords::of(around.language);
    let mut lines: Vec<Line<'static>> = Vec::new();
    if let Some(answer) = &form.answer {
        let reason = if form.reason.is_empty() { String::new() } else { format!("  {}", form.reason) };
        lines.push(Line::styled(cut_to(&format!("{}{reason}", answer.as_text()), width), quiet()));
    }
    for file in &form.attachments {
        lines.push(Line::styled(cut_to(&format!("{}: {file}", words.attached), width), quiet()));
    }
    for entry in &form.lines {
        lines.push(Line::styled(cut_to(&format!("  {}", entry_line(entry)), width), quiet()));
    }
    let asked = match (&form.subject, form.step) {
        (Subject::Question(prompt), Step::Answer) => {
            format!("{} {}", words.your_answer, page.choices(&prompt.kind))
        }
        (Subject::Review(_), Step::Answer) => format!("{} {}", words.your_review, words.review_answer),
        (_, Step::Reason) => words.why.to_owned(),
        (Subject::Question(prompt), Step::Note(_)) => {
            let field = form.field();
            let guide = crate::prompting::Guide::of(around.ground.edition(), prompt, page);
            match (field, guide) {
                (Some(field), Some(guide)) => guide.asked(field, page),
                _ => String::new(),
            }
        }
        (_, Step::Note(_) | Step::Attachment) => words.attachment.to_owned(),
        (_, Step::Confirm) => words.confirm.to_owned(),
    };
    let complaint = form.complaint.as_ref().map(|complaint| match complaint {
        Complaint::NoAnswer => words.no_answer.to_owned(),
        Complaint::Needed => words.needed.to_owned(),
        Complaint::Said(text) => text.clone(),
    });
    if let Some(complaint) = complaint {
        lines.push(Line::styled(cut_to(&one_paragraph(&complaint), width), strong()));
    }
    lines.extend(fold(&asked, 0, width).into_iter().map(|line| Line::styled(line, strong())));
    // What is typed last stays in sight.
    let typed = harmless(&form.typed);
    let shown: String = {
        let room = width.saturating_sub(4);
        let mut used = 0;
        let mut tail: Vec<char> = Vec::new();
        for character in typed.chars().rev() {
            used += unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
            if used > room {
                break;
            }
            tail.push(character);
        }
        tail.into_iter().rev().collect()
    };
    lines.push(Line::from(format!("> {shown}▏")));
    lines
}

fn entry_line(entry: &harness::testcases::guided::Entry) -> String {
    let cells: Vec<String> = entry.0.iter().map(|(key, note)| format!("{key}: {}", note.line())).collect();
    cells.join("; ")
}

fn cut_to(text: &str, width: usize) -> String {
    cut(&harmless(text), width).into_iter().next().unwrap_or_default()
}

fn footer(frame: &mut Frame<'_>, area: Rect, seat: &Seat, words: &Words) {
    let keys = match seat.list {
        List::Open => words.browsing,
        List::Answered => words.reviewing,
    };
    let said = if seat.searching {
        format!("{}: {}▏", words.search, harmless(&seat.search))
    } else if let Some(told) = &seat.told {
        harmless(told)
    } else if !seat.search.is_empty() {
        format!("{}: {}", words.search, harmless(&seat.search))
    } else {
        String::new()
    };
    let lines = vec![Line::styled(said, strong()), Line::styled(keys, quiet())];
    frame.render_widget(Paragraph::new(lines), area);
}

fn help(frame: &mut Frame<'_>, area: Rect, words: &Words) {
    let height = u16::try_from(words.help.len()).unwrap_or(10) + 2;
    let width = area.width.saturating_sub(8).min(90);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + area.height.saturating_sub(height) / 2,
        width,
        height: height.min(area.height),
    };
    frame.render_widget(ratatui::widgets::Clear, place);
    let lines: Vec<Line<'_>> = words.help.iter().map(|line| Line::from(*line)).collect();
    frame.render_widget(Paragraph::new(lines).block(Block::default().borders(Borders::ALL)), place);
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
