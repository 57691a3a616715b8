//! Input of visitors: what the sound device takes, and what a device with a fault does with the rest.

use std::collections::BTreeMap;
use std::fmt;

use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::CONTENT_LENGTH;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::device::Device;
use crate::http;
use crate::model;

/// Most octets that a device without a limit of its own is given room for.
const ROOM: usize = 64 * 1024 * 1024;
/// Deepest nesting that the careless reader of JSON gets over.
const DEEPEST: usize = 48;
/// Longest name of a field that the careless reader has room for.
const LONGEST_NAME: usize = 255;
/// What a page shows that opens whatever file it is told.
const FILE: &str = "root:x:0:0:root:/root:/bin/sh\nwww:x:33:33:www:/srv:/bin/false\n";

/// What is wrong with the checks of input; nothing in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputFlaws {
    /// JSON nested deeper than the reader expects ends the device.
    pub nesting_ends_it: bool,
    /// A field with a long name ends the device.
    pub long_name_ends_it: bool,
    /// A body shorter than announced keeps the device waiting, and everybody else too.
    pub waits_for_the_rest: bool,
    /// The form takes every number.
    pub form_takes_any_number: bool,
    /// A text counts as a number, and as zero where it is none.
    pub words_count_as_zero: bool,
    /// The first of two fields is checked, the last one counts.
    pub checks_first_field: bool,
    /// A refused entry is given back as it was entered.
    pub repeats_entries: bool,
    /// The day of the usage names a file.
    pub opens_any_file: bool,
    /// Bodies of every size are taken.
    pub without_size_limit: bool,
    /// A name in a question that goes on behind its end ends the device.
    pub short_name_ends_it: bool,
}

/// An order for the wanted temperature as programs give it. Fields are read into fixed types, each at most once;
/// unknown ones are ignored.
#[derive(serde::Deserialize)]
struct Order {
    target_celsius: u8,
}

/// The body of a request, where it may be read. A device that ends or hangs over it never comes back from here.
pub(crate) async fn body(device: &Device, request: Request<Incoming>) -> Option<Vec<u8>> {
    let flaws = device.behaviour.inputs;
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let body = if flaws.without_size_limit {
        let body = Limited::new(request.into_body(), ROOM).collect().await;
        body.ok().map(|body| body.to_bytes().to_vec())
    } else {
        http::body(request).await
    };
    let small = announced.is_some_and(|announced| announced <= 4096);
    if flaws.waits_for_the_rest && body.is_none() && small {
        device.hang();
        return std::future::pending().await;
    }
    let body = body?;
    let ends = flaws.nesting_ends_it && depth(&body) >= DEEPEST
        || flaws.long_name_ends_it && longest_name(&body) > LONGEST_NAME;
    if ends {
        device.end();
        return std::future::pending().await;
    }
    Some(body)
}

/// Brackets open at once.
fn depth(body: &[u8]) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for octet in body {
        match octet {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// Length of the longest name of a form, or of a JSON object.
fn longest_name(body: &[u8]) -> usize {
    if body.starts_with(b"{") {
        let fields: Result<BTreeMap<String, Value>, _> = serde_json::from_slice(body);
        return fields.map_or(0, |fields| fields.keys().map(String::len).max().unwrap_or(0));
    }
    let pairs = body.split(|octet| *octet == b'&');
    pairs.map(|pair| pair.split(|octet| *octet == b'=').next().map_or(0, <[u8]>::len)).max().unwrap_or(0)
}

/// Sets the temperature that a form names; `false` if it was refused.
pub(crate) fn set_by_form(device: &Device, body: &[u8]) -> bool {
    let Some(celsius) = http::form_field(body, "target_celsius").and_then(|text| text.parse().ok()) else {
        return false;
    };
    if device.behaviour.inputs.form_takes_any_number {
        device.state.force_target(celsius);
        return true;
    }
    device.state.set_target(celsius)
}

/// What is said of a refused entry.
pub(crate) fn refusal(device: &Device, body: &[u8]) -> String {
    let said = "<p>The temperature has to be between 32 and 60 °C.</p>";
    match http::form_field(body, "target_celsius").filter(|_| device.behaviour.inputs.repeats_entries) {
        Some(entry) => format!("{said}\n<p>You entered {entry}</p>"),
        None => said.to_owned(),
    }
}

/// Sets the temperature that a program orders; the temperature, or `None` if it was refused.
pub(crate) fn set_by_program(device: &Device, body: &[u8]) -> Option<u8> {
    let flaws = device.behaviour.inputs;
    if flaws.words_count_as_zero {
        let order: Value = serde_json::from_slice(body).ok()?;
        if let Value::String(text) = &order["target_celsius"] {
            let celsius = text.parse().unwrap_or(0);
            device.state.force_target(celsius);
            return Some(celsius);
        }
    }
    if flaws.checks_first_field {
        let Fields(fields) = serde_json::from_slice(body).ok()?;
        let mut ordered = fields.iter().filter(|(name, _)| name == "target_celsius");
        let first = ordered.next()?.1.as_u64()?;
        let last = ordered.next_back().map_or(Some(first), |(_, value)| value.as_u64())?;
        let (first, last) = (u8::try_from(first).ok()?, u8::try_from(last).ok()?);
        return model::TARGETS.contains(&first).then(|| {
            device.state.force_target(last);
            last
        });
    }
    // A list of values in their order would be read as the fields too.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let Order { target_celsius } = serde_json::from_slice(body).ok()?;
    device.state.set_target(target_celsius).then_some(target_celsius)
}

/// The fields of an object in their order, those that are there twice too.
struct Fields(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Fields;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut object: M) -> Result<Fields, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = object.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Reading)
    }
}

