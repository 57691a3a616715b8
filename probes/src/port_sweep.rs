//! The conscience of a TCP sweep: regions of ports, a canary after each, repetition, and what is believed.

pub(crate) mod asking;
mod canary;
mod doubt;
pub(crate) mod engine;
mod order;
mod tally;

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::probe::tcp_sweep::{AllAlike, Canary, Manner, Method, Params};
use crate::sweep_pace::Pace;
use asking::{Answer, Asked, Orders, Stop};
use engine::Engine;
pub(crate) use tally::Tally;

/// Failed canaries after which the sweep ends, even if the device came back each time.
const FAILURES_AT_MOST: u32 = 24;
/// Repetitions of one region before its ports are left unanswered.
const REPETITIONS_AT_MOST: u32 = 4;
/// Closed ports before the first canary that are believed without a second look.
const BELIEVED_BEFORE_CANARY: usize = 1000;
/// Passes over silent ports while each still brings an answer, and passes in any case.
const PASSES_AT_MOST: u32 = 9;
const PASSES_AT_LEAST: u32 = 3;
/// Silent ports that are few enough to wait for each.
const FEW: usize = 2000;
/// Loss below this share is the way of a network, not of a device that is asked too fast.
const ORDINARY_LOSS: f64 = 0.05;
/// Open ports after which the question is whether the device tells ports apart at all.
const SUSPICIOUSLY_MANY_OPEN: usize = 512;
/// Open ports that are named where all look alike: the expected ones, and so many more.
const NAMED_IF_ALL_ALIKE: usize = 16;
/// Rounds without an answer and without a reason.
const EMPTY_ROUNDS_AT_MOST: u32 = 50;

/// How long a sweep waits, and how much it risks between two canaries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Wait for a device that stopped answering.
    pub(crate) recovery: Duration,
    /// Ports between two canaries, at most; more where the limits allow more under way at once.
    pub(crate) region_ports: usize,
    /// Time between two canaries, at most (the last answers may still come in).
    pub(crate) region_time: Duration,
    /// Time for the whole sweep.
    pub(crate) budget: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            recovery: Duration::from_secs(180),
            region_ports: 1000,
            region_time: Duration::from_millis(500),
            budget: None,
        }
    }
}

/// A sweep under way.
pub(crate) struct Sweep {
    device: SocketAddr,
    engine: Engine,
    patience: Patience,
    timeout: Duration,
    stop: Stop,
    /// What is to be asked, ascending.
    ports: Vec<u16>,
    foreign: Vec<u16>,
    likely: Vec<u16>,
    asked: u32,
    order: Vec<u16>,
    /// By port number.
    answers: Vec<Option<Answer>>,
    tried: BTreeSet<u16>,
    open: BTreeSet<u16>,
    closed_before_canary: Vec<u16>,
    /// Closed shortly after an outage, when a service may not have been up again.
    doubtful: Vec<u16>,
    recovered: Option<Instant>,
    canary: Canary,
    repeated: u32,
    connections: u64,
    /// Rounds in which no bare SYN was answered and connections were.
    deaf_to_syn: u32,
    all_alike: Option<AllAlike>,
    gaps: Vec<String>,
    lost: bool,
    out_of_time: bool,
    tester: Option<String>,
    pace: Pace,
}

/// Ports asked between two canaries, with what came back.
struct Region {
    asked: Asked,
    /// Questions a second.
    rate: f64,
}

impl Sweep {
    /// Prepares a sweep; nothing is sent yet.
    ///
    /// # Errors
    /// See [`Engine::new`].
    pub(crate) fn new(
        params: &Params,
        device: SocketAddr,
        patience: Patience,
        context: &ProbeContext,
    ) -> Result<Self, DialError> {
        let engine = Engine::new(&context.dialer, device, params.method)?;
        let asked: BTreeSet<u16> = if params.ports.is_empty() {
            (1..=u16::MAX).collect()
        } else {
            params.ports.iter().copied().filter(|port| *port != 0).collect()
        };
        let (foreign, ports): (Vec<u16>, Vec<u16>) =
            asked.iter().partition(|port| params.foreign.contains(port));
        let order = order::order(&ports, &params.likely);
        let limits = context.dialer.limits();
        let parallel = limits.parallel.max(1);
        let until = patience.budget.and_then(|budget| Instant::now().checked_add(budget));
        Ok(Self {
            device,
            engine,
            patience,
            timeout: limits.timeout,
            stop: Stop { cancel: context.cancel.clone(), until },
            asked: asked.len() as u32,
            ports,
            foreign,
            likely: params.likely.clone(),
            order,
            answers: vec![None; 1 << 16],
            tried: BTreeSet::new(),
            open: BTreeSet::new(),
            closed_before_canary: Vec::new(),
            doubtful: Vec::new(),
            recovered: None,
            canary: Canary { port: None, checks: 0, failures: 0 },
            repeated: 0,
            connections: 0,
            deaf_to_syn: 0,
            all_alike: None,
            gaps: Vec::new(),
            lost: false,
            out_of_time: false,
            tester: None,
            pace: Pace::new(parallel, patience.region_ports.max(parallel)),
        })
    }

