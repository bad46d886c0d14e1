//! `waystone new`: creates a starter guide.
//!
//! The starter guide passes `check` and `test` as is. The command lists the position of every marked line, so that the
//! author can work through them.

mod parts;

use std::fs;
use std::path::{Path, PathBuf};

use guide::Key;
use jiff::Timestamp;

use crate::args::{Common, NewArgs};
use crate::failure::{Failure, cannot};
use crate::file::create;
use crate::out::{Out, capital};

use self::parts::{Parts, parts_of};

/// The mark on each line that the author must complete.
const MARK: char = '←';

pub(crate) fn run(common: &Common, args: &NewArgs, out: &Out) -> Result<u8, Failure> {
    let key = Key::parse(&args.key).ok_or_else(|| {
        Failure::usage(format!("`{}` cannot be a provider's key", args.key))
            .help("use lowercase letters, digits and hyphens, starting with a letter, such as `acme-desk`")
    })?;
    let parent = args.out.clone().or_else(|| common.guides.clone()).unwrap_or_else(|| {
        let usual = PathBuf::from("guides");
        if usual.is_dir() { usual } else { PathBuf::new() }
    });
    let folder = parent.join(key.as_str());
    let file = folder.join(catalog::GUIDE_FILE);
    if file.exists() {
        return Err(Failure::usage(format!("`{}` already exists", file.display()))
            .help("choose another key, or move the file"));
    }
    let name = args.name.clone().unwrap_or_else(|| named(&key));
    if name.trim().is_empty() || name.contains(char::is_control) {
        return Err(Failure::usage("--name must not be empty or contain control characters")
            .help("for example: --name 'Acme Desk'"));
    }
    let text = guide(&key, &name, &parts_of(args.method), &schema(&parent)?);
    fs::create_dir_all(&folder).map_err(cannot("create", &folder))?;
    let icon_file = folder.join("icon.svg");
    if !icon_file.exists() {
        write(&icon_file, &icon(&name))?;
    }
    write(&file, &text)?;
    let shown = file.display().to_string();
    out.success(&shown);
    out.message("\nTo fill in:");
    for (n, line) in text.lines().enumerate() {
        let Some((before, what)) = line.split_once(MARK) else { continue };
        let what = what.trim();
        let subject = before.trim().trim_end_matches('#').trim().split(':').next().unwrap_or_default();
        let subject = subject.trim_start_matches("- ");
        let what = if what.is_empty() { subject.to_owned() } else { what.to_owned() };
        out.message(&format!("  {shown}:{}: {what}", n + 1));
    }
    out.message(&format!("\nThen: waystone check {0} && waystone test {0}", folder.display()));
    Ok(0)
}

/// Returns the guide's source text.
fn guide(key: &Key, name: &str, parts: &Parts, schema: &str) -> String {
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    let given = |word: &str| parts.given.replace('?', word);
    let linking = parts.linking;
    let mut text = include_str!("new/guide.yaml").to_owned();
    for (slot, value) in [
        ("@section@", linking.section.to_owned()),
        ("@upkeep@\n", linking.upkeep.to_owned()),
        ("@setup@", linking.setup.to_owned()),
        ("@credential@", linking.credential.to_owned()),
        ("@outcomes@", linking.outcomes.to_owned()),
        ("@refused_name@", linking.refused_name.to_owned()),
        ("@refused_as@", linking.refused_as.to_owned()),
        ("@small_name@", linking.small_name.to_owned()),
        ("@blames@", linking.blames.to_owned()),
        ("@schema@", schema.to_owned()),
        ("@fields@", parts.fields.to_owned()),
        ("@auth@\n", parts.auth.to_owned()),
        ("@signs_in@", parts.signs_in.to_owned()),
        ("@refused_at@", parts.refused_at.to_owned()),
        ("@wrong@", given("wrong")),
        ("@key@", key.to_string()),
        ("@method@", parts.key.to_owned()),
        ("@label@", parts.label.to_owned()),
        ("@description@", parts.description.to_owned()),
        ("@secret@", parts.secret.to_owned()),
        ("@obtains@", parts.obtains.to_owned()),
        ("@collects@", parts.collects.to_owned()),
        ("@right@", given("right")),
        ("@small@", given("small")),
        ("@busy@", given("busy")),
        ("@flooded@", given("flooded")),
        ("@broken@", given("broken")),
        ("@slow@", given("slow")),
        ("@other@", given("other")),
        ("@today@", today),
        ("@name@", scalar(name)),
    ] {
        text = text.replace(slot, &value);
    }
    text
}

/// Formats a string as a YAML scalar, quoted if necessary.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && text.chars().all(|ch| ch.is_alphanumeric() || " .&+-".contains(ch))
        && !text.ends_with(' ')
        && !["yes", "no", "on", "off", "true", "false", "null"].contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Derives a name from a key: `acme-desk` becomes `Acme Desk`.
fn named(key: &Key) -> String {
    key.as_str().split(['-', '_']).map(capital).collect::<Vec<_>>().join(" ")
}

/// Returns the path to the JSON Schema, relative to a guide's folder. If the project does not contain the schema, this
/// function writes a copy next to the guide folders.
fn schema(parent: &Path) -> Result<String, Failure> {
    const NAME: &str = "guide.schema.json";
    if parent.join("..").join("schemas").join(NAME).is_file() {
        return Ok(format!("../../schemas/{NAME}"));
    }
    let copy = parent.join(NAME);
    if !copy.exists() {
        fs::create_dir_all(parent).map_err(cannot("create", parent))?;
        write(&copy, &format!("{:#}\n", guide::guide_schema()))?;
    }
    Ok(format!("../{NAME}"))
}

/// Returns a placeholder icon with the first letter of the name.
fn icon(name: &str) -> String {
    let letter = name.chars().find(char::is_ascii_alphanumeric).unwrap_or('W').to_ascii_uppercase();
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="{letter}">
  <rect width="32" height="32" rx="8" fill="#475569"/>
  <text x="16" y="22" font-family="sans-serif" font-size="17" font-weight="700" text-anchor="middle" fill="#fff">{letter}</text>
</svg>
"##
    )
}

/// Writes a new file. Fails if the file already exists.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    create(path, text).map_err(cannot("write", path))
}
