//! What images of firmware hold (probe `handed-in`), beside what is declared.
//!
//! Nothing is ever shown by the absence of a finding: a part that stayed closed may hold anything, and a file system
//! that was opened may be changed by the first start.

use std::collections::BTreeSet;

use ixit::Row;
use probes::handed_in::{Finding, Inside};

use crate::facts::Facts;
use crate::files_seen::FileSeen;
use crate::prompt::Shown;

/// Findings that are secrets which every device with this image holds.
pub const SECRETS: &[&str] = &["private-key", "password-hash", "empty-password", "credential"];
/// Findings of services and consoles for debugging.
pub const DEBUGGING: &[&str] = &["debug-service-started", "console-shell", "console-login", "debug-program"];
/// Findings of rights that are wider than needed.
pub const RIGHTS: &[&str] = &["setuid", "world-writable"];

/// Lines of one kind that a person is shown.
const LINES_OF_A_KIND: usize = 8;

/// The findings of these kinds in all images, for a person, with what stayed closed.
pub fn shown(files: &[FileSeen<'_>], kinds: &[&str]) -> Vec<Shown> {
    images(files)
        .flat_map(|(seen, inside)| {
            let mut lines = lines_of(inside, kinds);
            if !lines.is_empty() {
                lines.insert(0, summary(&seen.file.name, inside));
            }
            lines.into_iter().map(|text| shown_line(seen, text))
        })
        .collect()
}

/// Everything that was seen inside of one image, in lines.
pub fn all_lines(inside: &Inside) -> Vec<String> {
    let mut lines = lines_of(inside, &["private-key", "private-key-encrypted"]);
    lines.extend(lines_of(inside, &["password-hash", "empty-password", "credential"]));
    lines.extend(lines_of(inside, DEBUGGING));
    lines.extend(lines_of(inside, &["remote-login-started"]));
    lines.extend(lines_of(inside, RIGHTS));
    lines.extend(hardening_lines(inside));
    lines
}

/// Parts, and what stayed closed, in one line.
pub fn summary(name: &str, inside: &Inside) -> String {
    let kinds: Vec<&str> = inside.parts.iter().map(|part| part.path.as_str()).take(4).collect();
    let parts = if kinds.is_empty() { "no part was recognized".to_owned() } else { kinds.join(", ") };
    let further = inside.parts.len().saturating_sub(kinds.len());
    let further = if further > 0 { format!(" and {further} more") } else { String::new() };
    let closed: Vec<String> =
        inside.left.iter().take(3).map(|left| format!("{} ({})", left.path, left.why)).collect();
    let closed = match (closed.is_empty(), inside.left.len().saturating_sub(closed.len())) {
        (true, _) => String::new(),
        (false, 0) => format!("; not opened: {}", closed.join(", ")),
        (false, more) => format!("; not opened: {} and {more} more", closed.join(", ")),
    };
    format!("{name}: {parts}{further}, {} files{closed}", inside.files)
}

/// How programs are hardened, in lines for a person.
pub fn shown_hardening(files: &[FileSeen<'_>]) -> Vec<Shown> {
    images(files)
        .flat_map(|(seen, inside)| hardening_lines(inside).into_iter().map(|text| shown_line(seen, text)))
        .collect()
}

/// The images that hold a secret where it is used.
pub fn with_secrets<'f, 's>(files: &'f [FileSeen<'s>]) -> impl Iterator<Item = &'f FileSeen<'s>> {
    let holds = |inside: &Inside| {
        inside.findings.iter().any(|one| one.telling && SECRETS.contains(&one.kind.as_str()))
    };
    images(files).filter(move |(_, inside)| holds(inside)).map(|(seen, _)| seen)
}

/// Whether an image opens a console without a condition: a shell, or a login.
pub fn opens_console(files: &[FileSeen<'_>]) -> bool {
    images(files).any(|(_, inside)| {
        inside
            .findings
            .iter()
            .any(|one| one.telling && matches!(one.kind.as_str(), "console-shell" | "console-login"))
    })
}

/// The first private key that stands in use, unprotected.
pub fn key_in_use<'s>(seen: &'s FileSeen<'_>) -> Option<&'s Finding> {
    inside(seen)?.of_kind("private-key").find(|finding| finding.telling)
}

/// Where a finding stands, in words.
pub fn place(finding: &Finding) -> String {
    match finding.line {
        Some(line) => format!("{}, line {line}", finding.path),
        None => format!("{}, octet {}", finding.path, finding.offset),
    }
}

/// Services for debugging that an image starts without a condition while no interface and no service of the
/// declaration speaks of them: service and the file that starts it. Whether they are reached by a physical interface, an
/// image does not tell.
pub fn undeclared_debug_services<'f, 's>(
    facts: &Facts<'_>,
    files: &'f [FileSeen<'s>],
) -> Vec<(String, &'f FileSeen<'s>)> {
    let mut told = BTreeSet::new();
    images(files)
        .flat_map(|(seen, inside)| {
            inside.of_kind("debug-service-started").map(move |finding| (seen, finding))
        })
        .filter(|(_, finding)| finding.telling && !is_declared(facts, &finding.what))
        .filter(|(_, finding)| told.insert(finding.what.clone()))
        .map(|(seen, finding)| (finding.what.clone(), seen))
        .collect()
}

/// Whether a row of an interface or service speaks of a program: by its name, its protocol or its port.
fn is_declared(facts: &Facts<'_>, program: &str) -> bool {
    let (words, ports): (&[&str], &[u16]) = match program {
        "adbd" => (&["adb", "android debug"], &[5555]),
        "gdbserver" | "lldb-server" => (&["gdb", "lldb"], &[]),
        "tcf-agent" => (&["tcf"], &[1534]),
        "rshd" | "in.rshd" | "rlogind" | "in.rlogind" | "rexecd" => {
            (&["rsh", "rlogin", "rexec"], &[512, 513, 514])
        }
        "openocd" => (&["openocd", "jtag"], &[3333, 4444]),
        _ => (&["telnet"], &[23, 2323]),
    };
    let speaks = |row: &Row| {
        let prose: String =
            row.fields.values().map(|value| value.value.display().to_lowercase() + "\n").collect();
        words.iter().any(|word| prose.contains(word) || row.id.to_lowercase().contains(word))
            || row.companions.endpoint.iter().any(|endpoint| {
                let application = endpoint.value.application.as_deref().unwrap_or_default().to_lowercase();
                ports.contains(&endpoint.value.port) || words.iter().any(|word| application.contains(word))
            })
    };
    ["intf", "soft_serv"].iter().any(|table| facts.declaration.ixit.rows(table).iter().any(speaks))
}

fn images<'f, 's>(files: &'f [FileSeen<'s>]) -> impl Iterator<Item = (&'f FileSeen<'s>, &'f Inside)> {
    files.iter().filter_map(|seen| Some((seen, inside(seen)?)))
}

