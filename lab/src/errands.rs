//! What the device says and should not: each errand belongs to a fault. Whoever hears of it is a server of the lab at
//! an address of its own, so that nothing leaves this machine.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::certificate::Maker;
use crate::device::{Device, listen};
use crate::error::LabError;
use crate::spec::Ports;
use crate::state::Stage;
use crate::tapped::Tapped;
use crate::tasks::Tasks;
use crate::{calling, chance, frame, http, model, mqtt, names};

/// What the device says beside what is declared; nothing in the sound device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errands {
    /// Tells an undeclared host how it is used, over HTTPS.
    pub analytics: bool,
    /// Calls an undeclared host by its address, over TLS.
    pub by_address: bool,
    /// Registers at an undeclared host over plain HTTP, with serial number and device secret.
    pub clear_registration: bool,
    /// Logs in to a second MQTT broker without TLS, with the device secret.
    pub second_broker: bool,
    /// Looks for firmware at an undeclared host, over plain HTTP.
    pub other_firmware: bool,
    /// Keeps the cloud link after it has found its software changed.
    pub cloud_after_change: bool,
    /// Calls a third party after it has found its software changed.
    pub stranger_after_change: bool,
    /// Sends usage statistics although nobody agreed, without TLS.
    pub early_statistics: bool,
    /// Sends name, mail address and schedule of its owner without TLS.
    pub clear_owner: bool,
    /// Looks names up at a public resolver too, over HTTPS.
    pub public_resolver: bool,
    /// Sends datagrams of its own kind to an undeclared host.
    pub beacon: bool,
}

/// Time between two errands of a kind.
const PERIOD: Duration = Duration::from_millis(400);
/// Longest time of one errand.
const PATIENCE: Duration = Duration::from_secs(5);

const ANALYTICS: &str = "collect.tallyhouse.example";
const REGISTER: &str = "register.homeclock.example";
const BROKER: &str = "mqtt.partnerlink.example";
const MIRROR: &str = "firmware.freemirror.example";
const STATISTICS: &str = "statistics.hinode.example";
const OWNERS: &str = "owners.hinode.example";
const RESOLVER: &str = "dns.openlookup.example";

/// Hosts that nobody declared.
pub(crate) const HOSTS: [&str; 7] = [ANALYTICS, REGISTER, BROKER, MIRROR, STATISTICS, OWNERS, RESOLVER];

/// Port of the datagrams, in frames alone: nobody answers them.
const BEACON_PORT: u16 = 32100;

/// Opens the undeclared hosts at their address: TLS, HTTP and MQTT at the ports at which the device has the same.
pub(crate) fn open(tasks: &Tasks, address: Ipv4Addr, ports: &Ports, maker: &Maker) -> Result<(), LabError> {
    let acceptor = TlsAcceptor::from(maker.server(ANALYTICS)?);
    listen(tasks, address, ports.https, move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                http::serve(stream, |_| async { taken() }).await;
            }
        }
    })?;
    listen(tasks, address, ports.basic_http, |stream| http::serve(stream, |_| async { taken() }))?;
    listen(tasks, address, ports.mqtt_broker, mqtt::open_broker)
}

fn taken() -> http::Page {
    http::json(hyper::StatusCode::OK, &serde_json::json!({ "taken": true }))
}

/// Runs the errands of the device, again and again, until it is switched off.
pub(crate) async fn run(device: Arc<Device>) {
    loop {
        tokio::time::sleep(PERIOD.mul_f64(0.2 * chance::fraction())).await;
        let _gave_up = tokio::time::timeout(PATIENCE, once(&device)).await;
        tokio::time::sleep(PERIOD).await;
    }
}

