//! The few lines of clear text after which a connection of an older protocol turns to TLS.

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Protocol that turns to TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StartTls {
    /// RFC 3207
    Smtp,
    /// RFC 2595
    Imap,
    /// RFC 2595
    Pop3,
    /// RFC 4217, `AUTH TLS`
    Ftp,
    /// RFC 6120
    Xmpp,
}

/// Most bytes read before TLS begins.
const TEXT_LIMIT: usize = 16 * 1024;

impl StartTls {
    /// Brings the connection to where the ClientHello is awaited.
    ///
    /// # Errors
    /// What the server said instead, in printable form.
    pub async fn begin(self, stream: &mut TcpStream, name: &str) -> Result<(), String> {
        let opening = format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams' to='{}' version='1.0'>",
            name.replace(['\'', '<', '&'], "")
        );
        // What is sent, and by which words the answer is good.
        let steps: &[(&str, &[&str])] = match self {
            Self::Smtp => {
                &[("", &["220"]), ("EHLO tester.invalid\r\n", &["250"]), ("STARTTLS\r\n", &["220"])]
            }
            Self::Imap => &[("", &["* OK", "* PREAUTH"]), ("a1 STARTTLS\r\n", &["a1 OK"])],
            Self::Pop3 => &[("", &["+OK"]), ("STLS\r\n", &["+OK"])],
            Self::Ftp => &[("", &["220"]), ("AUTH TLS\r\n", &["234"])],
            Self::Xmpp => &[
                (&opening, &["</stream:features>"]),
                ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", &["<proceed"]),
            ],
        };
        for (question, good) in steps {
            stream.write_all(question.as_bytes()).await.map_err(|error| error.to_string())?;
            let answer = self.answer(stream).await?;
            let holds = |word: &&str| {
                if self == Self::Xmpp { answer.contains(word) } else { answer.starts_with(word) }
            };
            if !good.iter().any(holds) {
                return Err(answer.chars().take(80).collect::<String>().escape_default().to_string());
            }
        }
        Ok(())
    }

    /// One whole answer: its last line for line protocols, everything so far for XMPP.
    async fn answer(self, stream: &mut TcpStream) -> Result<String, String> {
        let mut text = Vec::new();
        // One byte at a time: what comes after the answer is TLS already.
        let mut byte = [0];
        loop {
            let count = stream.read(&mut byte).await.map_err(|error| error.to_string())?;
            text.extend_from_slice(&byte[..count]);
            let so_far = String::from_utf8_lossy(&text);
            let whole = match self {
                Self::Xmpp => {
                    so_far.contains("</stream:features>")
                        || (so_far.contains("<proceed") && so_far.ends_with('>'))
                        || so_far.contains("<failure")
                }
                _ => so_far.ends_with('\n') && self.is_last(last_line(&so_far)),
            };
            if whole {
                let answer = if self == Self::Xmpp { &so_far } else { last_line(&so_far) };
                return Ok(answer.to_owned());
            }
            if count == 0 || text.len() >= TEXT_LIMIT {
                return Err(format!(
                    "{} and no more",
                    so_far.chars().take(80).collect::<String>().escape_default()
                ));
            }
        }
    }

    /// SMTP and FTP go on while a hyphen follows the number; IMAP while the line is untagged news.
    fn is_last(self, line: &str) -> bool {
        match self {
            Self::Smtp | Self::Ftp => {
                line.len() >= 4
                    && line.as_bytes()[..3].iter().all(u8::is_ascii_digit)
                    && line.as_bytes()[3] != b'-'
            }
            Self::Imap => {
                !line.starts_with("* ") || line.starts_with("* OK") || line.starts_with("* PREAUTH")
            }
            _ => true,
        }
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end_matches(['\r', '\n']).rsplit('\n').next().unwrap_or_default()
}
