//! Hostile inputs made from what is declared of an input: every field with values that it does not expect, fields
//! too few and too many, in another order, of other sizes, and requests that break the protocol.

use super::Input;
use super::case::{Announced, Case, Expected, Family, Message};
use super::draw::Draw;
use super::shape::{Written, body_of, octets_of, percent, quoted};
use super::values::hostile_values;

/// Size in octets that is too much where no greatest size is declared; a device may take it all the same.
const LARGE: usize = 256 * 1024;
/// Greatest size that is ever sent.
const LARGEST: usize = 1024 * 1024;

/// Cases of one input under construction.
pub(super) struct Grammar<'a> {
    input: &'a Input,
    draw: Draw,
    cases: Vec<Case>,
}

/// Every case that the grammar gives for an input, numbered in the order in which they are made.
pub(super) fn cases(input: &Input, seed: &str, mark: &str) -> Vec<Case> {
    let mut grammar =
        Grammar { input, draw: Draw::of(seed, &format!("grammar {}", input.name())), cases: Vec::new() };
    if input.fields.is_empty() {
        grammar.without_fields();
    } else {
        grammar.fields(mark);
        grammar.cardinality();
        grammar.order();
    }
    grammar.size();
    if input.is_web() {
        grammar.protocol();
    }
    grammar.cases
}

/// The content type of an input's kind.
pub(super) fn content_type(input: &Input) -> &'static str {
    match input.kind.as_str() {
        "json" => "application/json",
        "form" => "application/x-www-form-urlencoded",
        _ => "",
    }
}

