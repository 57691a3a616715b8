//! `hantei bench up` and `hantei bench down`: a network that leads nowhere, and nothing left of it.

#![cfg(target_os = "linux")]

mod bench;
mod command;

use std::fs;
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use bench::{Bench, in_namespace, inside, ip, run_inside};
use command::{code, hantei, json, skip, told};
use serde_json::Value;

/// A place of its own for what is up, so that no other network of this machine is touched.
struct Runtime(tempfile::TempDir);

impl Runtime {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn bench(&self, arguments: &[&str]) -> Output {
        let mut command = hantei(&[&["bench"], arguments].concat());
        command.env("XDG_RUNTIME_DIR", self.0.path()).output().expect("the program can be started")
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(self.0.path()).expect("a folder").next().is_none()
    }
}

/// A network that is removed whatever becomes of the test.
struct Up<'a> {
    runtime: &'a Runtime,
    name: &'a str,
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        self.runtime.bench(&["down", "--name", self.name]);
    }
}

fn own_name(letter: char) -> String {
    format!("{letter}{}", std::process::id())
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {value}"))
}

fn namespaces_of(name: &str) -> Vec<String> {
    let entries = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|namespace| namespace.starts_with(&format!("{name}-"))).collect()
}

#[test]
fn devices_answer_the_tool_and_nothing_leads_outside() {
    const TEST: &str = "devices_answer_the_tool_and_nothing_leads_outside";
    let _rights = match Bench::new(&["sleep"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (runtime, name) = (Runtime::new(), own_name('a'));
    let output = runtime.bench(&["up", "--name", &name, "--devices", "2", "--json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let _up = Up { runtime: &runtime, name: &name };
    let network = json(&output);
    assert_eq!(network["format"], "hantei.bench-network/1");
    let tool = text(&network, "/tool/namespace").to_owned();
    let device = text(&network, "/devices/1/namespace").to_owned();

    // Both families, from the tool to a server that runs where a device would.
    for (address, source) in [("address", "address"), ("address6", "address6")] {
        let to: std::net::IpAddr =
            text(&network, &format!("/devices/1/{address}")).parse().expect("an address");
        let from = text(&network, &format!("/tool/{source}")).to_owned();
        #[expect(clippy::disallowed_methods, reason = "a server of the test, in a namespace of the test")]
        let listener =
            in_namespace(&device, move || std::net::TcpListener::bind((to, 4711_u16)).expect("it binds"));
        #[expect(clippy::disallowed_methods, reason = "asks the server of the test")]
        let stream = in_namespace(&tool, move || {
            TcpStream::connect_timeout(&(to, 4711).into(), Duration::from_secs(5))
                .expect("the device answers")
        });
        assert_eq!(stream.local_addr().expect("an address").ip().to_string(), from);
        drop(listener);
    }

    // A multicast goes to the bridge; what is neither on the bridge nor multicast has no way.
    for (to, goes) in [("239.255.255.250:1900", true), ("203.0.113.7:80", false), ("[2001:db8::7]:80", false)]
    {
        let from = if to.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        #[expect(clippy::disallowed_methods, reason = "the deliberate violation; there is no way for it")]
        let sent = in_namespace(&tool, move || UdpSocket::bind(from).expect("it binds").send_to(b"x", to));
        assert_eq!(sent.is_ok(), goes, "{to}: {sent:?}");
    }
    let links = String::from_utf8_lossy(&run_inside(&tool, &["ip", "-o", "link"]).stdout).into_owned();
    assert_eq!(links.lines().count(), 4, "loopback, bridge, two ports: {links}");

    // What it says to write into the bench file is what the harness reads.
    let described = runtime.bench(&["up", "--name", &name]);
    assert_eq!(code(&described), 2, "a name is taken once");
    assert!(told(&described).contains(&format!("hantei bench down --name {name}")), "{}", told(&described));

    // A program that is forgotten in a namespace goes with it.
    let mut forgotten = inside(&device, &["sleep", "600"]).spawn().expect("sleep can be started");
    let down = runtime.bench(&["down", "--name", &name]);
    assert_eq!(code(&down), 0, "{}", told(&down));
    assert!(told(&down).contains(&format!("ended process {}", forgotten.id())), "{}", told(&down));
    assert!(!forgotten.wait().expect("it has ended").success());
    assert_eq!(namespaces_of(&name), Vec::<String>::new());
    assert!(runtime.is_empty());
    assert_eq!(code(&runtime.bench(&["down", "--name", &name])), 2, "there is nothing left to remove");
}

#[test]
fn a_network_that_fails_half_way_leaves_nothing_and_touches_nothing_of_others() {
    const TEST: &str = "a_network_that_fails_half_way_leaves_nothing_and_touches_nothing_of_others";
    let _rights = match Bench::new(&["sleep"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (runtime, name) = (Runtime::new(), own_name('b'));
    // Somebody else's namespace stands where the second device should.
    let other = format!("{name}-d2");
    ip(&["netns", "add", &other]);
    let mut running = inside(&other, &["sleep", "600"]).spawn().expect("sleep can be started");
    let output = runtime.bench(&["up", "--name", &name, "--devices", "3"]);
    let left = namespaces_of(&name);
    let alive = running.try_wait().expect("it is a child").is_none();
    running.kill().expect("it can be ended");
    running.wait().expect("it has ended");
    ip(&["netns", "del", &other]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains(&other), "{}", told(&output));
    assert_eq!(left, [other]);
    assert!(alive, "a process of somebody else was ended");
    assert!(runtime.is_empty());

    // One that fails at its last step: the interface cannot have a name that is in use inside.
    let interface = "p1";
    ip(&["link", "add", interface, "type", "veth", "peer", "name", &own_name('z')]);
    let output = runtime.bench(&["up", "--name", &name, "--devices", "1", "--interface", interface]);
    let back = Path::new("/sys/class/net").join(interface).exists();
    ip(&["link", "del", interface]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("failed"), "{}", told(&output));
    assert!(back, "the interface was lost");
    assert_eq!(namespaces_of(&name), Vec::<String>::new());
    assert!(runtime.is_empty());
}

#[test]
fn what_a_killed_start_made_is_removed_and_what_is_not_its_own_is_not() {
    const TEST: &str = "what_a_killed_start_made_is_removed_and_what_is_not_its_own_is_not";
    let _rights = match Bench::new(&["sleep"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (runtime, name) = (Runtime::new(), own_name('c'));
    let output = runtime.bench(&["up", "--name", &name, "--devices", "2"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let _up = Up { runtime: &runtime, name: &name };
    let ledger = runtime.0.path().join("hantei").join(format!("bench-{name}.jsonl"));

    // The second device was replaced by somebody: it is left alone, with what runs in it.
    let device = format!("{name}-d2");
    ip(&["netns", "del", &device]);
    ip(&["netns", "add", &device]);
    let down = runtime.bench(&["down", "--name", &name]);
    assert_eq!(code(&down), 2);
    assert!(told(&down).contains(&device), "{}", told(&down));
    assert_eq!(namespaces_of(&name).len(), 3, "nothing is removed before all of it is seen to be ours");
    ip(&["netns", "del", &device]);

    // Killed while it wrote the line on the second device.
    let text = fs::read_to_string(&ledger).expect("a ledger");
    let torn = text.find(&device).expect("it is named");
    fs::write(&ledger, &text[..torn]).expect("it can be written");
    let down = runtime.bench(&["down", "--name", &name]);
    assert_eq!(code(&down), 0, "{}", told(&down));
    assert_eq!(namespaces_of(&name), Vec::<String>::new());
    assert!(runtime.is_empty());
}

#[test]
fn a_ledger_that_others_may_write_is_not_believed() {
    use std::os::unix::fs::PermissionsExt as _;
    const TEST: &str = "a_ledger_that_others_may_write_is_not_believed";
    let mut bench = match Bench::new(&[]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (runtime, name) = (Runtime::new(), own_name('d'));
    let victim = bench.namespace("v");
    let folder = runtime.0.path().join("hantei");
    fs::create_dir_all(&folder).expect("a folder");
    let ledger = folder.join(format!("bench-{name}.jsonl"));
    fs::write(&ledger, format!("{{\"making\":\"{victim}\"}}\n")).expect("a file");
    fs::set_permissions(&ledger, fs::Permissions::from_mode(0o666)).expect("rights");
    let down = runtime.bench(&["down", "--name", &name]);
    assert_eq!(code(&down), 2);
    assert!(told(&down).contains("others may write"), "{}", told(&down));
    assert!(Path::new("/run/netns").join(&victim).exists());
}

#[test]
fn a_real_interface_is_taken_and_given_back() {
    const TEST: &str = "a_real_interface_is_taken_and_given_back";
    let mut bench = match Bench::new(&["nsenter"]) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (runtime, name) = (Runtime::new(), own_name('e'));
    // The host is a namespace of the test, its interface a veth whose other end is the device.
    let (host, device) = (bench.namespace("h"), bench.namespace("d"));
    ip(&["link", "add", "lan0", "netns", &host, "type", "veth", "peer", "name", "eth0", "netns", &device]);
    ip(&["-n", &host, "link", "set", "lan0", "up"]);
    ip(&["-n", &device, "link", "set", "eth0", "up"]);
    ip(&["-n", &device, "addr", "add", "192.168.77.20/24", "dev", "eth0"]);
    // In the network of the host, and with the mounts of this machine.
    let run = |arguments: &[&str]| {
        let network = format!("--net=/run/netns/{host}");
        #[expect(clippy::disallowed_methods, reason = "starts the program under test in a namespace")]
        let mut command = std::process::Command::new("nsenter");
        command.arg(network).args([env!("CARGO_BIN_EXE_hantei"), "bench"]).args(arguments);
        command.env("XDG_RUNTIME_DIR", runtime.0.path()).output().expect("the program can be started")
    };
    let interface_of =
        |namespace: &str| run_inside(namespace, &["ip", "link", "show", "lan0"]).status.success();
    let up = ["up", "--name", &name, "--interface", "lan0", "--address", "192.168.77.1/24"];

    // One that carries an address may be how the host is reached.
    ip(&["-n", &host, "addr", "add", "198.51.100.9/24", "dev", "lan0"]);
    let refused = run(&up);
    assert_eq!(code(&refused), 2);
    assert!(told(&refused).contains("198.51.100.9/24"), "{}", told(&refused));
    assert!(interface_of(&host) && runtime.is_empty());
    ip(&["-n", &host, "addr", "flush", "dev", "lan0"]);

    // Inside of it, what it made would be gone with the command.
    let tool = env!("CARGO_BIN_EXE_hantei");
    let inside = inside(&host, &[&[tool, "bench"], &up[..]].concat()).output().expect("it can be started");
    assert!(code(&inside) == 2 && told(&inside).contains("mount namespace"), "{}", told(&inside));

    let output = run(&up);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("lan0 is in the bridge br0"), "{said}");
    let tool = format!("{name}-tool");
    assert!(!interface_of(&host) && interface_of(&tool));
    #[expect(clippy::disallowed_methods, reason = "a server of the test, in a namespace of the test")]
    let listener =
        in_namespace(&device, || std::net::TcpListener::bind("192.168.77.20:4711").expect("it binds"));
    let to = listener.local_addr().expect("an address");
    #[expect(clippy::disallowed_methods, reason = "asks the server of the test")]
    let answer = in_namespace(&tool, move || TcpStream::connect_timeout(&to, Duration::from_secs(5)));
    assert!(answer.is_ok(), "{answer:?}");

    // From elsewhere it would come back to the wrong place.
    let elsewhere = runtime.bench(&["down", "--name", &name]);
    assert_eq!(code(&elsewhere), 2);
    assert!(told(&elsewhere).contains("lan0"), "{}", told(&elsewhere));
    assert!(interface_of(&tool), "it is left where it is");

    let down = run(&["down", "--name", &name]);
    assert_eq!(code(&down), 0, "{}", told(&down));
    assert!(told(&down).contains("lan0 is back"), "{}", told(&down));
    assert_eq!(namespaces_of(&name), Vec::<String>::new());
    assert!(runtime.is_empty());
    let back = String::from_utf8_lossy(&run_inside(&host, &["ip", "-o", "link", "show", "lan0"]).stdout)
        .into_owned();
    assert!(back.contains(",UP") && !back.contains("master"), "{back}");
}

#[test]
fn without_root_it_says_what_it_needs() {
    const TEST: &str = "without_root_it_says_what_it_needs";
    if let Err(why) = Bench::new(&["setpriv"]) {
        return skip(TEST, &why);
    }
    let runtime = Runtime::new();
    // A copy, because whoever runs it without rights may not see the folder of the build.
    let tool = runtime.0.path().join("hantei-copy");
    fs::copy(env!("CARGO_BIN_EXE_hantei"), &tool).expect("a copy");
    std::os::unix::fs::chown(runtime.0.path(), Some(65_534), Some(65_534)).expect("rights");
    #[expect(clippy::disallowed_methods, reason = "starts the program under test without rights")]
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&tool);
    let output = command.args(["bench", "up", "--name", &own_name('f')]).output().expect("it can be started");
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("need root"), "{}", told(&output));
}
