//! Logins of protocols that talk in lines: FTP, SMTP, POP3, IMAP, Telnet and consoles like it.

use super::facts::Certainty;
use super::sighting::{Lines, Sighting, Sightings};
use crate::telnet::{Prompt, prompt};

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialogue {
    Ftp,
    Smtp,
    Pop3,
    Imap,
    /// Telnet, or a console that asks for a login like it.
    Console,
}

impl Dialogue {
    /// Name of the protocol.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ftp => "ftp",
            Self::Smtp => "smtp",
            Self::Pop3 => "pop3",
            Self::Imap => "imap",
            Self::Console => "telnet",
        }
    }
}

/// Recognizes a protocol by the greeting of the called side and the first line of the caller; `None` also where more
/// is needed.
pub(super) fn recognize(caller: &[u8], called: &[u8]) -> Option<Dialogue> {
    let greeting = called.split(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_uppercase();
    let says = |word: &[u8]| greeting.windows(word.len()).any(|part| part == word);
    let command = caller
        .split(|byte| matches!(byte, b' ' | b'\r' | b'\n'))
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let whole = called.contains(&b'\n');
    if negotiates(called) || negotiates(caller) {
        return Some(Dialogue::Console);
    }
    if whole && (greeting.starts_with(b"220 ") || greeting.starts_with(b"220-")) {
        if says(b"SMTP") || matches!(command.as_slice(), b"EHLO" | b"HELO" | b"LHLO") {
            return Some(Dialogue::Smtp);
        }
        let of_ftp = matches!(command.as_slice(), b"USER" | b"AUTH" | b"FEAT" | b"OPTS" | b"SYST" | b"QUIT");
        return (says(b"FTP") || of_ftp).then_some(Dialogue::Ftp);
    }
    if whole && greeting.starts_with(b"+OK") {
        return Some(Dialogue::Pop3);
    }
    if whole && (greeting.starts_with(b"* OK") || greeting.starts_with(b"* PREAUTH")) {
        return Some(Dialogue::Imap);
    }
    let asks =
        matches!(prompt(called), Some(Prompt::Login | Prompt::Password)) && !caller.starts_with(b"\x16\x03");
    asks.then_some(Dialogue::Console)
}

/// Telnet begins with options: IAC, a verb, an option that exists.
fn negotiates(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfb..=0xfe, 0..=49, ..])
}

/// Whether a greeting has begun that could be one of these.
pub(super) fn may_become(called: &[u8]) -> bool {
    let begins =
        |word: &[u8]| called.starts_with(word.get(..called.len().min(word.len())).unwrap_or_default());
    called.is_empty() || [&b"220"[..], b"+OK", b"* OK", b"* PREAUTH", b"\xff"].iter().any(|word| begins(word))
}

/// A connection.
#[derive(Debug)]
pub(super) struct TextLogin {
    dialogue: Dialogue,
    caller: Lines,
    called: Lines,
    /// The end of what the console wrote.
    screen: Vec<u8>,
    expects: Expects,
    /// The caller asked for TLS; it begins when the other side agrees.
    upgrade: bool,
    /// The account that takes any password.
    anonymous: bool,
    over: bool,
}

/// What the next line of the caller is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expects {
    Command,
    LoginName,
    Password,
    /// `name NUL name NUL password` in base64.
    Plain,
    /// A token of another mechanism.
    Token,
}

impl TextLogin {
    /// Begins.
    pub(super) fn new(dialogue: Dialogue) -> Self {
        Self {
            dialogue,
            caller: Lines::default(),
            called: Lines::default(),
            screen: Vec::new(),
            expects: Expects::Command,
            upgrade: false,
            anonymous: false,
            over: false,
        }
    }

    /// Takes the next octets of a side.
    pub(super) fn feed(&mut self, from_caller: bool, mut bytes: &[u8], told: &mut Sightings) {
        if self.over {
            return;
        }
        if self.dialogue == Dialogue::Console {
            return self.console(from_caller, bytes, told);
        }
        let dialogue = self.dialogue;
        while !self.over {
            let side = if from_caller { &mut self.caller } else { &mut self.called };
            let Some(line) = side.next(&mut bytes) else { return };
            if !from_caller {
                self.answer(&line, told);
            } else if self.expects == Expects::Command {
                self.command(dialogue, &line, told);
            } else {
                self.continuation(&line, told);
            }
        }
    }

    /// Octets are missing from here on.
    pub(super) fn hole(&mut self, from_caller: bool) {
        let side = if from_caller { &mut self.caller } else { &mut self.called };
        side.clear();
        self.expects = Expects::Command;
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.caller.held() + self.called.held() + self.screen.capacity()
    }

    fn tell(&self, what: &'static str, place: &str, length: usize, told: &mut Sightings) {
        if length > 0 {
            let place = format!("{} {place}", self.dialogue.name().to_uppercase());
            told.tell(true, Sighting::of(what, Certainty::Certain, place, length));
        }
    }

