//! The pace and the conscience of a TCP sweep: regions of ports, a canary after each, repetition.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use crate::context::ProbeContext;
use crate::dialer::{DialError, Dialer, abort};
use crate::probe::tcp_sweep::{Canary, Params};
use crate::sweep_pace::Pace;

/// Ports that devices often open: asked first, so that a canary is found early.
const USUAL: [u16; 24] = [
    80, 443, 22, 23, 8080, 8443, 1883, 8883, 554, 53, 21, 25, 81, 8000, 8888, 5000, 49152, 7547, 139, 445,
    631, 9100, 6668, 8081,
];
/// Failed canaries after which the sweep ends, even if the device came back each time.
const FAILURES_AT_MOST: u32 = 24;
/// Repetitions of one region before its ports are left unanswered.
const REPETITIONS_AT_MOST: u32 = 4;
/// Closed ports before the first canary that are believed without a second look.
const BELIEVED_BEFORE_CANARY: usize = 1000;

/// How long a sweep waits, and how much it risks between two canaries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Wait for a device that stopped answering.
    pub(crate) recovery: Duration,
    /// Ports between two canaries, at most.
    pub(crate) region_ports: usize,
    /// Time between two canaries, at most (the last answers may still come in).
    pub(crate) region_time: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            recovery: Duration::from_secs(60),
            region_ports: 1000,
            region_time: Duration::from_millis(500),
        }
    }
}

/// What a sweep has to show in the end.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) open: BTreeSet<u16>,
    pub(crate) foreign: Vec<u16>,
    pub(crate) asked: u32,
    pub(crate) attempted: u64,
    pub(crate) connections: u64,
    pub(crate) parallel: usize,
    pub(crate) canary: Canary,
    pub(crate) repeated: u32,
    pub(crate) gaps: Vec<String>,
    pub(crate) lost: bool,
    pub(crate) cancelled: bool,
    pub(crate) tester: Option<String>,
    states: Vec<(u16, State)>,
}

impl Tally {
    /// Ports that refused.
    pub(crate) fn closed(&self) -> u32 {
        self.states.iter().filter(|(_, state)| *state == State::Closed).count() as u32
    }

    /// Ports without a clear answer as ranges (first, last).
    pub(crate) fn unanswered(&self) -> Vec<(u16, u16)> {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        let unclear = self.states.iter().filter(|(_, state)| matches!(state, State::Untried | State::Silent));
        for (port, _) in unclear {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *port => *last = *port,
                _ => ranges.push((*port, *port)),
            }
        }
        ranges
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Untried,
    Open,
    Closed,
    Silent,
}

/// A sweep under way.
pub(crate) struct Sweep {
    address: IpAddr,
    patience: Patience,
    ports: Vec<u16>,
    foreign: Vec<u16>,
    asked: u32,
    order: Vec<u16>,
    /// By port number.
    states: Vec<State>,
    tried: BTreeSet<u16>,
    open: BTreeSet<u16>,
    closed_before_canary: Vec<u16>,
    canary: Canary,
    repeated: u32,
    connections: u64,
    gaps: Vec<String>,
    lost: bool,
    tester: Option<String>,
    pace: Pace,
}

impl Sweep {
    pub(crate) fn new(params: &Params, patience: Patience) -> Self {
        let asked: BTreeSet<u16> = if params.ports.is_empty() {
            (1..=u16::MAX).collect()
        } else {
            params.ports.iter().copied().filter(|port| *port != 0).collect()
        };
        let (foreign, ports): (Vec<u16>, Vec<u16>) =
            asked.iter().partition(|port| params.foreign.contains(port));
        let order = order(&ports, &params.likely);
        Self {
            address: params.address,
            patience,
            asked: asked.len() as u32,
            ports,
            foreign,
            order,
            states: vec![State::Untried; 1 << 16],
            tried: BTreeSet::new(),
            open: BTreeSet::new(),
            closed_before_canary: Vec::new(),
            canary: Canary { port: None, checks: 0, failures: 0 },
            repeated: 0,
            connections: 0,
            gaps: Vec::new(),
            lost: false,
            tester: None,
            pace: Pace::new(1, Duration::ZERO, patience.region_ports),
        }
    }

    /// Sweeps until all is asked, the device is lost, or the run is cancelled.
    pub(crate) async fn run(mut self, context: &ProbeContext) -> Tally {
        let limits = context.dialer.limits();
        let parallel = limits.parallel.max(1);
        self.pace = Pace::new(parallel, limits.timeout, self.patience.region_ports);
        let cancelled = tokio::select! {
            biased;
            () = context.cancel.cancelled() => true,
            () = self.passes(context) => false,
        };
        if cancelled {
            self.gaps.push("stopped before its end".to_owned());
        }
        Tally {
            states: self.ports.iter().map(|port| (*port, self.states[usize::from(*port)])).collect(),
            open: self.open,
            foreign: self.foreign,
            asked: self.asked,
            attempted: self.tried.len() as u64,
            connections: self.connections,
            parallel,
            canary: self.canary,
            repeated: self.repeated,
            gaps: self.gaps,
            lost: self.lost,
            cancelled,
            tester: self.tester,
        }
    }

