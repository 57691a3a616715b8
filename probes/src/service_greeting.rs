//! Recognizes services that speak first by their greeting, and asks them how they are entered: consoles,
//! remote screens, files, mail, databases.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::disclosed::printable;
use crate::service_recognition::{PAUSE, Recognition};
use crate::telnet::{self, Prompt};

/// Wait for a console after its negotiation.
pub(crate) const CONSOLE: Duration = Duration::from_millis(1500);

impl Recognition<'_> {
    /// Recognizes a service by what it says first.
    pub(crate) async fn greeted(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        banner: &[u8],
    ) -> bool {
        let first_line = banner.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if banner.starts_with(b"SSH-") || banner.windows(5).any(|part| part == b"\nSSH-") {
            self.secure_shell(stream, banner).await;
            return true;
        }
        if banner.starts_with(b"220 ") || banner.starts_with(b"220-") {
            return self.mail_or_files(stream, banner).await;
        }
        if banner.starts_with(b"RFB 00") {
            self.screen(stream, first_line).await;
            return true;
        }
        if banner.starts_with(b"+OK") || banner.starts_with(b"* OK") {
            self.mailbox(stream, first_line).await;
            return true;
        }
        if let Some(version) = mysql_version(banner) {
            self.is("mysql", version);
            self.tell("server-software", version, "MySQL greeting");
            self.offer("mysql", true, "the server begins with a challenge for a password");
            return true;
        }
        if telnet::hear(banner).commands > 0 || telnet::prompt(banner).is_some() {
            self.console(stream, banner).await;
            return true;
        }
        self.heard(banner);
        false
    }

    /// A remote screen (RFB, RFC 6143) names its ways to log in once the version is agreed.
    async fn screen(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), version: &[u8]) {
        const NO_LOGIN: u8 = 1;
        self.is("vnc", version);
        self.tell("server-software", version, "vnc banner");
        let old = version.starts_with(b"RFB 003.003");
        // Versions below 3.7 send one type in four bytes, the others a number of types and the types.
        let is_enough = |bytes: &[u8]| match bytes.first() {
            Some(_) if old => bytes.len() >= 4,
            Some(count) => bytes.len() > usize::from(*count),
            None => false,
        };
        let reply = self.talk.ask(stream, &[version, b"\n"].concat(), is_enough).await;
        let types = if old {
            reply.get(3..4)
        } else {
            reply.split_first().and_then(|(count, types)| types.get(..usize::from(*count)))
        };
        match types {
            Some(types) if types.contains(&NO_LOGIN) => {
                self.offer("vnc-anonymous", false, format!("security types {types:?}, 1 is none"));
            }
            Some(types) if types.iter().any(|kind| *kind != 0) => {
                self.offer("vnc", true, format!("security types {types:?}"));
            }
            _ => self.talk.gaps.push("vnc: no list of security types came".to_owned()),
        }
    }

    /// A mailbox tells what it can do before a login (RFC 2449, 3501).
    async fn mailbox(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), first_line: &[u8]) {
        let (name, question) = match first_line.first() {
            Some(b'+') => ("pop3", &b"CAPA\r\n"[..]),
            _ => ("imap", &b"a CAPABILITY\r\n"[..]),
        };
        self.is(name, first_line);
        self.tell("server-software", first_line, &format!("{name} banner"));
        let line_came = |bytes: &[u8]| bytes.ends_with(b"\n");
        let reply = self.talk.ask(stream, question, line_came).await;
        let said = printable(&reply, 400).to_uppercase();
        let words: Vec<&str> = said.split_whitespace().collect();
        let has =
            |word: &str| words.iter().any(|said| *said == word || said.starts_with(&format!("AUTH={word}")));
        let takes_password = match name {
            "pop3" => has("USER") || has("PLAIN") || has("LOGIN"),
            _ => has("PLAIN") || has("LOGIN") || (has("CAPABILITY") && !has("LOGINDISABLED")),
        };
        let seen = format!("{}: {}", printable(question, 20).trim(), printable(&reply, 120).trim());
        if takes_password {
            self.offer(name, true, seen);
        } else {
            self.offer_unsure(name, &seen);
        }
    }

    /// Both FTP and SMTP greet with 220; only one of them knows EHLO.
    async fn mail_or_files(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        banner: &[u8],
    ) -> bool {
        let reply = self.talk.ask(stream, b"EHLO hantei.invalid\r\n", reply_came).await;
        let kind = match reply.get(..3) {
            Some(b"250") => "smtp",
            // A code of refusal, as file servers have them too.
            Some([b'4' | b'5', second, third]) if second.is_ascii_digit() && third.is_ascii_digit() => "ftp",
            _ => {
                self.heard(banner);
                return false;
            }
        };
        self.is(kind, banner);
        self.tell("server-software", banner.get(4..).unwrap_or_default(), &format!("{kind} greeting"));
        if kind == "smtp" {
            let offered = reply
                .split(|byte| *byte == b'\n')
                .find(|line| line.get(4..8).is_some_and(|word| word.eq_ignore_ascii_case(b"AUTH")));
            if let Some(line) = offered {
                self.offer("smtp", true, printable(line, 120).trim());
            }
            return true;
        }
        self.files(stream).await;
        true
    }

    /// What a file server can do, and whether strangers are let in under the name that is meant for them
    /// (RFC 959, 1635). No other password is sent.
    async fn files(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
        let abilities = self.talk.ask(stream, b"FEAT\r\n", reply_came).await;
        if abilities.starts_with(b"211") {
            self.tell("service-list", &abilities, "FTP FEAT");
        }
        let reply = self.talk.ask(stream, b"USER anonymous\r\n", reply_came).await;
        let mut seen = format!("USER anonymous: {}", printable(&reply, 120).trim());
        let mut code = reply.get(..3).map(<[u8]>::to_vec);
        if code.as_deref() == Some(b"331") {
            let reply = self.talk.ask(stream, b"PASS hantei@example.invalid\r\n", reply_came).await;
            seen = format!("{seen}; PASS: {}", printable(&reply, 120).trim());
            if let Some(later) = reply.get(..3) {
                code = Some(later.to_vec());
            }
        }
        match code.as_deref() {
            Some(b"230") => {
                self.offer("ftp-anonymous", false, seen);
                self.named_files().await;
            }
            Some([b'3'..=b'5', ..]) => self.offer("ftp", true, seen),
            Some(_) => self.offer_unsure("ftp", &seen),
            None => self.talk.gaps.push(
                "FTP: no reply to a user name, so nobody knows whether it asks for a password".to_owned(),
            ),
        }
    }

    /// Whether a server that lets strangers in asks others for a password. A name alone is no attempt.
    async fn named_files(&mut self) {
        let Ok(mut stream) = self.talk.connect("FTP under another name").await else { return };
        self.talk.read(&mut stream, CONSOLE, PAUSE, reply_came).await;
        let reply = self.talk.ask(&mut stream, b"USER hantei\r\n", reply_came).await;
        if reply.starts_with(b"331") {
            self.offer("ftp", true, format!("USER hantei: {}", printable(&reply, 120).trim()));
        }
    }

    async fn console(&mut self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), banner: &[u8]) {
        let mut heard = telnet::hear(banner);
        let mut text = std::mem::take(&mut heard.text);
        let mut woken = false;
        for _ in 0..4 {
            if telnet::prompt(&text).is_some() {
                break;
            }
            if heard.reply.is_empty() {
                if woken {
                    break;
                }
                woken = true;
                heard.reply = b"\r\n".to_vec();
            }
            self.talk.send(stream, &heard.reply).await;
            let more = self.talk.read(stream, CONSOLE, PAUSE, |_| false).await;
            heard = telnet::hear(&more);
            text.append(&mut heard.text);
            text.truncate(64 * 1024);
        }
        self.is("telnet", &text);
        let end = text.trim_ascii_end();
        let cut = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (before, line) = end.split_at(cut);
        let line = line.trim_ascii();
        let seen = format!("prompt: {}", printable(line, 80));
        match telnet::prompt(&text) {
            Some(Prompt::Shell) => self.offer("telnet-shell", false, seen),
            Some(Prompt::Login | Prompt::Password) => self.offer("telnet-login", true, seen),
            None => self.talk.gaps.push("telnet: no prompt was recognized".to_owned()),
        }
        if let Some(host) = line.strip_suffix(b" login:") {
            self.tell("host-name", host, "login prompt");
        }
        self.tell("other", before, "console greeting");
    }
}

