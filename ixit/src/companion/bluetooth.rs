//! Bluetooth LE: what is offered over the attribute protocol and to whom, and how the device pairs.

use crate::described::{names, record};

names! {
    /// How two devices make sure of each other when they pair.
    pub enum PairingWay {
        /// Nothing is shown or compared: whoever is near may be anybody.
        JustWorks = "just-works",
        /// The device shows six digits that are typed at the other side.
        PasskeyShown = "passkey-shown",
        /// Six digits are typed at the device.
        PasskeyEntered = "passkey-entered",
        /// Both show six digits, and a person says that they are the same.
        NumericComparison = "numeric-comparison",
        /// A secret goes another way (NFC, a code on the label).
        OutOfBand = "out-of-band",
    }
}

names! {
    /// Where the passkey comes from.
    pub enum PasskeyOrigin {
        /// Drawn anew for each pairing and shown by the device.
        EachTime = "each-time",
        /// Made for the unit, on its label or in its papers.
        OfTheUnit = "of-the-unit",
        /// Chosen by the user.
        OfTheUser = "of-the-user",
        /// The same on every unit.
        Fixed = "fixed",
    }
}

names! {
    /// When somebody whom the device does not know may pair.
    pub enum PairingTime {
        /// At any time.
        Anytime = "anytime",
        /// Until the first one did; after that when somebody at the device lets them.
        FirstOrInvited = "first-or-invited",
        /// Only when somebody at the device lets them (a button, a menu).
        Invited = "invited",
        /// Only in factory default.
        FactoryDefault = "factory-default",
    }
}

record! {
    /// Where something is reached over Bluetooth LE, and who may.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Gatt {
        /// Service UUID, in full or its four digits where it is a number of the Bluetooth SIG.
        service: String,
        /// Characteristic UUID; left out: the service as a whole.
        characteristic: Option<String>,
        /// Who may read it: row ids of authentication mechanisms, or `anyone`; empty: nobody.
        readers: Vec<String>,
        /// Who may write it, in the same words.
        writers: Vec<String>,
        /// Whom it is notified or indicated to, in the same words.
        notified: Vec<String>,
        /// A critical security parameter goes over it.
        critical: bool = false,
        /// A value in hexadecimal digits that is taken and does no harm.
        example: Option<String>,
        /// Greatest length of a value in octets.
        largest: Option<u32>,
        /// A write of the example begins an update of software.
        begins_update: bool = false,
    }
}

record! {
    /// How the device pairs over Bluetooth LE.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Pairing {
        /// How both sides make sure of each other.
        method: PairingWay,
        /// Where the passkey comes from.
        passkey: Option<PasskeyOrigin>,
        /// Only LE Secure Connections are taken, never legacy pairing.
        secure_connections_only: bool = false,
        /// Shortest key that is taken, in octets, 7 to 16.
        least_key_octets: Option<u32>,
        /// When strangers may pair.
        strangers: Option<PairingTime>,
    }
}
