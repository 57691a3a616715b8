//! What a log of serial contacts says: whether it can be read at all, and who answers there.

use serde::{Deserialize, Serialize};

/// Fewer octets than this say nothing of rate and settings.
const FEWEST_OCTETS: usize = 16;
/// Share of readable octets from which a log counts as readable, in percent.
const READABLE_FROM: u64 = 85;
/// Characters of a line that are looked at and kept.
const LINE_AT_MOST: usize = 200;
/// Lines that are looked at.
const LINES_AT_MOST: usize = 200_000;
/// Sightings that are kept; further ones are counted.
const SIGHTINGS_AT_MOST: usize = 40;

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRead {
    /// Lines with anything in them.
    pub lines: u64,
    /// Share of octets that are text, in percent; `None` for an empty log.
    pub readable_percent: Option<u64>,
    /// `empty`, `readable`, `garbage` (wrong rate, level or inversion), `short`.
    pub state: String,
    /// What was recognised, in order: `boot-message`, `bootloader-offer`, `bootloader-prompt`, `kernel-console`,
    /// `refusal`, `login-prompt`, `shell-prompt`, `root-shell`, `debugger`. Of each kind of boot message only the first is kept.
    pub sightings: Vec<Sighting>,
    /// Sightings beyond those that are kept.
    pub further: u64,
}

impl LogRead {
    /// Whether something of this kind was recognised.
    pub fn has(&self, what: &str) -> bool {
        self.sightings.iter().any(|sighting| sighting.what == what)
    }

    /// The first sighting of one of these kinds, in the order of the kinds.
    pub fn first(&self, kinds: &[&str]) -> Option<&Sighting> {
        kinds.iter().find_map(|what| self.sightings.iter().find(|sighting| sighting.what == *what))
    }
}

/// Something recognised in a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What.
    pub what: String,
    /// Line, counted from 1.
    pub line: u64,
    /// The line, without control characters, cut.
    pub text: String,
}

/// Reads a log from which known values were taken out.
pub(super) fn read(bytes: &[u8]) -> LogRead {
    let mut log = LogRead::default();
    if bytes.is_empty() {
        log.state = "empty".to_owned();
        return log;
    }
    let text = |octet: &&u8| matches!(**octet, b'\t' | b'\n' | b'\r' | 0x1b | 0x20..=0x7e);
    // UTF-8 counts as text where it is UTF-8.
    let decoded = String::from_utf8_lossy(bytes);
    let lost = decoded.matches(char::REPLACEMENT_CHARACTER).count() as u64;
    let plain = bytes.iter().filter(text).count() as u64;
    let high = bytes.iter().filter(|octet| **octet >= 0x80).count() as u64;
    let readable = plain + high.saturating_sub(lost.saturating_mul(2)).min(high);
    let share = readable.min(bytes.len() as u64) * 100 / bytes.len() as u64;
    log.readable_percent = Some(share);
    log.state = match (bytes.len() < FEWEST_OCTETS, share >= READABLE_FROM) {
        (_, true) => "readable",
        (true, false) => "short",
        (false, false) => "garbage",
    }
    .to_owned();
    let mut booting: Vec<&'static str> = Vec::new();
    for (at, line) in decoded.split('\n').take(LINES_AT_MOST).enumerate() {
        let line = harmless(line);
        if line.trim().is_empty() {
            continue;
        }
        log.lines += 1;
        if log.state == "garbage" {
            continue;
        }
        for what in recognised(&line) {
            if matches!(what, "boot-message" | "kernel-console") {
                if booting.contains(&what) {
                    continue;
                }
                booting.push(what);
            }
            if log.sightings.len() < SIGHTINGS_AT_MOST {
                log.sightings.push(Sighting {
                    what: what.to_owned(),
                    line: at as u64 + 1,
                    text: line.trim().to_owned(),
                });
            } else {
                log.further += 1;
            }
        }
    }
    log
}

