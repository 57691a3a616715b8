use backhand::compression::Compressor;
use proptest::prelude::*;

use super::super::built_images::*;
use super::*;

/// In front of a part, as a boot loader is.
fn behind_a_loader(part: &[u8]) -> Vec<u8> {
    let mut image = b"boot loader ".repeat(1000);
    image.extend_from_slice(part);
    image.extend_from_slice(&[0xff; 5000]);
    image
}

#[test]
fn what_is_planted_in_an_image_is_found_and_nothing_else() {
    let packed = |tree: &[Planted]| {
        vec![
            ("squashfs, gzip", squashfs(tree, Compressor::Gzip)),
            ("squashfs, xz", squashfs(tree, Compressor::Xz)),
            ("tar", tar(tree)),
            ("tar, gzip", gzip(&tar(tree))),
            ("cpio", cpio(tree)),
        ]
    };
    for (name, image) in packed(&planted_tree()) {
        let (inside, _) = looked(&behind_a_loader(&image));
        assert_eq!(told(&inside), PLANTED, "{name}: {inside:#?}");
        assert!(inside.findings.iter().all(|finding| finding.telling), "{name}: {inside:#?}");
        assert!(inside.whole(), "{name}: {:#?}", inside.left);
        assert_eq!(inside.parts[0].offset, 12_000, "{name}");
    }
    for (name, image) in packed(&sound_tree()) {
        let (inside, _) = looked(&behind_a_loader(&image));
        assert!(told(&inside).is_empty(), "{name}: {inside:#?}");
        assert!(inside.whole() && inside.files >= 13, "{name}: {inside:#?}");
    }
}

#[test]
fn a_finding_has_its_place_and_not_its_secret() {
    let (inside, _) = looked(&behind_a_loader(&squashfs(&planted_tree(), Compressor::Gzip)));
    let hash = inside.of_kind("password-hash").next().unwrap();
    assert_eq!((hash.path.as_str(), hash.line, hash.offset), ("squashfs@12000:/etc/shadow", Some(2), 28));
    assert_eq!((hash.what.as_str(), hash.excerpt.as_str()), ("root", "root: SHA-512 (withheld)"));
    let key = inside.of_kind("private-key").next().unwrap();
    assert_eq!((key.what.as_str(), key.digest.as_ref().map(String::len)), ("EC PRIVATE KEY", Some(64)));
    let telnet = inside.of_kind("debug-service-started").next().unwrap();
    assert_eq!((telnet.line, telnet.excerpt.as_str()), (Some(2), "/usr/sbin/telnetd -l /bin/sh &"));
    let text = serde_json::to_string(&inside).unwrap();
    assert!(!text.contains("MHcCAQ") && !text.contains("Zk1f3Q") && !text.contains("kY0nHf3c"), "{text}");
}

#[test]
fn a_secret_that_the_bench_knows_is_found_inside_and_never_written() {
    let mut tree = sound_tree();
    tree.push(file("etc/agent.json", format!("{{\"n\": 1,\n \"mqtt_password\": \"{KNOWN_SECRET}\"}}\n")));
    tree.push(file(&format!("opt/{KNOWN_SECRET}/S1"), KNOWN_SECRET));
    let (inside, known) = looked(&squashfs(&tree, Compressor::Gzip));
    let places: Vec<_> = known.values.iter().map(|known| known.path.as_deref().unwrap()).collect();
    assert_eq!(places, ["squashfs@0:/etc/agent.json", "squashfs@0:/opt/*******************/S1"]);
    assert!(known.values.iter().all(|known| known.telling && known.key == "credential:SecParam-Cloud"));
    assert_eq!(told(&inside), [("credential", "/etc/agent.json")]);
    let text = serde_json::to_string(&inside).unwrap() + &serde_json::to_string(&known.values).unwrap();
    assert!(!text.contains("cloud-secret"), "{text}");
}

#[test]
fn parts_within_parts_are_opened_to_a_depth() {
    let tree = tar(&planted_tree());
    let mut image = gzip(&tree);
    for _ in 0..2 {
        image = tar(&[file("update/rootfs.tar.gz", &image)]);
    }
    let (inside, _) = looked(&image);
    assert_eq!(told(&inside), PLANTED);
    assert_eq!(
        inside.findings[0].path.split(":/etc").next(),
        Some("tar@0:/update/rootfs.tar.gz:tar@0:/update/rootfs.tar.gz:gzip@0:tar@0")
    );
    let (inside, _) = looked_within(&image, Bounds { depth: 3, ..Bounds::default() });
    // What is not opened is still searched as it is.
    assert_eq!((told(&inside).len(), inside.left[0].why.as_str()), (1, "bound"));
}

#[test]
fn a_header_before_a_kernel_is_passed() {
    let mut image = vec![0x27, 0x05, 0x19, 0x56];
    image.extend_from_slice(&[0; 24]);
    image.extend_from_slice(&[5, 2, 3, 0]);
    image.extend_from_slice(&[b'k'; 32]);
    image.extend_from_slice(&gzip(&cpio(&planted_tree())));
    let (inside, _) = looked(&image);
    assert_eq!(told(&inside), PLANTED, "{inside:#?}");
    assert_eq!(
        inside.parts.iter().map(|part| part.kind.as_str()).collect::<Vec<_>>(),
        ["uimage", "gzip", "cpio"]
    );
}

