//! MQTT servers that keep strangers out, and their twins.

use super::*;

/// A broker; `anonymous` ones may connect, and read `open/…` only.
pub(super) async fn broker(guard: Guard, anonymous: bool) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            let mut known = false;
            while let Ok(kind) = stream.read_u8().await {
                let Ok(length) = stream.read_u8().await else { return };
                let mut body = vec![0; usize::from(length)];
                if stream.read_exact(&mut body).await.is_err() {
                    return;
                }
                let holds = |text: &str| {
                    let wanted = [&[0, text.len() as u8][..], text.as_bytes()].concat();
                    body.windows(wanted.len()).any(|part| part == wanted)
                };
                let answer = match kind {
                    0x10 if body[7] & 0x80 == 0 => vec![0x20, 2, 0, if anonymous { 0 } else { 5 }],
                    0x10 => match guard.judge(holds("owner") && holds(GOOD)) {
                        Opinion::In => {
                            known = true;
                            vec![0x20, 2, 0, 0]
                        }
                        Opinion::Out => vec![0x20, 2, 0, 5],
                        // Some brokers say nothing more.
                        Opinion::Locked => return,
                    },
                    0x82 => vec![0x90, 3, body[0], body[1], if known { 0 } else { 0x80 }],
                    _ => return,
                };
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn mqtt_logins() {
    let locking = broker(Guard::locking_after(3), false).await;
    let open = broker(Guard::never_locking(), false).await;
    is_told_from_its_twin("mqtt", locking, open, json!({})).await;
}

#[tokio::test]
async fn a_broker_open_to_anybody_is_told_from_one_that_guards_its_topic() {
    let port = broker(Guard::never_locking(), true).await;
    let (_, seen, _) = visit(port, "mqtt", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
    let (_, seen, transcript) = visit(port, "mqtt", json!({ "path": "heater/state", "burst": 2 })).await;
    assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
    assert_eq!(seen.good.expect("tried").result, "accepted", "{transcript}");
}
