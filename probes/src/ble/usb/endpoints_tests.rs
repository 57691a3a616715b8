//! The stream on a scripted dongle: no real one is at hand where these tests run.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::endpoints::{Endpoints, UsbStream};
use crate::ble::scripted::{device, limits};
use crate::ble::{BleBackend, BleError, BleScope, HciBackend, ScanRequest};

type Transfers = VecDeque<Result<Vec<u8>, &'static str>>;

/// What a dongle has done, and is about to do.
#[derive(Default)]
struct Script {
    /// Endpoint and content of what was sent.
    sent: Vec<(&'static str, Vec<u8>)>,
    /// How often a send is told to wait before it is taken.
    slow: usize,
    waited: usize,
    /// What is refused from now on.
    broken: bool,
    events: Transfers,
    data: Transfers,
    /// Answers commands as a controller does, in events of so many octets a transfer.
    answers_in: Option<usize>,
    asleep: Option<Waker>,
}

#[derive(Clone, Default)]
struct Dongle(Arc<Mutex<Script>>);

impl Dongle {
    fn that(change: impl FnOnce(&mut Script)) -> Self {
        let dongle = Self::default();
        change(&mut dongle.0.lock().unwrap());
        dongle
    }

    fn send(&self, cx: &Context<'_>, endpoint: &'static str, packet: &[u8]) -> Poll<io::Result<()>> {
        let mut script = self.0.lock().unwrap();
        if script.broken {
            return Poll::Ready(Err(io::Error::other("stalled")));
        }
        if script.waited < script.slow {
            script.waited += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        script.waited = 0;
        script.sent.push((endpoint, packet.to_vec()));
        if let ("control", Some(length)) = (endpoint, script.answers_in) {
            let mut event = vec![0x0e, 0, 1, packet[0], packet[1], 0];
            // The sizes of buffers; others read less of it.
            event.extend([27, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
            event[1] = u8::try_from(event.len() - 2).unwrap();
            script.events.extend(event.chunks(length).map(|part| Ok(part.to_vec())));
            // A controller may mark an end that shows by itself.
            script.events.push_back(Ok(Vec::new()));
        }
        if let Some(asleep) = script.asleep.take() {
            asleep.wake();
        }
        Poll::Ready(Ok(()))
    }

    fn receive(
        &self,
        cx: &Context<'_>,
        of: impl FnOnce(&mut Script) -> &mut Transfers,
    ) -> Poll<io::Result<Vec<u8>>> {
        let mut script = self.0.lock().unwrap();
        match of(&mut script).pop_front() {
            Some(transfer) => Poll::Ready(transfer.map_err(io::Error::other)),
            None => {
                script.asleep = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Endpoints for Dongle {
    fn poll_command(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>> {
        self.send(cx, "control", packet)
    }

    fn poll_data_out(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>> {
        self.send(cx, "bulk", packet)
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
        self.receive(cx, |script| &mut script.events)
    }

    fn poll_data_in(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
        self.receive(cx, |script| &mut script.data)
    }
}

const RESET: [u8; 4] = [0x01, 0x03, 0x0c, 0x00];
const DATA: [u8; 9] = [0x02, 0x40, 0x00, 0x04, 0x00, 0xa, 0xb, 0xc, 0xd];

#[tokio::test]
async fn each_packet_goes_to_its_endpoint_whole_and_in_order() {
    // Whatever pieces the octets are written in, and however slow the dongle is.
    for (piece, slow) in [(1, 0), (3, 2), (64, 0), (64, 3)] {
        let dongle = Dongle::that(|script| script.slow = slow);
        let mut stream = UsbStream::on(dongle.clone());
        for octets in [&RESET[..], &DATA, &RESET].concat().chunks(piece) {
            stream.write_all(octets).await.unwrap();
        }
        stream.flush().await.unwrap();
        let sent = dongle.0.lock().unwrap().sent.clone();
        let wanted: Vec<(&str, Vec<u8>)> = vec![
            ("control", RESET[1..].to_vec()),
            ("bulk", DATA[1..].to_vec()),
            ("control", RESET[1..].to_vec()),
        ];
        assert_eq!(sent, wanted, "in pieces of {piece}, {slow} times told to wait");
    }
}

#[tokio::test]
async fn packets_are_put_together_from_transfers_and_events_come_first() {
    // 32 octets: the parts are full packets of USB, so only the length tells the end.
    let event: Vec<u8> = [0x0e, 30].into_iter().chain(0..30).collect();
    let dongle = Dongle::that(|script| {
        script.data.push_back(Ok(DATA[1..6].to_vec()));
        script.data.push_back(Ok(DATA[6..].to_vec()));
        script.events.extend(event.chunks(16).map(|part| Ok(part.to_vec())));
        script.events.push_back(Ok(Vec::new()));
        script.events.push_back(Ok(vec![0x13, 0]));
    });
    let mut stream = UsbStream::on(dongle);
    let wanted = [&[0x04][..], &event, &[0x04, 0x13, 0], &DATA].concat();
    let mut read = vec![0; wanted.len()];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(read, wanted);
}

#[tokio::test]
async fn what_does_not_belong_on_usb_and_what_breaks_is_an_error() {
    let mut stream = UsbStream::on(Dongle::default());
    let error = stream.write_all(&[0x03, 0, 0, 0]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);

    let mut stream = UsbStream::on(Dongle::that(|script| script.broken = true));
    assert!(stream.write_all(&RESET).await.is_err());

    for event in [true, false] {
        let dongle = Dongle::that(|script| {
            let transfers = if event { &mut script.events } else { &mut script.data };
            transfers.push_back(Err("unplugged"));
        });
        let error = UsbStream::on(dongle).read_u8().await.unwrap_err();
        assert_eq!(error.to_string(), "unplugged");
    }
}

#[tokio::test]
async fn the_back_end_works_on_a_dongle_and_tells_when_it_is_pulled_out() {
    let dongle = Dongle::that(|script| script.answers_in = Some(16));
    let stream = Box::new(UsbStream::on(dongle.clone()));
    let opened = HciBackend::on("usb".to_owned(), stream, BleScope::of(device()), limits()).await;
    let mut backend = opened.unwrap();
    {
        let script = dongle.0.lock().unwrap();
        assert!(script.sent.len() >= 4 && script.sent.iter().all(|(endpoint, _)| *endpoint == "control"));
        assert_eq!(script.sent[0].1, RESET[1..], "a controller is reset first");
    }
    // An advertisement, cut as USB cuts it.
    let report = [0x02, 0x01, 0x00, 0x01, 0x01, 0, 0, 0xee, 0xff, 0xc0, 3, 2, 1, 6, 0xc4];
    let event = [&[0x3e, u8::try_from(report.len()).unwrap()][..], &report].concat();
    dongle.0.lock().unwrap().events.extend(event.chunks(16).map(|part| Ok(part.to_vec())));
    let request = ScanRequest {
        time: std::time::Duration::from_millis(200),
        active: false,
        only: Some(device()),
        until_heard: true,
    };
    let heard = backend.scan(request.clone()).await.unwrap();
    assert_eq!(heard.advertisers.len(), 1, "{heard:?}");

    dongle.0.lock().unwrap().broken = true;
    let error = backend.scan(request).await.unwrap_err();
    assert!(matches!(error, BleError::Adapter(_)), "{error}");
}
