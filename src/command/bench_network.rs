//! `hantei bench up`, `down` and `switch`: a network of namespaces that leads nowhere else, and the world around
//! its devices.

use crate::Done;
use crate::cli::{BenchSwitch, BenchUp};
use crate::output::Failure;

#[cfg(target_os = "linux")]
pub(crate) use linux::{down, play, switch, up};

#[cfg(not(target_os = "linux"))]
pub(crate) fn up(_: &BenchUp) -> Done {
    Err(only_on_linux())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn down(_: &str) -> Done {
    Err(only_on_linux())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn switch(_: &BenchSwitch) -> Done {
    Err(only_on_linux())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn play(_: &std::path::Path) -> Done {
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
    use std::path::Path;

    use harness::ExitCode;
    use harness::bench::network::switch::{ACTIONS, Position, Switch};
    use harness::bench::network::{self, Network, NetworkRequest, PlayedWorld, WorldRequest};

    use super::{BenchSwitch, BenchUp, Done, Failure};
    use crate::output::{Tone, paint_out, print_json, print_text};

    /// Brings a network up, and says what to write into the bench file and how to run inside.
    pub(crate) fn up(arguments: &BenchUp) -> Done {
        let request = NetworkRequest {
            name: arguments.name.clone(),
            devices: arguments.devices.unwrap_or(u8::from(arguments.interface.is_none())),
            address: arguments.address.clone(),
            interface: arguments.interface.clone(),
            world: (!arguments.world.is_empty()).then(|| world(arguments)).transpose()?,
        };
        let network = network::up(&request).map_err(Failure::nothing_started)?;
        if arguments.json {
            print_json(&network)?;
        } else {
            print_text(&described(&network))?;
        }
        Ok(ExitCode::Pass)
    }

    /// Lets something fail, or work again.
    pub(crate) fn switch(arguments: &BenchSwitch) -> Done {
        let known = |(_, switch, position): &(&str, Switch, Position)| {
            (switch.name() == arguments.switch && position.name() == arguments.position)
                .then_some((*switch, *position))
        };
        let Some((switch, position)) = ACTIONS.iter().find_map(known) else {
            return Err(Failure::nothing_started(format!(
                "{} cannot be switched {}; names can be switched down, up, to-bench and to-peers, everything else down \
                 and up",
                arguments.switch, arguments.position
            )));
        };
        network::switch::switch(&arguments.name, switch, position, arguments.device)
            .map_err(Failure::nothing_started)?;
        eprintln!("{} {}", arguments.switch, arguments.position);
        Ok(ExitCode::Pass)
    }

    /// Plays a world until it is ended.
    pub(crate) fn play(folder: &Path) -> Done {
        network::play(folder).map_err(Failure::nothing_started)?;
        Ok(ExitCode::Pass)
    }

    fn world(arguments: &BenchUp) -> Result<WorldRequest, Failure> {
        let program = std::env::current_exe().map_err(|error| {
            Failure::nothing_started(format!("this program cannot be found again: {error}"))
        })?;
        let with = |command: &str| {
            let program = program.display().to_string();
            vec![program, "bench".to_owned(), command.to_owned()]
        };
        let read = |path: &Path| {
            std::fs::read_to_string(path).map_err(|error| {
                Failure::nothing_started(format!("{} cannot be read: {error}", path.display()))
            })
        };
        let mac = arguments.mac.as_ref().map(|text| {
            network::hardware_address(text).ok_or_else(|| {
                Failure::nothing_started(format!(
                    "\"{text}\" is no hardware address; expected six octets, such as 02:00:5e:00:53:01"
                ))
            })
        });
        Ok(WorldRequest {
            services: arguments
                .world
                .iter()
                .map(|text| text.parse().map_err(|error: String| Failure::nothing_started(error)))
                .collect::<Result<_, _>>()?,
            sink: arguments.sink,
            time_offset_seconds: arguments.time_offset.unwrap_or_default(),
            authority: match (&arguments.authority, &arguments.authority_key) {
                (Some(certificate), Some(key)) => Some((read(certificate)?, read(key)?)),
                _ => None,
            },
            mac: mac.transpose()?,
            program: with("world"),
            switch: with("switch"),
        })
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

    fn tell_of_world(world: &PlayedWorld, line: &mut impl FnMut(&str)) {
        let router = &world.router;
        let roles = "gateway, DHCP, names, time";
        line(&format!("{:<16} {:<5} {}  {roles}", router.namespace, router.interface, router.address));
        for service in &world.services {
            line(&format!("{:<16} {:<5} {}  {}", "", "", service.at(), service.name));
        }
        line(&format!("{}  what the device has to trust", world.folder.join("authority.pem").display()));
        line(&format!("{}  what comes to the world", world.folder.join("records.jsonl").display()));
    }

    fn described(network: &Network) -> String {
        let mut text = String::new();
        let mut line = |line: &str| writeln!(text, "{line}").expect("a String takes any text");
        for place in std::iter::once(&network.tool).chain(&network.devices) {
            let address6 = place.address6.map_or_else(String::new, |address| format!("  {address}"));
            line(&format!("{:<16} {:<5} {}{address6}", place.namespace, place.interface, place.address));
        }
        if let Some(world) = &network.world {
            tell_of_world(world, &mut line);
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
