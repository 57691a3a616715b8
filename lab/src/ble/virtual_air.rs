//! A virtual air of its own on a loopback address, for whoever brings the hosts.

use std::net::{SocketAddr, SocketAddrV4};

use tokio::runtime::Runtime;

use super::air::{Air, AirOptions};
use crate::error::LabError;
use crate::instance;
use crate::socket::{self, Claim};
use crate::tasks::Tasks;

/// First half of the public addresses of the controllers: locally administered, 02:B1:E0.
const ADDRESS_BLOCK: [u8; 3] = [0xe0, 0xb1, 0x02];

/// An air with controllers on TCP ports (HCI, H4) of a loopback address that nobody else has. It has a thread of its
/// own, which sleeps while nothing is on the air; dropping it ends everything.
#[derive(Debug)]
pub struct VirtualAir {
    pub(super) air: Air,
    pub(super) tasks: Option<Tasks>,
    addresses: Vec<SocketAddr>,
    _claim: Claim,
    runtime: Option<Runtime>,
}

impl VirtualAir {
    /// Brings up an air with so many controllers, at most 200, their public addresses 02:B1:E0:00:00:01 and on.
    ///
    /// # Errors
    /// No free loopback address, or a port or thread that the operating system does not give.
    pub fn start(controllers: u8, options: AirOptions) -> Result<Self, LabError> {
        Self::start_at(None, controllers, options)
    }

    /// The same, the first controller at the address and port that it had before.
    pub(super) fn start_at(
        stored: Option<SocketAddrV4>,
        controllers: u8,
        options: AirOptions,
    ) -> Result<Self, LabError> {
        let (claim, address) = instance::own(stored.map(|stored| *stored.ip()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lab-air")
            .enable_all()
            .build()
            .map_err(LabError::Runtime)?;
        let tasks = Tasks::new(runtime.handle().clone());
        let air = Air::open(&tasks, options);
        let mut addresses = Vec::new();
        for number in 1..=controllers.min(200) {
            let [a, b, c] = ADDRESS_BLOCK;
            let id = air.add_controller([number, 0, 0, a, b, c]);
            let port = stored.filter(|_| number == 1).map_or(0, |stored| stored.port());
            let failed = |source| LabError::Open { address: (address, port).into(), source };
            let listener = socket::listen(address, port).map_err(failed)?;
            addresses.push(listener.local_addr().map_err(failed)?);
            air.serve(&tasks, id, listener).map_err(failed)?;
        }
        Ok(Self { air, tasks: Some(tasks), addresses, _claim: claim, runtime: Some(runtime) })
    }

    /// Where the controllers are served, one host each.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for VirtualAir {
    fn drop(&mut self) {
        if let Some(tasks) = self.tasks.take() {
            tasks.end();
        }
        if let Some(runtime) = self.runtime.take() {
            // Never waits, so it may happen inside another runtime.
            runtime.shutdown_background();
        }
    }
}
