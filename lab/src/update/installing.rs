//! One look for updates: what the device finds, checks and installs.

use std::time::Duration;

use jiff::Timestamp;
use rustls::time_provider::TimeProvider;
use serde_json::Value;

use super::fetching::{Fetching, Unread};
use super::package::{self, MANIFEST, Statement};
use crate::behaviour::updates::{ImageRule, SignatureRule};
use crate::device::Device;
use crate::model;
use crate::preferences::Install;
use crate::software::EMERGENCY;

/// Largest manifest in octets.
const MANIFEST_ROOM: u64 = 16 * 1024;
/// What a careless memory takes in octets until nothing else fits.
const MEMORY: u64 = 64 * 1024;
/// Most that the simulation reads in octets, where the device itself knows no bound.
const READ_ON: u64 = 32 * 1024 * 1024;
/// Time in which an image is written.
const WRITING: Duration = Duration::from_millis(60);

/// What came of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Nobody answered.
    NotAnswered,
    /// The newest version runs.
    UpToDate,
    /// A newer version waits for the user.
    Waiting,
    /// The package was not believed, or did not come whole.
    Refused,
    /// Another software is to be started.
    Installed,
    /// There is no room left for anything.
    Stuck,
}

impl Looked {
    /// For the settings page.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NotAnswered => "the update server could not be asked",
            Self::UpToDate => "up to date",
            Self::Waiting => "a newer version is there",
            Self::Refused | Self::Stuck => "an update was refused",
            Self::Installed => "installed",
        }
    }
}

/// Looks for an update, and installs it where the user wants it now or lets the device do so.
pub(crate) async fn look(device: &Device, wanted: bool) -> Looked {
    let Some(mut server) = Fetching::open(device).await else { return Looked::NotAnswered };
    let Some(list) = server.ask(MANIFEST).await else { return Looked::NotAnswered };
    let room = if device.behaviour.updates.reads_on { READ_ON } else { MANIFEST_ROOM };
    let Ok(list) = list.read(room).await else { return Looked::Refused };
    let statement = serde_json::from_slice(&list).ok().and_then(|list| statement(device, &list));
    let Some(statement) = statement else { return Looked::Refused };
    // Before anything is done by it: a server that only has old lists to show is no server to believe.
    if !device.behaviour.updates.ignores_expiry && !is_fresh(device, &statement) {
        return Looked::Refused;
    }
    if statement.newest == device.software.version() {
        return Looked::UpToDate;
    }
    if !is_for_this_device(device, &statement) {
        return Looked::Refused;
    }
    if !wanted && device.state.preferences().install != Install::Automatic {
        return Looked::Waiting;
    }
    install(device, &mut server, &statement).await
}

async fn install(device: &Device, server: &mut Fetching<'_>, statement: &Statement) -> Looked {
    let rules = device.behaviour.updates;
    let mut installation = Installation { device, finished: false };
    let Some(answer) = server.ask(&statement.image).await else { return broken_off(device) };
    let room = match (rules.memory_without_bound, rules.reads_on) {
        (true, _) => MEMORY,
        (false, true) => READ_ON,
        (false, false) => statement.length,
    };
    let image = match answer.read(room).await {
        Ok(image) => image,
        Err(Unread::TooLong) if rules.memory_without_bound => return Looked::Stuck,
        Err(Unread::TooLong) => return Looked::Refused,
        Err(Unread::BrokenOff) => return broken_off(device),
    };
    if (image.len() as u64) < statement.length && rules.overwrites_running {
        return destroyed(device);
    }
    if !is_the_image(device, statement, &image) {
        return Looked::Refused;
    }
    tokio::time::sleep(WRITING).await;
    if !rules.installs_nothing {
        device.software.replace(&package::version_in(&image).unwrap_or_else(|| statement.newest.clone()));
    }
    installation.finished = true;
    Looked::Installed
}

/// The image did not come, or not to its end.
fn broken_off(device: &Device) -> Looked {
    let rules = device.behaviour.updates;
    let cut_off = device.network.has_power() && !device.network.on_wire();
    if cut_off && rules.network_loss_ends_it {
        return destroyed(device);
    }
    if cut_off && rules.network_loss_halves_it {
        device.software.replace(EMERGENCY);
        return Looked::Installed;
    }
    Looked::Refused
}

/// There is nothing left that could be started.
fn destroyed(device: &Device) -> Looked {
    device.software.destroy();
    Looked::Installed
}

/// What a manifest says, if the device believes it.
fn statement(device: &Device, list: &Value) -> Option<Statement> {
    let text = list["statement"].as_str()?;
    let signature = list["signature"].as_str().filter(|signature| !signature.is_empty());
    let by_maker = |signature: &str| {
        package::unhex(signature)
            .is_some_and(|signature| package::is_signed(text, &signature, &device.update_key))
    };
    let good = match device.behaviour.updates.signature {
        SignatureRule::Maker => signature.is_some_and(by_maker),
        SignatureRule::MakerIfAny => signature.is_none_or(by_maker),
        SignatureRule::MakerOrBlank => signature
            .is_some_and(|signature| signature.bytes().all(|digit| digit == b'0') || by_maker(signature)),
        SignatureRule::Any => signature.and_then(package::unhex).is_some_and(|octets| octets.len() == 64),
        SignatureRule::Unasked => true,
    };
    good.then(|| serde_json::from_str(text).ok())?
}

/// Whether a manifest is still valid by the clock of the device.
fn is_fresh(device: &Device, statement: &Statement) -> bool {
    let now = device.clock.current_time().and_then(|now| i64::try_from(now.as_secs()).ok());
    now.and_then(|now| Timestamp::from_second(now).ok()).is_some_and(|now| statement.is_fresh(now))
}

/// Whether a package is for this model, and newer than what runs.
fn is_for_this_device(device: &Device, statement: &Statement) -> bool {
    let rules = device.behaviour.updates;
    let (running, offered) =
        (package::numbers(&device.software.version()), package::numbers(&statement.newest));
    (statement.model == model::MODEL || rules.takes_other_models)
        && offered.is_some()
        && (offered > running || rules.takes_older)
}

/// Whether an image is the one of the statement, as far as the device looks.
fn is_the_image(device: &Device, statement: &Statement, image: &[u8]) -> bool {
    match device.behaviour.updates.image {
        ImageRule::Digest => statement.means(image),
        ImageRule::Length => statement.length == image.len() as u64,
        ImageRule::OwnCheckSum => package::has_its_check_sum(image),
        ImageRule::Uncompared => true,
    }
}

/// An installation under way; what becomes of it when the power fails.
struct Installation<'a> {
    device: &'a Device,
    finished: bool,
}

impl Drop for Installation<'_> {
    fn drop(&mut self) {
        let device = self.device;
        if !self.finished && device.behaviour.updates.power_loss_ends_it && !device.network.has_power() {
            device.software.destroy();
        }
    }
}
