//! Words for a terminal: made harmless, and folded to its width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of the terminal on stderr, at most 100 so that lines stay readable; 80 where there is none.
pub(crate) fn columns() -> usize {
    terminal_size::terminal_size_of(std::io::stderr())
        .map_or(80, |(width, _)| usize::from(width.0))
        .clamp(40, 100)
}

/// The text in one paragraph: white space folded, and what steers a terminal or turns the reading
/// direction made visible. Suppliers and devices write such texts.
pub(crate) fn one_paragraph(text: &str) -> String {
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text with control characters and those that turn the reading direction made visible.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|character| if steers(character) { '\u{fffd}' } else { character }).collect()
}

/// Whether a character does something to a terminal instead of standing there.
pub(crate) fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Lines of at most `width` columns, of which `taken` are used in the first one already. Broken at spaces
/// and between characters of scripts that write without them, never inside an id; a word that is longer
/// than a line is cut.
pub(crate) fn fold(text: &str, taken: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = taken.min(width);
    for word in text.split_whitespace() {
        for (index, piece) in pieces(word).into_iter().enumerate() {
            let line = lines.last_mut().expect("there is always a line");
            let space = usize::from(index == 0 && !line.is_empty());
            if used + space + piece.width() <= width {
                line.push_str(&" ".repeat(space));
                line.push_str(piece);
                used += space + piece.width();
                continue;
            }
            if used > 0 {
                lines.push(String::new());
                used = 0;
            }
            for character in piece.chars() {
                let columns = character.width().unwrap_or(0);
                if used + columns > width {
                    lines.push(String::new());
                    used = 0;
                }
                lines.last_mut().expect("there is always a line").push(character);
                used += columns;
            }
        }
    }
    lines
}

/// Parts of a word between which a line may end: around wide characters, but no line begins with what
/// closes or ends with what opens.
fn pieces(word: &str) -> Vec<&str> {
    const NOT_FIRST: &str = "、。，．・：；？！」』）】〉》〕］｝)]}ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
    const NOT_LAST: &str = "「『（【〈《〔［｛([{";
    let wide = |character: char| character.width() == Some(2);
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, character) in word.char_indices() {
        if let Some(before) = before
            && (wide(before) || wide(character))
            && !NOT_FIRST.contains(character)
            && !NOT_LAST.contains(before)
        {
            parts.push(&word[start..at]);
            start = at;
        }
        before = Some(character);
    }
    parts.push(&word[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_at_spaces_and_lose_nothing() {
        let text = "word ".repeat(40);
        let lines = fold(&text, 10, 30);
        assert!(lines.len() > 1);
        assert!(lines[0].width() <= 20, "{lines:?}");
        assert!(lines.iter().all(|line| line.width() <= 30), "{lines:?}");
        assert_eq!(lines.join(" ").split_whitespace().count(), 40);
    }

    #[test]
    fn an_id_stays_whole_and_what_is_longer_than_a_line_is_cut() {
        assert_eq!(fold("(concerns 4-1-1:a)", 0, 14), ["(concerns", "4-1-1:a)"]);
        assert_eq!(fold("abcdefgh", 0, 5), ["abcde", "fgh"]);
    }

    #[test]
    fn japanese_is_broken_by_columns_and_not_before_a_full_stop() {
        assert_eq!(fold("機器の状態。次", 0, 10), ["機器の状", "態。次"]);
        assert_eq!(fold("機器「状態」", 0, 6), ["機器", "「状", "態」"]);
    }

    #[test]
    fn what_the_device_says_cannot_steer_the_terminal() {
        assert_eq!(one_paragraph("a\u{1b}[2Jb\n  c"), "a\u{fffd}[2Jb c");
        assert_eq!(one_paragraph("pass\u{202e}lian"), "pass\u{fffd}lian");
    }
}
