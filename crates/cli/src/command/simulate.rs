//! `waystone simulate`: simulates a provider, with the responses from its guide's scenarios.

use simulator::{Script, Simulator};

use crate::args::{Common, SimulateArgs};
use crate::failure::Failure;
use crate::guides;
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, args: &SimulateArgs, out: &Out) -> Result<u8, Failure> {
    let guide = guides::guide(common, &args.provider, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    let mut simulator = Simulator::start(Script::new(method), args.port)
        .await
        .map_err(|error| Failure::io(format!("cannot listen on 127.0.0.1:{}", args.port), &error))?;
    let origin = format!("http://{}", simulator.address());
    out.line(&format!("Simulating {} at {origin}", guide.provider.name));
    let upstreams: String =
        method.hosts.iter().map(|pattern| format!(" --upstream '{pattern}={origin}'")).collect();
    let from = guides::flag(common);
    out.line(&format!("In another terminal: waystone{from} link {}{upstreams}", args.provider));
    out.line("");
    for scenario in &method.scenarios {
        let given: Vec<String> = scenario.given.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let environment = scenario.environment.as_ref().map(|key| format!("{key}: ")).unwrap_or_default();
        let outcome = out.ink(Ink::Dim, scenario.then.outcome.as_str());
        out.line(&format!("  {}  {outcome}", out.ink(Ink::Strong, &scenario.name)));
        out.line(&format!("    {environment}{}", given.join(" ")));
    }
    out.line("\nPress Ctrl-C to stop.\n");
    loop {
        tokio::select! {
            Some(line) = simulator.lines.recv() => {
                let reason = out.ink(Ink::Dim, &line.reason);
                out.line(&format!("{} → {}  {reason}", line.request, line.answer));
            }
            _ = tokio::signal::ctrl_c() => return Ok(0),
        }
    }
}
