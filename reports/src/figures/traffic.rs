//! Traffic by destination: how much went where, whether it is declared, and whether it went in the clear.

use super::svg::{Held, Sheet, WIDTH, legend};
use super::{Drawing, Table};
use crate::heard::{Heard, Place};
use crate::words::Words;

/// Destinations that are drawn; further ones are counted.
const DRAWN: usize = 12;

/// Protocols that protect what they carry.
const PROTECTING: &[&str] = &["tls", "dtls", "quic", "ssh"];

/// How what went to a place was protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    /// Something went in the clear.
    Clear,
    /// By a protocol that was recognized.
    Encrypted,
    /// Neither was recognized.
    Unknown,
}

impl Protection {
    fn of(place: &Place) -> Self {
        let protects = |protocol: &String| PROTECTING.contains(&protocol.as_str());
        if place.clear {
            Self::Clear
        } else if !place.tls.is_empty() || place.protocols.iter().any(protects) {
            Self::Encrypted
        } else {
            Self::Unknown
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Clear => "heard-clear",
            Self::Encrypted => "traffic-encrypted",
            Self::Unknown => "traffic-unknown",
        }
    }
}

/// The figure; a sentence where nothing was captured or nothing was said.
pub(crate) fn draw(words: &Words, heard: &Heard) -> Drawing {
    let title = words.ui("figure-traffic");
    if heard.captures == 0 {
        return Drawing::missing(title, words.ui("figure-traffic-none"));
    }
    let mut places: Vec<&Place> = heard.places.iter().collect();
    if places.is_empty() {
        return Drawing::missing(title, words.ui("figure-traffic-silence"));
    }
    // What is not declared is never left out for want of room.
    places.sort_by_key(|place| (place.standing != "undeclared", std::cmp::Reverse(octets(place))));
    let further = places.len().saturating_sub(DRAWN) + heard.further_places;
    places.truncate(DRAWN);
    const ROW: f64 = 31.0;
    let top = 20.0;
    let mut sheet = Sheet::new(WIDTH, top + ROW * places.len() as f64);
    let all = [Protection::Encrypted, Protection::Clear, Protection::Unknown];
    let said: Vec<String> = all.iter().map(|protection| words.ui(protection.word()).to_owned()).collect();
    for ((text, protection), [x, y]) in said.iter().zip(all).zip(legend(&said).0) {
        bar(&mut sheet, protection, [x, y + 2.0, 12.0, 10.0]);
        sheet.text("t", [x + 17.0, y + 11.0], Held::Start, text, 44);
    }
    let most = places.iter().map(|place| octets(place)).max().unwrap_or(1).max(1);
    for (row, place) in places.iter().enumerate() {
        let y = top + ROW * row as f64;
        let standing = words.ui(&format!("heard-{}", place.standing)).to_owned();
        let bad = place.standing == "undeclared";
        let said = if bad { format!("✕ {standing}") } else { standing };
        sheet.text(if bad { "t strong" } else { "t" }, [0.0, y + 11.0], Held::Start, &place.place, 36);
        sheet.text(if bad { "t strong bad" } else { "t quiet" }, [WIDTH, y + 11.0], Held::End, &said, 24);
        let width = (WIDTH - 70.0) * octets(place) as f64 / most as f64;
        bar(&mut sheet, Protection::of(place), [0.5, y + 15.5, width.max(2.0), 9.0]);
        sheet.text("t", [width.max(2.0) + 6.0, y + 24.0], Held::Start, &size(octets(place)), 12);
    }
    let undeclared = heard.places.iter().filter(|place| place.standing == "undeclared").count();
    let clear = heard.places.iter().filter(|place| place.clear).count();
    let told = words
        .ui("figure-traffic-told")
        .replace("{n}", &(heard.places.len() + heard.further_places).to_string())
        .replace("{undeclared}", &undeclared.to_string())
        .replace("{clear}", &clear.to_string());
    let head = ["heard-place", "heard-standing", "figure-protection", "figure-octets"];
    let line = |place: &&Place| {
        vec![
            place.place.clone(),
            words.ui(&format!("heard-{}", place.standing)).to_owned(),
            words.ui(Protection::of(place).word()).to_owned(),
            octets(place).to_string(),
        ]
    };
    Drawing {
        lead: Some(told.clone()),
        svgs: vec![sheet.finish("figure-traffic", title, &told)],
        table: Some(Table {
            head: head.iter().map(|key| words.ui(key).to_owned()).collect(),
            rows: places.iter().map(line).collect(),
            numbers: false,
        }),
        further: (further > 0).then(|| words.ui("heard-more").replace("{n}", &further.to_string())),
        ..Drawing::titled(title)
    }
}

fn octets(place: &Place) -> u64 {
    place.sent.saturating_add(place.received)
}

fn bar(sheet: &mut Sheet, protection: Protection, place: [f64; 4]) {
    match protection {
        Protection::Encrypted => sheet.rect("k-observed", place),
        Protection::Clear => {
            sheet.rect("k-clear", place);
            sheet.hatch("h-bad", place, true);
        }
        Protection::Unknown => sheet.rect("k-open", place),
    }
}

/// Octets in a form that is read at a glance.
fn size(octets: u64) -> String {
    match octets {
        0..=9_999 => format!("{octets} B"),
        10_000..=9_999_999 => format!("{} kB", (octets + 500) / 1000),
        _ => format!("{} MB", (octets + 500_000) / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use testcases::texts::Language;

    use super::*;

    fn place(name: &str, standing: &'static str, clear: bool, sent: u64) -> Place {
        Place {
            place: name.to_owned(),
            addresses: Vec::new(),
            standing,
            row: None,
            protocols: vec![if clear { "http" } else { "tls" }.to_owned()],
            tls: Vec::new(),
            clear,
            connections: 1,
            established: 1,
            sent,
            received: 0,
            noticed: Vec::new(),
        }
    }

    #[test]
    fn what_is_not_declared_and_what_is_in_the_clear_stand_out_without_colour() {
        let heard = Heard {
            captures: 1,
            places: vec![
                place("cloud.example:8883/tcp", "declared", false, 90_000),
                place("<b>spy", "undeclared", true, 10),
            ],
            ..Heard::default()
        };
        for language in Language::ALL {
            let words = Words::of(*language);
            let drawing = draw(words, &heard);
            let svg = &drawing.svgs[0];
            assert!(svg.contains(&format!("✕ {}", words.ui("heard-undeclared"))), "{svg}");
            assert!(svg.contains("h-bad") && !svg.contains("<b>spy"), "{svg}");
            assert_eq!(
                drawing.table.expect("the same in numbers").rows[0][0],
                "<b>spy",
                "first what is not declared"
            );
        }
    }

    #[test]
    fn a_run_without_captures_has_a_sentence_and_no_figure() {
        let words = Words::of(Language::En);
        let without = draw(words, &Heard::default());
        let silent = draw(words, &Heard { captures: 1, ..Heard::default() });
        assert!(without.svgs.is_empty() && silent.svgs.is_empty());
        assert!(without.missing.is_some() && without.missing != silent.missing);
    }

    #[test]
    fn octets_are_rounded_to_what_is_read() {
        assert_eq!(
            (size(9_999), size(12_499), size(12_000_000)),
            ("9999 B".into(), "12 kB".into(), "12 MB".into())
        );
    }
}
