//! RIP: the whole table of routes (RFC 2453, 3.9.1).

use crate::udp::{Asking, Service, Told, number16, number32};

/// The service.
pub static SERVICE: Service = Service::plain("rip", &[520], questions, recognize);

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    let ask = |version: u8| {
        let mut question = vec![1, version, 0, 0];
        question.extend([0; 19]);
        question.push(16);
        question
    };
    vec![ask(2), ask(1)]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [2, 1 | 2, 0, 0, routes @ ..] = bytes else { return None };
    let (routes, rest) = routes.as_chunks::<20>();
    let sound = |route: &[u8; 20]| match number16(route, 0) {
        // Authentication, then routes of the Internet with a metric of 1 to 16.
        Some(0xffff) => true,
        Some(2) => number32(route, 16).is_some_and(|metric| (1..=16).contains(&metric)),
        _ => false,
    };
    (rest.is_empty() && (1..=25).contains(&routes.len()) && routes.iter().all(sound))
        .then(|| Told::nothing().and("other", format!("{} routes", routes.len()).as_bytes(), "RIP table"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_table_has_whole_routes_with_metrics() {
        let mut answer = vec![2, 2, 0, 0, 0, 2, 0, 0, 10, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert!(recognize(&asking(), &answer).is_some());
        answer[23] = 17;
        assert_eq!(recognize(&asking(), &answer), None, "no metric");
        answer[23] = 1;
        answer.push(0);
        assert_eq!(recognize(&asking(), &answer), None, "not a whole route");
    }
}
