//! Capture files in their formats, whole, torn and spoiled.

use proptest::prelude::*;

use super::frames::*;
use crate::capture::pcap::{Ending, FileError, Summary, Writer, read};
use crate::capture::{Frame, FrameRef, LinkKind};

fn read_all(bytes: &[u8]) -> Result<(Vec<Frame>, Summary), FileError> {
    let mut frames = Vec::new();
    let keep = |frame: FrameRef<'_>| {
        frames.push(Frame {
            at: frame.at,
            link: frame.link,
            bytes: frame.bytes.to_vec(),
            length: frame.length,
        });
    };
    // In small pieces, as a pipe gives them.
    let summary = read(Dribble(bytes), keep)?;
    Ok((frames, summary))
}

struct Dribble<'a>(&'a [u8]);

impl std::io::Read for Dribble<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(to.len()).min(7);
        to[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn some_frames() -> Vec<Frame> {
    let mut frames = Talk::open(1_700_000_000_123_456, (DEVICE, 50_000), (PEER, 443))
        .say(&[(true, &[7; 3000])], 1400)
        .frames;
    frames[3].length += 500;
    frames
}

fn numbers(big: bool, all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|number| if big { number.to_be_bytes() } else { number.to_le_bytes() }).collect()
}

fn classic(frames: &[Frame], big: bool, nanoseconds: bool) -> Vec<u8> {
    let magic = if nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut bytes = numbers(big, &[magic]);
    bytes.extend(if big { [0, 2, 0, 4] } else { [2, 0, 4, 0] });
    bytes.extend(numbers(big, &[0, 0, 65_535, 1]));
    for frame in frames {
        let fraction = (frame.at % 1_000_000) as u32 * if nanoseconds { 1000 } else { 1 };
        bytes.extend(numbers(
            big,
            &[(frame.at / 1_000_000) as u32, fraction, frame.bytes.len() as u32, frame.length],
        ));
        bytes.extend(&frame.bytes);
    }
    bytes
}

fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    body.resize(body.len().next_multiple_of(4), 0);
    let length = body.len() as u32 + 12;
    [numbers(big, &[kind, length]), body, numbers(big, &[length])].concat()
}

fn section(big: bool) -> Vec<u8> {
    let body =
        [numbers(big, &[0x1a2b_3c4d]), if big { vec![0, 1, 0, 0] } else { vec![1, 0, 0, 0] }, vec![0xff; 8]]
            .concat();
    block(big, 0x0a0d_0d0a, &body)
}

fn interface(big: bool, link: u16, options: &[u8]) -> Vec<u8> {
    let link = if big { link.to_be_bytes() } else { link.to_le_bytes() };
    block(big, 1, &[&link[..], &[0, 0], &numbers(big, &[65_535]), options].concat())
}

fn enhanced(big: bool, interface: u32, ticks: u64, frame: &Frame) -> Vec<u8> {
    let head = numbers(
        big,
        &[interface, (ticks >> 32) as u32, ticks as u32, frame.bytes.len() as u32, frame.length],
    );
    block(big, 6, &[head, frame.bytes.clone()].concat())
}

#[test]
fn every_kind_of_pcap_reads_the_same() {
    let frames = some_frames();
    for big in [false, true] {
        for nanoseconds in [false, true] {
            let (read, summary) = read_all(&classic(&frames, big, nanoseconds)).unwrap();
            assert_eq!(read, frames, "big {big}, nanoseconds {nanoseconds}");
            assert_eq!((summary.frames, summary.ending), (5 + 1, Ending::Whole));
        }
    }
}

#[test]
fn what_is_written_reads_back() {
    let frames = some_frames();
    let mut writer = Writer::new(Vec::new(), LinkKind::Ethernet).unwrap();
    for frame in &frames {
        writer.write(&frame.by_ref()).unwrap();
    }
    let other = Frame { link: LinkKind::RawIp, ..frames[0].clone() };
    assert!(writer.write(&other.by_ref()).is_err());
    let bytes = writer.finish().unwrap();
    assert_eq!(read_all(&bytes).unwrap().0, frames);
}

