//! What a system starts: services for debugging and remote logins, shells and logins at serial consoles.
//!
//! The files that say what is started refer to one another, so they are gathered while a file system is read and looked
//! at when it ends.

use std::collections::{BTreeMap, BTreeSet};

use super::shell_script::{self, Command};

/// Programs that serve for debugging, or give a shell to whoever is near.
const DEBUGGING: &[&str] = &[
    "telnetd",
    "utelnetd",
    "in.telnetd",
    "adbd",
    "gdbserver",
    "lldb-server",
    "tcf-agent",
    "rshd",
    "in.rshd",
    "rlogind",
    "in.rlogind",
    "rexecd",
    "fsp_debugd",
    "openocd",
    "strace-server",
];
/// Programs that let people log in from elsewhere.
const REMOTE: &[&str] = &["dropbear", "sshd"];
/// Shells.
const SHELLS: &[&str] = &["sh", "ash", "bash", "dash", "hush", "sulogin"];
/// Programs that ask for a login at a line.
const GETTY: &[&str] = &["getty", "agetty", "mgetty", "mingetty"];
/// Begins of the names of lines that are contacts on a board.
const SERIAL: &[&str] = &[
    "ttys", "ttyama", "ttymxc", "ttyo", "ttyhs", "ttymsm", "ttyps", "ttyat", "ttyul", "console", "ttygs",
    "ttyth", "ttysc", "ttylp",
];

/// Octets of a file that can say what is started.
pub(super) const LARGEST: usize = 256 << 10;
/// Files that are gathered.
const FILES_AT_MOST: usize = 2000;

/// Something that is started, or could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Started {
    /// `debug-service-started`, `remote-login-started`, `console-shell`, `console-login`, `debug-program`.
    pub(super) kind: &'static str,
    /// The file that says so.
    pub(super) path: String,
    /// Line, counted from 1.
    pub(super) line: Option<usize>,
    /// The program.
    pub(super) what: String,
    /// What stands there.
    pub(super) text: String,
    /// No condition stands before it.
    pub(super) always: bool,
}

/// What was gathered of one file system.
#[derive(Debug, Default)]
pub(super) struct Starting {
    files: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    programs: Vec<String>,
}

/// Whether a file can say what is started, by its path.
pub(super) fn says_what_starts(path: &str) -> bool {
    let in_folder = [
        "/init.d/",
        "/rc.d/",
        "/rcS.d/",
        "/rc1.d/",
        "/rc2.d/",
        "/rc3.d/",
        "/rc4.d/",
        "/rc5.d/",
        "/xinetd.d/",
    ];
    let unit = path.contains("/systemd/system/")
        && (path.ends_with(".service") || path.ends_with(".socket") || path.ends_with(".conf"));
    let name = path.rsplit('/').next().unwrap_or_default();
    let named =
        matches!(name, "inittab" | "inetd.conf" | "rc.local" | "rcS" | "rc.sysinit" | "rc" | "rc.init")
            || matches!(path, "/init" | "/linuxrc" | "/etc/profile" | "/sbin/init");
    named || unit || in_folder.iter().any(|folder| path.contains(folder))
}

impl Starting {
    /// A text that can say what is started.
    pub(super) fn file(&mut self, path: &str, text: &str) {
        if self.files.len() < FILES_AT_MOST {
            self.files.insert(path.to_owned(), text.to_owned());
        }
    }

    /// A link, with its target as it is written.
    pub(super) fn link(&mut self, path: &str, target: &str) {
        let starts = path.contains(".wants/") || path.contains(".requires/") || says_what_starts(path);
        if starts && self.links.len() < FILES_AT_MOST {
            self.links.insert(path.to_owned(), target.to_owned());
        }
    }

    /// A program.
    pub(super) fn program(&mut self, path: &str) {
        let name = base(path);
        if (DEBUGGING.contains(&name) || name == "strace" || name == "tcpdump" || name == "gdb")
            && self.programs.len() < 50
        {
            self.programs.push(path.to_owned());
        }
    }

    /// Everything that is started by the files that were gathered.
    pub(super) fn end(self) -> Vec<Started> {
        let mut started = Vec::new();
        for (path, text) in &self.files {
            match base(path) {
                "inittab" => started.extend(inittab(path, text)),
                "inetd.conf" => started.extend(inetd(path, text)),
                _ if path.contains("/xinetd.d/") => started.extend(xinetd(path, text)),
                _ if path.contains("/systemd/system/") => started.extend(self.unit(path, text)),
                _ => {
                    let at_start = self.runs_at_start(path);
                    started.extend(
                        shell_script::commands(text)
                            .iter()
                            .filter_map(|command| script(path, command, at_start)),
                    );
                }
            }
        }
        started.extend(self.links.keys().filter_map(|path| serial_getty_unit(path)));
        // Of one program that one file names again and again, the place counts that has no condition.
        started.sort_by_key(|one| !one.always);
        let mut met = BTreeSet::new();
        started.retain(|one| met.insert((one.kind, one.path.clone(), one.what.clone())));
        let names: BTreeSet<String> = started.iter().map(|one| one.what.clone()).collect();
        started.extend(self.programs.iter().filter(|path| !names.contains(base(path))).map(|path| Started {
            kind: "debug-program",
            path: path.clone(),
            line: None,
            what: base(path).to_owned(),
            text: String::new(),
            always: false,
        }));
        started
    }

