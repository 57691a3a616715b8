//! Our own look at TLS: building a ClientHello, reading what answers it, and, where a real session
//! is needed, rustls with a verifier that accepts every certificate and keeps what it saw.

pub mod abilities;
pub mod answer;
pub mod asker;
pub mod certificate;
pub mod client_hello;
pub mod datagram;
pub mod enumeration;
pub mod exchange;
pub mod flight;
pub mod seen;
pub mod session;
pub mod ssl2;
pub mod starttls;
pub mod suites;
pub mod trust;
