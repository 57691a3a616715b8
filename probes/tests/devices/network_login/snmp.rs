//! SNMP servers that keep strangers out, and their twins.

use super::*;

/// An agent that knows these communities and keeps silent to others.
pub(super) async fn agent(communities: &'static [&'static str]) -> u16 {
    #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
    let socket = tokio::net::UdpSocket::bind((LOCAL, 0)).await.expect("loopback");
    let port = socket.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let mut datagram = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
            let mut answer = datagram[..length].to_vec();
            let known = communities.iter().any(|community| {
                let wanted = [&[0x04, community.len() as u8][..], community.as_bytes()].concat();
                answer.windows(wanted.len()).any(|part| part == wanted)
            });
            // The question becomes the answer: another kind of message, an error in it.
            if let (true, Some(at)) = (known, answer.iter().position(|byte| *byte == 0xa0)) {
                answer[at] = 0xa2;
                let number = usize::from(answer[at + 3]);
                answer[at + 4 + number + 2] = 2;
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    port
}

#[tokio::test]
async fn a_community_that_everybody_knows_is_found_and_silence_is_a_refusal() {
    let more = json!({ "common": [["", "public"], ["", "private"]], "burst": 2 });
    let (outcome, seen, transcript) =
        visit(agent(&[GOOD, "public"]).await, "snmp-community", more.clone()).await;
    assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
    assert_eq!(seen.good.as_ref().expect("tried").result, "accepted", "{transcript}");
    assert_eq!(seen.common_accepted, [(String::new(), 6)], "{transcript}");
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
    let (_, seen, transcript) = visit(agent(&[GOOD]).await, "snmp-community", more).await;
    assert!(seen.common_accepted.is_empty(), "{transcript}");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"));
}
