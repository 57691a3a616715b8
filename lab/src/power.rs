//! Power of the device: what runs while it has it, and the ports that are open while it has network too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::device::Device;
use crate::error::LabError;
use crate::network::Part;
use crate::tasks::Tasks;

/// Time in which a new software starts.
const STARTING: Duration = Duration::from_millis(40);

/// The switch of the device.
#[derive(Debug)]
pub(crate) struct Power {
    device: Arc<Device>,
    handle: Handle,
    supply: Mutex<Supply>,
}

/// Whoever holds it is the only one who switches.
#[derive(Debug)]
pub(crate) struct Supply {
    /// The device has power.
    pub(crate) powered: bool,
    /// It was taken apart, and never runs again.
    ended: bool,
    /// Its own doing: runs while it has power.
    living: Option<Tasks>,
    /// Its open ports: run while it has power and network.
    serving: Option<Tasks>,
}

impl Power {
    /// A device that is switched on, and runs as soon as it is settled.
    pub(crate) fn new(device: Arc<Device>, handle: Handle) -> Self {
        let supply = Supply { powered: true, ended: false, living: None, serving: None };
        Self { device, handle, supply: Mutex::new(supply) }
    }

    /// The switch in hand. Nobody may hold it who is awaited by what runs on the device.
    pub(crate) fn supply(&self) -> MutexGuard<'_, Supply> {
        // A panic while the lock was held leaves every switch as it was.
        self.supply.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the device live exactly while it has power, and serve while it has network too. Blocks until what has to
    /// end has ended.
    ///
    /// # Errors
    /// A port that does not open.
    pub(crate) fn settle(&self, supply: &mut Supply) -> Result<(), LabError> {
        let network = &self.device.network;
        let lives = supply.powered && !supply.ended && self.device.software.can_start();
        let serves = lives && network.has(Part::Link);
        if !serves && let Some(serving) = supply.serving.take() {
            serving.end();
        }
        network.turn_power(lives);
        if !lives {
            if let Some(living) = supply.living.take() {
                living.end();
            }
            return Ok(());
        }
        let living = supply.living.get_or_insert_with(|| {
            let tasks = Tasks::new(self.handle.clone());
            self.device.software.start();
            self.device.live(&tasks);
            tasks
        });
        // One that has frozen opens nothing.
        if serves && supply.serving.is_none() && !living.is_over() {
            let tasks = living.group_within();
            self.device.serve(&tasks, living.stopper())?;
            supply.serving = Some(tasks);
        }
        Ok(())
    }

    /// Takes the power away; settling gives it back.
    pub(crate) fn interrupt(&self, supply: &mut Supply) {
        let powered = std::mem::replace(&mut supply.powered, false);
        // Nothing is opened without power, so nothing can fail to open.
        let _off = self.settle(supply);
        supply.powered = powered;
    }

    /// Starts the device anew whenever it wants to, as after an installation. Never ends.
    pub(crate) async fn restart_when_wanted(self: Arc<Self>) {
        loop {
            self.device.restart.notified().await;
            let power = Arc::clone(&self);
            // A thread of its own: whoever ends what runs on the device must not keep it from ending.
            let restarted = tokio::task::spawn_blocking(move || {
                let mut supply = power.supply();
                power.interrupt(&mut supply);
                std::thread::sleep(STARTING);
                // A port that does not open stays closed, as on any device.
                let _closed = power.settle(&mut supply);
            });
            let _done = restarted.await;
        }
    }

    /// Ends the device for good, and waits until its sockets are closed.
    pub(crate) fn end(&self) {
        let mut supply = self.supply();
        supply.ended = true;
        // As above.
        let _ended = self.settle(&mut supply);
    }
}
