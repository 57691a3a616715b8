//! The client of the attribute protocol with devices that answer well, badly, too much and not at all.

use std::time::{Duration, Instant};

use super::att::AttError;
use super::backend::{BleBackend, BleError, RawChannel, Reply, ScanRequest, Told};
use super::l2cap::{ATT, SIGNALLING};
use super::scripted::{Do, backend, device};
use super::uuid::Uuid;
use super::{AddressKind, DeviceAddress};

fn att(payload: &[u8]) -> Vec<Do> {
    vec![Do::Frame(ATT, payload.to_vec())]
}

fn refusal(request: &[u8], error: AttError) -> Vec<Do> {
    let (low, high) = (request.get(1).copied().unwrap_or(0), request.get(2).copied().unwrap_or(0));
    att(&[0x01, request[0], low, high, error.0])
}

/// Handle 3 is open, 5 wants encryption, 7 wants authentication.
fn three_characteristics(channel: u16, payload: &[u8]) -> Vec<Do> {
    if channel != ATT {
        return Vec::new();
    }
    match payload {
        [0x02, ..] => att(&[0x03, 64, 0]),
        [0x10, 1, 0, _, _, 0x00, 0x28] => {
            att(&[0x11, 6, 1, 0, 9, 0, 0x0a, 0x18, 20, 0, 0xff, 0xff, 0x0a, 0x18])
        }
        [0x08, 1, 0, ..] => att(&[0x09, 7, 2, 0, 0x0a, 3, 0, 0x29, 0x2a, 5, 0, 0x12, 6, 0, 0x25, 0x2a]),
        [0x04, 1, 0, ..] => att(&[
            0x05, 1, 1, 0, 0, 0x28, 2, 0, 3, 0x28, 3, 0, 0x29, 0x2a, 4, 0, 1, 0x29, 5, 0, 3, 0x28, 6, 0,
            0x25, 0x2a, 7, 0, 2, 0x29, 15, 0, 0x99, 0x2a,
        ]),
        [0x0a, 3, 0] => att(&[0x0b, 7, 8]),
        [0x0a, 5, 0] => refusal(payload, AttError::INSUFFICIENT_ENCRYPTION),
        [0x0a, 7, 0] => refusal(payload, AttError::INSUFFICIENT_AUTHENTICATION),
        [0x12, ..] => att(&[0x13]),
        [0x0a, ..] => refusal(payload, AttError::INVALID_HANDLE),
        _ => refusal(payload, AttError::ATTRIBUTE_NOT_FOUND),
    }
}

#[tokio::test]
async fn values_and_refusals_are_told_by_handle() {
    let (mut backend, seen) = backend(three_characteristics).await;
    backend.connect(device()).await.unwrap();
    assert_eq!(backend.read(3).await, Ok(Reply::Given(vec![7, 8])));
    assert_eq!(backend.read(5).await.unwrap().refused(), Some(AttError::INSUFFICIENT_ENCRYPTION));
    assert_eq!(backend.read(7).await.unwrap().refused(), Some(AttError::INSUFFICIENT_AUTHENTICATION));
    assert_eq!(backend.read(0xffff).await.unwrap().refused(), Some(AttError::INVALID_HANDLE));
    assert_eq!(backend.write(3, vec![0x41; 60]).await, Ok(Reply::Given(())));
    assert!(
        seen.longest.load(std::sync::atomic::Ordering::Relaxed) <= 27,
        "frames are cut for the controller"
    );
    assert_eq!(backend.security().encrypted.known(), Some(&false));
    backend.disconnect().await.unwrap();
    assert_eq!(backend.read(3).await, Err(BleError::NoLink));
    assert!(backend.security().encrypted.known().is_none());
    let text = serde_json::to_string(&backend.transcript()).unwrap();
    assert!(text.contains("0x0f insufficient encryption") && text.contains("Read Request"), "{text}");
    assert_eq!(seen.count(0x2019), 0, "a refusal starts no pairing");
}

