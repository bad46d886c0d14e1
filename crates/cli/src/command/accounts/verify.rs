//! `waystone accounts verify`: checks whether accounts still work.

use std::sync::Arc;

use driver::{Tokens, Transport, Verification, relink, stored_values};
use link::{Flow, Start};
use serde_json::{Value, json};
use vault::{Account, Filter, Vault};

use crate::args::{Common, VerifyArgs};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::linking::run;
use crate::linking::{network, report, store};
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, vault: &Vault, args: &VerifyArgs, out: &Out) -> Result<u8, Failure> {
    let accounts = match &args.id {
        Some(id) => vec![store::find_usable(vault, id).await?],
        None => vault.list(&Filter::default()).await?,
    };
    let egress = network::egress(&args.network, out)?;
    let (mut failed, mut results) = (0, Vec::<Value>::new());
    for account in accounts {
        if let Some(why) = unchecked(common, &account, out)? {
            if args.json {
                results.push(json!({ "account": account.id.as_str(), "outcome": null, "says": why }));
            } else {
                let name = account.name.as_deref().unwrap_or_default();
                out.line(&out.row(&format!("{}  {name}  {why}", account.id), 4));
            }
            continue;
        }
        let flow = check(common, vault, &account, &mut &egress, out).await?;
        let found = Verification::of(&flow);
        if let Some(record) = found.record(account.version) {
            vault.record_check(&account.id, &record, store::by()).await?;
        }
        let (outcome, good) = (&found.outcome, found.message.is_none());
        failed += usize::from(!good);
        if args.json {
            let mut result = report::json(&flow);
            result["account"] = json!(account.id.as_str());
            results.push(result);
        } else {
            let name = account.name.as_deref().unwrap_or_default();
            let line = format!("{}  {name}  {outcome}", account.id);
            if good {
                out.success(&line);
            } else {
                out.problem(&line);
            }
            if let Some(message) = &found.message {
                out.prose(&format!("    {message}"));
            }
            if !good && !found.is_transient {
                out.prose(&out.ink(Ink::Dim, &format!("    waystone accounts edit {}", account.id)));
            }
        }
    }
    if args.json {
        out.json(&Value::Array(results));
    }
    Ok(if failed == 0 { 0 } else { FOUND })
}

/// Returns why an account is not checked. `None` if it can be checked.
fn unchecked(common: &Common, account: &Account, out: &Out) -> Result<Option<String>, Failure> {
    if let Some(hold) = account.hold {
        return Ok(Some(format!("not checked: the account is {}", hold.as_str())));
    }
    let why = "not checked: only the Hub that linked this account can check it";
    Ok(needs_hub(common, account, out)?.then(|| why.to_owned()))
}

/// Returns whether only the account's Hub can check it, because the method uses values from a connector profile, or tokens
/// from a sign-in in a browser, which the Hub renews. Without them, the checks would fail although the account works.
fn needs_hub(common: &Common, account: &Account, out: &Out) -> Result<bool, Failure> {
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    Ok(method.auth.needs_browser() || (account.home.is_some() && method.setup.is_some()))
}

/// Runs an account's checks with its stored credentials.
async fn check(
    common: &Common,
    vault: &Vault,
    account: &Account,
    transport: &mut impl Transport,
    out: &Out,
) -> Result<Flow, Failure> {
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    let credentials = store::unseal(vault, account, "verify").await?;
    let start = relink(account, stored_values(&credentials), Tokens::default());
    let start = Start { product: guides::brand().product(), ..start };
    let mut flow = Flow::new(Arc::clone(&guide), method.key.as_str(), start)
        .ok_or_else(|| Failure::usage(format!("the guide no longer has the method `{}`", account.method)))?;
    flow.submit_all(&[]);
    run::run(&mut flow, transport, |_| {}).await?;
    Ok(flow)
}
