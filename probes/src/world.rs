//! The peers that the bench plays: what listens in place of a cloud or an update server of the device, and
//! what it reads there of the device as a client.
//!
//! A played peer never asks the device for anything: it answers one connection at a time, the way that a
//! stranger in the network could, and notes how the device takes it.

pub mod certificate_rewriting;
pub mod certificates;
pub mod client_hello;
pub mod cloned_peer;
pub mod door;
pub mod ending;
pub mod false_time;
pub mod lent_authority;
pub mod meetings;
pub mod old_server;
pub mod played_peer;
pub mod relay;
pub mod replayed_peer;
pub mod router;
pub mod small_rsa;
pub mod stranger;
pub mod time_hosts;
