//! Images of firmware that tests build: trees of files, as SquashFS (written by another's hand), tar and cpio.

use std::io::{Cursor, Write as _};

use backhand::compression::Compressor;
use backhand::{FilesystemCompressor, FilesystemWriter, NodeHeader};

use crate::capture::Needle;
use crate::capture::needles::Needles;

use super::findings::{Known, Search};
use super::inside::Inside;
use super::unpack::{Bounds, look_inside};

/// A private key on the curve P-256 that protects nothing.
pub(super) const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\n\
    MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n\
    AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\n\
    EKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==\n-----END EC PRIVATE KEY-----\n";
/// Hash of a password as `shadow` holds it.
pub(super) const HASH: &str =
    "$6$kY0nHf3c$Zk1f3QxTrsT2mN5Y8bVw0pLq7RjUeXgAhCdIoM4K6zB9sWvFtGyHnJ1QxPrS3uE5aLk8TzVbYcNmDwRfKjHgq/";
/// A secret that the bench knows.
pub(super) const KNOWN_SECRET: &str = "qX7-cloud-secret-91";

/// A file of a tree.
#[derive(Clone, Debug)]
pub(super) struct Planted {
    pub(super) path: String,
    pub(super) mode: u16,
    pub(super) contents: Vec<u8>,
    /// It is a link to this.
    pub(super) link: Option<String>,
}

pub(super) fn file(path: &str, contents: impl AsRef<[u8]>) -> Planted {
    Planted { path: path.to_owned(), mode: 0o644, contents: contents.as_ref().to_vec(), link: None }
}

pub(super) fn link(path: &str, target: &str) -> Planted {
    Planted { path: path.to_owned(), mode: 0o777, contents: Vec::new(), link: Some(target.to_owned()) }
}

/// A tree as it should be: it has everything that a careless search takes for something.
pub(super) fn sound_tree() -> Vec<Planted> {
    vec![
        file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:*:1:1::/:/bin/false\n"),
        file("etc/shadow", "root:*:19000:0:99999:7:::\ndaemon:!:19000:0:99999:7:::\n"),
        file("etc/nsswitch.conf", "passwd: files\nshadow: files systemd\n"),
        file(
            "etc/inittab",
            "::sysinit:/etc/init.d/rcS\n#ttyS0::respawn:/sbin/getty -L ttyS0 115200\n::shutdown:/bin/umount -a\n",
        ),
        file(
            "etc/init.d/rcS",
            "#!/bin/sh\nmount -a\nfor i in /etc/init.d/S??*; do $i start; done\n# telnetd -l /bin/sh\n",
        ),
        file(
            "etc/init.d/S40network",
            "#!/bin/sh\ncase \"$1\" in\n start) ifup -a ;;\n stop) killall telnetd; echo telnetd ;;\nesac\n",
        ),
        file(
            "etc/cloud.conf",
            "# password=of-the-old-cloud\nuser=device\npassword=\ntoken=${TOKEN}\npsk=\"your-psk-here\"\n",
        ),
        file("etc/ssl/certs/ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        file(
            "etc/ssl/public.pem",
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n",
        ),
        file("www/login.html", "<input type=password name=password placeholder='password: secret99'>\n"),
        file("usr/share/doc/app/README", "Set password=Tr0ub4dor in the settings.\n"),
        file("bin/app.sh", "#!/bin/sh\nPASSWORD=$(cat /run/secret)\nread -r password\n"),
        file("usr/share/large.dat", vec![7_u8; 300_000]),
        link("bin/sh", "busybox.real"),
    ]
}

/// The same with a private key, the hash of a password and a script that starts telnet.
pub(super) fn planted_tree() -> Vec<Planted> {
    let mut tree = sound_tree();
    tree.retain(|file| file.path != "etc/shadow");
    tree.push(file("etc/shadow", format!("daemon:*:19000:0:99999:7:::\nroot:{HASH}:19000:0:99999:7:::\n")));
    tree.push(file("etc/ssl/private/server.key", KEY));
    tree.push(file("etc/init.d/S50telnet", "#!/bin/sh\n/usr/sbin/telnetd -l /bin/sh &\n"));
    tree
}

/// What is planted: kind and path.
pub(super) const PLANTED: [(&str, &str); 3] = [
    ("debug-service-started", "/etc/init.d/S50telnet"),
    ("password-hash", "/etc/shadow"),
    ("private-key", "/etc/ssl/private/server.key"),
];

