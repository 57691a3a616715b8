use super::*;

#[test]
fn drawn_ports_follow_from_plan_and_sample() {
    let ports = drawn_ports("sha256:a", "S1");
    assert_eq!(ports.len(), DRAWN_PORTS);
    assert_eq!(ports, drawn_ports("sha256:a", "S1"));
    assert_ne!(ports, drawn_ports("sha256:a", "S2"));
    assert_ne!(ports, drawn_ports("sha256:b", "S1"));
}

fn request(probe: &str, limits: Limits, declaration: &Declaration) -> Value {
    let (bench, _) = Bench::from_bytes("bench.toml", b"[[sample]]\nid = \"S1\"\naddress = \"127.64.0.5\"\n");
    let sample = bench.expect("a bench").samples.remove(0);
    let request = Request { probe: probe.into(), target: probe.into(), params: json!({}) };
    let state = testcases::DutState::Initialized;
    let task = Task { key: "k".into(), step: 0, state, sample: "S1".into(), port: Some(8080), request };
    let surroundings = Surroundings {
        device_ports: Vec::new(),
        limits,
        consent: Consent::default(),
        capture: Capture::default(),
        bluetooth: Bluetooth::default(),
        samples: vec![sample.clone()],
        trust: Vec::new(),
        world: BTreeMap::new(),
        built_in: false,
        seed: "sha256:a".into(),
    };
    surroundings.request(declaration, &task, Some(&sample), &Foreign::default()).params
}

fn declaration(ixit: &str) -> Declaration {
    let ics = "edition = \"en303645-2.1.1+ts103701-1.1.1\"\n[dut]\nmanufacturer = \"M\"\nmodel = \"D\"\n";
    let sources = [("ics.toml", ics), ("ixit.toml", ixit)]
        .map(|(name, text)| ixit::SourceFile::new(name, text.as_bytes().to_vec()));
    let reading = Declaration::from_sources(sources.into(), Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

#[test]
fn every_port_is_asked_at_the_paths_of_every_declared_login() {
    let rows = "[[auth_mech]]\nid = \"A\"\ndescription = \"Form\"\n\
                login = { kind = \"form\", port = 443, tls = true, path = \"/go\", protected = \"/inner\" }\n";
    let params = request("identify", Limits::default(), &declaration(rows));
    assert_eq!((&params["paths"], &params["port"]), (&json!(["/go", "/inner"]), &json!(8080)));
    let none = "[[auth_mech]]\nid = \"A\"\ndescription = \"Form\"\n";
    let params = request("identify", Limits::default(), &declaration(none));
    assert_eq!(params["paths"], json!([]));
}

#[test]
fn the_bench_says_how_long_a_silent_device_is_waited_for() {
    let limits = Limits { recovery_seconds: 300, ..Limits::default() };
    let declaration = declaration("");
    let waits = |limits: Limits| request("tcp-sweep", limits, &declaration)["recovery_seconds"].clone();
    assert_eq!((waits(limits.clone()), waits(Limits::default())), (json!(300), json!(180)));
    assert_eq!(waits(Limits { profile: "matrix".into(), ..limits }), json!(1));
}

#[test]
fn a_host_opens_one_port_and_nothing_else() {
    let mut bench = Bench::default();
    bench.hosts.insert("www.example".into(), "127.0.0.9:8080".into());
    bench.hosts.insert("page.example".into(), "127.0.0.8".into());
    let sample = Sample::at("S1", [192, 0, 2, 1].into());
    let scope = scope(&bench, &sample).unwrap();
    assert!(scope.allows(([127, 0, 0, 9], 8080).into()));
    assert!(!scope.allows(([127, 0, 0, 9], 8081).into()));
    assert!(scope.allows(([127, 0, 0, 8], 443).into()));
    bench.hosts.insert("odd.example".into(), "nowhere".into());
    assert_eq!(super::scope(&bench, &sample), Err("odd.example".into()));
}
