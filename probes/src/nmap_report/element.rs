//! XML as bounded elements: no entity is expanded, nothing outside is read, depth and number have an end.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Deepest nesting.
const DEPTH_AT_MOST: usize = 32;
/// Most elements.
const ELEMENTS_AT_MOST: usize = 400_000;
/// Most attributes of an element that are kept.
const ATTRIBUTES_AT_MOST: usize = 48;
/// Longest content of an element, in bytes.
const CONTENT_AT_MOST: usize = 256 * 1024;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) inner: Vec<Element>,
    pub(super) content: String,
}

/// The root with all that was read, and why that is not all of it.
///
/// # Errors
/// There is no root, or the document declares entities.
pub(super) fn read(text: &str) -> Result<(Element, Option<String>), String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0_usize;
    let broken_off = loop {
        let place = reader.buffer_position();
        match reader.read_event() {
            Err(error) => break Some(format!("it breaks off at byte {place}: {error}")),
            Ok(Event::Eof) if open.is_empty() => break None,
            Ok(Event::Eof) => break Some(format!("it breaks off at byte {place}, within an element")),
            // nmap names a document type and declares nothing in it.
            Ok(Event::DocType(declared)) if declared.contains('[') => {
                return Err("it declares entities, which nmap does not do".to_owned());
            }
            Ok(Event::Start(tag)) => {
                elements += 1;
                if open.len() >= DEPTH_AT_MOST || elements > ELEMENTS_AT_MOST {
                    break Some(format!("it is deeper or longer than is read, at byte {place}"));
                }
                if root.is_some() {
                    break Some(format!("something follows the report, at byte {place}"));
                }
                open.push(element(&tag));
            }
            Ok(Event::Empty(tag)) => {
                elements += 1;
                if elements > ELEMENTS_AT_MOST {
                    break Some(format!("it is longer than is read, at byte {place}"));
                }
                close(element(&tag), &mut open, &mut root);
            }
            Ok(Event::End(_)) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Ok(Event::Text(piece)) => add(&mut open, &piece),
            Ok(Event::CData(piece)) => add(&mut open, &piece),
            Ok(Event::GeneralRef(name)) => {
                let letter = name.resolve_char_ref().ok().flatten();
                match letter {
                    Some(letter) => add(&mut open, letter.encode_utf8(&mut [0; 4])),
                    None => add(&mut open, predefined(&name)),
                }
            }
            Ok(_) => {}
        }
    };
    // What was open when it broke off is kept as far as it goes.
    while let Some(element) = open.pop() {
        close(element, &mut open, &mut root);
    }
    let nothing = || broken_off.clone().unwrap_or_else(|| "it holds no element".to_owned());
    root.ok_or_else(nothing).map(|root| (root, broken_off))
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(outer) => outer.inner.push(element),
        None => {
            root.get_or_insert(element);
        }
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let mut attributes = Vec::new();
    // Comparing each attribute with all before it takes its time where there are many.
    for attribute in tag.attributes().with_checks(false).take(ATTRIBUTES_AT_MOST).flatten() {
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap_or_default();
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Element { name: tag.name().as_ref().to_owned(), attributes, ..Element::default() }
}

fn add(open: &mut [Element], piece: &str) {
    if let Some(element) = open.last_mut()
        && element.content.len() + piece.len() <= CONTENT_AT_MOST
    {
        element.content.push_str(piece);
    }
}

/// The five entities that every document may use; others are left out.
fn predefined(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}