    /// A script that the start runs: by its name, or by a link to it from the folders of a start.
    fn runs_at_start(&self, path: &str) -> bool {
        let name = base(path);
        let numbered = |name: &str| {
            let rest = name.strip_prefix('S').unwrap_or_default();
            rest.len() > 1 && rest.bytes().take(2).all(|one| one.is_ascii_digit())
        };
        let of_start = |path: &str| {
            ["/rcS.d/", "/rc2.d/", "/rc3.d/", "/rc4.d/", "/rc5.d/", "/rc.d/", "/init.d/"]
                .iter()
                .any(|folder| path.contains(folder))
        };
        let linked = || {
            self.links.iter().any(|(link, target)| {
                base(target) == name && numbered(base(link)) && of_start(link) && target.contains("init.d")
            })
        };
        matches!(name, "rcS" | "rc.local" | "rc.sysinit" | "rc" | "rc.init" | "init" | "linuxrc" | "profile")
            || (numbered(name) && of_start(path))
            || linked()
    }

    fn unit(&self, path: &str, text: &str) -> Vec<Started> {
        let name = path.split("/systemd/system/").nth(1).unwrap_or_default();
        // What a file below `name.service.d/` says counts for that unit.
        let name = name.split(".d/").next().unwrap_or(name);
        let template = name.split_once('@').map(|(before, _)| format!("{before}@"));
        let enabled = self.links.keys().any(|link| {
            let wanted = link.contains(".wants/") || link.contains(".requires/");
            let linked = base(link);
            wanted
                && (linked == name
                    || template.as_ref().is_some_and(|template| linked.starts_with(template.as_str())))
        });
        let by_socket = self.links.keys().any(|link| {
            link.contains(".wants/")
                && base(link).trim_end_matches(".socket")
                    == name.trim_end_matches(".service").trim_end_matches('@')
        });
        let always = enabled || by_socket;
        let mut started = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let Some(command) = line.trim().strip_prefix("ExecStart=") else { continue };
            let words: Vec<String> = command
                .trim_start_matches(['-', '@', '+', '!', ':'])
                .split_whitespace()
                .map(str::to_owned)
                .collect();
            let Some(kind) = kind_of(&words) else { continue };
            // A unit that nobody wants is like a program that nobody starts.
            let kind = match kind {
                (_, what) if !always => ("debug-program", what),
                kind => kind,
            };
            if kind.0 == "debug-program" && REMOTE.contains(&kind.1.as_str()) {
                continue;
            }
            let known_getty = kind.0 == "debug-program" && GETTY.contains(&kind.1.as_str());
            if !known_getty {
                started.push(Started {
                    kind: kind.0,
                    path: path.to_owned(),
                    line: Some(number + 1),
                    what: kind.1,
                    text: line.trim().to_owned(),
                    always,
                });
            }
        }
        started
    }
}

/// Lines of `inittab`: id, run levels, action, process.
fn inittab(path: &str, text: &str) -> Vec<Started> {
    let mut started = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let fields: Vec<&str> = line.splitn(4, ':').collect();
        let [id, _, action, process] = fields[..] else { continue };
        if line.starts_with('#')
            || matches!(action, "off" | "shutdown" | "restart" | "ctrlaltdel" | "initdefault")
        {
            continue;
        }
        let mut words: Vec<String> =
            process.trim_start_matches(['-', '+', '@']).split_whitespace().map(str::to_owned).collect();
        // The shell of busybox without words behind it is one that asks nobody; on the line that `id` names.
        if kind_of(&words).is_some_and(|(kind, _)| kind == "console-login") && !id.is_empty() {
            words.push(id.to_owned());
        }
        let script = words.first().is_some_and(|word| SHELLS.contains(&base(word)))
            && words.len() > 1
            && words[1].contains('/');
        let Some((kind, what)) = kind_of(&words).filter(|_| !script) else { continue };
        let repeats =
            matches!(action, "respawn" | "askfirst" | "once" | "wait" | "sysinit" | "boot" | "bootwait");
        if kind == "console-shell" && !repeats || what == "sulogin" {
            continue;
        }
        started.push(Started {
            kind,
            path: path.to_owned(),
            line: Some(number + 1),
            what,
            text: line.to_owned(),
            always: true,
        });
    }
    started
}

/// Lines of `inetd.conf`: service, type, protocol, wait, user, server, words. Whether `inetd` itself is started is
/// said elsewhere.
fn inetd(path: &str, text: &str) -> Vec<Started> {
    text.lines()
        .enumerate()
        .filter_map(|(number, line)| {
            let line = line.trim();
            let fields: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            if line.starts_with('#') || fields.len() < 6 || !matches!(fields[1].as_str(), "stream" | "dgram")
            {
                return None;
            }
            let (kind, what) = kind_of(fields.get(5..)?)?;
            Some(Started {
                kind,
                path: path.to_owned(),
                line: Some(number + 1),
                what,
                text: line.to_owned(),
                always: false,
            })
        })
        .collect()
}