#[test]
fn pcapng_has_sections_interfaces_and_resolutions_of_time() {
    let frames = some_frames();
    for big in [false, true] {
        let two = |number: u16| if big { number.to_be_bytes() } else { number.to_le_bytes() };
        // Nanoseconds; 1/1024 s with an offset of 1000 s.
        let nano = [&two(9)[..], &two(1), &[9, 0, 0, 0], &two(0), &two(0)].concat();
        let offset = if big { 1000_i64.to_be_bytes() } else { 1000_i64.to_le_bytes() };
        let binary =
            [&two(2)[..], &two(3), b"eth\0", &two(9), &two(1), &[0x8a, 0, 0, 0], &two(14), &two(8), &offset]
                .concat();
        let mut bytes = section(big);
        bytes.extend(interface(big, 1, &nano));
        bytes.extend(interface(big, 1, &binary));
        bytes.extend(interface(big, 105, &[]));
        bytes.extend(block(big, 5, &[1; 20]));
        bytes.extend(enhanced(big, 0, frames[0].at * 1000, &frames[0]));
        bytes.extend(enhanced(big, 1, 1536, &frames[1]));
        bytes.extend(enhanced(big, 2, 0, &frames[1]));
        // Another section, in the other order, with interfaces of its own.
        bytes.extend(section(!big));
        bytes.extend(interface(!big, 101, &[]));
        bytes.extend(enhanced(!big, 0, 77, &frames[2]));
        bytes.extend(block(!big, 3, &[numbers(!big, &[frames[4].length]), frames[4].bytes.clone()].concat()));
        let (read, summary) = read_all(&bytes).unwrap();
        let times: Vec<u64> = read.iter().map(|frame| frame.at).collect();
        assert_eq!(times, [frames[0].at, 1_001_500_000, 77, 77], "big {big}");
        assert_eq!(read[2].link, LinkKind::RawIp);
        assert_eq!(
            (read[0].bytes.as_slice(), read[3].bytes.as_slice()),
            (&frames[0].bytes[..], &frames[4].bytes[..])
        );
        assert_eq!(summary.other_links.get(&105), Some(&1));
        assert_eq!(summary.gaps().len(), 1);
    }
}

#[test]
fn a_torn_end_gives_what_was_there() {
    let frames = some_frames();
    let file = classic(&frames, false, false);
    let first = 24 + 16 + frames[0].bytes.len();
    for cut in first + 1..first + 40 {
        let (read, summary) = read_all(&file[..cut]).unwrap();
        assert_eq!((read.len(), &summary.ending), (1, &Ending::Torn { offset: first as u64 }), "{cut}");
        assert_eq!(summary.gaps().len(), 1);
    }
    let begun = [section(false), interface(false, 1, &[])].concat();
    let file = [begun.clone(), enhanced(false, 0, 1, &frames[0]), enhanced(false, 0, 2, &frames[1])].concat();
    let (read, summary) = read_all(&file[..file.len() - 5]).unwrap();
    assert_eq!(read.len(), 1);
    assert!(matches!(summary.ending, Ending::Torn { .. }));
    let spoiled = [begun, enhanced(false, 9, 1, &frames[0])].concat();
    assert!(matches!(read_all(&spoiled).unwrap().1.ending, Ending::Broken { .. }));
}

#[test]
fn what_is_no_capture_is_refused_with_what_to_do() {
    let mut unknown = classic(&[], false, false);
    unknown[4] = 9;
    let table: [(&[u8], &str); 6] = [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08\x00abc", "compressed with gzip"),
        (b"GIF89a", "at octet 0 stands 47494638"),
        (b"\xd4\xc3\xb2\xa1\x02", "ends within its header"),
        (&unknown, "version 9 is not known"),
        (&[0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 1, 2, 3, 4], "says no byte order"),
    ];
    for (bytes, expected) in table {
        let error = read_all(bytes).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.help().is_empty());
    }
}

proptest! {
    #[test]
    fn any_file_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..300), which in 0..4_usize, cut in any::<prop::sample::Index>(), value: u8) {
        let _ = read_all(&bytes);
        let frames = some_frames();
        let mut file = match which {
            0 => classic(&frames, false, false),
            1 => classic(&frames, true, true),
            _ => [section(which == 2), interface(which == 2, 1, &[]), enhanced(which == 2, 0, 5, &frames[0])].concat(),
        };
        let place = cut.index(file.len());
        file[place] = value;
        let _ = read_all(&file);
        file.truncate(place);
        file.extend(&bytes);
        let _ = read_all(&file);
    }
}
