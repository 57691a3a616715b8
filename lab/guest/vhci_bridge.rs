//! Between `/dev/vhci` of the guest and a controller over TCP, both of which speak H4: `vhci_bridge ADDRESS:PORT`.

use std::fs::OpenOptions;
use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest packet: an ACL header with all that its length can say.
const PACKET: usize = 1 + 4 + 0xffff;

fn main() -> Result<()> {
    let address = std::env::args().nth(1).ok_or_else(|| Error::other("usage: vhci_bridge ADDRESS:PORT"))?;
    let mut kernel = OpenOptions::new().read(true).write(true).open("/dev/vhci")?;
    let mut air = (0..50)
        .find_map(|_| {
            TcpStream::connect(&address).inspect_err(|_| std::thread::sleep(Duration::from_millis(100))).ok()
        })
        .ok_or_else(|| Error::other("the controller does not answer"))?;
    air.set_nodelay(true)?;
    // A vendor packet makes a controller.
    kernel.write_all(&[0xff, 0x00])?;
    let (mut from_kernel, mut to_air) = (kernel.try_clone()?, air.try_clone()?);
    std::thread::spawn(move || -> Result<()> {
        let mut packet = [0; PACKET];
        loop {
            // The kernel gives one packet a read.
            let length = from_kernel.read(&mut packet)?;
            if length > 0 && packet[0] != 0xff {
                to_air.write_all(&packet[..length])?;
            }
        }
    });
    let mut packet = vec![0; PACKET];
    loop {
        air.read_exact(&mut packet[..1])?;
        let header = match packet[0] {
            2 => 4,
            3 => 3,
            4 => 2,
            other => return Err(Error::other(format!("a packet of kind {other:#04x}"))),
        };
        air.read_exact(&mut packet[1..=header])?;
        let length = match packet[0] {
            2 => usize::from(u16::from_le_bytes([packet[3], packet[4]])),
            3 => usize::from(packet[3]),
            _ => usize::from(packet[2]),
        };
        air.read_exact(&mut packet[1 + header..1 + header + length])?;
        kernel.write_all(&packet[..1 + header + length])?;
    }
}
