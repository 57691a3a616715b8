//! The text of a declaration file, from byte offsets to lines and columns.

use std::ops::Range;
use std::sync::Arc;

use crate::located::At;

/// Bytes per counted block: the cost of one column is bounded by this, however long the line is.
const BLOCK: usize = 256;

/// A file that is being read.
pub(crate) struct SourceText<'a> {
    name: Arc<str>,
    text: &'a str,
    /// First byte of each line.
    lines: Vec<usize>,
    /// Characters that begin before each block of [`BLOCK`] bytes.
    blocks: Vec<usize>,
}

impl<'a> SourceText<'a> {
    pub(crate) fn new(name: &str, text: &'a str) -> Self {
        let mut lines = vec![0];
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut characters = 0;
        for (offset, byte) in text.bytes().enumerate() {
            if offset % BLOCK == 0 {
                blocks.push(characters);
            }
            if byte == b'\n' {
                lines.push(offset + 1);
            }
            if begins_character(byte) {
                characters += 1;
            }
        }
        if blocks.len() * BLOCK <= text.len() {
            blocks.push(characters);
        }
        Self { name: Arc::from(name), text, lines, blocks }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The place of a span of bytes.
    pub(crate) fn at(&self, span: Range<usize>) -> At {
        let start = span.start.min(self.text.len());
        let line = self.lines.partition_point(|first| *first <= start) - 1;
        let mut column = self.characters_before(start) - self.characters_before(self.lines[line]) + 1;
        if line == 0 && column > 1 && self.text.starts_with('\u{feff}') {
            column -= 1;
        }
        At {
            file: Arc::clone(&self.name),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            start,
            end: span.end.clamp(start, self.text.len()),
        }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = &self.text.as_bytes()[block * BLOCK..offset];
        self.blocks[block] + rest.iter().filter(|byte| begins_character(**byte)).count()
    }
}

fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = SourceText::new("ics.toml", "a\n水=湯\n");
        let at = source.at(6..9);
        assert_eq!((at.line, at.column), (2, 3));
    }

    #[test]
    fn columns_are_right_beyond_the_first_block_of_a_long_line() {
        let text = format!("{}x", "水".repeat(1000));
        let at = SourceText::new("ics.json", &text).at(3000..3001);
        assert_eq!((at.line, at.column), (1, 1001));
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let at = SourceText::new("ics.toml", "\u{feff}edition = 1").at(3..10);
        assert_eq!((at.line, at.column), (1, 1));
    }
}
