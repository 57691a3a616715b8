//! How a serial line is written: device, speed, flow control.

use std::fmt;
use std::path::PathBuf;

/// What a line is set to where nothing else is said.
const USUAL_BAUD: u32 = 115_200;
const FLOW_CONTROL: &str = ",rtscts";

/// A serial line with a controller at its end: `/dev/ttyACM0`, `/dev/ttyUSB0@1000000,rtscts`. Eight data bits, no
/// parity, one stop bit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SerialLine {
    /// Its device file.
    pub device: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// Whether RTS and CTS hold the other side up.
    pub flow_control: bool,
}

impl fmt::Display for SerialLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.device.display())?;
        if self.baud != USUAL_BAUD {
            write!(f, "@{}", self.baud)?;
        }
        f.write_str(if self.flow_control { FLOW_CONTROL } else { "" })
    }
}

impl SerialLine {
    /// Reads what [`fmt::Display`] writes; `None`: the text names no serial line.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (rest, flow_control) = match text.strip_suffix(FLOW_CONTROL) {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        // Names below /dev/serial may hold an `@` themselves; a speed is digits alone.
        let speed = rest
            .rsplit_once('@')
            .filter(|(_, speed)| !speed.is_empty() && speed.bytes().all(|octet| octet.is_ascii_digit()));
        let (device, baud) = match speed {
            Some((device, speed)) => (device, speed.parse().ok()?),
            None => (rest, USUAL_BAUD),
        };
        let named = !device.is_empty() && baud > 0;
        named.then(|| Self { device: device.into(), baud, flow_control })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_as_it_is_read() {
        for (text, baud, flow_control) in [
            ("/dev/ttyACM0", 115_200, false),
            ("/dev/ttyUSB1@1000000", 1_000_000, false),
            ("/dev/ttyUSB1@57600,rtscts", 57_600, true),
            ("/dev/serial/by-id/usb-a@b-if00,rtscts", 115_200, true),
        ] {
            let line = SerialLine::read(text).unwrap();
            assert_eq!((line.baud, line.flow_control), (baud, flow_control), "{text}");
            assert_eq!(line.to_string(), text);
        }
        for text in ["", "@9600", "/dev/ttyS0@0", "/dev/ttyS0@4294967296", ",rtscts"] {
            assert_eq!(SerialLine::read(text), None, "{text}");
        }
    }
}
