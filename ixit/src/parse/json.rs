//! JSON with the place of every key and value. Stops at the first syntax error.

use crate::complaints::Complaints;
use crate::node::{Content, DEPTH_LIMIT, Entry, Node};
use crate::source::SourceText;

pub(crate) fn read(source: &SourceText<'_>, to: &mut Complaints) -> Option<Node> {
    let mut parser = Parser { source, bytes: source.text().as_bytes(), offset: 0, duplicates: Vec::new() };
    if source.text().starts_with('\u{feff}') {
        parser.offset = '\u{feff}'.len_utf8();
    }
    let result = parser.value(1).and_then(|node| {
        parser.space();
        if parser.offset < parser.bytes.len() {
            Err(parser.fault("Nothing may follow the closing brace"))
        } else {
            Ok(node)
        }
    });
    for (key, at) in parser.duplicates {
        to.error(
            "duplicate-key",
            &at,
            format!("The key `{key}` stands here twice"),
            Some("Keep one of the two".into()),
        );
    }
    match result {
        Ok(node) if matches!(node.content, Content::Table(_)) => Some(node),
        Ok(node) => {
            to.incomplete = true;
            to.wrong_type(&node, "an object in braces");
            None
        }
        Err(fault) => {
            to.incomplete = true;
            let at = source.at(fault.offset..fault.offset + 1);
            to.error(
                fault.code,
                &at,
                fault.message,
                Some("The file is JSON by its name and has to follow RFC 8259".into()),
            );
            None
        }
    }
}

struct Parser<'s, 'a> {
    source: &'s SourceText<'a>,
    bytes: &'a [u8],
    offset: usize,
    duplicates: Vec<(String, crate::located::At)>,
}

struct Fault {
    code: &'static str,
    offset: usize,
    message: String,
}

impl Parser<'_, '_> {
    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        self.space();
        let start = self.offset;
        let content = match self.peek() {
            Some(b'{' | b'[') if depth > DEPTH_LIMIT => {
                return Err(Fault {
                    code: "too-deep",
                    offset: start,
                    message: format!("Nested more than {DEPTH_LIMIT} deep"),
                });
            }
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Content::Text(self.string()?),
            Some(b't') => self.word("true", Content::Flag(true))?,
            Some(b'f') => self.word("false", Content::Flag(false))?,
            Some(b'n') => self.word("null", Content::Other("null"))?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.fault("A value is expected here")),
        };
        Ok(Node { content, at: self.source.at(start..self.offset) })
    }

    fn object(&mut self, depth: usize) -> Result<Content, Fault> {
        self.offset += 1;
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        self.space();
        if self.take(b'}') {
            return Ok(Content::Table(entries));
        }
        loop {
            self.space();
            let start = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.fault("A key in quotes is expected here"));
            }
            let key = self.string()?;
            let key_at = self.source.at(start..self.offset);
            self.space();
            if !self.take(b':') {
                return Err(self.fault("A colon is expected after the key"));
            }
            let node = self.value(depth + 1)?;
            if seen.insert(key.clone()) {
                entries.push(Entry { key, key_at, node });
            } else {
                self.duplicates.push((key, key_at));
            }
            self.space();
            if self.take(b'}') {
                return Ok(Content::Table(entries));
            }
            if !self.take(b',') {
                return Err(self.fault("A comma or a closing brace is expected here"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Content, Fault> {
        self.offset += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Content::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(Content::List(items));
            }
            if !self.take(b',') {
                return Err(self.fault("A comma or a closing bracket is expected here"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.offset;
        self.offset += 1;
        loop {
            match self.peek() {
                None => return Err(Fault { offset: start, ..self.fault("The text has no closing quote") }),
                Some(b'"') => break,
                Some(b'\\') => self.offset += 2,
                Some(0..=0x1f) => {
                    return Err(self.fault("A control character has to be written as an escape"));
                }
                Some(_) => self.offset += 1,
            }
        }
        self.offset += 1;
        // The escapes are those of JSON, and serde_json knows them all.
        let text = self.source.text().get(start..self.offset).unwrap_or_default();
        serde_json::from_str(text).map_err(|_| Fault {
            offset: start,
            ..self.fault("The text has an escape that JSON does not know")
        })
    }

    fn number(&mut self) -> Result<Content, Fault> {
        let start = self.offset;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.offset += 1;
        }
        let text = self.source.text().get(start..self.offset).unwrap_or_default();
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Ok(match number.as_i64() {
                Some(number) => Content::Number(number),
                None if number.is_u64() => Content::Other("a number that is too large"),
                None => Content::Other("a number with a fraction"),
            }),
            Err(_) => Err(Fault { offset: start, ..self.fault("This is no number of JSON") }),
        }
    }

    fn word(&mut self, word: &str, content: Content) -> Result<Content, Fault> {
        if self.bytes[self.offset..].starts_with(word.as_bytes()) {
            self.offset += word.len();
            Ok(content)
        } else {
            Err(self.fault("A value is expected here; texts stand in quotes"))
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.offset += 1;
        }
        there
    }

    fn fault(&self, message: &str) -> Fault {
        Fault { code: "syntax", offset: self.offset, message: message.to_owned() }
    }
}
