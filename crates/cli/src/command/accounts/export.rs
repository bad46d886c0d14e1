//! `waystone accounts export`: exports an account's values for a program that has its own API client.

use std::io::{self, IsTerminal as _};

use secret::Secret;
use vault::{Credentials, Vault};

use crate::args::{ExportArgs, ExportFormat};
use crate::failure::{Failure, cannot};
use crate::file::private;
use crate::linking::store;
use crate::out::Out;

pub(crate) async fn run(vault: &Vault, args: &ExportArgs, out: &Out) -> Result<u8, Failure> {
    let file = args.out.as_deref();
    if file.is_none() && !args.reveal {
        let failure = Failure::usage("an export contains secrets, which would be printed to standard output");
        return Err(failure.help("write it to a file with --out FILE, or print it with --reveal"));
    }
    let account = store::find(vault, &args.id).await?;
    if let Some(file) = file.filter(|file| !args.force && file.exists()) {
        return Err(Failure::usage(format!("`{}` already exists", file.display()))
            .help("choose another file, or add --force"));
    }
    let credentials = store::unseal(vault, &account, "export").await?;
    let text = formatted(&credentials, args.format)?;
    match file {
        Some(file) => {
            private(file, &text).map_err(cannot("write", file))?;
            out.remark(&format!("Wrote {}, which only you can read.", file.display()));
        }
        None => {
            out.data(text.expose());
            if io::stdout().is_terminal() {
                out.remark("The output contains secrets. Clear the screen when you are done.");
            }
        }
    }
    Ok(0)
}

fn formatted(credentials: &Credentials, format: ExportFormat) -> Result<Secret, Failure> {
    let account = &credentials.account;
    let mut pairs: Vec<(&str, &str)> =
        account.values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    pairs.extend(credentials.secrets.iter().map(|(key, value)| (key.as_str(), value.expose())));
    if let Some(environment) = &account.environment {
        pairs.insert(0, ("environment", environment));
    }
    let name = |key: &str| format!("{}_{key}", account.provider).to_uppercase().replace('-', "_");
    let mut text = String::new();
    match format {
        ExportFormat::Json => {
            let map: serde_json::Map<String, serde_json::Value> =
                pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
            text.push_str(&serde_json::to_string_pretty(&map)?);
            text.push('\n');
        }
        ExportFormat::Env => {
            for (key, value) in pairs {
                let value =
                    value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`");
                text.push_str(&format!("{}=\"{}\"\n", name(key), value.replace('\n', "\\n")));
            }
        }
        ExportFormat::Shell => {
            for (key, value) in pairs {
                text.push_str(&format!("export {}='{}'\n", name(key), value.replace('\'', "'\\''")));
            }
        }
    }
    Ok(Secret::new(text))
}
