//! What fails on purpose: the link of the device, the uplink of the router, the names, the services.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::ip_tool::ip_in;
use super::world_process::LINK;
use super::{NetworkError, ledger, port, world, world_process};

/// What is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The cable of the device.
    Link,
    /// The way from the router to the services.
    Uplink,
    /// The resolver.
    Names,
    /// The services.
    Services,
}

/// To where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It fails.
    Down,
    /// It works.
    Up,
    /// Names lead to the tool in place of the services.
    ToBench,
    /// Names lead to the services.
    ToPeers,
}

/// Actions of a bench file, and the switch of each.
pub const ACTIONS: [(&str, Switch, Position); 10] = [
    ("link_down", Switch::Link, Position::Down),
    ("link_up", Switch::Link, Position::Up),
    ("uplink_down", Switch::Uplink, Position::Down),
    ("uplink_up", Switch::Uplink, Position::Up),
    ("names_down", Switch::Names, Position::Down),
    ("names_up", Switch::Names, Position::Up),
    ("services_down", Switch::Services, Position::Down),
    ("services_up", Switch::Services, Position::Up),
    ("names_to_bench", Switch::Names, Position::ToBench),
    ("names_to_peers", Switch::Names, Position::ToPeers),
];

impl Switch {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Uplink => "uplink",
            Self::Names => "names",
            Self::Services => "services",
        }
    }
}

impl Position {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::ToBench => "to-bench",
            Self::ToPeers => "to-peers",
        }
    }
}

/// Switches something of a network that is up; it holds when this returns. `device` is the number of the device
/// whose link is meant, from 1.
///
/// # Errors
/// See [`NetworkError`].
pub fn switch(name: &str, switch: Switch, position: Position, device: u8) -> Result<(), NetworkError> {
    super::layout::check_name(name)?;
    super::require_root()?;
    let Some(folder) = ledger::folder_of(name) else {
        return Err(NetworkError::NotUp { name: name.to_owned(), looked: ledger::runtime_folders() });
    };
    match (switch, position) {
        (Switch::Link, Position::Down | Position::Up) => {
            ip_in(&format!("{name}-tool"), &["link", "set", &link_of(&folder, device), position.name()])
        }
        (Switch::Uplink, Position::Down | Position::Up) => {
            has_world(&folder, name)?;
            let router = world_process::read_plan(&folder).map_err(NetworkError::World)?.router;
            world::cut(&format!("{name}-router"), router, position == Position::Down)
        }
        (Switch::Names, _) | (Switch::Services, Position::Down | Position::Up) => {
            has_world(&folder, name)?;
            tell(&folder, switch, position)
        }
        _ => Err(NetworkError::Switch(format!(
            "{} can be switched down and up, and not {}",
            switch.name(),
            position.name()
        ))),
    }
}

/// The end of a device's link at the bridge: a real interface where no device runs in a namespace.
fn link_of(folder: &Path, device: u8) -> String {
    let real = std::fs::read_to_string(folder.join(LINK)).ok().filter(|_| device == 1);
    real.map_or_else(|| port(device.into()), |real| real.trim().to_owned())
}

fn has_world(folder: &Path, name: &str) -> Result<(), NetworkError> {
    if folder.join("control").exists() {
        return Ok(());
    }
    Err(NetworkError::Switch(format!(
        "the bench network {name} has no world that could be switched; bring it up with --world"
    )))
}

/// Tells the process that plays the world, and waits for its answer.
fn tell(folder: &Path, switch: Switch, position: Position) -> Result<(), NetworkError> {
    let failed = |error: std::io::Error| {
        NetworkError::World(format!(
            "its process does not answer ({error}); {} says why, hantei bench down and up begins anew",
            folder.join("world.log").display()
        ))
    };
    let mut stream = UnixStream::connect(folder.join("control")).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(failed)?;
    writeln!(stream, "{} {}", switch.name(), position.name()).map_err(failed)?;
    let mut answer = String::new();
    stream.take(1024).read_to_string(&mut answer).map_err(failed)?;
    match answer.trim() {
        "done" => Ok(()),
        other => Err(NetworkError::World(format!("its process says: {other}"))),
    }
}
