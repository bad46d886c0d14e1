//! The transport for a scenario: every turn uses real sockets, and an unreachable provider causes a real network
//! failure.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use driver::Transport;
use egress::{Egress, Policy, Resolve, Resolving};
use guide::{Fault, Method, Reply, Scenario};
use probe::{Answer, Moment, Request};
use simulator::{Script, Simulator};
use tokio::net::TcpListener;

use super::curl;
use crate::failure::Failure;

/// How long to wait for a provider that never responds.
const PATIENCE: Duration = Duration::from_millis(20);

/// The time and nonce in every scenario. Both are fixed so that signatures are reproducible.
const MOMENT: Moment = Moment { unix_ms: 1_767_225_600_000, nonce: *b"nonce for a test" };

/// A request in a scenario, and what came back.
pub(crate) struct Exchange {
    /// The `curl` command that sends the request. It contains shell variables instead of secrets.
    pub(crate) command: String,
    /// The response's status, or the fault that occurred instead.
    pub(crate) answer: String,
}

/// The transport for one scenario.
pub(super) struct Route {
    simulator: Simulator,
    turns: Vec<Reply>,
    /// The requests that were sent, in order.
    pub(super) exchanges: Vec<Exchange>,
    patterns: Vec<String>,
}

impl Route {
    pub(super) async fn new(method: &Method, scenario: &Scenario) -> Result<Self, Failure> {
        let simulator = Simulator::start(Script::of(method, scenario, MOMENT), 0)
            .await
            .map_err(|error| Failure::io("cannot listen on loopback", &error))?;
        let patterns = method.hosts.iter().map(ToString::to_string).collect();
        let turns = scenario.talk.iter().map(|turn| turn.reply.clone()).collect();
        Ok(Self { simulator, turns, exchanges: Vec::new(), patterns })
    }

    /// Creates the network access for a turn.
    async fn egress(&self, reply: Option<&Reply>) -> Result<Egress, Failure> {
        // The system's root certificates are not needed, because no server on loopback has a publicly trusted
        // certificate.
        let mut policy = Policy { system_roots: false, ..Policy::default() };
        if matches!(reply, Some(Reply::Fails(Fault::Timeout))) {
            policy.read_timeout = PATIENCE;
        }
        let simulator = self.simulator.address();
        let mapped = |origin: String| {
            let mappings = self.patterns.iter().map(|pattern| format!("{pattern}={origin}"));
            Policy { upstreams: mappings.filter_map(|text| text.parse().ok()).collect(), ..policy.clone() }
        };
        let egress = match reply {
            Some(Reply::Fails(Fault::Dns)) => Egress::with_resolver(policy, Arc::new(NoSuchName)),
            Some(Reply::Fails(Fault::Refused)) => Egress::with_resolver(policy, Arc::new(Private)),
            Some(Reply::Fails(Fault::Tls)) => Egress::new(mapped(format!("https://{simulator}"))),
            Some(Reply::Fails(Fault::Connect)) => {
                Egress::new(mapped(format!("http://127.0.0.1:{}", closed_port().await?)))
            }
            _ => Egress::new(mapped(format!("http://{simulator}"))),
        };
        Ok(egress?)
    }
}

impl Route {
    /// Returns the parts of the requests so far that differ from what the scenario says they contain.
    pub(super) fn differences(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.simulator.lines.try_recv().ok())
            .flat_map(|line| line.differences)
            .collect()
    }
}

impl Transport for Route {
    async fn send(&mut self, request: &Request) -> Answer {
        let reply = self.turns.get(self.exchanges.len());
        let never_arrives = matches!(reply, Some(Reply::Fails(fault)) if !fault.reaches_provider());
        let shown = self.simulator.placeholders(curl::variable);
        let command = curl::command(request, &shown);
        let answer = match self.egress(reply).await {
            Ok(egress) => egress.send(request).await,
            Err(failure) => Answer::Failed { fault: Fault::Refused, detail: failure.message },
        };
        if never_arrives {
            self.simulator.skip();
        }
        let outcome = match &answer {
            Answer::Response(response) => format!("HTTP {}", response.status),
            Answer::Failed { fault, .. } => format!("fails: {fault}"),
        };
        self.exchanges.push(Exchange { command, answer: outcome });
        answer
    }

    /// Scenarios do not actually wait: the clock jumps to the requested moment.
    async fn wait_until(&mut self, moment: i64) -> i64 {
        moment
    }

    fn moment(&self) -> Moment {
        MOMENT
    }
}

/// Returns a loopback port without a listener.
async fn closed_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(|error| Failure::io("cannot listen on loopback", &error))?.port())
}

/// A resolver that fails for every host name.
struct NoSuchName;

impl Resolve for NoSuchName {
    fn resolve(&self, _: &str) -> Resolving<'_> {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::NotFound, "no such name")) })
    }
}

/// A resolver that returns a private address for every name.
struct Private;

impl Resolve for Private {
    fn resolve(&self, _: &str) -> Resolving<'_> {
        Box::pin(async { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) })
    }
}
