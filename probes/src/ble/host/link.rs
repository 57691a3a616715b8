//! A link to a device, and what came over it and waits to be looked at.

use std::collections::VecDeque;

use crate::ble::address::DeviceAddress;
use crate::ble::att;
use crate::ble::backend::Told;
use crate::ble::l2cap::Reassembly;

/// A link to a device.
#[derive(Debug)]
pub(in crate::ble) struct Link {
    pub(super) handle: u16,
    pub(in crate::ble) peer: DeviceAddress,
    pub(super) reassembly: Reassembly,
    pub(in crate::ble) mtu: u16,
    pub(super) att: VecDeque<Vec<u8>>,
    pub(super) smp: VecDeque<Vec<u8>>,
    pub(super) other: VecDeque<(u16, Vec<u8>)>,
    pub(super) told: VecDeque<Told>,
    /// What the controller last said of encryption: status, and whether it is on.
    pub(super) encryption: Option<(u8, bool)>,
    pub(in crate::ble) key: Option<KeyFacts>,
    /// Authentication requirements of a security request that the device sent by itself.
    pub(in crate::ble) security_request: Option<u8>,
    /// What the device did that it should not, in words; a few.
    pub(in crate::ble) oddities: Vec<String>,
}

/// What is known of the key of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ble) struct KeyFacts {
    pub(in crate::ble) authenticated: bool,
    pub(in crate::ble) secure_connections: bool,
    pub(in crate::ble) size: u8,
}

/// Oddities that are kept of a link.
const ODDITIES_AT_MOST: usize = 32;

impl Link {
    pub(super) fn new(handle: u16, peer: DeviceAddress) -> Self {
        Self {
            handle,
            peer,
            reassembly: Reassembly::default(),
            mtu: att::MTU_AT_FIRST,
            att: VecDeque::new(),
            smp: VecDeque::new(),
            other: VecDeque::new(),
            told: VecDeque::new(),
            encryption: None,
            key: None,
            security_request: None,
            oddities: Vec::new(),
        }
    }

    pub(in crate::ble) fn odd(&mut self, what: String) {
        if self.oddities.len() < ODDITIES_AT_MOST && !self.oddities.contains(&what) {
            self.oddities.push(what);
        }
    }

    pub(in crate::ble) fn is_encrypted(&self) -> bool {
        self.encryption == Some((0, true))
    }
}
