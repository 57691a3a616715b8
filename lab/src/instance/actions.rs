//! What can be done to a device that runs.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Instance;
use super::bluetooth::WIFI;
use crate::behaviour::updates::LookRule;
use crate::error::LabError;
use crate::network::Part;
use crate::power::Supply;

/// Longest wait for a report of the device to its maker.
const REPORT_PATIENCE: Duration = Duration::from_secs(3);
/// Longest wait for the first check for updates.
const CHECK_PATIENCE: Duration = Duration::from_secs(3);
/// What can be done to the device, as in `[actions]` of the bench.
pub const ACTIONS: [&str; 21] = [
    "onboard",
    "factory_reset",
    "power_off",
    "power_on",
    "link_down",
    "link_up",
    "trigger_update",
    "names_to_bench",
    "names_to_peers",
    "reconnect",
    "uplink_down",
    "uplink_up",
    "names_down",
    "names_up",
    "services_down",
    "services_up",
    "alter_software",
    "restore_software",
    "allow_pairing",
    "read_passkey",
    "confirm_number",
];

impl Instance {
    /// Does one of [`ACTIONS`] to the device, and returns when it is done.
    ///
    /// # Errors
    /// An unknown action, or a port that does not open again.
    pub fn perform(&self, action: &str) -> Result<(), LabError> {
        let mut supply = self.power.supply();
        match action {
            "onboard" => {
                self.device.state.onboard();
                let (name, password) = WIFI;
                self.bluetooth.onboard(name, password);
                if self.device.behaviour.freezes_after.is_some() {
                    // Whoever sets up a device that hangs switches it off and on first.
                    self.power.interrupt(&mut supply);
                }
            }
            "factory_reset" => {
                self.device.state.factory_reset();
                self.bluetooth.reset_to_factory();
                self.device.recovered.store(false, Ordering::SeqCst);
                // The device starts anew after a reset.
                self.power.interrupt(&mut supply);
            }
            "power_off" => {
                supply.powered = false;
                self.bluetooth.power_off();
            }
            "power_on" => {
                if !std::mem::replace(&mut supply.powered, true) {
                    self.device.recover();
                    self.bluetooth.power_on();
                }
            }
            "alter_software" => self.turn_software(&mut supply, true)?,
            "restore_software" => self.turn_software(&mut supply, false)?,
            "link_down" => self.device.network.turn(Part::Link, false),
            "link_up" => self.device.network.turn(Part::Link, true),
            "uplink_down" => self.turn(Part::Uplink, false),
            "uplink_up" => self.turn(Part::Uplink, true),
            "names_down" => self.turn(Part::Names, false),
            "names_up" => self.turn(Part::Names, true),
            "services_down" => self.turn(Part::Services, false),
            "services_up" => self.turn(Part::Services, true),
            "trigger_update" => self.device.check_now.notify_one(),
            "names_to_bench" => self.turn_names(true),
            "names_to_peers" => self.turn_names(false),
            "reconnect" => {
                self.device.network.forget_names();
                self.device.peers.cloud.call_again();
                self.device.peers.update.call_again();
            }
            "allow_pairing" | "confirm_number" => self.bluetooth.press_button(),
            // Looking changes nothing.
            "read_passkey" => {}
            _ => {
                return Err(LabError::UnknownAction { action: action.to_owned(), known: ACTIONS.join(", ") });
            }
        }
        self.power.settle(&mut supply)?;
        if action == "onboard" {
            self.wait_for_the_first_check(&supply);
        }
        Ok(())
    }

    /// Whoever sets up a device waits until it has looked for updates: from then on its pages stay as they are.
    fn wait_for_the_first_check(&self, supply: &Supply) {
        let begun = Instant::now();
        while supply.powered
            && self.device.behaviour.updates.looks != LookRule::Never
            && self.device.state.last_update_check().is_none()
            && begun.elapsed() < CHECK_PATIENCE
        {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Changes the software, or brings it back; the device finds out when it starts. Whoever does it waits until the
    /// device has told its maker.
    fn turn_software(&self, supply: &mut Supply, altered: bool) -> Result<(), LabError> {
        self.power.interrupt(supply);
        self.device.altered.store(altered, Ordering::SeqCst);
        if !altered {
            self.device.software.restore();
        }
        self.device.reported.store(false, Ordering::SeqCst);
        self.power.settle(supply)?;
        let begun = Instant::now();
        while altered
            && supply.powered
            && !self.device.reported.load(Ordering::SeqCst)
            && begun.elapsed() < REPORT_PATIENCE
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Takes away a part of what is around the device, or gives it back.
    fn turn(&self, part: Part, on: bool) {
        self.device.network.turn(part, on);
        // The router has its own answers from the internet.
        let answers = self.device.network.has(Part::Names) && self.device.network.has(Part::Uplink);
        self.names.silent.store(!answers, Ordering::SeqCst);
    }

    /// Lets the names of the peers lead to the bench, or to the peers again. What was kept of them has run out.
    fn turn_names(&self, to_bench: bool) {
        self.names.at_bench.store(to_bench, Ordering::SeqCst);
        self.device.network.forget_names();
    }
}
