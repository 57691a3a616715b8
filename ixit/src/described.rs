//! One description of a structure gives its reader, its unknown-key diagnostics, its JSON Schema and
//! its written form. The macros `record!` and `names!` implement [`Described`].

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Value as Json, json};

use crate::complaints::Complaints;
use crate::located::{At, Located};
use crate::node::{Content, Node};

/// Form of a value, for schemas and texts.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Text,
    Names(Vec<&'static str>),
    Flag,
    Number { least: u64, most: u64 },
    Address,
    List(Box<Shape>),
    Map(Box<Shape>),
    Record(Vec<Member>),
}

/// A key of a record.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// A type that declarations are made of.
pub(crate) trait Described: Sized {
    /// Whether it stands in the file under a key; a place does not.
    const IS_KEY: bool = true;

    fn shape() -> Shape;

    /// Reads it, having said what is wrong; `None` where nothing can be made of it.
    fn read(node: &Node, to: &mut Complaints) -> Option<Self>;

    /// The value where the key is not there; `None` where the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// The value without its places; `None` where it would not be written.
    fn write(&self) -> Option<Json>;
}

/// Reads one key of a record.
pub(crate) fn member<T: Described>(
    parent: &Node,
    key: &str,
    doc: &str,
    default: Option<T>,
    names: Option<&[&str]>,
    to: &mut Complaints,
) -> Option<T> {
    if !T::IS_KEY {
        return T::read(parent, to);
    }
    match parent.entry(key) {
        Some(entry) => {
            let before = to.count();
            if let Some(names) = names {
                check_names(&entry.node, names, to);
            }
            let value = T::read(&entry.node, to);
            if to.count() > before {
                to.unclear.insert(key.to_owned());
            }
            // What has a default goes on with it, so that the faults after it are named as well.
            value.or(default)
        }
        None => {
            let value = default.or_else(T::absent);
            if value.is_none() {
                to.missing_key(&parent.at, key, doc);
            }
            value
        }
    }
}

/// Complains of keys that a record does not have.
pub(crate) fn check_keys(node: &Node, known: &[&str], to: &mut Complaints) {
    for entry in node.entries() {
        if !known.contains(&entry.key.as_str()) {
            to.unknown_key(&entry.key_at, &entry.key, known.iter().copied());
        }
    }
}

/// Complains of texts, also inside lists and maps, that are none of the names.
pub(crate) fn check_names(node: &Node, names: &[&str], to: &mut Complaints) {
    match &node.content {
        Content::Text(text) if !names.contains(&text.as_str()) => {
            to.bad_value(&node.at, text, names.iter().copied());
        }
        Content::List(items) => items.iter().for_each(|item| check_names(item, names, to)),
        Content::Table(entries) => entries.iter().for_each(|entry| check_names(&entry.node, names, to)),
        _ => {}
    }
}

/// Says that the type is wrong, unless the syntax was broken there.
pub(crate) fn refuse<T>(node: &Node, expected: &str, to: &mut Complaints) -> Option<T> {
    if !matches!(node.content, Content::Broken) {
        to.wrong_type(node, expected);
    }
    None
}

impl Shape {
    /// The same with its texts limited to some names.
    pub(crate) fn limited_to(self, names: Option<&'static [&'static str]>) -> Self {
        match (names, self) {
            (Some(names), Shape::Text) => Shape::Names(names.to_vec()),
            (Some(_), Shape::List(inner)) => Shape::List(Box::new(inner.limited_to(names))),
            (Some(_), Shape::Map(inner)) => Shape::Map(Box::new(inner.limited_to(names))),
            (_, shape) => shape,
        }
    }

    /// As JSON Schema 2020-12.
    pub(crate) fn schema(&self) -> Json {
        match self {
            Shape::Text => json!({ "type": "string" }),
            Shape::Names(names) => json!({ "enum": names }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Shape::Address => {
                json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] })
            }
            Shape::List(inner) => {
                let item = inner.schema();
                json!({ "anyOf": [{ "type": "array", "items": item }, item] })
            }
            Shape::Map(inner) => json!({ "type": "object", "additionalProperties": inner.schema() }),
            Shape::Record(members) => {
                let mut properties = serde_json::Map::new();
                for member in members {
                    properties.insert(member.key.into(), described(member.shape.schema(), member.doc));
                }
                let required: Vec<_> = members.iter().filter(|m| m.required).map(|m| m.key).collect();
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
            }
        }
    }
}