/// Whether the last line of a reply came: three digits and a blank, after lines with a hyphen.
fn reply_came(bytes: &[u8]) -> bool {
    let Some(lines) = bytes.strip_suffix(b"\n") else { return false };
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    match last {
        [code @ .., b' ' | b'\r'] if code.len() == 3 => true,
        [a, b, c, mark, ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => *mark != b'-',
        // Not in this form: nothing more is to be expected.
        _ => !last.starts_with(b" "),
    }
}

/// The version in the first packet of a MySQL server: length, number 0, protocol 10, text.
fn mysql_version(banner: &[u8]) -> Option<&[u8]> {
    let [low, middle, 0, 0, 10, rest @ ..] = banner else { return None };
    let length = usize::from(u16::from_le_bytes([*low, *middle]));
    let end = rest.iter().position(|byte| *byte == 0).filter(|end| (3..64).contains(end))?;
    let version = &rest[..end];
    let sound = version[0].is_ascii_digit() && version.iter().all(u8::is_ascii_graphic);
    (sound && length + 4 == banner.len()).then_some(version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_database_greets_with_its_version() {
        let mut greeting = b"\x0a\0\0\0\x0a8.0.33\0\0\0".to_vec();
        greeting[0] = greeting.len() as u8 - 4;
        assert_eq!(mysql_version(&greeting), Some(&b"8.0.33"[..]));
        greeting[0] += 1;
        assert_eq!(mysql_version(&greeting), None, "not its length");
    }

    #[test]
    fn a_reply_of_several_lines_is_awaited_to_its_last() {
        assert!(!reply_came(b"211-Features:\r\n"));
        assert!(!reply_came(b"211-Features:\r\n UTF8\r\n"));
        assert!(reply_came(b"211-Features:\r\n UTF8\r\n211 End\r\n"));
        assert!(reply_came(b"500 What\r\n"));
        assert!(!reply_came(b"500 Wh"));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(tail in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = mysql_version(&[&[7, 0, 0, 0, 10][..], &tail].concat());
        }
    }
}
