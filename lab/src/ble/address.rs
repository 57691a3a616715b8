//! Addresses of Bluetooth LE devices.

use std::fmt;

/// An address as it is on the air: six bytes, the least significant first, and whether they were assigned or drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceAddress {
    /// Drawn by the device (random), not assigned to its maker (public).
    pub random: bool,
    /// The six bytes, the least significant first, as in HCI and SMP.
    pub bytes: [u8; 6],
}

impl DeviceAddress {
    /// A public address.
    pub const fn public(bytes: [u8; 6]) -> Self {
        Self { random: false, bytes }
    }

    /// A random address; its two highest bits say of which kind.
    pub const fn random(bytes: [u8; 6]) -> Self {
        Self { random: true, bytes }
    }

    /// The type byte of HCI and SMP: 0 public, 1 random.
    pub const fn kind(self) -> u8 {
        self.random as u8
    }

    /// Whether whoever holds the identity resolving key can tell whose it is, and nobody else.
    pub const fn is_resolvable(self) -> bool {
        self.random && self.bytes[5] >> 6 == 0b01
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [f, e, d, c, b, a] = self.bytes;
        let kind = if self.random { "random" } else { "public" };
        write!(formatter, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{f:02X} ({kind})")
    }
}

impl fmt::Debug for DeviceAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_the_highest_byte_first() {
        let address = DeviceAddress::random([1, 2, 3, 4, 5, 0x46]);
        assert_eq!(address.to_string(), "46:05:04:03:02:01 (random)");
        assert!(address.is_resolvable());
        assert!(!DeviceAddress::public([1, 2, 3, 4, 5, 0x46]).is_resolvable());
        assert!(!DeviceAddress::random([1, 2, 3, 4, 5, 0xc6]).is_resolvable());
    }
}