    /// The first pass, and two more over the ports that stayed silent.
    async fn passes(&mut self, context: &ProbeContext) {
        let mut queue: VecDeque<u16> = self.order.iter().copied().collect();
        for pass in 0..3 {
            if pass > 0 {
                queue =
                    self.order.iter().copied().filter(|port| self.state(*port) == State::Silent).collect();
                let nothing_answers = self.order.iter().all(|port| self.state(*port) == State::Silent);
                if queue.is_empty() || nothing_answers {
                    return;
                }
                self.pace.slow_down_for_repetition(queue.len());
            }
            if !self.pass(context, queue).await {
                return;
            }
            queue = VecDeque::new();
        }
    }

    /// One pass; `false` if the sweep cannot go on.
    async fn pass(&mut self, context: &ProbeContext, mut queue: VecDeque<u16>) -> bool {
        let mut repetitions = 0;
        let mut fruitless = 0;
        while !queue.is_empty() {
            let mut region = self.region(context, &mut queue).await;
            if let Some(error) = region.trouble.take() {
                fruitless = if region.answers.is_empty() { fruitless + 1 } else { 0 };
                if fruitless >= 8 {
                    self.tester = Some(error);
                    return false;
                }
                self.pace.halve();
                queue.extend(region.troubled.drain(..));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            self.second_look(context, &mut region).await;
            self.note_open(&region, &mut queue);
            if self.canary.port.is_none() || self.canary_answers(context).await {
                repetitions = 0;
                self.commit(region);
                self.pace.canary_answered();
            } else {
                let before = self.canary.port;
                if !self.wait_for_recovery(context).await {
                    let left = queue.len() + region.answers.len();
                    self.give_up(&format!("the device did not come back, {left} ports were left"));
                    return false;
                }
                if self.canary.failures >= FAILURES_AT_MOST {
                    self.give_up("the device stopped answering again and again");
                    return false;
                }
                repetitions += 1;
                self.repeated += 1;
                // If another service answers, the device is well and one service is not.
                if self.canary.port == before {
                    self.pace.tread_softly();
                }
                if repetitions < REPETITIONS_AT_MOST {
                    for (port, _) in region.answers.iter().rev() {
                        queue.push_front(*port);
                    }
                } else {
                    repetitions = 0;
                    self.leave_unanswered(&region);
                }
            }
            let done = self.ports.len() - queue.len().min(self.ports.len());
            (context.progress)(done as u64, self.ports.len() as u64, "TCP ports");
        }
        true
    }

    /// Connects to the next ports of the queue, bounded by number and time.
    async fn region(&mut self, context: &ProbeContext, queue: &mut VecDeque<u16>) -> Region {
        let mut region = Region::default();
        let mut pending = FuturesUnordered::new();
        let started = Instant::now();
        let mut taken = 0;
        loop {
            while pending.len() < self.pace.parallel
                && taken < self.pace.region_ports
                && (taken == 0 || started.elapsed() < self.patience.region_time)
                && region.trouble.is_none()
            {
                let Some(port) = queue.pop_front() else { break };
                if taken > 0 && !self.pace.between.is_zero() {
                    tokio::time::sleep(self.pace.between).await;
                }
                taken += 1;
                self.tried.insert(port);
                self.connections += 1;
                pending.push(ask(&context.dialer, self.address, port, self.pace.timeout));
            }
            match pending.next().await {
                None => return region,
                Some((port, Ok(state))) => region.answers.push((port, state)),
                Some((port, Err(error))) => {
                    region.troubled.push(port);
                    region.trouble = Some(error);
                }
            }
        }
    }

    /// Asks a few of the silent ports again, slowly. If one answers now, the sweep was too fast.
    async fn second_look(&mut self, context: &ProbeContext, region: &mut Region) {
        self.pace.regions += 1;
        let silent: Vec<usize> = (0..region.answers.len())
            .filter(|index| region.answers[*index].1 == State::Silent)
            .take(8)
            .collect();
        if silent.is_empty() {
            self.pace.quicken();
            return;
        }
        if self.pace.deaf >= 3 && !self.pace.regions.is_multiple_of(10) {
            return;
        }
        let timeout = self.pace.timeout * 2;
        let mut looks: FuturesUnordered<_> = silent
            .into_iter()
            .map(|index| {
                let asking = ask(&context.dialer, self.address, region.answers[index].0, timeout);
                async move { (index, asking.await) }
            })
            .collect();
        let mut answered = false;
        while let Some((index, (_, state))) = looks.next().await {
            self.connections += 1;
            if let Ok(state @ (State::Open | State::Closed)) = state {
                region.answers[index].1 = state;
                answered = true;
            }
        }
        if answered {
            self.pace.overrun();
        } else {
            self.pace.deaf += 1;
        }
    }

    /// An open port is open whatever the canary says. The first one becomes the canary; what was
    /// closed long before it was known is asked once more under its eyes.
    fn note_open(&mut self, region: &Region, queue: &mut VecDeque<u16>) {
        for (port, _) in region.answers.iter().filter(|(_, state)| *state == State::Open) {
            self.states[usize::from(*port)] = State::Open;
            self.open.insert(*port);
            if self.canary.port.is_none() {
                self.canary.port = Some(*port);
                if self.closed_before_canary.len() > BELIEVED_BEFORE_CANARY {
                    for port in std::mem::take(&mut self.closed_before_canary) {
                        self.states[usize::from(port)] = State::Untried;
                        queue.push_back(port);
                    }
                }
            }
        }
    }

    fn commit(&mut self, region: Region) {
        for (port, state) in region.answers {
            let known = &mut self.states[usize::from(port)];
            if *known != State::Open {
                *known = state;
            }
            if state == State::Closed && self.canary.port.is_none() {
                self.closed_before_canary.push(port);
            }
        }
    }

    fn leave_unanswered(&mut self, region: &Region) {
        let ports: Vec<u16> = region.answers.iter().map(|(port, _)| *port).collect();
        if let (Some(first), Some(last)) = (ports.iter().min(), ports.iter().max()) {
            self.gaps.push(format!(
                "{} ports between {first} and {last}: the device stopped answering each time they were asked",
                ports.len()
            ));
        }
    }

    fn give_up(&mut self, why: &str) {
        self.lost = true;
        self.gaps.push(why.to_owned());
    }

    async fn canary_answers(&mut self, context: &ProbeContext) -> bool {
        let Some(port) = self.canary.port else { return true };
        self.canary.checks += 1;
        for again in 0..3 {
            if again > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            if self.is_open(context, port).await {
                return true;
            }
        }
        self.canary.failures += 1;
        false
    }

    /// Waits until the canary, or another port found open, answers again.
    async fn wait_for_recovery(&mut self, context: &ProbeContext) -> bool {
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        loop {
            for port in self.open.clone().into_iter().take(4).chain(self.canary.port) {
                if self.is_open(context, port).await {
                    if self.canary.port != Some(port) {
                        let before = self.canary.port.replace(port).unwrap_or_default();
                        self.gaps.push(format!(
                            "port {before} stopped answering during the sweep, port {port} still did"
                        ));
                    }
                    return true;
                }
            }
            if started.elapsed() + pause > self.patience.recovery {
                return false;
            }
            (context.progress)(0, 0, "Waiting for the device to answer again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn is_open(&mut self, context: &ProbeContext, port: u16) -> bool {
        self.connections += 1;
        let (_, state) = ask(&context.dialer, self.address, port, self.pace.timeout * 2).await;
        state == Ok(State::Open)
    }

    fn state(&self, port: u16) -> State {
        self.states[usize::from(port)]
    }
}

/// Ports asked between two canaries, with what came back.
#[derive(Default)]
struct Region {
    answers: Vec<(u16, State)>,
    troubled: Vec<u16>,
    trouble: Option<String>,
}

/// One connection. Errors are the tester's own.
async fn ask(dialer: &Dialer, address: IpAddr, port: u16, timeout: Duration) -> (u16, Result<State, String>) {
    let to = SocketAddr::new(address, port);
    for _ in 0..4 {
        return match dialer.connect_within(to, timeout).await {
            Ok(stream) => {
                abort(stream);
                (port, Ok(State::Open))
            }
            Err(DialError::Refused) => (port, Ok(State::Closed)),
            Err(DialError::Silent) => (port, Ok(State::Silent)),
            // The next connection leaves from another port.
            Err(DialError::SelfConnection) => continue,
            Err(error @ (DialError::OutOfScope(_) | DialError::Tester(_))) => (port, Err(error.to_string())),
        };
    }
    (port, Ok(State::Silent))
}

/// Likely ports, usual ports, then the others in an order that is scattered but always the same.
fn order(ports: &[u16], likely: &[u16]) -> Vec<u16> {
    let asked: BTreeSet<u16> = ports.iter().copied().collect();
    let mut placed = BTreeSet::new();
    let mut order: Vec<u16> = likely
        .iter()
        .chain(&USUAL)
        .copied()
        .filter(|port| asked.contains(port) && placed.insert(*port))
        .collect();
    let mut rest: Vec<u16> = ports.iter().copied().filter(|port| !placed.contains(port)).collect();
    let mut seed: u64 = 0x5eed_0f90_b500;
    for index in (1..rest.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap_or(0) % (index + 1);
        rest.swap(index, other);
    }
    order.append(&mut rest);
    order
}