/// A line without escape sequences and control characters, cut.
fn harmless(line: &str) -> String {
    let mut text = String::new();
    // What stands before the last carriage return was written over, unless nothing followed.
    let line = line.trim_end_matches('\r');
    let mut octets = line.rsplit('\r').next().unwrap_or(line).chars().take(LINE_AT_MOST * 8);
    let mut kept = 0;
    while let Some(character) = octets.next() {
        if kept >= LINE_AT_MOST {
            break;
        }
        if character == '\u{1b}' {
            // CSI: parameters, then one letter. Anything else is two characters.
            if octets.next() == Some('[') {
                for next in octets.by_ref() {
                    if next.is_ascii_alphabetic() || next == '~' {
                        break;
                    }
                }
            }
            continue;
        }
        if !character.is_control() {
            text.push(character);
            kept += 1;
        }
    }
    text
}

fn recognised(line: &str) -> Vec<&'static str> {
    let text = line.trim();
    let lower = text.to_lowercase();
    let mut seen = Vec::new();
    if boot_message(text, &lower) {
        seen.push("boot-message");
    }
    if lower.contains("kernel command line") && lower.contains("console=") && !lower.contains("console=null")
    {
        seen.push("kernel-console");
    }
    if refusal(&lower) {
        seen.push("refusal");
    }
    if lower.contains("hit any key")
        || lower.contains("press any key to stop")
        || lower.contains("to abort autoboot")
    {
        seen.push("bootloader-offer");
    }
    if bootloader_prompt(text) {
        seen.push("bootloader-prompt");
    }
    if login_prompt(&lower) {
        seen.push("login-prompt");
    }
    if lower.starts_with("(gdb)") || lower.starts_with("kdb>") || lower.contains("openocd") {
        seen.push("debugger");
    }
    match shell_prompt(line) {
        Some(true) => seen.push("root-shell"),
        Some(false) => seen.push("shell-prompt"),
        None if lower.contains("uid=0(root)") => seen.push("root-shell"),
        None if lower.contains("busybox") && lower.contains("built-in shell") => seen.push("shell-prompt"),
        None => {}
    }
    seen
}

fn boot_message(text: &str, lower: &str) -> bool {
    let stamped = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(stamp, _)| {
        let stamp = stamp.trim();
        stamp.contains('.') && stamp.chars().all(|character| character.is_ascii_digit() || character == '.')
    });
    let names =
        ["u-boot", "starting kernel", "linux version", "booting", "boot:", "boot rom", "esp-rom", "rst:0x"];
    stamped || names.iter().any(|name| lower.contains(name))
}

/// Words of a start that found its software changed.
fn refusal(lower: &str) -> bool {
    let about =
        ["verif", "signature", "hash", "digest", "authenticat", "secure boot", "integrity", "dm-verity"];
    let bad =
        ["fail", "bad ", "invalid", "mismatch", "corrupt", "refus", "reject", "wrong", "error", "not match"];
    about.iter().any(|word| lower.contains(word)) && bad.iter().any(|word| lower.contains(word))
}

