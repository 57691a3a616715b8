//! RTSP servers that keep strangers out, and their twins.

use super::*;

pub(super) async fn camera(guard: Guard, challenge: &'static str) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            loop {
                let mut head = String::new();
                while let Some(text) = line(&mut stream).await {
                    if text.is_empty() {
                        break;
                    }
                    head.push_str(&text);
                    head.push('\n');
                }
                let Some(uri) = head.split(' ').nth(1) else { return };
                let opinion =
                    head.lines().find_map(|line| line.strip_prefix("Authorization: ")).map(|sent| {
                        let right =
                            match sent.split("cnonce=\"").nth(1).and_then(|rest| rest.split('"').next()) {
                                Some(cnonce) => {
                                    let asked =
                                        Challenge::strongest([challenge].into_iter()).expect("a challenge");
                                    sent == asked.answer("DESCRIBE", uri, "owner", GOOD, cnonce)
                                }
                                None => sent == "Basic b3duZXI6Y29ycmVjdC1ob3JzZS00Mg==",
                            };
                        guard.judge(right)
                    });
                let answer = match opinion {
                    Some(Opinion::In) => "RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n".to_owned(),
                    Some(Opinion::Locked) => "RTSP/1.0 403 Forbidden\r\n\r\n".to_owned(),
                    _ => format!("RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n"),
                };
                if say(&mut stream, &answer).await.is_none() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn rtsp_logins_by_basic_and_digest() {
    for challenge in ["Basic realm=\"cam\"", "Digest realm=\"cam\", nonce=\"n1\", qop=\"auth\""] {
        let locking = camera(Guard::locking_after(3), challenge).await;
        let open = camera(Guard::never_locking(), challenge).await;
        is_told_from_its_twin("rtsp", locking, open, json!({ "path": "/live" })).await;
    }
}

#[tokio::test]
async fn an_open_stream_ends_the_visit() {
    let port = serve(|mut stream| async move {
        while let Some(text) = line(&mut stream).await {
            if text.is_empty() {
                say(&mut stream, "RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").await;
            }
        }
    })
    .await;
    let (_, seen, _) = visit(port, "rtsp", json!({ "path": "/live" })).await;
    assert_eq!(seen.negative_control.result, "accepted");
}