#[tokio::test]
async fn everything_that_is_offered_is_found_twice_named_services_too() {
    let (mut backend, _) = backend(three_characteristics).await;
    backend.connect(device()).await.unwrap();
    let table = backend.discover().await.unwrap();
    assert!(table.complete, "{:?}", table.anomalies);
    let services: Vec<_> = table.services.iter().map(|one| (one.first, one.last, one.uuid)).collect();
    let information = Uuid::short(0x180a);
    assert_eq!(services, [(1, 9, information), (20, 0xffff, information)]);
    let found: Vec<_> = table.characteristics().map(|one| (one.handle, one.uuid.number().unwrap())).collect();
    assert_eq!(found, [(3, 0x2a29), (6, 0x2a25)]);
    let first = table.characteristics().next().unwrap();
    assert_eq!(first.property_words(), ["read", "write"]);
    assert_eq!(first.descriptors.iter().map(|one| one.handle).collect::<Vec<_>>(), [4]);
    assert_eq!(table.characteristics().nth(1).unwrap().configuration(), Some(7));
    // An attribute in no service.
    assert_eq!(table.outside.iter().map(|one| one.handle).collect::<Vec<_>>(), [15]);
}

#[tokio::test]
async fn handles_that_do_not_advance_end_the_discovery() {
    let (mut backend, _) = backend(|_, payload: &[u8]| match payload[0] {
        0x02 => att(&[0x03, 23, 0]),
        0x10 => att(&[0x11, 6, 1, 0, 5, 0, 0, 0x18]),
        0x08 => att(&[0x09, 7, 1, 0, 2, 2, 0, 0, 0x2a]),
        _ => att(&[0x05, 1, 9, 0, 0, 0x28, 9, 0, 0, 0x28]),
    })
    .await;
    backend.connect(device()).await.unwrap();
    let table = backend.discover().await.unwrap();
    assert!(!table.complete && table.anomalies.len() == 4, "{:?}", table.anomalies);
    assert!(table.requests <= 8, "{} requests", table.requests);
}

#[tokio::test]
async fn services_without_end_are_given_up() {
    // A service at every handle: 65535 would come.
    let (mut backend, _) = backend(|_, payload: &[u8]| match payload {
        [0x02, ..] => att(&[0x03, 23, 0]),
        [0x10, low, high, _, _, 0x00, 0x28] => att(&[0x11, 6, *low, *high, *low, *high, 0, 0x18]),
        // Values that lie before their declarations.
        [0x08, low, high, ..] => att(&[0x09, 7, *low, *high, 2, 0, 0, 0, 0x2a]),
        _ => refusal(payload, AttError::ATTRIBUTE_NOT_FOUND),
    })
    .await;
    backend.connect(device()).await.unwrap();
    let table = backend.discover().await.unwrap();
    assert_eq!((table.services.len(), table.complete), (1024, false));
    assert!(table.requests <= 4096 && table.anomalies.len() <= 36, "{} anomalies", table.anomalies.len());
    assert!(table.anomalies.iter().any(|anomaly| anomaly.contains("given up")), "{:?}", table.anomalies);
    assert!(backend.transcript().entries.len() <= 4096);
}

#[tokio::test]
async fn long_values_are_read_to_their_end_and_no_further() {
    let mut length = 130;
    let (mut backend, _) = backend(move |_, payload: &[u8]| match payload {
        [0x02, ..] => att(&[0x03, 64, 0]),
        [0x0a, 9, 0] => {
            length = usize::MAX;
            att(&[&[0x0b][..], &[1; 63]].concat())
        }
        [0x0a, ..] => att(&[&[0x0b][..], &[1; 63]].concat()),
        [0x0c, _, _, low, high] => {
            let from = usize::from(u16::from_le_bytes([*low, *high]));
            att(&[&[0x0d][..], &vec![1; (length - from).min(63)]].concat())
        }
        _ => refusal(payload, AttError::ATTRIBUTE_NOT_FOUND),
    })
    .await;
    backend.connect(device()).await.unwrap();
    assert_eq!(backend.read_long(3).await.unwrap().given().unwrap().len(), 130);
    assert_eq!(backend.read_long(9).await.unwrap().given().unwrap().len(), 512, "a value has no more");
}

