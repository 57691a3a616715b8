//! The description that a UPnP device gives of itself: an XML document whose place SSDP names
//! (UPnP Device Architecture 2.0, 2.3).

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::disclosed::{item_of_key, printable};

/// Longest document that is read, in bytes.
const BYTES_AT_MOST: usize = 256 * 1024;
/// Most events that are looked at.
const EVENTS_AT_MOST: usize = 8000;
/// Deepest nesting.
const DEPTH_AT_MOST: usize = 32;
/// Most values kept.
const VALUES_AT_MOST: usize = 128;

/// What a description tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Description {
    /// Name of the element and its text, in order, of every element of meaning.
    pub(crate) values: Vec<(String, String)>,
    /// Types of the services.
    pub(crate) services: Vec<String>,
}

/// Reads a description; `None` if the document is none or is broken.
pub(crate) fn read(bytes: &[u8]) -> Option<Description> {
    if bytes.len() > BYTES_AT_MOST {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    let mut found = Description::default();
    let mut has_device = false;
    for _ in 0..EVENTS_AT_MOST {
        match reader.read_event().ok()? {
            Event::Eof => return (has_device && path.is_empty()).then_some(found),
            Event::Start(tag) => {
                let name =
                    printable(tag.name().as_ref().rsplit(':').next().unwrap_or_default().as_bytes(), 64);
                if path.is_empty() && name != "root" {
                    return None;
                }
                if path.len() >= DEPTH_AT_MOST {
                    return None;
                }
                has_device |= name == "device";
                path.push(name);
                content.clear();
            }
            Event::Text(piece) if content.len() < 1024 => content.push_str(&piece),
            Event::GeneralRef(name) if content.len() < 1024 => content.push_str(entity(&name)),
            Event::End(_) => {
                let name = path.pop()?;
                let value = printable(content.trim().as_bytes(), 256);
                content.clear();
                let room = found.values.len() + found.services.len() < VALUES_AT_MOST;
                if value.is_empty() || !room {
                    continue;
                }
                if name == "serviceType" {
                    found.services.push(value);
                } else if item(&name).is_some() {
                    found.values.push((name, value));
                }
            }
            _ => {}
        }
    }
    None
}

/// The five entities that every document may use; others are left out.
fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// What an element says of the device; `None` if nothing.
pub(crate) fn item(element: &str) -> Option<&'static str> {
    match element {
        "UDN" | "friendlyName" | "manufacturer" | "modelDescription" | "UPC" | "presentationURL" => {
            Some("other")
        }
        other => item_of_key(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENT: &str = "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>\
        <friendlyName>Heater &amp; more</friendlyName><modelName>HK-100</modelName>\
        <serialNumber>77</serialNumber><UDN>uuid:1</UDN><serviceList><service>\
        <serviceType>urn:x:service:Power:1</serviceType></service></serviceList></device></root>";

    #[test]
    fn a_description_tells_model_serial_and_name() {
        let found = read(DOCUMENT.as_bytes()).expect("a description");
        let value = |name: &str| {
            found.values.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
        };
        assert_eq!(value("modelName"), Some("HK-100"));
        assert_eq!(value("serialNumber"), Some("77"));
        assert_eq!(value("friendlyName"), Some("Heater & more"));
        assert_eq!(found.services, ["urn:x:service:Power:1"]);
        assert_eq!((item("modelName"), item("UDN"), item("iconList")), (Some("model"), Some("other"), None));
    }

    #[test]
    fn another_document_is_none() {
        assert_eq!(read(b"<html><body><device>x</device></body></html>"), None);
        assert_eq!(read(b"<root><thing/></root>"), None);
        assert_eq!(read(&DOCUMENT.as_bytes()[..DOCUMENT.len() - 8]), None, "cut off");
        assert_eq!(read("<a>".repeat(5000).as_bytes()), None, "too deep");
    }

    proptest! {
        #[test]
        fn arbitrary_documents_never_stop_the_reader(text in "[<>/a-zA-Z:&; \"=!\\[\\]-]{0,200}") {
            let _ = read(text.as_bytes());
            let _ = read(format!("<root><device>{text}</device></root>").as_bytes());
        }
    }
}
