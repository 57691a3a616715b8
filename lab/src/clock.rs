//! The clock of the device. That of the sound device goes by itself; that of a fault asks a host of the network for
//! the time (SNTP, RFC 4330) before each call, and believes whoever answers there.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

use crate::device::Device;
use crate::error::LabError;
use crate::network::Part;
use crate::tasks::Tasks;
use crate::{frame, model, socket};

/// UDP port of the time host, at the maker's address and where the bench plays it.
pub(crate) const PORT: u16 = 20123;
/// Longest wait for the time.
const PATIENCE: Duration = Duration::from_millis(300);
/// Seconds from 1900, where the time of SNTP begins, to 1970.
const BEFORE_1970: i64 = 2_208_988_800;
/// Seconds until the time of SNTP begins anew.
const ERA: i64 = 1 << 32;
const LENGTH: usize = 48;
const CLIENT: u8 = 3;
const SERVER: u8 = 4;

/// What the device takes for the time.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Seconds by which it goes before the clock of this computer.
    ahead: AtomicI64,
}

impl Clock {
    fn now(&self) -> i64 {
        unix_now().saturating_add(self.ahead.load(Ordering::SeqCst))
    }

    /// Puts the clock to this time, in seconds since 1970.
    fn put(&self, time: i64) {
        self.ahead.store(time.saturating_sub(unix_now()), Ordering::SeqCst);
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.now()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// The same client, which holds the dates of certificates against this clock.
pub(crate) fn going_by(config: &ClientConfig, clock: Arc<Clock>) -> Arc<ClientConfig> {
    let mut config = config.clone();
    config.time_provider = clock;
    Arc::new(config)
}

/// Asks for the time, as far as the device does such a thing, and puts its clock to whatever is answered; `None` where
/// nothing came of it.
pub(crate) async fn ask(device: &Device) -> Option<()> {
    let network = &device.network;
    // A device that has found its software changed speaks to nobody but its maker.
    if !device.behaviour.clock_from_anyone || device.is_altered() {
        return None;
    }
    let to = SocketAddrV4::new(network.look_up(model::TIME_HOST).await?, PORT);
    if ![Part::Link, Part::Uplink, Part::Services].into_iter().all(|part| network.has(part)) {
        return None;
    }
    let socket = socket::datagrams_with(device.address, to).ok()?;
    let socket = tokio::net::UdpSocket::from_std(socket).ok()?;
    let here = SocketAddrV4::new(device.address, socket.local_addr().ok()?.port());
    let mut question = [0; LENGTH];
    question[0] = 4 << 3 | CLIENT;
    question[40..44].copy_from_slice(&seconds(device.clock.now()));
    network.sends(|| frame::udp(here, to, &question));
    socket.send(&question).await.ok()?;
    let mut answer = [0; LENGTH];
    let length = tokio::time::timeout(PATIENCE, socket.recv(&mut answer)).await.ok()?.ok()?;
    network.receives(|| frame::udp(to, here, &answer[..length]));
    let told = (length == LENGTH && answer[0] & 7 == SERVER)
        .then(|| [answer[40], answer[41], answer[42], answer[43]].map(i64::from))?;
    let told = told.into_iter().fold(0, |sum, octet| sum << 8 | octet);
    // The era in which it is now.
    let era = if told < BEFORE_1970 { ERA } else { 0 };
    device.clock.put(told + era - BEFORE_1970);
    Some(())
}

/// Opens the maker's time host, which tells the time of this computer.
pub(crate) fn open(tasks: &Tasks, address: Ipv4Addr) -> Result<(), LabError> {
    let failed = |source| LabError::Open { address: (address, PORT).into(), source };
    let socket = tasks.datagrams(socket::datagrams(address, PORT).map_err(failed)?).map_err(failed)?;
    tasks.run(async move {
        let mut question = [0; 512];
        loop {
            let Ok((length, from)) = socket.recv_from(&mut question).await else {
                // An earlier answer met a closed port.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            if length >= LENGTH && question[0] & 7 == CLIENT {
                let _lost = socket.send_to(&answer_to(&question[40..48]), from).await;
            }
        }
    });
    Ok(())
}

/// The time of this computer, for whoever sent this as its own.
fn answer_to(origin: &[u8]) -> [u8; LENGTH] {
    let now = seconds(unix_now());
    let mut answer = [0; LENGTH];
    answer[..4].copy_from_slice(&[4 << 3 | SERVER, 2, 0, 0xec]);
    answer[12..16].copy_from_slice(b"MAKR");
    answer[16..20].copy_from_slice(&now);
    answer[24..32].copy_from_slice(origin);
    answer[32..36].copy_from_slice(&now);
    answer[40..44].copy_from_slice(&now);
    answer
}

/// Seconds of SNTP; they begin anew in 2036.
fn seconds(unix: i64) -> [u8; 4] {
    let seconds = unix.saturating_add(BEFORE_1970).rem_euclid(ERA);
    u32::try_from(seconds).expect("less than an era").to_be_bytes()
}

fn unix_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_put_goes_by_what_it_was_told() {
        let clock = Clock::default();
        let told = |clock: &Clock| clock.current_time().map_or(0, |time| time.as_secs());
        let now = unix_now().unsigned_abs();
        assert!(told(&clock).abs_diff(now) <= 2);
        clock.put(1_600_000_000);
        assert!(told(&clock).abs_diff(1_600_000_000) <= 2);
        assert!(clock.current_time().is_some());
        clock.put(-5_000);
        assert_eq!(clock.current_time(), None, "no time before 1970");
    }

    #[test]
    fn the_time_is_told_in_seconds_since_1900_and_begins_anew_in_2036() {
        assert_eq!(seconds(0), 2_208_988_800_u32.to_be_bytes());
        assert_eq!(seconds(ERA - BEFORE_1970), [0; 4]);
        let answer = answer_to(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((answer[0] & 7, &answer[24..32]), (SERVER, &[1, 2, 3, 4, 5, 6, 7, 8][..]));
    }
}
