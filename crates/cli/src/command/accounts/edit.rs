//! `waystone accounts edit`: other values for an account that is linked.

use link::Start;
use vault::Vault;

use crate::args::{Common, Given, Wire};
use crate::command::link::Task;
use crate::failure::Failure;
use crate::guides;
use crate::linking::{given, keep, wire};
use crate::out::Out;

pub(crate) async fn run(
    common: &Common,
    vault: &Vault,
    id: &str,
    given: &Given,
    wire: &Wire,
    allow_different: bool,
    out: &Out,
) -> Result<u8, Failure> {
    let account = keep::find(vault, id).await?;
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    let typed = given::values(given, method)?;
    let credentials = keep::unseal(vault, &account, "edit").await?;
    let before = account.environment.as_deref().and_then(guide::Key::parse);
    let wanted =
        given.environment.as_deref().and_then(|name| method.environment(name)).map(|one| one.key.clone());
    let mut stored = driver::stored_values(&credentials);
    if wanted.is_some() && wanted != before {
        // Another environment is another host: the secrets are asked for again.
        stored.retain(|key, _| method.field(key.as_str()).is_some_and(|field| !field.secret));
    }
    let egress = wire::egress(wire, out)?;
    let task = Task {
        guide: &guide,
        method,
        vault: Some(vault),
        start: Start {
            environment: wanted.or(before),
            stored,
            brand: guides::brand().name.clone(),
            ..Start::default()
        },
        again: Some(account),
        other_allowed: allow_different,
        label: None,
        dry_run: false,
        ask_elsewhere: false,
        json: given.json,
        silent: given::is_silent(given),
        fresh: true,
    };
    task.link(&mut &egress, typed, out).await
}
