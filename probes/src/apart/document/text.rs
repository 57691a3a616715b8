//! Octets into letters: UTF-8, UTF-16, and the codings of older Japanese documents.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::apart::Unreadable;

/// The text and the name of its coding.
pub(super) fn decoded(octets: &[u8]) -> Result<(String, &'static str), Unreadable> {
    if let Some((coding, _)) = Encoding::for_bom(octets) {
        // What is broken in it becomes a sign of replacement.
        return Ok((coding.decode_with_bom_removal(octets).0.into_owned(), coding.name()));
    }
    if let Some(coding) = without_mark(octets) {
        return Ok((coding.decode_without_bom_handling(octets).0.into_owned(), coding.name()));
    }
    if octets.contains(&0) {
        return Err(Unreadable::new("not-text", "it holds octets that stand in no text"));
    }
    if let Ok(text) = std::str::from_utf8(octets) {
        // ISO-2022-JP is written in ASCII with escapes.
        let escapes = octets.windows(3).any(|three| matches!(three, b"\x1b$B" | b"\x1b$@" | b"\x1b(J"));
        let coding = ISO_2022_JP.decode_without_bom_handling_and_without_replacement(octets);
        return Ok(match coding.filter(|_| escapes) {
            Some(text) => (text.into_owned(), ISO_2022_JP.name()),
            None => (text.to_owned(), "UTF-8"),
        });
    }
    let candidates = [SHIFT_JIS, EUC_JP].into_iter().filter_map(|coding| {
        let text = coding.decode_without_bom_handling_and_without_replacement(octets)?;
        Some((japanese(&text), text.into_owned(), coding.name()))
    });
    let best = candidates.filter(|(share, ..)| *share > 0).max_by_key(|(share, ..)| *share);
    if let Some((_, text, name)) = best {
        return Ok((text, name));
    }
    let controls = octets.iter().filter(|octet| matches!(octet, 0..=8 | 14..=26 | 28..=31)).count();
    if controls * 100 > octets.len() {
        return Err(Unreadable::new("not-text", "it holds octets that stand in no text"));
    }
    Ok((WINDOWS_1252.decode_without_bom_handling(octets).0.into_owned(), WINDOWS_1252.name()))
}

/// UTF-16 without its mark: nearly every letter of a western text, and every line end, has an octet 0 on one side.
fn without_mark(octets: &[u8]) -> Option<&'static Encoding> {
    let (pairs, rest) = octets.as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let enough = |zeros: usize| zeros * 50 > pairs.len();
    match (enough(first), enough(second)) {
        (true, false) if rest.is_empty() && second == 0 => Some(UTF_16BE),
        (false, true) if rest.is_empty() && first == 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// Of a thousand letters, how many are kana or common ideographs rather than the half-width kana and rare signs that
/// the wrong coding makes of Japanese.
fn japanese(text: &str) -> usize {
    let of = |likely: fn(char) -> bool| text.chars().filter(|letter| likely(*letter)).count();
    let likely = of(
        |letter| matches!(letter, '\u{3000}'..='\u{3002}' | '\u{3041}'..='\u{309f}' | '\u{30a0}'..='\u{30ff}'),
    );
    let unlikely = of(|letter| matches!(letter, '\u{ff61}'..='\u{ff9f}' | '\u{e000}'..='\u{f8ff}'));
    let all = of(|letter| !letter.is_ascii());
    likely.saturating_sub(unlikely) * 1000 / all.max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JAPANESE: &str = "第7章 データの消去\n利用履歴は本体から消去できます。\n";

    #[test]
    fn every_coding_is_found_out() {
        let utf_16 = |swap: bool| -> Vec<u8> {
            let octets = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
            "Chapter 7\nDeleting データ\n".encode_utf16().flat_map(octets).collect()
        };
        assert_eq!(decoded(&utf_16(false)).unwrap(), ("Chapter 7\nDeleting データ\n".into(), "UTF-16LE"));
        assert_eq!(decoded(&utf_16(true)).unwrap(), ("Chapter 7\nDeleting データ\n".into(), "UTF-16BE"));
        let marked = [&[0xff, 0xfe][..], &utf_16(false)].concat();
        assert_eq!(decoded(&marked).unwrap(), ("Chapter 7\nDeleting データ\n".into(), "UTF-16LE"));
        assert_eq!(decoded(JAPANESE.as_bytes()).unwrap(), (JAPANESE.into(), "UTF-8"));
        for coding in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            let octets = coding.encode(JAPANESE).0;
            assert_eq!(decoded(&octets).unwrap(), (JAPANESE.into(), coding.name()));
        }
        assert_eq!(decoded(b"Gef\xe4hrlich").unwrap(), ("Gefährlich".into(), "windows-1252"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for octets in [&b"\x7fELF\x02\x01\x01\0\0\0\x03"[..], b"\x89PNG\r\n\x1a\n\x01\x02\x03\x04"] {
            assert_eq!(decoded(octets).unwrap_err().code, "not-text");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_decoded_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decoded(&octets);
        }
    }
}
