//! A controller for tests, with a device behind it that answers frame by frame as a script says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::hci;
use super::l2cap::{Frame, Reassembly};
use super::{BleLimits, BleScope, DeviceAddress, HciBackend};

/// Handle of the link.
const HANDLE: u16 = 0x0040;

/// What the device or the controller does.
#[derive(Clone, Debug)]
pub(super) enum Do {
    /// Sends a frame.
    Frame(u16, Vec<u8>),
    /// Sends a packet of HCI as it is.
    Packet(Vec<u8>),
    /// Sends a packet again and again, without end.
    Endless(Vec<u8>),
    /// Ends the link.
    LoseLink(u8),
    /// The adapter is pulled out.
    PullOut,
}

/// A device.
pub(super) trait Peer: Send + 'static {
    /// A frame came.
    fn frame(&mut self, channel: u16, payload: &[u8]) -> Vec<Do>;

    /// Encryption starts with this key, as on the wire: its status, and what the device does then.
    fn encryption(&mut self, _key: [u8; 16]) -> (u8, Vec<Do>) {
        (0x06, Vec::new())
    }

    /// The tester asked for a link, from this address of its own.
    fn asked(&mut self, _own: DeviceAddress) -> bool {
        true
    }

    /// What the controller does when it begins to scan.
    fn scanned(&mut self) -> Vec<Do> {
        Vec::new()
    }
}

impl<F: FnMut(u16, &[u8]) -> Vec<Do> + Send + 'static> Peer for F {
    fn frame(&mut self, channel: u16, payload: &[u8]) -> Vec<Do> {
        self(channel, payload)
    }
}

/// What the controller was told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Opcodes.
    pub(super) commands: Mutex<Vec<u16>>,
    /// Frames of the security manager and others that came whole.
    pub(super) frames: Mutex<Vec<Frame>>,
    /// Longest ACL fragment.
    pub(super) longest: AtomicUsize,
}

impl Seen {
    pub(super) fn count(&self, opcode: u16) -> usize {
        self.commands.lock().unwrap().iter().filter(|one| **one == opcode).count()
    }

    pub(super) fn on(&self, channel: u16) -> Vec<Vec<u8>> {
        let frames = self.frames.lock().unwrap();
        frames.iter().filter(|one| one.channel == channel).map(|one| one.payload.clone()).collect()
    }
}

pub(super) fn device() -> DeviceAddress {
    "C0:FF:EE:00:00:01/random".parse().unwrap()
}

/// Limits under which a silent device does not keep a test waiting.
pub(super) fn limits() -> BleLimits {
    let short = Duration::from_millis(400);
    BleLimits { command: short, connection: short, answer: short, pairing_step: short, packets: 500 }
}

/// A back-end whose scope is [`device`], on a controller with this device in reach.
pub(super) async fn backend(peer: impl Peer) -> (HciBackend, Arc<Seen>) {
    let (near, far) = tokio::io::duplex(1 << 16);
    let seen = Arc::new(Seen::default());
    tokio::spawn(
        Controller { stream: far, peer, seen: seen.clone(), reassembly: Reassembly::default() }.run(),
    );
    let backend = HciBackend::on("scripted".to_owned(), Box::new(near), BleScope::of(device()), limits());
    (backend.await.unwrap(), seen)
}

struct Controller<P> {
    stream: DuplexStream,
    peer: P,
    seen: Arc<Seen>,
    reassembly: Reassembly,
}

