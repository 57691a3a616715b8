//! `hantei bench up --world`: the world around a device answers it alone, fails when it is told to, and is gone with
//! the network.

#![cfg(target_os = "linux")]

mod bench;
mod command;

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use bench::{Bench, in_namespace, ip, run_inside};
use command::{code, hantei, json, skip, told};

const ROUTER: &str = "192.0.2.2";
const DEVICE: &str = "192.0.2.11";
const STRANGER: &str = "192.0.2.99";
const CLOUD: &str = "198.51.100.10";

/// A network with a world, removed whatever becomes of the test.
struct World {
    runtime: tempfile::TempDir,
    name: String,
}

impl World {
    fn up(letter: char, more: &[&str]) -> (Self, Output) {
        let world = Self {
            runtime: tempfile::tempdir().expect("a temporary folder"),
            name: format!("{letter}{}", std::process::id()),
        };
        let output = world.bench(&[&["up"], more].concat());
        (world, output)
    }

    fn bench(&self, arguments: &[&str]) -> Output {
        let (command, rest) = arguments.split_first().expect("a command");
        let mut command = hantei(&[&["bench", command, "--name", &self.name], rest].concat());
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).output().expect("the program can be started")
    }

    fn switch(&self, what: &str, position: &str) {
        let output = self.bench(&["switch", what, position]);
        assert_eq!(code(&output), 0, "{}", told(&output));
    }

    fn device(&self) -> String {
        format!("{}-d1", self.name)
    }

    fn folder(&self) -> PathBuf {
        self.runtime.path().join("hantei").join(format!("bench-{}", self.name))
    }

    fn records(&self) -> String {
        fs::read_to_string(self.folder().join("records.jsonl")).expect("records")
    }

    /// Asks the world a datagram from the device's namespace; `None` for no answer.
    fn ask(&self, from: &str, to: &str, question: &[u8]) -> Option<Vec<u8>> {
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let socket = in_namespace(&self.device(), || UdpSocket::bind(from).expect("it binds"));
        socket.set_broadcast(true).expect("an option");
        socket.set_read_timeout(Some(Duration::from_millis(700))).expect("an option");
        socket.send_to(question, to).expect("it is sent");
        let mut buffer = [0; 2048];
        match socket.recv(&mut buffer) {
            Ok(length) => Some(buffer[..length].to_vec()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Answer code and last address of the resolver.
    fn look_up(&self, from: &str, name: &str) -> Option<(u8, [u8; 4])> {
        let mut question = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            question.push(label.len() as u8);
            question.extend(label.as_bytes());
        }
        question.extend([0, 0, 1, 0, 1]);
        let answer = self.ask(&format!("{from}:0"), &format!("{ROUTER}:53"), &question)?;
        assert_eq!(answer[..2], [0x12, 0x34]);
        Some((answer[3] & 15, answer[answer.len() - 4..].try_into().expect("an address")))
    }

    /// Exit code of curl for a request to the cloud.
    fn get(&self, path: &str) -> i32 {
        let authority = self.folder().join("authority.pem").display().to_string();
        let (url, at) = (format!("https://cloud.example{path}"), format!("cloud.example:443:{CLOUD}"));
        let arguments = [
            "curl",
            "-s",
            "--max-time",
            "5",
            "--cacert",
            &authority,
            "--resolve",
            &at,
            "-o",
            "/dev/null",
            &url,
        ];
        code(&run_inside(&self.device(), &arguments))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.bench(&["down"]);
    }
}

const SERVICES: &[&str] = &["--world", "cloud.example:443/https", "--world", "broker.example:8883/mqtts"];

#[test]
fn the_world_answers_the_device_alone_and_is_gone_with_the_network() {
    const TEST: &str = "the_world_answers_the_device_alone_and_is_gone_with_the_network";
    let _rights = match Bench::new(&["curl", "mosquitto_pub"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (world, output) = World::up('w', &[SERVICES, &["--time-offset", "-86400", "--json"]].concat());
    assert_eq!(code(&output), 0, "{}", told(&output));
    let network = json(&output);
    assert_eq!(network["world"]["router"]["address"], ROUTER);
    assert_eq!(network["world"]["services"][0]["address"], CLOUD);

    // Names.
    assert_eq!(world.look_up(DEVICE, "cloud.example"), Some((0, [198, 51, 100, 10])));
    assert_eq!(world.look_up(DEVICE, "tracker.example").expect("an answer").0, 3, "no such name");
    ip(&["-n", &world.device(), "addr", "add", &format!("{STRANGER}/24"), "dev", "eth0"]);
    assert_eq!(world.look_up(STRANGER, "cloud.example"), None);

    // The time, a day late.
    let mut question = [0; 48];
    question[0] = 0x23;
    let answer = world.ask("0.0.0.0:0", &format!("{ROUTER}:123"), &question).expect("the time");
    let told_time = u32::from_be_bytes(answer[40..44].try_into().expect("four octets"));
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time").as_secs();
    let late = (seconds + 2_208_988_800) as u32 - told_time;
    assert!((86_390..86_460).contains(&late), "{late}");
    assert_eq!(world.ask(&format!("{STRANGER}:0"), &format!("{ROUTER}:123"), &question), None);

    // An address, for the hardware address of the device and no other.
    let mac = network["devices"][0]["mac"].as_str().expect("an address");
    let mac: Vec<u8> = mac.split(':').map(|octet| u8::from_str_radix(octet, 16).expect("an octet")).collect();
    let offer = world.ask("0.0.0.0:68", "255.255.255.255:67", &discover(&mac)).expect("an offer");
    assert_eq!(offer[16..20], [192, 0, 2, 11]);
    assert_eq!(world.ask("0.0.0.0:68", "255.255.255.255:67", &discover(&[2, 0, 0, 0, 0, 9])), None);

    // Services, under the authority of the bench.
    assert_eq!(world.get("/status"), 0);
    let authority = world.folder().join("authority.pem").display().to_string();
    let publish = run_inside(
        &world.device(),
        &[
            "mosquitto_pub",
            "-h",
            "198.51.100.11",
            "-p",
            "8883",
            "--cafile",
            &authority,
            "--insecure",
            "-i",
            "hk",
            "-q",
            "1",
            "-t",
            "boiler/state",
            "-m",
            "on",
        ],
    );
    assert_eq!(code(&publish), 0, "{}", told(&publish));
    let records = world.records();
    for line in
        ["GET /status", "MQTT PUBLISH to boiler/state", "asks A tracker.example", "looks for an address"]
    {
        assert!(records.contains(line), "{line} is not in {records}");
    }
    assert!(!records.contains(STRANGER), "{records}");

    let down = world.bench(&["down"]);
    assert_eq!(code(&down), 0, "{}", told(&down));
    assert!(told(&down).contains("ended process"), "the process of the world: {}", told(&down));
    assert!(fs::read_dir(world.runtime.path()).expect("a folder").next().is_none(), "something is left");
    let namespaces = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let left = namespaces.filter(|entry| entry.file_name().to_string_lossy().starts_with(&world.name));
    assert_eq!(left.count(), 0);
}

fn discover(mac: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0x80, 0];
    bytes.resize(28, 0);
    bytes.extend(mac);
    bytes.resize(236, 0);
    bytes.extend([99, 130, 83, 99, 53, 1, 1, 255]);
    bytes
}

#[test]
fn what_is_switched_off_does_not_answer_and_comes_back() {
    const TEST: &str = "what_is_switched_off_does_not_answer_and_comes_back";
    let _rights = match Bench::new(&["curl"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (world, output) = World::up('s', SERVICES);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let good = Some((0, [198, 51, 100, 10]));
    assert_eq!(world.look_up(DEVICE, "cloud.example"), good);

    world.switch("names", "down");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), None);
    assert_eq!(world.get("/"), 0, "the services do not depend on the names");
    world.switch("names", "up");
    world.switch("names", "to-bench");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), Some((0, [192, 0, 2, 1])));
    world.switch("names", "to-peers");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), good);

    world.switch("services", "down");
    assert_eq!(world.get("/"), 7, "refused");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), good, "the router does not depend on the services");
    world.switch("services", "up");
    assert_eq!(world.get("/"), 0);

    world.switch("uplink", "down");
    world.switch("uplink", "down");
    assert_eq!(world.get("/"), 7, "unreachable");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), good, "the router does not depend on the uplink");
    world.switch("uplink", "up");
    world.switch("uplink", "up");
    assert_eq!(world.get("/"), 0);

    world.switch("link", "down");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), None);
    world.switch("link", "up");
    assert_eq!(world.look_up(DEVICE, "cloud.example"), good);

    let wrong = world.bench(&["switch", "uplink", "to-bench"]);
    assert_eq!(code(&wrong), 2);
    assert!(told(&wrong).contains("cannot be switched"), "{}", told(&wrong));
}

