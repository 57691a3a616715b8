//! Login prompts of a text console (RFC 854).

use std::time::Duration;

use super::wire::{Wire, nothing};
use super::{Heard, Pair, Place, Stop};
use crate::telnet::{Prompt, hear, prompt};

/// Wait for the first prompt.
const FIRST: Duration = Duration::from_secs(6);
/// Wait for the next prompt: consoles take a few seconds to refuse.
const NEXT: Duration = Duration::from_secs(12);
/// Silence after which nothing more is expected.
const QUIET: Duration = Duration::from_millis(1500);

/// Words with which consoles refuse.
const REFUSALS: [&str; 9] =
    ["incorrect", "fail", "invalid", "denied", "wrong", "bad ", "error", "not allowed", "refused"];
/// Words with which they say that trying is over for now.
const LOCKED: [&str; 4] = ["too many", "locked", "try again later", "temporarily"];

/// A console and what it has said since the last line was typed.
struct Console {
    wire: Wire,
    text: Vec<u8>,
}

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let mut console = Console { wire: Wire::open(place).await?, text: Vec::new() };
    let mut asked = console.listen(FIRST).await?;
    if asked.is_none() && !console.wire.closed {
        // Some wait for a key.
        console.wire.send(b"\r\n").await?;
        asked = console.listen(FIRST).await?;
    }
    let Some((user, password)) = pair else {
        return Ok(match asked {
            Some(Prompt::Shell) => console.heard("accepted"),
            Some(Prompt::Login | Prompt::Password) => console.heard("rejected"),
            None => return Err(console.stop()),
        });
    };
    if asked == Some(Prompt::Login) {
        asked = console.say(user).await?;
    }
    match asked {
        // Let in by the name alone; so it is where the password is empty.
        Some(Prompt::Shell) => return Ok(console.heard("accepted")),
        Some(Prompt::Password) => {}
        Some(Prompt::Login) => return Ok(console.heard("rejected")),
        None => return Err(console.stop()),
    }
    asked = console.say(password).await?;
    let said = String::from_utf8_lossy(&console.text).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    Ok(match asked {
        _ if says(&LOCKED) => console.heard("throttled"),
        Some(Prompt::Shell) => console.heard("accepted"),
        Some(Prompt::Login | Prompt::Password) => console.heard("rejected"),
        None if says(&REFUSALS) => console.heard("rejected"),
        None => return Err(console.stop()),
    })
}

impl Console {
    /// Types a line and hears what comes.
    async fn say(&mut self, line: &str) -> Result<Option<Prompt>, Stop> {
        self.text.clear();
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        self.wire.send(format!("{line}\r\n").as_bytes()).await?;
        self.listen(NEXT).await
    }

    /// Hears until a prompt comes; the negotiation is answered on the way.
    async fn listen(&mut self, first: Duration) -> Result<Option<Prompt>, Stop> {
        let mut wait = first;
        loop {
            let bytes = self.wire.read(wait, Duration::from_millis(80), |_| false).await;
            if bytes.is_empty() {
                return Ok(self.prompt());
            }
            let heard = hear(&bytes);
            self.text.extend(heard.text);
            self.text.truncate(16 * 1024);
            if !heard.reply.is_empty() {
                self.wire.send(&heard.reply).await?;
            }
            if self.prompt().is_some() || self.wire.closed {
                return Ok(self.prompt());
            }
            // An echoed line end is no answer yet.
            wait = if self.text.trim_ascii().is_empty() { first } else { QUIET.max(first / 2) };
        }
    }

    fn prompt(&self) -> Option<Prompt> {
        prompt(&self.text)
    }

    fn heard(&self, result: &'static str) -> Heard {
        Heard::new(result, None, String::from_utf8_lossy(&self.text))
    }

    /// No prompt came.
    fn stop(&self) -> Stop {
        if self.text.trim_ascii().is_empty() {
            nothing(self.wire.closed)
        } else if self.wire.closed {
            Stop::Heard(self.heard("closed"))
        } else {
            Stop::Heard(self.heard("unclear"))
        }
    }
}
