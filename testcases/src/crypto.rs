//! Cryptography as data: what public catalogues say of mechanisms, which of them a policy lets decide, and what is
//! known to be broken. One engine judges what is declared and what a handshake showed.
//!
//! * [`vocabulary`]: what mechanisms are called.
//! * [`catalogue`]: their standing in a catalogue, with source, date and confidence.
//! * [`policy`]: which catalogues decide, which standing is enough, and until when it has to last.
//! * [`engine`]: the entries of a declared use, or of a handshake, judged by a policy; [`judgement`]: what comes of it.
//! * [`guarantees`]: what a protocol gives at most.
//! * [`pairing`]: what a policy asks of pairing over Bluetooth LE.
//! * [`broken`]: the deny list. Being absent from it proves nothing.

pub mod broken;
pub mod catalogue;
pub mod engine;
pub mod guarantees;
pub mod judgement;
pub mod pairing;
pub mod policy;
pub mod vocabulary;

pub use broken::{
    Weakness, broken, broken_feature, broken_primitive, broken_suite, broken_version, date as deny_list_date,
    key_in, lines, weak_key,
};
pub use judgement::{Judged, Judgement};
pub use pairing::{LeastPairing, PairingFacts, PairingLack, PairingLevel};
pub use policy::Policy;
