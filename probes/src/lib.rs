//! Observations of live devices. This crate knows devices, not standards: no provision id appears
//! here. One probe is one file in `probe/`: result type, entry point, helpers.
//!
//! Every socket is opened by the [`Dialer`], which knows the addresses that may be touched.

pub mod apart;
pub mod ble;
pub mod capture;
mod coap_message;
pub mod common_credentials;
mod common_passwords;
pub mod context;
mod datagram;
pub mod dialer;
mod dialogue;
mod disclosed;
mod dns_message;
mod dns_service_browse;
pub mod drivers;
pub mod guessing;
pub mod handed_in;
pub mod http;
mod http_answer;
pub mod label_facts;
#[cfg(target_os = "linux")]
mod linux;
mod listening;
pub mod lockout;
pub mod login;
mod modbus_message;
mod multicast;
pub mod nmap_report;
pub mod observation;
mod port_sweep;
mod projection;
mod random_value;
pub mod registry;
mod rtsp_dialogue;
mod service_greeting;
mod service_recognition;
mod snmp_message;
mod ssh_greeting;
mod sweep_pace;
pub mod tcp;
mod telnet;
pub mod tls;
pub mod udp;
mod udp_question;
mod upnp_description;
pub mod vulnerability;
mod web_page;
mod web_search;
pub mod web_session;
pub mod world;
mod ws_discovery_message;

pub use context::ProbeContext;
pub use dialer::{DialError, Dialer, Scope};
pub use observation::{Context, Effort, EvidenceRef, Observation, Outcome, Request};
pub use registry::{ProbeEntry, probe, probes, run};

include!(concat!(env!("OUT_DIR"), "/probe_modules.rs"));
