//! Smart plugs with the older TP-Link protocol over TCP: their description. There is no login.

use serde_json::Value;

use crate::disclosed::tell_json;
use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::service::tp_link::{unveiled, veiled};
use crate::udp::{Asking, number32};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "tp-link", likely: &[9999], in_tls: false, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    let body = veiled(br#"{"system":{"get_sysinfo":{}}}"#);
    [&(body.len() as u32).to_be_bytes()[..], &body].concat()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let body =
        bytes.get(4..4 + usize::try_from(number32(bytes, 0)?).ok().filter(|length| *length < 65536)?)?;
    let value: Value = serde_json::from_slice(&unveiled(body)).ok()?;
    let description = value.get("system")?.get("get_sysinfo")?;
    description.get("err_code")?;
    let mut spoken = Spoken::nothing().offering(LoginOffer::certain(
        "tp-link-anonymous",
        false,
        "the description was given without a login",
    ));
    tell_json(&mut spoken.disclosed, description, "TP-Link description");
    Some(spoken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_plug_describes_itself_behind_its_length() {
        let body = veiled(br#"{"system":{"get_sysinfo":{"err_code":0,"model":"HK-1"}}}"#);
        let mut answer = [&(body.len() as u32).to_be_bytes()[..], &body].concat();
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed[0].value, "HK-1");
        answer[3] += 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}
