//! `waystone accounts verify`: does it still work?

use std::sync::Arc;

use jiff::Timestamp;
use link::{Flow, Purpose, Stage, Start};
use serde_json::{Value, json};
use vault::{Account, AccountState, CheckRecord, Filter, Vault};

use crate::args::{Common, Wire};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::linking::driver;
use crate::linking::{keep, report, wire};
use crate::out::{Ink, Out};

pub(crate) async fn run(
    common: &Common,
    vault: &Vault,
    id: Option<&str>,
    json: bool,
    wire: &Wire,
    out: &Out,
) -> Result<u8, Failure> {
    let accounts = match id {
        Some(id) => vec![keep::find(vault, id).await?],
        None => vault.list(&Filter::default()).await.map_err(|error| Failure::environment(&error))?,
    };
    let mut way = wire::egress(wire, out)?;
    let (mut failed, mut results) = (0, Vec::<Value>::new());
    for account in accounts {
        let flow = check(common, vault, &account, &mut way, out).await?;
        let (outcome, says, good) = match flow.stage() {
            Stage::Confirm { limited, .. } => {
                (if limited { "ok_limited" } else { "ok" }.to_owned(), None, true)
            }
            Stage::Failed { verdict, .. } => {
                (verdict.outcome.to_string(), Some(verdict.says.to_string()), false)
            }
            Stage::Step(view) => {
                let says = view.problems.iter().map(|problem| &*problem.says).collect::<Vec<_>>().join("; ");
                ("misconfigured".to_owned(), Some(says), false)
            }
            _ => ("unknown".to_owned(), None, false),
        };
        // What passes by itself says nothing about the account.
        let transient =
            matches!(flow.stage(), Stage::Failed { verdict, .. } if verdict.outcome.is_transient());
        if !transient {
            let state = match &says {
                None => AccountState::Active,
                Some(reason) => AccountState::Error { reason: reason.clone() },
            };
            let record = CheckRecord {
                version: account.version,
                outcome: outcome.clone(),
                at: Timestamp::now(),
                state,
            };
            vault
                .record_check(&account.id, &record, keep::ACTOR)
                .await
                .map_err(|error| Failure::environment(&error))?;
        }
        failed += usize::from(!good);
        if json {
            let mut result = report::json(&flow, None);
            result["account"] = json!(account.id.as_str());
            results.push(result);
        } else {
            let mark = if good { out.ink(Ink::Good, "✓") } else { out.ink(Ink::Bad, "✗") };
            out.line(&format!(
                "{mark} {}  {}  {outcome}",
                account.id,
                account.name.as_deref().unwrap_or_default()
            ));
            if let Some(says) = says {
                out.line(&format!("    {says}"));
            }
            if !good && !transient {
                out.line(&out.ink(Ink::Dim, &format!("    waystone accounts edit {}", account.id)));
            }
        }
    }
    if json {
        out.line(&format!("{:#}", Value::Array(results)));
    }
    Ok(if failed == 0 { 0 } else { FOUND })
}

/// Runs the checks of an account with what it was linked with.
async fn check(
    common: &Common,
    vault: &Vault,
    account: &Account,
    way: &mut egress::Egress,
    out: &Out,
) -> Result<Flow, Failure> {
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    let credentials = keep::unseal(vault, account, "verify").await?;
    let start = Start {
        purpose: Purpose::Relink { external_id: account.external_id.clone(), allow_different: false },
        environment: account.environment.as_deref().and_then(guide::Key::parse),
        stored: hub::stored_values(&credentials),
        brand: guides::brand().name.clone(),
        ..Start::default()
    };
    let mut flow = Flow::new(Arc::clone(&guide), method.key.as_str(), start)
        .ok_or_else(|| Failure::usage(format!("the guide has no method `{}` any more", account.method)))?;
    flow.submit_all(&[]);
    driver::run(&mut flow, way, |_| {}).await.map_err(|_| Failure {
        code: FOUND,
        message: "stopped".to_owned(),
        help: None,
    })?;
    Ok(flow)
}
