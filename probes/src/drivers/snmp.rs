//! SNMP communities (RFC 1157, 1901). An agent that does not know a community keeps silent, so silence is its
//! refusal; that it is there at all is shown by the good community.

use std::time::Duration;

use super::{Heard, Pair, Place, Stop};
use crate::login::{LoginTrouble, hex};
use crate::snmp_message::{description, get_description};
use crate::tls::client_hello::random;

/// Wait for an answer to one question, and questions.
const WAIT: Duration = Duration::from_millis(600);
const QUESTIONS: usize = 2;

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    // Without a credential: a community that nobody has.
    let made_up = hex(&random::<8>());
    let community = pair.map_or(made_up.as_str(), |(_, secret)| secret);
    if community.len() > 64 {
        let why = "a community longer than 64 bytes is not sent".to_owned();
        return Err(Stop::Trouble(LoginTrouble::Bench(why)));
    }
    let socket = place
        .dialer
        .udp(place.to)
        .await
        .map_err(|error| Stop::Trouble(LoginTrouble::Bench(error.to_string())))?;
    let number = u32::from_be_bytes(random::<4>()) >> 1;
    let mut datagram = [0; 2048];
    for _ in 0..QUESTIONS {
        // SNMPv2c, then SNMPv1, each with a number of its own.
        for version in [1_u8, 0] {
            let question = get_description(version, community, number ^ u32::from(version));
            let _ = socket.send(&question).await;
        }
        let end = tokio::time::Instant::now() + WAIT;
        loop {
            match tokio::time::timeout_at(end, socket.recv(&mut datagram)).await {
                Err(_) => break,
                Ok(Err(_)) => return Err(Stop::heard("closed", "the port is closed")),
                Ok(Ok(length)) => {
                    let answer = &datagram[..length];
                    let known = [1, 0].iter().any(|version| description(answer, number ^ version).is_some());
                    if known {
                        return Ok(Heard::new("accepted", None, "answered"));
                    }
                }
            }
        }
    }
    Ok(Heard::new("rejected", None, "no answer, which is how an agent refuses"))
}
