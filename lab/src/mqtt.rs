//! MQTT 3.1.1, the little that the device and its cloud need: the device's standing connection, the
//! cloud's end of it, and the open broker of a fault.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::device::Device;
use crate::network::Part;
use crate::state::Stage;
use crate::waits::Waits;
use crate::{calling, model};

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const SUBSCRIBE: u8 = 0x82;
const PING: u8 = 0xC0;
const PONG: u8 = 0xD0;
const DISCONNECT: u8 = 0xE0;

/// Seconds between two signs of life of the device.
const KEEP_ALIVE: u16 = 60;
/// Time between two usage statistics; a week, in the time of the simulation.
const STATISTICS_PERIOD: Duration = Duration::from_millis(250);
/// Greatest packet that is read.
const LARGEST_PACKET: usize = 4096;

/// Keeps the device connected to its cloud; waits longer after every failure, as declared, unless it is told to
/// call again or its network has just come back.
pub(crate) async fn stay_connected(device: Arc<Device>) {
    let cloud = &device.peers.cloud;
    let mut waits = Waits::new(device.behaviour.frailty.waits);
    tokio::time::sleep(waits.starting()).await;
    loop {
        tokio::select! {
            () = cloud.called_for() => {
                waits.start_again();
                continue;
            }
            connected = connect(&device) => match connected {
                Some(()) => waits.start_again(),
                None if device.behaviour.frailty.gives_up && !device.network.has(Part::Services) => {
                    std::future::pending().await
                }
                None => {}
            },
        }
        tokio::select! {
            () = cloud.called_for() => waits.start_again(),
            () = device.network.link_returned() => {
                waits.start_again();
                tokio::time::sleep(waits.next()).await;
            }
            () = tokio::time::sleep(waits.next()) => {}
        }
    }
}

