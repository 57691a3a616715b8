//! `hantei ble` on the command line.

use clap::{Args, Subcommand, ValueEnum};

/// `ble`
#[derive(Debug, Subcommand)]
pub(crate) enum Ble {
    /// Show who advertises nearby; nobody is connected to, and nothing is stored
    Scan(BleScan),
    /// Connect to one device, show its services and what a read gives, and write nothing
    Inspect(BleInspect),
}

/// The way to Bluetooth, and how long it is listened to.
#[derive(Debug, Args)]
pub(crate) struct BleAdapter {
    /// Adapter: hci:NUMBER for one of this computer that is switched off; serial:DEVICE[@BAUD][,rtscts] or
    /// tcp:ADDRESS:PORT for a controller that speaks HCI (H4) there; usb:VENDOR:PRODUCT for a dongle that no
    /// driver holds; bluez:hciNUMBER for one that stays with BlueZ, and system: for the Bluetooth of the operating
    /// system, which shows least, both in builds that know them
    #[arg(long, value_name = "ADAPTER", default_value = "hci:0", value_parser = crate::command::ble::adapter)]
    pub(crate) adapter: harness::probes::ble::Adapter,
    /// How long to listen, in seconds; a look ends as soon as its device was heard
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) seconds: u32,
    /// Ask those who advertise for their scan responses; else nothing is sent while listening
    #[arg(long)]
    pub(crate) active: bool,
}

/// `ble scan`
#[derive(Debug, Args)]
pub(crate) struct BleScan {
    #[command(flatten)]
    pub(crate) adapter: BleAdapter,
    /// Print what was heard as JSON (hantei.ble-scan/1; hantei.ble-system-scan/1 with system:)
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ble inspect`
#[derive(Debug, Args)]
pub(crate) struct BleInspect {
    /// Address of the device with its kind, such as C0:FF:EE:00:00:01/random; no other is connected to. With
    /// --adapter system: the name that it advertises, or what the system knows it as, will do
    pub(crate) device: String,
    #[command(flatten)]
    pub(crate) adapter: BleAdapter,
    /// Pair, and read again; the device may keep the pairing [default: no pairing]
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(crate) pair: Option<BlePairing>,
    /// Passkey for --pair passkey; visible to other users of this computer [default: asked for]
    #[arg(long, value_name = "DIGITS", requires = "pair", value_parser = crate::command::ble::passkey)]
    pub(crate) passkey: Option<u32>,
    /// LE Secure Connections for --pair: the only way, offered, or not offered (legacy pairing)
    #[arg(long, value_enum, value_name = "WHEN", default_value = "preferred", requires = "pair")]
    pub(crate) secure_connections: BleSecureConnections,
    /// Longest key to offer for --pair, in octets
    #[arg(long, value_name = "N", default_value_t = 16, requires = "pair",
        value_parser = clap::value_parser!(u8).range(7..=16))]
    pub(crate) key_size: u8,
    /// Print what was seen as JSON (hantei.ble-inspection/1; hantei.ble-system-inspection/1 with system:)
    #[arg(long)]
    pub(crate) json: bool,
}

/// How to pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BlePairing {
    /// Without protection against somebody in the middle
    JustWorks,
    /// Six digits of the device are typed here
    Passkey,
    /// Six digits are compared
    Numeric,
}

/// When LE Secure Connections is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BleSecureConnections {
    /// Or no pairing
    Only,
    /// Else legacy pairing
    Preferred,
    /// Legacy pairing
    Never,
}
