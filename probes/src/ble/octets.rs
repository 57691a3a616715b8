//! Reading little-endian fields from octets of unknown origin.

/// Why octets are not what they claim to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{layer}: {what}")]
pub struct Malformed {
    /// `HCI`, `L2CAP`, `ATT`, `SMP` or `advertising data`.
    pub layer: &'static str,
    /// What is wrong, in words.
    pub what: String,
}

impl Malformed {
    pub(crate) fn new(layer: &'static str, what: impl Into<String>) -> Self {
        Self { layer, what: what.into() }
    }
}

/// What is left of a PDU. Every read either takes all that it asks for or fails.
#[derive(Clone, Debug)]
pub(crate) struct Octets<'a> {
    layer: &'static str,
    left: &'a [u8],
}

impl<'a> Octets<'a> {
    pub(crate) fn of(layer: &'static str, left: &'a [u8]) -> Self {
        Self { layer, left }
    }

    /// The next `count` octets.
    pub(crate) fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], Malformed> {
        let Some((taken, left)) = self.left.split_at_checked(count) else {
            let there = self.left.len();
            return Err(Malformed::new(
                self.layer,
                format!("{what} needs {count} octets, {there} are there"),
            ));
        };
        self.left = left;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Malformed> {
        let taken = self.take(N, what)?;
        Ok(taken.try_into().expect("take gives as many as asked for"))
    }

    pub(crate) fn u8(&mut self, what: &str) -> Result<u8, Malformed> {
        Ok(self.array::<1>(what)?[0])
    }

    pub(crate) fn u16(&mut self, what: &str) -> Result<u16, Malformed> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), Malformed> {
        match self.left.len() {
            0 => Ok(()),
            more => {
                Err(Malformed::new(self.layer, format!("{more} octets more than the PDU has fields for")))
            }
        }
    }
}
