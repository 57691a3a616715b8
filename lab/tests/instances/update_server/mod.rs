//! The bench in place of the update server, for the tests: it has the packages that the maker lent.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lab::Instance;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::visitor::{ports, try_ask};

/// Longest wait for what a sound device does; a machine with much to do is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the device asks for the list of the newest version.
pub(crate) const LIST: &str = "/hk-100/manifest.json";

/// A file that is served.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    /// Contents.
    pub(crate) bytes: Vec<u8>,
    /// After the contents: nothing more comes for as long as the test lasts.
    pub(crate) stalls: bool,
    /// After the contents: other octets, without an end.
    pub(crate) endless: bool,
}

/// Files by path.
pub(crate) type Files = BTreeMap<String, Served>;

/// The server; ends when dropped.
pub(crate) struct UpdateServer {
    files: Arc<Mutex<Files>>,
    asked: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
}

impl UpdateServer {
    /// Opens it with the certificate of the lent authority, and has the names lead there.
    pub(crate) fn open(instance: &Instance) -> Self {
        let [network, second, third, fourth] = instance.address().octets();
        let at = SocketAddr::from((
            Ipv4Addr::new(network, second | 0x80, third, fourth),
            ports(instance).bench_update,
        ));
        let listener = TcpListener::bind(at).unwrap();
        listener.set_nonblocking(true).unwrap();
        let server =
            Self { files: Arc::default(), asked: Arc::default(), over: Arc::new(AtomicBool::new(false)) };
        let (files, asked, over) =
            (Arc::clone(&server.files), Arc::clone(&server.asked), Arc::clone(&server.over));
        let config = with_lent_authority(instance);
        std::thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (files, asked, config) =
                            (Arc::clone(&files), Arc::clone(&asked), Arc::clone(&config));
                        let over = Arc::clone(&over);
                        std::thread::spawn(move || serve(stream, &config, &files, &asked, &over));
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        instance.perform("names_to_bench").unwrap();
        server
    }

    /// Serves these files from now on, and forgets what was asked for.
    pub(crate) fn serve(&self, files: Files) {
        *self.files.lock().unwrap() = files;
        self.asked.lock().unwrap().clear();
    }

    /// Serves nothing from now on.
    pub(crate) fn withdraw(&self) {
        self.serve(Files::new());
    }

    /// Offers these files, makes the device look, and waits until it has asked for that many.
    pub(crate) fn offer(&self, instance: &Instance, files: Files, requests: usize) {
        self.serve(files);
        instance.perform("trigger_update").unwrap();
        let begun = Instant::now();
        while self.asked().len() < requests && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(self.asked().len() >= requests, "{:?}", self.asked());
    }

    /// Paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for UpdateServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

/// The lent package of that kind.
pub(crate) fn lent(instance: &Instance, kind: &str) -> Files {
    let folder = instance.folder().unwrap();
    let bench: toml::Table = folder.text("bench.toml").unwrap().parse().unwrap();
    let packages = bench["update_package"].as_array().unwrap();
    let package = packages.iter().find(|package| package["kind"].as_str() == Some(kind)).unwrap();
    let file = |file: &toml::Value| {
        let digits = file["hex"].as_str().unwrap();
        let octet = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        let bytes = (0..digits.len()).step_by(2).map(octet).collect();
        (file["path"].as_str().unwrap().to_owned(), Served { bytes, stalls: false, endless: false })
    };
    package["file"].as_array().unwrap().iter().map(file).collect()
}

/// The version that the device tells; `None` while it is away.
pub(crate) fn told_version(instance: &Instance) -> Option<String> {
    let request = "GET /identity HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n";
    let answer = try_ask(instance, request, Duration::from_secs(2)).ok()?;
    let (_, body) = answer.rsplit_once("\r\n\r\n")?;
    let identity: serde_json::Value = serde_json::from_str(body).ok()?;
    identity["firmware"].as_str().map(str::to_owned)
}

/// Waits until the device tells that version; what it told last.
pub(crate) fn version_becomes(instance: &Instance, version: Option<&str>) -> Option<String> {
    let begun = Instant::now();
    loop {
        let told = told_version(instance);
        if told.as_deref() == version || begun.elapsed() > PATIENCE {
            return told;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The version that the device tells when it had the time to install something else; `None` if it is away then.
pub(crate) fn version_afterwards(instance: &Instance) -> Option<String> {
    std::thread::sleep(Duration::from_millis(300));
    told_version(instance)
}

/// The same of a device that has to answer, however slow the machine is.
pub(crate) fn version_stays(instance: &Instance) -> Option<String> {
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    loop {
        let told = told_version(instance);
        if told.is_some() || begun.elapsed() > PATIENCE {
            return told;
        }
    }
}

fn serve(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    files: &Mutex<Files>,
    asked: &Mutex<Vec<String>>,
    over: &AtomicBool,
) {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut octet = [0];
            if !matches!(stream.read(&mut octet), Ok(1)) {
                return;
            }
            head.push(octet[0]);
        }
        let path = String::from_utf8(head).unwrap().split(' ').nth(1).unwrap().to_owned();
        let file = files.lock().unwrap().get(&path).cloned();
        let Some(file) = file else {
            asked.lock().unwrap().push(path);
            let _gone = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            continue;
        };
        let length = if file.stalls { file.bytes.len() * 2 } else { file.bytes.len() };
        let framing = match file.endless {
            true => "Connection: close".to_owned(),
            false => format!("Content-Length: {length}"),
        };
        let _gone = stream.write_all(format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n").as_bytes());
        let _gone = stream.write_all(&file.bytes);
        asked.lock().unwrap().push(path);
        while file.stalls && !over.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if file.endless {
            while stream.write_all(&[7; 4096]).is_ok() {}
        }
    }
}

fn with_lent_authority(instance: &Instance) -> Arc<ServerConfig> {
    let authority = instance.spec().authority.clone().unwrap();
    let mut root = CertificateParams::default();
    root.distinguished_name = rcgen::DistinguishedName::new();
    root.distinguished_name.push(DnType::CommonName, format!("{} Root", lab::model::MANUFACTURER));
    let issuer = Issuer::new(root, KeyPair::from_pem(&authority.key).unwrap());
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![lab::model::UPDATE_HOST.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Arc::new(config)
}
