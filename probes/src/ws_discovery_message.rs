//! WS-Discovery: a probe for anything, and the matches that answer it (WS-Discovery 1.1, 5; ONVIF Core 7.3).

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::disclosed::printable;

/// Longest answer that is read, in bytes.
const BYTES_AT_MOST: usize = 64 * 1024;
/// Most events of one answer that are looked at.
const EVENTS_AT_MOST: usize = 2000;
/// Most matches, and most words of each list.
const WORDS_AT_MOST: usize = 32;

/// A device or service that matched.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Match {
    pub(crate) endpoint: String,
    pub(crate) types: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) addresses: Vec<String>,
}

/// A probe without types and scopes: everybody matches.
pub(crate) fn probe(uuid: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header>\
         <a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>\
         <a:MessageID>urn:uuid:{uuid}</a:MessageID>\
         <a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>\
         <s:Body><d:Probe/></s:Body></s:Envelope>"
    )
    .into_bytes()
}

/// The matches of an answer to the probe with this number; `None` if it is none.
pub(crate) fn matches(bytes: &[u8], uuid: &str) -> Option<Vec<Match>> {
    if bytes.len() > BYTES_AT_MOST {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    let mut path: Vec<String> = Vec::new();
    let mut found: Vec<Match> = Vec::new();
    let (mut ours, mut answers) = (false, false);
    for _ in 0..EVENTS_AT_MOST {
        match reader.read_event().ok()? {
            Event::Eof => return (ours && answers).then_some(found),
            Event::Start(tag) => {
                let name = local(tag.name().as_ref());
                match name.as_str() {
                    "ProbeMatches" => answers = true,
                    "ProbeMatch" if found.len() < WORDS_AT_MOST => found.push(Match::default()),
                    _ => {}
                }
                if path.len() > 32 {
                    return None;
                }
                path.push(name);
            }
            // An empty list of matches is an answer.
            Event::Empty(tag) => answers |= local(tag.name().as_ref()) == "ProbeMatches",
            Event::End(_) => {
                path.pop();
            }
            Event::Text(piece) => {
                let content = String::from(&*piece);
                let words = || {
                    let words = content.split_whitespace().map(|word| printable(word.as_bytes(), 256));
                    words.take(WORDS_AT_MOST).collect::<Vec<String>>()
                };
                let current = path.last().map(String::as_str);
                match (current, found.last_mut()) {
                    (Some("RelatesTo"), _) => ours |= content.to_ascii_lowercase().contains(uuid),
                    (Some("Address"), Some(last)) => {
                        last.endpoint = printable(content.trim().as_bytes(), 128)
                    }
                    (Some("Types"), Some(last)) => last.types = words(),
                    (Some("Scopes"), Some(last)) => last.scopes = words(),
                    (Some("XAddrs"), Some(last)) => last.addresses = words(),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    None
}

/// Name without its prefix.
fn local(name: &str) -> String {
    printable(name.rsplit(':').next().unwrap_or_default().as_bytes(), 64)
}

/// What a scope says of the device: item and value. ONVIF writes `onvif://www.onvif.org/hardware/HK-100`.
pub(crate) fn meaning(scope: &str) -> (&'static str, String) {
    let Some(rest) = scope.strip_prefix("onvif://www.onvif.org/") else { return ("other", scope.to_owned()) };
    match rest.split_once('/') {
        Some(("hardware", value)) => ("model", unescaped(value)),
        Some(("name", value)) => ("host-name", unescaped(value)),
        Some(("MAC" | "mac", value)) => ("mac-address", unescaped(value)),
        _ => ("other", scope.to_owned()),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("%20", " ").replace('_', " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UUID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

    fn answer(relates: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"x\"><e:Header><w:RelatesTo>uuid:{relates}</w:RelatesTo>\
             </e:Header><e:Body><d:ProbeMatches><d:ProbeMatch><w:EndpointReference><w:Address>urn:uuid:9</w:Address>\
             </w:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>\
             <d:Scopes>onvif://www.onvif.org/hardware/HK-100 onvif://www.onvif.org/name/Cam%201</d:Scopes>\
             <d:XAddrs>http://192.0.2.9/onvif</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
        )
    }

    #[test]
    fn matches_are_read_and_those_of_another_probe_are_not() {
        let found = matches(answer(UUID).as_bytes(), UUID).expect("an answer");
        assert_eq!(found[0].types, ["dn:NetworkVideoTransmitter", "tds:Device"]);
        assert_eq!(meaning(&found[0].scopes[0]), ("model", "HK-100".to_owned()));
        assert_eq!(found[0].addresses, ["http://192.0.2.9/onvif"]);
        assert_eq!(found[0].endpoint, "urn:uuid:9");
        assert_eq!(matches(answer("another").as_bytes(), UUID), None);
        assert_eq!(matches(&probe(UUID), UUID), None, "the question");
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_stops_the_reader(text in "[<>/a-zA-Z:&; \"=!\\[\\]-]{0,200}") {
            let _ = matches(text.as_bytes(), UUID);
            let _ = meaning(&text);
        }
    }
}
