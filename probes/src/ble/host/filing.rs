//! What a packet means for the host: filed where it is waited for, answered where an answer is due.

use super::Host;
use crate::ble::att::{self, request};
use crate::ble::backend::{BleError, Told};
use crate::ble::hci::{self, Event, Packet};
use crate::ble::l2cap::{self, Frame};
use crate::ble::smp;
use crate::ble::transcript::Direction;

/// Longest PDU of the attribute protocol that the tester takes.
pub(in crate::ble) const OWN_MTU: u16 = 517;
/// Frames of a link that wait to be looked at.
const INBOX_AT_MOST: usize = 64;
/// Values told unasked that wait to be fetched.
const TOLD_AT_MOST: usize = 256;
/// Fragments that wait for room in the controller.
const OUTBOX_AT_MOST: usize = 512;
/// Advertising reports that wait to be looked at.
const REPORTS_AT_MOST: usize = 256;

impl Host {
    pub(super) fn file(&mut self, packet: Packet) -> Result<(), BleError> {
        match packet {
            Packet::Event { code, parameters } => match Event::read(code, &parameters) {
                Ok(event) => self.file_event(event),
                // A controller that is not understood in one event goes on in the next.
                Err(malformed) => {
                    self.recorder.happened(malformed.to_string());
                    Ok(())
                }
            },
            Packet::Acl { handle, begins, data } => {
                let Some(link) = self.link.as_mut().filter(|link| link.handle == handle) else {
                    return Ok(());
                };
                match link.reassembly.take(begins, &data) {
                    Ok(Some(frame)) => self.file_frame(frame),
                    Ok(None) => {}
                    Err(malformed) => {
                        self.recorder.happened(malformed.to_string());
                        link.odd(malformed.to_string());
                    }
                }
                Ok(())
            }
            Packet::Other => Ok(()),
        }
    }

    fn file_event(&mut self, event: Event) -> Result<(), BleError> {
        match event {
            Event::CommandComplete { opcode, returned } => self.file_done(opcode, returned),
            Event::CommandStatus { opcode, status } => self.file_done(opcode, vec![status]),
            Event::Reports(reports) => {
                for report in reports {
                    if self.reports.len() == REPORTS_AT_MOST {
                        self.reports_lost += 1;
                    } else {
                        self.reports.push_back(report);
                    }
                }
            }
            Event::Connected { status, handle, peer } => self.connected = Some((status, handle, peer)),
            Event::Disconnected { handle, reason } => {
                if self.link.as_ref().is_some_and(|link| link.handle == handle) {
                    self.link = None;
                    self.outbox.clear();
                    self.under_way = 0;
                    let words = hci::error_words(reason);
                    self.recorder.happened(format!("the link ended: {words} ({reason:#04x})"));
                    return Err(BleError::LinkLost { reason });
                }
            }
            Event::EncryptionChanged { status, handle, enabled } => {
                if let Some(link) = self.link.as_mut().filter(|link| link.handle == handle) {
                    link.encryption = Some((status, enabled));
                    let words = hci::error_words(status);
                    let state = if enabled { "on" } else { "off" };
                    self.recorder.happened(format!("encryption {state}: {words} ({status:#04x})"));
                }
            }
            Event::PacketsCompleted(completed) => {
                let own = self.link.as_ref().map(|link| link.handle);
                for (_, count) in completed.into_iter().filter(|(handle, _)| Some(*handle) == own) {
                    self.under_way = self.under_way.saturating_sub(usize::from(count));
                }
            }
            Event::HardwareError(code) => {
                return Err(BleError::Adapter(format!("it reports a hardware error ({code:#04x})")));
            }
            Event::Other => {}
        }
        Ok(())
    }

    fn file_done(&mut self, opcode: u16, returned: Vec<u8>) {
        if self.done.len() == INBOX_AT_MOST {
            self.done.pop_front();
        }
        self.done.push_back((opcode, returned));
    }

    fn file_frame(&mut self, frame: Frame) {
        self.recorder.frame(Direction::FromDevice, frame.channel, &frame.payload);
        match frame.channel {
            l2cap::ATT => self.file_att(frame.payload),
            l2cap::SMP => self.file_smp(frame.payload),
            l2cap::SIGNALLING => {
                if let Some(answer) = l2cap::signalling_answer(&frame.payload) {
                    self.answer(l2cap::SIGNALLING, &answer);
                }
                self.file_other(frame);
            }
            _ => self.file_other(frame),
        }
    }

    fn file_other(&mut self, frame: Frame) {
        let Some(link) = self.link.as_mut() else { return };
        if link.other.len() == INBOX_AT_MOST {
            link.other.pop_front();
        }
        link.other.push_back((frame.channel, frame.payload));
    }

    /// Answers are due to what the device asks and wants confirmed; the rest waits to be looked at.
    fn file_att(&mut self, payload: Vec<u8>) {
        let Some(link) = self.link.as_mut() else { return };
        let mut tell = |told: Told| {
            if link.told.len() < TOLD_AT_MOST {
                link.told.push_back(told);
            } else {
                link.odd(format!("more than {TOLD_AT_MOST} values told unasked"));
            }
        };
        let answer = match att::Pdu::read(&payload) {
            Ok(att::Pdu::Notification { handle, value }) => {
                tell(Told { handle, value, confirmed: false });
                return;
            }
            Ok(att::Pdu::MultipleNotification(value)) => {
                tell(Told { handle: 0, value, confirmed: false });
                return;
            }
            Ok(att::Pdu::Indication { handle, value }) => {
                tell(Told { handle, value, confirmed: true });
                request::confirmation()
            }
            Ok(att::Pdu::Request { opcode: 0x02, .. }) => request::mtu_response(OWN_MTU),
            // The tester offers nothing.
            Ok(att::Pdu::Request { opcode: opcode @ (0x04 | 0x06 | 0x08 | 0x10), parameters }) => {
                let handle = parameters.first_chunk().map_or(0, |handle| u16::from_le_bytes(*handle));
                request::error(opcode, handle, att::AttError::ATTRIBUTE_NOT_FOUND)
            }
            Ok(att::Pdu::Request { opcode, .. }) => {
                request::error(opcode, 0, att::AttError::REQUEST_NOT_SUPPORTED)
            }
            Ok(att::Pdu::Command { .. } | att::Pdu::Confirmation) => return,
            Ok(_) | Err(_) => {
                if link.att.len() == INBOX_AT_MOST {
                    link.att.pop_front();
                    link.odd("more answers than questions".to_owned());
                }
                link.att.push_back(payload);
                return;
            }
        };
        self.answer(l2cap::ATT, &answer);
    }

    fn file_smp(&mut self, payload: Vec<u8>) {
        let Some(link) = self.link.as_mut() else { return };
        if let Ok(smp::Pdu::SecurityRequest { auth_req }) = smp::Pdu::read(&payload) {
            link.security_request = Some(auth_req);
            return;
        }
        if link.smp.len() == INBOX_AT_MOST {
            link.smp.pop_front();
            link.odd("a flood of pairing PDUs".to_owned());
        }
        link.smp.push_back(payload);
    }

    /// An answer that is sent as soon as there is room; of a flood of questions, some stay without one.
    fn answer(&mut self, channel: u16, payload: &[u8]) {
        if self.outbox.len() < OUTBOX_AT_MOST {
            self.enqueue(channel, payload);
        }
    }
}
