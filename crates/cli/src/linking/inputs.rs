//! Reads field values from arguments, files, environment variables and standard input.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use guide::{Key, Method};
use secret::Secret;

use crate::args::InputArgs;
use crate::failure::{Failure, cannot};

/// The maximum size of a value, in bytes. A larger value is rejected, because a truncated value would be stored as if
/// it were complete.
const MAX_BYTES: u64 = 1 << 20;

/// Returns the name of the environment variable that sets a field.
pub(crate) fn variable(field: &str) -> String {
    format!("WAYSTONE_FIELD_{}", field.to_uppercase().replace('-', "_"))
}

/// Whether the command must run without prompts.
pub(crate) fn is_noninteractive(args: &InputArgs) -> bool {
    args.no_input || args.json || !io::stdin().is_terminal() || !io::stdout().is_terminal()
}

/// Returns the given values by field. Arguments take precedence over environment variables.
pub(crate) fn values(args: &InputArgs, method: &Method) -> Result<Vec<(Key, Secret)>, Failure> {
    let mut values: Vec<(Key, Secret)> = Vec::new();
    for field in &method.fields {
        if let Ok(value) = env::var(variable(field.key.as_str())) {
            values.push((field.key.clone(), Secret::new(value)));
        }
    }
    let mut put = |key: Key, value: Secret| {
        values.retain(|(known, _)| *known != key);
        values.push((key, value));
    };
    for text in &args.set {
        let (name, value) = pair(text, "--set", "FIELD=VALUE")?;
        let field = field(method, name)?;
        if field.secret {
            return Err(Failure::usage(format!(
                "--set cannot be used for `{name}`: it is a secret, and other users can see your command line"
            ))
            .help(format!(
                "use --set-file {name}=PATH, --set-file {name}=- for standard input, or the environment variable {}",
                variable(name)
            )));
        }
        put(field.key.clone(), Secret::from(value));
    }
    let mut is_stdin_used = false;
    for text in &args.set_file {
        let (name, path) = pair(text, "--set-file", "FIELD=PATH")?;
        let field = field(method, name)?;
        let value = if path == "-" {
            if std::mem::replace(&mut is_stdin_used, true) {
                return Err(Failure::usage("only one field can be read from standard input"));
            }
            read(io::stdin().lock()).map_err(|error| Failure::io("cannot read standard input", &error))?
        } else {
            file(Path::new(path))?
        };
        put(field.key.clone(), value);
    }
    Ok(values)
}

/// Reads a value from a file.
pub(crate) fn file(path: &Path) -> Result<Secret, Failure> {
    fs::File::open(path).and_then(read).map_err(cannot("read", path))
}

fn read(from: impl io::Read) -> io::Result<Secret> {
    let mut text = String::new();
    from.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("the value is larger than 1 MiB"));
    }
    // Editors add a line break at the end of a file, which is not part of the value.
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(Secret::new(text))
}

fn pair<'t>(text: &'t str, option: &str, form: &str) -> Result<(&'t str, &'t str), Failure> {
    // The message does not quote the argument, which may contain a secret.
    text.split_once('=').ok_or_else(|| Failure::usage(format!("{option} must have the form {form}")))
}

fn field<'m>(method: &'m Method, name: &str) -> Result<&'m guide::Field, Failure> {
    let keys = method.fields.iter().map(|field| field.key.as_str());
    method.field(name).ok_or_else(|| Failure::unknown("field", name, keys))
}
