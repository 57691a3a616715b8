//! Asks an RTSP server for its streams, and whether strangers may have them (RFC 2326, RFC 7826).

use tokio::io::{AsyncRead, AsyncWrite};

use crate::http_answer;
use crate::service_recognition::Recognition;
use crate::web_page;

/// Where cameras usually keep a stream; asked in turn until one of them is there.
const USUAL_STREAMS: [&str; 8] = ["/", "/live", "/stream", "/stream1", "/test", "/h264", "/onvif1", "/video"];

impl Recognition<'_> {
    /// Whether this is RTSP; if so, what it asks of strangers.
    pub(crate) async fn rtsp(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> bool {
        let to = self.to;
        let options = format!("OPTIONS rtsp://{to}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: hantei\r\n\r\n");
        let bytes = self.talk.ask(stream, options.as_bytes(), http_answer::is_complete).await;
        let Some(answer) = http_answer::parse(&bytes).filter(|answer| answer.protocol == "RTSP") else {
            return false;
        };
        self.is("rtsp", &bytes);
        for server in answer.values("server") {
            self.tell("server-software", server, "Server");
        }
        let mut statuses = Vec::new();
        for (index, path) in USUAL_STREAMS.iter().enumerate() {
            let number = index + 2;
            let describe = format!(
                "DESCRIBE rtsp://{to}{path} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n\r\n"
            );
            let bytes = self.talk.ask(stream, describe.as_bytes(), http_answer::is_complete).await;
            let Some(answer) = http_answer::parse(&bytes) else { break };
            statuses.push(answer.status);
            for mut offer in web_page::logins(&answer) {
                offer.kind = offer.kind.replacen("http-", "rtsp-", 1);
                offer.path = Some((*path).to_owned());
                self.identity.logins.push(offer);
            }
            if answer.status == 200 {
                self.offer("rtsp-anonymous", false, format!("DESCRIBE {path} answered without a login"));
                for line in answer.body.split(|byte| *byte == b'\n').take(64) {
                    match line {
                        [b's', b'=', name @ ..] => self.tell("other", name, "SDP session name"),
                        [b'a', b'=', b't', b'o', b'o', b'l', b':', tool @ ..] => {
                            self.tell("server-software", tool, "SDP tool");
                        }
                        _ => {}
                    }
                }
            }
            // A demand for a login holds for all of them; other answers mean that it lies elsewhere.
            if matches!(answer.status, 200 | 401) {
                return true;
            }
        }
        self.talk.gaps.push(format!(
            "RTSP: no stream was found at {} usual paths (status {statuses:?}), so nobody knows whether it is \
             given to strangers",
            USUAL_STREAMS.len()
        ));
        true
    }
}