/// A schema with its description in front.
pub(crate) fn described(schema: Json, text: &str) -> Json {
    let mut all = serde_json::Map::new();
    if !text.is_empty() {
        all.insert("description".into(), text.into());
    }
    if let Json::Object(schema) = schema {
        all.extend(schema);
    }
    Json::Object(all)
}

impl Described for At {
    const IS_KEY: bool = false;

    fn shape() -> Shape {
        Shape::Text
    }

    fn read(node: &Node, _: &mut Complaints) -> Option<Self> {
        Some(node.at.clone())
    }

    fn write(&self) -> Option<Json> {
        None
    }
}

impl Described for String {
    fn shape() -> Shape {
        Shape::Text
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        match &node.content {
            Content::Text(text) => Some(text.clone()),
            _ => refuse(node, "a text in quotes", to),
        }
    }

    fn write(&self) -> Option<Json> {
        Some(self.as_str().into())
    }
}

impl Described for bool {
    fn shape() -> Shape {
        Shape::Flag
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        match &node.content {
            Content::Flag(flag) => Some(*flag),
            Content::Text(text) if text == "yes" => Some(true),
            Content::Text(text) if text == "no" => Some(false),
            _ => refuse(node, "true or false", to),
        }
    }

    fn write(&self) -> Option<Json> {
        Some((*self).into())
    }
}

macro_rules! whole_numbers {
    ($($type:ty, $least:expr);+) => { $(
        impl Described for $type {
            fn shape() -> Shape {
                Shape::Number { least: u64::from($least), most: <$type>::MAX as u64 }
            }

            fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
                let Content::Number(number) = &node.content else {
                    return refuse(node, "a whole number", to);
                };
                match <$type>::try_from(*number) {
                    Ok(number) if (u64::from($least)..).contains(&u64::from(number)) => Some(number),
                    _ => {
                        let message = format!("{number} is out of range");
                        let most = i64::try_from(<$type>::MAX).unwrap_or(i64::MAX);
                        to.error("bad-value", &node.at, message, Some(format!("Expected: {} to {most}", $least)));
                        None
                    }
                }
            }

            fn write(&self) -> Option<Json> {
                Some((*self).into())
            }
        }
    )+ };
}

// The only 16-bit numbers in declarations are ports.
whole_numbers!(u16, 1_u16; u32, 0_u32; u64, 0_u64);

impl Described for IpAddr {
    fn shape() -> Shape {
        Shape::Address
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        let text = String::read(node, to)?;
        match text.parse() {
            Ok(address) => Some(address),
            Err(_) => {
                let message = format!("\"{}\" is no IP address", crate::complaints::excerpt(&text));
                to.error(
                    "bad-value",
                    &node.at,
                    message,
                    Some(
                        "Write an address such as \"192.0.2.10\" or \"fd00::10\"; names are not looked up"
                            .into(),
                    ),
                );
                None
            }
        }
    }

    fn write(&self) -> Option<Json> {
        Some(self.to_string().into())
    }
}

impl<T: Described> Described for Located<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        T::read(node, to).map(|value| Located { value, at: node.at.clone() })
    }

    fn write(&self) -> Option<Json> {
        self.value.write()
    }
}

impl<T: Described> Described for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        Some(T::read(node, to))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn write(&self) -> Option<Json> {
        self.as_ref().and_then(Described::write)
    }
}

impl<T: Described> Described for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        match &node.content {
            Content::List(items) => Some(items.iter().filter_map(|item| T::read(item, to)).collect()),
            Content::Broken => Some(Vec::new()),
            // A single one counts as a list of one.
            _ => Some(T::read(node, to).into_iter().collect()),
        }
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn write(&self) -> Option<Json> {
        (!self.is_empty()).then(|| Json::Array(self.iter().filter_map(Described::write).collect()))
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        match &node.content {
            Content::Table(entries) => Some(
                entries
                    .iter()
                    .filter_map(|entry| T::read(&entry.node, to).map(|value| (entry.key.clone(), value)))
                    .collect(),
            ),
            _ => refuse(node, "a table", to),
        }
    }

    fn absent() -> Option<Self> {
        Some(BTreeMap::new())
    }

    fn write(&self) -> Option<Json> {
        (!self.is_empty()).then(|| {
            Json::Object(self.iter().filter_map(|(key, value)| Some((key.clone(), value.write()?))).collect())
        })
    }
}

