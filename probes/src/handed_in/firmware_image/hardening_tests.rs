use proptest::prelude::*;

use super::*;

/// A program of 64 bits with these program headers (type, flags) and no dynamic section.
fn program(kind: u16, headers: &[(u32, u32)]) -> Vec<u8> {
    let mut elf = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    elf.extend_from_slice(&kind.to_le_bytes());
    elf.extend_from_slice(&62_u16.to_le_bytes());
    elf.extend_from_slice(&1_u32.to_le_bytes());
    for word in [0_u64, 64, 0] {
        elf.extend_from_slice(&word.to_le_bytes());
    }
    elf.extend_from_slice(&0_u32.to_le_bytes());
    for half in [64_u16, 56, headers.len() as u16, 64, 0, 0] {
        elf.extend_from_slice(&half.to_le_bytes());
    }
    for (kind, flags) in headers {
        elf.extend_from_slice(&kind.to_le_bytes());
        elf.extend_from_slice(&flags.to_le_bytes());
        elf.extend_from_slice(&[0; 48]);
    }
    elf
}

fn binary(bytes: &[u8]) -> Binary {
    match read("/bin/x", bytes) {
        Seen::Binary(binary) => binary,
        Seen::Object => panic!("an object"),
        Seen::Unreadable => panic!("not readable"),
    }
}

#[test]
fn a_static_program_shows_some_means_and_of_others_nothing() {
    let bare = binary(&program(ET_EXEC, &[(1, 5), (PT_GNU_STACK, 7)]));
    assert_eq!((bare.kind.as_str(), bare.is_static), ("program", true));
    assert_eq!(bare.lacks(), ["pie", "nx", "relro"]);
    assert_eq!((bare.canary, bare.fortify, bare.bind_now), (None, None, None));
    let sound = binary(&program(ET_EXEC, &[(1, 5), (PT_GNU_STACK, 6), (PT_GNU_RELRO, 4)]));
    assert_eq!(sound.lacks(), ["pie"]);
}

#[test]
fn the_program_that_tests_this_is_read() {
    let Ok(own) = std::env::current_exe().and_then(std::fs::read) else { return };
    if own.starts_with(b"\x7fELF") {
        let own = binary(&own);
        assert_eq!(
            (own.kind.as_str(), own.is_static, own.pie, own.nx),
            ("program", false, Some(true), Some(true))
        );
        assert_eq!((own.relro, own.fortify), (Some(true), Some(false)), "{own:?}");
    }
}

#[test]
fn libraries_objects_and_garbage_are_told_apart() {
    let library = binary(&program(ET_DYN, &[(1, 5), (PT_GNU_STACK, 6)]));
    assert_eq!((library.kind.as_str(), library.pie), ("library", None));
    assert!(matches!(read("/lib/x.ko", &program(1, &[])), Seen::Object));
    let mut hardening = Hardening::default();
    add(&mut hardening, read("/bin/y", b"\x7fELF garbage"));
    add(&mut hardening, Seen::Binary(binary(&program(ET_EXEC, &[(1, 5), (PT_GNU_STACK, 7)]))));
    add(&mut hardening, Seen::Binary(library));
    assert_eq!((hardening.files, hardening.unreadable, hardening.binaries.len()), (2, 1, 2));
    assert_eq!((hardening.lacking["nx"], hardening.lacking["relro"], hardening.unknown["canary"]), (1, 2, 2));
}

proptest! {
    #[test]
    fn any_program_is_read(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..30),
        cut in 16_usize..400,
    ) {
        let mut bytes = program(ET_DYN, &[(1, 5), (2, 6), (PT_INTERP, 4), (PT_GNU_STACK, 6)]);
        bytes.resize(400, 0);
        for (at, octet) in changes {
            let at = at.index(bytes.len());
            bytes[at] = octet;
        }
        let _ = read("/bin/x", &bytes[..cut]);
    }
}
