//! JSON-RPC 2.0, a line each: a method that nobody has, which every server names as unknown.

use serde_json::Value;

use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "json-rpc", likely: &[1705, 8070], in_tls: true, question, recognize };

fn question(asking: &Asking) -> Vec<u8> {
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"hantei.none\"}}\r\n", asking.id()).into_bytes()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    // Notices may come before the answer.
    bytes.split(|byte| *byte == b'\n').take(32).find_map(|line| {
        let value: Value = serde_json::from_slice(line).ok()?;
        let answers = value.get("jsonrpc")? == "2.0"
            && value.get("id")?.as_u64()? == u64::from(asking.id())
            && (value.get("error").is_some() || value.get("result").is_some());
        answers.then(Spoken::nothing)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn an_error_is_an_answer_if_it_has_our_number() {
        let id = asking().id();
        let answer = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":-32601}}}}\r\n");
        assert!(recognize(&asking(), answer.as_bytes()).is_some());
        let other = answer.replace(&id.to_string(), "1");
        assert_eq!(recognize(&asking(), other.as_bytes()), None);
    }
}
