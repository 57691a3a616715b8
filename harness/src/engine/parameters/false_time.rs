//! Parameters of the observation under a false time: where the bench plays the peer, and the hosts of the time.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::{Value, json};

/// Sets where the bench listens in place of the hosts that the plan names.
pub(super) fn set_places(
    world: &BTreeMap<String, SocketAddr>,
    built_in: bool,
    planned: &Value,
    set: &mut impl FnMut(&str, Value),
) {
    let place = |named: &Value| json!(named["host"].as_str().and_then(|host| world.get(host)));
    let mut hosts = planned["time_hosts"].clone();
    for named in hosts.as_array_mut().into_iter().flatten() {
        named["listen"] = place(named);
    }
    set("listen", place(planned));
    set("time_hosts", hosts);
    if built_in {
        // The simulated device asks before each call, or never.
        for (name, seconds) in [("ask", 2.0), ("settle", 0.2), ("outage", 0.3)] {
            set(&format!("{name}_seconds"), json!(seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_the_place_that_the_bench_names_or_none() {
        let world = [("cloud.example", "192.0.2.1:8883"), ("time.example", "192.0.2.1:123")];
        let world: BTreeMap<String, SocketAddr> =
            world.map(|(host, at)| (host.to_owned(), at.parse().expect("an address"))).into();
        let planned = json!({ "host": "cloud.example", "time_hosts": [
            { "host": "time.example", "port": 123 }, { "host": "*", "port": 123 }
        ] });
        let mut params = planned.clone();
        set_places(&world, false, &planned, &mut |name, value| params[name] = value);
        assert_eq!(params["listen"], "192.0.2.1:8883");
        assert_eq!(
            params["time_hosts"][0],
            json!({ "host": "time.example", "port": 123, "listen": "192.0.2.1:123" })
        );
        assert_eq!(params["time_hosts"][1]["listen"], Value::Null);
        assert_eq!(params.get("ask_seconds"), None);
    }
}
