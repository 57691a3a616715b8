//! The least of telnet that is needed to see a prompt: options are refused, text is kept (RFC 854, 1143).

const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const SE: u8 = 240;
/// Options that a server may keep: echo and suppress-go-ahead, which login prompts need.
const WELCOME: [u8; 2] = [1, 3];

/// What a server sent, with the negotiation taken out.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heard {
    /// Text between the commands.
    pub(crate) text: Vec<u8>,
    /// What to answer.
    pub(crate) reply: Vec<u8>,
    /// Commands seen; 0 means that nobody speaks telnet.
    pub(crate) commands: usize,
}

/// Takes the negotiation out of `bytes`; a command cut off at the end is dropped.
pub(crate) fn hear(bytes: &[u8]) -> Heard {
    let mut heard = Heard::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != IAC {
            heard.text.push(byte);
            at += 1;
            continue;
        }
        let Some(&command) = bytes.get(at + 1) else { break };
        match command {
            IAC => {
                heard.text.push(IAC);
                at += 2;
            }
            WILL | WONT | DO | DONT => {
                let Some(&option) = bytes.get(at + 2) else { break };
                heard.commands += 1;
                match command {
                    WILL if WELCOME.contains(&option) => heard.reply.extend([IAC, DO, option]),
                    WILL => heard.reply.extend([IAC, DONT, option]),
                    DO => heard.reply.extend([IAC, WONT, option]),
                    _ => {}
                }
                at += 3;
            }
            SB => {
                heard.commands += 1;
                let end = bytes[at..].windows(2).position(|two| two == [IAC, SE]);
                let Some(end) = end else { break };
                at += end + 2;
            }
            240..=249 => {
                heard.commands += 1;
                at += 2;
            }
            // Not a command: these bytes are not telnet.
            _ => {
                heard.text.push(byte);
                at += 1;
            }
        }
    }
    heard
}

/// What a console waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// A user name.
    Login,
    /// A password.
    Password,
    /// Commands: nobody asked who it is.
    Shell,
}

/// Recognizes the prompt at the end of a console's text.
pub(crate) fn prompt(text: &[u8]) -> Option<Prompt> {
    let text = text.trim_ascii_end();
    let line = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // A prompt is short text, perhaps with colours; the last line of a page or of binary data is not.
    let is_text = line.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\t' | 0x07 | 0x08 | 0x1b));
    if line.len() > 80 || !is_text {
        return None;
    }
    let line = crate::disclosed::printable(line, 80).to_lowercase();
    let end = line.trim().trim_end_matches('.');
    if ["password:", "passwd:", "passcode:", "pin:"].iter().any(|word| end.ends_with(word)) {
        Some(Prompt::Password)
    } else if ["login:", "username:", "user name:", "user:", "login as:"]
        .iter()
        .any(|word| end.ends_with(word))
    {
        Some(Prompt::Login)
    } else if end.ends_with(['#', '$', '>']) && !end.contains('<') {
        Some(Prompt::Shell)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn options_are_refused_and_the_prompt_is_kept() {
        let heard = hear(b"\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0heater login: ");
        assert_eq!(heard.text, b"heater login: ");
        assert_eq!(heard.reply, [255, 252, 24, 255, 253, 1]);
        assert_eq!(heard.commands, 3);
        assert_eq!(prompt(&heard.text), Some(Prompt::Login));
    }

    #[test]
    fn prompts_are_told_apart() {
        assert_eq!(prompt(b"Password: "), Some(Prompt::Password));
        assert_eq!(prompt(b"BusyBox v1.36\r\n/ # "), Some(Prompt::Shell));
        assert_eq!(prompt(b"heater$ "), Some(Prompt::Shell));
        assert_eq!(prompt(b"Welcome\r\n"), None);
        assert_eq!(prompt(b"</html>"), None);
        assert_eq!(prompt(b"\x00\x17\x8f$"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_ear(
            bytes in proptest::collection::vec(prop_oneof![240_u8..=255, any::<u8>()], 0..300),
        ) {
            let heard = hear(&bytes);
            prop_assert!(heard.text.len() <= bytes.len());
            prop_assert!(heard.reply.len() <= bytes.len());
            let _ = prompt(&heard.text);
        }
    }
}
