//! What goes by on an interface, between two network namespaces that the test makes.

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "the tests build the bench and play the device")]

#[allow(dead_code, reason = "each test file uses its part")]
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::namespaces::{DEVICE, Link, skip};
use probes::capture::{Frame, LinkKind};
use probes::dialer::DialLimits;
use probes::{Dialer, Scope};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use tokio::sync::mpsc::Receiver;

fn dialer(capture: Option<&str>) -> Arc<Dialer> {
    let scope = Scope {
        devices: vec![DEVICE.parse().expect("an address")],
        capture: capture.map(str::to_owned),
        ..Scope::default()
    };
    Dialer::new(scope, DialLimits::default())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// TCP between the two hosts, as flags and whether the device sent it.
fn segment(frame: &Frame, device: IpAddr) -> Option<(u8, bool)> {
    let IpAddr::V4(device) = device else { return None };
    let packet = frame.bytes.get(14..).filter(|packet| packet.first() == Some(&0x45))?;
    let from_device = packet.get(12..16)? == device.octets();
    let involved = from_device || packet.get(16..20)? == device.octets();
    (packet.get(9) == Some(&6) && involved).then_some(())?;
    Some((*packet.get(33)?, from_device))
}

async fn until(frames: &mut Receiver<Frame>, wanted: impl Fn(&Frame) -> bool) -> Frame {
    let looking = async {
        loop {
            let frame = frames.recv().await.expect("the capture goes on");
            if wanted(&frame) {
                return frame;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking).await.expect("the frame goes by")
}

#[test]
fn both_directions_go_by_and_the_capture_ends_with_its_reader() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("both_directions_go_by_and_the_capture_ends_with_its_reader", &why),
    };
    let device: IpAddr = DEVICE.parse().expect("an address");
    link.as_tester(|| {
        runtime().block_on(async {
            let dialer = dialer(Some("lab0"));
            let mut frames = dialer.capture("lab0").unwrap();
            let stream = dialer.connect(SocketAddr::new(device, 80)).await.unwrap();
            let asked = until(&mut frames, |frame| segment(frame, device) == Some((0x02, false))).await;
            let answered = until(&mut frames, |frame| segment(frame, device) == Some((0x12, true))).await;
            assert_eq!(asked.link, LinkKind::Ethernet);
            assert_eq!(asked.length as usize, asked.bytes.len());
            assert!(asked.at <= answered.at && asked.at > 1_700_000_000_000_000, "{}", asked.at);
            drop(stream);
            assert!(dialer.counters.captured.load(Ordering::Relaxed) >= 2);
            assert_eq!(dialer.counters.capture_dropped.load(Ordering::Relaxed), 0);

            // The thread holds the dialer; it is given back when the reader is gone.
            drop(frames);
            let ended = async {
                while Arc::strong_count(&dialer) > 1 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the thread ends");
        });
    });
}

#[test]
fn a_capture_that_cannot_be_had_says_what_to_do() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("a_capture_that_cannot_be_had_says_what_to_do", &why),
    };
    link.as_tester(|| {
        let named = dialer(Some("lab0"));
        let other = named.capture("lo").unwrap_err();
        assert!(other.contains("[capture] interface"), "{other}");
        assert_eq!(named.counters.out_of_scope.load(Ordering::Relaxed), 1);
        let unnamed = dialer(None).capture("lab0").unwrap_err();
        assert!(unnamed.contains("[capture] interface"), "{unnamed}");
        let missing = dialer(Some("nowhere0")).capture("nowhere0").unwrap_err();
        assert!(missing.contains("no such interface") && missing.contains("ip link"), "{missing}");

        let all = capabilities(None).unwrap();
        let mut fewer = all;
        fewer.effective.remove(CapabilitySet::NET_RAW);
        set_capabilities(None, fewer).unwrap();
        let refused = named.capture("lab0").unwrap_err();
        set_capabilities(None, all).unwrap();
        assert!(refused.contains("cap_net_raw"), "{refused}");
    });
}

#[test]
fn what_the_tester_was_too_slow_for_is_counted_and_an_interface_that_goes_away_ends_it() {
    const TEST: &str = "what_the_tester_was_too_slow_for_is_counted_and_an_interface_that_goes_away_ends_it";
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip(TEST, &why),
    };
    let device: IpAddr = DEVICE.parse().expect("an address");
    let (dialer, mut frames) = link.as_tester(|| {
        let dialer = dialer(Some("lab0"));
        let frames = dialer.capture("lab0").unwrap();
        runtime().block_on(async {
            let socket = dialer.udp(SocketAddr::new(device, 9)).await.unwrap();
            for _ in 0..200_000 {
                // A closed port says so at times, which is no matter here.
                let _ = socket.send(&[0; 64]).await;
            }
        });
        (dialer, frames)
    });
    runtime().block_on(async {
        while dialer.counters.capture_dropped.load(Ordering::Relaxed) == 0 {
            tokio::time::timeout(Duration::from_secs(20), frames.recv())
                .await
                .expect("what the kernel kept is given")
                .expect("the capture goes on");
        }
        drop(link);
        let ended = async { while frames.recv().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(20), ended)
            .await
            .expect("an interface that is gone ends it");
    });
}