fn xinetd(path: &str, text: &str) -> Option<Started> {
    let value = |key: &str| {
        text.lines().enumerate().find_map(|(number, line)| {
            let (name, value) = line.split_once('=')?;
            (name.trim() == key).then(|| (number + 1, value.trim().to_owned()))
        })
    };
    let (line, server) = value("server")?;
    let off = value("disable").is_some_and(|(_, value)| value == "yes");
    let (kind, what) = kind_of(std::slice::from_ref(&server)).filter(|_| !off)?;
    Some(Started {
        kind,
        path: path.to_owned(),
        line: Some(line),
        what,
        text: format!("server = {server}"),
        always: false,
    })
}

/// A command of a script that starts something.
fn script(path: &str, command: &Command, at_start: bool) -> Option<Started> {
    let (kind, what) = kind_of(&command.words)?;
    // A shell in a script runs a script or belongs to a session; only one on a serial line is meant here.
    if kind == "console-shell" && !SHELLS.contains(&what.as_str()) && !GETTY.contains(&what.as_str()) {
        return None;
    }
    let on_a_line = command.words.iter().any(|word| is_serial(word));
    if SHELLS.contains(&what.as_str()) && !on_a_line {
        return None;
    }
    let always = at_start && !command.conditional;
    Some(Started {
        kind,
        path: path.to_owned(),
        line: Some(command.line),
        what,
        text: command.text.clone(),
        always,
    })
}

/// `serial-getty@ttyS0.service` and its kin among what is wanted.
fn serial_getty_unit(link: &str) -> Option<Started> {
    let name = base(link).strip_suffix(".service")?;
    let (unit, line) = name.split_once('@')?;
    let is = link.contains(".wants/")
        && matches!(unit, "serial-getty" | "getty" | "console-getty")
        && is_serial(line);
    is.then(|| Started {
        kind: "console-login",
        path: link.to_owned(),
        line: None,
        what: line.to_owned(),
        text: name.to_owned(),
        always: true,
    })
}

/// What a command starts: kind and program.
fn kind_of(words: &[String]) -> Option<(&'static str, String)> {
    let mut rest = words;
    // Programs that start another.
    while let Some(first) = rest.first() {
        let name = base(first);
        let wraps = matches!(
            name,
            "busybox"
                | "exec"
                | "nohup"
                | "setsid"
                | "nice"
                | "env"
                | "command"
                | "sudo"
                | "cttyhack"
                | "eval"
                | "openvt"
        );
        let assigns = first.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'_')
        });
        if !(wraps || assigns) {
            break;
        }
        rest = &rest[1..];
    }
    let first = rest.first()?;
    let name = base(first);
    if name == "start-stop-daemon" {
        let starts = rest.iter().any(|word| {
            word == "--start" || (word.starts_with('-') && !word.starts_with("--") && word.contains('S'))
        });
        let behind = |at: usize| rest.get(at + 1).cloned();
        let program = rest.iter().enumerate().find_map(|(at, word)| match word.as_str() {
            "--exec" | "-x" | "--startas" | "-a" => behind(at),
            word => {
                word.strip_prefix("--exec=").or_else(|| word.strip_prefix("--startas=")).map(str::to_owned)
            }
        })?;
        return kind_of(&[program]).filter(|_| starts);
    }
    if name == "procd_set_param" && rest.get(1).is_some_and(|word| word == "command") {
        return kind_of(&rest[2..]);
    }
    if DEBUGGING.contains(&name) {
        return Some(("debug-service-started", name.to_owned()));
    }
    if REMOTE.contains(&name) {
        return Some(("remote-login-started", name.to_owned()));
    }
    if SHELLS.contains(&name) {
        return Some(("console-shell", name.to_owned()));
    }
    if name == "login" && rest.iter().any(|word| word == "-f") {
        return Some(("console-shell", "login".to_owned()));
    }
    if GETTY.contains(&name) && rest.iter().any(|word| is_serial(word)) {
        let shell = rest.windows(2).any(|two| two[0] == "-l" && SHELLS.contains(&base(&two[1])));
        let lets_in = rest.iter().any(|word| word.starts_with("--autologin") || word == "-a");
        return Some((if shell || lets_in { "console-shell" } else { "console-login" }, name.to_owned()));
    }
    None
}

fn is_serial(word: &str) -> bool {
    let word = base(word.trim_start_matches('<').trim_start_matches('>')).to_ascii_lowercase();
    SERIAL.iter().any(|line| {
        word.strip_prefix(line)
            .is_some_and(|rest| rest.len() <= 2 && rest.bytes().all(|one| one.is_ascii_digit()))
    })
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
#[path = "services_tests.rs"]
mod tests;