impl<P: Peer> Controller<P> {
    /// Until the host goes away.
    async fn run(mut self) -> Option<()> {
        let mut own = device();
        loop {
            match self.stream.read_u8().await.ok()? {
                0x01 => {
                    let opcode = self.stream.read_u16_le().await.ok()?;
                    let mut parameters = vec![0; usize::from(self.stream.read_u8().await.ok()?)];
                    self.stream.read_exact(&mut parameters).await.ok()?;
                    self.seen.commands.lock().unwrap().push(opcode);
                    if opcode == 0x2005 {
                        own = DeviceAddress::from_wire(1, parameters[..].try_into().unwrap());
                    }
                    self.command(opcode, &parameters, own).await?;
                }
                0x02 => {
                    let flags = self.stream.read_u16_le().await.ok()?;
                    let mut data = vec![0; usize::from(self.stream.read_u16_le().await.ok()?)];
                    self.stream.read_exact(&mut data).await.ok()?;
                    self.seen.longest.fetch_max(data.len(), Ordering::Relaxed);
                    self.event(0x13, &[1, 0x40, 0, 1, 0]).await?;
                    let frame = self.reassembly.take(flags >> 12 == 0, &data).unwrap();
                    if let Some(frame) = frame {
                        let reaction = self.peer.frame(frame.channel, &frame.payload);
                        self.seen.frames.lock().unwrap().push(frame);
                        self.perform(reaction).await?;
                    }
                }
                other => panic!("a host sent a packet of kind {other:#04x}"),
            }
        }
    }

    async fn command(&mut self, opcode: u16, parameters: &[u8], own: DeviceAddress) -> Option<()> {
        let [low, high] = opcode.to_le_bytes();
        match opcode {
            // Small buffers, so that frames are cut.
            0x2002 => self.event(0x0e, &[1, low, high, 0, 27, 0, 2]).await,
            0x200c => {
                self.event(0x0e, &[1, low, high, 0]).await?;
                let reaction = if parameters[0] == 1 { self.peer.scanned() } else { Vec::new() };
                self.perform(reaction).await
            }
            0x200d => {
                self.event(0x0f, &[0, 1, low, high]).await?;
                if self.peer.asked(own) {
                    let mut connected = vec![0x01, 0, 0x40, 0, 0];
                    connected.extend(&parameters[5..12]);
                    connected.extend([24, 0, 0, 0, 144, 1, 0]);
                    self.event(0x3e, &connected).await?;
                }
                Some(())
            }
            0x200e => {
                self.event(0x0e, &[1, low, high, 0]).await?;
                self.event(0x3e, &[0x01, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).await
            }
            0x0406 => {
                self.event(0x0f, &[0, 1, low, high]).await?;
                self.event(0x05, &[0, 0x40, 0, 0x16]).await
            }
            0x2019 => {
                self.event(0x0f, &[0, 1, low, high]).await?;
                let (status, reaction) = self.peer.encryption(parameters[12..28].try_into().unwrap());
                self.event(0x08, &[status, 0x40, 0, u8::from(status == 0)]).await?;
                self.perform(reaction).await
            }
            _ => self.event(0x0e, &[1, low, high, 0]).await,
        }
    }

    async fn perform(&mut self, reaction: Vec<Do>) -> Option<()> {
        for one in reaction {
            match one {
                Do::Frame(channel, payload) => {
                    for (place, piece) in Frame::octets(channel, &payload).chunks(27).enumerate() {
                        let mut packet = hci::acl(HANDLE, place == 0, piece);
                        if place == 0 {
                            // A controller marks the first fragment in its own way.
                            packet[2] |= 0b10 << 4;
                        }
                        self.write(&packet).await?;
                    }
                }
                Do::Packet(packet) => self.write(&packet).await?,
                Do::Endless(packet) => loop {
                    self.write(&packet).await?;
                },
                Do::LoseLink(reason) => self.event(0x05, &[0, 0x40, 0, reason]).await?,
                Do::PullOut => return None,
            }
        }
        Some(())
    }

    async fn event(&mut self, code: u8, parameters: &[u8]) -> Option<()> {
        let length = u8::try_from(parameters.len()).unwrap();
        self.write(&[&[0x04, code, length], parameters].concat()).await
    }

    async fn write(&mut self, octets: &[u8]) -> Option<()> {
        self.stream.write_all(octets).await.ok()
    }
}