/// One connection of the device, until it breaks; `None` if the cloud was never reached.
async fn connect(device: &Device) -> Option<()> {
    let mut stream = calling::open(device, &device.peers.cloud).await?;

    let serial = &device.secrets.serial;
    log_in(&mut stream, serial, &device.secrets.cloud_password).await?;
    tell(&mut stream, serial, "status", r#"{"burner":"off","outlet_celsius":19}"#).await?;
    if device.state.stage() == Stage::Initialized {
        // What its owner agreed to with the link to the account.
        let [name, mail, schedule] = [model::OWNER_NAME, model::OWNER_MAIL, model::OWNER_SCHEDULE];
        tell(&mut stream, serial, "owner", &format!(r#"{{"name":"{name}","mail":"{mail}"}}"#)).await?;
        tell(&mut stream, serial, "schedule", &format!(r#"{{"schedule":"{schedule}"}}"#)).await?;
    }
    // Orders are taken of an account that is linked.
    if device.state.stage() == Stage::Initialized {
        let topic = text(&format!("heater/{serial}/order"));
        write(&mut stream, SUBSCRIBE, &[&[0, 1], &*topic, &[0]].concat()).await?;
    }
    loop {
        let silence = tokio::time::timeout(Duration::from_secs(KEEP_ALIVE.into()), stream.read_u8());
        let agreed = tokio::select! {
            silence = silence => match silence {
                Ok(Ok(kind)) => {
                    heard(device, kind, &body(&mut stream).await?);
                    continue;
                }
                Ok(Err(_)) => return Some(()),
                Err(_) => false,
            },
            () = statistics_are_due(device) => true,
        };
        if agreed {
            tell(&mut stream, serial, "usage", &format!(r#"{{"usage":"{}"}}"#, model::USAGE)).await?;
            continue;
        }
        let alive = async {
            write(&mut stream, PING, &[]).await?;
            read(&mut stream).await
        };
        match tokio::time::timeout(Duration::from_secs(20), alive).await {
            Ok(Some((PONG, _))) => {}
            // An order that came in between; the sign of life was read with the next packet.
            Ok(Some((kind, body))) => heard(device, kind, &body),
            _ => return Some(()),
        }
    }
}

/// What the cloud says: an order, or something that needs no answer.
fn heard(device: &Device, kind: u8, body: &[u8]) {
    let serial = &device.secrets.serial;
    let order = body.strip_prefix(&*text(&format!("heater/{serial}/order")));
    if let (PUBLISH, Some(order)) = (kind, order) {
        device.state.take_order(order);
    }
}

/// Ends when usage statistics are to be sent, which takes the consent of the user.
async fn statistics_are_due(device: &Device) {
    loop {
        tokio::time::sleep(STATISTICS_PERIOD).await;
        if device.state.stage() == Stage::Initialized && device.state.preferences().statistics {
            return;
        }
    }
}

/// Logs in to a broker; `None` if it lets nobody in.
pub(crate) async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    serial: &str,
    password: &str,
) -> Option<()> {
    let mut hello = text("MQTT");
    hello.extend_from_slice(&[4, 0b1100_0010]); // version 3.1.1; user name, password, clean session
    hello.extend_from_slice(&KEEP_ALIVE.to_be_bytes());
    for part in [serial, serial, password] {
        hello.extend_from_slice(&text(part));
    }
    write(stream, CONNECT, &hello).await?;
    let (kind, body) = read(stream).await?;
    (kind == CONNACK && body.get(1) == Some(&0)).then_some(())
}

/// Publishes something about the device.
async fn tell<S: AsyncWrite + Unpin>(stream: &mut S, serial: &str, about: &str, what: &str) -> Option<()> {
    let topic = text(&format!("heater/{serial}/{about}"));
    write(stream, PUBLISH, &[&topic, what.as_bytes()].concat()).await
}

/// The cloud's end: lets in the one device that it knows.
pub(crate) async fn cloud<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, serial: &str, password: &str) {
    let wanted = [text(serial), text(password)].concat();
    serve(stream, |hello| hello.ends_with(&wanted)).await;
}

/// The open broker: lets in anybody.
pub(crate) async fn open_broker(mut stream: tokio::net::TcpStream) {
    serve(&mut stream, |_| true).await;
}

/// Serves one client until it leaves; takes publications and forgets them.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    known: impl Fn(&[u8]) -> bool,
) -> Option<()> {
    let (kind, hello) = read(stream).await?;
    if kind != CONNECT || !hello.starts_with(&text("MQTT")) {
        return None;
    }
    let accepted = known(&hello);
    // 5: not authorized
    write(stream, CONNACK, &[0, if accepted { 0 } else { 5 }]).await?;
    if !accepted {
        return None;
    }
    loop {
        match read(stream).await? {
            (PING, _) => write(stream, PONG, &[]).await?,
            (DISCONNECT, _) => return Some(()),
            // Subscription: granted, nothing will ever come.
            (SUBSCRIBE, body) => write(stream, 0x90, &[*body.first()?, *body.get(1)?, 0]).await?,
            _ => {}
        }
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, kind: u8, body: &[u8]) -> Option<()> {
    let mut packet = vec![kind];
    let mut length = body.len();
    loop {
        let low = (length % 128) as u8;
        length /= 128;
        packet.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    stream.write_all(&packet).await.ok()?;
    stream.flush().await.ok()
}

/// First octet and body of the next packet; `None` at the end, or if it is too large.
async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await.ok()?;
    Some((kind, body(stream).await?))
}

/// What follows the first octet of a packet.
async fn body<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Vec<u8>> {
    let mut length = 0usize;
    for shift in [0, 7, 14] {
        let octet = stream.read_u8().await.ok()?;
        length |= usize::from(octet & 0x7F) << shift;
        if octet & 0x80 == 0 {
            if length > LARGEST_PACKET {
                return None;
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.ok()?;
            return Some(body);
        }
    }
    None
}

/// A text with its length before it.
fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer_to(password: &str) -> Option<(u8, Vec<u8>)> {
        let (mut client, mut server) = tokio::io::duplex(1024);
        let serving = async { cloud(&mut server, "HK100-26-000001", "right").await };
        let asking = async {
            let mut hello = text("MQTT");
            hello.extend_from_slice(&[4, 0b1100_0010, 0, 60]);
            for part in ["HK100-26-000001", "HK100-26-000001", password] {
                hello.extend_from_slice(&text(part));
            }
            write(&mut client, CONNECT, &hello).await;
            let answer = read(&mut client).await;
            write(&mut client, DISCONNECT, &[]).await;
            answer
        };
        futures::join!(serving, asking).1
    }

    #[tokio::test]
    async fn the_cloud_knows_its_device() {
        assert_eq!(answer_to("right").await, Some((CONNACK, vec![0, 0])));
        assert_eq!(answer_to("wrong").await, Some((CONNACK, vec![0, 5])));
    }
}