impl Grammar<'_> {
    fn add(&mut self, family: Family, expected: Expected, told: impl Into<String>, message: Message) {
        let number = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        let told = told.into();
        self.cases.push(Case { generator: "grammar", number, family, expected, told, message });
    }

    fn body(&mut self, family: Family, expected: Expected, told: impl Into<String>, body: Vec<u8>) {
        let message = Message::of(content_type(self.input), body);
        self.add(family, expected, told, message);
    }

    /// The fields with other values than the present ones, by which it shows that something was taken.
    fn witnesses(&self) -> Vec<(String, Vec<u8>)> {
        self.input.written(super::Field::witness)
    }

    fn json(&self) -> bool {
        self.input.is_json()
    }

    fn fields(&mut self, mark: &str) {
        for (place, field) in self.input.fields.iter().enumerate() {
            for hostile in hostile_values(field, mark, &mut self.draw) {
                let Some(value) = hostile.written.of(self.input.is_json()) else { continue };
                let mut fields = self.witnesses();
                fields[place].1 = value.to_vec();
                let body = body_of(self.json(), &fields);
                let told = format!("{}: {}", field.name, hostile.told);
                self.body(hostile.family, hostile.expected, told, body);
            }
        }
    }

    fn cardinality(&mut self) {
        use Expected::{Refused, Tolerable};
        let (json, witnesses) = (self.json(), self.witnesses());
        for (place, field) in self.input.fields.iter().enumerate() {
            if field.required {
                let mut fields = witnesses.clone();
                fields.remove(place);
                self.body(
                    Family::Cardinality,
                    Refused,
                    format!("without {}", field.name),
                    body_of(json, &fields),
                );
            }
            let beyond = field.most.map_or_else(|| "not-listed".to_owned(), |most| (most + 7).to_string());
            let beyond = Written::declared(field, &beyond).of(json).unwrap_or_default().to_vec();
            let name = field.name.clone();
            for (told, first, second) in [
                ("a good one, then one beyond the limits", witnesses[place].1.clone(), beyond.clone()),
                ("one beyond the limits, then a good one", beyond.clone(), witnesses[place].1.clone()),
                ("the same one", witnesses[place].1.clone(), witnesses[place].1.clone()),
            ] {
                let mut fields = witnesses.clone();
                fields[place].1 = first;
                fields.insert(place + 1, (name.clone(), second));
                let told = format!("{name} twice: {told}");
                self.body(Family::Cardinality, Tolerable, told, body_of(json, &fields));
            }
        }
        let needed = self.input.fields.iter().any(|field| field.required);
        let empty = if needed { Refused } else { Tolerable };
        self.body(Family::Cardinality, empty, "all fields missing", body_of(json, &[]));
        self.body(Family::Cardinality, empty, "nothing at all", Vec::new());
        let unknown = |count: usize| {
            (0..count)
                .map(|n| (format!("unknown{n}"), Written::text("x").of(json).unwrap_or_default().to_vec()))
        };
        let with = |further: Vec<(String, Vec<u8>)>| [witnesses.clone(), further].concat();
        let room = self.input.largest.map_or(8000, |largest| largest as usize) / 2 / 16;
        for (told, count) in [("one unknown field", 1), ("very many unknown fields", room.clamp(20, 2000))] {
            self.body(Family::Cardinality, Tolerable, told, body_of(json, &with(unknown(count).collect())));
        }
        let long = 260 + self.draw.below(1500);
        let named = vec![("n".repeat(long), Written::text("x").of(json).unwrap_or_default().to_vec())];
        let told = format!("an unknown field with a name of {long} characters");
        self.body(Family::Cardinality, Tolerable, told, body_of(json, &with(named)));
        if json {
            self.nesting(&witnesses);
        }
    }

    /// Lists and objects inside each other, as a value of a field and beside them.
    fn nesting(&mut self, witnesses: &[(String, Vec<u8>)]) {
        let room = self.input.largest.map_or(16_000, |largest| largest as usize).saturating_sub(200);
        let depths = [
            8 + self.draw.below(24),
            100 + self.draw.below(200),
            (1000 + self.draw.below(2000)).min(room / 8),
        ];
        for depth in depths {
            let lists = [vec![b'['; depth], vec![b']'; depth]].concat();
            let objects =
                [b"{\"a\":".repeat(depth.min(room / 7)), b"1".to_vec(), vec![b'}'; depth.min(room / 7)]]
                    .concat();
            let open = vec![b'['; depth];
            let mut fields = witnesses.to_vec();
            fields[0].1 = lists.clone();
            let told = |what: &str| format!("{what} {depth} deep");
            self.body(Family::Cardinality, Expected::Refused, told("lists"), body_of(true, &fields));
            let beside = [witnesses.to_vec(), vec![("unknown".to_owned(), objects)]].concat();
            self.body(
                Family::Cardinality,
                Expected::Tolerable,
                told("objects beside"),
                body_of(true, &beside),
            );
            self.body(Family::Malformed, Expected::Refused, told("open lists"), open);
        }
    }

    fn order(&mut self) {
        let json = self.json();
        let mut reversed = self.witnesses();
        reversed.reverse();
        self.body(Family::Order, Expected::Tolerable, "fields reversed", body_of(json, &reversed));
        let body = body_of(json, &self.witnesses());
        if self.input.who.is_some() && self.input.is_web() {
            let mut message = Message::of(content_type(self.input), body.clone());
            (message.logged_in, message.hidden) = (false, false);
            self.add(Family::Order, Expected::Refused, "before the login", message);
        }
        if self.input.page.is_some() {
            let mut message = Message::of(content_type(self.input), body);
            message.hidden = false;
            let what = "without the hidden fields of the page before it";
            self.add(Family::Order, Expected::Refused, what, message);
        }
    }

    /// Above the declared greatest size.
    fn size(&mut self) {
        let (json, witnesses) = (self.json(), self.witnesses());
        let declared = self.input.largest.map(|largest| largest as usize);
        let (sizes, expected) = match declared {
            Some(largest) => (vec![largest + 1, largest * 2, (largest * 8).min(LARGEST)], Expected::Refused),
            None => (vec![LARGE], Expected::Tolerable),
        };
        // A datagram has a natural end.
        let web = self.input.is_web();
        for size in sizes.into_iter().filter(|size| web || *size <= 60_000) {
            // A query is part of a line.
            let size = if self.input.kind == "query" { size.min(60_000) } else { size };
            let body = if witnesses.is_empty() {
                let mut body = self.input.good();
                body.resize(size.max(body.len()), b'A');
                body
            } else {
                let filler = "A".repeat(size);
                let filler = Written::text(&filler).of(json).unwrap_or_default().to_vec();
                body_of(json, &[witnesses.clone(), vec![("filler".to_owned(), filler)]].concat())
            };
            self.body(Family::Size, expected, format!("{size} octets"), body);
        }
        if !web || self.input.kind == "query" {
            return;
        }
        let body = body_of(json, &witnesses);
        let kind = content_type(self.input);
        let cut = if json { Expected::Refused } else { Expected::Tolerable };
        for (told, announced, expected) in [
            ("100 octets more announced than come", Announced::More(100), Expected::Refused),
            ("one octet more announced than comes", Announced::More(1), Expected::Refused),
            ("4 GB announced", Announced::More(4_294_967_296), Expected::Refused),
            ("one octet fewer announced than comes", Announced::Fewer(1), cut),
            ("a negative length", Announced::Words("-1"), Expected::Refused),
            ("a length beyond every number", Announced::Words("99999999999999999999999"), Expected::Refused),
            ("a length that is a word", Announced::Words("many"), Expected::Refused),
        ] {
            let message = Message { announced, ..Message::of(kind, body.clone()) };
            self.add(Family::Size, expected, told, message);
        }
    }

    fn protocol(&mut self) {
        use Expected::{Refused, Tolerable};
        let json = self.json();
        let good = body_of(json, &self.witnesses());
        let kind = content_type(self.input);
        for cut in [4, 30, 90] {
            let message = Message { head_ends_after: Some(cut), ..Message::of(kind, good.clone()) };
            self.add(Family::Malformed, Refused, format!("a head that ends after {cut} octets"), message);
        }
        let long = "A".repeat(20_000);
        let with = |name: &'static str, value: &str| Message {
            headers: vec![(name, value.to_owned())],
            ..Message::of(kind, good.clone())
        };
        self.add(Family::Malformed, Tolerable, "a very long line in the head", with("X-Long", &long));
        // Of a query nobody has to read a body.
        let unread = if self.input.kind == "query" { Tolerable } else { Refused };
        self.add(Family::Malformed, unread, "two kinds of length", with("Transfer-Encoding", "chunked"));
        self.add(
            Family::Malformed,
            Tolerable,
            "an encoding that is none",
            with("Content-Encoding", "nonsense"),
        );
        if self.input.kind == "query" {
            return;
        }
        let odd = Message { content_type: "text/plain", ..Message::of(kind, good.clone()) };
        self.add(Family::Malformed, Tolerable, "another content type", odd);
        let none = Message { content_type: "", ..Message::of(kind, good.clone()) };
        self.add(Family::Malformed, Tolerable, "no content type", none);
        if !json {
            let body = [good.clone(), b"&&=&%=%%&=".to_vec()].concat();
            self.body(Family::Malformed, Tolerable, "pairs that are none", body);
            return;
        }
        let half = good[..good.len() / 2].to_vec();
        let open = good[..good.len() - 1].to_vec();
        let trailing = [&open, &b",}"[..]].concat();
        let single = String::from_utf8_lossy(&good).replace('"', "'").into_bytes();
        let twice = [good.clone(), good.clone()].concat();
        let wide: Vec<u8> =
            String::from_utf8_lossy(&good).encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (told, body) in [
            ("half of it", half),
            ("without its last bracket", open),
            ("single quotes", single),
            ("two objects in a row", twice),
            ("a bare text", quoted("hello")),
            ("a bare list", [b"[".to_vec(), good.clone(), b"]".to_vec()].concat()),
            ("octets that are no JSON", b"\x00\x01\x02\xff".to_vec()),
        ] {
            self.body(Family::Malformed, Refused, told, body);
        }
        for (told, body) in [
            ("a comma before the last bracket", trailing),
            ("two octets a character", wide),
            ("a comment in it", [&b"/* a */"[..], &good].concat()),
        ] {
            self.body(Family::Malformed, Tolerable, told, body);
        }
    }

    /// Of an input that is octets and nothing more is known of.
    fn without_fields(&mut self) {
        use Expected::Tolerable;
        let example = self.input.example.as_deref().map(octets_of).unwrap_or_default();
        let random = self.draw.octets(example.len().max(16));
        let text = percent(b"<hello>").repeat(4);
        for (family, told, body) in [
            (Family::Type, "random octets", random),
            (Family::Type, "a text", text),
            (Family::Cardinality, "the message twice", [example.clone(), example.clone()].concat()),
            (Family::Cardinality, "nothing at all", Vec::new()),
            (Family::Order, "octets reversed", example.iter().rev().copied().collect()),
            (Family::Order, "second half first", {
                let mut turned = example.clone();
                turned.rotate_left(example.len() / 2);
                turned
            }),
            (Family::Size, "1400 octets of zero", vec![0; 1400]),
            (Family::Size, "8000 octets of ones", vec![255; 8000]),
        ] {
            self.body(family, Tolerable, told, body);
        }
        for length in [1, example.len() / 2, example.len().saturating_sub(1)] {
            self.body(
                Family::Malformed,
                Tolerable,
                format!("its first {length} octets"),
                example[..length.min(example.len())].to_vec(),
            );
        }
        for place in 0..example.len().min(24) {
            for (value, told) in [(0xff, "all ones"), (0x00, "zero"), (0xc0, "c0")] {
                let mut body = example.clone();
                if body[place] == value {
                    continue;
                }
                body[place] = value;
                self.body(Family::Value, Tolerable, format!("octet {place} is {told}"), body);
            }
        }
    }
}