    fn command(&mut self, dialogue: Dialogue, line: &[u8], told: &mut Sightings) {
        let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        if dialogue == Dialogue::Imap {
            words.next();
        }
        let command = words.next().unwrap_or_default().to_ascii_uppercase();
        let rest: Vec<&[u8]> = words.collect();
        let length = rest.iter().map(|word| word.len() + 1).sum::<usize>().saturating_sub(1);
        match (dialogue, command.as_slice()) {
            (Dialogue::Ftp | Dialogue::Pop3, b"USER") => {
                let name = rest.first().copied().unwrap_or_default().to_ascii_lowercase();
                self.anonymous = matches!(name.as_slice(), b"anonymous" | b"ftp");
                if !self.anonymous {
                    self.tell("login-name", "USER", length, told);
                }
            }
            (Dialogue::Ftp | Dialogue::Pop3, b"PASS") if self.anonymous => {}
            (Dialogue::Ftp | Dialogue::Pop3, b"PASS") => self.tell("password", "PASS", length, told),
            (Dialogue::Imap, b"LOGIN") => {
                let quoted = |word: &&[u8]| word.iter().filter(|byte| **byte != b'"').count();
                self.tell("login-name", "LOGIN", rest.first().map_or(0, quoted), told);
                self.tell("password", "LOGIN", rest.get(1).map_or(0, quoted), told);
            }
            (Dialogue::Smtp | Dialogue::Pop3, b"AUTH") | (Dialogue::Imap, b"AUTHENTICATE") => {
                let mechanism = rest.first().copied().unwrap_or_default().to_ascii_uppercase();
                let first = rest.get(1).copied();
                self.expects = match mechanism.as_slice() {
                    b"PLAIN" => Expects::Plain,
                    b"LOGIN" => Expects::LoginName,
                    b"XOAUTH2" | b"OAUTHBEARER" => Expects::Token,
                    _ => return,
                };
                if let Some(first) = first {
                    self.continuation(first, told);
                }
            }
            (Dialogue::Ftp, b"AUTH") | (_, b"STARTTLS" | b"STLS") => self.upgrade = true,
            _ => {}
        }
    }

    fn continuation(&mut self, line: &[u8], told: &mut Sightings) {
        let value = from_base64(line);
        match std::mem::replace(&mut self.expects, Expects::Command) {
            Expects::Plain => {
                let password = value.rsplit(|byte| *byte == 0).next().map_or(0, <[u8]>::len);
                self.tell("password", "AUTH PLAIN", password, told);
            }
            Expects::LoginName => {
                self.tell("login-name", "AUTH LOGIN", value.len(), told);
                self.expects = Expects::Password;
            }
            Expects::Password => self.tell("password", "AUTH LOGIN", value.len(), told),
            Expects::Token => self.tell("token", "AUTH with a token", value.len(), told),
            Expects::Command => {}
        }
    }

    fn answer(&mut self, line: &[u8], told: &mut Sightings) {
        if !self.upgrade {
            return;
        }
        let second = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let agreed = match self.dialogue {
            Dialogue::Ftp => line.starts_with(b"234"),
            Dialogue::Smtp => line.starts_with(b"220"),
            Dialogue::Pop3 => line.starts_with(b"+OK"),
            Dialogue::Imap => second.eq_ignore_ascii_case(b"OK"),
            Dialogue::Console => false,
        };
        if agreed {
            self.over = true;
            told.tell(false, Sighting::UpgradeToTls);
        }
        // Further lines of a greeting change nothing.
        self.upgrade = agreed || line.get(3) == Some(&b'-');
    }