#[test]
fn what_stays_closed_is_said() {
    let why = |image: &[u8]| -> Vec<(String, String)> {
        let (inside, _) = looked(image);
        inside.left.into_iter().map(|left| (left.kind, left.why)).collect()
    };
    let one = |kind: &str, why: &str| vec![(kind.to_owned(), why.to_owned())];
    assert_eq!(why(&behind_a_loader(&chance(300_000))), one("high-entropy", "encrypted-or-unknown"));
    assert_eq!(why(&chance(20_000)), one("high-entropy", "encrypted-or-unknown"));
    assert_eq!(why(&b"text, and nothing but text\n".repeat(9000)), []);
    assert_eq!(why(b""), []);
    let mut node = vec![0x85, 0x19, 0x01, 0xe0, 44, 0, 0, 0];
    node.resize(44, 1);
    assert_eq!(why(&behind_a_loader(&node.repeat(3))), one("jffs2", "not-supported"));
    assert_eq!(why(&behind_a_loader(b"LUKS\xba\xbe\0\x01aes")), one("luks", "not-supported"));
    let mut lzo = squashfs(&sound_tree(), Compressor::Gzip);
    lzo[20] = 3;
    assert_eq!(why(&lzo)[0], ("squashfs (lzo)".to_owned(), "not-supported".to_owned()));
    let cut = squashfs(&planted_tree(), Compressor::Gzip);
    assert_eq!(why(&cut[..cut.len() - 300])[0].1, "damaged");
    assert!(why(&tar(&planted_tree())[..4000]).iter().any(|(_, why)| why == "damaged"));
}

#[test]
fn nothing_expands_without_end() {
    let zeros = gzip(&vec![0; 80 << 20]);
    let (inside, _) = looked(&zeros);
    assert_eq!(inside.left[0].why, "expands-too-much", "{:?}", inside.left);
    assert!(inside.octets < 40 << 20);
    // A bomb within an archive costs no more than the archive may.
    let bombs: Vec<Planted> = (0..9).map(|n| file(&format!("etc/{n}.gz"), &zeros)).collect();
    let bounds = Bounds { octets: 70 << 20, ..Bounds::default() };
    let (inside, _) = looked_within(&tar(&bombs), bounds);
    assert!(inside.octets <= 72 << 20 && !inside.whole(), "{}", inside.octets);
    // More files than are counted.
    let many: Vec<Planted> = (0..50).map(|n| file(&format!("f{n}"), b"x")).collect();
    let (inside, _) = looked_within(&tar(&many), Bounds { files: 20, ..Bounds::default() });
    assert_eq!((inside.files, inside.left[0].why.as_str()), (20, "bound"));
    // One file that is larger than a file may be.
    let (inside, _) =
        looked_within(&squashfs(&sound_tree(), Compressor::Gzip), Bounds { file: 1000, ..Bounds::default() });
    assert!(
        inside.left.iter().any(|left| left.why == "bound" && left.octets == 300_000),
        "{:?}",
        inside.left
    );
}

#[test]
fn names_lead_nowhere_and_links_hold_nothing() {
    let mut archive = Vec::new();
    tar_entry(&mut archive, "../../../etc/ssl/up.key", b'0', 0o644, KEY.as_bytes(), "");
    tar_entry(&mut archive, "/root/abs\x1b[31m.key", b'0', 0o644, KEY.as_bytes(), "");
    tar_entry(&mut archive, "etc/hard.key", b'1', 0o644, b"", "/root/abs.key");
    tar_entry(&mut archive, "etc/soft.key", b'2', 0o777, b"", "../../../../etc/passwd");
    tar_entry(&mut archive, "dev/mem", b'3', 0o666, b"", "");
    let (inside, _) = looked(&archive);
    assert_eq!(
        told(&inside),
        [("private-key", "/etc/ssl/up.key"), ("private-key", "/root/abs\u{fffd}[31m.key")],
        "{inside:#?}"
    );
}

#[test]
fn rights_are_facts() {
    let mut tree = sound_tree();
    tree.push(Planted { mode: 0o4755, ..file("bin/su", b"#!/bin/sh\n") });
    tree.push(Planted { mode: 0o666, ..file("etc/app.conf", b"level=3\n") });
    tree.push(Planted { mode: 0o2755, ..file("bin/mail", b"#!/bin/sh\n") });
    let (inside, _) = looked(&squashfs(&tree, Compressor::Gzip));
    assert_eq!(told(&inside), [("setuid", "/bin/su"), ("world-writable", "/etc/app.conf")]);
    assert_eq!(inside.findings[0].what, "4755, owner 0");
}

#[test]
fn the_time_ends_it() {
    let needles = crate::capture::needles::Needles::new(&[]);
    let telling = std::collections::BTreeSet::new();
    let image = tar(&planted_tree());
    let search = Search { needles: &needles, telling: &telling };
    let (inside, _) = look_inside(&image, Bounds::default(), search, &|| true);
    assert_eq!((inside.findings.len(), inside.left[0].why.as_str()), (0, "stopped"));
}

fn small() -> Bounds {
    Bounds { octets: 8 << 20, files: 500, file: 1 << 20, depth: 3 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_octets_are_looked_at(octets in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let (inside, _) = looked_within(&octets, small());
        prop_assert!(inside.octets <= 9 << 20);
    }

    #[test]
    fn any_damage_is_survived(
        kind in 0_usize..6,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let tree: Vec<Planted> = planted_tree().into_iter().filter(|file| file.contents.len() < 10_000).collect();
        let mut image = match kind {
            0 => squashfs(&tree, Compressor::Gzip),
            1 => tar(&[file("a.squashfs", squashfs(&tree, Compressor::Gzip))]),
            2 => tar(&tree),
            3 => cpio(&tree),
            4 => gzip(&tar(&tree)),
            _ => squashfs(&tree, Compressor::Xz),
        };
        for (at, octet) in changes {
            let at = at.index(image.len());
            image[at] = octet;
        }
        image.truncate(cut.index(image.len()) + 1);
        let (inside, _) = looked_within(&image, small());
        prop_assert!(inside.octets <= 9 << 20);
    }
}