/// A prompt at which a boot loader waits for orders: `=> `, `U-Boot> `, `CFE> `.
fn bootloader_prompt(text: &str) -> bool {
    let names = ["=>", "u-boot>", "cfe>", "redboot>", "grub>", "uboot>", "barebox>", "mt7621 #", "mt7628 #"];
    let lower = text.to_lowercase();
    names
        .iter()
        .any(|name| lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// A question for a name or password at the end of a line.
fn login_prompt(lower: &str) -> bool {
    let asked = ["login:", "username:", "user name:", "password:"];
    let short = lower.chars().count() <= 60;
    short && asked.iter().any(|question| lower.ends_with(question)) && !lower.contains("last login")
}

/// A prompt of a shell; `Some(true)` for that of root. A line of prose that holds such a sign is none.
fn shell_prompt(line: &str) -> Option<bool> {
    let text = line.trim_start();
    let (end, root) = text.char_indices().find_map(|(at, character)| match character {
        '#' => Some((at, true)),
        '$' => Some((at, false)),
        _ => None,
    })?;
    let (before, after) = (text[..end].trim_end(), &text[end + 1..]);
    // After a prompt stands a blank, and perhaps an order.
    if !after.starts_with(' ') {
        return None;
    }
    let place = |text: &str| {
        text.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '@' | ':' | '/' | '~' | '.' | '-' | '_')
        })
    };
    let alone = after.trim().is_empty();
    let bracketed = before.strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
    let named = match bracketed {
        Some(inside) => {
            inside.contains('@') && inside.split(' ').count() <= 2 && inside.split(' ').all(place)
        }
        None => before.contains('@') && place(before),
    };
    // A path with words behind the sign is a path with a remark.
    let path = matches!(before, "/" | "~") || before.starts_with(['/', '~']) && place(before) && alone;
    let shell = ["sh", "bash", "ash"].contains(&before)
        || before.split_once('-').is_some_and(|(name, version)| {
            matches!(name, "sh" | "bash" | "ash") && version.starts_with(|first: char| first.is_ascii_digit())
        });
    ((before.is_empty() && alone) || named || path || shell).then_some(root)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        read(text.as_bytes()).sightings.into_iter().map(|sighting| sighting.what).collect()
    }

    #[test]
    fn prompts_are_told_from_prose() {
        for shell in ["/ # ", "# ", "root@hk-100:~# ls", "sh-5.1# id", "~ # \u{1b}[6n", "[root@box /]# "] {
            assert_eq!(kinds(shell), ["root-shell"], "{shell:?}");
        }
        assert_eq!(kinds("user@box:/home$ "), ["shell-prompt"]);
        for prose in [
            "Linux #1 SMP",
            "cost: 5 $ a day",
            "# comment of a script",
            "step # 3 done",
            "a#b",
            "100 # items",
        ] {
            assert!(!kinds(prose).iter().any(|kind| kind.contains("shell")), "{prose:?}");
        }
        assert_eq!(kinds("hk-100 login: "), ["login-prompt"]);
        assert_eq!(kinds("Last login: "), Vec::<String>::new());
        assert_eq!(kinds("=> "), ["bootloader-prompt"]);
        assert_eq!(kinds("U-Boot> printenv").last().map(String::as_str), Some("bootloader-prompt"));
        assert_eq!(kinds("Hit any key to stop autoboot:  3\r"), ["boot-message", "bootloader-offer"]);
        assert_eq!(
            kinds("[    0.000000] Kernel command line: console=ttyS0,115200 root=/dev/mmcblk0p2"),
            ["boot-message", "kernel-console"]
        );
    }

    #[test]
    fn what_cannot_be_read_is_said_to_be_so() {
        assert_eq!(read(b"").state, "empty");
        assert_eq!(read(&[0xf8, 0x00]).state, "short");
        let noise: Vec<u8> = (0..400_u32).map(|n| (n * 167 % 251) as u8 | 0x80).collect();
        let garbage = read(&noise);
        assert_eq!(garbage.state, "garbage");
        assert!(garbage.sightings.is_empty());
        let quiet = read("ROM 2.3: verified, 起動\r\n".as_bytes());
        assert_eq!((quiet.state.as_str(), quiet.lines), ("readable", 1));
    }

    #[test]
    fn a_line_that_was_written_over_counts_as_it_ends() {
        assert_eq!(read(b"xxxx\r/ # \r\n").sightings[0].text, "/ #");
        let long = "a".repeat(5000) + " # ";
        assert!(read(long.as_bytes()).sightings.is_empty());
    }

    proptest! {
        #[test]
        fn any_log_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let log = read(&bytes);
            prop_assert!(log.sightings.len() <= SIGHTINGS_AT_MOST);
            prop_assert!(log.readable_percent.is_none_or(|share| share <= 100));
        }
    }
}
