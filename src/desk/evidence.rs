//! What a piece of evidence looks like on the desk. Nothing in it is believed or interpreted.

use harness::OpenRecord;
use harness::probes::EvidenceRef;

use crate::folding::harmless;

/// Most lines of a preview.
const MOST_LINES: usize = 400;
/// Most bytes that are looked at.
const MOST_BYTES: usize = 256 << 10;

/// What of a piece of evidence can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Preview {
    /// Its lines; whether more follow.
    Lines(Vec<String>, bool),
    /// No text: its size in bytes, and what its first bytes look like.
    Binary(usize, &'static str),
    /// It is a place in the declaration, shown among the facts.
    Declared,
    /// It is not there.
    Missing,
}

/// The preview of a piece of evidence.
pub(super) fn preview(desk: &OpenRecord, evidence: &EvidenceRef) -> Preview {
    if !evidence.reference.starts_with("sha256:") {
        return Preview::Declared;
    }
    match desk.evidence(&evidence.reference) {
        Some(bytes) => of(&bytes),
        None => Preview::Missing,
    }
}

fn of(bytes: &[u8]) -> Preview {
    if let Some(kind) = kind(bytes) {
        return Preview::Binary(bytes.len(), kind);
    }
    let head = &bytes[..bytes.len().min(MOST_BYTES)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut inside a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Preview::Binary(bytes.len(), "binary"),
    };
    let laid_out = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = laid_out.as_deref().unwrap_or(text);
    let lines: Vec<String> = text.lines().take(MOST_LINES).map(|line| harmless(&untabbed(line))).collect();
    let more = bytes.len() > MOST_BYTES || text.lines().nth(MOST_LINES).is_some();
    Preview::Lines(lines, more)
}

fn untabbed(line: &str) -> String {
    line.replace('\t', "    ")
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG", "PNG"),
        (b"%PDF", "PDF"),
        (b"\x0a\x0d\x0d\x0a", "pcapng"),
        (b"\xd4\xc3\xb2\xa1", "pcap"),
        (b"\x4d\x3c\xb2\xa1", "pcap"),
        (b"PK\x03\x04", "ZIP"),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_what_steers_a_terminal_is_made_visible() {
        let Preview::Lines(lines, more) = of(b"{\"a\":\"\x1b[31m\"}") else { panic!("text") };
        assert_eq!(lines, ["{\"a\":\"\u{fffd}[31m\"}"], "control characters are no JSON");
        assert!(!more);
        assert_eq!(
            of(br#"{"a":1}"#),
            Preview::Lines(vec!["{".into(), "  \"a\": 1".into(), "}".into()], false)
        );
    }

    #[test]
    fn pictures_and_captures_are_named_and_long_texts_cut() {
        assert_eq!(of(b"\xff\xd8\xff\xe0"), Preview::Binary(4, "JPEG"));
        assert_eq!(of(b"\x00\xfe\x01"), Preview::Binary(3, "binary"));
        let Preview::Lines(lines, more) = of("x\n".repeat(500).as_bytes()) else { panic!("text") };
        assert_eq!((lines.len(), more), (MOST_LINES, true));
    }
}
