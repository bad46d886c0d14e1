//! `waystone accounts edit`: changes the credentials of a linked account.

use link::Start;
use vault::Vault;

use crate::args::{Common, EditArgs, LinkArgs};
use crate::command::link::Task;
use crate::failure::Failure;
use crate::guides;
use crate::linking::{inputs, network, store};
use crate::out::Out;

pub(crate) async fn run(common: &Common, vault: &Vault, args: &EditArgs, out: &Out) -> Result<u8, Failure> {
    let account = store::find_usable(vault, &args.id).await?;
    let guide = guides::guide(common, &account.provider, out)?;
    let method = guides::method(&guide, Some(&account.method))?;
    let typed = inputs::values(&args.inputs, method)?;
    let credentials = store::unseal(vault, &account, "edit").await?;
    let before = account.environment.as_deref().and_then(guide::Key::parse);
    let chosen = args.inputs.environment.as_deref().and_then(|name| method.environment(name));
    let chosen = chosen.map(|environment| environment.key.clone());
    let mut stored = driver::stored_values(&credentials);
    if chosen.is_some() && chosen != before {
        // A different environment has a different host, so the secrets must be entered again.
        stored.retain(|key, _| method.field(key.as_str()).is_some_and(|field| !field.secret));
    }
    let former = Some(driver::secrets_to_hide(&credentials, method));
    let egress = network::egress(&args.network, out)?;
    let link = LinkArgs {
        inputs: args.inputs.clone(),
        allow_different: args.allow_different,
        fresh: true,
        ..LinkArgs::default()
    };
    let task = Task {
        guide: &guide,
        method,
        vault: Some(vault),
        start: Start { environment: chosen.or(before), stored, former, ..Start::default() },
        relinked: Some(account),
        args: &link,
    };
    task.link(&mut &egress, typed, out).await
}
