//! `waystone accounts edit`: changes the credentials of a linked account.

use link::Start;
use vault::Vault;

use crate::args::{Common, EditArgs};
use crate::command::link::Task;
use crate::failure::Failure;
use crate::guides;
use crate::linking::{inputs, network, store};
use crate::out::Out;

pub(crate) async fn run(common: &Common, vault: &Vault, args: &EditArgs, out: &Out) -> Result<u8, Failure> {
    let account = store::find(vault, &args.id).await?;
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    let typed = inputs::values(&args.inputs, method)?;
    let credentials = store::unseal(vault, &account, "edit").await?;
    let before = account.environment.as_deref().and_then(guide::Key::parse);
    let wanted = args
        .inputs
        .environment
        .as_deref()
        .and_then(|name| method.environment(name))
        .map(|one| one.key.clone());
    let mut stored = driver::stored_values(&credentials);
    if wanted.is_some() && wanted != before {
        // Another environment means another host, so the secrets are asked for again.
        stored.retain(|key, _| method.field(key.as_str()).is_some_and(|field| !field.secret));
    }
    let egress = network::egress(&args.network, out)?;
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
        relinked: Some(account),
        other_allowed: args.allow_different,
        label: None,
        dry_run: false,
        ask_elsewhere: false,
        json: args.inputs.json,
        noninteractive: inputs::is_noninteractive(&args.inputs),
        fresh: true,
    };
    task.link(&mut &egress, typed, out).await
}