#[tokio::test]
async fn a_prepared_write_that_comes_back_changed_is_cancelled() {
    for (changed, last) in [(false, [0x18, 1]), (true, [0x18, 0])] {
        let (mut backend, seen) = backend(move |_, payload: &[u8]| match payload[0] {
            0x02 => att(&[0x03, 23, 0]),
            0x16 => {
                let mut back = [&[0x17], &payload[1..]].concat();
                if changed {
                    *back.last_mut().unwrap() ^= 1;
                }
                att(&back)
            }
            _ => att(&[0x19]),
        })
        .await;
        backend.connect(device()).await.unwrap();
        let written = backend.write_long(3, vec![5; 40]).await;
        assert_eq!(written.is_ok(), !changed, "{written:?}");
        assert_eq!(seen.on(ATT).last().unwrap()[..], last);
    }
}

#[tokio::test]
async fn what_the_device_tells_and_asks_by_itself_is_taken_and_answered() {
    let (mut backend, seen) = backend(|_, payload: &[u8]| match payload {
        [0x02, ..] => att(&[0x03, 23, 0]),
        [0x12, ..] => vec![
            Do::Frame(ATT, vec![0x1b, 3, 0, 1]),
            Do::Frame(ATT, vec![0x1d, 5, 0, 2]),
            Do::Frame(ATT, vec![0x02, 0, 1]),
            Do::Frame(ATT, vec![0x10, 1, 0, 0xff, 0xff, 0, 0x28]),
            Do::Frame(SIGNALLING, vec![0x12, 1, 8, 0, 6, 0, 6, 0, 0, 0, 100, 0]),
            Do::Frame(ATT, vec![0x13]),
        ],
        _ => Vec::new(),
    })
    .await;
    backend.connect(device()).await.unwrap();
    assert_eq!(backend.subscribe(4, false).await, Ok(Reply::Given(())));
    let told = backend.told(Duration::from_millis(50)).await.unwrap();
    let wanted = [(3, vec![1], false), (5, vec![2], true)];
    assert_eq!(told, wanted.map(|(handle, value, confirmed)| Told { handle, value, confirmed }));
    assert_eq!(backend.told(Duration::from_millis(50)).await.unwrap(), []);
    let answered = seen.on(ATT);
    for answer in [&[0x1e][..], &[0x03, 5, 2], &[0x01, 0x10, 1, 0, 0x0a]] {
        assert!(answered.iter().any(|one| one == answer), "{answer:02x?} in {answered:02x?}");
    }
    assert_eq!(seen.on(SIGNALLING), [[0x13, 1, 2, 0, 1, 0]]);
}

#[tokio::test]
async fn a_silent_device_is_waited_for_only_so_long() {
    let (mut backend, _) = backend(|_, _: &[u8]| Vec::new()).await;
    let began = Instant::now();
    backend.connect(device()).await.unwrap();
    let error = backend.read(3).await.unwrap_err();
    assert!(matches!(&error, BleError::Silent { what, .. } if what.contains("Read Request")), "{error}");
    assert!(!error.is_of_the_tester());
    assert!(began.elapsed() < Duration::from_secs(20), "two short limits, not two long ones");
    assert!(backend.oddities()[0].contains("MTU"), "{:?}", backend.oddities());
}

