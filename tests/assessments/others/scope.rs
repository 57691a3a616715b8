//! Law 7 over a real network: the tester's default route and resolver lead to a sink that records every
//! frame, the device does what it can to lead the tester there, and nothing arrives.

mod luring_device;
pub(super) mod sink;

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use crate::bench::evidence::{observation, observations};
use crate::bench::{Bench, End, in_namespace, inside, run_inside};
use crate::command::{code, json, run, skip, told};
use luring_device::LuringDevice;
use sink::Sink;

const DEVICE: &str = "10.72.0.2";
const TESTER: &str = "10.72.0.1";
/// The tester's side of the link to the sink.
const TESTER_MAC: &str = "02:00:5e:00:53:11";
/// Addresses of RFC 5737 and RFC 3849, for documentation: no route leads there but the one to the sink.
const FOREIGN: &str = "203.0.113.7";
const FOREIGN_6: &str = "2001:db8::20";
const RESOLVER: &str = "203.0.113.53";

/// Pages that the supplier published, and where the device leads from there; `None` where the bench does
/// not name the host: a name that the hosts file leads to the sink, one that only the resolver could know,
/// and an address.
const PUBLISHED: &[[(&str, Option<&str>); 2]] = &[
    [
        ("http://www.lure.example/policy", Some("http://203.0.113.7/policy")),
        ("http://www.lure.example/support", Some("http://www.elsewhere.example/support")),
    ],
    [
        ("http://www.lure.example/deletion", Some("http://203.0.113.9/deletion")),
        ("http://www.elsewhere.example/support", None),
    ],
    [("http://only-dns.example/policy", None), ("http://203.0.113.22/support", None)],
];

#[test]
fn nothing_leaves_for_where_the_device_points() {
    let mut bench = match Bench::new(&["getent"]) {
        Ok(bench) => bench,
        Err(why) => return skip("nothing_leaves_for_where_the_device_points", &why),
    };
    let (device, tester, outside) = (bench.namespace("d"), bench.namespace("t"), bench.namespace("s"));
    lay_links(&bench, &device, &tester, &outside);
    bench.etc(&tester, "resolv.conf", &format!("nameserver {RESOLVER}\noptions timeout:1 attempts:1\n"));
    // Who asks the system for this name is led to the sink without a question to the resolver.
    bench.etc(&tester, "hosts", &format!("127.0.0.1 localhost\n{FOREIGN} www.elsewhere.example\n"));
    let luring = LuringDevice::up(&device);
    let sink = Sink::open(&outside, TESTER_MAC);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let declaration = folder.path().join("declaration");
    fs::create_dir_all(&declaration).expect("a folder");
    let mut ics = include_str!("scope/ics.toml").to_owned();
    let catalogue = json(&run(&["list", "provisions", "--json"]));
    for provision in catalogue["provisions"].as_array().expect("provisions") {
        let id = provision["id"].as_str().expect("id");
        ics.push_str(&format!(
            "\n[provision.\"{id}\"]\nsupport = \"Y\"\ndetail = \"Claimed for this trial.\"\n"
        ));
    }
    fs::write(declaration.join("ics.toml"), ics).expect("a statement");
    fs::write(declaration.join("ixit.toml"), include_str!("scope/ixit.toml"))
        .expect("information for testing");
    let bench_file = folder.path().join("bench.toml");
    fs::write(&bench_file, include_str!("scope/bench.toml")).expect("a bench file");
    for (n, published) in PUBLISHED.iter().enumerate() {
        let ixit = include_str!("scope/ixit.toml").replace("{{policy}}", published[0].0);
        fs::write(declaration.join("ixit.toml"), ixit.replace("{{support}}", published[1].0))
            .expect("a file");
        let out = folder.path().join(n.to_string());
        let paths = [&declaration, &bench_file, &out].map(|path| path.display().to_string());
        let [declaration, bench_file, out_path] = paths.each_ref().map(String::as_str);
        let tool = crate::command::program();
        let arguments = [tool, "run", declaration, "--bench", bench_file, "--no-input", "--out", out_path];
        let output = inside(&tester, &arguments).output().expect("the program can be started");
        let told = told(&output);
        assert!(matches!(code(&output), 1 | 3), "{told}");
        went_as_far_as_it_may(&out, published);
        assert_eq!(sink.frames(), Vec::<String>::new(), "{told}");
    }
    assert!(luring.redirects() > 3, "{} redirects were given", luring.redirects());

    // The sink would have seen it: a connection and a question to the resolver from the same namespace.
    for foreign in [format!("{FOREIGN}:80"), format!("[{FOREIGN_6}]:80")] {
        let to = foreign.parse().expect("an address");
        #[expect(clippy::disallowed_methods, reason = "the deliberate violation; it ends in the sink")]
        let violation =
            in_namespace(&tester, move || TcpStream::connect_timeout(&to, Duration::from_millis(500)));
        assert!(violation.is_err(), "{foreign}");
    }
    assert!(!run_inside(&tester, &["getent", "ahostsv4", "only-dns.example"]).status.success());
    let frames = sink.frames();
    assert!(frames.iter().any(|frame| frame == &format!("IPv4 6 {FOREIGN}")), "{frames:?}");
    assert!(frames.iter().any(|frame| frame == &format!("IPv6 6 {FOREIGN_6}")), "{frames:?}");
    assert!(frames.iter().any(|frame| frame == &format!("IPv4 17 {RESOLVER}")), "{frames:?}");
}