    /// The same by connections of the runtime, which every system has.
    #[cfg(test)]
    pub(crate) fn by_the_runtime(mut self, context: &ProbeContext) -> Self {
        self.engine = Engine::of_the_runtime(&context.dialer, self.device);
        self
    }

    /// Sweeps until all is asked, the device is lost, the budget is spent, or the run is cancelled.
    pub(crate) async fn run(mut self, context: &ProbeContext) -> Tally {
        let method = self.engine.method();
        let cancelled = tokio::select! {
            biased;
            () = context.cancel.cancelled() => true,
            () = self.passes(context) => false,
        };
        if cancelled {
            self.gaps.push("stopped before its end".to_owned());
        }
        let out_of_time = !cancelled && self.out_of_time;
        if out_of_time {
            let seconds = self.patience.budget.unwrap_or_default().as_secs();
            self.gaps.push(format!("the time budget of {seconds} s was spent before the end"));
        }
        Tally {
            answers: self.ports.iter().map(|port| (*port, self.answers[usize::from(*port)])).collect(),
            open: self.open,
            foreign: self.foreign,
            asked: self.asked,
            attempted: self.tried.len() as u64,
            connections: self.connections,
            parallel: context.dialer.limits().parallel.max(1),
            canary: self.canary,
            repeated: self.repeated,
            manner: Manner { method, frames: self.engine.frames(), all_alike: self.all_alike },
            gaps: self.gaps,
            lost: self.lost,
            out_of_time,
            cancelled,
            tester: self.tester,
        }
    }

    /// The first pass, and more over the ports that stayed silent, as long as that brings something.
    async fn passes(&mut self, context: &ProbeContext) {
        let mut silent_before = usize::MAX;
        for pass in 0..PASSES_AT_MOST {
            let mut queue: VecDeque<u16> = self.order.iter().copied().collect();
            if pass > 0 {
                queue.retain(|port| self.is_silent(*port));
                let nothing_answers = queue.len() == self.order.len();
                // Where few are silent, each is given all the time there is before it is left.
                let at_least = if queue.len() <= FEW { PASSES_AT_LEAST + 1 } else { PASSES_AT_LEAST };
                let nothing_new = pass >= at_least && queue.len() >= silent_before;
                if queue.is_empty() || nothing_answers || nothing_new {
                    return;
                }
                silent_before = queue.len();
            }
            let few = queue.len() <= FEW;
            if !self.pass(context, queue, pass, few).await {
                return;
            }
            let doubtful: VecDeque<u16> = std::mem::take(&mut self.doubtful).into();
            if !doubtful.is_empty() {
                for port in &doubtful {
                    self.answers[usize::from(*port)] = None;
                }
                if !self.pass(context, doubtful, pass, few).await {
                    return;
                }
            }
        }
    }

