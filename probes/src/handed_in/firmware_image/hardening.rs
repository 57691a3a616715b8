//! How an ELF program or library is hardened, as far as its file tells.

use goblin::elf::dynamic::{DF_1_NOW, DF_1_PIE, DF_BIND_NOW, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1};
use goblin::elf::header::{ET_DYN, ET_EXEC};
use goblin::elf::program_header::{PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_INTERP};
use goblin::elf::{Elf, Sym};

use super::inside::{Binary, Hardening};

/// Binaries that are kept.
const AT_MOST: usize = 150;
/// Functions of the C library that have a checked sister, and are called by most programs.
const CHECKED: &[&str] = &[
    "memcpy",
    "memmove",
    "memset",
    "strcpy",
    "strncpy",
    "strcat",
    "strncat",
    "stpcpy",
    "sprintf",
    "snprintf",
    "vsprintf",
    "vsnprintf",
    "printf",
    "fprintf",
    "vfprintf",
    "gets",
    "fgets",
    "read",
    "recv",
    "recvfrom",
    "realpath",
    "syslog",
    "fread",
];

/// What an ELF file is, for the count.
pub(super) enum Seen {
    /// A program or library.
    Binary(Binary),
    /// A kernel module or an object: hardened by who links it.
    Object,
    /// It could not be read.
    Unreadable,
}

/// Reads a file that begins as ELF does.
pub(super) fn read(path: &str, bytes: &[u8]) -> Seen {
    // The crate meets hostile files here; a slip of it costs one file and not the run.
    std::panic::catch_unwind(|| look(path, bytes)).unwrap_or(Seen::Unreadable)
}

/// Counts what was read.
pub(super) fn add(hardening: &mut Hardening, seen: Seen) {
    let binary = match seen {
        Seen::Binary(binary) => binary,
        Seen::Object => return,
        Seen::Unreadable => {
            hardening.unreadable += 1;
            return;
        }
    };
    hardening.files += 1;
    for (name, state) in binary.means() {
        match state {
            Some(true) => {}
            Some(false) => *hardening.lacking.entry(name.to_owned()).or_default() += 1,
            None if name == "pie" && binary.kind == "library" => {}
            None => *hardening.unknown.entry(name.to_owned()).or_default() += 1,
        }
    }
    if binary.lacks().is_empty() {
        return;
    }
    if hardening.binaries.len() < AT_MOST {
        hardening.binaries.push(binary);
    } else {
        hardening.further += 1;
    }
}

fn look(path: &str, bytes: &[u8]) -> Seen {
    let Ok(elf) = Elf::parse(bytes) else { return Seen::Unreadable };
    if !matches!(elf.header.e_type, ET_EXEC | ET_DYN) {
        return Seen::Object;
    }
    let has = |kind| elf.program_headers.iter().any(|header| header.p_type == kind);
    let tags = elf.dynamic.as_ref().map(|dynamic| dynamic.dyns.as_slice()).unwrap_or_default();
    let tag = |wanted| tags.iter().find(|tag| tag.d_tag == wanted).map(|tag| tag.d_val);
    let flags_1 = tag(DT_FLAGS_1).unwrap_or(0);
    // A library may have an interpreter, as that of C has, so that it tells its version when it is called.
    let starts = has(PT_INTERP) && elf.soname.is_none();
    let program = elf.header.e_type == ET_EXEC || starts || flags_1 & DF_1_PIE != 0;
    let is_static = program && elf.libraries.is_empty() && !has(PT_INTERP);
    let names = called(&elf);
    // A static program without its symbols shows neither canaries nor checked functions.
    let canary = defines_or_calls(&elf, &["__stack_chk_fail", "__stack_chk_fail_local", "__stack_chk_guard"]);
    let checked = names.iter().any(|name| name.ends_with("_chk") && !name.starts_with("__stack"));
    let unchecked = names.iter().any(|name| CHECKED.contains(name));
    // Libraries of data call nothing.
    let told = !is_static && !names.is_empty();
    Seen::Binary(Binary {
        path: path.to_owned(),
        kind: if program { "program" } else { "library" }.to_owned(),
        is_static,
        pie: program.then_some(elf.header.e_type == ET_DYN),
        // Without the header the system decides, and mostly lets the stack be executed.
        nx: elf
            .program_headers
            .iter()
            .find(|header| header.p_type == PT_GNU_STACK)
            .map(|header| header.p_flags & PF_X == 0)
            .or((!elf.program_headers.is_empty()).then_some(false)),
        relro: Some(has(PT_GNU_RELRO)),
        bind_now: (!is_static).then_some(
            tag(DT_BIND_NOW).is_some()
                || tag(DT_FLAGS).unwrap_or(0) & DF_BIND_NOW != 0
                || flags_1 & DF_1_NOW != 0,
        ),
        canary: (told || canary).then_some(canary),
        fortify: match (checked, told && unchecked) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
    })
}

/// Whether one of these is among its dynamic symbols: the library of C defines what others call.
fn defines_or_calls(elf: &Elf<'_>, wanted: &[&str]) -> bool {
    elf.dynsyms
        .iter()
        .take(50_000)
        .filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
        .any(|name| wanted.contains(&name))
}

/// Names of dynamic symbols that the file takes from elsewhere.
fn called<'a>(elf: &Elf<'a>) -> Vec<&'a str> {
    let wanted = |symbol: &Sym| symbol.st_shndx == 0;
    elf.dynsyms
        .iter()
        .take(50_000)
        .filter(wanted)
        .filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
#[path = "hardening_tests.rs"]
mod tests;