#[tokio::test]
async fn a_link_that_ends_in_the_middle_is_told_with_its_reason() {
    let (mut backend, _) = backend(|_, payload: &[u8]| match payload {
        [0x0a, 3, 0] => vec![Do::LoseLink(0x13)],
        // Half a frame, then nothing more.
        [0x0a, ..] => vec![Do::Packet(vec![2, 0x40, 0x20, 5, 0, 9, 0, 4, 0, 0x0b]), Do::LoseLink(0x08)],
        _ => att(&[0x03, 23, 0]),
    })
    .await;
    for (handle, reason) in [(3, 0x13), (5, 0x08), (3, 0x13)] {
        backend.connect(device()).await.unwrap();
        assert_eq!(backend.read(handle).await, Err(BleError::LinkLost { reason }));
        assert_eq!(backend.read(handle).await, Err(BleError::NoLink));
        assert_eq!(backend.disconnect().await, Ok(()));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_next_question_is_asked() {
    let (mut backend, _) = backend(|_, payload: &[u8]| match payload {
        [0x0a, 3, 0] => att(&[0x3f, 1, 2]),
        [0x0a, 4, 0] => att(&[]),
        // Frames that lie about their length, then the answer.
        [0x0a, 5, 0] => vec![
            Do::Packet(vec![2, 0x40, 0x20, 6, 0, 1, 0, 4, 0, 0x0b, 9]),
            Do::Packet(vec![2, 0x40, 0x10, 1, 0, 7]),
            Do::Packet(vec![2, 0x40, 0x20, 4, 0, 0xff, 0xff, 4, 0]),
            Do::Packet(vec![4, 0x3e, 2, 2, 9]),
            Do::Frame(ATT, vec![0x0b, 1]),
        ],
        // An answer to another question first.
        [0x0a, 6, 0] => vec![Do::Frame(ATT, vec![0x13]), Do::Frame(ATT, vec![0x0b, 2])],
        _ => att(&[0x03, 23, 0]),
    })
    .await;
    backend.connect(device()).await.unwrap();
    assert!(matches!(backend.read(3).await, Err(BleError::Malformed(_))));
    assert!(matches!(backend.read(4).await, Err(BleError::Malformed(_))));
    assert_eq!(backend.read(5).await, Ok(Reply::Given(vec![1])));
    assert_eq!(backend.oddities().len(), 3, "{:?}", backend.oddities());
    assert_eq!(backend.read(6).await, Ok(Reply::Given(vec![2])));
}

#[tokio::test]
async fn a_flood_is_given_up() {
    let notification = vec![2, 0x40, 0x20, 8, 0, 4, 0, 4, 0, 0x1b, 3, 0, 1];
    let question = vec![2, 0x40, 0x20, 7, 0, 3, 0, 4, 0, 0x0a, 3, 0];
    let answer = vec![2, 0x40, 0x20, 5, 0, 1, 0, 4, 0, 0x13];
    for packet in [notification, question, answer] {
        let (mut backend, _) = backend(move |_, payload: &[u8]| match payload {
            [0x0a, ..] => vec![Do::Endless(packet.clone())],
            _ => att(&[0x03, 23, 0]),
        })
        .await;
        backend.connect(device()).await.unwrap();
        let error = backend.read(3).await.unwrap_err();
        // The tester's answers may find no room first, where the device floods with questions.
        assert!(matches!(error, BleError::Flooded { .. } | BleError::Adapter(_)), "{error}");
    }
}

#[tokio::test]
async fn octets_that_are_no_pdu_go_out_as_they_are() {
    let (mut backend, seen) = backend(|channel, payload: &[u8]| match payload {
        [0x02, ..] => att(&[0x03, 23, 0]),
        [0xee, ..] => vec![Do::Frame(channel, vec![0x01, 0xee, 0, 0, 6])],
        _ => Vec::new(),
    })
    .await;
    backend.connect(device()).await.unwrap();
    let wait = Duration::from_millis(100);
    let answer = backend.raw(RawChannel::Att, vec![0xee, 1], wait).await;
    assert_eq!(answer, Ok(Some(vec![0x01, 0xee, 0, 0, 6])));
    assert_eq!(backend.raw(RawChannel::Smp, vec![0xff; 80], wait).await, Ok(None));
    assert_eq!(backend.raw(RawChannel::Other(0x3a), vec![], wait).await, Ok(None));
    assert_eq!(seen.on(super::l2cap::SMP), [[0xff; 80]]);
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_outside_the_scope() {
    let (mut backend, seen) = backend(three_characteristics).await;
    // The same octets as another kind are another device.
    for other in [
        DeviceAddress { kind: AddressKind::Public, ..device() },
        DeviceAddress { octets: [0xc1; 6], ..device() },
    ] {
        assert_eq!(backend.connect(other).await, Err(BleError::OutOfScope(other)));
    }
    assert_eq!(seen.count(0x200d), 0);
}

struct Away;

impl super::scripted::Peer for Away {
    fn frame(&mut self, _: u16, _: &[u8]) -> Vec<Do> {
        Vec::new()
    }

    fn asked(&mut self, _: DeviceAddress) -> bool {
        false
    }

    /// Sixty packets of one neighbour, and one of the device.
    fn scanned(&mut self) -> Vec<Do> {
        let report = |address: u8, data: &[u8]| {
            let mut event = vec![4, 0x3e, 12 + data.len() as u8, 2, 1, 0, 1, address, 0, 0, 0xee, 0xff, 0xc0];
            event.push(data.len() as u8);
            event.extend(data);
            event.push(0xc4);
            Do::Packet(event)
        };
        let mut reports: Vec<Do> = (0..60).map(|number| report(2, &[2, 0xff, number])).collect();
        reports.extend([report(1, &[2, 1, 6]), report(1, &[2, 1, 6])]);
        reports
    }
}

#[tokio::test]
async fn a_device_that_is_away_is_not_waited_for_without_end() {
    let (mut backend, seen) = backend(Away).await;
    let error = backend.connect(device()).await.unwrap_err();
    assert!(matches!(error, BleError::NotReached { .. }), "{error}");
    assert_eq!(seen.count(0x200e), 1, "the attempt is cancelled");
    assert_eq!(backend.read(1).await, Err(BleError::NoLink));
}

#[tokio::test]
async fn a_scan_counts_neighbours_and_keeps_what_it_is_asked_for() {
    let (mut backend, seen) = backend(Away).await;
    let request = ScanRequest {
        time: Duration::from_millis(150),
        active: false,
        only: Some(device()),
        until_heard: false,
    };
    let scan = backend.scan(request.clone()).await.unwrap();
    assert_eq!((scan.reports, scan.others, scan.advertisers.len()), (62, 60, 1));
    let packet = &scan.advertisers[0].packets[0];
    assert_eq!((packet.count, packet.hex.as_str(), scan.advertisers[0].rssi), (2, "020106", Some(-60)));
    let all = backend.scan(ScanRequest { only: None, ..request.clone() }).await.unwrap();
    assert_eq!((all.advertisers.len(), all.advertisers[0].packets.len(), all.left_out), (2, 32, 28));
    let first = backend.scan(ScanRequest { until_heard: true, ..request.clone() }).await.unwrap();
    assert_eq!(first.advertisers[0].packets[0].count, 1);
    assert_eq!(seen.count(0x200c), 6, "every scan is ended");
    assert_eq!(seen.count(0x2011), 0, "nobody is asked, so nobody has to be chosen");
    let asked = ScanRequest { active: true, ..request };
    backend.scan(asked.clone()).await.unwrap();
    assert_eq!((seen.count(0x2010), seen.count(0x2011)), (1, 1), "one device alone is asked");
    backend.scan(ScanRequest { only: None, ..asked }).await.unwrap();
    assert_eq!(seen.count(0x2011), 1);
}

#[tokio::test]
async fn an_adapter_that_goes_away_is_no_fault_of_the_device() {
    let (mut backend, _) = backend(|_, payload: &[u8]| match payload {
        [0x0a, ..] => vec![Do::PullOut],
        _ => att(&[0x03, 23, 0]),
    })
    .await;
    backend.connect(device()).await.unwrap();
    let error = backend.read(3).await.unwrap_err();
    assert!(matches!(error, BleError::Adapter(_)) && error.is_of_the_tester(), "{error}");
}

#[tokio::test]
async fn a_stranger_has_another_address() {
    let (mut backend, _) = backend(three_characteristics).await;
    let one = backend.become_stranger().await.unwrap();
    let other = backend.become_stranger().await.unwrap();
    assert_ne!(one, other);
    assert_eq!(one.lasting(), super::Lasting::StaticRandom);
    backend.connect(device()).await.unwrap();
    assert_eq!(backend.become_stranger().await, Err(BleError::LinkedAlready));
}
