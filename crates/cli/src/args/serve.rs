//! The arguments of `waystone serve`: one flag for each setting, generated from the Hub's settings table.
//!
//! **Invariant:** every flag corresponds to a setting, which determines the flag's name and help.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use hub::settings::{SETTINGS, Setting, Syntax};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The settings file [env: `WAYSTONE_CONFIG`].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print the effective settings and check them, without starting the Hub.
    #[arg(long)]
    pub(crate) check: bool,
    /// Print one JSON document per line instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// The values of the given flags, by setting key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags(pub(crate) BTreeMap<&'static str, Vec<String>>);

/// The keys of the settings whose flags are global, so that every command accepts them.
const GLOBAL: &[&str] = &["data", "guides"];

/// Returns the settings that have a flag on this command, each with its flag's name.
fn own() -> &'static [(&'static Setting, String)] {
    static OWN: LazyLock<Vec<(&Setting, String)>> = LazyLock::new(|| {
        let own = SETTINGS.iter().filter(|setting| !GLOBAL.contains(&setting.key));
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
        let given = own().iter().filter_map(|(setting, _)| {
            let values = matches.get_many::<String>(setting.key)?;
            Some((setting.key, values.cloned().collect()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}
