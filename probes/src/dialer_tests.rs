#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use std::net::Ipv4Addr;

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::*;

const DEVICE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 71, 1, 1));

fn dialer(scope: Scope) -> Arc<Dialer> {
    Dialer::new(scope, DialLimits::default())
}

#[tokio::test]
async fn nothing_goes_to_an_address_outside_the_scope() {
    let outside = TcpListener::bind((Ipv4Addr::new(127, 71, 1, 2), 0)).await.unwrap();
    let udp_outside = UdpSocket::bind((Ipv4Addr::new(127, 71, 1, 2), 0)).await.unwrap();
    let dialer = dialer(Scope { devices: vec![DEVICE], ..Scope::default() });

    let refused = dialer.connect(outside.local_addr().unwrap()).await;
    assert!(matches!(refused, Err(DialError::OutOfScope(_))));
    let refused = dialer.udp(udp_outside.local_addr().unwrap()).await;
    assert!(matches!(refused, Err(DialError::OutOfScope(_))));

    assert_eq!(dialer.counters.out_of_scope.load(Ordering::Relaxed), 2);
    assert_eq!(dialer.counters.tcp_attempts.load(Ordering::Relaxed), 0);
    assert_eq!(dialer.counters.udp_sockets.load(Ordering::Relaxed), 0);
    let nobody = tokio::time::timeout(Duration::from_millis(50), outside.accept()).await;
    assert!(nobody.is_err(), "a connection reached an address outside the scope");
}

#[tokio::test]
async fn a_published_host_opens_its_port_only() {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 71, 1, 3), 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let other = TcpListener::bind((Ipv4Addr::new(127, 71, 1, 3), 0)).await.unwrap();
    let dialer = dialer(Scope { hosts: [("support.example".to_owned(), at)].into(), ..Scope::default() });

    assert_eq!(dialer.resolve("support.example", 443).unwrap(), at);
    assert!(dialer.connect(at).await.is_ok());
    assert!(matches!(dialer.connect(other.local_addr().unwrap()).await, Err(DialError::OutOfScope(_))));
}

#[tokio::test]
async fn names_are_never_asked_of_the_system_resolver() {
    // Every system knows `localhost`; the bench of this run does not.
    let dialer = dialer(Scope { devices: vec!["127.0.0.1".parse().unwrap()], ..Scope::default() });
    assert!(matches!(dialer.resolve("localhost", 80), Err(DialError::OutOfScope(_))));
    assert!(dialer.resolve("127.0.0.1", 80).is_ok());
    assert!(matches!(dialer.resolve("[::1]", 80), Err(DialError::OutOfScope(_))));
    assert_eq!(dialer.counters.out_of_scope.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn connections_come_from_the_source_address() {
    let listener = TcpListener::bind((DEVICE, 0)).await.unwrap();
    let device_udp = UdpSocket::bind((DEVICE, 0)).await.unwrap();
    let source = IpAddr::from([127, 71, 1, 9]);
    let dialer = dialer(Scope { devices: vec![DEVICE], source: Some(source), ..Scope::default() });

    let stream = dialer.connect(listener.local_addr().unwrap()).await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer.ip(), source);
    assert!(stream.nodelay().unwrap());

    let socket = dialer.udp(device_udp.local_addr().unwrap()).await.unwrap();
    socket.send(b"?").await.unwrap();
    let (_, peer) = device_udp.recv_from(&mut [0; 8]).await.unwrap();
    assert_eq!(peer.ip(), source);
}

#[tokio::test]
async fn a_connection_that_meets_itself_is_dropped() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.71.1.5:0".parse().unwrap()).unwrap();
    let itself = socket.local_addr().unwrap();
    let stream = socket.connect(itself).await.unwrap();
    assert!(matches!(not_itself(stream), Err(DialError::SelfConnection)));

    let listener = TcpListener::bind("127.71.1.5:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    assert!(not_itself(stream).is_ok(), "a connection to somebody else is kept");
}

#[tokio::test]
async fn a_closed_port_refuses_and_a_missing_route_is_the_testers() {
    let listener = TcpListener::bind((DEVICE, 0)).await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let here = dialer(Scope { devices: vec![DEVICE], ..Scope::default() });
    assert!(matches!(here.connect(closed).await, Err(DialError::Refused)));

    // An address that this host does not have cannot be a source.
    let source = Some(IpAddr::from([192, 0, 2, 77]));
    let elsewhere = dialer(Scope { devices: vec![DEVICE], source, ..Scope::default() });
    assert!(matches!(elsewhere.connect(closed).await, Err(DialError::Tester(_))));
}

#[tokio::test]
async fn an_aborted_connection_ends_in_a_reset() {
    let listener = TcpListener::bind((DEVICE, 0)).await.unwrap();
    let dialer = dialer(Scope { devices: vec![DEVICE], ..Scope::default() });
    let stream = dialer.connect(listener.local_addr().unwrap()).await.unwrap();
    let (mut accepted, _) = listener.accept().await.unwrap();
    abort(stream);
    let error = accepted.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}
