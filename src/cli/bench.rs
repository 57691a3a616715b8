//! `hantei bench` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `bench`
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Trust the bench.toml of a declaration folder, by its digest
    Accept {
        /// Declaration folder
        folder: PathBuf,
    },
    /// Bring up a bench network of network namespaces; needs root and ip
    Up(BenchUp),
    /// Remove a bench network, with everything that runs in it
    Down {
        /// Name of the network
        #[arg(long, value_name = "NAME", default_value = "hantei")]
        name: String,
    },
    /// Let something of a bench network fail, or work again
    Switch(BenchSwitch),
    /// Play the world that a folder describes; started by bench up
    #[command(hide = true)]
    World {
        /// Folder of the world
        folder: PathBuf,
    },
}

/// `bench switch`
#[derive(Debug, Args)]
pub(crate) struct BenchSwitch {
    /// Name of the network
    #[arg(long, value_name = "NAME", default_value = "hantei")]
    pub(crate) name: String,
    /// Number of the device whose link is meant
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) device: u8,
    /// "link" is the cable of the device, "uplink" the way from the router to the services, "names" the
    /// resolver, "services" what is played behind it
    #[arg(value_parser = ["link", "uplink", "names", "services"])]
    pub(crate) switch: String,
    /// Names can also lead to the tool in place of the services, and back
    #[arg(value_parser = ["down", "up", "to-bench", "to-peers"])]
    pub(crate) position: String,
}

/// `bench up`
#[derive(Debug, Args)]
pub(crate) struct BenchUp {
    /// Name of the network; its namespaces are NAME-tool, NAME-d1, NAME-d2 ...
    #[arg(long, value_name = "NAME", default_value = "hantei")]
    pub(crate) name: String,
    /// Namespaces for devices, at most 64 [default: 1, none with --interface]
    #[arg(long, value_name = "COUNT")]
    pub(crate) devices: Option<u8>,
    /// Address of the tool with prefix length; devices follow from the eleventh on
    #[arg(long, value_name = "ADDRESS", default_value = "192.0.2.1/24")]
    pub(crate) address: String,
    /// Put this network interface into the bench network; hantei bench down gives it back
    #[arg(long, value_name = "INTERFACE")]
    pub(crate) interface: Option<String>,
    /// Play the world of the device with this service, such as cloud.example:443/https; may be repeated. Kinds:
    /// https, mqtts, http, mqtt, ntp, sink (takes connections and notes their beginning). There is a router with
    /// DHCP, names and time then
    #[arg(long = "world", value_name = "HOST:PORT/KIND")]
    pub(crate) world: Vec<String>,
    /// Hardware address of the device at --interface; with --world, which answers nobody else
    #[arg(long, value_name = "MAC", requires = "world")]
    pub(crate) mac: Option<String>,
    /// Tell a false time: so many seconds are added to it
    #[arg(long, value_name = "SECONDS", requires = "world", allow_negative_numbers = true)]
    pub(crate) time_offset: Option<f64>,
    /// Names of nobody lead to a place where the beginning of connections is noted [default: they do not exist]
    #[arg(long, requires = "world")]
    pub(crate) sink: bool,
    /// Certificate of an authority that the device trusts, PEM [default: one is made, and named]
    #[arg(long, value_name = "FILE", requires_all = ["world", "authority_key"])]
    pub(crate) authority: Option<PathBuf>,
    /// Its key, PKCS #8 PEM
    #[arg(long, value_name = "FILE", requires = "authority")]
    pub(crate) authority_key: Option<PathBuf>,
    /// Print the network as JSON (hantei.bench-network/1)
    #[arg(long)]
    pub(crate) json: bool,
}
