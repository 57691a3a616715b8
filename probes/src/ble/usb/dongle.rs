//! The endpoints of a real dongle, by the operating system's way for programs without a driver of their own.

#[cfg(not(all(feature = "ble", any(target_os = "linux", target_os = "macos", target_os = "windows"))))]
pub(in crate::ble) async fn open(_: super::UsbId) -> std::io::Result<Box<dyn crate::ble::HciStream>> {
    let what = "this build knows no way to USB for this operating system";
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, what))
}

#[cfg(all(feature = "ble", any(target_os = "linux", target_os = "macos", target_os = "windows")))]
pub(in crate::ble) use known_system::open;

#[cfg(all(feature = "ble", any(target_os = "linux", target_os = "macos", target_os = "windows")))]
mod known_system {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};
    use std::time::Duration;

    use nusb::transfer::{
        Buffer, Bulk, BulkOrInterrupt, Completion, ControlOut, ControlType, In, Interrupt, Out, Recipient,
        TransferError,
    };
    use nusb::{DeviceInfo, Endpoint, ErrorKind, Interface};

    use super::super::endpoints::{Endpoints, UsbStream};
    use super::super::{Attached, UsbId, chosen};
    use crate::ble::HciStream;

    /// Transfers that wait for the controller at a time, each for one packet of USB.
    const WAITING: usize = 8;
    /// For a controller to take a command.
    const COMMAND_TIMEOUT: Duration = Duration::from_secs(3);

    /// Opens the one dongle of a kind.
    ///
    /// # Errors
    /// None or several of them, no controller, somebody else's, no right to it; with what to do.
    pub(in crate::ble) async fn open(id: UsbId) -> io::Result<Box<dyn HciStream>> {
        let devices: Vec<DeviceInfo> = nusb::list_devices().await.map_err(no_usb)?.collect();
        let attached: Vec<Attached> = devices.iter().map(listed).collect();
        let (place, interface) = chosen(id, &attached)?;
        let device = devices[place].open().await.map_err(told)?;
        let interface = device.claim_interface(interface).await.map_err(told)?;
        Ok(Box::new(UsbStream::on(Dongle::on(interface)?)))
    }

    fn listed(device: &DeviceInfo) -> Attached {
        let interfaces = device
            .interfaces()
            .map(|one| (one.interface_number(), [one.class(), one.subclass(), one.protocol()]));
        Attached {
            id: UsbId { vendor: device.vendor_id(), product: device.product_id() },
            class: [device.class(), device.subclass(), device.protocol()],
            interfaces: interfaces.collect(),
        }
    }

    fn no_usb(error: nusb::Error) -> io::Error {
        let what = format!("this computer shows no USB devices to programs: {error}");
        io::Error::new(io::Error::from(error).kind(), what)
    }

    fn told(error: nusb::Error) -> io::Error {
        match error.kind() {
            ErrorKind::Busy => io::Error::new(
                io::ErrorKind::ResourceBusy,
                "a driver or another program has it: use it by hci:NUMBER, or take the driver off it first \
                 (unbind in /sys/bus/usb/drivers/btusb)",
            ),
            ErrorKind::PermissionDenied => io::Error::new(
                io::ErrorKind::PermissionDenied,
                "this user may not use it: give the right to write its file below /dev/bus/usb (a udev rule)",
            ),
            _ => error.into(),
        }
    }

    type Sending = Pin<Box<dyn Future<Output = Result<(), TransferError>> + Send>>;

    /// The endpoints of a controller.
    struct Dongle {
        control: Interface,
        command: Option<Sending>,
        data_out: Endpoint<Bulk, Out>,
        events: Endpoint<Interrupt, In>,
        data_in: Endpoint<Bulk, In>,
    }

    impl Dongle {
        fn on(interface: Interface) -> io::Result<Self> {
            use nusb::descriptors::TransferType::{Bulk, Interrupt};
            use nusb::transfer::Direction::{In, Out};
            let mut ends: Vec<_> = Vec::new();
            if let Some(described) = interface.descriptor() {
                ends.extend(
                    described.endpoints().map(|end| (end.transfer_type(), end.direction(), end.address())),
                );
            }
            let end = |kind, direction| {
                let found = ends.iter().find(|end| end.0 == kind && end.1 == direction);
                found.map(|end| end.2).ok_or_else(|| {
                    let what = "its interface for HCI lacks an endpoint for events or data";
                    io::Error::new(io::ErrorKind::InvalidData, what)
                })
            };
            Ok(Self {
                data_out: interface.endpoint(end(Bulk, Out)?).map_err(told)?,
                events: interface.endpoint(end(Interrupt, In)?).map_err(told)?,
                data_in: interface.endpoint(end(Bulk, In)?).map_err(told)?,
                control: interface,
                command: None,
            })
        }
    }

    impl Endpoints for Dongle {
        fn poll_command(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>> {
            let sending = self.command.get_or_insert_with(|| {
                let (control, packet) = (self.control.clone(), packet.to_vec());
                Box::pin(async move {
                    let request = ControlOut {
                        control_type: ControlType::Class,
                        recipient: Recipient::Device,
                        request: 0,
                        value: 0,
                        index: 0,
                        data: &packet,
                    };
                    control.control_out(request, COMMAND_TIMEOUT).await
                })
            });
            let sent = ready!(sending.as_mut().poll(cx));
            self.command = None;
            Poll::Ready(sent.map_err(failed))
        }

        fn poll_data_out(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>> {
            if self.data_out.pending() == 0 {
                self.data_out.submit(packet.to_vec().into());
            }
            let done = ready!(self.data_out.poll_next_complete(cx));
            Poll::Ready(done.status.map_err(failed))
        }

        fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
            poll_in(&mut self.events, cx)
        }

        fn poll_data_in(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
            poll_in(&mut self.data_in, cx)
        }
    }

    /// What the next transfer brought, and another one waits in its place. Each is as long as one packet of USB: a
    /// controller that sends what fits into several exactly need not mark the end.
    fn poll_in<Kind: BulkOrInterrupt>(
        end: &mut Endpoint<Kind, In>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Vec<u8>>> {
        while end.pending() < WAITING {
            end.submit(Buffer::new(end.max_packet_size()));
        }
        let Completion { buffer, actual_len, status } = ready!(end.poll_next_complete(cx));
        status.map_err(failed)?;
        Poll::Ready(Ok(buffer[..actual_len.min(buffer.len())].to_vec()))
    }

    fn failed(error: TransferError) -> io::Error {
        match error {
            TransferError::Disconnected => {
                io::Error::new(io::ErrorKind::BrokenPipe, "the dongle went away: was it unplugged?")
            }
            TransferError::Cancelled => {
                io::Error::new(io::ErrorKind::TimedOut, "the dongle takes no commands")
            }
            other => other.into(),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn a_dongle_that_is_not_there_is_told() {
            let nobodys = UsbId { vendor: 0xffff, product: 0xfffe };
            let error = open(nobodys).await.err().expect("nobody makes it").to_string();
            assert!(error.contains("attached") || error.contains("shows no USB"), "{error}");
        }
    }
}