    /// What the caller types after a prompt.
    fn console(&mut self, from_caller: bool, mut bytes: &[u8], told: &mut Sightings) {
        if !from_caller {
            self.screen.extend_from_slice(bytes.get(bytes.len().saturating_sub(256)..).unwrap_or(bytes));
            let old = self.screen.len().saturating_sub(256);
            self.screen.drain(..old);
            match prompt(&crate::telnet::hear(&self.screen).text) {
                Some(Prompt::Login) => self.expects = Expects::LoginName,
                Some(Prompt::Password) => self.expects = Expects::Password,
                // The echo of what is typed.
                Some(Prompt::Shell) | None => {}
            }
            return;
        }
        // Lines end with CR NUL or CR LF; options stand between.
        while !bytes.is_empty() {
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (taken, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            let mut ended: &[u8] = if end.is_some() { b"\n" } else { b"" };
            bytes = rest.get(1..).unwrap_or_default();
            let mut typed = taken;
            self.caller.next(&mut typed);
            let Some(line) = self.caller.next(&mut ended) else { return };
            let text = crate::telnet::hear(&line).text;
            let length = text.iter().filter(|byte| **byte >= b' ').count();
            if length == 0 {
                continue;
            }
            let what = match std::mem::replace(&mut self.expects, Expects::Command) {
                Expects::LoginName => "login-name",
                Expects::Password => "password",
                _ => continue,
            };
            told.tell(
                true,
                Sighting::of(what, Certainty::Likely, "answer to the prompt of a console", length),
            );
        }
    }
}

/// Octets of a base64 text; ends at the first character that belongs to none.
pub(super) fn from_base64(text: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let (mut value, mut bits) = (0_u32, 0);
    for byte in text.iter().take(8192) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        value = value << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            octets.push((value >> bits) as u8);
        }
    }
    octets
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(dialogue: Dialogue, talk: &[&[u8]]) -> Vec<String> {
        let mut login = TextLogin::new(dialogue);
        let mut told = Sightings::default();
        for line in talk {
            match line.split_first() {
                Some((b'>', rest)) => login.feed(true, rest, &mut told),
                Some((_, rest)) => login.feed(false, rest, &mut told),
                None => {}
            }
        }
        let words = |(_, one): (bool, Sighting)| match one {
            Sighting::Credential { what, certainty, place, length } => {
                format!("{what} {certainty:?} {place} {length}")
            }
            other => format!("{other:?}"),
        };
        told.0.into_iter().map(words).collect()
    }

    /// What is said, with `>` before what the caller says, and what is seen.
    type Row<'a> = (Dialogue, &'a [&'a [u8]], &'a [&'a str]);

    #[test]
    fn logins_are_seen_in_each_protocol() {
        let table: [Row<'_>; 8] = [
            (Dialogue::Ftp, &[b">USER anonymous\r\n", b">PASS a@example\r\n"], &[]),
            (
                Dialogue::Ftp,
                &[b"<220 FTP\r\n", b">USER ad", b">min\r\n", b"<331 Password\r\n", b">pass s e\r\n"],
                &["login-name Certain FTP USER 5", "password Certain FTP PASS 3"],
            ),
            (
                Dialogue::Smtp,
                &[b">EHLO a\r\n", b">AUTH PLAIN AHUAc2VjcmV0\r\n", b">MAIL FROM:<a>\r\n"],
                &["password Certain SMTP AUTH PLAIN 6"],
            ),
            (
                Dialogue::Smtp,
                &[b">AUTH LOGIN\r\n", b"<334 VXNlcm5hbWU6\r\n", b">dXNlcg==\r\n", b">c2VjcmV0\r\n"],
                &["login-name Certain SMTP AUTH LOGIN 4", "password Certain SMTP AUTH LOGIN 6"],
            ),
            (
                Dialogue::Smtp,
                &[b">STARTTLS\r\n", b"<220 go\r\n", b">AUTH PLAIN AHUAc2VjcmV0\r\n"],
                &["UpgradeToTls"],
            ),
            (
                Dialogue::Imap,
                &[b">a1 LOGIN \"me\" \"pass\"\r\n"],
                &["login-name Certain IMAP LOGIN 2", "password Certain IMAP LOGIN 4"],
            ),
            (
                Dialogue::Console,
                &[
                    b"<\xff\xfd\x01login: ",
                    b">\xff\xfb\x01",
                    b">ro",
                    b"<ro",
                    b">ot\r\0",
                    b"<ot\r\nPassword: ",
                    b">abc\r\n",
                    b"<$ ",
                    b">ls\r\n",
                ],
                &[
                    "login-name Likely answer to the prompt of a console 4",
                    "password Likely answer to the prompt of a console 3",
                ],
            ),
            (Dialogue::Console, &[b"<$ ", b">ls\r\n", b"<file\r\n"], &[]),
        ];
        for (dialogue, talk, expected) in table {
            assert_eq!(seen(dialogue, talk), expected, "{dialogue:?}");
        }
    }

    #[test]
    fn protocols_are_recognized_by_greeting_and_first_line() {
        let table: [(&[u8], &[u8], Option<Dialogue>); 9] = [
            (b"", b"220 ProFTPD\r\n", Some(Dialogue::Ftp)),
            (b"", b"220 host\r\n", None),
            (b"USER a\r\n", b"220 host\r\n", Some(Dialogue::Ftp)),
            (b"EHLO a\r\n", b"220 host\r\n", Some(Dialogue::Smtp)),
            (b"", b"+OK ready\r\n", Some(Dialogue::Pop3)),
            (b"", b"* OK IMAP4\r\n", Some(Dialogue::Imap)),
            (b"", b"\xff\xfd\x18", Some(Dialogue::Console)),
            (b"", b"box login: ", Some(Dialogue::Console)),
            (b"", b"2200", None),
        ];
        for (caller, called, expected) in table {
            assert_eq!(recognize(caller, called), expected, "{}", called.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_talk_is_taken(talk in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..20)) {
            for dialogue in [Dialogue::Ftp, Dialogue::Smtp, Dialogue::Pop3, Dialogue::Imap, Dialogue::Console] {
                let mut login = TextLogin::new(dialogue);
                let mut told = Sightings::default();
                for (from_caller, bytes) in &talk {
                    login.feed(*from_caller, bytes, &mut told);
                    recognize(bytes, bytes);
                }
            }
        }
    }
}
