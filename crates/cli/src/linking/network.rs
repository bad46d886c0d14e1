//! Configures network access from arguments and environment variables.

use std::env;
use std::fs;

use egress::{Egress, Policy, Proxy};

use crate::args::NetworkArgs;
use crate::environment;
use crate::failure::{Failure, cannot};
use crate::out::Out;

/// Creates the network access with these options, and reports every exemption from its rules.
pub(crate) fn egress(args: &NetworkArgs, out: &Out) -> Result<Egress, Failure> {
    let mut policy = Policy::default();
    for text in &args.upstream {
        let upstream = text.parse().map_err(|error| {
            Failure::usage(format!("--upstream `{text}`: {error}"))
                .help("for example: --upstream '**.example.com=http://127.0.0.1:9100'")
        })?;
        policy.upstreams.push(upstream);
    }
    policy.proxy = Proxy::from_env_vars(env::vars())
        .map_err(|error| Failure::from(error).help("check HTTPS_PROXY, ALL_PROXY and NO_PROXY"))?;
    let given = if args.extra_roots.is_empty() {
        environment::paths("WAYSTONE_EXTRA_ROOTS")
    } else {
        args.extra_roots.clone()
    };
    for file in &given {
        policy.extra_roots.push(fs::read(file).map_err(cannot("read", file))?);
    }
    let egress = Egress::new(policy)?;
    for note in egress.notes() {
        out.remark(&format!("note: {note}"));
    }
    Ok(egress)
}
