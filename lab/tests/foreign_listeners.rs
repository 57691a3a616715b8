//! The simulated device beside programs of this machine that listen on every address. A test of its own,
//! because such a program cannot start while an instance has the port.

#![expect(clippy::disallowed_methods, reason = "plays the foreign programs on the test's own machine")]

use std::io::Result;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use lab::{Instance, Spec};

/// Opens a port as soon as nobody else on this machine has it.
fn foreign<T>(open: impl Fn() -> Result<T>) -> T {
    for _ in 0..200 {
        if let Ok(opened) = open() {
            return opened;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    open().expect("end what uses the ports 8443, 8883 and 5353 on this machine, then run this test again")
}

#[test]
fn foreign_programs_on_the_usual_ports_do_not_matter() {
    let _web = foreign(|| TcpListener::bind("0.0.0.0:8443"));
    let _cloud = foreign(|| TcpListener::bind("[::]:8883"));
    let _mdns = foreign(|| UdpSocket::bind("0.0.0.0:5353"));

    let instance = Instance::start(Spec::default()).unwrap();
    let ports = instance.spec().ports.clone().unwrap();
    assert_eq!((ports.https, ports.cloud, ports.mdns), (18443, 18883, 15353));
    let address = SocketAddr::from((instance.address(), ports.https));
    assert!(TcpStream::connect_timeout(&address, Duration::from_secs(5)).is_ok());
    assert!(instance.folder().unwrap().text("ixit.toml").unwrap().contains("18443"));
    let seen = lab::foreign_listeners();
    assert!(seen.tcp.contains(&8443) && seen.tcp.contains(&8883) && seen.udp.contains(&5353));
}
