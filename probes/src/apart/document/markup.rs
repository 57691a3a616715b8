//! Text without its markup. A line of Markdown stays a line, so that its number is that of the file.

use crate::http::page_passages::{PassageKind, passages_of_html};

/// Each passage a line, an empty one before what does not belong to the one before.
pub(super) fn lines_of_html(html: &str) -> String {
    let mut text = String::new();
    let mut before = None;
    for passage in passages_of_html(html) {
        let list = |kind: PassageKind| matches!(kind, PassageKind::Item | PassageKind::Row);
        if before.is_some_and(|before| !(before == passage.kind && list(passage.kind))) {
            text.push('\n');
        }
        if passage.kind == PassageKind::Item {
            text.push_str("- ");
        }
        text.push_str(&passage.text);
        text.push('\n');
        before = Some(passage.kind);
    }
    text
}

/// The lines of a Markdown file without what marks emphasis, code and links inside them, and without comments, which
/// no reader sees.
pub(super) fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut commented = false;
    let mut fenced = false;
    for line in text.lines() {
        let mut line = seen(line, &mut commented);
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        if fence {
            fenced = !fenced;
            line.clear();
        } else if !fenced {
            line = row(&unmarked(&line));
        }
        plain.push_str(&line);
        plain.push('\n');
    }
    plain
}

/// What of a line stands outside of `<!-- -->`.
fn seen(mut line: &str, commented: &mut bool) -> String {
    let mut seen = String::new();
    loop {
        let (mark, len) = if *commented { ("-->", 3) } else { ("<!--", 4) };
        let Some(at) = line.find(mark) else {
            if !*commented {
                seen.push_str(line);
            }
            return seen;
        };
        if !*commented {
            seen.push_str(&line[..at]);
        }
        line = &line[at + len..];
        *commented = !*commented;
    }
}

/// `**forecast** of [wear](wear.md)` is "forecast of wear".
fn unmarked(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    // The mark of an item stays.
    let item = line[start..].starts_with("* ") || line[start..].starts_with("+ ");
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    if item {
        plain.push_str(&line[..start]);
        plain.push_str("- ");
        rest = &line[start + 2..];
    }
    let mut before = ' ';
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        match letter {
            '*' | '`' => {}
            '~' if after.starts_with('~') => {}
            '~' if before == '~' => {}
            // Part of a name between letters, emphasis elsewhere.
            '_' if !before.is_alphanumeric() || !after.starts_with(char::is_alphanumeric) => {}
            '\\' if after.starts_with(|next: char| next.is_ascii_punctuation()) => {}
            '!' if after.starts_with('[') => {}
            '[' => {}
            ']' if after.starts_with('(') => {
                if let Some(end) = after.find(')') {
                    before = ')';
                    rest = &after[end + 1..];
                    continue;
                }
            }
            ']' => {}
            other => plain.push(other),
        }
        before = letter;
        rest = after;
    }
    plain
}

/// `| Usage | maintenance |` is "Usage | maintenance"; the rule below the headings is nothing.
fn row(line: &str) -> String {
    let trimmed = line.trim();
    let Some(inside) = trimmed.strip_prefix('|') else { return line.to_owned() };
    let inside = inside.strip_suffix('|').unwrap_or(inside);
    if inside.chars().all(|letter| matches!(letter, '-' | ':' | '|' | ' ')) {
        return String::new();
    }
    inside.split('|').map(str::trim).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_go_and_lines_stay() {
        let text = "# Manual\n\n* the **forecast** of [wear](wear.md)\n<!-- never\nshown --> seen\n\
                    | Data | Who |\n|---|:-:|\n| snake_case | `maintenance` |\n```\na * b\n```\nend";
        let plain = without_marks(text);
        let lines: Vec<&str> = plain.lines().collect();
        assert_eq!(
            lines,
            [
                "# Manual",
                "",
                "- the forecast of wear",
                "",
                " seen",
                "Data | Who",
                "",
                "snake_case | maintenance",
                "",
                "a * b",
                "",
                "end"
            ]
        );
    }

    #[test]
    fn html_is_a_line_for_each_passage() {
        let html = "<h2>Deleting</h2><p>Hold the key.</p><ul><li>one<li>two</ul><script>never()</script>\
                    <table><tr><td>a<td>b</tr><tr><td>c<td>d</tr></table>";
        assert_eq!(lines_of_html(html), "Deleting\n\nHold the key.\n\n- one\n- two\n\na | b\nc | d\n");
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "(<!--|-->|\\*|_|\\[|\\]|\\(|\\)|`|\\||\n|~|a|日|\\PC){0,60}") {
            prop_assert_eq!(without_marks(&text).lines().count(), text.lines().count());
            let _ = lines_of_html(&text);
        }
    }
}