#[test]
fn no_bytes_of_a_device_end_a_server_of_the_world() {
    const TEST: &str = "no_bytes_of_a_device_end_a_server_of_the_world";
    let _rights = match Bench::new(&["curl"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let more = ["--world", "plain.example:80/http", "--world", "old.example:1883/mqtt", "--sink"];
    let (world, output) = World::up('h', &[SERVICES, &more].concat());
    assert_eq!(code(&output), 0, "{}", told(&output));
    let noise: Vec<Vec<u8>> = [
        vec![],
        vec![0; 1500],
        vec![0xff; 1500],
        b"\x16\x03\x01\xff\xff\x01\x00\xff\xfc".to_vec(),
        b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n".to_vec(),
        b"\x10\xff\xff\xff\xff\xff".to_vec(),
        [&discover(&[2, 0, 0, 0, 0, 9])[..], &[255; 900]].concat(),
    ]
    .into();
    let ports = [
        format!("{ROUTER}:53"),
        format!("{CLOUD}:443"),
        "198.51.100.11:8883".to_owned(),
        "198.51.100.12:80".to_owned(),
        "198.51.100.13:1883".to_owned(),
        "198.51.100.254:8080".to_owned(),
    ];
    in_namespace(&world.device(), || {
        for bytes in &noise {
            for port in [53, 67, 123] {
                #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
                let socket = UdpSocket::bind("0.0.0.0:0").expect("it binds");
                socket.send_to(bytes, (ROUTER, port)).expect("it is sent");
            }
            for to in &ports {
                #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
                let mut stream = TcpStream::connect(to).unwrap_or_else(|error| panic!("{to}: {error}"));
                // A server that closes at the first octet does well.
                let _ = stream.write_all(bytes);
            }
        }
    });
    assert_eq!(world.look_up(DEVICE, "cloud.example"), Some((0, [198, 51, 100, 10])));
    assert_eq!(world.look_up(DEVICE, "anything.example"), Some((0, [198, 51, 100, 254])));
    assert_eq!(world.get("/"), 0);
    let records = world.records();
    assert!(records.contains("no TLS handshake") && records.contains("first octets"), "{records}");
    assert!(records.is_ascii(), "what a device says is escaped");
}

#[test]
fn a_world_that_cannot_be_played_leaves_nothing() {
    const TEST: &str = "a_world_that_cannot_be_played_leaves_nothing";
    let _rights = match Bench::new(&[]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let wrong = tempfile::tempdir().expect("a temporary folder");
    let file = wrong.path().join("no-authority.pem");
    fs::write(&file, "no certificate").expect("a file");
    let file = file.display().to_string();
    for (arguments, reason) in [
        (&["--world", "cloud.example:443/gopher"][..], "is no service"),
        (
            &["--world", "cloud.example:443/https", "--authority", &file, "--authority-key", &file],
            "authority",
        ),
        (&["--world", "a.example:1/sink", "--world", "a.example:1/http"], "named twice"),
        (&["--world", "a.example:1/sink", "--interface", "lan7"], "--mac"),
    ] {
        let (world, output) = World::up('n', arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(told(&output).contains(reason), "{arguments:?}: {}", told(&output));
        assert!(fs::read_dir(world.runtime.path()).expect("a folder").next().is_none(), "{arguments:?}");
    }
    let (plain, output) = World::up('p', &[]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let switched = plain.bench(&["switch", "uplink", "down"]);
    assert_eq!(code(&switched), 2);
    assert!(told(&switched).contains("--world"), "{}", told(&switched));
}
