//! Which method follows from what both sides can do (Core, volume 3, part H, 2.3.5.1).

use serde::{Deserialize, Serialize};

use crate::ble::smp::{IoCapability, PairingFeatures};

/// How both sides make sure of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairingMethod {
    /// They do not.
    JustWorks,
    /// The tester types six digits that the device shows, or that both are given.
    PasskeyTyped,
    /// The device is given six digits that the tester shows.
    PasskeyShown,
    /// Both show six digits, and somebody compares them.
    NumericComparison,
    /// Another way carries the secret.
    OutOfBand,
}

impl PairingMethod {
    /// Whether somebody in the middle would be noticed.
    pub fn is_authenticated(self) -> bool {
        self != Self::JustWorks
    }
}

/// The method of a pairing; `secure` says whether both support LE Secure Connections.
pub(super) fn method(request: &PairingFeatures, response: &PairingFeatures, secure: bool) -> PairingMethod {
    use IoCapability as Io;
    use PairingMethod as Method;
    let out_of_band = if secure { request.oob || response.oob } else { request.oob && response.oob };
    if out_of_band {
        return Method::OutOfBand;
    }
    if !request.mitm() && !response.mitm() {
        return Method::JustWorks;
    }
    let both_compare = if secure { Method::NumericComparison } else { Method::JustWorks };
    match (request.io, response.io) {
        (Io::NoInputNoOutput | Io::Reserved(_), _) | (_, Io::NoInputNoOutput | Io::Reserved(_)) => {
            Method::JustWorks
        }
        (Io::DisplayOnly | Io::DisplayYesNo, Io::KeyboardOnly) => Method::PasskeyShown,
        (Io::DisplayOnly, Io::KeyboardDisplay) => Method::PasskeyShown,
        (Io::DisplayOnly, _) | (Io::DisplayYesNo, Io::DisplayOnly) => Method::JustWorks,
        (Io::DisplayYesNo, Io::DisplayYesNo) => both_compare,
        (Io::DisplayYesNo, Io::KeyboardDisplay) if secure => Method::NumericComparison,
        (Io::DisplayYesNo, Io::KeyboardDisplay) => Method::PasskeyShown,
        (Io::KeyboardOnly, _) | (Io::KeyboardDisplay, Io::DisplayOnly) => Method::PasskeyTyped,
        (Io::KeyboardDisplay, Io::KeyboardOnly) => Method::PasskeyShown,
        (Io::KeyboardDisplay, Io::DisplayYesNo | Io::KeyboardDisplay) if secure => Method::NumericComparison,
        (Io::KeyboardDisplay, Io::DisplayYesNo) => Method::PasskeyTyped,
        (Io::KeyboardDisplay, Io::KeyboardDisplay) => Method::PasskeyShown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: what the initiator can do; columns: what the responder can. `J` just works, `T` the initiator types, `S`
    /// it shows, `N` both compare. In the order of the numbers of the capabilities.
    const LEGACY: [&str; 5] = ["JJSJS", "JJSJS", "TTTJT", "JJJJJ", "TTSJS"];
    const SECURE: [&str; 5] = ["JJSJS", "JNSJN", "TTTJT", "JJJJJ", "TNSJN"];

    fn features(io: u8, auth_req: u8) -> PairingFeatures {
        PairingFeatures {
            io: IoCapability::from_number(io),
            oob: false,
            auth_req,
            max_key_size: 16,
            initiator_keys: 0,
            responder_keys: 0,
        }
    }

    #[test]
    fn the_tables_of_the_specification_are_followed() {
        for (secure, table) in [(false, LEGACY), (true, SECURE)] {
            for (one, row) in table.iter().enumerate() {
                for (other, letter) in row.chars().enumerate() {
                    let (one, other) = (features(one as u8, 0x04), features(other as u8, 0x00));
                    let expected = match letter {
                        'T' => PairingMethod::PasskeyTyped,
                        'S' => PairingMethod::PasskeyShown,
                        'N' => PairingMethod::NumericComparison,
                        _ => PairingMethod::JustWorks,
                    };
                    assert_eq!(method(&one, &other, secure), expected, "{:?} with {:?}", one.io, other.io);
                    // Where nobody asks for protection there is none.
                    let without = features(one.io.number(), 0);
                    assert_eq!(method(&without, &other, secure), PairingMethod::JustWorks);
                }
            }
        }
    }

    #[test]
    fn out_of_band_data_goes_before_everything() {
        let with = PairingFeatures { oob: true, ..features(3, 0) };
        let without = features(3, 0);
        assert_eq!(method(&with, &without, true), PairingMethod::OutOfBand);
        assert_eq!(method(&with, &without, false), PairingMethod::JustWorks);
        assert_eq!(method(&with, &with, false), PairingMethod::OutOfBand);
    }
}
