//! What `waystone serve` takes: a flag for each setting, made from the Hub's own table.
//!
//! **Invariant:** a flag exists because a setting does; its name and its help are the setting's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use hub::settings::{SETTINGS, Setting, Syntax};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The file of settings.
    #[arg(long, value_name = "FILE", env = "WAYSTONE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Explain what it would run with, and check what can be checked, without serving.
    #[arg(long)]
    pub(crate) check: bool,
    /// One JSON document a line on standard output instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// What was said by flags, by the key of the setting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags(pub(crate) BTreeMap<&'static str, Vec<String>>);

/// Settings whose flags every command has.
const EVERYWHERE: &[&str] = &["data", "guides"];

/// The settings that have a flag of this command, with its name.
fn own() -> &'static [(&'static Setting, String)] {
    static OWN: LazyLock<Vec<(&Setting, String)>> = LazyLock::new(|| {
        let own = SETTINGS.iter().filter(|setting| !EVERYWHERE.contains(&setting.key));
        own.filter_map(|setting| Some((setting, setting.flag()?))).collect()
    });
    &OWN
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        own().iter().fold(command, |command, (setting, flag)| {
            let action = if setting.syntax == Syntax::List { ArgAction::Append } else { ArgAction::Set };
            let mut help = setting.description().trim_end_matches('.').to_owned();
            help.push_str(&format!(" [env: {}]", setting.variable()));
            if !setting.default.is_empty() {
                help.push_str(&format!(" [default: {}]", setting.default.replace('`', "")));
            }
            let arg =
                Arg::new(setting.key).long(flag.as_str()).value_name(setting.placeholder).action(action);
            command.arg(arg.help(help.replace('`', "")).help_heading("Settings"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let said = own().iter().filter_map(|(setting, _)| {
            let texts = matches.get_many::<String>(setting.key)?;
            Some((setting.key, texts.cloned().collect()))
        });
        Ok(Self(said.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}
