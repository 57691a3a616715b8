//! The water heater on a virtual air, with the controller of a tester beside it.

use std::net::{SocketAddr, SocketAddrV4};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::air::{Air, AirOptions, ControllerId};
use super::heater::Heater;
use super::pairing::Panel;
use super::peripheral::Peripheral;
use super::{DeviceAddress, VirtualAir};
use crate::behaviour::LabelPassword;
use crate::behaviour::ble::BleBehaviour;
use crate::error::LabError;
use crate::model;
use crate::secrets::Secrets;

/// What a bench is made of.
#[derive(Clone, Debug)]
pub struct BleSpec {
    /// What the heater does.
    pub behaviour: BleBehaviour,
    /// What is individual to the unit follows from it: serial number, PIN, public address.
    pub seed: u64,
    /// Time after which the heater takes its next private address, if nobody is connected.
    pub rotation: Duration,
    /// How long strangers may pair after the button was pressed.
    pub pairing_window: Duration,
    /// How long the PIN is locked.
    pub pin_lockout: Duration,
    /// What is imperfect about the air.
    pub air: AirOptions,
    /// Controllers for hosts beside the heater, at least one: the first is the tester's.
    pub hosts: u8,
    /// Where the controller of the tester is served; chosen where that is left open.
    pub tester: Option<SocketAddrV4>,
}

impl Default for BleSpec {
    fn default() -> Self {
        Self {
            behaviour: BleBehaviour::default(),
            seed: 1,
            rotation: Duration::from_secs(900),
            pairing_window: Duration::from_secs(60),
            pin_lockout: Duration::from_secs(model::LOCKOUT_SECONDS.into()),
            air: AirOptions::default(),
            hosts: 1,
            tester: None,
        }
    }
}

/// A heater that is switched on, in factory default, and an air around it. Dropping it ends everything.
#[derive(Debug)]
pub struct BleBench {
    // Ends the tasks, so it goes first.
    air: VirtualAir,
    unit: Arc<Unit>,
}

/// The heater, as the bench, the rest of the device and its own task see it.
#[derive(Debug)]
pub(crate) struct Unit {
    peripheral: Mutex<Peripheral>,
    changed: Notify,
    /// Counts how often it was switched; it has power while even.
    switched: AtomicU64,
    window: Duration,
    pin: String,
    serial: String,
}

impl BleBench {
    /// Brings up air and heater; both sleep while nobody listens.
    ///
    /// # Errors
    /// No free loopback address, or a port or thread that the operating system does not give.
    pub fn start(spec: BleSpec) -> Result<Self, LabError> {
        let air = VirtualAir::start_at(spec.tester, spec.hosts.max(1), spec.air)?;
        let serial = Secrets::of_unit(spec.seed, 0, LabelPassword::Drawn).serial;
        let drawn = spec.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let pin = format!("{:06}", drawn % 1_000_000);
        let [a, b, c, ..] = drawn.to_le_bytes();
        let public = [a, b, c | 0x80, 0xe0, 0xb1, 0x02];
        let heater = Heater::new(spec.behaviour, serial.clone(), pin.clone(), spec.pin_lockout);
        let unit = Arc::new(Unit {
            peripheral: Mutex::new(Peripheral::new(heater, public, spec.rotation, Instant::now())),
            changed: Notify::new(),
            switched: AtomicU64::new(0),
            window: spec.pairing_window,
            pin,
            serial,
        });
        let id = air.air.add_controller(public);
        if let Some(tasks) = &air.tasks {
            tasks.run(Arc::clone(&unit).live(air.air.clone(), id));
        }
        Ok(Self { air, unit })
    }

    /// Where the controller of the tester is served.
    pub fn tester(&self) -> SocketAddr {
        self.air.addresses()[0]
    }

    /// The same, as back-ends take it: `tcp:127.64.x.y:port`.
    pub fn tester_url(&self) -> String {
        format!("tcp:{}", self.tester())
    }

    /// Where all controllers but the heater's are served; the first is the tester's.
    pub fn hosts(&self) -> &[SocketAddr] {
        self.air.addresses()
    }

    /// Takes the power away; links end as for a device that is gone.
    pub fn power_off(&self) {
        self.unit.switch(false);
    }

    /// Gives power; also what hung starts anew.
    pub fn power_on(&self) {
        self.unit.switch(true);
    }

    /// Resets the heater to factory default, after which it starts anew.
    pub fn reset_to_factory(&self) {
        self.unit.reset_to_factory();
    }