fn inside<'f>(seen: &'f FileSeen<'_>) -> Option<&'f Inside> {
    seen.file.image.as_ref()?.inside.as_ref()
}

fn lines_of(inside: &Inside, kinds: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in kinds {
        let all: Vec<&Finding> = inside.of_kind(kind).collect();
        // What stands in use first.
        let ordered = all.iter().filter(|one| one.telling).chain(all.iter().filter(|one| !one.telling));
        lines.extend(ordered.take(LINES_OF_A_KIND).map(|finding| line_of(finding)));
        if all.len() > LINES_OF_A_KIND {
            lines.push(format!("{kind}: {} more", all.len() - LINES_OF_A_KIND));
        }
    }
    lines
}

fn line_of(finding: &Finding) -> String {
    let what = if finding.excerpt.is_empty() { &finding.what } else { &finding.excerpt };
    let weak =
        if finding.telling || RIGHTS.contains(&finding.kind.as_str()) { "" } else { " (perhaps not in use)" };
    format!("{}{weak}: {what}; {}", finding.kind, place(finding))
}

fn hardening_lines(inside: &Inside) -> Vec<String> {
    let hardening = &inside.hardening;
    if hardening.files == 0 {
        return Vec::new();
    }
    let counted = |counts: &std::collections::BTreeMap<String, u64>| -> String {
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    let mut line = format!("hardening of {} programs and libraries", hardening.files);
    if hardening.lacking.is_empty() {
        line += ": none lacks a means that can be told";
    } else {
        line += &format!("; lacking: {}", counted(&hardening.lacking));
    }
    if !hardening.unknown.is_empty() {
        line += &format!("; cannot be told: {}", counted(&hardening.unknown));
    }
    let mut lines = vec![line];
    let programs = hardening.binaries.iter().filter(|binary| binary.kind == "program");
    lines.extend(
        programs
            .take(LINES_OF_A_KIND)
            .map(|binary| format!("{} lacks {}", binary.path, binary.lacks().join(", "))),
    );
    lines
}

fn shown_line(seen: &FileSeen<'_>, text: String) -> Shown {
    Shown { label: "observed.handed-in".to_owned(), text, source: Some(seen.recorded.reference.clone()) }
}

#[cfg(test)]
#[path = "firmware_seen/tests.rs"]
mod tests;