/// The lures were taken up to the last step that is allowed.
fn went_as_far_as_it_may(run: &Path, published: &[(&str, Option<&str>); 2]) {
    let pages = observations(run, "public-resource", "initialized");
    for (url, led_to) in published {
        let page =
            pages.iter().find(|page| page["target"] == *url).unwrap_or_else(|| panic!("{url}: {pages:?}"));
        match led_to {
            Some(away) => assert_eq!(page["data"]["left_scope"], *away, "{page}"),
            None => assert_eq!(page["outcome"], "tool-trouble", "{page}"),
        }
    }
    let udp = observation(run, "udp-services", "initialized", None);
    let services = udp["data"]["services"].as_array().expect("services");
    for name in ["mdns", "ssdp"] {
        let service = services.iter().find(|one| one["service"] == name).expect("it was asked");
        assert_eq!(service["state"], "answered", "{service}");
        assert_ne!(service["announced"], serde_json::json!([]), "{service}");
    }
    let login = observation(run, "http-login", "initialized", None);
    assert_eq!(login["data"]["negative_control"]["status"], 401, "{login}");
    assert_eq!(login["data"]["good"]["status"], 302, "{login}");
}

fn lay_links(bench: &Bench, device: &str, tester: &str, outside: &str) {
    bench.link(
        &End {
            namespace: tester,
            device: "lab0",
            mac: "02:00:5e:00:53:01",
            addresses: &[&format!("{TESTER}/24"), "fd72::1/64"],
        },
        &End {
            namespace: device,
            device: "lab0",
            mac: "02:00:5e:00:53:02",
            addresses: &[&format!("{DEVICE}/24"), "fd72::2/64"],
        },
    );
    bench.link(
        &End {
            namespace: tester,
            device: "wan0",
            mac: TESTER_MAC,
            addresses: &["192.168.72.1/30", "fd73::1/64"],
        },
        &End {
            namespace: outside,
            device: "wan0",
            mac: "02:00:5e:00:53:12",
            addresses: &["192.168.72.2/30", "fd73::2/64"],
        },
    );
    crate::bench::ip(&["-n", tester, "route", "add", "default", "via", "192.168.72.2"]);
    crate::bench::ip(&["-n", tester, "-6", "route", "add", "default", "via", "fd73::2"]);
}
