//! Hostile inputs made by changing a good one at random.

use super::Input;
use super::case::{Case, Expected, Family, Message};
use super::draw::Draw;
use super::grammar::content_type;
use super::shape::body_of;

/// Pieces that parsers trip over.
const PIECES: [&[u8]; 14] = [
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":",
    b"\"",
    b"\\",
    b"%",
    b"&&&&",
    b"=",
    b"\0",
    b"\xff\xff\xff\xff",
    b"-99999999999999999999",
    b"1e999",
    b"\r\n\r\n",
    b"%00",
    b"../../../../",
];
/// Greatest size of a changed input.
const LARGEST: usize = 12_000;

/// The mutation of that number: the same for the same seed and input.
pub(super) fn case(input: &Input, seed: &str, number: u32) -> Case {
    let mut draw = Draw::of(seed, &format!("mutation {} {number}", input.name()));
    let mut body = if input.fields.is_empty() {
        input.good()
    } else {
        body_of(input.is_json(), &input.written(super::Field::witness))
    };
    let changes = 1 + draw.below(4);
    let mut told = Vec::new();
    for _ in 0..changes {
        told.push(change(&mut body, &mut draw));
    }
    body.truncate(LARGEST);
    Case {
        generator: "mutation",
        number,
        family: Family::Malformed,
        // What came of it may be a good input of its own.
        expected: Expected::Tolerable,
        told: told.join(", "),
        message: Message::of(content_type(input), body),
    }
}

fn change(body: &mut Vec<u8>, draw: &mut Draw) -> &'static str {
    let length = body.len();
    let from = draw.below(length + 1);
    let until = (from + 1 + draw.below(16)).min(length);
    match draw.below(7) {
        0 if from < length => {
            body[from] ^= 1 << draw.below(8);
            "a bit turned"
        }
        1 if from < length => {
            body[from] = draw.next() as u8;
            "an octet replaced"
        }
        2 if from < until => {
            body.drain(from..until);
            "octets left out"
        }
        3 if from < until => {
            let piece = body[from..until].to_vec();
            let times = 1 + draw.below(200);
            body.splice(from..from, piece.repeat(times).into_iter().take(4000));
            "octets repeated"
        }
        4 if from < until => {
            let piece: Vec<u8> = body.drain(from..until).collect();
            let to = draw.below(body.len() + 1);
            body.splice(to..to, piece);
            "octets moved"
        }
        5 => {
            let count = 1 + draw.below(32);
            let octets = draw.octets(count);
            body.splice(from..from, octets);
            "random octets put in"
        }
        _ => {
            let piece = draw.one(&PIECES).copied().unwrap_or(b"\0");
            body.splice(from..from, piece.iter().copied());
            "a piece put in"
        }
    }
}
