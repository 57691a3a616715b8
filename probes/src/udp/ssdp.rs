//! SSDP search sent straight to the device (UPnP Device Architecture 2.0, 1.3.2).

use std::time::Duration;

use crate::http_answer;
use crate::udp::{Asking, Service, Told};

/// The service. Devices spread their answers over the second that MX grants.
pub static SERVICE: Service =
    Service { gather: Duration::from_millis(1200), ..Service::plain("ssdp", &[1900], questions, recognize) };

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![search(&asking.to.to_string())]
}

/// A search for everything; `host` is whom it is sent to.
pub(crate) fn search(host: &str) -> Vec<u8> {
    format!("M-SEARCH * HTTP/1.1\r\nHOST: {host}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n")
        .into_bytes()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let answer = http_answer::parse(bytes)
        .filter(|answer| answer.protocol == "HTTP" && answer.values("st").next().is_some())?;
    let mut told = Told::nothing();
    for (header, item) in [("SERVER", "server-software"), ("LOCATION", "other")] {
        if let Some(value) = answer.value(header) {
            told = told.and(item, value.as_bytes(), &format!("SSDP {header}"));
        }
    }
    Some(told.announcing(answer.value("ST").unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_search_result_has_a_target_and_a_web_page_has_none() {
        let told = recognize(&asking(), b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: x/1\r\n\r\n");
        assert_eq!(told.expect("an answer").disclosed[0].value, "x/1");
        assert_eq!(recognize(&asking(), b"HTTP/1.1 200 OK\r\nServer: x/1\r\n\r\n"), None);
    }
}