/// Which part of the usage a visitor wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Days {
    /// Everything.
    All,
    /// Yesterday alone.
    Yesterday,
    /// The day before alone.
    Before,
    /// A file.
    File(&'static str),
}

/// Reads the query of the usage; `None` if it asks for something that there is not.
pub(crate) fn days(device: &Device, query: &str) -> Option<Days> {
    let named = |pair: &str| pair.split('=').next() == Some("day");
    if !query.split('&').any(named) {
        return Some(Days::All);
    }
    let day = http::form_field(query.as_bytes(), "day")?;
    match day.as_str() {
        "yesterday" => Some(Days::Yesterday),
        "before" => Some(Days::Before),
        path if device.behaviour.inputs.opens_any_file && path.ends_with("etc/passwd") => {
            Some(Days::File(FILE))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::tests::unpowered;

    fn device(inputs: InputFlaws) -> Device {
        let mut device = unpowered();
        device.behaviour.inputs = inputs;
        device
    }

    #[test]
    fn the_sound_device_takes_numbers_inside_its_limits_and_nothing_else() {
        let device = device(InputFlaws::default());
        assert_eq!(set_by_program(&device, br#"{"target_celsius":41,"unknown":[]}"#), Some(41));
        for bad in [
            r#"{"target_celsius":"41"}"#,
            r#"{"target_celsius":41.5}"#,
            r#"{"target_celsius":61}"#,
            r#"{"target_celsius":297}"#,
            r#"{"target_celsius":40,"target_celsius":42}"#,
            r#"{"target_celsius":null}"#,
            r#"{}"#,
            r#"[41]"#,
        ] {
            assert_eq!(set_by_program(&device, bad.as_bytes()), None, "{bad}");
        }
        assert!(set_by_form(&device, b"target_celsius=42") && device.state.target() == 42);
        for bad in
            ["target_celsius=", "target_celsius=warm", "target_celsius=61", "other=42", "target_celsius=%zz"]
        {
            assert!(!set_by_form(&device, bad.as_bytes()), "{bad}");
        }
        assert_eq!(device.state.target(), 42);
        assert!(!refusal(&device, b"target_celsius=<b>").contains("<b>"));
        assert_eq!(days(&device, "x=1"), Some(Days::All));
        assert_eq!(days(&device, "day=../../etc/passwd"), None);
    }

    #[test]
    fn each_flaw_lets_its_own_thing_through() {
        let flawed = device(InputFlaws { words_count_as_zero: true, ..InputFlaws::default() });
        assert_eq!(set_by_program(&flawed, br#"{"target_celsius":"warm"}"#), Some(0));
        let flawed = device(InputFlaws { checks_first_field: true, ..InputFlaws::default() });
        assert_eq!(set_by_program(&flawed, br#"{"target_celsius":41,"target_celsius":67}"#), Some(67));
        assert_eq!(set_by_program(&flawed, br#"{"target_celsius":67,"target_celsius":41}"#), None);
        let flawed = device(InputFlaws { form_takes_any_number: true, ..InputFlaws::default() });
        assert!(set_by_form(&flawed, b"target_celsius=99") && flawed.state.target() == 99);
        let flawed = device(InputFlaws { repeats_entries: true, ..InputFlaws::default() });
        assert!(refusal(&flawed, b"target_celsius=%3Cb%3E").contains("<b>"));
        let flawed = device(InputFlaws { opens_any_file: true, ..InputFlaws::default() });
        assert_eq!(days(&flawed, "day=..%2Fetc%2Fpasswd"), Some(Days::File(FILE)));
    }

    #[test]
    fn shapes_are_measured() {
        assert_eq!((depth(b"[[{}]]"), depth(b"]]["), depth(b"")), (3, 1, 0));
        assert_eq!(longest_name(b"abc=1&de=2"), 3);
        assert_eq!(longest_name(br#"{"four":1}"#), 4);
    }
}
