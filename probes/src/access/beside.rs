//! What nobody declared: other spellings of a path, links, usual paths.

use std::collections::BTreeSet;

use super::super::{Access, neighbours};
use super::Walk;
use crate::http::host_name;

impl Walk<'_> {
    /// Other spellings of protected paths, links of the pages that were got, usual paths: by nobody.
    pub(super) async fn look_beside(&mut self) {
        let params = self.params;
        let mut asked: BTreeSet<(u16, String)> =
            params.accesses.iter().map(|access| (access.port, access.target.clone())).collect();
        for mechanism in &params.mechanisms {
            asked.insert((mechanism.port, mechanism.path.clone()));
        }
        for index in self.http(false) {
            let access = &params.accesses[index];
            let Some(entitled) =
                self.entitled[index].clone().filter(|_| !access.is_open() && access.method == "GET")
            else {
                continue;
            };
            for spelling in neighbours::spellings(&access.target) {
                if self.out_of_time() || !asked.insert((access.port, spelling.clone())) {
                    continue;
                }
                let Some(answer) = self.ask(0, access, "GET", &spelling).await else { continue };
                let result =
                    if answer.is_success() && answer.is_like(&entitled) { "granted" } else { "refused" };
                let note = format!("another spelling of {}", access.target);
                let (status, n) = (Some(answer.status), self.web.count);
                self.record(0, access, ("GET", &spelling), false, result, status, None, n, note);
            }
        }
        let mut ports: BTreeSet<(u16, bool)> = BTreeSet::new();
        for access in params.accesses.iter().filter(|access| access.kind == "http") {
            ports.insert((access.port, access.tls));
        }
        for (port, tls) in ports {
            self.look_beside_at(port, tls, &mut asked).await;
        }
    }

    async fn look_beside_at(&mut self, port: u16, tls: bool, asked: &mut BTreeSet<(u16, String)>) {
        let params = self.params;
        let pages: Vec<(u16, String, String)> =
            self.visits.iter().flat_map(|visit| visit.session.pages.iter().cloned()).collect();
        let mut paths: Vec<String> =
            neighbours::links(&host_name(params.address), port, tls, &pages).into_iter().collect();
        paths.extend(neighbours::USUAL.iter().map(|path| (*path).to_owned()));
        let rows: BTreeSet<String> = params
            .accesses
            .iter()
            .filter(|access| access.kind == "http" && access.port == port)
            .flat_map(|access| access.rows.iter().cloned())
            .collect();
        let beside = |target: &str| Access {
            rows: rows.iter().cloned().collect(),
            kind: "http".to_owned(),
            port,
            tls,
            method: "-".to_owned(),
            target: target.to_owned(),
            body: None,
            who: Vec::new(),
            changes: false,
            strangers_only: false,
        };
        // Some servers answer with status 200 whatever the path.
        let login = self.login_page(port);
        let nowhere = beside("/there-is-no-such-page-here");
        let anything = self.ask(0, &nowhere, "GET", &nowhere.target).await;
        for path in paths {
            if self.out_of_time() || !asked.insert((port, path.clone())) {
                continue;
            }
            let access = beside(&path);
            let Some(answer) = self.ask(0, &access, "GET", &path).await else { continue };
            let same_as_nothing =
                anything.as_ref().is_some_and(|anything| anything.is_success() && answer.is_like(anything));
            let known = self.nobody.iter().flatten().any(|page| page.is_success() && page.is_like(&answer));
            let open = answer.is_open_page(login.as_ref()) && !same_as_nothing && !known;
            let (status, n) = (Some(answer.status), self.web.count);
            let result = if open { "granted" } else { "refused" };
            self.record(
                0,
                &access,
                ("GET", &path),
                false,
                result,
                status,
                None,
                n,
                "found beside".to_owned(),
            );
        }
    }
}