/// Joins the doc comments among attributes into one text.
macro_rules! doc_text {
    (@take [$($text:expr,)*]) => { concat!($($text),*) };
    (@take [$($text:expr,)*] [doc = $doc:expr] $($rest:tt)*) => {
        $crate::described::doc_text!(@take [$($text,)* $doc,] $($rest)*)
    };
    (@take [$($text:expr,)*] [$($other:tt)*] $($rest:tt)*) => {
        $crate::described::doc_text!(@take [$($text,)*] $($rest)*)
    };
    ($($attributes:tt)*) => { $crate::described::doc_text!(@take [] $($attributes)*).trim() };
}
pub(crate) use doc_text;

/// `Some` of what is given, else `None`.
macro_rules! given {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}
pub(crate) use given;

/// Declares a structure and implements [`Described`]. `= value` gives what holds where the key is not
/// there; `; one_of LIST` limits texts to names. Options, lists and maps need not be there.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $( $(#[$($attribute:tt)*])* $field:ident : $type:ty $(= $default:expr)? $(; one_of $names:expr)? ,)+
    }) => {
        $(#[$meta])*
        $vis struct $name { $( $(#[$($attribute)*])* $vis $field: $type ),+ }

        impl $crate::described::Described for $name {
            fn shape() -> $crate::described::Shape {
                use $crate::described::{Described, Member, Shape};
                let mut members = Vec::new();
                $(
                    if <$type as Described>::IS_KEY {
                        let default: Option<$type> = $crate::described::given!($($default)?);
                        members.push(Member {
                            key: stringify!($field),
                            doc: $crate::described::doc_text!($([$($attribute)*])*),
                            required: default.is_none() && <$type as Described>::absent().is_none(),
                            shape: <$type as Described>::shape().limited_to($crate::described::given!($($names)?)),
                        });
                    }
                )+
                Shape::Record(members)
            }

            fn read(
                node: &$crate::node::Node,
                to: &mut $crate::complaints::Complaints,
            ) -> Option<Self> {
                use $crate::described::{Described, check_keys, doc_text, given, member, refuse};
                if !matches!(node.content, $crate::node::Content::Table(_)) {
                    return refuse(node, "a table", to);
                }
                let keys: Vec<&str> =
                    [$( (<$type as Described>::IS_KEY, stringify!($field)) ),+]
                        .into_iter()
                        .filter_map(|(is_key, key)| is_key.then_some(key))
                        .collect();
                check_keys(node, &keys, to);
                $(
                    let $field = member::<$type>(
                        node,
                        stringify!($field),
                        doc_text!($([$($attribute)*])*),
                        given!($($default)?),
                        given!($($names)?),
                        to,
                    );
                )+
                Some(Self { $($field: $field?),+ })
            }

            fn write(&self) -> Option<serde_json::Value> {
                let mut object = serde_json::Map::new();
                $(
                    if let Some(value) = $crate::described::Described::write(&self.$field) {
                        object.insert(stringify!($field).into(), value);
                    }
                )+
                Some(serde_json::Value::Object(object))
            }
        }
    };
}
pub(crate) use record;

/// Declares a set of named values; `as_str` gives what files say, `ALL` every one.
macro_rules! names {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// As written in files.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl $crate::described::Described for $name {
            fn shape() -> $crate::described::Shape {
                $crate::described::Shape::Names(Self::ALL.iter().map(|value| value.as_str()).collect())
            }

            fn read(
                node: &$crate::node::Node,
                to: &mut $crate::complaints::Complaints,
            ) -> Option<Self> {
                let text = <String as $crate::described::Described>::read(node, to)?;
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                if found.is_none() {
                    to.bad_value(&node.at, &text, Self::ALL.iter().map(|value| value.as_str()));
                }
                found
            }

            fn write(&self) -> Option<serde_json::Value> {
                Some(self.as_str().into())
            }
        }
    };
}
pub(crate) use names;
