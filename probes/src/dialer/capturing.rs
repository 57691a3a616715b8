//! Listening to what goes by on a network interface: only on the one that the scope names.

use std::sync::Arc;

use tokio::sync::mpsc::Receiver;

use super::Dialer;
use crate::capture::Frame;

/// Frames that wait to be read. While it is full the kernel keeps some more, then it drops.
#[cfg(target_os = "linux")]
const WAITING: usize = 1024;

impl Dialer {
    /// Opens the network interface that the scope names as capture point, and gives what goes by there in both
    /// directions until the receiver is dropped. The times are those at which the tool took the frames.
    ///
    /// The receiver ends by itself only where the interface is gone: what comes after that was not seen, which is
    /// not the same as silence. What the kernel had to drop is in [`super::Counters::capture_dropped`] within
    /// a second.
    ///
    /// # Errors
    /// Why that cannot be had here (another interface, rights, no such interface, not Linux), and what to do.
    pub fn capture(self: &Arc<Self>, interface: &str) -> Result<Receiver<Frame>, String> {
        if self.scope.capture.as_deref() != Some(interface) {
            let refused = self.refuse(format!("the interface {interface}"));
            return Err(format!("{refused}; the bench file names the one to listen to: [capture] interface"));
        }
        self.open_capture(interface)
    }

    #[cfg(target_os = "linux")]
    fn open_capture(self: &Arc<Self>, interface: &str) -> Result<Receiver<Frame>, String> {
        use crate::linux::{PacketTap, TapError};

        let cannot = |why: String| format!("the interface {interface} cannot be listened to: {why}");
        let missing = || {
            cannot(
                "there is no such interface here; ip link shows those there are, and a bench network is entered \
                 with ip netns exec NAME-tool"
                    .to_owned(),
            )
        };
        let number = self.interface_number(interface).map_err(|_| missing())?;
        let tap = PacketTap::open(number).map_err(|error| match error {
            TapError::NotAllowed(error) => cannot(format!(
                "{error}; run as root, or give the program the right with setcap cap_net_raw+ep"
            )),
            TapError::Down => {
                cannot(format!("it is switched off; switch it on with ip link set {interface} up"))
            }
            TapError::Gone => missing(),
            TapError::OtherHardware(_) => {
                cannot(format!("{error}; name the port of a bridge or of a mirror"))
            }
            TapError::Other(error) => cannot(error.to_string()),
        })?;
        let (to, frames) = tokio::sync::mpsc::channel(WAITING);
        let dialer = Arc::clone(self);
        std::thread::Builder::new()
            .name("capture".to_owned())
            .spawn(move || tap.listen(&to, &dialer))
            .map_err(|error| cannot(format!("no thread can be started: {error}")))?;
        Ok(frames)
    }

    #[cfg(not(target_os = "linux"))]
    fn open_capture(self: &Arc<Self>, interface: &str) -> Result<Receiver<Frame>, String> {
        Err(format!(
            "the interface {interface} cannot be listened to: live captures need Linux; capture with another \
             program and read the file with hantei traffic FILE"
        ))
    }
}
