//! What the devices of a double are.

/// A device in reach of the double's adapter.
#[derive(Clone, Debug)]
pub struct DoubleDevice {
    /// Its address, such as `C0:FF:EE:00:00:01`.
    pub address: String,
    /// `public` or `random`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What comes of a connection.
    pub link: DoubleLink,
    /// How it pairs.
    pub pairing: DoublePairing,
    /// BlueZ asks the agent about another device first.
    pub asks_about_others: bool,
    /// BlueZ knows it with a bond from the beginning.
    pub bonded: bool,
    /// It advertises; else BlueZ only remembers it, where it has a bond.
    pub in_reach: bool,
    /// Its services.
    pub services: Vec<DoubleService>,
}

impl DoubleDevice {
    /// A device that everything works with, and that has nothing.
    pub fn new(address: &str, name: &str) -> Self {
        Self {
            address: address.to_owned(),
            kind: "random".to_owned(),
            name: name.to_owned(),
            link: DoubleLink::Works,
            pairing: DoublePairing::JustWorks,
            asks_about_others: false,
            bonded: false,
            in_reach: true,
            services: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> String {
        format!("{}/dev_{}", super::objects::ADAPTER, self.address.replace(':', "_"))
    }
}

/// What comes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubleLink {
    /// A link.
    Works,
    /// BlueZ tells that the device took none.
    Refused,
    /// BlueZ tries on and on.
    Hangs,
    /// A link whose services are never resolved.
    NeverResolves,
}

/// How a device pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoublePairing {
    /// Without protection against somebody in the middle.
    JustWorks,
    /// It shows these digits.
    Passkey(u32),
    /// It takes digits that the tester shows; they are typed.
    Typed,
    /// Both show these digits.
    Numeric(u32),
    /// BlueZ says nothing any more.
    Hangs,
}

/// A service.
#[derive(Clone, Debug)]
pub struct DoubleService {
    /// Its handle.
    pub handle: u16,
    /// Its type.
    pub uuid: String,
    /// Its characteristics.
    pub characteristics: Vec<DoubleCharacteristic>,
}

/// A characteristic.
#[derive(Clone, Debug)]
pub struct DoubleCharacteristic {
    /// Handle of its declaration; its value follows.
    pub handle: u16,
    /// Its type.
    pub uuid: String,
    /// Flags as BlueZ calls them.
    pub flags: Vec<&'static str>,
    /// Its value.
    pub value: Vec<u8>,
    /// What a read or a write takes.
    pub needs: Needs,
    /// What comes of a read or a write.
    pub answer: DoubleAnswer,
    /// Handle of its client configuration.
    pub configuration: Option<u16>,
}

impl DoubleCharacteristic {
    /// One that gives and takes its value.
    pub fn new(handle: u16, uuid: &str, flags: &[&'static str], value: &[u8]) -> Self {
        Self {
            handle,
            uuid: uuid.to_owned(),
            flags: flags.to_vec(),
            value: value.to_vec(),
            needs: Needs::Nothing,
            answer: DoubleAnswer::Given,
            configuration: None,
        }
    }
}

/// What a read or a write takes. BlueZ pairs by itself for it, and hangs where there is no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A bond.
    Encryption,
    /// A bond with protection against somebody in the middle.
    Mitm,
}

/// What comes of a read or a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubleAnswer {
    /// The value.
    Given,
    /// The value, which BlueZ signals after its answer and not before.
    GivenAndEchoedLate,
    /// An error of the attribute protocol, by its number.
    Error(u8),
    /// The value, for which BlueZ has paired with the help of somebody else's agent.
    GivenAfterPairing,
    /// The error that BlueZ makes of 0x05, 0x0c and 0x0f.
    NotPaired,
    /// None, for ever.
    Hangs,
    /// The link ends, and the operation with it.
    LosesLink,
}
