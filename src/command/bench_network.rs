//! `hantei bench up` and `hantei bench down`: a network of namespaces that leads nowhere else.

use crate::Done;
use crate::cli::BenchUp;
use crate::output::Failure;

#[cfg(target_os = "linux")]
pub(crate) use linux::{down, up};

#[cfg(not(target_os = "linux"))]
pub(crate) fn up(_: &BenchUp) -> Done {
    Err(only_on_linux())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn down(_: &str) -> Done {
    Err(only_on_linux())
}

#[cfg(not(target_os = "linux"))]
fn only_on_linux() -> Failure {
    Failure::nothing_started("a bench network is made of network namespaces, which Linux alone has")
        .help("connect the device by other means, and name its address in the bench file")
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt::Write as _;

    use harness::ExitCode;
    use harness::bench::network::{self, Network, NetworkRequest};

    use super::{BenchUp, Done, Failure};
    use crate::output::{Tone, paint_out, print_json, print_text};

    /// Brings a network up, and says what to write into the bench file and how to run inside.
    pub(crate) fn up(arguments: &BenchUp) -> Done {
        let request = NetworkRequest {
            name: arguments.name.clone(),
            devices: arguments.devices.unwrap_or(u8::from(arguments.interface.is_none())),
            address: arguments.address.clone(),
            interface: arguments.interface.clone(),
        };
        let network = network::up(&request).map_err(Failure::nothing_started)?;
        if arguments.json {
            print_json(&network)?;
        } else {
            print_text(&described(&network))?;
        }
        Ok(ExitCode::Pass)
    }

    /// Removes what `up` made, and says what that was.
    pub(crate) fn down(name: &str) -> Done {
        let removed = network::down(name).map_err(Failure::nothing_started)?;
        for pid in &removed.ended {
            eprintln!("ended process {pid}, which ran in the bench network");
        }
        if let Some(interface) = &removed.interface {
            eprintln!("{interface} is back");
        }
        if let Some(interface) = &removed.interface_gone {
            eprintln!("{interface} is no longer there: it was unplugged, or somebody else moved it");
        }
        eprintln!("the bench network {name} is removed");
        Ok(ExitCode::Pass)
    }

    fn described(network: &Network) -> String {
        let mut text = String::new();
        let mut line = |line: &str| writeln!(text, "{line}").expect("a String takes any text");
        for place in std::iter::once(&network.tool).chain(&network.devices) {
            let address6 = place.address6.map_or_else(String::new, |address| format!("  {address}"));
            line(&format!("{:<16} {:<5} {}{address6}", place.namespace, place.interface, place.address));
        }
        if let Some(interface) = &network.interface {
            line(&format!(
                "{interface} is in the bridge {} of {}",
                network.tool.interface, network.tool.namespace
            ));
        }
        let heading = |text: &str| format!("\n{}", paint_out(Tone::Strong, text));
        if let Some(device) = network.devices.first() {
            line(&heading("Start a device"));
            line(&format!("ip netns exec {} PROGRAM", device.namespace));
        }
        line(&heading("In bench.toml"));
        line(network.bench_file().trim_end());
        line(&heading("Assess"));
        line(&format!("ip netns exec {} hantei run DIR --bench bench.toml", network.tool.namespace));
        line(&heading("Afterwards"));
        line(&format!("hantei bench down --name {}", network.name));
        text
    }
}