pub(super) fn squashfs(tree: &[Planted], packed: Compressor) -> Vec<u8> {
    let mut writer = FilesystemWriter::default();
    writer.set_compressor(FilesystemCompressor::new(packed, None).expect("an image of a test"));
    writer.set_no_padding();
    for one in tree {
        let header = NodeHeader::new(one.mode, 0, 0, 0);
        if let Some((folder, _)) = one.path.rsplit_once('/') {
            writer.push_dir_all(folder, NodeHeader::new(0o755, 0, 0, 0)).expect("an image of a test");
        }
        match &one.link {
            Some(target) => writer.push_symlink(target, &one.path, header).expect("an image of a test"),
            None => writer
                .push_file(Cursor::new(one.contents.clone()), &one.path, header)
                .expect("an image of a test"),
        }
    }
    let mut image = Cursor::new(Vec::new());
    writer.write(&mut image).expect("an image of a test");
    image.into_inner()
}

pub(super) fn tar(tree: &[Planted]) -> Vec<u8> {
    let mut archive = Vec::new();
    for one in tree {
        let kind = if one.link.is_some() { b'2' } else { b'0' };
        tar_entry(&mut archive, &one.path, kind, one.mode, &one.contents, one.link.as_deref().unwrap_or(""));
    }
    archive.extend_from_slice(&[0; 1024]);
    archive
}

pub(super) fn tar_entry(archive: &mut Vec<u8>, path: &str, kind: u8, mode: u16, contents: &[u8], link: &str) {
    let mut head = [0_u8; 512];
    let mut put = |at: usize, text: &[u8]| head[at..at + text.len()].copy_from_slice(text);
    put(0, &path.as_bytes()[..path.len().min(100)]);
    put(100, format!("{mode:07o}").as_bytes());
    put(108, b"0000000");
    put(116, b"0000000");
    put(124, format!("{:011o}", contents.len()).as_bytes());
    put(136, b"00000000000");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, &link.as_bytes()[..link.len().min(100)]);
    put(257, b"ustar\x0000");
    let sum: u64 = head.iter().map(|octet| u64::from(*octet)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend_from_slice(&head);
    archive.extend_from_slice(contents);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

pub(super) fn cpio(tree: &[Planted]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut entry = |path: &str, mode: u32, contents: &[u8]| {
        let fields = [1, mode, 0, 0, 1, 0, contents.len() as u32, 0, 0, 0, 0, path.len() as u32 + 1, 0];
        archive.extend_from_slice(b"070701");
        for field in fields {
            archive.extend_from_slice(format!("{field:08x}").as_bytes());
        }
        archive.extend_from_slice(path.as_bytes());
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(contents);
        archive.resize(archive.len().next_multiple_of(4), 0);
    };
    for one in tree {
        match &one.link {
            Some(target) => entry(&one.path, 0o120_777, target.as_bytes()),
            None => entry(&one.path, 0o100_000 | u32::from(one.mode), &one.contents),
        }
    }
    entry("TRAILER!!!", 0, &[]);
    archive
}

pub(super) fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(octets).expect("an image of a test");
    encoder.finish().expect("an image of a test")
}

/// Octets without order.
pub(super) fn chance(octets: usize) -> Vec<u8> {
    let mut state = 0x1234_5678_9abc_def0_u64;
    (0..octets)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// What an image holds, searched for the known secret.
pub(super) fn looked(image: &[u8]) -> (Inside, Known) {
    looked_within(image, Bounds::default())
}

pub(super) fn looked_within(image: &[u8], bounds: Bounds) -> (Inside, Known) {
    let needle = Needle { key: "credential:SecParam-Cloud".to_owned(), value: KNOWN_SECRET.to_owned() };
    let needles = Needles::new(&[needle]);
    let telling = std::iter::once("credential:SecParam-Cloud".to_owned()).collect();
    look_inside(image, bounds, Search { needles: &needles, telling: &telling }, &|| false)
}

/// Kind and path within its part of each finding, in order.
pub(super) fn told(inside: &Inside) -> Vec<(&str, &str)> {
    let path = |path: &'_ str| path.rfind(":/").map_or(0, |at| at + 1);
    let mut told: Vec<_> = inside
        .findings
        .iter()
        .map(|finding| (finding.kind.as_str(), &finding.path[path(&finding.path)..]))
        .collect();
    told.sort_unstable();
    told
}
