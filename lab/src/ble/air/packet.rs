//! HCI packets as on a serial line (H4): a type byte, a header that says how long the rest is, and the rest.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// From the host: a command.
pub(crate) const COMMAND: u8 = 1;
/// Both ways: data of a connection.
pub(crate) const DATA: u8 = 2;
/// From the controller: an event.
pub(crate) const EVENT: u8 = 4;

/// The longest that a host may send at once: a command; data are shorter.
const LONGEST_DATA: usize = 1024;

/// A packet from a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FromHost {
    /// A command: its number and its parameters.
    Command(u16, Vec<u8>),
    /// Data: the word of handle and flags, and what is to be sent.
    Data(u16, Vec<u8>),
}

/// Reads one packet.
///
/// # Errors
/// The end of the stream, or a byte that begins no packet that a host may send: from then on nobody knows where
/// packets begin.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<FromHost> {
    let kind = stream.read_u8().await?;
    match kind {
        COMMAND => {
            let number = stream.read_u16_le().await?;
            let length = stream.read_u8().await?;
            Ok(FromHost::Command(number, body(stream, length.into()).await?))
        }
        DATA => {
            let handle = stream.read_u16_le().await?;
            let length = usize::from(stream.read_u16_le().await?);
            if length > LONGEST_DATA {
                return Err(io::ErrorKind::InvalidData.into());
            }
            Ok(FromHost::Data(handle, body(stream, length).await?))
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

async fn body(stream: &mut (impl AsyncRead + Unpin), length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// An event packet. What does not fit into its length byte is cut off.
pub(crate) fn event(code: u8, parameters: &[u8]) -> Vec<u8> {
    let parameters = &parameters[..parameters.len().min(255)];
    let mut packet = vec![EVENT, code, parameters.len() as u8];
    packet.extend_from_slice(parameters);
    packet
}

/// A command packet, as a host writes it. What does not fit into its length byte is cut off.
#[cfg(test)]
pub(crate) fn command(number: u16, parameters: &[u8]) -> Vec<u8> {
    let parameters = &parameters[..parameters.len().min(255)];
    let mut packet = vec![COMMAND];
    packet.extend_from_slice(&number.to_le_bytes());
    packet.push(parameters.len() as u8);
    packet.extend_from_slice(parameters);
    packet
}

/// A data packet; `handle` with its flags.
pub(crate) fn data(handle: u16, bytes: &[u8]) -> Vec<u8> {
    let mut packet = vec![DATA];
    packet.extend_from_slice(&handle.to_le_bytes());
    packet.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
    packet.extend_from_slice(bytes);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> io::Result<FromHost> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(read(&mut &bytes[..]))
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read_all(&command(0x0c03, &[7])).unwrap(), FromHost::Command(0x0c03, vec![7]));
        assert_eq!(read_all(&data(0x2001, &[1, 2])).unwrap(), FromHost::Data(0x2001, vec![1, 2]));
        assert_eq!(event(5, &[1]), [4, 5, 1, 1]);
    }

    #[test]
    fn what_ends_early_or_begins_wrongly_is_no_packet() {
        let whole = data(1, &[0; 40]);
        for length in 0..whole.len() {
            assert!(read_all(&whole[..length]).is_err(), "{length} bytes");
        }
        assert!(read_all(&event(5, &[])).is_err(), "hosts send no events");
        assert!(read_all(&[2, 1, 0, 0xff, 0xff]).is_err(), "more data than any controller has room for");
    }
}
