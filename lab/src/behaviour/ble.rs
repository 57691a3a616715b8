//! What the Bluetooth LE side of the device does, as far as a fault can change it. The default is the sound device.

/// Switches of the Bluetooth LE side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BleBehaviour {
    /// What pairing demands.
    pub pairing: PairingRules,
    /// What the device shows and takes in while it pairs.
    pub panel: PanelUse,
    /// Wi-Fi credentials and settings are written, and settings read, by everybody (`open-config`).
    pub open_config: bool,
    /// The manufacturer data of the scan response tell the serial number (`serial-in-advertising`).
    pub serial_in_advertising: bool,
    /// The address is the same for ever; a sound device draws a resolvable one now and then (`static-address`).
    pub static_address: bool,
    /// A maintenance service that is not declared, with a console for everybody (`undeclared-service`).
    pub undeclared_service: bool,
    /// The temperature is there a second time, with the same identifier and for everybody.
    pub duplicate_characteristic: bool,
    /// A handle outside every service, which no discovery shows and which everybody reads.
    pub hidden_handle: bool,
    /// A write of more than 64 bytes to the name of the Wi-Fi stops the device until it is switched off and on
    /// (`crash-on-long-write`).
    pub crash_on_long_write: bool,
    /// The update service is for everybody, and installs what it gets (`dfu-open`).
    pub dfu_open: bool,
    /// There is no PIN over Bluetooth LE, and who paired may update: the device as it is declared.
    pub without_pin: bool,
    /// The PIN can be tried as often as one likes (`app-pin-without-lockout`).
    pub pin_without_lockout: bool,
    /// Device Information tells serial number, firmware and its build to everybody (`verbose-device-information`).
    pub verbose_device_information: bool,
    /// Bonds outlive a factory reset (`bond-survives-reset`).
    pub bond_survives_reset: bool,
    /// The status of the provisioning is notified to everybody, with the Wi-Fi credentials
    /// (`plain-notify-of-secrets`).
    pub plain_notify_of_secrets: bool,
    /// What the device does to those who connect.
    pub hostility: Hostility,
}

/// What pairing demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairingRules {
    /// Nothing is shown or compared, so that nobody knows who pairs (`just-works`).
    pub just_works: bool,
    /// Whether the older way of pairing is taken.
    pub legacy: LegacyRule,
    /// Keys of seven bytes are taken, and no longer ones offered (`short-key`).
    pub short_key: bool,
    /// The passkey is this one always, and on every unit; a sound device draws one each time (`fixed-passkey`).
    pub fixed_passkey: Option<u32>,
    /// Wrong passkeys can be tried as fast as one likes (`no-retry-delay`).
    pub no_retry_delay: bool,
    /// Who pairs with the key that is published for debugging is let in (`debug-key-accepted`).
    pub debug_key_accepted: bool,
    /// Pairs with everybody at any time; a sound device only until it has its first bond, and after its button was
    /// pressed (`stranger-re-pairs`).
    pub strangers_pair: bool,
}

/// Whether LE legacy pairing is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegacyRule {
    /// No: Secure Connections only.
    #[default]
    Refused,
    /// When the other side has nothing better (`legacy-pairing`).
    Accepted,
    /// The device knows nothing better.
    Only,
}

/// What the panel of the device is for while it pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PanelUse {
    /// It shows a passkey.
    #[default]
    Passkey,
    /// It shows a number, and the button says that it is the same on both sides, where the other side can show one.
    Comparison,
}

/// What a device does to those who connect, for tests of the tester.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hostility {
    /// Nothing.
    #[default]
    None,
    /// Values are longer than any may be.
    OversizedValues,
    /// Discovery of services never ends.
    EndlessServices,
    /// Answers of ATT are cut short, of the wrong kind, or come twice.
    MalformedAtt,
    /// Answers of SMP are cut short, of the wrong kind, or come twice.
    MalformedSmp,
    /// Every request ends the connection.
    DisconnectStorm,
    /// Nothing is answered.
    Silent,
}

/// A weakness: its name, and what it changes.
pub type Weakness = (&'static str, fn(&mut BleBehaviour));

/// Every weakness by its name.
pub const WEAKNESSES: [Weakness; 20] = [
    ("open-config", |behaviour| behaviour.open_config = true),
    ("just-works", |behaviour| behaviour.pairing.just_works = true),
    ("legacy-pairing", |behaviour| behaviour.pairing.legacy = LegacyRule::Accepted),
    ("legacy-only", |behaviour| behaviour.pairing.legacy = LegacyRule::Only),
    ("short-key", |behaviour| behaviour.pairing.short_key = true),
    ("fixed-passkey", |behaviour| behaviour.pairing.fixed_passkey = Some(123_456)),
    ("serial-in-advertising", |behaviour| behaviour.serial_in_advertising = true),
    ("static-address", |behaviour| behaviour.static_address = true),
    ("undeclared-service", |behaviour| behaviour.undeclared_service = true),
    ("duplicate-characteristic", |behaviour| behaviour.duplicate_characteristic = true),
    ("hidden-handle", |behaviour| behaviour.hidden_handle = true),
    ("crash-on-long-write", |behaviour| behaviour.crash_on_long_write = true),
    ("no-retry-delay", |behaviour| behaviour.pairing.no_retry_delay = true),
    ("dfu-open", |behaviour| behaviour.dfu_open = true),
    ("bond-survives-reset", |behaviour| behaviour.bond_survives_reset = true),
    ("app-pin-without-lockout", |behaviour| behaviour.pin_without_lockout = true),
    ("verbose-device-information", |behaviour| behaviour.verbose_device_information = true),
    ("stranger-re-pairs", |behaviour| behaviour.pairing.strangers_pair = true),
    ("debug-key-accepted", |behaviour| behaviour.pairing.debug_key_accepted = true),
    ("plain-notify-of-secrets", |behaviour| behaviour.plain_notify_of_secrets = true),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weakness_has_a_name_of_its_own_and_changes_something() {
        for (at, (name, change)) in WEAKNESSES.iter().enumerate() {
            let mut behaviour = BleBehaviour::default();
            change(&mut behaviour);
            assert_ne!(behaviour, BleBehaviour::default(), "{name}");
            assert!(WEAKNESSES[..at].iter().all(|(other, _)| other != name), "{name} twice");
        }
    }
}
