//! One hostile input: what it is, where it comes from, and what a sound device does with it.

use serde::{Deserialize, Serialize};

/// What is wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A value of another type.
    Type,
    /// A value that is not among those that are allowed.
    Value,
    /// Too few or too many of something.
    Cardinality,
    /// Parts or steps in another order.
    Order,
    /// Too much in all, or other than announced.
    Size,
    /// Not what the protocol or format allows.
    Malformed,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 6] =
        [Self::Type, Self::Value, Self::Cardinality, Self::Order, Self::Size, Self::Malformed];

    /// As written in results.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Value => "value",
            Self::Cardinality => "cardinality",
            Self::Order => "order",
            Self::Size => "size",
            Self::Malformed => "malformed",
        }
    }
}

/// What a sound device does with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// It does not do what the input says.
    Refused,
    /// It may do it, as far as what it then keeps lies inside the declared limits.
    Tolerable,
}

/// The length that a request announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    /// That of the body.
    Right,
    /// So many octets more than come.
    More(usize),
    /// So many octets fewer.
    Fewer(usize),
    /// Something that is no length.
    Words(&'static str),
}

/// What goes over the wire. Cookies, tokens and hidden fields are put in when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Content type; none where no body belongs to it.
    pub(super) content_type: &'static str,
    /// Body, or the query of an address, or the datagram.
    pub(super) body: Vec<u8>,
    /// Announced length.
    pub(super) announced: Announced,
    /// With the session of somebody who may.
    pub(super) logged_in: bool,
    /// With the hidden fields of the page.
    pub(super) hidden: bool,
    /// The head is cut off after so many octets.
    pub(super) head_ends_after: Option<usize>,
    /// Further lines of the head.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// A hostile input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// `grammar` or `mutation`.
    pub(super) generator: &'static str,
    /// Number in it; with the seed, the same case again.
    pub(super) number: u32,
    pub(super) family: Family,
    pub(super) expected: Expected,
    /// What it is, for the reader.
    pub(super) told: String,
    pub(super) message: Message,
}

impl Message {
    /// A message of somebody who may, with this body.
    pub(super) fn of(content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            content_type,
            body,
            announced: Announced::Right,
            logged_in: true,
            hidden: true,
            head_ends_after: None,
            headers: Vec::new(),
        }
    }
}
