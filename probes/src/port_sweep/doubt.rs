//! What is not believed at first sight: silence that may be loss, an open port that takes no connection, ports that all
//! look alike.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::asking::Answer;
use super::engine::ask_one;
use super::{NAMED_IF_ALL_ALIKE, ORDINARY_LOSS, Region, SUSPICIOUSLY_MANY_OPEN, Sweep};
use crate::context::ProbeContext;
use crate::probe::tcp_sweep::{AllAlike, Method};

impl Sweep {
    /// Asks a few of the silent ports again, slowly. If they answer now, the sweep was too fast. `false` if
    /// it was.
    pub(super) async fn second_look(&mut self, context: &ProbeContext, region: &mut Region) -> bool {
        self.pace.regions += 1;
        let answers = &mut region.asked.answers;
        let silent: Vec<usize> =
            (0..answers.len()).filter(|index| answers[*index].1 == Answer::Silent).collect();
        let share = silent.len() as f64 / answers.len().max(1) as f64;
        let ordinary = share < ORDINARY_LOSS && answers.len() >= 100;
        if silent.is_empty() || ordinary || (self.pace.deaf >= 3 && !self.pace.regions.is_multiple_of(10)) {
            return true;
        }
        let nothing_heard = silent.len() == answers.len();
        // Scattered over the region: a guard may have set in at its end.
        let step = silent.len().div_ceil(8);
        let sample: Vec<usize> = silent.into_iter().rev().step_by(step).collect();
        let looks = sample.len();
        let mut answered = 0;
        let ports: Vec<u16> = sample.iter().map(|index| answers[*index].0).collect();
        for (index, answer) in sample.into_iter().zip(self.look(context, &ports).await) {
            if answer != Answer::Silent {
                region.asked.answers[index].1 = answer;
                answered += 1;
            }
        }
        if answered == 0 {
            self.pace.deaf += 1;
            return true;
        }
        if nothing_heard && self.engine.method() == Method::Syn {
            self.deaf_to_syn += 1;
            if self.deaf_to_syn >= 3 && self.engine.connect_from_now_on().is_ok() {
                self.pace = self.pace.afresh();
                return false;
            }
        }
        let lost = share * answered as f64 / looks as f64;
        if lost < ORDINARY_LOSS {
            return true;
        }
        self.pace.lost(region.rate, 1.0 - lost);
        false
    }

    /// Connects to a few ports: at once, or one after the other where the pace is limited.
    async fn look(&mut self, context: &ProbeContext, ports: &[u16]) -> Vec<Answer> {
        self.connections += ports.len() as u64;
        let wait = self.timeout.mul_f64(2.0 * self.pace.stretch);
        let apart = self.pace.rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
        let mut pending = FuturesUnordered::new();
        for (index, port) in ports.iter().enumerate() {
            let to = self.at(*port);
            let later = apart.map_or(Duration::ZERO, |apart| apart * (index as u32 + 1));
            pending.push(async move {
                tokio::time::sleep(later).await;
                (index, ask_one(&context.dialer, to, wait).await.1)
            });
        }
        let mut answers = vec![Answer::Silent; ports.len()];
        while let Some((index, answer)) = pending.next().await {
            answers[index] = answer.unwrap_or(Answer::Silent);
        }
        answers
    }

    /// What answered a bare SYN has to take a connection too. Where very many ports do, a few stand for all.
    pub(super) async fn confirm(&mut self, context: &ProbeContext, region: &mut Region) {
        if self.engine.method() != Method::Syn {
            return;
        }
        let is_new =
            |(port, answer): &&mut (u16, Answer)| *answer == Answer::Open && !self.open.contains(port);
        let mut new: Vec<&mut (u16, Answer)> = region.asked.answers.iter_mut().filter(is_new).collect();
        if new.len() > SUSPICIOUSLY_MANY_OPEN / 8 {
            new.truncate(8);
        }
        let ports: Vec<u16> = new.iter().map(|(port, _)| *port).collect();
        if ports.is_empty() {
            return;
        }
        let confirmed = self.look(context, &ports).await;
        for (port, answer) in ports.into_iter().zip(confirmed) {
            if answer != Answer::Open
                && let Some(found) = region.asked.answers.iter_mut().find(|(found, _)| *found == port)
            {
                // Neither open nor closed: it is asked again like a silent one. A guard that let the first
                // frames pass looks like that, so it serves as canary where there is no better one.
                found.1 = Answer::Silent;
                self.canary.port.get_or_insert(port);
            }
        }
    }

    /// A tarpit, or something before the device, that takes every connection: 65535 open ports would be true
    /// and of no use. A few are named, the others stay without an answer.
    pub(super) fn all_look_alike(&mut self) -> bool {
        let settled = self.tried.len();
        if self.open.len() < SUSPICIOUSLY_MANY_OPEN || self.open.len() * 10 < settled * 9 {
            return false;
        }
        let mut named: BTreeSet<u16> =
            self.likely.iter().copied().filter(|port| self.open.contains(port)).collect();
        let more =
            self.order.iter().copied().filter(|port| self.open.contains(port) && !named.contains(port));
        let more: Vec<u16> = more.take(NAMED_IF_ALL_ALIKE).collect();
        named.extend(more);
        self.all_alike = Some(AllAlike { asked: settled as u32, open: self.open.len() as u32 });
        self.gaps.push(format!(
            "{} of {settled} ports took a connection, so all look alike: {} of them are named, the others were \
             not asked or are not named",
            self.open.len(),
            named.len()
        ));
        self.open = named;
        true
    }
}