    /// The owner sets it up: their phone pairs, and gives it the Wi-Fi credentials.
    pub fn onboard(&self, name: &str, password: &str) {
        self.provision(name, password);
        self.unit.peripheral().heater.bond_with_owner();
    }

    /// The heater itself, for the rest of the device.
    pub(crate) fn unit(&self) -> Arc<Unit> {
        Arc::clone(&self.unit)
    }

    /// Presses the button: says that the number on the panel is the same, or lets strangers pair for a while.
    pub fn press_button(&self) {
        self.unit.peripheral().press_button(self.unit.window, Instant::now());
        self.unit.changed.notify_one();
    }

    /// Presses the other button: the number on the panel is not the same.
    pub fn press_cancel(&self) {
        self.unit.peripheral().press_cancel(Instant::now());
        self.unit.changed.notify_one();
    }

    /// What the panel shows.
    pub fn panel(&self) -> Panel {
        self.unit.peripheral().panel
    }

    /// The passkey on the panel, as a person would read it.
    pub fn displayed_passkey(&self) -> Option<u32> {
        match self.panel() {
            Panel::Passkey(passkey) => Some(passkey),
            _ => None,
        }
    }

    /// Sets the Wi-Fi credentials up, as the owner did before.
    pub fn provision(&self, name: &str, password: &str) {
        let heater = &mut self.unit.peripheral().heater;
        (heater.wifi_name, heater.wifi_password) = (Some(name.to_owned()), Some(password.to_owned()));
    }

    /// The Wi-Fi credentials that the heater has.
    pub fn wifi(&self) -> (Option<String>, Option<String>) {
        let heater = &self.unit.peripheral().heater;
        (heater.wifi_name.clone(), heater.wifi_password.clone())
    }

    /// Whether the heater installed an image that came over Bluetooth.
    pub fn has_installed_update(&self) -> bool {
        self.unit.peripheral().heater.has_installed()
    }

    /// Centrals that the heater knows.
    pub fn bonds(&self) -> usize {
        self.unit.peripheral().heater.bonds.len()
    }

    /// Whether the heater hangs: it answers nothing until it is switched off and on.
    pub fn hangs(&self) -> bool {
        self.unit.peripheral().heater.hangs
    }

    /// The address under which the heater is found now.
    pub fn address(&self) -> DeviceAddress {
        self.unit.peripheral().address()
    }

    /// The PIN on the label.
    pub fn pin(&self) -> &str {
        &self.unit.pin
    }

    /// The serial number on the label.
    pub fn serial(&self) -> &str {
        &self.unit.serial
    }
}

impl Unit {
    fn peripheral(&self) -> MutexGuard<'_, Peripheral> {
        self.peripheral.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything that did not come from the factory, and starts anew.
    pub(crate) fn reset_to_factory(&self) {
        self.peripheral().heater.reset_to_factory();
        self.switch(false);
        self.switch(true);
    }

    /// Gives power or takes it.
    fn switch(&self, on: bool) {
        let mut peripheral = self.peripheral();
        if self.switched.load(Ordering::SeqCst).is_multiple_of(2) != on {
            self.switched.fetch_add(1, Ordering::SeqCst);
            peripheral.heater.hangs = false;
            peripheral.forget_address(Instant::now());
        }
        drop(peripheral);
        self.changed.notify_one();
    }

    /// The life of the heater.
    async fn live(self: Arc<Self>, air: Air, id: ControllerId) {
        loop {
            let switched = self.switched.load(Ordering::SeqCst);
            if !switched.is_multiple_of(2) || self.peripheral().heater.hangs {
                self.changed.notified().await;
                continue;
            }
            // Only this task takes the controller, and it gives it back before it takes it again.
            let Some(mut port) = air.attach(id) else { return };
            self.peripheral().start(Instant::now());
            loop {
                let (outgoing, deadline) = {
                    let mut peripheral = self.peripheral();
                    if peripheral.heater.hangs || self.switched.load(Ordering::SeqCst) != switched {
                        break;
                    }
                    (peripheral.take_outgoing(), peripheral.deadline())
                };
                for packet in outgoing {
                    port.send(packet);
                }
                let due = async {
                    match deadline {
                        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    packet = port.receive() => match packet {
                        Some(packet) => self.peripheral().packet(&packet, Instant::now()),
                        None => break,
                    },
                    () = self.changed.notified() => {}
                    () = due => self.peripheral().tick(Instant::now()),
                }
            }
        }
    }
}