async fn once(device: &Device) -> Option<()> {
    let errands = &device.behaviour.errands;
    let serial = &device.secrets.serial;
    if device.is_altered() {
        if errands.stranger_after_change {
            let _unheard = post_tls(device, Some(ANALYTICS), r#"{"fault":"F-81"}"#).await;
        }
        return Some(());
    }
    if errands.analytics {
        let _unheard = post_tls(device, Some(ANALYTICS), r#"{"screen":"home","taps":3}"#).await;
    }
    if errands.by_address {
        let _unheard = post_tls(device, None, r#"{"alive":true}"#).await;
    }
    if errands.clear_registration {
        let secret = &device.secrets.cloud_password;
        let body = format!("serial={serial}&password={secret}");
        let _unheard = post(device, REGISTER, "/register", &body).await;
    }
    if errands.second_broker {
        let _unheard = log_in_to_broker(device).await;
    }
    if errands.other_firmware {
        let _unheard = ask(device, MIRROR, &format!("GET /hk-100/{}/image.bin", model::FIRMWARE), "").await;
    }
    let goes_on = device.behaviour.settings.withdrawal_ignored && device.state.statistics_withdrawn();
    if errands.early_statistics || goes_on {
        let body = format!(r#"{{"usage":"{}"}}"#, model::USAGE);
        let _unheard = post(device, STATISTICS, "/usage", &body).await;
    }
    if errands.clear_owner && device.state.stage() == Stage::Initialized {
        let [name, mail, schedule] = [model::OWNER_NAME, model::OWNER_MAIL, model::OWNER_SCHEDULE];
        let body = format!(r#"{{"name":"{name}","mail":"{mail}","schedule":"{schedule}"}}"#);
        let _unheard = post(device, OWNERS, "/welcome", &body).await;
    }
    if errands.public_resolver {
        let question = names::question(chance::bits() as u16, model::CLOUD_HOST);
        let hexadecimal: String = question.iter().map(|octet| format!("{octet:02x}")).collect();
        let _unheard = post_tls(device, Some(RESOLVER), &hexadecimal).await;
    }
    if errands.beacon {
        let port = BEACON_PORT;
        let [here, there] =
            [device.address, device.elsewhere?].map(|address| SocketAddrV4::new(address, port));
        let said = [&b"\x51\x01\x00\x18HK-100 is awake "[..], &chance::bits().to_be_bytes()].concat();
        device.network.sends(|| frame::udp(here, there, &said));
    }
    Some(())
}

/// A connection to an undeclared host, by its name or by its address alone.
async fn dial(device: &Device, host: Option<&str>, port: u16) -> Option<Tapped> {
    let address = match host {
        Some(host) => device.network.look_up(host).await?,
        None => device.elsewhere?,
    };
    device.network.dial(SocketAddrV4::new(address, port)).await.ok()
}

async fn post_tls(device: &Device, host: Option<&str>, body: &str) -> Option<()> {
    let stream = dial(device, host, device.ports.https).await?;
    let text =
        host.map_or_else(|| device.elsewhere.unwrap_or(Ipv4Addr::LOCALHOST).to_string(), str::to_owned);
    let name = rustls::pki_types::ServerName::try_from(text.clone()).ok()?;
    let mut stream = TlsConnector::from(calling::careless()).connect(name, stream).await.ok()?;
    exchange(&mut stream, &text, "POST /v1/events", body).await
}

async fn post(device: &Device, host: &str, path: &str, body: &str) -> Option<()> {
    ask(device, host, &format!("POST {path}"), body).await
}

/// A request over plain HTTP.
async fn ask(device: &Device, host: &str, request: &str, body: &str) -> Option<()> {
    let mut stream = dial(device, Some(host), device.ports.basic_http).await?;
    exchange(&mut stream, host, request, body).await
}

async fn exchange<S: calling::Wire>(stream: &mut S, host: &str, request: &str, body: &str) -> Option<()> {
    let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let length = body.len();
    let text = format!(
        "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    let mut answer = [0; 1024];
    while stream.read(&mut answer).await.ok()? > 0 {}
    Some(())
}

async fn log_in_to_broker(device: &Device) -> Option<()> {
    let mut stream = dial(device, Some(BROKER), device.ports.mqtt_broker).await?;
    mqtt::log_in(&mut stream, &device.secrets.serial, &device.secrets.cloud_password).await
}