    /// One pass; `false` if the sweep cannot go on.
    async fn pass(&mut self, context: &ProbeContext, mut queue: VecDeque<u16>, pass: u32, few: bool) -> bool {
        let mut repetitions = 0;
        let mut fruitless = 0;
        while !queue.is_empty() {
            if self.stop.now() {
                self.out_of_time = true;
                return false;
            }
            let mut region = self.region(&mut queue, pass, few).await;
            fruitless = if region.asked.answers.is_empty() { fruitless + 1 } else { 0 };
            if let Some(error) = region.asked.trouble.take() {
                if fruitless >= 8 {
                    self.tester = Some(error);
                    return false;
                }
                self.pace.halve();
                tokio::time::sleep(Duration::from_millis(100)).await;
            } else if fruitless >= EMPTY_ROUNDS_AT_MOST {
                self.tester = Some("no further socket could be opened".to_owned());
                return false;
            } else if region.asked.answers.is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let well = self.second_look(context, &mut region).await;
            self.confirm(context, &mut region).await;
            self.note_open(&region, &mut queue);
            if self.all_look_alike() {
                return false;
            }
            if self.canary.port.is_none() || self.canary_answers(context).await {
                repetitions = 0;
                let (rate, took) = (region.rate, region.asked.took);
                self.commit(region);
                if well {
                    self.pace.went_well(rate, took.max(Duration::from_micros(1)), queue.len());
                }
            } else {
                self.engine.forget();
                let before = self.canary.port;
                let Some(outage) = self.wait_for_recovery(context).await else {
                    let left = queue.len() + region.asked.answers.len();
                    if self.stop.now() {
                        self.out_of_time = true;
                    } else {
                        self.give_up(&format!("the device did not come back, {left} ports were left"));
                    }
                    return false;
                };
                if self.canary.failures >= FAILURES_AT_MOST {
                    self.give_up("the device stopped answering again and again");
                    return false;
                }
                repetitions += 1;
                self.repeated += 1;
                // If another service answers, the device is well and one service is not.
                if self.canary.port == before {
                    self.pace.went_away(region.rate, outage);
                }
                if repetitions < REPETITIONS_AT_MOST {
                    for (port, _) in region.asked.answers.iter().rev() {
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

    /// Asks the next ports of the queue, bounded by number and time.
    async fn region(&mut self, queue: &mut VecDeque<u16>, pass: u32, few: bool) -> Region {
        let count = self.pace.region_ports().min(queue.len());
        let ports: Vec<u16> = queue.drain(..count).collect();
        let orders = self.orders(pass, few);
        let mut asked = self.engine.ask(ports, orders).await;
        for port in asked.unasked.drain(..).rev() {
            queue.push_front(port);
        }
        self.tried.extend(asked.answers.iter().map(|(port, _)| *port));
        if self.engine.method() == Method::Connect {
            self.connections += asked.sent;
        }
        let seconds = asked.took.as_secs_f64().max(0.000_1);
        let measured = asked.sent as f64 / seconds;
        // Of a handful the first is sent at once, so that they look faster than they were.
        let rate = self.pace.rate.map_or(measured, |limit| measured.min(limit));
        Region { asked, rate }
    }

    /// The first pass trusts the device's own time; silent ports are given more of it each time.
    fn orders(&self, pass: u32, few: bool) -> Orders {
        let syn = self.engine.method() == Method::Syn;
        let stretched = |wait: Duration| wait.mul_f64(self.pace.stretch);
        let (shortest, longest) = match pass {
            0 if syn => (Duration::from_millis(15), self.timeout),
            0 => (Duration::from_millis(80), self.timeout),
            1 => (Duration::from_millis(150), self.timeout.mul_f64(1.25)),
            2 => (Duration::from_millis(300), self.timeout.mul_f64(1.25)),
            _ if few => (self.timeout * 2, self.timeout * 2),
            _ => (Duration::from_millis(300), self.timeout.mul_f64(1.25)),
        };
        Orders {
            window: self.pace.window,
            rate: self.pace.rate,
            shortest_wait: stretched(shortest),
            longest_wait: stretched(longest),
            at_most: if self.pace.rate.is_some() {
                self.patience.region_time.max(Duration::from_secs(4))
            } else {
                self.patience.region_time
            },
            stop: self.stop.clone(),
        }
    }

    /// An open port is open whatever the canary says. The first one becomes the canary; what was
    /// closed long before it was known is asked once more under its eyes.
    fn note_open(&mut self, region: &Region, queue: &mut VecDeque<u16>) {
        for (port, _) in region.asked.answers.iter().filter(|(_, answer)| *answer == Answer::Open) {
            self.answers[usize::from(*port)] = Some(Answer::Open);
            self.open.insert(*port);
            if self.canary.port.is_none() {
                self.canary.port = Some(*port);
                if self.closed_before_canary.len() > BELIEVED_BEFORE_CANARY {
                    for port in std::mem::take(&mut self.closed_before_canary) {
                        self.answers[usize::from(port)] = None;
                        queue.push_back(port);
                    }
                }
            }
        }
    }

    fn commit(&mut self, region: Region) {
        let shortly_after_an_outage =
            self.recovered.is_some_and(|recovered| recovered.elapsed() < canary::UNTIL_ALL_IS_UP);
        for (port, answer) in region.asked.answers {
            let known = &mut self.answers[usize::from(port)];
            // A later silence does not undo an answer.
            if !(*known == Some(Answer::Open) || answer == Answer::Silent && *known == Some(Answer::Closed)) {
                *known = Some(answer);
            }
            if answer == Answer::Closed {
                if self.canary.port.is_none() {
                    self.closed_before_canary.push(port);
                }
                if shortly_after_an_outage {
                    self.doubtful.push(port);
                }
            }
        }
    }

    fn leave_unanswered(&mut self, region: &Region) {
        let ports: Vec<u16> = region.asked.answers.iter().map(|(port, _)| *port).collect();
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

    fn at(&self, port: u16) -> SocketAddr {
        let mut to = self.device;
        to.set_port(port);
        to
    }

    fn is_silent(&self, port: u16) -> bool {
        self.answers[usize::from(port)] == Some(Answer::Silent)
    }
}

/// Where to connect; a link-local address needs the number of an interface beside it.
pub(crate) fn device_at(address: IpAddr, interface: Option<u32>) -> SocketAddr {
    match address {
        IpAddr::V6(address) => {
            std::net::SocketAddrV6::new(address, 0, 0, interface.unwrap_or_default()).into()
        }
        IpAddr::V4(_) => SocketAddr::new(address, 0),
    }
}
