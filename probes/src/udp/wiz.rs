//! Lamps with the WiZ protocol: their configuration, as JSON.

use serde_json::Value;

use crate::disclosed::tell_json;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("wiz", &[38899], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![format!(r#"{{"method":"getSystemConfig","id":{},"params":{{}}}}"#, asking.id()).into_bytes()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    if value.get("method")? != "getSystemConfig" || value.get("id")?.as_u64()? != u64::from(asking.id()) {
        return None;
    }
    let result = value.get("result").or_else(|| value.get("error"))?;
    let mut told = Told::nothing();
    tell_json(&mut told.disclosed, result, "WiZ configuration");
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_lamp_repeats_the_method() {
        let id = asking().id();
        let answer = |method: &str| {
            format!(
                r#"{{"method":"{method}","id":{id},"result":{{"mac":"02005e005301","fwVersion":"1.2"}}}}"#
            )
        };
        assert_eq!(
            recognize(&asking(), answer("getSystemConfig").as_bytes()).expect("an answer").disclosed.len(),
            2
        );
        assert_eq!(recognize(&asking(), answer("getPilot").as_bytes()), None);
    }
}
